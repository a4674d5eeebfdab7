"""A surname beside an office is who held it then, and nobody where that could be two or none."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.entities.offices import HELD, find_holder, office_of
from tasks.entities.resolve import Origin, resolve_names
from tasks.entities.roles import find_roles
from tasks.lexicons import read_rows
from tests.entities.test_roles import read


def person_keys(marked: str, day: date | None) -> list[str | None]:
    text, mentions = read(marked)
    names = resolve_names(text, mentions, find_roles(text, mentions), Origin(None, day))
    return [name.canonical_id for m, name in zip(mentions, names, strict=True) if m.label == "PERSON"]


@pytest.mark.parametrize(
    ("text", "day", "key"),
    [
        ("{N:Russian} President {P:Putin} spoke.", date(2019, 5, 9), "person:vladimir-putin"),
        ("President {P:Putin} spoke.", date(2019, 5, 9), "person:vladimir-putin"),
        ("Defense Secretary {P:Austin} spoke.", date(2022, 5, 9), "person:lloyd-austin"),
        ("Defense Secretary {P:Austin} spoke.", date(2015, 5, 9), None),  # not yet
        ("Defense Secretary {P:Austin} spoke.", None, None),
        ("Secretary {P:Austin} spoke.", date(2022, 5, 9), None),  # of what?
        ("{N:French} President {P:Putin} spoke.", date(2019, 5, 9), None),
        ("Former President {P:Putin} spoke.", date(2019, 5, 9), None),
        ("Deputy Defense Secretary {P:Austin} spoke.", date(2022, 5, 9), None),
        ("President {P:Ivan Putin} spoke.", date(2019, 5, 9), None),
        ("{P:Putin} spoke.", date(2019, 5, 9), None),
    ],
)
def test_a_surname_has_a_key_by_the_office_of_that_day(text: str, day: date | None, key: str | None) -> None:
    assert person_keys(text, day) == [key]


def test_later_mentions_of_the_surname_share_it() -> None:
    text = "{N:Russian} President {P:Putin} spoke. Mr {P:Putin} left."
    assert person_keys(text, date(2019, 5, 9)) == ["person:vladimir-putin"] * 2


def test_two_holders_of_one_name_leave_it_open() -> None:
    held = [(key, since, until) for key, office, _, since, until in read_rows(HELD, 5) if office == "president"]
    kims = {key for key, since, until in held if key.startswith("person:kim-") and since <= "2000" <= (until or "2000")}
    assert len(kims) <= 1 or find_holder("Kim", [("President", None)], date(2000, 1, 1)) is None


def test_held_offices_name_known_people_in_known_offices() -> None:
    keys = {row[0] for row in read_rows("people.tsv", 7)}
    for key, office, country, since, until in read_rows(HELD, 5):
        assert key in keys
        assert len(country) == 3, key
        assert office in {office for office, _ in read_rows("high_offices.tsv", 2)}
        assert until == "" or since <= until, key
    assert all(office_of(form) == office for office, form in read_rows("high_offices.tsv", 2))


def test_the_wife_of_a_president_is_not_the_president() -> None:
    text = "President {P:Barack Obama} spoke. Mrs. {P:Obama} sang. President {P:Obama} left."
    assert person_keys(text, date(2014, 5, 9)) == ["person:barack-obama", None, "person:barack-obama"]
