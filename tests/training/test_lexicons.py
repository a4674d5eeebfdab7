"""People and organisations out of open lists: names as texts write them, none that two share."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.lexicons.build import build_cities, build_countries, build_namesakes
from training.lexicons.organisations import Country, build_organisations
from training.lexicons.people import Held, build_people, forms_of, tidy


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


def test_cities_know_territories_and_towns_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    folder.mkdir()
    (folder / "factbook_countries.csv").write_text(
        'name,long_name,capital\nPeru,none,Lima\n"Ostra, Ostra Strip",none,none\n'
    )
    (folder / "world-cities.csv").write_text(
        "name,country,subcountry,geonameid\nLima,Peru,Lima,1\nLima,Chile,Ohio,2\nOstra,Peru,Ostra,3\nVeld,Chile,Veld,4\n"
    )
    codes = {"Peru": "PER", "Chile": "CHL"}
    cities = build_cities(tmp_path, codes, [])
    kinds = {row[1]: row[3] for row in cities}
    assert (kinds["Lima"], kinds["Ostra"], kinds["Veld"]) == ("capital", "territory", "city")
    named = build_namesakes(tmp_path, codes, cities)
    assert ("CHL", "Lima") in named
    assert not {("PER", "Lima"), ("PER", "Ostra")} & set(named)


def test_a_body_that_speaks_is_no_country(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    folder.mkdir()
    (folder / "ungdc_speakers.csv").write_text("Year,Country\n2012,Peru\n2012,Peru Liberation Organization\n")
    (folder / "factbook_countries.csv").write_text("name,long_name\n")
    (folder / "nationalities.txt").write_text("")
    forms = {row[2] for row in build_countries(tmp_path, {"Peru": "PER", "Peru Liberation Organization": "PER"})}
    assert "Peru" in forms
    assert "Peru Liberation Organization" not in forms
