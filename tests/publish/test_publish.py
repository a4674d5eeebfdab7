"""Publish: assembled to the contract, committed wholly or not at all, verified against what lies on disk."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import DatasetBusy, DatasetError, OffsetMismatch
from tasks.publish.commit import put_segment, write_parquet
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import Batch, Segment, Snapshot, append_commit, read_snapshot, remove_what_is_replaced
from tasks.publish.rows import StagedRows
from tasks.publish.store import LocalStore
from tasks.publish.table import check_vocabularies, count_batches, link_speakers, unassemble, widen
from tasks.publish.verify import verify_dataset
from tasks.schemas import TABLES
from tasks.staging import BatchHead, BundleRef
from tests.builders import BATCH, TEXT, assembled, document, index, span, staged

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def commit(
    root: Path, documents: list[dict[str, Any]] | None = None, refusals: list[dict[str, Any]] | None = None
) -> Segment:
    """Publish a bundle of one batch, in place of what the dataset has."""
    layout = Layout(root)
    tables = assembled(staged(documents, refusals))
    records = tables["documents"].num_rows + tables["rejects"].num_rows
    bundle = BundleRef(str(root / "_staging" / "b"), (BatchHead(BATCH, "dump.jsonl", records),), 1)
    counts = count_batches(tables).get(BATCH, {})
    batch = Batch(batch_id=BATCH, uri="dump.jsonl", decisions="d", records=records, **counts)
    rows = StagedRows.stage(bundle, tables | {"_index": index(tables)}, [batch], "x")
    segment = put_segment(layout, root / "_staging", [rows], source_id="generic", fingerprints={"ingest": "1"})
    before = read_snapshot(layout)
    after = append_commit(layout, before, "r1", add=[segment], remove=list(before.segments))
    remove_what_is_replaced(layout, after, 0, NOW)
    return segment


def edit_commit(root: Path, **changes: Any) -> None:
    """Let the only commit say something else of its only segment."""
    path = root / Layout(root).commit_file(1)
    said = json.loads(path.read_text())
    said["add"][0] |= changes
    path.write_text(json.dumps(said))


def hashes(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not {"_staging", "_manifest"} & set(path.parts)
    }


def test_tables_have_the_contract_schema() -> None:
    tables = assembled(staged())
    assert {name: rows.schema for name, rows in tables.items()} == {name: t.schema for name, t in TABLES.items()}


def test_speaker_is_linked_to_the_entity_at_its_place() -> None:
    tables = assembled(staged())
    assert tables["quotes"]["speaker_entity_id"].to_pylist() == tables["entities"]["entity_id"].to_pylist()
    assert tables["quotes"]["speaker_id"].to_pylist() == ["person:a-okoro"]


def test_speaker_without_a_mention_is_linked_by_the_name() -> None:
    batch = staged()
    carried = batch["quotes"].to_pylist()
    carried[0] |= dict.fromkeys(["speaker", "speaker_start", "speaker_end", "speaker_raw_start", "speaker_raw_end"])
    quotes = link_speakers(
        pa.Table.from_pylist(carried, schema=batch["quotes"].schema),
        batch["entities"],
        batch["roles"],
        batch["sentences"],
    )
    assert quotes["speaker_id"].to_pylist() == ["person:a-okoro"]
    assert quotes["speaker"].to_pylist() == [None]


def test_speaker_of_no_name_has_neither_mention_nor_id() -> None:
    batch = staged()
    nobody = batch["quotes"].to_pylist()
    nobody[0] |= dict.fromkeys(["speaker", "speaker_start", "speaker_end", "speaker_raw_start", "speaker_raw_end"])
    nobody[0] |= {"speaker_name": None, "speaker_kind": "unknown"}
    quotes = link_speakers(
        pa.Table.from_pylist(nobody, schema=batch["quotes"].schema),
        batch["entities"],
        batch["roles"],
        batch["sentences"],
    )
    assert (quotes["speaker_entity_id"].to_pylist(), quotes["speaker_id"].to_pylist()) == ([None], [None])


def test_what_quotes_proposed_is_kept_where_the_join_knows_better() -> None:
    batch = staged()
    odd = batch["quotes"].to_pylist()
    odd[0] |= {"speaker": "Colonel Okoro", "speaker_name": "Colonel Okoro", "speaker_kind": "unknown"}
    odd[0] |= span(TEXT, "Colonel Okoro", "speaker_")
    batch["quotes"] = pa.Table.from_pylist(odd, schema=batch["quotes"].schema)
    [row] = assembled(batch)["quotes"].to_pylist()
    assert (row["speaker"], row["speaker_name"]) == ("Okoro", "Okoro")
    assert (row["speaker_proposed"]["text"], row["speaker_proposed"]["name"]) == ("Colonel Okoro", "Colonel Okoro")
    again, _ = unassemble(assembled(batch))
    assert again["quotes"].equals(batch["quotes"])


def test_joining_again_with_other_mentions_equals_joining_once() -> None:
    batch = staged()
    odd = batch["quotes"].to_pylist()
    odd[0] |= {"speaker": "Colonel Okoro", "speaker_name": "Colonel Okoro", "speaker_kind": "unknown"}
    odd[0] |= span(TEXT, "Colonel Okoro", "speaker_")
    batch["quotes"] = pa.Table.from_pylist(odd, schema=batch["quotes"].schema)
    without = batch | {name: batch[name].slice(0, 0) for name in ("entities", "roles")}
    for first, then in ((batch, without), (without, batch)):
        back, _ = unassemble(assembled(first))
        redone = assembled(then | {"quotes": back["quotes"]})
        assert redone["quotes"].equals(assembled(then)["quotes"])


def test_published_tables_go_back_to_what_the_stages_yielded() -> None:
    batch = staged(
        refusals=[{"uri": "dump.jsonl", "stage": "ingest", "code": "empty", "message": "m", "batch_id": BATCH}]
    )
    again, near = unassemble(assembled(batch))
    assert {name: rows.equals(batch[name]) for name, rows in again.items()} == dict.fromkeys(TABLES, True)
    assert near.num_rows == 0


@pytest.mark.parametrize(
    ("table", "column"), [("quotes", "type"), ("entities", "label"), ("documents", "kind"), ("rejects", "code")]
)
def test_value_outside_a_closed_set_is_an_error(table: str, column: str) -> None:
    refused = {"uri": "dump.jsonl", "record": 9, "stage": "ingest", "code": "empty", "message": "m"}
    batch = staged(refusals=[refused])
    odd = batch[table].to_pylist()
    odd[0][column] = "odd"
    with pytest.raises(DatasetError, match=f"{table}: {column} 'odd' is none of"):
        assembled(batch | {table: pa.Table.from_pylist(odd, schema=batch[table].schema)})


def test_every_closed_set_is_a_column_of_its_table() -> None:
    for table in TABLES.values():
        assert set(table.vocabularies) <= set(table.schema.names), table.name
    check_vocabularies({name: table.schema.empty_table() for name, table in TABLES.items()})


def test_tables_of_an_earlier_schema_get_the_columns_appended_since() -> None:
    tables = assembled(staged())
    old = tables["entities"].drop_columns(["date_value", "amount", "currency", "unit"])
    assert widen(old, TABLES["entities"].schema).equals(tables["entities"])
    with pytest.raises(DatasetError, match="doc_id"):
        widen(old.drop_columns(["doc_id"]), TABLES["entities"].schema)


def test_document_that_a_late_stage_refused_leaves_all_tables() -> None:
    refused = {"uri": "dump.jsonl", "record": 0, "stage": "quotes", "code": "stage_failed", "message": "m"}
    tables = assembled(staged(refusals=[refused]))
    assert {name: table.num_rows for name, table in tables.items()} == {
        "documents": 0, "sentences": 0, "furniture": 0, "entities": 0, "quotes": 0, "roles": 0,
        "engagements": 0, "figures": 0, "duplicates": 0, "rejects": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "column"), [("entities", "start"), ("quotes", "cue_end"), ("sentences", "end"), ("roles", "start")]
)
def test_value_that_is_not_at_its_offsets_is_an_error(table: str, column: str) -> None:
    batch = staged()
    broken = batch[table].to_pylist()
    broken[0][column] += 1
    with pytest.raises(OffsetMismatch, match=table):
        assembled(batch | {table: pa.Table.from_pylist(broken, schema=batch[table].schema)})


@pytest.mark.parametrize("column", ["participants", "subjects", "agreements"])
def test_value_of_a_list_that_is_not_at_its_offsets_is_an_error(column: str) -> None:
    batch = staged()
    schema = batch["engagements"].schema
    part = {"text": "Okoro", "start": 0, "end": 5, "raw_start": 0, "raw_end": 5}
    row = dict.fromkeys(schema.names) | {
        "engagement_id": "g", "doc_id": batch["documents"]["doc_id"][0].as_py(), "text": "", "start": 0, "end": 0,
        "raw_start": 0, "raw_end": 0, "type": "call", "status": "held", "mention": "news", "modality": "phone",
        "level": "head", "participants": [], "subjects": [], "agreements": [], "country_ids": [], "n_sides": 2,
        "date_precision": "none", "date_basis": "none", "plover": "CONSULT", column: [part],
    }  # fmt: skip
    with pytest.raises(OffsetMismatch, match=f"engagements g: {column} 'Okoro'"):
        assembled(batch | {"engagements": pa.Table.from_pylist([row], schema=schema)})


def test_rows_lie_by_source_sorted_by_year_undated_last(tmp_path: Path) -> None:
    commit(tmp_path, [document(TEXT + " A", None, 1), document(), document(TEXT + " B", date(1999, 1, 1), 2)])
    for table in ("documents", "sentences", "entities", "quotes", "roles"):
        [path] = tmp_path.glob(f"{table}/source=generic/*.parquet")
        assert pq.read_table(path, partitioning=None)["year"].to_pylist() == [1999, 2021, None]


def test_same_batch_gives_same_bytes(tmp_path: Path) -> None:
    commit(tmp_path / "a")
    commit(tmp_path / "b")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_segment_that_is_replaced_leaves_nothing(tmp_path: Path) -> None:
    commit(tmp_path, [document(), document(TEXT + " A", None, 1)])
    segment = commit(tmp_path, [document()])
    assert list(verify_dataset(Layout(tmp_path))) == []
    assert hashes(tmp_path).keys() == {file.path for file in segment.files}


def test_documents_are_put_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    monkeypatch.setattr(LocalStore, "put", lambda self, key, source: put.append(key.partition("/")[0]))
    commit(tmp_path)
    assert put[-1] == "documents"
    assert {"quotes", "entities", "roles", "sentences", "_index"} == set(put[:-1])


def test_whole_dataset_has_no_faults(tmp_path: Path) -> None:
    commit(tmp_path)
    assert list(verify_dataset(Layout(tmp_path))) == []
    assert list(verify_dataset(Layout(tmp_path), quick=True)) == []


@pytest.mark.parametrize("quick", [True, False])
def test_verify_names_a_missing_file(tmp_path: Path, quick: bool) -> None:
    victim = next(f.path for f in commit(tmp_path).files if f.table == "quotes")
    (tmp_path / victim).unlink()
    assert list(verify_dataset(Layout(tmp_path), quick=quick)) == [f"{victim}: missing"]


def test_verify_names_a_changed_file(tmp_path: Path) -> None:
    victim = commit(tmp_path).files[0].path
    content = bytearray((tmp_path / victim).read_bytes())
    content[100] ^= 1
    (tmp_path / victim).write_bytes(content)
    assert list(verify_dataset(Layout(tmp_path))) == [f"{victim}: content differs from its commit"]
    (tmp_path / victim).write_bytes(content[:-1])
    [fault] = verify_dataset(Layout(tmp_path), quick=True)
    assert f"its commit says {len(content)}" in fault


def test_verify_counts_what_was_read_and_what_is_there(tmp_path: Path) -> None:
    segment = commit(tmp_path)
    [batch] = segment.batches
    edit_commit(tmp_path, batches=[batch.model_copy(update={"records": 5}).model_dump()])
    assert "dump.jsonl: 5 records read, but 1 documents" in next(iter(verify_dataset(Layout(tmp_path), quick=True)))
    edit_commit(tmp_path, batches=[batch.model_copy(update={"rows": batch.rows | {"quotes": 7}}).model_dump()])
    [fault] = verify_dataset(Layout(tmp_path))
    assert "'quotes': 1" in fault
    assert "'quotes': 7" in fault


def test_verify_finds_a_document_in_two_segments(tmp_path: Path) -> None:
    segment = commit(tmp_path)
    edit_commit(tmp_path, segment_id="ff112233aabbccdd")
    append_commit(Layout(tmp_path), read_snapshot(Layout(tmp_path)), None, add=[segment])
    assert any("and in segment" in fault for fault in verify_dataset(Layout(tmp_path)))


def test_verify_replays_edits(tmp_path: Path) -> None:
    commit(tmp_path, [document(edits=[{"kind": "x", "raw_start": 0, "raw_end": 1, "replacement": "K"}])])
    assert any("replaying" in fault for fault in verify_dataset(Layout(tmp_path)))


def test_files_that_no_commit_names_are_not_in_the_dataset_and_are_cleared_away(tmp_path: Path) -> None:
    segment = commit(tmp_path)
    layout = Layout(tmp_path)
    layout.store.delete(layout.commit_file(1))
    assert read_snapshot(layout) == Snapshot()
    assert all("no commit names this file" in fault for fault in verify_dataset(layout))
    with hold_dataset(layout):  # they may be those of a run that writes
        assert list(verify_dataset(layout)) == []
    stranger = tmp_path / "documents" / "notes.parquet"
    stranger.write_text("mine")
    assert remove_what_is_replaced(layout, Snapshot(), 0, NOW) == len(segment.files)
    assert stranger.exists()


def test_replaced_files_stay_as_long_as_asked_for(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    old = commit(tmp_path)
    empty = append_commit(layout, read_snapshot(layout), None, remove=[old.segment_id])
    assert remove_what_is_replaced(layout, empty, 60, NOW) == 0
    assert list(verify_dataset(layout)) == []
    assert remove_what_is_replaced(layout, empty, 60, NOW + timedelta(seconds=59)) == 0
    assert remove_what_is_replaced(layout, empty, 60, NOW + timedelta(seconds=61)) == len(old.files)


@pytest.mark.parametrize("writer", ["staged", "parquet", "json"])
def test_what_cannot_be_written_is_named(tmp_path: Path, writer: str) -> None:
    table = pa.table({"text": [str(i) for i in range(20_000)]})
    writers = {
        "staged": lambda: BundleRef(str(tmp_path), (), 1).write("ingested", table),
        "parquet": lambda: write_parquet(iter([table]), table.schema, tmp_path / "a.parquet"),
        "json": lambda: Layout(tmp_path).write_json("a.json", table["text"].to_pylist()),
    }
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(OSError, match="too large") as caught:
            writers[writer]()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(tmp_path) in str(caught.value)


def test_second_writer_is_told_who_holds_the_dataset(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    code = (
        "import sys, pathlib\n"
        "from tasks.publish.layout import Layout\nfrom tasks.publish.lock import hold_dataset\n"
        "with hold_dataset(Layout(pathlib.Path(sys.argv[1]))):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(DatasetBusy, match=f"process {child.pid}"), hold_dataset(layout):
            pass
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
    with hold_dataset(layout):
        pass


@pytest.mark.parametrize(("score", "unsure"), [(0.3, {"entities": 1}), (0.8, {}), (None, {})])
def test_entities_with_a_low_score_are_counted_as_unsure(score: float | None, unsure: dict[str, int]) -> None:
    tables = assembled(staged())
    entities = tables["entities"]
    at, field = entities.column_names.index("score"), entities.schema.field("score")
    scores = pa.array([score] * entities.num_rows, field.type)
    counted = count_batches(tables | {"entities": entities.set_column(at, field, scores)})[BATCH]["unsure"]
    assert {name: n for name, n in counted.items() if name == "entities"} == unsure
