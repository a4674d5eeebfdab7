"""A dataset of an earlier schema keeps its rows, and a run brings it up to date."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from flows import cli
from flows.corpus import build_corpus
from tasks.errors import DatasetError
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.publish.upgrade import find_manifests, upgrade
from tasks.publish.verify import verify_dataset
from tests.dumps import rows

#: Three documents in two years and without one, a copy and a reject, of two files; schema 2.
ARCHIVE = Path(__file__).with_name("schema_2.tar.gz")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def test_every_row_is_there_afterwards(old: Path) -> None:
    layout = Layout(old / "ds")
    texts = ds.dataset(old / "ds" / "quotes").to_table(columns=["text"])["text"].to_pylist()
    upgrade(layout, old / "staging")
    snapshot = read_snapshot(layout)
    [segment] = snapshot.segments.values()
    assert {name: segment.rows(name) for name in ("documents", "duplicates", "rejects", "_index")} == {
        "documents": 3, "duplicates": 1, "rejects": 1, "_index": 3,
    }  # fmt: skip
    assert [(batch.uri, batch.records) for batch in segment.batches] == [("dumps/a.jsonl", 3), ("dumps/b.jsonl", 2)]
    assert {uri for _, uri in snapshot.inputs} == {"dumps/a.jsonl", "dumps/b.jsonl"}
    found = ds.dataset(old / "ds" / "quotes").to_table(columns=["text", "year"])
    assert sorted(found["text"].to_pylist()) == sorted(texts)
    assert sorted(found["year"].to_pylist(), key=str) == [2021, 2021, 2022, None]
    assert find_manifests(layout) == []
    assert list(verify_dataset(layout)) == []


def test_a_run_makes_anew_what_is_still_in_the_input_and_keeps_the_rest(old: Path) -> None:
    (old / "dumps" / "b.jsonl").unlink()
    ledger = build_corpus([str(old / "dumps")], str(old / "ds"))
    assert (ledger.files["gone"], ledger.batches_written) == (1, 1)
    assert ds.dataset(old / "ds" / "documents").count_rows() == 3
    assert list(verify_dataset(Layout(old / "ds"))) == []
    assert build_corpus([str(old / "dumps")], str(old / "ds")).batches_written == 0


def test_it_ends_as_a_new_one_would(old: Path) -> None:
    build_corpus([str(old / "dumps")], str(old / "ds"))
    build_corpus([str(old / "dumps")], str(old / "new"))
    assert rows(old / "ds", "run_id") == rows(old / "new", "run_id")


def test_killed_on_the_way_it_is_the_old_one_or_the_new_one(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.publish.upgrade as module

    layout = Layout(old / "ds")
    with monkeypatch.context() as patch:
        patch.setattr(module, "append_commit", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            upgrade(layout, old / "staging")
    assert len(find_manifests(layout)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(type(layout.store), "delete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            upgrade(layout, old / "staging")
    assert len(read_snapshot(layout).segments) == 1
    build_corpus([str(old / "dumps")], str(old / "ds"))
    assert ds.dataset(old / "ds" / "documents").count_rows() == 3
    assert list(verify_dataset(layout)) == []


def test_who_only_reads_is_told_what_to_do(old: Path) -> None:
    with pytest.raises(DatasetError, match=r"earlier version .* communique compact"):
        cli.status(old / "ds")
    assert cli.compact(old / "ds") == 0
    assert cli.status(old / "ds") == 0
