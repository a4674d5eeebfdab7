"""The table figures: rows of documents, in whose words they stand, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tasks import schemas
from tasks.figures import table
from tasks.figures.table import extract_figures, no_figures
from tasks.settings import FigureSettings
from tests.builders import document, rows, span

TEXT = "Ana Ruiz said that 12 soldiers were killed. “We shot down 3 drones,” she said. Four trucks were seized by the Navy."
BOTH = FigureSettings(forms=("tally", "act"))


def batch(text: str = TEXT, settings: FigureSettings = BOTH, **other: Any) -> dict[str, pa.Table]:
    one = document(text, date(2024, 5, 4), **other)
    key = one["doc_id"]
    parts = text.split(". ")
    sentences, at = [], 0
    for n, part in enumerate(parts):
        end = at + len(part) + (n < len(parts) - 1)
        sentences.append({"sentence_id": f"{key}-s{n}", "doc_id": key, "start": at, "end": end})
        at = end + 1
    found: dict[str, list[dict[str, Any]]] = {"entities": [], "quotes": []}
    if text == TEXT:
        found["entities"] = [
            {"entity_id": f"{key}-{form}", "doc_id": key, "label": label} | span(text, form)
            for form, label in (("Ana Ruiz", "PERSON"), ("Navy", "ORG"))
        ]
        found["quotes"] = [
            {
                "doc_id": key,
                "type": kind,
                "speaker_name": "Ana Ruiz",
                "speaker_kind": "person",
                "segments": [span(text, content)],
            }
            | span(text, content)
            | span(text, "Ana Ruiz", "speaker_")
            for kind, content in (("indirect", "12 soldiers were killed"), ("direct", "We shot down 3 drones,"))
        ]
    tables = [rows(schemas.NORMALIZED, [one]), rows(schemas.SENTENCES, sentences), schemas.FURNITURE.empty_table()]
    tables += [rows(schemas.TABLES[name].staged_schema, values) for name, values in found.items()]
    return extract_figures(*tables, settings=settings)


def test_rows_say_who_says_so_and_leave_direct_quotation_out() -> None:
    found = batch()["figures"]
    assert found.schema == schemas.TABLES["figures"].staged_schema
    assert [(r["text"], r["act"], r["claimed_by"], r["by"]) for r in found.to_pylist()] == [
        ("12 soldiers", "killed", "Ana Ruiz", None),
        ("Four trucks", "seized", None, "Navy"),
    ]
    for row in found.to_pylist():
        assert TEXT[row["raw_start"] : row["raw_end"]] == row["text"]
        assert TEXT[row["act_start"] : row["act_end"]] == row["act_text"]
        assert row["sentence_id"].startswith(row["doc_id"])


def test_raw_offsets_are_those_of_the_glued_text() -> None:
    text = "Two boats were escorted."
    edits = [{"kind": "insert_space", "raw_start": 3, "raw_end": 3, "replacement": " "}]
    [row] = batch(text, raw_text="Twoboats were escorted.", edits=edits)["figures"].to_pylist()
    assert (row["start"], row["end"], row["raw_start"], row["raw_end"]) == (0, 9, 0, 8)


def test_nothing_is_read_where_nothing_is_wanted() -> None:
    assert {name: t.num_rows for name, t in no_figures().items()} == {"figures": 0, "refusals": 0}
    assert batch(settings=FigureSettings(forms=()))["figures"].num_rows == 0


def test_a_document_that_fails_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "find_figures", lambda *_: 1 / 0)
    found = batch()
    assert found["figures"].num_rows == 0
    assert found["refusals"]["stage"].to_pylist() == ["figures"]


def test_turns_of_those_who_ask_do_not_count() -> None:
    quotes = [
        {"type": "turn", "text": text, "start": n, "end": n + 1, "speaker": who, "speaker_name": None}
        for n, (who, text) in enumerate(
            [
                ("HOST:", "12 people were killed. Why?"),
                ("VOSS:", "It was a fire."),
                ("LEE:", "300 were hurt, I hear. When?"),
            ]
        )
    ]
    assert table._silent(quotes) == [(0, 1), (2, 3)]
