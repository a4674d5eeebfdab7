"""Mail: subject, date, text and what is attached; mailboxes; saved pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.ingest.builders import DAYS, MHTML, TEXTS, TITLES, mbox, message, shown
from tests.ingest.test_formats import jsonl, read


def test_a_message_is_a_record_and_what_is_attached_a_member(tmp_path: Path) -> None:
    inner = message(2, attached={"more.jsonl": jsonl({"id": "x", "text": TEXTS[1]})})
    mail = message(0, attached={"notes.txt": TEXTS[1].encode(), "photo.bin": b"\0\1\2"})
    mail.add_attachment(inner)
    (tmp_path / "a.eml").write_bytes(bytes(mail))
    records, refusals = read(tmp_path / "a.eml")
    assert [(r["member"], r["record"], r["external_id"]) for r in records] == [
        (None, 0, "r-0@mod.example"),
        ("notes.txt", 0, "notes"),
        ("attachment-2.eml", 0, "r-2@mod.example"),
        ("attachment-2.eml/more.jsonl", 0, "x"),
    ]
    assert (records[0]["title"], records[0]["published_on"]) == (TITLES[0], date.fromisoformat(DAYS[0]))
    assert records[0]["raw_text"] == TEXTS[0]
    assert [(r["member"], r["code"]) for r in refusals] == [("photo.bin", "unknown_format")]


def test_html_is_the_text_where_there_is_no_other(tmp_path: Path) -> None:
    both = message(0)
    both.add_alternative("<p>The same, in colours.</p>", subtype="html")
    for name, mail in (("html", message(1, is_html=True)), ("both", both)):
        (tmp_path / f"{name}.eml").write_bytes(bytes(mail))
    assert [shown(r["raw_text"]) for name in ("html", "both") for r in read(tmp_path / f"{name}.eml")[0]] == [
        TEXTS[1],
        TEXTS[0],
    ]


def test_headers_in_encoded_words_and_lines_that_flow(tmp_path: Path) -> None:
    head = "Subject: =?utf-8?q?Ship_=E2=80=93_returns?=\nDate: 4 Mar 2024 23:30:00 -0500 (EST)\n"
    head += "Content-Type: text/plain; charset=iso-8859-1; format=flowed\n\n"
    text = "The frigate \nreturns to Malm\xf6.\n\nHer crew \nhas done well.\n-- \nPress office\n"
    (tmp_path / "a.eml").write_bytes((head + text).encode("latin-1"))
    [row], _ = read(tmp_path / "a.eml")
    assert (row["title"], row["published_on"]) == ("Ship – returns", date(2024, 3, 5))
    assert row["raw_text"] == "The frigate returns to Malmö.\n\nHer crew has done well.\n-- \nPress office"


def test_mailbox(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(mbox())
    records, refusals = read(tmp_path / "a.mbox")
    assert [(r["record"], shown(r["raw_text"])) for r in records] == [(0, TEXTS[0]), (2, TEXTS[2])]
    assert [(r["code"], r["record"]) for r in refusals] == [("no_text", 1)]


def test_a_line_that_says_from_is_text(tmp_path: Path) -> None:
    begins = b"From press@mod.example Tue Mar  9 10:00:00 2021\nSubject: a\n\n"
    text = b"The ship sails on Monday.\n\nFrom Monday at 10:00 she is at sea.\n>From here she goes on.\n"
    (tmp_path / "a.mbox").write_bytes(begins + text + b"\n" + begins + b"The ship is back.\n")
    records, _ = read(tmp_path / "a.mbox")
    assert [r["raw_text"] for r in records] == [
        "The ship sails on Monday.\n\nFrom Monday at 10:00 she is at sea.\nFrom here she goes on.",
        "The ship is back.",
    ]


def test_a_message_that_is_too_large_leaves_the_others(tmp_path: Path) -> None:
    begins = b"From press@mod.example Tue Mar  9 10:00:00 2021\nSubject: a\n\n"
    (tmp_path / "a.mbox").write_bytes(begins + b"The ship is back. " * 1000 + b"\n\n" + begins + b"The ship is back.\n")
    records, refusals = read(tmp_path / "a.mbox", record_bytes=5000)
    assert ([r["record"] for r in records], [(r["code"], r["record"]) for r in refusals]) == ([1], [("too_large", 0)])


@pytest.mark.parametrize("depth", [30, 3000])
def test_parts_that_nest_are_refused(depth: int, tmp_path: Path) -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    (tmp_path / "a.eml").write_text(f"Subject: deep\n{parts}\nThe ship is back.\n")
    records, refusals = read(tmp_path / "a.eml")
    assert not records
    assert [r["code"] for r in refusals] in (["too_deep"], ["bad_record"])


def test_a_saved_page_is_its_html(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_bytes(MHTML)
    [row], refusals = read(tmp_path / "a.mhtml")
    assert (row["raw_text"], row["title"], row["url"]) == (TEXTS[0], "Minister receives", "https://mod.example/r-0")
    assert not refusals
