"""People of the lexicon: one key for one person, nobody's for two."""

from __future__ import annotations

import pytest

from tasks.names import read_name
from tasks.people.lexicon import KnownPeople, known_people

ROWS = [
    ("person:ines-pena", ("Inés Peña", "Ines Pena"), "ESP"),
    ("person:ines-pena-ortiz", ("Inés Peña Ortiz",), "ESP"),
    ("person:pena-ines", ("Pena Ines",), "ESP"),
    ("person:ines-pena-chile", ("Ines Pena Lagos",), "CHL"),
    ("person:carl-h-voss", ("Carl H. Voss",), "DEU"),
    ("person:carl-w-voss", ("Carl W. Voss",), "DEU"),
    ("person:juan-vela", ("Juan Vela",), "PER"),
    ("person:juan-vela-ruiz", ("Juan Vela Ruiz",), "PER"),
    ("person:juan-vela-cruz", ("Juan Vela Cruz",), "PER"),
    ("person:nobody", ("Ann Hill",), ""),
]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("INES PENA", "person:ines-pena"),
        ("Peña Ortiz Inés", "person:ines-pena"),
        ("Ines Pena Lagos", "person:ines-pena-chile"),
        ("Carl W. Voss", None),  # by its words it could be either
        ("Carl Voss", None),
        ("Juan Vela", "person:juan-vela"),
        ("Juan Vela Ruiz", "person:juan-vela-ruiz"),
        ("Pena", None),
        ("Bo Lind", None),
    ],
)
def test_a_name_in_any_writing_is_theirs_who_alone_have_it(name: str, known: str | None) -> None:
    read = read_name(name)
    assert read is not None
    assert KnownPeople(ROWS).find(read, None) == known


def test_an_elder_is_known_only_as_such() -> None:
    elder, younger = read_name("Ann Hill Sr."), read_name("Ann Hill Jr.")
    assert elder is not None
    assert younger is not None
    people = KnownPeople([*ROWS, ("person:bo-lind-sr", ("Bo Lind Sr.",), "SWE")])
    assert (people.find(elder, None), people.find(elder, "person:nobody")) == (None, None)
    assert people.find(younger, None) == people.find(younger, "person:nobody") == "person:nobody"
    lind = read_name("Bo Lind, Sr.")
    assert lind is not None
    assert people.find(lind, None) == people.find(lind, "person:bo-lind-sr") == "person:bo-lind-sr"


def test_keys_of_one_person_are_one_whatever_the_order_of_the_rows() -> None:
    for rows in (ROWS, ROWS[::-1]):
        people = KnownPeople(rows)
        name = read_name("Ines Pena")
        assert name is not None
        assert {people.find(name, key) for key in ("person:pena-ines", "person:ines-pena-ortiz")} == {
            "person:ines-pena"
        }
        assert people.ids("person:ines-pena") == ["person:ines-pena", "person:ines-pena-ortiz", "person:pena-ines"]
        assert people.find(name, "person:stranger") == "person:stranger"
        assert (people.country("person:ines-pena"), people.country("person:nobody")) == ("iso:ESP", None)


def test_the_lexicon_keeps_namesakes_apart() -> None:
    bush = {
        known_people().find(name, key)
        for key in ("person:george-w-bush", "person:george-h-w-bush")
        if (name := read_name("George Bush"))
    }
    assert len(bush) == 2
