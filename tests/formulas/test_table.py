"""Wording of releases of invented ministries: what recurs, when, in whose words, and what took its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tasks.formulas import table as formulas
from tasks.formulas.table import make_formulas
from tasks.schemas import FORMULA_USES, FORMULAS

TOWNS = ("Aro", "Belm", "Corra", "Dunmo", "Essel", "Fayre", "Gorst", "Hallin", "Ibbery", "Jask", "Kelda", "Lorne")
#: The numeral differs from release to release: what is around a formula never recurs with it.
SPELT = (
    "copper",
    "timber",
    "barley",
    "herring",
    "cement",
    "linen",
    "amber",
    "cobalt",
    "marble",
    "pepper",
    "saffron",
    "walnut",
)


class Dataset:
    """Published tables of releases, in pieces of so many."""

    def __init__(self, size: int = 1_000) -> None:
        self.size = size
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in formulas._READ}

    def add(
        self, text: str, day: date | None, *, source: str = "harbour", speaker: str = "", near: str | None = None
    ) -> str:
        key = f"d{len(self.tables['documents']):05}"
        self.tables["documents"].append(
            {"doc_id": key, "source_id": source, "published_on": day, "n_words": len(text.split()), "text": text}
            | {"near_duplicate_of": near}
        )
        at = 0
        for n, sentence in enumerate(text.split("\n")):
            self.tables["sentences"].append(
                {"sentence_id": f"{key}-s{n}", "doc_id": key, "start": at, "end": at + len(sentence)}
            )
            at += len(sentence) + 1
        for town in TOWNS:
            if (start := text.find(town)) >= 0:
                self.tables["entities"].append(
                    {"doc_id": key, "label": "GPE", "start": start, "end": start + len(town)}
                )
        if "“" in text:
            self.tables["quotes"].append(
                {"doc_id": key, "start": text.index("“") + 1, "end": text.index("”"), "speaker_name": speaker}
                | {"speaker_id": f"person:{speaker}"}
            )
        return key

    def parts(self, columns: Mapping[str, pa.Schema]) -> Iterator[dict[str, pa.Table]]:
        keys = [row["doc_id"] for row in self.tables["documents"]]
        for n in range(0, len(keys), self.size):
            own = set(keys[n : n + self.size])
            yield {
                name: pa.Table.from_pylist([r for r in self.tables[name] if r["doc_id"] in own], schema=schema)
                for name, schema in columns.items()
            }


def found(dataset: Dataset) -> dict[str, dict[str, Any]]:
    return {row["pattern"]: row for row in make_formulas(dataset.parts)["formulas"].to_pylist()}


def change(old: int = 6, new: int = 6) -> Dataset:
    """Releases that say one thing, and from a day on another."""
    data = Dataset()
    for n in range(old + new):
        word = "firmly" if n < old else "resolutely"
        data.add(
            f"{SPELT[n]} the council {word} opposes every visit to {TOWNS[n]} {SPELT[-n]}.",
            date(2020, 1, 1) + timedelta(n),
        )
    return data


def test_first_and_last_use_and_what_took_its_place() -> None:
    rows = found(change())
    old, new = (
        rows["the council firmly opposes every visit to GPE"],
        rows["the council resolutely opposes every visit to GPE"],
    )
    assert set(rows) == {old["pattern"], new["pattern"], "opposes every visit to GPE"}
    assert (old["first_on"], old["last_on"], old["n_documents"]) == (date(2020, 1, 1), date(2020, 1, 6), 6)
    assert (old["first_doc_id"], old["last_doc_id"]) == ("d00000", "d00005")
    assert (old["replaced"], old["replaced_by"]) == ("firmly → resolutely", new["formula_id"])
    assert (old["n_since"], new["n_since"], new["replaced"]) == (6, 0, None)
    assert [v["formula_id"] for v in new["variants"]] == [old["formula_id"]]


def test_what_goes_on_is_not_replaced() -> None:
    data = change()
    data.add(f"amber the council firmly opposes every visit to {TOWNS[3]} pepper.", date(2021, 1, 1))
    assert found(data)["the council firmly opposes every visit to GPE"]["replaced"] is None


@pytest.mark.parametrize(("documents", "days", "there"), [(5, 3, True), (4, 4, False), (9, 2, False)])
def test_it_takes_five_documents_and_three_days(documents: int, days: int, there: bool) -> None:
    data = Dataset()
    for n in range(documents):
        data.add(
            f"{SPELT[n]} the patrol returned to harbour without incident {SPELT[-n]}.", date(2020, 1, 1 + n % days)
        )
    assert ("the patrol returned to harbour without incident" in found(data)) == there


def test_only_the_longest_is_listed_and_nothing_across_sentences() -> None:
    data = Dataset()
    for n in range(8):
        tail = " under heavy snow" if n < 5 else f" {SPELT[n]}"
        data.add(
            f"{SPELT[n]} the patrol returned to harbour safely{tail}\nofficers thanked the crews", date(2020, 1, 1 + n)
        )
    rows = found(data)
    assert {p for p in rows if "patrol" in p} == {
        "the patrol returned to harbour safely", "the patrol returned to harbour safely under heavy snow"
    }  # fmt: skip
    assert not any("snow officers" in p for p in rows)


def test_near_copies_and_passages_longer_than_a_formula_do_not_count() -> None:
    data = Dataset()
    for n in range(6):
        data.add(
            f"{SPELT[n]} the patrol returned to harbour safely {SPELT[-n]}.",
            date(2020, 1, 1 + n),
            near="d0" if n > 3 else None,
        )
        data.add(
            "Note to editors of every paper: pictures of this crew may be used without any charge at all",
            date(2020, 2, 1 + n),
        )
    assert found(data) == {}


def test_kind_and_speakers_of_uses() -> None:
    data = Dataset()
    for n in range(5):
        body = "\n".join(f"{SPELT[n]} {SPELT[(n + k) % 12]} {k}" for k in range(6))
        said = f"{SPELT[n]} “we will never leave our friends alone”"
        data.add(
            f"The ministry gives notice {TOWNS[n]}\n{body}\n{said}\n{body}", date(2020, 3, 1 + n), speaker="Ana Ruiz"
        )
    views = make_formulas(data.parts)
    rows = {row["pattern"]: row for row in views["formulas"].to_pylist()}
    assert rows["we will never leave our friends alone"]["kind"] == "speech"
    assert rows["the ministry gives notice GPE"]["kind"] == "template"
    uses = [
        u
        for u in views["formula_uses"].to_pylist()
        if u["formula_id"] == rows["we will never leave our friends alone"]["formula_id"]
    ]
    texts = {row["doc_id"]: row["text"] for row in data.tables["documents"]}
    assert {u["speaker_name"] for u in uses} == {"Ana Ruiz"}
    assert {texts[u["doc_id"]][u["start"] : u["end"]] for u in uses} == {"we will never leave our friends alone"}


def test_pieces_and_limits_of_memory_change_nothing_but_the_rarest(monkeypatch: pytest.MonkeyPatch) -> None:
    data = change()
    whole = make_formulas(data.parts)
    assert whole["formulas"].schema == FORMULAS
    assert whole["formula_uses"].schema == FORMULA_USES
    data.size = 3
    assert all(rows.equals(whole[name]) for name, rows in make_formulas(data.parts).items())
    monkeypatch.setattr(formulas, "_FORMULAS", 1)
    monkeypatch.setattr(formulas, "_USES", 4)
    views = make_formulas(data.parts)
    assert views["formulas"]["pattern"].to_pylist() == ["opposes every visit to GPE"]
    assert views["formulas"]["n_documents"].to_pylist() == [12]
    assert views["formula_uses"].num_rows == 4


def test_a_sieve_that_is_too_small_loses_nothing_that_recurs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formulas, "_CELLS", 4)
    assert len(found(change())) == 3


def test_an_empty_dataset_has_none() -> None:
    assert [rows.num_rows for rows in make_formulas(Dataset().parts).values()] == [0, 0]
