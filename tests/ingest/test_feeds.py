"""Feeds and the export of WordPress: an entry at a time; what is damaged costs the entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.ingest.builders import DAYS, TEXTS, TITLES, atom, rss, shown
from tests.ingest.test_formats import read


def test_rss(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rss())
    records, refusals = read(tmp_path / "a.xml")
    assert [shown(r["raw_text"]) for r in records] == [TEXTS[0], TEXTS[2]]
    assert [(r["external_id"], r["title"], r["url"], r["published_on"]) for r in records] == [
        (f"r-{n}", TITLES[n], f"https://mod.example/r-{n}", date.fromisoformat(DAYS[n])) for n in (0, 2)
    ]
    assert [r["code"] for r in refusals] == ["bad_record"]


def test_atom(tmp_path: Path) -> None:
    (tmp_path / "a.atom").write_bytes(atom())
    records, refusals = read(tmp_path / "a.atom")
    assert [(shown(r["raw_text"]), r["url"]) for r in records] == [
        (TEXTS[n], f"https://mod.example/r-{n}") for n in (0, 2)
    ]
    assert [(r["code"], r["record"]) for r in refusals] == [("bad_encoding", 1)]


def test_a_feed_that_is_cut_off(tmp_path: Path) -> None:
    whole = rss().replace(b"</content:encoded>\n", b"</content:encoded></item>\n")
    (tmp_path / "a.rss").write_bytes(whole[:-100])
    records, refusals = read(tmp_path / "a.rss")
    assert [r["external_id"] for r in records] == ["r-0", "r-1"]
    assert [(r["code"], r["record"]) for r in refusals] == [("truncated", 2)]


def test_wordpress_keeps_paragraphs_as_lines(tmp_path: Path) -> None:
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"><channel><item><title>Q &amp;amp; A</title>'
        "<excerpt:encoded>Short</excerpt:encoded><content:encoded><![CDATA[The <b>frigate</b> returns.\n\n"
        "Her crew&nbsp;has done well.]]></content:encoded><wp:post_id>7</wp:post_id>"
        "<wp:post_date>2021-03-09 10:00:00</wp:post_date><category>Speeches</category></item></channel></rss>"
    )
    (tmp_path / "a.xml").write_text(export)
    [row], _ = read(tmp_path / "a.xml")
    assert shown(row["raw_text"]) == "The frigate returns.\nHer crew\xa0has done well."
    assert (row["external_id"], row["title"], row["kind"]) == ("7", "Q & A", "speech")


def test_entities_of_its_own_are_not_expanded(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    secret = tmp_path / "secret.txt"
    secret.write_text("The code is 0000.")
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lol}<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    feed = f"{doctype}<rss><channel><item><title>A</title><description>It says &l9; &file;.</description></item></channel></rss>"
    (tmp_path / "a.xml").write_text(feed)
    records, refusals = read(tmp_path / "a.xml")
    assert len(records) + len(refusals) == 1
    assert all("0000" not in r["raw_text"] and "lollol" not in r["raw_text"] for r in records)


def test_an_entry_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<rss><channel><item>" + b"<b>x</b>" * 100_000)
    records, refusals = read(tmp_path / "a.xml", record_bytes=50_000)
    assert (records, [r["code"] for r in refusals]) == ([], ["too_large"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<urlset><url><loc>https://mod.example</loc></url></urlset>", "no_text"),
        (b"<books><book/></books>", "unknown_format"),
        (b"<rss><channel/></rss>", "empty"),
        (b"", "empty"),
        (b"no feed", "bad_record"),
    ],
)
def test_what_is_no_feed_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(data)
    records, refusals = read(tmp_path / "a.xml")
    assert (records, [r["code"] for r in refusals]) == ([], [code])
