"""A table of annotations is its schema, its rule and the stage that yields it: all else follows from the registry."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import tasks.entities.task as stage
from flows import fingerprints
from flows.corpus import build_corpus
from flows.docs import tables_markdown
from flows.explain import explain_document
from flows.fingerprints import fingerprint_stages
from tasks.errors import CommuniqueError
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.publish.verify import verify_dataset
from tasks.schemas import ENTITIES, TABLES, Table
from tasks.settings import EntitySettings

#: The schema: years that a text names.
YEARS = Table(
    "years",
    "entities",
    pa.schema(
        [
            pa.field("year_id", pa.string(), metadata={"description": "stable key"}),
            *(ENTITIES.field(name) for name in ("doc_id", "text", "start", "end", "raw_start", "raw_end")),
            pa.field("age", pa.dictionary(pa.int32(), pa.string()), metadata={"description": "old or new"}),
            pa.field("run_id", pa.string(), metadata={"description": "the run that wrote the row"}),
        ]
    ),
    key="year_id",
    spans=(("text", ""),),
    added=("run_id",),
    vocabularies={"age": ("old", "new")},
)


def find_years(documents: pa.Table, shift: int = 0, age: str = "new") -> pa.Table:
    """The rule."""
    rows: list[dict[str, Any]] = []
    for document in documents.to_pylist():
        start = document["text"].find("release")
        if start >= 0:
            span = {"start": start, "end": start + 7, "raw_start": start, "raw_end": start + 7}
            span["start"] += shift
            rows.append({"year_id": f"{document['doc_id']}-y0", "doc_id": document["doc_id"], "age": age}
                        | {"text": "release"} | span)  # fmt: skip
    return pa.Table.from_pylist(rows, schema=YEARS.staged_schema)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    real = stage.annotate_entities

    def do(**options: Any) -> None:
        def annotate(documents: pa.Table, *others: pa.Table, settings: EntitySettings) -> dict[str, pa.Table]:
            """The stage that yields it."""
            return real(documents, *others, settings=settings) | {"years": find_years(documents, **options)}

        monkeypatch.setitem(TABLES, "years", YEARS)
        monkeypatch.setattr(stage, "annotate_entities", annotate)

    return do


def dump(tmp_path: Path) -> Path:
    texts = [f"The ministry issued release {n} on Monday, said Colonel Anna Okoro." for n in range(8)]
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "{text}"}}\n' for n, text in enumerate(texts)))
    return path


def change(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(
        "flows.corpus.fingerprint_stages", lambda *values: fingerprint_stages(*values) | {name: "another"}
    )


def test_a_table_is_staged_published_counted_checked_shown_and_described(
    register: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    out = tmp_path / "out"
    ledger = build_corpus([str(dump(tmp_path))], str(out))
    rows = ds.dataset(out / "years").to_table()
    assert (rows.num_rows, ledger.counts.rows["years"], ledger.counts.listed()["years"]) == (8, 8, 8)
    assert set(rows["run_id"].to_pylist()) == {ledger.run_id}
    assert list(verify_dataset(Layout(out))) == []
    doc_id = rows["doc_id"][0].as_py()
    assert "1 years\n  [20:27] text release  age new" in explain_document(out, doc_id)
    assert "## years" in tables_markdown()
    assert "`age` is one of old, new." in tables_markdown()

    change(monkeypatch, "quotes")  # another stage is done again; the rows come back from the dataset
    assert "entities" not in build_corpus([str(dump(tmp_path))], str(out)).costs
    assert ds.dataset(out / "years").to_table().drop_columns(["run_id"]).equals(rows.drop_columns(["run_id"]))
    assert list(verify_dataset(Layout(out))) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"shift": 1}, r"dump\.jsonl: publish failed: record 0: years .*-y0: text"), ({"age": "odd"}, "age 'odd'")],
)
def test_its_offsets_and_closed_sets_are_checked(
    register: Any, tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    register(**options)
    with pytest.raises(CommuniqueError, match=reason):
        build_corpus([str(dump(tmp_path))], str(tmp_path / "out"))
    assert not read_snapshot(Layout(tmp_path / "out")).segments


def test_a_table_whose_stage_is_not_registered_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    monkeypatch.setitem(TABLES, "years", replace(YEARS, stage="calendar"))
    assert build_corpus([str(dump(tmp_path))], str(tmp_path / "out")).counts.rows["years"] == 0


def test_a_dataset_that_was_built_without_it_gets_it_and_nothing_is_read_again(
    register: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    out = tmp_path / "out"
    build_corpus([str(dump(tmp_path))], str(out))
    register()
    change(monkeypatch, "entities")  # the stage is another one, since it yields the table
    costs = build_corpus([str(dump(tmp_path))], str(out)).costs
    assert not {"ingest", "normalize", "quotes"} & set(costs)
    assert ds.dataset(out / "years").count_rows() == 8
    assert list(verify_dataset(Layout(out))) == []


def test_a_table_that_no_stage_yields_redoes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.ingest.sources import load_source
    from tasks.settings import load_settings

    take = partial(fingerprint_stages, load_settings(), load_source("generic"), None)
    before = take()
    monkeypatch.setitem(TABLES, "years", replace(YEARS, stage="calendar"))
    assert take() == before
    monkeypatch.setitem(TABLES, "years", YEARS)
    after = take()
    assert {name for name in before if before[name] != after[name]} == {"entities", "publish"}
    assert fingerprints.STAGES["entities"].yields == ("entities", "roles", "years")
