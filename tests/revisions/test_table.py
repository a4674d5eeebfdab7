"""Revisions: the same key and like words make a later version, one of them alone does not."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tasks.revisions.table import READ, find_revisions

WORDS, OTHER = list(range(64)), list(range(100, 164))
EDITED = [*range(40), *range(200, 224)]


def piece(*rows: dict[str, Any]) -> dict[str, pa.Table]:
    known = {"source_id": "s", "external_id": None, "url": None, "title": "T", "year": 2021, "signature": WORDS}
    values = [known | row for row in rows]
    return {
        name: pa.Table.from_pylist([{c: row[c] for c in schema.names} for row in values], schema=schema)
        for name, schema in READ.items()
    }


def revisions(*pieces: dict[str, pa.Table]) -> list[tuple[str, str, str]]:
    found = find_revisions(lambda: pieces).to_pylist()
    return [(row["doc_id"], row["superseded_by"], row["same"]) for row in found]


@pytest.mark.parametrize("key", ["external_id", "url"])
def test_a_later_text_under_the_same_key_supersedes(key: str) -> None:
    first, second = {"doc_id": "z", key: "k"}, {"doc_id": "a", key: "k", "signature": EDITED}
    assert revisions(piece(first, second)) == [("z", "a", key)]
    assert revisions(piece(first), piece(second)) == [("z", "a", key)]
    assert revisions(piece(second), piece(first)) == [("a", "z", key)]


def test_each_version_has_the_next_one() -> None:
    rows = [{"doc_id": name, "external_id": "k"} for name in "cab"]
    assert revisions(piece(*rows)) == [("a", "b", "external_id"), ("c", "a", "external_id")]


def test_the_day_goes_before_the_arrival() -> None:
    late, early = {"doc_id": "a", "url": "u", "year": 2022}, {"doc_id": "b", "url": "u", "year": 2020}
    assert revisions(piece(late), piece(early)) == [("b", "a", "url")]


@pytest.mark.parametrize(
    "other",
    [
        {"external_id": "2"},
        {"source_id": "t"},
        {"signature": OTHER},
        {"external_id": ""},
        {"signature": [], "title": "Another"},
        {"signature": [], "title": None},
    ],
)
def test_anything_less_is_no_revision(other: dict[str, Any]) -> None:
    first = {"doc_id": "a", "external_id": other.get("external_id") and "1"}
    if "external_id" not in other:
        first["external_id"], other = "1", {"external_id": "1"} | other
    if not other["external_id"]:
        first["external_id"] = ""
    assert revisions(piece(first, {"doc_id": "b"} | other)) == []


def test_short_texts_are_told_by_their_title() -> None:
    rows = [
        {"doc_id": name, "url": "u", "signature": [], "title": title} for name, title in (("a", "A b"), ("b", "a  B"))
    ]
    assert revisions(piece(*rows)) == [("a", "b", "url")]


def test_a_dataset_without_documents_has_none() -> None:
    assert revisions() == []
    assert revisions(piece()) == []
