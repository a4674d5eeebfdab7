"""What hostile or damaged files may cost: a reject, never their neighbours, and a time that goes with their length."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import ijson
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import ConfigError, RecordRejected
from tasks.ingest.arrow import read_parquet_rows
from tasks.ingest.fields import map_fields
from tasks.ingest.formats.objects import _read_events
from tasks.ingest.sources import WINDOW, load_source
from tasks.ingest.streams import name_damage
from tasks.settings import load_settings
from tests.ingest.test_formats import ROW, TEXT, jsonl, read, tarred, zipped

LIMITS = load_settings().ingest.limits
Read = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def put(folder: Path, name: str, data: bytes, **limits: int) -> tuple[list[str], list[tuple[str, int | None]]]:
    """Write a file and read it; return the ids of its records, and codes and numbers of what is refused."""
    (folder / name).write_bytes(data)
    records, refusals = read(folder / name, **limits)
    return [row["external_id"] for row in records], [(row["code"], row["record"]) for row in refusals]


def workbook(*rows: list[object]) -> bytes:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(sink)
    return sink.getvalue()


def edited(package: bytes, part: str, old: str, new: str) -> bytes:
    """Return a zip archive with a change in one of its members."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    return zipped(**(parts | {part: parts[part].replace(old.encode(), new.encode(), 1)}))


SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook(["id", "text"], ["1", TEXT], ["2", TEXT + " Again."])
LINE = "The frigate of the navy left her port on Tuesday for an exercise with the ships of the region."


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
(SHEET, '<c r="A2" t="inlineStr">', '<c r="A2" t="s"><v>99999</v></c><c>'),  # a string of no list of strings
        ("xl/workbook.xml", "<bookViews>", "<bookViews><workbookView what='1'/>"),
        ("xl/workbook.xml", "<workbook ", "<workbokk "),
        (SHEET, "<sheetData>", "<!DOCTYPE x><sheetData>"),
    ],
)  # fmt: skip
def test_a_damaged_workbook_is_one_refusal(part: str, old: str, new: str, tmp_path: Path) -> None:
    data = zipped(**{"a.xlsx": edited(BOOK, part, old, new), "b.jsonl": jsonl(ROW)})
    (tmp_path / "a.zip").write_bytes(data)
    records, refusals = read(tmp_path / "a.zip")
    assert records[-1]["member"] == "b.jsonl"
    assert [(row["code"], row["member"]) for row in refusals] == [("unreadable", "a.xlsx")]
    assert "a.xlsx: " in refusals[0]["message"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"content_part_" + "1" * 5000: TEXT}, "bad_record"),
        ({"text": json.loads("[" * 900 + '"x"' + "]" * 900)}, "too_deep"),
    ],
)
def test_a_record_whose_values_cannot_be_read_leaves_its_neighbours(
    values: dict[str, Any], code: str, tmp_path: Path
) -> None:
    data = jsonl(ROW, {"id": "odd"} | values, ROW | {"id": "r-2"})
    assert put(tmp_path, "a.jsonl", data) == (["r-1", "r-2"], [(code, 1)])


@pytest.mark.parametrize("error", [MemoryError(), ImportError("no such library"), ConfigError("no such file")])
def test_what_says_nothing_of_the_data_is_no_damage(error: Exception) -> None:
    with pytest.raises(type(error)), name_damage("a.txt"):
        raise error


def test_any_other_error_is(tmp_path: Path) -> None:
    with pytest.raises(RecordRejected, match=r"a\.txt: AssertionError: of a parser"), name_damage("a.txt"):
        raise AssertionError("of a parser")


def test_rows_and_cells_of_workbooks(tmp_path: Path) -> None:
    assert put(tmp_path, "a.xlsx", BOOK, sheet_rows=2) == (["1"], [("too_many", 1)])
    assert put(tmp_path, "a.xlsx", BOOK, sheet_cells=5) == (["1"], [("too_many", 1)])
    gap = edited(BOOK, SHEET, '<row r="3"', '<row r="100000000"')
    assert put(tmp_path, "gap.xlsx", gap, sheet_rows=50_000) == (["1"], [("too_many", 1)])
    wide = edited(BOOK, SHEET, '<dimension ref="A1:B3"', '<dimension ref="A1:XFD1048576"')
    assert put(tmp_path, "wide.xlsx", wide, sheet_cells=6) == (["1", "2"], [])
    narrow = edited(BOOK, SHEET, '<dimension ref="A1:B3"', '<dimension ref="A1:B2"')
    assert put(tmp_path, "narrow.xlsx", narrow) == (["1", "2"], [])


def test_parts_of_a_workbook_that_expand(tmp_path: Path) -> None:
    data = edited(BOOK, SHEET, "<sheetData>", "<sheetData>" + "<row/>" * 2_000_000)
    assert put(tmp_path, "a.xlsx", data) == ([], [("bomb", None)])


DOCUMENTS = (
    '{"a": [1, {"b": null}], "": {"c": [[], {}]}, "item": "x", "d.e": [true]}',
    "[]",
    '[[{"x": 1.5}], {"y": [{"z": {"k": "v"}}]}]',
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_json_is_read_as_its_library_does(document: str) -> None:
    data = document.encode()
    assert list(_read_events(io.BytesIO(data), LIMITS)) == list(ijson.parse(data, use_float=True))


def big(*elements: str) -> bytes:
    """Return an array of JSON that is read as a stream."""
    return f"[{json.dumps(ROW)}, {', '.join(elements)}, {json.dumps(ROW | {'id': 'r-2'})}]{' ' * (1 << 20)}".encode()


def test_a_deep_or_large_element_of_json_leaves_the_others(tmp_path: Path) -> None:
    deep = '{"text": ' + "[" * 300 + "1" + "]" * 300 + "}"
    assert put(tmp_path, "a.json", big(deep)) == (["r-1", "r-2"], [("too_deep", 1)])
    assert put(tmp_path, "small.json", big(deep).strip()) == (["r-1", "r-2"], [("too_deep", 1)])
    assert put(tmp_path, "flat.json", big(deep), nesting=400) == (["r-1", None, "r-2"], [])
    large = json.dumps({"text": [TEXT * 2000] * 9})
    assert put(tmp_path, "b.json", big(large), record_bytes=1_000_000) == (["r-1", "r-2"], [("too_large", 1)])


def test_a_token_of_json_is_no_larger_than_a_record(tmp_path: Path) -> None:
    data = big(json.dumps({"text": 'a\\"b' * 1_000_000}))
    assert put(tmp_path, "a.json", data, record_bytes=1_000_000) == (["r-1"], [("too_large", 1)])
    assert put(tmp_path, "b.json", b"[" * 2_000_000) == ([], [("too_deep", None)])


def test_attributes_and_elements_of_a_page(tmp_path: Path) -> None:
    def page(inner: str) -> bytes:
        body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n") * 2)
        return f"<html><body><article>{body}{inner}</article></body></html>".encode()

    many = " ".join(f"a{n}=1" for n in range(6000))
    hidden = 'title=">" ' + many
    quoted = f'title="{"a b c " * 3000}"'
    shown = "".join(f'<a href="{n}">{n}</a> ' for n in range(6000))
    listed = "".join(f"<li>Item {n}</li>" for n in range(9000))
    assert put(tmp_path, "a.html", page(f"<p {many}>")) == ([], [("too_many", None)])
    assert put(tmp_path, "b.html", page(f"<p {hidden}>")) == ([], [("too_many", None)])
    assert put(tmp_path, "c.html", page(f"<p {quoted}>"), attributes=20_000) == (["c"], [])
    assert put(tmp_path, "d.html", page(f"<p>{shown}</p>")) == ([], [("too_many", None)])
    assert put(tmp_path, "e.html", page(f"<ul>{listed}</ul>")) == (["e"], [])
    assert put(tmp_path, "e.html", page(f"<ul>{listed}</ul>"), elements=9000) == ([], [("too_many", None)])
    assert put(tmp_path, "f.html", page("<p>" + "<b" * 200_000))[1] in ([], [("too_many", None)])


def test_a_charset_that_is_none_of_a_page(tmp_path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n") * 2)
    page = f"<html><head><meta charset=punycode></head><body><article>{body}</article></body></html>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    [row], _ = read(tmp_path / "a.html")
    assert "“Our crews are ready,”" in row["raw_text"]


def test_values_that_rows_of_parquet_share(tmp_path: Path) -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array([TEXT * 5000]))
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [str(n) for n in range(2000)], "text": text}), sink, store_schema=False)
    assert put(tmp_path, "a.parquet", sink.getvalue()) == ([], [("bomb", None)])
    both = zipped(**{"a.parquet": sink.getvalue(), "b.jsonl": jsonl(ROW)})
    assert put(tmp_path, "a.zip", both) == (["r-1"], [("bomb", None)])
    lists = pa.table({"text": [TEXT], "tags": [["x"] * 3_000_000]})
    sink = io.BytesIO()
    pq.write_table(lists, sink)
    assert put(tmp_path, "b.parquet", sink.getvalue()) == ([], [("bomb", None)])


def test_a_row_of_parquet_that_is_too_large_leaves_the_others(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": TEXT}, {"id": "2", "text": TEXT * 99}, {"id": "3", "text": TEXT + "."}]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    assert put(tmp_path, "a.parquet", sink.getvalue(), record_bytes=9_000) == (["1", "3"], [("too_large", 1)])


def test_rows_of_parquet_are_as_they_were_written() -> None:
    table = pa.table(
        {
            "a": pa.array(["x", None, "y"], pa.large_string()),
            "b": [["p", None], [], None],
            "c": [{"k": "v", "l": ["z"]}, None, {"k": None, "l": []}],
            "d": pa.array([[("k", "v")], None, []], pa.map_(pa.string(), pa.string())),
            "e": pa.array(["x", "y", "x"]).dictionary_encode(),
            "f": [b"1", None, b"2"],
            "g": [1, 2, None],
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    assert list(read_parquet_rows(sink, LIMITS)) == table.to_pylist()


def sparse(size: int) -> bytes:
    """Return a tar archive of a file of so many bytes, nearly all of them a hole, and of one behind it."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        places = f"1\n{size - 512}\n512\n".encode().ljust(512, b"\0")
        info = tarfile.TarInfo("a.txt")
        info.size = 1024
        info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(size)}
        archive.addfile(info, io.BytesIO(places + b"x" * 512))
        info = tarfile.TarInfo("b.jsonl")
        info.size = len(jsonl(ROW))
        archive.addfile(info, io.BytesIO(jsonl(ROW)))
    return sink.getvalue()


def test_holes_and_headers_of_tar_archives(tmp_path: Path) -> None:
    assert put(tmp_path, "a.tar", sparse(1_500_000_000)) == (["r-1"], [("bomb", None)])
    assert put(tmp_path, "a.tar", sparse(20_000), expanded_bytes=10_000) == (["r-1"], [("bomb", None)])
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.txt")
        info.pax_headers = {"comment": "c" * 2_000_000}
        archive.addfile(info)
    assert put(tmp_path, "b.tar", sink.getvalue()) == ([], [("too_large", None)])
    both = zipped(**{"b.tar": sink.getvalue(), "c.jsonl": jsonl(ROW)})
    assert put(tmp_path, "b.zip", both) == (["r-1"], [("too_large", None)])
    data = bytearray(tarred("a.txt", TEXT.encode(), "w"))
    data[124:136] = b"\x80" + b"\x7f" * 11
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + 8 * 32 + sum(data[156:512]))
    assert put(tmp_path, "c.tar", bytes(data)) == ([], [("too_large", None)])


def test_archives_without_names_or_members(tmp_path: Path) -> None:
    unnamed = zipped(**{"x": TEXT.encode(), "ok.jsonl": jsonl(ROW)}).replace(b"x", b"\0", 1)
    with zipfile.ZipFile(io.BytesIO(unnamed)) as archive:
        at = archive.start_dir
    data = bytearray(unnamed)
    data[at + 46] = 0  # zipfile ends a name at a NUL
    assert put(tmp_path, "a.zip", bytes(data)) == (["r-1"], [("unsafe_path", None)])
    assert put(tmp_path, "b.zip", zipped()) == ([], [("empty", None)])
    assert put(tmp_path, "c.zip", zipped(**{".hidden": b"x"})) == ([], [("empty", None)])


def table(*rows: list[str]) -> bytes:
    sink = io.StringIO(newline="")
    csv.writer(sink).writerows(rows)
    return sink.getvalue().encode()


def test_headers_and_rows_of_csv(tmp_path: Path) -> None:
    rows = [["1", "x", TEXT], ["2", "y", TEXT + " Again."]]
    assert put(tmp_path, "a.csv", table(["id", "of\nwhat", "text"], *rows)) == (["1", "2"], [])
    semicolons = '"of\nwhat";id;text\nx;1;' + LINE
    assert put(tmp_path, "b.csv", semicolons.encode()) == (["1"], [])
    stray = f'id,text,"size\n1,{LINE},2\n'.encode()
    assert put(tmp_path, "c.csv", stray) == (["1"], [])
    wide = table(["id", *(f"c{n}" for n in range(20_000)), "text"], ["1", *["x"] * 20_000, TEXT])
    assert put(tmp_path, "d.csv", wide) == (["1"], [])
    assert put(tmp_path, "e.csv", wide, header_bytes=50_000) == ([], [("too_large", None)])
    large = table(["id", "of", "text"], rows[0], ["3", "z", "a\n" * 9_000], ["4", "z", "b" * 9_000], rows[1])
    assert put(tmp_path, "f.csv", large, record_bytes=5_000)[0] == ["1", "2"]


def test_titles_count_towards_the_size_of_a_record(tmp_path: Path) -> None:
    data = jsonl(ROW | {"title": "Talks " * 20_000}, ROW | {"id": "r-2"})
    assert put(tmp_path, "a.jsonl", data, record_bytes=100_000) == (["r-2"], [("too_large", 0)])


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*$", r"\s*\s*\s*$", "a?" * 30 + "a", r"(?:\s*-\s*x){0,3}"])
def test_patterns_that_can_run_for_ever_are_refused(pattern: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'name = "Mine"\n[strip]\ntitle = [{json.dumps(pattern)}]\n')
    with pytest.raises(ConfigError, match="too many ways"):
        load_source(str(tmp_path / "mine.toml"))


def test_patterns_see_the_ends_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "Mine"\n[strip]\ntext = ["\\\\s*#{2,4}\\\\s*$", "^Press release:"]\n[kinds]\nspeech = ["talk"]'
    )
    source = load_source(str(tmp_path / "mine.toml"))
    middle = "word " * 400
    fields = map_fields(
        {"text": f"Press release: {middle} ### {middle} ###\n", "title": "x" * WINDOW + " talk"}, source
    )
    assert fields.text == f" {middle} ### {middle.rstrip()}"
    assert fields.kind == "release"
    assert map_fields({"text": "Talks.", "title": "A talk"}, source).kind == "speech"
