"""A run whose input and dataset lie in object storage: the same objects as a local run's files, byte for byte."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.cli import app
from flows.corpus import build_corpus
from flows.upkeep import compact_dataset, list_files, sql_views
from tasks.errors import DatasetBusy
from tasks.objects import find_objects, open_object
from tasks.publish.layout import Layout
from tasks.publish.objects import ObjectStore
from tasks.publish.verify import verify_dataset
from tasks.settings import load_settings
from tests.dumps import hashes, write_jsonl
from tests.seaweed import BUCKET, object_storage

pytestmark = pytest.mark.slow
#: The command, with a lease that a test can wait for.
CLI = """
from flows.cli import main
from tasks.publish.objects import ObjectStore
ObjectStore.__init__.__defaults__ = (4.0,)
main()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with object_storage(tmp_path_factory.mktemp("objects")) as environment:
        yield environment


@pytest.fixture
def bucket() -> Iterator[str]:
    """An address that no other session has: what is local of a dataset goes by it."""
    address = f"{BUCKET}/{uuid.uuid4().hex}"
    yield address
    shutil.rmtree(Layout(f"{address}/out").local, ignore_errors=True)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("RUN__RUNNER", "threads"),
        ("INGEST__BATCH_RECORDS", "20"),
        ("INGEST__UNIT_FILES", "1"),
        ("RUN__SEGMENT_RECORDS", "30"),
    ):
        monkeypatch.setenv(f"COMMUNIQUE_{name}", value)


def start(environment: dict[str, str], *arguments: object, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CLI, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment | os.environ | settings | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    assert app([str(a) for a in arguments], exit_on_error=False, result_action="return_value") == 0
    return capsys.readouterr().out


def upload(folder: Path, address: str) -> None:
    store = ObjectStore(address)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            store.write(path.relative_to(folder).as_posix(), path.read_bytes())


def object_hashes(address: str) -> dict[str, str]:
    """Hash every object of a dataset but ledgers and the lease, as tests.dumps.hashes does files."""
    found = {}
    for one in find_objects(address):
        key = one.address[len(address) + 1 :]
        if not key.startswith(("_runs/", "_lock")):
            found[key] = hashlib.sha256(open_object(one).read()).hexdigest()
    return found


def test_a_run_in_object_storage_is_a_local_one(
    tmp_path: Path, server: dict[str, str], bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dumps, local = tmp_path / "dumps", tmp_path / "out"
    for name, numbers in (("a.jsonl", range(45)), ("b.jsonl.gz", range(40, 60)), ("sub/c.jsonl", range(60, 75))):
        write_jsonl(dumps / name, numbers)
    source, out = f"{bucket}/in/dumps", f"{bucket}/out"
    upload(dumps, source)
    build_corpus([str(dumps)], str(local))
    run = start(server, "run", source, "--out", out, "--workers", 2, COMMUNIQUE_RUN__RUNNER="processes")
    said, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    assert "3 new" in said
    assert object_hashes(out) == hashes(local)
    assert len([key for key in hashes(local) if key.startswith("documents/")]) > 1
    before = {one.address: one.etag for one in find_objects(f"{out}/documents")}

    again = build_corpus([f"{source}/"], out)
    assert (again.batches_written, again.files["kept"], len(again.attempts)) == (0, 3, 2)
    assert {one.address: one.etag for one in find_objects(f"{out}/documents")} == before

    shutil.rmtree(Layout(out).local)  # as on another machine: the index of copies is made from the dataset
    write_jsonl(dumps / "d.jsonl", [3, *range(80, 90)])
    upload(dumps, source)
    for place, inputs in ((str(local), str(dumps)), (out, source)):
        ledger = build_corpus([inputs], place)
        assert (ledger.files["new"], ledger.counts.rows["duplicates"]) == (1, 6)
    assert object_hashes(out) == hashes(local)

    for command in (("status",), ("verify",), ("verify", "--quick"), ("files",), ("explain", "rel-85"), ("views",)):
        shown = [call(capsys, command[0], place, *command[1:]) for place in (local, out)]
        if command[0] != "status":  # the number of attempts, and their time
            assert shown[0].replace(str(local), out) == shown[1]
    assert compact_dataset(Layout(out), load_settings().run) == compact_dataset(Layout(str(local)), load_settings().run)
    assert object_hashes(out) == hashes(local)
    assert list(verify_dataset(Layout(out))) == []
    assert not Layout(out).store.is_held()
    read_by_others(out, server)


def read_by_others(out: str, server: dict[str, str]) -> None:
    fsspec = pytest.importorskip("obstore.fsspec")
    with duckdb.connect() as database:
        database.register_filesystem(fsspec.FsspecStore("s3", client_options={"allow_http": True}))
        for statement in sql_views(list_files(Layout(out))):
            database.execute(statement)
        assert database.sql("SELECT count(*), max(source) FROM documents").fetchall() == [(85, "generic")]
        assert database.sql("SELECT count(*) FROM quotes JOIN documents USING (doc_id)").fetchall() >= [(85,)]
    options = {"aws_endpoint_url": server["AWS_ENDPOINT_URL"], "aws_allow_http": "true"}
    frame = pl.read_parquet(f"{out}/documents/", storage_options=options, hive_partitioning=True)
    assert (frame.height, frame["source"].unique().to_list()) == (85, ["generic"])


def test_a_run_that_was_killed_is_gone_on_with_when_its_lease_has_run_out(
    tmp_path: Path, server: dict[str, str], bucket: str
) -> None:
    dumps, local, out = tmp_path / "dumps", tmp_path / "out", f"{bucket}/out"
    for n in range(8):
        write_jsonl(dumps / f"{n}.jsonl", range(40 * n, 40 * n + 40))
    killed = start(server, "run", dumps, "--out", out)
    deadline = time.monotonic() + 120
    while not Layout(out).commit_numbers():
        assert killed.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    busy = f"process {killed.pid}. is writing .* or, if it was killed, . s"
    with pytest.raises(DatasetBusy, match=busy), Layout(out).store.hold():
        pass
    time.sleep(5)
    _, errors = start(server, "run", dumps, "--out", out).communicate(timeout=300)
    build_corpus([str(dumps)], str(local))
    kept = {key: value for key, value in object_hashes(out).items() if not key.startswith("_manifest/0")}
    assert kept == {key: value for key, value in hashes(local).items() if not key.startswith("_manifest/0")}, errors
    assert list(verify_dataset(Layout(out))) == []
