"""The log: what a dataset consists of after each commit, also for who reads while it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import DatasetBusy, DatasetError
from tasks.publish.layout import Layout
from tasks.publish.log import (
    EVERYTHING,
    Batch,
    DataFile,
    InputFile,
    Segment,
    Snapshot,
    append_commit,
    read_snapshot,
    remove_what_is_replaced,
)
from tests.publish.test_publish import NOW


def segment(n: int) -> Segment:
    batch = Batch(batch_id=f"b{n}", uri=f"{n}.txt", decisions="", records=1, rows={"documents": 1})
    file = DataFile(path=f"documents/source=s/{n:016x}-00000000.parquet", rows=1, size=1, sha256="0")
    return Segment(segment_id=f"s{n}", source_id="s", fingerprints={}, size=1, batches=(batch,), files=(file,))


def entry(n: int) -> InputFile:
    return InputFile(source_id="s", uri=f"{n}.txt", size=1, sha256="0", batches=(f"b{n}",))


def add(layout: Layout, *numbers: int) -> Snapshot:
    snapshot = read_snapshot(layout)
    for n in numbers:
        snapshot = append_commit(layout, snapshot, "r", add=[segment(n)], inputs=[entry(n)])
    return snapshot


def test_a_folder_without_commits_is_empty(tmp_path: Path) -> None:
    assert read_snapshot(Layout(tmp_path / "nowhere")) == Snapshot()


def test_commits_add_and_remove_at_once(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    before = add(layout, 1, 2)
    after = append_commit(
        layout, before, "r", add=[segment(3)], remove=["s1"], inputs=[entry(3)], forget=[("s", "1.txt")]
    )
    assert list(after.segments) == ["s3", "s2"]  # in the place of what it replaces: the order is that of arrival
    assert set(after.inputs) == {("s", "2.txt"), ("s", "3.txt")}
    assert read_snapshot(layout) == after
    assert set(after.batches) == {"b2", "b3"}


def test_of_two_writers_one_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    both = add(layout, 1)
    append_commit(layout, both, "r", add=[segment(2)])
    with pytest.raises(DatasetBusy, match="commit 2"):
        append_commit(layout, both, "r", add=[segment(3)])
    assert list(read_snapshot(layout).segments) == ["s1", "s2"]


def test_the_log_is_cut_where_a_commit_says_everything(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    snapshot = add(layout, *range(1, EVERYTHING + 3))
    assert read_snapshot(layout) == snapshot
    (tmp_path / "documents").mkdir()
    remove_what_is_replaced(layout, snapshot, 0, NOW)
    assert layout.commit_numbers() == [EVERYTHING, EVERYTHING + 1, EVERYTHING + 2]
    assert read_snapshot(layout) == snapshot
    assert len(snapshot.segments) == EVERYTHING + 2


@pytest.mark.parametrize("damage", ["missing", "cut", "renamed"])
def test_a_damaged_log_is_an_error_and_not_a_smaller_dataset(tmp_path: Path, damage: str) -> None:
    layout = Layout(tmp_path)
    add(layout, 1, 2, 3)
    path = tmp_path / layout.commit_file(2)
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.write_bytes((tmp_path / layout.commit_file(1)).read_bytes())
    with pytest.raises(DatasetError, match=r"commit 2 is missing|not a commit|says that it is commit 1"):
        read_snapshot(layout)


def test_who_lists_while_a_commit_comes_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(tmp_path)
    snapshot = add(layout, 1, 2, 3)
    listings = iter([[1, 3], [2, 3], [1, 2, 3]])  # what a folder that changes may be listed as
    monkeypatch.setattr(Layout, "commit_numbers", lambda self: next(listings))
    assert read_snapshot(layout) == snapshot


def test_what_is_half_written_is_not_listed(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    add(layout, 1)
    (tmp_path / "_manifest" / ".00000002.json.partial").write_text("{")
    assert layout.commit_numbers() == [1]
    assert layout.store.put_if_absent(layout.commit_file(2), b"x")
    assert not layout.store.put_if_absent(layout.commit_file(2), b"y")
    assert layout.store.read(layout.commit_file(2)) == b"x"
