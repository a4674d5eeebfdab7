"""Who the people of one document are: forms that a document links, two men of one name, speakers with and without mention."""

from __future__ import annotations

import time

import pytest

from tasks.people.documents import Mention, Person, Statement, find_apart, find_people


def mentions(*forms: str | tuple[str, str] | tuple[str, str, str]) -> list[Mention]:
    """Mentions, each a text or a text, its canonical form and its key."""
    found = []
    for i, form in enumerate(forms):
        text, canonical, key = (*((form,) if isinstance(form, str) else form), None, None)[:3]
        found.append(Mention(f"e{i}", text, canonical or text, key))
    return found


def names(people: list[Person]) -> list[tuple[str, tuple[int, ...]]]:
    return [(person.name_as_written, person.statements) for person in people]


@pytest.mark.parametrize(
    ("said_of", "entity"),
    [
        ("Maren Solberg", "e0"),
        ("Solberg", "e1"),  # the quotation has the surname, its mention is resolved
        ("Maren Solberg", "e1"),
        ("Maren Solberg", None),  # a pronoun or an office
        ("Captain Maren Solberg", "e1"),
        ("Press Officer Maren Solberg", "e0"),
        ("MAREN SOLBERG", None),
    ],
)
def test_a_speaker_is_found_however_the_row_names_her(said_of: str, entity: str | None) -> None:
    people = find_people(mentions("Maren Solberg", ("Solberg", "Maren Solberg")), [Statement(said_of, entity)])
    assert names(people) == [("Maren Solberg", (0,))]


def test_a_surname_is_the_only_full_name_that_ends_with_it() -> None:
    """A dump's title has the full name, its text the surname alone: the resolver of quotations says whose it is."""
    rows = [Statement("Maren Solberg", None), Statement("Solberg", "e0")]
    assert names(find_people(mentions("Solberg"), rows)) == [("Maren Solberg", (0, 1))]
    rows.append(Statement("Odd Solberg", None))
    assert names(find_people(mentions("Solberg"), rows)) == [
        ("Maren Solberg", (0,)), ("Odd Solberg", (2,)), ("Solberg", (1,)),
    ]  # fmt: skip


def test_an_elder_of_a_surname_is_not_the_other_whatever_the_row_says() -> None:
    """The resolver of quotations takes the surname for the only full name; the resolver of mentions knows better."""
    people = find_people(
        mentions("Odd Solberg", ("Solberg", "Solberg Sr."), "Solberg Sr."),
        [Statement("Odd Solberg", "e1"), Statement("Odd Solberg", "e0")],
    )
    assert names(people) == [("Odd Solberg", (1,)), ("Solberg Sr.", (0,))]


def test_a_surname_before_the_name_is_linked_by_its_quotation_only() -> None:
    rows = [Statement("Shen Boyuan", "e0"), Statement("Shen", "e0")]
    assert names(find_people(mentions("Shen"), rows)) == [("Shen Boyuan", (0, 1))]
    rows[0] = Statement("Shen Boyuan", None)
    assert names(find_people(mentions("Shen"), rows)) == [("Shen", (1,)), ("Shen Boyuan", (0,))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Inés Peña", "INES PENA"),
        ("Carl R. Voss", "Carl Voss"),
        ("Carl Voss Jr.", "Carl Voss"),
        ("Carl Voss", "Voss Voss Carl"),  # a list of speakers in both orders
        ("Sergei Lindov", "Sergey Lindov"),
        ("Gen. Carl Voss", "Mr Carl Voss"),
        ("Kim Dae-ho", "Kim Dae Ho"),
    ],
)
def test_writings_of_one_name_are_one_person(one: str, other: str) -> None:
    (person,) = find_people(mentions(one, other), [Statement(one, "e0"), Statement(other, "e1")])
    assert person.statements == (0, 1)
    assert set(person.forms) == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Carl R. Voss", "Carl T. Voss"),
        ("Carl Voss Jr.", "Carl Voss Sr."),
        ("Wang Yi", "Yi Wang"),
        ("Carl Voss", "Carla Voss"),
    ],
)
def test_two_names_of_one_document_are_two_people(one: str, other: str) -> None:
    assert len(find_people(mentions(one, other), [Statement(one, "e0"), Statement(other, "e1")])) == 2


def test_one_key_of_a_lexicon_is_one_person() -> None:
    both = mentions(
        ("Joe Marsh", "Joe Marsh", "person:joseph-marsh"), ("Joseph Marsh", "Joseph Marsh", "person:joseph-marsh")
    )
    (person,) = find_people(both, [Statement("Joe Marsh", "e0"), Statement("Joseph Marsh", "e1")])
    assert (person.name_as_written, person.person_id) == ("Joseph Marsh", "person:joseph-marsh")
    assert [str(other) for other in person.others] == ["joe marsh"]


def test_a_full_name_that_the_document_links_with_a_fuller_one_is_noted() -> None:
    (person,) = find_people(mentions(("Rosa Lind", "Rosa Lind Ortega")), [Statement("Rosa Lind Ortega", "e0")])
    assert (str(person.name), [str(other) for other in person.others]) == ("rosa lind ortega", ["rosa lind"])


def test_joint_speakers_are_each_a_person_and_what_is_no_name_is_nobody() -> None:
    found = mentions("Ann Hill", "Prince Omar")
    rows = [Statement("Ann Hill and Omar", None), Statement("the two sides", None), Statement("The message", None)]
    assert names(find_people(found, rows)) == [("Ann Hill", (0,)), ("Omar", (0,))]


def test_who_was_never_mentioned_is_told() -> None:
    people = find_people(mentions("Ann Hill"), [Statement("Agriculture Day", None), Statement("Ann Hill", "e0")])
    assert [(p.name_as_written, p.is_mentioned) for p in people] == [("Agriculture Day", False), ("Ann Hill", True)]


def test_two_men_of_one_name_in_one_document_are_told_apart_by_country() -> None:
    rows = [
        Statement("John Reid", "e0", country="iso:GBR"),
        Statement("John Reid", "e1", country="iso:CAN"),
        Statement("John Reid", "e1"),  # the quotation beside the second office
        Statement("John Reid", None),  # a later one: whose, nobody knows
    ]
    people = find_people(mentions("John Reid", "John Reid"), rows)
    assert [(p.country, p.statements) for p in people] == [("iso:CAN", (1, 2)), ("iso:GBR", (0,)), (None, (3,))]


def test_statements_on_no_full_name_are_told() -> None:
    found = mentions("Ann Hill", ("Hill", "Ann Hill"), "Bo Lind")
    rows = [
        Statement("Ann Hill", "e0"),
        Statement("Ann Hill", "e1"),
        Statement("Ann Hill", None),
        Statement("Ann Hill", "e2"),
    ]
    (person,) = find_people(found, rows)
    assert (person.statements, person.loose, person.part) == ((0, 1, 2, 3), (1, 2), "Hill")


def test_what_a_document_keeps_apart() -> None:
    rows = [
        Statement(name, None) for name in ("Juan Carlos", "Juan Carlos Vela", "Juan Carlos Ruiz", "Wang Yi", "Yi Wang")
    ]
    assert find_apart(find_people([], rows)) == {
        (("carlos", "juan"), ("carlos", "vela", "juan")),
        (("carlos", "juan"), ("carlos", "ruiz", "juan")),
        (("wang", "yi"), ("wang", "yi")),
    }


def test_a_document_of_many_names_takes_linear_time() -> None:
    def seconds(n: int) -> float:
        found = mentions(
            *(f"Anna N{chr(97 + i % 26)}{'x' * (i // 26 % 50)}q{'y' * (i // 1300)}" for i in range(n)), "Anna"
        )
        start = time.process_time()
        people = find_people(found, [Statement(m.canonical, m.entity_id) for m in found])
        find_apart(people)
        return time.process_time() - start

    assert min(seconds(8000) for _ in range(3)) < 24 * min(seconds(1000) for _ in range(3))
