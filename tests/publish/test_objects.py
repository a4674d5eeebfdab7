"""Object storage, on a real server: what the commit and the lock rest on, what is read, what is said when it fails."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tasks.errors import ConfigError, DatasetBusy, InputError, StorageFailed
from tasks.ingest.plan import changed_since, check_inputs, plan_input
from tasks.objects import find_objects, is_address, look_at, open_object, readable, split_address
from tasks.publish.dataset import check_dataset, is_dataset
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import append_commit, read_snapshot
from tasks.publish.objects import ObjectStore
from tasks.settings import load_settings
from tests.publish.test_log import segment
from tests.seaweed import BUCKET, forget_connections, object_storage

NOW = datetime(2026, 5, 4, tzinfo=UTC)
HOLD = """
import sys, time
from tasks.errors import DatasetBusy
from tasks.publish.layout import Layout
from tasks.publish.lock import hold_dataset
from tasks.publish.log import append_commit, read_snapshot
from tasks.publish.objects import ObjectStore
layout = Layout(sys.argv[1])
layout.store = ObjectStore(sys.argv[1], lease_s=float(sys.argv[2]))
with hold_dataset(layout):
    snapshot = read_snapshot(layout)
    print("held", flush=True)
    sys.stdin.readline()
    try:
        append_commit(layout, snapshot, "late")
    except DatasetBusy as error:
        print(error, flush=True)
    else:
        print("committed", flush=True)
"""


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with object_storage(tmp_path_factory.mktemp("objects")) as environment, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield environment


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    return f"{BUCKET}/{request.node.name.replace('[', '-').replace(']', '')}"


def put(address: str, *names: str, content: bytes = b"x") -> None:
    for name in names:
        ObjectStore(address).write(name, content)


def test_addresses() -> None:
    assert split_address("s3://bucket/a/b/") == ("s3://bucket", "a/b")
    assert not is_address(Path("s3://bucket/a"))
    with pytest.raises(ConfigError, match="names no bucket"):
        split_address("s3:///a")


def test_what_is_put_is_there_whole_and_in_the_place_of_what_was(address: str, tmp_path: Path) -> None:
    store = ObjectStore(address)
    put(address, "a/2.json", "a/b/1.json", "ab.json")
    assert list(store.list("a")) == ["a/2.json", "a/b/1.json"]
    assert list(store.list("nothing")) == []
    assert store.names() == {"a", "ab.json"}
    (tmp_path / "part").write_bytes(b"new")
    store.put("a/2.json", tmp_path / "part")
    assert not (tmp_path / "part").exists()
    assert (store.read("a/2.json"), store.size("a/2.json"), store.open("a/2.json").read()) == (b"new", 3, b"new")
    store.delete("a/2.json")
    store.delete("a/2.json")
    for miss in (store.read, store.size, store.open):
        with pytest.raises(FileNotFoundError, match=f"no such object: '{address}/a/2.json'"):
            miss("a/2.json")


def test_a_large_file_goes_in_parts_and_one_that_fails_leaves_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.publish.objects._WHOLE", 1 << 20)
    monkeypatch.setattr("tasks.publish.objects._PART", 5 << 20)
    store, content = ObjectStore(address), os.urandom(11 << 20)
    (tmp_path / "large").write_bytes(content)
    store.put("large", tmp_path / "large")
    assert "-3" in look_at(store.locate("large")).etag  # the service put it together from three
    assert store.open("large").read() == content
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        store.put("folder", tmp_path / "folder")
    assert [found.address for found in find_objects(address)] == [store.locate("large")]


def test_of_many_writers_one_puts_where_nothing_is(address: str) -> None:
    def write(n: int) -> bool:
        return ObjectStore(address).put_if_absent("commit", f"{n}".encode())

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(write, range(16)))
    assert won.count(True) == 1
    assert ObjectStore(address).read("commit") == f"{won.index(True)}".encode()
    assert write(won.index(True))  # the same again: an answer that was lost


def test_of_two_writers_one_commits(address: str) -> None:
    one, two = Layout(address), Layout(address)
    before = append_commit(one, read_snapshot(one), "r", add=[segment(1)])
    append_commit(one, before, "r", add=[segment(2)])
    with pytest.raises(DatasetBusy, match="somebody else has written commit 2"):
        append_commit(two, before, "r", add=[segment(3)])
    assert list(read_snapshot(two).segments) == ["s1", "s2"]


def test_one_holds_the_dataset_and_another_is_told_who(address: str) -> None:
    one, two = Layout(address), Layout(address)
    assert not two.store.is_held()
    with hold_dataset(one):
        assert two.store.is_held()
        message = f"another run .{socket.gethostname()}, process {os.getpid()}. is writing to this dataset"
        with pytest.raises(DatasetBusy, match=message), hold_dataset(two):
            pass
    assert not two.store.is_held()
    with hold_dataset(two):
        pass
    assert read_snapshot(two).number == 0  # nobody was taken over from


def test_a_lease_is_renewed_as_long_as_it_is_held(address: str) -> None:
    one, two = ObjectStore(address, lease_s=5), ObjectStore(address, lease_s=5)
    with one.hold():
        found = look_at(one.locate("_lock"))
        time.sleep(5.5)
        assert look_at(one.locate("_lock")).etag != found.etag  # what was found before a renewal is nothing to go by
        with pytest.raises(DatasetBusy), two.hold():
            pass
        one.write("a", b"x")


def test_whoever_sleeps_through_the_lease_loses_it_and_commits_nothing_more(
    address: str, server: dict[str, str]
) -> None:
    layout = Layout(address)
    append_commit(layout, read_snapshot(layout), "r", add=[segment(1)])
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, address, "2"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=server | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    try:
        assert child.stdout.readline() == "held\n"
        child.send_signal(signal.SIGSTOP)
        with pytest.raises(DatasetBusy, match=f"process {child.pid}"), hold_dataset(layout):
            pass
        deadline = time.monotonic() + 20
        while True:
            try:
                with hold_dataset(layout):
                    child.send_signal(signal.SIGCONT)
                    child.stdin.write("\n")
                    child.stdin.flush()
                    said = child.stdout.readline()
                    break
            except DatasetBusy:
                assert time.monotonic() < deadline
                time.sleep(0.5)
    finally:
        child.kill()
        child.wait()
    assert "did not renew its lease in time" in said
    snapshot = read_snapshot(layout)
    assert (snapshot.number, list(snapshot.segments)) == (2, ["s1"])  # the second is the empty one that shuts them out


def test_a_parquet_file_is_read_here_and_there(address: str, tmp_path: Path) -> None:
    numbers = pa.array(np.arange(1_200_000))
    table = pa.table({"n": numbers, "m": pc.multiply(numbers, 7)})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=100_000, compression="none", use_dictionary=False)
    ObjectStore(address).put("t.parquet", tmp_path / "t.parquet")
    assert look_at(f"{address}/t.parquet").size > 8 << 20  # more than its tail
    with pq.ParquetFile(readable(f"{address}/t.parquet")) as file:
        assert file.read_row_group(7) == table.slice(700_000, 100_000)
        assert file.read(columns=["n"])["n"] == table["n"]


def test_an_object_that_changes_under_the_reader_is_not_read_on(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.objects._AHEAD", 1 << 17)
    put(address, "a", content=b"1" * (1 << 18))
    stream = open_object(look_at(f"{address}/a"))
    assert stream.read(10) == b"1" * 10
    put(address, "a", content=b"2" * (1 << 18))
    with pytest.raises(StorageFailed, match="has changed while it was read"):
        stream.read()


def test_objects_of_the_input_are_planned_as_files_are(address: str, tmp_path: Path) -> None:
    names = ("in/a.txt", "in/sub/b #1.txt", "in/.hidden/c.txt", "in/sub/.d", "in/ds/_lock", "in/ds/documents/x.parquet")
    put(address, *names, "in/out/y.txt", "index/z.txt")
    plan = plan_input([f"{address}/in/"], load_settings().ingest, leave_out=f"{address}/in/out", now=NOW)
    (tmp_path / "in" / "sub").mkdir(parents=True)
    for name in names[:2]:
        (tmp_path / name).write_bytes(b"x")
    local = plan_input([str(tmp_path / "in")], load_settings().ingest, now=NOW)
    assert [(f.uri, f.size, f.sha256) for f in plan.files] == [(f.uri, f.size, f.sha256) for f in local.files]
    assert [f.uri for f in plan.files] == ["in/a.txt", "in/sub/b #1.txt"]
    [one] = plan_input([f"{address}/in/a.txt"], load_settings().ingest, now=NOW).files
    assert one.uri == "a.txt"
    assert changed_since(one) is None
    put(address, "in/a.txt", content=b"y")
    assert changed_since(one) == "has changed since the run began"
    ObjectStore(address).delete("in/a.txt")
    assert changed_since(one) == "has vanished since the run began"


def test_an_object_is_not_read_again_to_learn_that_it_is_the_same(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(address, "a.txt", "b.txt")
    first = plan_input([address], load_settings().ingest, now=NOW)
    put(address, "b.txt", content=b"y")
    opened: list[str] = []

    def note(found: object) -> io.BufferedReader:
        opened.append(found.address)  # type: ignore[attr-defined]
        return open_object(found)  # type: ignore[arg-type]

    monkeypatch.setattr("tasks.ingest.plan.open_object", note)
    second = plan_input([address], load_settings().ingest, now=NOW)
    assert opened == [f"{address}/b.txt"]
    assert first.files[0] == second.files[0]


def test_inputs_that_are_not_there_are_named(address: str) -> None:
    for given in (f"{address}/nothing", f"{address}//nothing"):
        with pytest.raises(InputError, match="no such object, and none lies under it"):
            check_inputs([given])
    put(address, "a")
    with pytest.raises(InputError, match="both INPUT and --out"):
        check_inputs([f"{address}/"], leave_out=address)


def test_a_place_that_is_no_dataset_is_left_alone(address: str) -> None:
    layout = Layout(address)
    check_dataset(layout)
    assert not is_dataset(layout)
    put(address, "thesis.docx")
    with pytest.raises(ConfigError, match="not empty and not a dataset"):
        check_dataset(layout)
    append_commit(layout, read_snapshot(layout), "r")
    assert is_dataset(layout)
    check_dataset(layout)


@pytest.mark.parametrize(
    ("changes", "at", "sentence"),
    [
        ({}, "s3://no-such-bucket/a", "no-such-bucket: there is no such bucket"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, f"{BUCKET}/a", "the credentials of the environment may not do that"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, f"{BUCKET}/a", "set AWS_ACCESS_KEY_ID"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, f"{BUCKET}/a", "does not answer at http://127.0.0.1:9"),
        pytest.param({"AWS_ENDPOINT_URL": "silent"}, f"{BUCKET}/a", "does not answer", marks=pytest.mark.slow),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_within_ten_seconds(
    changes: dict[str, str | None], at: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for name, value in changes.items():
            if value is None:
                monkeypatch.delenv(name)
            else:
                port = silent.getsockname()[1]
                monkeypatch.setenv(name, f"http://127.0.0.1:{port}" if value == "silent" else value)
        forget_connections()
        start = time.monotonic()
        with pytest.raises(StorageFailed, match=sentence) as caught:
            check_dataset(Layout(at))
        assert time.monotonic() - start < 10
        assert "\n" not in str(caught.value)
    monkeypatch.undo()
    forget_connections()


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_connections()
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(ConfigError, match=r'needs the extra: pip install "communique\[s3\]"'):
        check_dataset(Layout(f"{BUCKET}/a"))
