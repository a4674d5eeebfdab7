"""Publish: assembled to the contract, committed wholly or not at all, verified against what lies on disk."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import DatasetBusy, DatasetError, OffsetMismatch
from tasks.publish.commit import commit_batch, remove_batch, remove_orphans, write_parquet
from tasks.publish.layout import Layout, write_json
from tasks.publish.lock import hold_dataset
from tasks.publish.manifest import InputFile, Manifest, read_manifests
from tasks.publish.table import check_vocabularies, link_speakers, unassemble, widen
from tasks.publish.verify import verify_dataset
from tasks.schemas import TABLES
from tasks.staging import BatchRef
from tests.builders import BATCH, TEXT, assembled, document, index, span, staged


def commit(root: Path, documents=None, refusals=None, batch_id: str = BATCH) -> Manifest:
    tables = assembled(staged(documents, refusals))
    return commit_batch(
        Layout(root),
        root / "_staging" / "t",
        tables,
        index(tables),
        batch_id=batch_id,
        source_id="generic",
        unit_id="u",
        number=0,
        n_batches=1,
        inputs=(InputFile(uri="dump.jsonl", size=1, sha256="0"),),
        fingerprints={"ingest": "1"},
        decisions="d",
        records=tables["documents"].num_rows + tables["rejects"].num_rows,
    )


def hashes(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "_staging" not in path.parts
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
        pa.Table.from_pylist(carried, schema=batch["quotes"].schema), batch["entities"], batch["roles"]
    )
    assert quotes["speaker_id"].to_pylist() == ["person:a-okoro"]
    assert quotes["speaker"].to_pylist() == [None]


def test_speaker_of_no_name_has_neither_mention_nor_id() -> None:
    batch = staged()
    nobody = batch["quotes"].to_pylist()
    nobody[0] |= dict.fromkeys(["speaker", "speaker_start", "speaker_end", "speaker_raw_start", "speaker_raw_end"])
    nobody[0] |= {"speaker_name": None, "speaker_kind": "unknown"}
    quotes = link_speakers(
        pa.Table.from_pylist(nobody, schema=batch["quotes"].schema), batch["entities"], batch["roles"]
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
    batch = staged(refusals=[{"uri": "dump.jsonl", "stage": "ingest", "code": "empty", "message": "m"}])
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
        "documents": 0, "sentences": 0, "entities": 0, "quotes": 0, "roles": 0, "duplicates": 0, "rejects": 1,
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


def test_files_lie_by_source_and_year_and_undated_apart(tmp_path: Path) -> None:
    commit(tmp_path, [document(), document(TEXT + " A", None, 1), document(TEXT + " B", date(1999, 1, 1), 2)])
    years = sorted(p.parent.name for p in tmp_path.glob("documents/source=generic/*/*.parquet"))
    assert years == ["year=0", "year=1999", "year=2021"]


def test_same_batch_gives_same_bytes(tmp_path: Path) -> None:
    commit(tmp_path / "a")
    commit(tmp_path / "b")
    commit(tmp_path / "b")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_replacing_a_batch_removes_files_that_it_no_longer_has(tmp_path: Path) -> None:
    commit(tmp_path, [document(), document(TEXT + " A", None, 1)])
    commit(tmp_path, [document()])
    assert list(verify_dataset(Layout(tmp_path))) == []
    assert not list(tmp_path.glob("documents/*/year=0/*.parquet"))


def test_whole_dataset_has_no_faults(tmp_path: Path) -> None:
    commit(tmp_path)
    assert list(verify_dataset(Layout(tmp_path))) == []


def test_verify_names_a_missing_file(tmp_path: Path) -> None:
    manifest = commit(tmp_path)
    victim = next(f.path for f in manifest.files if f.path.startswith("quotes/"))
    (tmp_path / victim).unlink()
    assert list(verify_dataset(Layout(tmp_path))) == [f"{victim}: missing"]


def test_verify_names_a_changed_file(tmp_path: Path) -> None:
    manifest = commit(tmp_path)
    victim = tmp_path / manifest.files[0].path
    pq.write_table(pq.read_table(victim, partitioning=None), victim, compression="gzip")
    assert list(verify_dataset(Layout(tmp_path))) == [f"{manifest.files[0].path}: content differs from its manifest"]


def test_verify_counts_what_was_read(tmp_path: Path) -> None:
    manifest = commit(tmp_path)
    path = Layout(tmp_path).manifest_file(manifest.batch_id)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"records": 5}))
    assert "5 records read, but 1 documents" in next(iter(verify_dataset(Layout(tmp_path))))


def test_verify_finds_a_document_in_two_batches(tmp_path: Path) -> None:
    commit(tmp_path)
    commit(tmp_path, batch_id="ff112233aabbccdd")
    assert any("in batch" in fault for fault in verify_dataset(Layout(tmp_path)))


def test_verify_replays_edits(tmp_path: Path) -> None:
    commit(tmp_path, [document(edits=[{"kind": "x", "raw_start": 0, "raw_end": 1, "replacement": "K"}])])
    assert any("replaying" in fault for fault in verify_dataset(Layout(tmp_path)))


def test_batch_without_manifest_is_not_in_the_dataset_and_is_cleared_away(tmp_path: Path) -> None:
    manifest = commit(tmp_path)
    layout = Layout(tmp_path)
    layout.manifest_file(BATCH).unlink()
    assert read_manifests(layout) == {}
    assert any("no manifest names this file" in fault for fault in verify_dataset(layout))
    stranger = tmp_path / "documents" / "notes.parquet"
    stranger.write_text("mine")
    assert remove_orphans(layout, {}) == len(manifest.files)
    assert stranger.exists()


def test_removed_batch_leaves_nothing(tmp_path: Path) -> None:
    remove_batch(Layout(tmp_path), commit(tmp_path))
    assert hashes(tmp_path) == {}


@pytest.mark.parametrize("writer", ["staged", "parquet", "json"])
def test_what_cannot_be_written_is_named(tmp_path: Path, writer: str) -> None:
    table = pa.table({"text": [str(i) for i in range(20_000)]})
    writers = {
        "staged": lambda: BatchRef(BATCH, str(tmp_path), "u", 0, 1).write("ingested", table),
        "parquet": lambda: write_parquet(table, tmp_path / "a.parquet"),
        "json": lambda: write_json(tmp_path / "a.json", table["text"].to_pylist()),
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
