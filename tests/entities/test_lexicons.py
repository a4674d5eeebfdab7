"""The lexicons of names: well formed, and free of names that two share."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tasks.entities import lexicon
from tasks.entities.lexicon_organisations import Country, build_organisations
from tasks.entities.lexicon_people import Held, build_people, forms_of, tidy
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
        "abbreviations",
    ],
)
def test_lexicons_say_where_they_are_from(name: str) -> None:
    lines = (resource_root() / "config" / "lexicons" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    head = " ".join(line for line in lines if line.startswith("# "))
    assert "public domain" in head or "same licence as the project" in head.replace("# ", "")


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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Sergey KUZHUGETOVICH SHOYGU", "Sergey Kuzhugetovich Shoygu"),
        ("H.E. Mr. Ann O'HARA", "Ann O'Hara"),
        ("King ABDULLAH II", "Abdullah II"),
        ("Bashar al-ASAD", "Bashar al-Asad"),
        ("Lt. Gen. Ann Hill (ret.)", "Ann Hill"),
    ],
)
def test_names_of_lists_as_texts_write_them(name: str, text: str) -> None:
    assert tidy(name) == text


def test_spellings_that_follow_from_rules() -> None:
    assert set(forms_of("Yuriy Ivanovich Petrov", "RUS")) >= {"Yuri Petrov", "Yury Petrov", "Yuriy Petrov"}
    assert set(forms_of("Li Shan", "CHN")) == {"Li Shan", "Shan Li"}
    assert set(forms_of("Li Shan", "GBR")) == {"Li Shan"}
    assert set(forms_of("José Díaz", "PER")) == {"José Díaz", "Jose Diaz"}


def test_two_people_of_one_name_have_no_key_and_one_in_two_lists_has_one() -> None:
    shared = [Held("Juan Sotomayor", country, "President", 2001) for country in ("PER", "CHL")]
    twice = [Held("Olga V. LINDQ", "NOR", "Prime Minister", 2001), Held("Olga Lindq", "NOR", "President", 2004)]
    found = {person.key: person for person in build_people([*shared, *twice])}
    assert "person:juan-sotomayor" not in found
    person = found["person:olga-lindq"]
    assert (person.role, person.since, person.until, person.aliases) == (
        "President",
        "2001",
        "2004",
        ("Olga V. Lindq",),
    )


def test_a_name_that_many_bear_has_no_key() -> None:
    held = [Held("John Smith", "BRB", "Prime Minister", 2001)]
    common = (frozenset({"John"}), frozenset({"Smith"}))
    assert "person:john-smith" in {p.key for p in build_people(held)}
    assert "person:john-smith" not in {p.key for p in build_people(held, common)}


def test_ministries_and_services_come_from_the_lists(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    folder.mkdir()
    (folder / "cia_world_leaders_2019.csv").write_text(
        "country,office,person\nPeru,Minister of Defense,X\nPeru,Minister of Sport,Y\n"
    )
    (folder / "factbook_military_forces.csv").write_text(
        'country,military_and_security_forces\nPeru,"Peruvian Navy (MGP), Army (2025)"\n'
    )
    (folder / "us_federal_agencies.json").write_text('{"agencies": ["Bureau of Ships"]}')
    rows = {
        o.key: o for o in build_organisations(tmp_path, [Country("PER", ("Peru",), ("Peruvian",))], {"Peru": "PER"})
    }
    assert {"org:per-navy", "org:per-army", "org:usa-bureau-of-ships"} <= set(rows)
    assert rows["org:usa-bureau-of-ships"].name == "U.S. Bureau of Ships"
    assert "Bureau of Ships" not in rows["org:usa-bureau-of-ships"].aliases
    assert {"Peruvian Defence Ministry", "Ministry of Defense of Peru"} <= set(
        rows["org:per-ministry-of-defence"].aliases
    )
    assert "org:per-ministry-of-sport" not in rows
