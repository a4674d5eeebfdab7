"""Every format, compressed or in an archive, yields the same release; damage ends as little as it must."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import RecordRejected
from tasks.ingest.plan import plan_input
from tasks.ingest.sources import load_source
from tasks.ingest.streams import copy_seekable, name_damage
from tasks.ingest.table import read_batches
from tasks.settings import load_settings

TEXT = (
    "The Minister of Defence, Ingrid Halvorsen, received the Chief of Naval Staff on Tuesday.\n"
    "“Our crews are ready,” she said. The frigate’s refit ends in May, and the yard’s invoice of £3 million is paid."
)
ROW = {"id": "r-1", "title": "Minister receives Chief of Naval Staff", "date": "2021-03-09", "text": TEXT}


def read(path: Path, **limits: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    settings = load_settings(None, {"ingest": {"limits": limits}} if limits else None).ingest
    records, refusals = [], []
    for file in plan_input([str(path)], settings, now=datetime.now(UTC)).files:
        for kept, refused in read_batches(file, load_source("generic"), settings):
            records += kept.to_pylist()
            refusals += refused.to_pylist()
    return records, refusals


def jsonl(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def xlsx() -> bytes:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    half = len(TEXT) // 2
    book.active.append(["id", "title", "publish_time", "content_part_1", "content_part_2", "content_part_10"])
    book.active.append(["r-1", ROW["title"], date(2021, 3, 9), TEXT[:half], TEXT[half : half + 9], TEXT[half + 9 :]])
    book.save(sink)
    return sink.getvalue()


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([ROW | {"date": date(2021, 3, 9)}]), sink)
    return sink.getvalue()


def zipped(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return sink.getvalue()


def tarred(name: str, data: bytes, mode: str = "w:gz") -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def csv_bytes(delimiter: str) -> bytes:
    quoted = '"' + TEXT + '"'
    row = ["r-1", ROW["title"], "2021-03-09", quoted]
    return f"{delimiter.join(['id', 'title', 'date', 'text'])}\r\n{delimiter.join(row)}\r\n".encode("utf-8-sig")


def zst(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


FORMATS: dict[str, bytes] = {
    "a.jsonl": jsonl(ROW),
    "a.ndjson": jsonl(ROW),
    "array.json": json.dumps([ROW], indent=1).encode(),
    "object.json": json.dumps(ROW).encode(),
    "wrapped.json": json.dumps({"count": 1, "items": [ROW]}).encode(),
    "a.csv": csv_bytes(","),
    "semicolon.csv": csv_bytes(";"),
    "a.tsv": csv_bytes("\t"),
    "a.xlsx": xlsx(),
    "a.parquet": parquet(),
    "a.md": f"---\nid: r-1\ntitle: 'Minister receives Chief of Naval Staff'\ndate: 2021-03-09\n---\n\n{TEXT}".encode(),
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_yields_the_release(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FORMATS[name])
    records, refusals = read(tmp_path / name)
    assert refusals == []
    [row] = records
    assert row["raw_text"] == TEXT
    assert (row["external_id"], row["title"], row["published_on"]) == ("r-1", ROW["title"], date(2021, 3, 9))
    assert (row["uri"], row["member"], row["record"]) == (name, None, 0)


def test_json_record_with_a_list_of_objects(tmp_path: Path) -> None:
    row = ROW | {"images": [{"url": f"https://example.org/{n}.jpg", "caption": "A ship"} for n in range(40)]}
    (tmp_path / "a.json").write_text(json.dumps(row))
    records, refusals = read(tmp_path / "a.json")
    assert [r["external_id"] for r in records] == [ROW["id"]]
    assert not refusals


def test_json_in_utf_16(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(json.dumps([ROW, ROW | {"id": "r-2"}]).encode("utf-16"))
    records, refusals = read(tmp_path / "a.json")
    assert [r["external_id"] for r in records] == [ROW["id"], "r-2"]
    assert not refusals


def test_large_json_record_beside_a_list_is_accounted_for(tmp_path: Path) -> None:
    row = ROW | {"text": "A release of great length. " * 50_000, "images": [{"caption": "A ship"}]}
    (tmp_path / "a.json").write_text(json.dumps(row))
    records, refusals = read(tmp_path / "a.json")
    assert not records
    assert [r["code"] for r in refusals] == ["bad_record"]


@pytest.mark.parametrize(
    ("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zst)]
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.xlsx", "a.md", "array.json"])
def test_compressed(name: str, suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / f"{name}.{suffix}"
    path.write_bytes(pack(FORMATS[name]))
    records, refusals = read(path)
    assert ([row["raw_text"] for row in records], refusals) == ([TEXT], [])


def test_archives_of_archives(tmp_path: Path) -> None:
    inner = zipped(**{"2021/a.jsonl": FORMATS["a.jsonl"], "b.csv": FORMATS["a.csv"].replace(b"r-1", b"r-2")})
    (tmp_path / "all.tar.gz").write_bytes(tarred("dump/inner.zip", inner))
    records, refusals = read(tmp_path / "all.tar.gz")
    assert [(row["member"], row["external_id"]) for row in records] == [
        ("dump/inner.zip/2021/a.jsonl", "r-1"),
        ("dump/inner.zip/b.csv", "r-2"),
    ]
    assert refusals == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_found(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_bytes(TEXT.encode(encoding))
    [row], refusals = read(tmp_path / "r.txt")
    assert (row["raw_text"], row["external_id"], refusals) == (TEXT, "r", [])


def test_cp1252_json_lines(tmp_path: Path) -> None:
    rows = [json.dumps(ROW | {"id": str(n)}, ensure_ascii=False) for n in range(3)]
    (tmp_path / "a.jsonl").write_bytes("\n".join(rows).encode("cp1252"))
    records, refusals = read(tmp_path / "a.jsonl")
    assert ([row["raw_text"] for row in records], refusals) == ([TEXT] * 3, [])


def test_html_has_no_menu(tmp_path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    page = (
        "<!doctype html><html><head><meta charset='utf-8'><title>Minister receives Chief | Ministry</title>"
        '<link rel="canonical" href="https://example.org/r-1"><meta property="article:published_time" content="2021-03-09">'
        f"</head><body><nav><a href='/'>Home</a><a href='/n'>News</a></nav><article><h1>Minister receives Chief</h1>{body}"
        "</article><footer>All rights reserved.</footer></body></html>"
    )
    (tmp_path / "r.html").write_text(page, "utf-8")
    [row], _ = read(tmp_path / "r.html")
    assert (row["published_on"], row["url"]) == (date(2021, 3, 9), "https://example.org/r-1")
    assert "ready,” she said" in row["raw_text"]
    assert "Home" not in row["raw_text"]
    assert "All rights" not in row["raw_text"]


def test_block_quotations_are_evidence_not_text(tmp_path: Path) -> None:
    lines = TEXT.split("\n")
    block = f"<blockquote><p>{lines[0]}</p><p>{lines[1]}</p></blockquote>"
    rest = "".join(f"<p>{line}</p>" for line in lines[2:])
    intro = "<p>The minister, who had come by sea, said this to those who had waited for her on the pier:</p>"
    rows = {}
    for name, body in (
        ("block", intro + block + rest),
        ("plain", intro + block.replace("blockquote>", "div>") + rest),
        ("listing", intro + block + f"<pre>{intro}</pre>" + rest),
    ):
        page = f"<html><head><title>Minister</title></head><body><article>{body}</article></body></html>"
        (tmp_path / f"{name}.html").write_text(page, "utf-8")
        [rows[name]], _ = read(tmp_path / f"{name}.html")
    [span] = rows["block"]["blocks"]
    assert rows["block"]["raw_text"][span["raw_start"] : span["raw_end"]] == "\n".join(lines[:2])
    assert rows["block"]["raw_text"] == rows["plain"]["raw_text"]
    assert rows["plain"]["blocks"] is None
    assert rows["listing"]["blocks"] is None


def test_bad_lines_leave_the_rest(tmp_path: Path) -> None:
    lines = [
        jsonl(ROW),
        b'{"id": "cut", "text": "no en\n',
        b"[1]\n",
        b"\n",
        b'{"id": "\xff\xfe", "text": "x"}\n',
        b'{"id": "e", "text": ""}\n',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines) + jsonl(ROW | {"id": "last"}))
    records, refusals = read(tmp_path / "a.jsonl")
    assert [(row["external_id"], row["record"]) for row in records] == [("r-1", 0), ("last", 5)]
    assert [(row["code"], row["record"]) for row in refusals] == [
        ("bad_record", 1), ("bad_record", 2), ("bad_encoding", 3), ("no_text", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_cut_compressed_file_keeps_what_came_before(suffix: str, tmp_path: Path) -> None:
    import random

    rng = random.Random(4)
    noise = [ROW | {"id": str(n), "note": "".join(rng.choices("abcdefghijklmnop", k=3000))} for n in range(400)]
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zst}[suffix]
    data = pack(jsonl(*noise))
    (tmp_path / f"a.jsonl.{suffix}").write_bytes(data[: 19 * len(data) // 20])
    records, refusals = read(tmp_path / f"a.jsonl.{suffix}")
    assert 150 < len(records) < 400
    assert [row["code"] for row in refusals] == ["truncated"]


def test_ragged_and_quoted_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'id,date,text\n1,2020-13-45,"{TEXT}"\n2,three\n3,,"{TEXT} Again."\n', "utf-8")
    records, refusals = read(tmp_path / "a.csv")
    assert [(row["published_on"], row["published_raw"]) for row in records] == [(None, "2020-13-45"), (None, None)]
    assert [(row["code"], row["record"]) for row in refusals] == [("bad_record", 1)]


def test_question_and_answer_columns(tmp_path: Path) -> None:
    rows = [
        {
            "title": "No Title Found",
            "question": "What was agreed?",
            "answer": "A hotline was agreed between the two navies.",
        },
        {
            "title": "Briefing",
            "question": "Full Text",
            "answer": "Q: Any news?\nGEN. OKORO: None that I can share with you.",
        },
    ]
    (tmp_path / "a.jsonl").write_bytes(jsonl(*rows))
    first, second = read(tmp_path / "a.jsonl")[0]
    assert first["raw_text"] == "Question: What was agreed?\nAnswer: A hotline was agreed between the two navies."
    assert second["raw_text"] == rows[1]["answer"]
    assert (first["title"], first["kind"], second["kind"]) == (None, "transcript", "transcript")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\n ", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.json", b"[]", "empty"),
        ("a.csv", b"id,text\n", "empty"),
        ("a.csv", b"", "empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "not_text"),
        ("a.txt", bytes((i * 7919 + i * i * 31) % 256 for i in range(4000)), "not_text"),
        ("a.txt", "Министерство обороны провело учения на полигоне в Забайкалье.".encode(), "language"),
        ("a.doc", b"anything", "unknown_format"),
        ("a.zip", b"PK no zip", "truncated"),
        ("a.tar", b"no tar" * 200, "truncated"),
        ("a.jsonl.gz", b"no gzip", "unreadable"),
        ("a.xlsx", b"no workbook", "unreadable"),
        ("a.parquet", b"no parquet", "unreadable"),
        ("a.json", b'[{"id": 1', "bad_record"),
        ("a.html", b"<html><body></body></html>", "no_text"),
        ("a.jsonl", b'{"id": "s", "text": "half a pair \\ud83d in the text of a release"}', "bad_encoding"),
        ("a.jsonl", b"[" * 100_000, "too_deep"),
        ("deep.zip", zipped(a=zipped(b=b"\x89PNG")), "unknown_format"),
        ("deep.zip", zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"c.zip": zipped(**{"d.txt": b"x"})})})}), "too_deep"),
        ("a.txt.gz.gz.gz", b"x", "too_deep"),
    ],
)  # fmt: skip
def test_refused_with_the_reason(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    records, refusals = read(tmp_path / name)
    assert (records, [row["code"] for row in refusals]) == ([], [code])
    assert refusals[0]["uri"] == name
    assert refusals[0]["message"]


def test_unsafe_and_encrypted_members_leave_the_others(tmp_path: Path) -> None:
    data = zipped(**{"../../evil.txt": b"x", "/etc/evil.txt": b"x", "C:\\evil.txt": b"x", "ok.txt": TEXT.encode()})
    (tmp_path / "a.zip").write_bytes(data)
    records, refusals = read(tmp_path / "a.zip")
    assert [row["member"] for row in records] == ["ok.txt"]
    assert {row["code"] for row in refusals} == {"unsafe_path"}
    assert len(refusals) == 3

    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "b.tar").write_bytes(sink.getvalue())
    assert [row["code"] for row in read(tmp_path / "b.tar")[1]] == ["unsafe_path"]


def test_limits(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROW, ROW | {"text": "word " * 2000}, ROW | {"id": "z"}))
    records, refusals = read(tmp_path / "a.jsonl", record_bytes=5000)
    assert ([row["record"] for row in records], [(r["code"], r["record"]) for r in refusals]) == (
        [0, 2],
        [("too_large", 1)],
    )
    (tmp_path / "bomb.zip").write_bytes(zipped(**{"a.txt": b"0" * 30_000_000, "ok.txt": TEXT.encode()}))
    records, refusals = read(tmp_path / "bomb.zip")
    assert ([row["member"] for row in records], [r["code"] for r in refusals]) == (["ok.txt"], ["bomb"])
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * 30_000_000))
    assert [r["code"] for r in read(tmp_path / "bomb.jsonl.gz")[1]] == ["bomb"]
    (tmp_path / "many.zip").write_bytes(zipped(**{f"{n}.txt": TEXT.encode() for n in range(9)}))
    records, refusals = read(tmp_path / "many.zip", members=4)
    assert (len(records), [r["code"] for r in refusals]) == (4, ["too_many"])


def test_unknown_columns_and_bad_dates_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(*(ROW | {"mood": "calm", "id": str(n), "date": "soon"} for n in range(3))))
    records, _ = read(tmp_path / "a.jsonl")
    assert [row["published_raw"] for row in records] == ["soon"] * 3
    assert sum("mood" in message for message in caplog.messages) == 1
    [dates] = [message for message in caplog.messages if "'soon'" in message]
    assert "column 'date': not read as a date: 3, such as 'soon' (0)" in dates


@pytest.mark.parametrize(("number", "is_damage"), [(errno.EINVAL, True), (errno.ENOSPC, False), (errno.EIO, False)])
def test_a_disk_that_fails_is_no_damage_of_a_file(number: int, is_damage: bool) -> None:
    with pytest.raises(RecordRejected if is_damage else OSError), name_damage("a.zip"):
        raise OSError(number, os.strerror(number))


def test_a_copy_that_has_no_room_names_the_folder_for_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda size: Full())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OSError, match=str(tmp_path)):
        copy_seekable(io.BytesIO(b"member of an archive"))
