"""From published tables to people and person_mentions."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pyarrow as pa

from tasks.people.table import READ, make_people
from tasks.schemas import VIEWS

Piece = dict[str, pa.Table]


def piece(*documents: tuple[str, date | None, list[dict[str, Any]]]) -> Piece:
    """A piece of a dataset: of each document its rows, an office if it has a title, else a quotation; each has a mention."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in READ}
    for doc_id, day, rows in documents:
        tables["documents"].append({"doc_id": doc_id, "published_on": day})
        for i, row in enumerate(rows):
            name, key = row["name"], f"{doc_id}-{i}"
            mention = {"doc_id": doc_id, "entity_id": f"{key}e", "label": row.get("label", "PERSON")}
            tables["entities"].append(
                mention | {"text": row.get("text", name), "canonical": row.get("canonical", name)}
            )
            if "title" in row:
                tables["roles"].append(
                    {"doc_id": doc_id, "role_id": f"{key}r", "person_name": name, "person_entity_id": f"{key}e"}
                    | {"method": "rule:before"}
                    | {column: row.get(column) for column in ("title", "organisation", "organisation_id", "country_id")}
                )
            else:
                quote = {"doc_id": doc_id, "quote_id": f"{key}q", "speaker_name": name, "speaker_entity_id": f"{key}e"}
                stated = {column: row.get(column) for column in ("speaker_title", "speaker_affiliation")}
                tables["quotes"].append(quote | stated | {"speaker_kind": row.get("kind", "person")})
    return {name: pa.Table.from_pylist(rows, schema=READ[name]) for name, rows in tables.items()}


def office(name: str, title: str, country: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "title": title, "country_id": f"iso:{country}" if country else None} | more


DOCUMENTS = [
    ("a", date(2021, 5, 4), [office("Inés Peña", "Minister", "ESP"), {"name": "Inés Peña"}, {"name": "Peña", "canonical": "Inés Peña"}]),
    ("b", date(2022, 1, 9), [office("INES PENA", "minister", "ESP"), {"name": "Carl Voss"}]),
    ("c", None, [{"name": "Ines Pena"}, {"name": "Peña"}]),
    ("d", date(2020, 2, 2), [office("Carl Voss", "Captain", "DEU"), {"name": "Ministry", "label": "ORG", "kind": "institution"}]),
    ("e", date(2020, 3, 3), [office("Carl Voss", "Captain", "NOR"), {"name": "Voss"}]),
    ("f", date(2020, 3, 3), [{"name": "Voss"}, {"name": "Recycling Day", "label": "EVENT"}]),
]  # fmt: skip


def test_views_have_their_schema_and_fit_each_other() -> None:
    views = make_people([piece(*DOCUMENTS)])
    assert {name: view.schema for name, view in views.items()} == {
        name: VIEWS[name].schema for name in ("people", "person_mentions")
    }
    people, mentions = (rows.to_pylist() for rows in views.values())
    assert [p["person_key"] for p in people] == sorted({m["person_key"] for m in mentions})
    assert sum(p["n_quotations"] for p in people) == sum(m["quote_id"] is not None for m in mentions)
    assert all((m["quote_id"] is None) != (m["role_id"] is None) for m in mentions)


def test_a_person_over_documents() -> None:
    people = {p["person_key"]: p for p in make_people([piece(*DOCUMENTS)])["people"].to_pylist()}
    assert people["name:ines-pena"] == {
        "person_key": "name:ines-pena",
        "name": "Ines Pena",
        "aliases": ["Peña", "INES PENA", "Ines Pena", "Inés Peña"],
        "ids": [],
        "country_id": "iso:ESP",
        "offices": [
            {
                "title": "Minister", "qualifier": None, "organisation": None, "organisation_id": None,
                "country_id": "iso:ESP", "first_on": date(2021, 5, 4), "last_on": date(2022, 1, 9), "doc_ids": ["a", "b"],
            }
        ],
        "n_documents": 3,
        "n_quotations": 4,
        "first_on": date(2021, 5, 4),
        "last_on": date(2022, 1, 9),
    }  # fmt: skip


def test_namesakes_and_surnames_stay_apart_and_no_name_is_nobody() -> None:
    mentions = make_people([piece(*DOCUMENTS)])["person_mentions"].to_pylist()
    assert [(m["person_key"], m["quote_id"] or m["role_id"]) for m in mentions if "ines" not in m["person_key"]] == [
        ("name:carl-voss", "b-1q"),
        ("name:carl-voss/DEU", "d-0r"),
        ("name:carl-voss/NOR", "e-1q"),
        ("name:carl-voss/NOR", "e-0r"),
        ("name:voss@f", "f-0q"),
    ]


def test_a_name_that_a_mention_has_anywhere_is_a_person_s_everywhere() -> None:
    unsure = ("x", None, [{"name": "Mayor Ann Hill", "label": "TITLE"}])
    assert make_people([piece(unsure)])["people"].num_rows == 0
    assert make_people([piece(unsure, ("y", None, [{"name": "Ann Hill"}]))])["people"]["n_documents"].to_pylist() == [2]


def test_the_order_of_batches_and_where_they_are_cut_change_nothing() -> None:
    whole = make_people([piece(*DOCUMENTS)])
    for seed in range(5):
        documents = random.Random(seed).sample(DOCUMENTS, len(DOCUMENTS))
        cut = seed % 4 + 1
        again = make_people([piece(*documents[:cut]), piece(*documents[cut:])])
        assert all(rows.equals(whole[name]) for name, rows in again.items())


def test_a_known_person_has_the_lexicon_s_key_and_its_country() -> None:
    known = piece(("a", None, [{"name": "SHOIGU Sergey"}]), ("b", None, [office("Sergei Shoigu", "Defence Minister")]))
    (person,) = make_people([known])["people"].to_pylist()
    assert (person["person_key"], person["ids"], person["country_id"], person["n_documents"]) == (
        "person:sergei-shoigu", ["person:sergei-shoigu"], "iso:RUS", 2,
    )  # fmt: skip


def test_the_country_of_an_organisation_tells_namesakes_apart() -> None:
    found = piece(
        ("a", None, [office("Ann Hill", "spokesperson", None, organisation="NATO", organisation_id="org:nato")]),
        ("b", None, [office("Ann Hill", "officer", None, organisation_id="org:ago-army")]),
        ("c", None, [office("Ann Hill", "officer", "NOR")]),
    )
    assert make_people([found])["people"]["person_key"].to_pylist() == [
        "name:ann-hill", "name:ann-hill/AGO", "name:ann-hill/NOR",
    ]  # fmt: skip


def test_a_surname_with_the_office_of_another_is_not_the_one_full_name_s() -> None:
    """`First Lady Ann Hill` and `President Hill`, whom the document resolves to its only full name."""
    documents = [
        (
            "a",
            None,
            [office("Ann Hill", "First Lady"), office("Ann Hill", "President", text="Hill"), {"name": "Ann Hill"}],
        ),
        ("b", None, [office("Ann Hill", "President", text="Hill"), {"name": "Ann Hill", "text": "Hill"}]),
        ("c", None, [office("Ann Hill", "Lady", text="Hill")]),
    ]
    alone = make_people([piece(*documents)])
    assert set(alone["person_mentions"]["person_key"].to_pylist()) == {"name:ann-hill"}  # nobody else has the office
    views = make_people([piece(*documents, ("d", None, [office("Bo Hill", "President")]))])
    assert [(m["person_key"], m["quote_id"] or m["role_id"]) for m in views["person_mentions"].to_pylist()] == [
        ("name:ann-hill", "a-2q"),
        ("name:ann-hill", "a-0r"),
        ("name:ann-hill", "c-0r"),
        ("name:bo-hill", "d-0r"),
        ("name:hill@a", "a-1r"),
        ("name:hill@b", "b-1q"),
        ("name:hill@b", "b-0r"),
    ]
    assert views["people"]["aliases"].to_pylist() == [["Ann Hill", "Hill"], ["Bo Hill"], ["Hill"], ["Hill"]]


def test_an_office_that_another_does_not_leave_room_for_tells_namesakes_apart() -> None:
    """An office in the label of a turn counts as well; `Hill` says nothing of the other Ann Hill's."""
    label = {"name": "Ann Hill", "speaker_title": "Director", "speaker_affiliation": "Agency for Ideas"}
    documents = [
        *((str(year), date(year, 5, 1), [office("Ann Hill", "Press Secretary")]) for year in range(2010, 2030)),
        ("a", date(2019, 8, 1), [label]),
        ("b", date(2019, 9, 1), [{"name": "Ann Hill"}]),
        ("c", date(2019, 9, 1), [office("Ann Hill", "Press Secretary"), office("Ann Hill", "CEO", text="Hill")]),
    ]
    people = {p["person_key"]: p["n_documents"] for p in make_people([piece(*documents)])["people"].to_pylist()}
    assert people == {"name:ann-hill": 22, "name:ann-hill/director-agency-for-ideas": 1}
    both = ("d", date(2019, 10, 1), [label, office("Ann Hill", "Press Secretary")])
    assert make_people([piece(*documents, both)])["people"]["n_documents"].to_pylist() == [24]


def test_nothing_gives_empty_views() -> None:
    assert [view.num_rows for view in make_people([]).values()] == [0, 0]
    assert [view.num_rows for view in make_people([piece()]).values()] == [0, 0]
