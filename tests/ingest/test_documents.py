"""Documents, captions, spreadsheets, tables, databases, web archives: what is read, and what is refused with which word."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks.errors import RecordRejected
from tasks.ingest.formats.record import needs
from tasks.ingest.plan import plan_input
from tasks.ingest.sources import load_source
from tasks.ingest.table import read_batches
from tasks.settings import load_settings
from tests.ingest.builders import (
    DAYS,
    SRT,
    TEXTS,
    TITLES,
    VTT,
    arrow,
    docx,
    markup,
    ods,
    odt,
    package,
    pdf,
    rss,
    shown,
    sqlite,
    warc,
    xls,
)
from tests.ingest.test_formats import jsonl, read, zipped


def read_as(path: Path, source: str, **limits: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read a file by a source's rules."""
    settings = load_settings(None, {"ingest": {"limits": limits}} if limits else None).ingest
    records, refusals = [], []
    for file in plan_input([str(path)], settings, now=datetime.now(UTC)).files:
        for kept, refused in read_batches(file, load_source(source), settings):
            records += kept.to_pylist()
            refusals += refused.to_pylist()
    return records, refusals


def write_source(folder: Path, text: str) -> str:
    (folder / "mine.toml").write_text('name = "Mine"\n' + text)
    return str(folder / "mine.toml")


def test_odt_is_its_paragraphs(tmp_path: Path) -> None:
    (tmp_path / "a.odt").write_bytes(
        odt(TEXTS[0].replace("said", '<text:span>sa</text:span>id<text:s text:c="2"/>'), "T")
    )
    [row], refusals = read(tmp_path / "a.odt")
    assert (row["raw_text"], row["title"]) == (TEXTS[0].replace("said", "said  "), "T")
    assert refusals == []


def test_docx_is_its_paragraphs_with_what_was_inserted(tmp_path: Path) -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    changed = (
        run.format("The ship ")
        + f"<w:ins>{run.format('returns')}</w:ins><w:del><w:r><w:delText>sinks</w:delText></w:r></w:del>"
        f"<w:hyperlink>{run.format(' today')}</w:hyperlink><w:r><w:tab/><w:t>at noon</w:t><w:br/><w:t>sharp</w:t></w:r>"
    )
    (tmp_path / "a.docx").write_bytes(docx(TEXTS[0], changed))
    [row], refusals = read(tmp_path / "a.docx")
    assert row["raw_text"] == f"{TEXTS[0]}\nThe ship returns today\tat noon\nsharp"
    assert refusals == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"no archive", "truncated"),
        ("a.docx", package({"readme.txt": "x"}), "bad_record"),
        ("a.docx", package({"word/document.xml": "<w:document"}), "bad_record"),
        ("a.docx", docx(""), "no_text"),
        ("a.odt", odt(" ", "T"), "no_text"),
        ("a.odt", odt("x", "T")[:-40], "truncated"),
        ("a.ods", package({"content.xml": "<a>"}), "bad_record"),
        ("a.pdf", pdf("", ""), "no_text"),
        ("a.pdf", b"%PDF-1.4 and nothing", "unreadable"),
        ("a.xls", b"no workbook", "unreadable"),
        ("a.vtt", b"WEBVTT\n\nNOTE nothing\n", "no_text"),
        ("a.arrow", arrow()[:-300], "unreadable"),
        ("a.sqlite", b"SQLite format 3\x00 and nothing", "bad_record"),
        ("a.warc", b"no archive", "unreadable"),
        ("20150218230000.gkg.csv", b"20150218230000-0\t20150218230000\t1\tmod.example\n", "no_text"),
        ("a.csv", b"20150218230000-0\t20150218230000\t1\tmod.example\n", "no_text"),
        ("a.warc.wat", b"WARC/1.0\r\n", "no_text"),
    ],
)
def test_refused_with_the_reason(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    records, refusals = read(tmp_path / name)
    assert (records, [row["code"] for row in refusals]) == ([], [code])


def test_a_part_that_bursts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(package({"word/document.xml": " " * 50_100_000}))
    assert [r["code"] for r in read(tmp_path / "a.docx")[1]] == ["bomb"]


def test_pdf_is_its_text_layer(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("The minister left on Monday.", "", "Her ship followed on Friday."))
    [row], _ = read(tmp_path / "a.pdf")
    assert row["raw_text"] == "The minister left on Monday.\nHer ship followed on Friday."
    (tmp_path / "b.pdf").write_bytes(pdf(""))
    assert "without a text layer" in read(tmp_path / "b.pdf")[1][0]["message"]


def test_captions_are_turns(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_bytes(VTT)
    (tmp_path / "a.srt").write_bytes(SRT)
    [vtt], _ = read(tmp_path / "a.vtt")
    [srt], _ = read(tmp_path / "a.srt")
    assert vtt["title"] == "Briefing of Tuesday"
    assert vtt["raw_text"] == (
        "Ingrid Halvorsen: The frigate returns & stays in port. Her crew has done well.\nTomas Berg: And the invoice is paid."
    )
    assert srt["raw_text"] == "When does the frigate return to her port?\nBERG: In May, as the ministry announced."


def test_captions_that_roll_are_told_once(tmp_path: Path) -> None:
    cues = ["The ship is", "The ship is\nback in port", "back in port\nand will stay"]
    blocks = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues))
    (tmp_path / "a.vtt").write_text(f"WEBVTT\n\n{blocks}")
    [row], _ = read(tmp_path / "a.vtt")
    assert row["raw_text"] == "The ship is back in port and will stay"


@pytest.mark.parametrize("name", ["a.ods", "a.xls", "a.arrow", "a.feather", "s.arrows", "a.db"])
def test_tables_with_a_row_that_has_no_text(name: str, tmp_path: Path) -> None:
    if name == "a.db":
        sqlite(tmp_path / name)
    else:
        build = {"a.ods": ods, "a.xls": xls}.get(name, lambda: arrow(is_stream=name == "s.arrows"))
        (tmp_path / name).write_bytes(build())
    records, refusals = read(tmp_path / name)
    assert [(r["record"], r["external_id"], r["raw_text"]) for r in records] == [
        (n, f"r-{n}", TEXTS[n]) for n in (0, 2)
    ]
    assert [r["published_on"] for r in records] == [date.fromisoformat(DAYS[n]) for n in (0, 2)]
    assert [(r["code"], r["record"]) for r in refusals] == [("no_text", 1)]


@pytest.mark.parametrize(("name", "build"), [("a.ods", ods), ("a.xls", xls)])
@pytest.mark.parametrize(("limit", "most"), [("sheet_rows", 2), ("sheet_cells", 9)])
def test_a_workbook_keeps_the_limits(
    name: str, build: Callable[[], bytes], limit: str, most: int, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(build())
    records, refusals = read_as(tmp_path / name, "generic", **{limit: most})
    assert len(records) <= 1
    assert [r["code"] for r in refusals] == ["too_many"]


def test_a_workbook_by_its_old_name(tmp_path: Path) -> None:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "title", "date", "text"])
    book.active.append([7, "T", date(2021, 3, 9), TEXTS[0]])
    book.create_sheet("Later").append(["title", "text"])
    book["Later"].append(["U", TEXTS[1]])
    book.save(sink)
    (tmp_path / "a.xls").write_bytes(sink.getvalue())
    records, refusals = read(tmp_path / "a.xls")
    assert [(r["external_id"], r["raw_text"]) for r in records] == [("7", TEXTS[0]), (None, TEXTS[1])]
    assert (records[0]["published_on"], refusals) == (date(2021, 3, 9), [])


def test_the_source_says_what_is_read_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    sqlite(path)
    queries = {
        'query = "releases"': ["r-0", "r-2"],
        "query = \"SELECT id || '!' AS id, text FROM releases WHERE text LIKE '%minehunters%'\"": ["r-2!"],
        'query = "DELETE FROM releases"': [],
        "query = \"ATTACH 'b.db' AS b\"": [],
        'query = "PRAGMA journal_mode = DELETE"': [],
        "query = \"SELECT load_extension('x') AS text\"": [],
        'query = "WITH RECURSIVE n(text) AS (SELECT 1 UNION ALL SELECT text + 1 FROM n) SELECT * FROM n"': [],
        'query = "no such thing"': [],
    }
    before = path.read_bytes()
    for query, found in queries.items():
        records, refusals = read_as(path, write_source(tmp_path, query))
        assert [r["external_id"] for r in records] == found, query
        assert bool(refusals) == (not found or query == 'query = "releases"'), query
    assert path.read_bytes() == before


def test_a_query_may_take_so_many_steps(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    sqlite(path)
    endless = "SELECT text FROM releases a WHERE (SELECT count(*) FROM releases b, releases c, releases d) > 0"
    source = write_source(tmp_path, f'query = "{endless}"')
    assert read_as(path, source)[0]
    long = endless.replace(
        "releases d)", "releases d " + ", releases {}".join(["", *"efghijklmnop"]).replace("{}", "") + ")"
    )
    source = write_source(tmp_path, f'query = "{long}"')
    records, refusals = read_as(path, source, query_steps=3_000_000)
    assert (records, [r["code"] for r in refusals]) == ([], ["bad_record"])


def test_a_member_of_an_archive_is_a_database_too(tmp_path: Path) -> None:
    sqlite(tmp_path / "a.db")
    (tmp_path / "a.zip").write_bytes(zipped(**{"old/a.db": (tmp_path / "a.db").read_bytes()}))
    assert [(r["member"], r["record"]) for r in read(tmp_path / "a.zip")[0]] == [("old/a.db", 0), ("old/a.db", 2)]


def test_web_archive(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(warc())
    records, refusals = read(tmp_path / "a.warc")
    assert [(r["record"], r["title"], r["url"]) for r in records] == [
        (n, TITLES[n], f"https://mod.example/r-{n}") for n in (0, 2)
    ]
    assert [r["raw_text"] for r in records] == [TEXTS[0], TEXTS[2]]
    assert [(r["code"], r["record"]) for r in refusals] == [("no_text", 1)]
    (tmp_path / "b.warc").write_bytes(warc(is_cut=True))
    records, refusals = read(tmp_path / "b.warc")
    assert [r["code"] for r in refusals] == ["no_text", "truncated"]


def test_a_file_without_a_suffix_is_known_by_its_content(tmp_path: Path) -> None:
    import gzip

    sqlite(tmp_path / "database")
    contents = {
        "release-0412": TEXTS[0].encode(),
        "feed": rss(),
        "lines": jsonl({"id": "x", "text": TEXTS[0]}),
        "packed": gzip.compress(jsonl({"id": "x", "text": TEXTS[0]})),
        "archive": zipped(**{"inner": TEXTS[0].encode()}),
        "document": docx(TEXTS[0]),
        "opendocument": odt(TEXTS[0], "T"),
        "table": f'id,title,date,text\nx,T,2021-03-09,"{TEXTS[0]}"\n'.encode(),
        "index.php": f"<!DOCTYPE html><html><body><article>{markup(TEXTS[0])}</article></body></html>".encode(),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    for name in [*contents, "database"]:
        records, _ = read(tmp_path / name)
        assert records, name
        assert shown(records[0]["raw_text"]) == TEXTS[0], name
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert [r["code"] for r in read(tmp_path / "picture")[1]] == ["unknown_format"]


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(RecordRejected, match=r"extra pdf: pip install 'communique\[pdf\]'"), needs("pdf", "PDF files"):
        raise ModuleNotFoundError("No module named 'pypdfium2'")


TRACKER = """
date_formats = ["%A, %B %d, %Y", "%A, %B %dth, %Y"]
[entries]
day = '\\w+day, \\w+ \\d+(?:th)?, \\d{4}'
head = '[A-Z][^:]{1,80} (?:said|announced) '
lead = '(?:After|During) [^,]{1,80}, '
same = 'He '
[entries.publishers]
"Ministry of Defence of Norland" = 'Norland'
"Navy of Sudland" = 'Sudland'
"""


def test_a_tracker_is_cut_into_dated_entries(tmp_path: Path) -> None:
    link = '<w:hyperlink r:id="{}"><w:r><w:t>{}</w:t></w:r></w:hyperlink>'
    body = docx(
        "What both said",
        "Tuesday, March 9, 2021",
        "<w:r><w:t>Norland’s ministry responds to questions about Sudland </w:t></w:r>" + link.format("a", "here"),
        "\tReporter: Will the frigate sail?",
        "\tSpokesman: She will sail on Monday.",
        "After a call with Norland, the navy of Sudland announced that it waits.",
        "\tWe wait.",
        "Friday, March 12th, 2021:",
        "He " + "also wrote about it.",
        "\tWe wait still.",
        links={"a": "https://norland.example/1"},
    )
    (tmp_path / "t.docx").write_bytes(body)
    records, refusals = read_as(tmp_path / "t.docx", write_source(tmp_path, TRACKER))
    found = [(r["external_id"], str(r["published_on"]), r["publisher"], r["url"], r["raw_text"]) for r in records]
    text = "Reporter: Will the frigate sail?\nSpokesman: She will sail on Monday."
    north, south = "Ministry of Defence of Norland", "Navy of Sudland"
    assert found == [
        ("t-0", "2021-03-09", north, "https://norland.example/1", text),
        ("t-1", "2021-03-09", south, None, "We wait."),
        ("t-2", "2021-03-12", south, None, "We wait still."),
    ]
    assert records[0]["title"] == "Norland’s ministry responds to questions about Sudland here"
    assert [r["code"] for r in refusals] == ["no_text"]
    assert read(tmp_path / "t.docx")[0][0]["publisher"] is None


def test_a_tracker_of_plain_text(tmp_path: Path) -> None:
    text = "Tuesday, March 9, 2021\nNorland said that it is ready.\nWe are ready.\nSudland announced nothing.\n"
    (tmp_path / "t.txt").write_text(text)
    records, _ = read_as(tmp_path / "t.txt", write_source(tmp_path, TRACKER))
    assert [(r["publisher"], r["raw_text"]) for r in records] == [
        ("Ministry of Defence of Norland", "We are ready."),
        ("Navy of Sudland", "Sudland announced nothing."),
    ]
