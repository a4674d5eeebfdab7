"""The plan: every file once, named from the folder that holds the input, grouped in a way that lasts."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import tasks.ingest.plan as plan_module
from tasks.errors import ConfigError, InputError
from tasks.ingest.duplicates import DuplicateIndex, signature
from tasks.ingest.plan import Plan, Unit, changed_since, group_files, plan_input
from tasks.ingest.sources import fold_name, load_source
from tasks.resources import find_resource
from tasks.settings import load_settings

LONG_AGO = 1_600_000_000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "communique" / "inputs"


def plan(*inputs: Path | str, leave_out: Path | None = None, now: datetime | None = None) -> Plan:
    settings = load_settings().ingest
    return plan_input([str(path) for path in inputs], settings, leave_out=leave_out, now=now or datetime.now(UTC))


def units(*inputs: Path | str, **changes: int) -> list[Unit]:
    settings = load_settings(None, {"ingest": changes} if changes else None).ingest
    return list(group_files(plan(*inputs).files, settings))


def uris(*inputs: Path | str, **changes: int) -> list[list[str]]:
    return [[file.uri for file in unit.files] for unit in units(*inputs, **changes)]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"text of {name}")


def passed_over(*inputs: Path | str, leave_out: Path | None = None) -> dict[str, str]:
    return {item.uri: item.reason for item in plan(*inputs, leave_out=leave_out).unreadable}


def test_names_do_not_depend_on_where_the_input_lies(tmp_path: Path) -> None:
    write(tmp_path / "one" / "dump", "b.txt", "a/c.txt", ".hidden", "z.zip")
    write(tmp_path / "two" / "dump", "b.txt", "a/c.txt", ".hidden", "z.zip")
    assert uris(tmp_path / "one" / "dump") == uris(tmp_path / "two" / "dump")
    assert uris(tmp_path / "one" / "dump") == [["dump/z.zip"], ["dump/a/c.txt", "dump/b.txt"]]


def test_a_file_named_twice_is_read_once_and_equal_names_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "one/a.txt", "two/a.txt")
    assert uris(tmp_path / "one", tmp_path / "one" / "a.txt", tmp_path / "one" / "*.txt") == [["one/a.txt"]]
    [names] = uris(tmp_path / "one" / "a.txt", tmp_path / "two" / "a.txt")
    assert len(set(names)) == 2
    assert all(name.endswith("a.txt") for name in names)


def test_one_more_file_changes_one_unit(tmp_path: Path) -> None:
    write(tmp_path / "d", *(f"{n:04d}.txt" for n in range(200)))
    before = {unit.files for unit in units(tmp_path / "d", unit_files=10)}
    write(tmp_path / "d", "0100a.txt")
    after = {unit.files for unit in units(tmp_path / "d", unit_files=10)}
    assert len(before) > 8
    assert len(after - before) <= 2


@pytest.mark.parametrize("name", ["nothing.jsonl", "*.none", "nowhere/*.txt", "dangling", "loop", "pipe"])
def test_an_input_that_is_not_there_ends_the_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=name.replace("*", r"\*")):
        plan(tmp_path / name)


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    write(tmp_path, "secret.txt", "other/b.txt", "d/a.txt", "d/deep/c.txt", "d/.hidden/h.txt")
    os.mkfifo(folder / "pipe.txt")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / "deep" / "s"))
    for name, target in {
        "out.txt": tmp_path / "secret.txt",
        "outfolder": tmp_path / "other",
        "hidden": folder / ".hidden",
        "nowhere.txt": folder / "gone",
        "loop1.txt": folder / "loop2",
        "loop2": folder / "loop1.txt",
        "inside.txt": folder / "deep" / "c.txt",
        "insidefolder": folder / "deep",
        "above": folder,
    }.items():
        (folder / name).symlink_to(target)
    found = plan(folder)
    assert [file.uri for file in found.files] == ["d/a.txt", "d/deep/c.txt", "d/inside.txt"]
    assert {item.uri: item.reason for item in found.unreadable} == {
        "d/deep/s": "a socket",
        "d/hidden": "a link to a hidden folder",
        "d/loop1.txt": "links that lead in a circle",
        "d/loop2": "links that lead in a circle",
        "d/nowhere.txt": "a link that leads nowhere",
        "d/out.txt": "a link that leads out of the input folder",
        "d/outfolder": "a link that leads out of the input folder",
        "d/pipe.txt": "a FIFO",
    }
    assert {item.uri for item in found.unreadable if item.hides} == {"d/hidden", "d/outfolder"}


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, code: int, *places: Path) -> None:
    """Let a function of the system fail for some paths: whoever runs the tests may be allowed everything."""
    real = getattr(os, name)

    def failing(path: object, *rest: object, **more: object) -> object:
        if not isinstance(path, int) and Path(str(path)) in places:
            raise OSError(code, os.strerror(code), str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, name, failing)


def test_folders_and_files_that_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "d"
    write(folder, "a.txt", "b.txt", "secret/c.txt", "bad.txt")
    refuse(monkeypatch, "scandir", errno.EACCES, folder / "secret")
    refuse(monkeypatch, "open", errno.EIO, folder / "bad.txt")
    refuse(monkeypatch, "stat", errno.EACCES, folder / "b.txt")  # what pathlib calls, too
    found = plan(folder)
    assert [file.uri for file in found.files] == ["d/a.txt"]
    reasons = {"d/b.txt": "Permission denied", "d/bad.txt": "Input/output error", "d/secret": "Permission denied"}
    assert {item.uri: item.reason for item in found.unreadable} == reasons
    [secret] = [item for item in found.unreadable if item.hides]
    assert secret.covers("d/secret/c.txt")
    assert secret.covers(f"{folder}/secret/c.txt"[1:])  # its name if another input has one of the same
    assert not secret.covers("d/secrets.txt")
    assert not found.unreadable[0].covers("d/b.txt/x")
    assert passed_over(folder / "**") == reasons
    [secret] = plan(folder / "*" / "*.txt").unreadable
    assert (secret.uri, secret.reason) == ("secret", "Permission denied")
    assert secret.covers("c.txt")


def test_a_folder_without_permission(tmp_path: Path) -> None:
    write(tmp_path / "d", "a.txt", "secret/c.txt", "blind/d.txt")
    (tmp_path / "d" / "secret").chmod(0)
    (tmp_path / "d" / "blind").chmod(0o600)
    if os.access(tmp_path / "d" / "secret", os.R_OK):
        pytest.skip("whoever runs this may read everything")
    try:
        assert passed_over(tmp_path / "d") == {"d/blind/d.txt": "Permission denied", "d/secret": "Permission denied"}
        with pytest.raises(InputError, match="Permission denied"):
            plan(tmp_path / "d" / "secret")
    finally:
        (tmp_path / "d" / "secret").chmod(0o700)
        (tmp_path / "d" / "blind").chmod(0o700)


def test_folders_may_be_deeper_than_python_calls_itself(tmp_path: Path) -> None:
    deepest = Path(tmp_path, *["f"] * 400)
    deepest.mkdir(parents=True)
    (deepest / "a.txt").write_text("text")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(300)
    try:
        found = plan(tmp_path / "f")
    finally:
        sys.setrecursionlimit(before)
    assert len(found.files) == 1


@pytest.mark.parametrize("mark", ["_manifest/x.json", "_dataset.json", "_lock"])
def test_a_dataset_in_the_input_folder_is_not_read(tmp_path: Path, mark: str) -> None:
    write(tmp_path / "d", "a.txt", f"old/{mark}", "old/documents/x.parquet")
    assert uris(tmp_path / "d") == [["d/a.txt"]]
    assert uris(tmp_path / "d" / "**") == [["d/a.txt"]]


def test_the_output_in_the_input_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt", "out/documents/x.parquet", "outer.txt")
    (tmp_path / "link").symlink_to(tmp_path / "d" / "out")
    monkeypatch.chdir(tmp_path)
    for given in ("d", "d/*", "d/**"):
        for out in (Path("d/out"), tmp_path / "link", tmp_path / "d" / "x" / ".." / "out"):
            assert [Path(file.uri).name for file in plan(given, leave_out=out).files] == ["a.txt", "outer.txt"]
    assert len(plan("d/out/documents", leave_out=Path("d/out")).files) == 1
    with pytest.raises(InputError, match="both INPUT and --out"):
        plan("d", leave_out=Path("d"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "vanished"),
        (lambda path: path.write_text("longer than before"), "it had 13 bytes and has 18"),
        (lambda path: os.utime(path, (LONG_AGO, LONG_AGO)), "has changed"),
        (lambda path: (path.unlink(), path.mkdir()), "no file"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "no file"),
    ],
)
def test_a_file_that_changes_after_it_was_planned_says_so(
    tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    write(tmp_path, "a.txt")
    [file] = plan(tmp_path / "a.txt").files
    assert changed_since(file) is None
    change(tmp_path / "a.txt")
    assert said in str(changed_since(file))


def test_a_file_that_was_replaced_has_changed_if_it_says_something_else(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    [file] = plan(tmp_path / "a.txt").files
    for text, said in (("text of a.txt", None), ("text of b.txt", "replaced")):
        new = tmp_path / f"{said}.txt"
        new.write_text(text)
        os.utime(new, ns=(file.mtime_ns, file.mtime_ns))
        (tmp_path / "a.txt").rename(tmp_path / f"before-{said}")  # its number is not given to another
        new.rename(tmp_path / "a.txt")
        found = changed_since(file)
        assert found is None if said is None else said in str(found)


class Reads(list[str]):
    """The files whose content was hashed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = plan_module._hash

        def watched(path: str) -> tuple[os.stat_result, str]:
            self.append(Path(path).name)
            return real(path)

        monkeypatch.setattr(plan_module, "_hash", watched)

    def during(self, *inputs: Path | str, now: datetime) -> list[str]:
        self.clear()
        plan(*inputs, now=now)
        return list(self)


def soon(seconds: float = 10) -> datetime:
    """Return a time at which what was written just now is no longer new."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt", "b.txt", "sub/c.txt")
    reads = Reads(monkeypatch)
    before = plan(tmp_path / "d", now=soon())
    assert reads == ["a.txt", "b.txt", "c.txt"]
    assert reads.during(tmp_path / "d", now=soon()) == []
    assert plan(tmp_path / "d", now=soon()) == before
    write(tmp_path / "d", "d.txt")
    (tmp_path / "d" / "a.txt").write_text("TEXT OF A.TXT")
    assert reads.during(tmp_path / "d", now=soon()) == ["a.txt", "d.txt"]
    (tmp_path / "d" / "b.txt").unlink()
    assert reads.during(tmp_path / "d", now=soon()) == []
    [database] = cache.iterdir()
    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT count(*) FROM files").fetchone() == (3,)


def test_the_same_size_and_times_do_not_make_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt")
    reads, path = Reads(monkeypatch), tmp_path / "d" / "a.txt"
    [before] = plan(path, now=soon()).files
    path.write_text("text of b.txt")
    os.utime(path, ns=(before.mtime_ns, before.mtime_ns))
    [after] = plan(path, now=soon()).files
    assert (before.size, before.mtime_ns, before.inode) == (after.size, after.mtime_ns, after.inode)
    assert before.sha256 != after.sha256
    assert reads == ["a.txt", "a.txt"]


@pytest.mark.parametrize("seconds", [-3600.0, 1.0])
def test_a_file_just_written_is_read_again(tmp_path: Path, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt")
    reads = Reads(monkeypatch)
    for _ in range(2):
        assert reads.during(tmp_path / "d", now=soon(seconds)) == ["a.txt"]


def test_inputs_of_one_folder_share_what_is_known(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt", "b.txt", "c.txt")
    reads, folder = Reads(monkeypatch), tmp_path / "d"
    assert reads.during(folder / "a.txt", folder / "b.txt", now=soon()) == ["a.txt", "b.txt"]
    assert reads.during(folder / "c.txt", now=soon()) == ["c.txt"]
    assert reads.during(folder, now=soon()) == []
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("damage", ["not a database", "cut", "scribbled", "folder", "locked", "other"])
def test_a_damaged_cache_is_no_cache(tmp_path: Path, cache: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", *(f"{n:03d}.txt" for n in range(100)))
    before = plan(tmp_path / "d", now=soon())
    [database] = cache.iterdir()
    content = database.read_bytes()
    monkeypatch.setattr("tasks.ingest.hashes._BUSY_S", 0.01)
    with closing(sqlite3.connect(database)) as other:
        if damage == "locked":
            other.execute("BEGIN EXCLUSIVE")
        elif damage == "other":
            other.executescript("UPDATE files SET sha256 = 'x'")
        else:
            database.unlink()
            if damage == "folder":
                database.mkdir()
            else:
                half = len(content) // 2
                torn = content[:half] if damage == "cut" else content[:4096] + b"\xff" * (len(content) - 4096)
                database.write_bytes(damage.encode() if damage == "not a database" else torn)
        assert plan(tmp_path / "d", now=soon()) == before
    reads = Reads(monkeypatch)
    if damage not in ("folder", "locked"):  # once damaged, it is made anew
        reads.during(tmp_path / "d", now=soon())
    assert len(reads.during(tmp_path / "d", now=soon())) == (100 if damage == "folder" else 0)


def test_no_place_for_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "d", "a.txt")
    (tmp_path / "file").write_text("a file where the folder would be")
    monkeypatch.setattr("tasks.ingest.hashes.cache_folder", lambda: tmp_path / "file")
    assert len(plan(tmp_path / "d", now=soon()).files) == 1


@pytest.mark.parametrize("source_id", ["nobody", "../default", "", "A B"])
def test_unknown_source_names_the_known_ones(source_id: str) -> None:
    with pytest.raises(ConfigError, match="generic"):
        load_source(source_id)


def test_a_source_of_ones_own_is_a_file_and_takes_from_generic_what_it_leaves_out(tmp_path: Path) -> None:
    navy = tmp_path / "navy.toml"
    navy.write_text('name = "n"\n[columns]\ntext = ["Press Text"]\n')
    source = load_source(str(navy))
    assert (source.id, source.columns.text) == ("navy", ("press_text",))
    assert source.columns.id == load_source("generic").columns.id
    assert source.date_formats == load_source("generic").date_formats


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad", 'name = "n"\n[strip]\ntitle = ["("]\n', r"bad\.toml"),
        ("odd", 'name = "n"\ncolour = 1\n', "colour"),
        ("flat", 'name = "n"\ncolumns = "text"\n', r"flat\.toml: columns"),
        ("Royal Navy", 'name = "n"\n', "a-z, 0-9 and _"),
        ("other", 'name = "n"\nid = "navy"\n', "its id is 'navy'"),
    ],
)
def test_a_source_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: str, reason: str) -> None:
    (tmp_path / f"{name}.toml").write_text(content)
    with pytest.raises(ConfigError, match=reason):
        load_source(str(tmp_path / f"{name}.toml"))
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file"):
        load_source(str(tmp_path / "nowhere.toml"))


def test_the_users_own_resources_come_before_those_that_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config" / "sources").mkdir(parents=True)
    (tmp_path / "config" / "sources" / "kremlin.toml").write_text('name = "mine"\n')
    assert load_source("kremlin").name != "mine"
    monkeypatch.setenv("COMMUNIQUE_RESOURCES", str(tmp_path))
    assert load_source("kremlin").name == "mine"
    assert load_source("generic").id == "generic"
    (tmp_path / "config" / "lexicons").mkdir()
    own = tmp_path / "config" / "lexicons" / "furniture.tsv"
    own.write_text("line\tPhoto stub\n")
    assert find_resource("furniture.tsv", "config/lexicons") == own
    assert find_resource(str(own), "config/lexicons") == own
    monkeypatch.delenv("COMMUNIQUE_RESOURCES")
    monkeypatch.chdir(own.parent)  # a file that happens to lie where the program runs
    assert find_resource("furniture.tsv", "config/lexicons") != own


def test_every_shipped_source_loads() -> None:
    from tasks.resources import resource_root

    for path in (resource_root() / "config" / "sources").glob("*.toml"):
        assert load_source(path.stem).id == path.stem
    assert fold_name("Content Part-1") == "content_part_1"


def test_near_duplicates_point_at_the_earliest() -> None:
    words = [f"word{n}" for n in range(300)]
    first, second = " ".join(words), " ".join([*words[:150], "changed", *words[151:]])
    index = DuplicateIndex(None, 0.8)
    index.add("b1", "a", signature(first))
    assert index.near("b", signature(second)) == "a"
    index.add("b2", "b", signature(second))
    assert index.near("c", signature(second)) == "a"
    assert index.near("d", signature(" ".join(words[150:] + [f"other{n}" for n in range(150)]))) is None
    assert index.seen("a")
    assert not index.seen("c")
    assert index.near("e", signature("a short text")) is None
    index.forget(["b1"])
    assert not index.seen("a")
    assert index.near("c", signature(second)) == "b"


def test_the_index_of_copies_is_that_of_the_dataset_whatever_it_was(tmp_path: Path) -> None:
    path = tmp_path / "_index" / "copies.sqlite"
    text = signature(" ".join(f"word{n}" for n in range(300)))
    read = {"s": [("b1", "a", text), ("b2", "b", [])], "t": [("b3", "c", text)]}
    asked: list[str] = []

    def segments(*names: str) -> list[Any]:
        return [({row[0] for row in read[n]}, lambda n=n: asked.append(n) or read[n]) for n in names]

    def look(state: str, *names: str) -> str | None:
        with closing(DuplicateIndex(path, 0.8)) as index:
            index.bring_up_to_date(state, segments(*names))
            assert index.seen("b") == ("s" in names)
            return index.near("d", text)

    assert look("1", "s") == "a"
    assert look("1", "s") == "a"
    assert look("2", "s", "t") == "a"
    assert look("3", "t") == "c"
    assert asked == ["s", "t"]
    path.write_bytes(b"no database" * 100)
    assert look("3", "t") == "c"
    with closing(DuplicateIndex(path, 0.8)) as index:  # what is not kept is lost, as with a run that is killed
        index.add("b9", "z", [])
    assert look("3", "t") == "c"
    with closing(DuplicateIndex(path, 0.7)) as index:  # other bands: it is made anew
        assert not index.seen("c")
