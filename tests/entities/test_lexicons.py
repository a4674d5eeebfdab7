"""The lexicons of names: well formed, and free of names that two share."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tasks.entities import lexicon
from tasks.lexicons import read_rows, read_terms
from tasks.resources import resource_root

PEOPLE = read_rows(lexicon.PEOPLE, 7)
ORGANISATIONS = read_rows(lexicon.ORGANISATIONS, 5)


@pytest.mark.parametrize(("rows", "kind", "least"), [(PEOPLE, "person", 400), (ORGANISATIONS, "org", 300)])
def test_keys_are_stable_slugs_and_no_name_has_two(rows: list[tuple[str, ...]], kind: str, least: int) -> None:
    assert len(rows) >= least
    assert all(re.fullmatch(rf"{kind}:[a-z0-9-]+", row[0]) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    forms = Counter(form for row in rows for form in (row[1], *filter(None, row[2].split("|"))))
    assert [form for form, n in forms.items() if n > 1] == []


@pytest.mark.parametrize("rows", [PEOPLE, ORGANISATIONS])
def test_countries_are_iso_codes(rows: list[tuple[str, ...]]) -> None:
    assert all(re.fullmatch(r"[A-Z]{3}|", row[3]) for row in rows)


def test_people_have_a_role_and_years_in_order() -> None:
    for key, _, _, _, role, since, until in PEOPLE:
        assert role, key
        assert re.fullmatch(r"(?:19|20)\d\d", since), key
        assert until == "" or since <= until, key


@pytest.mark.parametrize(
    "name",
    [
        "countries",
        "cities",
        "cities_extra",
        "namesakes",
        "people",
        "organisations",
        "portfolios",
        "people_extra",
        "organisations_extra",
        "offices",
        "values",
        "calendar",
        "units",
        "names",
        "formations",
        "high_offices",
        "people_offices",
        "abbreviations",
    ],
)
def test_lexicons_say_where_they_are_from(name: str) -> None:
    lines = (resource_root() / "config" / "lexicons" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    head = " ".join(line for line in lines if line.startswith("# "))
    assert any(
        licence in head.replace("# ", "") for licence in ("public domain", "same licence as the project", "CC BY")
    )


@pytest.mark.parametrize("name", ["calendar.tsv", "units.tsv"])
def test_a_word_has_its_value_in_one_list(name: str) -> None:
    def fold(form: str) -> str:
        return form.casefold().rstrip(".")

    valued = {(kind, fold(form)) for kind, form, value in read_rows(name, 3) if value != "-"}
    assert not valued & {(kind, fold(form)) for kind, form, _ in read_rows("values.tsv", 3)}


def test_a_rank_stands_in_one_list() -> None:
    assert not set(read_terms("military.tsv")["rank"]) & set(read_terms("offices.tsv")["rank"])


def test_a_key_is_of_one_city_or_of_a_capital() -> None:
    rows = read_rows(lexicon.CITIES, 4)
    assert len({row[1] for row in rows}) == len(rows)
    assert not {row[1] for row in rows} & set(lexicon.country_forms())


def test_large_cities_are_known_by_country_and_with_their_accents() -> None:
    homes = lexicon.city_countries()
    places = [homes[name] for name in ("Toronto", "Darwin", "Perth", "Nassau", "Valparaiso", "Valparaíso")]
    assert places == ["CAN", "AUS", "AUS", "BHS", "CHL", "CHL"]
    assert {"Sevastopol", "Birmingham", "Georgia"}.isdisjoint(homes)  # claimed by two, borne by two, a country
