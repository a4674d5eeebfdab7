"""The plan: every file once, named from the folder that holds the input, grouped in a way that lasts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import ConfigError, InputError
from tasks.ingest.duplicates import DuplicateIndex, signature
from tasks.ingest.plan import plan_units
from tasks.ingest.sources import fold_name, load_source
from tasks.resources import find_resource
from tasks.settings import load_settings


def uris(*inputs: Path | str, **changes: int) -> list[list[str]]:
    settings = load_settings(None, {"ingest": changes} if changes else None).ingest
    return [[file.uri for file in unit.files] for unit in plan_units([str(path) for path in inputs], settings)]


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"text of {name}")


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
    settings = load_settings(None, {"ingest": {"unit_files": 10}}).ingest
    before = {unit.unit_id for unit in plan_units([str(tmp_path / "d")], settings)}
    write(tmp_path / "d", "0100a.txt")
    after = {unit.unit_id for unit in plan_units([str(tmp_path / "d")], settings)}
    assert len(before) > 8
    assert len(after - before) <= 2


def test_missing_input_and_links_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        uris(tmp_path / "nothing.jsonl")
    write(tmp_path, "secret.txt", "d/a.txt")
    (tmp_path / "d" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert uris(tmp_path / "d") == [["d/a.txt"]]


def test_a_dataset_in_the_input_folder_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "d", "a.txt", "out/_manifest/x.json", "out/documents/x.parquet")
    assert uris(tmp_path / "d") == [["d/a.txt"]]


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
    own = tmp_path / "config" / "lexicons" / "stubs.tsv"
    own.write_text("line\tPhoto stub\n")
    assert find_resource("stubs.tsv", "config/lexicons") == own
    assert find_resource(str(own), "config/lexicons") == own
    monkeypatch.delenv("COMMUNIQUE_RESOURCES")
    monkeypatch.chdir(own.parent)  # a file that happens to lie where the program runs
    assert find_resource("stubs.tsv", "config/lexicons") != own


def test_every_shipped_source_loads() -> None:
    from tasks.resources import resource_root

    for path in (resource_root() / "config" / "sources").glob("*.toml"):
        assert load_source(path.stem).id == path.stem
    assert fold_name("Content Part-1") == "content_part_1"


def test_near_duplicates_point_at_the_earliest() -> None:
    words = [f"word{n}" for n in range(300)]
    first, second = " ".join(words), " ".join([*words[:150], "changed", *words[151:]])
    index = DuplicateIndex(0.8)
    index.add("a", signature(first))
    assert index.near("b", signature(second)) == "a"
    index.add("b", signature(second))
    assert index.near("c", signature(second)) == "a"
    assert index.near("d", signature(" ".join(words[150:] + [f"other{n}" for n in range(150)]))) is None
    assert index.seen("a")
    assert not index.seen("c")
    assert index.near("e", signature("a short text")) is None
