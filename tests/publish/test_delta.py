"""Tables of Delta Lake over a dataset: what its readers see, version by version, and that no file of it is touched."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.cli import app
from flows.corpus import build_corpus
from flows.upkeep import compact_dataset, list_files
from tasks.errors import ConfigError, DatasetError
from tasks.publish.delta import Exported, export_delta
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset
from tasks.schemas import TABLES, VIEWS
from tasks.settings import load_settings
from tests.builders import document
from tests.dumps import hashes, write_jsonl
from tests.publish.test_publish import commit

deltalake = pytest.importorskip("deltalake", reason="the extra delta is not installed")

NOW = datetime(2026, 5, 3, tzinfo=UTC)


def export(dataset: Path, folder: Path) -> dict[str, Exported]:
    return {found.table: found for found in export_delta(Layout(dataset), folder, now=NOW)}


def check(dataset: Path, folder: Path) -> None:
    """Compare every table as deltalake and Polars read it with the committed files."""
    for name, paths in list_files(Layout(dataset)).items():
        expected = sum(pl.read_parquet(path).height for path in paths)
        table = deltalake.DeltaTable(folder / name)
        columns = {*(TABLES | VIEWS)[name].schema.names, *(["source"] if name in TABLES else [])}
        assert {field.name for field in table.schema().fields} == columns
        assert table.to_pyarrow_table().num_rows == expected
        frame = pl.read_delta(str(folder / name))
        assert frame.height == expected
        if (key := (TABLES | VIEWS)[name].key) is not None:
            assert frame[key].n_unique() == expected


def test_the_first_export_and_the_same_again(tmp_path: Path) -> None:
    dataset, folder = tmp_path / "ds", tmp_path / "delta"
    commit(dataset)
    before = hashes(dataset)
    first = export(dataset, folder)
    assert (first["documents"].version, first["documents"].come) == (0, 1)
    assert (first["rejects"].rows, first["people"].come) == (0, 0)  # a table without files is there, too
    check(dataset, folder)
    frame = pl.read_delta(str(folder / "documents"))
    assert frame["source"].to_list() == ["generic"]
    assert frame["year"].to_list() == frame["published_on"].dt.year().to_list()
    assert deltalake.DeltaTable(folder / "documents").metadata().partition_columns == ["source"]
    again = export(dataset, folder)
    assert {name: found.version for name, found in again.items()} == dict.fromkeys(TABLES | VIEWS, 0)
    assert not any(found.come or found.gone for found in again.values())
    assert hashes(dataset) == before
    [file] = (dataset / "documents").rglob("*.parquet")
    assert file.stat().st_nlink == 2  # not a byte was copied


def test_what_is_replaced_goes_in_the_transaction_in_which_the_new_comes(tmp_path: Path) -> None:
    dataset, folder = tmp_path / "ds", tmp_path / "delta"
    commit(dataset)
    export(dataset, folder)
    old = pl.read_delta(str(folder / "documents"))
    commit(dataset, [document("Another text that came in its place.")])
    again = export(dataset, folder)
    assert (again["documents"].version, again["documents"].come, again["documents"].gone) == (1, 1, 1)
    check(dataset, folder)
    assert pl.read_delta(str(folder / "documents"), version=0).equals(old)  # the file is gone from the dataset
    assert list(verify_dataset(Layout(dataset))) == []


def test_columns_that_a_later_version_has_appended_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, folder = tmp_path / "ds", tmp_path / "delta"
    commit(dataset)
    whole = TABLES["rejects"].schema
    monkeypatch.setattr("tasks.publish.delta.TABLES", {"rejects": _Short(whole.remove(len(whole) - 1))})
    monkeypatch.setattr("tasks.publish.delta.VIEWS", {})
    export(dataset, folder)
    monkeypatch.undo()
    export(dataset, folder)
    check(dataset, folder)


class _Short:
    name = "rejects"

    def __init__(self, schema: object) -> None:
        self.schema = schema


def test_folders_that_will_not_do_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, other = tmp_path / "ds", tmp_path / "other"
    commit(dataset)
    commit(other)
    for folder in (dataset, dataset / "delta"):
        with pytest.raises(ConfigError, match="lies in the dataset"):
            export(dataset, folder)
    export(other, tmp_path / "delta")
    there = hashes(tmp_path / "delta")
    with pytest.raises(ConfigError, match="no export of"):
        export(dataset, tmp_path / "delta")
    assert hashes(tmp_path / "delta") == there
    with pytest.raises(ConfigError, match="only a local dataset"):
        list(export_delta(Layout("s3://bucket/ds"), tmp_path / "delta", now=NOW))
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(ConfigError, match=r'pip install "communique\[delta\]"'):
        export(dataset, tmp_path / "delta")


def test_a_transaction_that_another_came_before_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, folder = tmp_path / "ds", tmp_path / "delta"
    commit(dataset)
    export(dataset, folder)
    commit(dataset, [document("Another text that came in its place.")])
    slow = export_delta(Layout(dataset), folder, now=NOW)
    add = sys.modules["tasks.publish.delta"]._add

    def add_late(*arguments: object) -> object:
        monkeypatch.undo()
        export(dataset, folder)
        return add(*arguments)

    monkeypatch.setattr("tasks.publish.delta._add", add_late)
    with pytest.raises(DatasetError, match="the export is not written"):
        next(slow)
    check(dataset, folder)


@pytest.mark.slow
def test_compaction_and_removal_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    inbox, dataset, folder = tmp_path / "inbox", tmp_path / "ds", tmp_path / "delta"

    def versions() -> dict[str, int]:
        command = ["export", str(dataset), "--delta", str(folder)]
        assert app(command, exit_on_error=False, result_action="return_value") == 0
        check(dataset, folder)
        return {name: deltalake.DeltaTable(folder / name).version() for name in ("documents", "people")}

    for day in range(3):
        write_jsonl(inbox / f"{day}.jsonl", range(5 * day, 5 * day + 7))
        build_corpus([str(inbox)], str(dataset))
        assert versions()["documents"] == day
    assert compact_dataset(Layout(dataset), load_settings().run) == (3, 1)
    before = versions()
    assert before["documents"] == 3
    (inbox / "1.jsonl").unlink()
    build_corpus([str(inbox)], str(dataset), prune=True)
    after = versions()
    assert (after["documents"], after["people"]) == (4, before["people"] + 1)
    build_corpus([str(inbox)], str(dataset))
    assert versions() == after
    assert "14 rows, as it was" in capsys.readouterr().out
    assert list(verify_dataset(Layout(dataset))) == []
