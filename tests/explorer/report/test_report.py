"""The report as a newsroom gets it: figures that are right, one file, the same every time, nothing that runs."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.report.data import Data, read_queries
from explorer.report.page import make_report, write_report
from explorer.report.scope import Scope
from flows.upkeep import list_files
from tasks.errors import ConfigError
from tasks.publish.layout import Layout
from tests.explorer.report.corpus import PEOPLE, copy_of, publish, refusal, release

pytest.importorskip("duckdb")

HOSTILE = (
    "<script>alert(1)</script>", "<svg onload=alert(1)>", "</style><img src=x onerror=alert(1)>",
    "a\u202eb\u2066c\x07d\u200be", "{{ 7 * 7 }}{% raw %}", "'); DROP TABLE picked; --", "x" * 200_000, "e" + "\u0301" * 500,
    "javascript:alert(1)", "\U000e0001\ufeff\u2028", "]]>&amp;&#x3c;b>",
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a page: elements, links, and tables with their captions."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.tables: dict[str, list[list[str]]] = {}
        self.text = ""
        self._table: list[list[str]] = []
        self._into: list[str] | None = None
        self._caption = ""
        self._small = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "xlink:href")]
        if tag == "table":
            self._table, self._caption = [], ""
        elif tag == "tr":
            self._table.append([])
        elif tag in ("td", "th"):
            self._table[-1].append("")
            self._into = self._table[-1]
        elif tag == "caption":
            self._into = [""]
        elif tag == "small":
            self._small = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption" and self._into is not None:
            self._caption = self._into[0]
        elif tag == "table":
            self.tables[self._caption] = self._table
        if tag in ("td", "th", "caption"):
            self._into = None
        elif tag == "small":
            self._small = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._into is not None and not self._small:
            self._into[-1] += data


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return Layout(make_dataset(tmp_path_factory.mktemp("report") / "releases"))


def make_dataset(root: Path) -> Path:
    glued = {
        "text_condition": "glued", "is_uncertain": True, "restoration_score": 0.25,
        "edits": [{"kind": "insert_space", "raw_start": 8, "raw_end": 9, "replacement": " "}],
    }  # fmt: skip
    alpha = [release(n, date(2021 + n // 12, 1 + n % 12, 3)) for n in range(20)]
    alpha += [release(20, None), release(21, date(2022, 8, 9), **glued)]
    publish(
        root, "alpha", [*alpha, copy_of(3, 30), refusal(31), refusal(32), refusal(33, "language", "written in French")],
        near={alpha[4]["documents"][0]["doc_id"]: alpha[3]["documents"][0]["doc_id"]},
    )  # fmt: skip
    publish(root, "beta", [release(n, date(2022, 5, n - 99), url=f"https://mod.example/{n}") for n in range(100, 106)])
    return root


def read(layout: Layout, table: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(path, partitioning=None) for path in list_files(layout, table)[table])


def test_the_figures_are_those_that_the_tables_give(dataset: Layout) -> None:
    page = Page(make_report(dataset))
    documents, quotes = read(dataset, "documents"), read(dataset, "quotes")
    months = Counter(
        (f"{day:%Y-%m}", source)
        for day, source in zip(documents["published_on"].to_pylist(), documents["source_id"].to_pylist(), strict=True)
        if day is not None
    )
    head, *body = page.tables["Releases a month by source"]
    assert head == ["month", "all", "alpha", "beta"]
    assert {(row[0], name): int(cell) for row in body for name, cell in zip(head[2:], row[2:], strict=True)} == {
        (row[0], name): months[row[0], name] for row in body for name in ("alpha", "beta")
    }
    assert sum(int(row[1]) for row in body) == sum(months.values()) == documents.num_rows - 1
    assert [row[0] for row in body] == sorted({month for month, _ in months})

    assert page.tables["Records by source"][1:] == [
        ["alpha", "26", "22", "1", "3", "0"],
        ["beta", "6", "6", "0", "0", "0"],
    ]
    assert "32 records read = 28 documents + 1 duplicate + 3 refused. It adds up." in page.text
    assert [row[:4] for row in page.tables["What was refused, and why"][1:]] == [
        ["empty", "ingest", "2", "1"],
        ["language", "ingest", "1", "1"],
    ]

    said = Counter(quotes["speaker_name"].to_pylist())
    speakers = page.tables["The most quoted, from first to last quotation"][1:]
    assert {row[0]: int(row[2]) for row in speakers} == dict(said)
    assert all(row[1].startswith("Minister (2021") for row in speakers)

    entities = read(dataset, "entities")
    named = Counter(value[4:] for value in entities["canonical_id"].to_pylist() if value and value.startswith("iso:"))
    countries = page.tables["Share of a month's releases that name a country"][1:]
    assert {row[0]: int(row[1]) for row in countries} == {
        "France": named["FRA"], "Japan": named["JPN"], "Kenya": named["KEN"]
    }  # fmt: skip
    assert page.tables["Releases by kind of repair"][1][0::2] == ["insert_space", "1", "1"]

    unsure = sum(score is not None and score < 0.5 for score in quotes["score"].to_pylist())
    sources = {row[0]: row for row in page.tables["Sources"][1:]}
    assert sources["alpha"][1:8] == ["22", "4.5 %", "4.5 %", "4.5 %", "0.25", "4.5 %", "22"]
    assert f"{unsure}" == "7"
    assert [sources["alpha"][8], sources["beta"][8]] == ["22.7 %", "33.3 %"]


def test_what_is_shown_as_computed_is_what_runs(dataset: Layout) -> None:
    html = make_report(dataset, Scope(("alpha",), first=date(2021, 6, 1)))
    shown = {sql.strip() for sql in re.findall(r"<pre[^>]*>(.*?)</pre>", html, re.S)}
    with Data(dataset, Scope(("alpha",), first=date(2021, 6, 1))) as data:
        data.set_units("month", "month")
        picked = data.sql("picked").replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;")
        assert picked in shown
        assert "source IN (&#39;alpha&#39;) AND published_on &gt;= DATE &#39;2021-06-01&#39;" in picked
    joined = "\n".join(shown)
    without_engagements = {name for name in read_queries() if "engagements" not in name and "acts" not in name} - {
        "partners"
    }
    for name in without_engagements:
        last = read_queries()[name].sql.splitlines()[-1].split(" ")[0]
        assert last in joined, name
    assert "{" not in re.sub(r"\{&#39;uri.*?\}", "", joined, flags=re.S)


def test_the_same_dataset_gives_the_same_bytes(dataset: Layout, tmp_path: Path) -> None:
    again = make_dataset(tmp_path / "elsewhere" / "releases")
    assert write_report(dataset, tmp_path / "a" / "one.html") == (tmp_path / "a" / "one.html").stat().st_size
    write_report(Layout(again), tmp_path / "two.html")
    assert (tmp_path / "a" / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "one.html"]


def test_nothing_is_loaded_and_nothing_runs(dataset: Layout) -> None:
    page = Page(make_report(dataset))
    assert not {"script", "img", "link", "iframe", "object", "form", "base", "use", "image"} & set(page.tags)
    assert not {name for name in page.attributes if name.startswith("on")} | ({"style", "srcset"} & page.attributes)
    outside = [link for link in page.links if not link.startswith("#")]
    assert outside
    assert all(re.fullmatch(r"https://mod\.example/\d+", link) for link in outside)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(
        re.findall(r' id="(\w+)"', make_report(dataset))
    )


def test_sources_and_days_narrow_it(dataset: Layout) -> None:
    one = Page(make_report(dataset, Scope(("beta",))))
    assert "6 releases of 1 source, published 2022-05-01 to 2022-05-06." in one.text
    assert [row[0] for row in one.tables["Records by source"][1:]] == ["beta"]
    assert "What was refused, and why" not in one.tables
    some = Page(make_report(dataset, Scope(first=date(2022, 5, 2), last=date(2022, 5, 31))))
    assert some.tables["Releases a month by source"][1:] == [["2022-05", "6", "1", "5"]] or (
        some.tables["Releases a month by source"] == [["month", "all", "beta", "alpha"], ["2022-05", "6", "5", "1"]]
    )
    assert "published 2022-05-02 to 2022-05-31" in some.text
    assert "this section is about all days" in some.text
    assert sum(int(row[2]) for row in some.tables["The most quoted, from first to last quotation"][1:]) == 6


def test_a_source_that_is_not_there_is_an_error_that_names_those_that_are(dataset: Layout) -> None:
    with pytest.raises(ConfigError, match="no source 'gamma' in the dataset; there are alpha, beta"):
        make_report(dataset, Scope(("alpha", "gamma")))


def test_a_dataset_in_object_storage_is_to_be_copied_first() -> None:
    with pytest.raises(ConfigError, match="s3://bucket/releases: a report is made of a dataset in a folder"):
        make_report(SimpleNamespace(root="s3://bucket/releases", name="releases"))  # type: ignore[arg-type]


def test_no_release_and_no_dataset_to_speak_of_say_so(dataset: Layout, tmp_path: Path) -> None:
    none = Page(make_report(dataset, Scope(first=date(1990, 1, 1), last=date(1990, 12, 31))))
    assert "No release in the dataset is of what was asked for: published 1990-01-01 to 1990-12-31." in none.text
    assert none.tags["svg"] == 0
    empty = Page(make_report(Layout(tmp_path / "empty")))
    assert "The dataset is empty: communique run INPUT... --out DATASET fills it." in empty.text
    publish(tmp_path / "refused", "alpha", [refusal(0), refusal(1)])
    refused = Page(make_report(Layout(tmp_path / "refused")))
    assert "2 records read = 0 documents + 0 duplicates + 2 refused. It adds up." in refused.text


def test_releases_without_a_day_have_tables_and_no_plots_over_time(tmp_path: Path) -> None:
    publish(tmp_path / "undated", "alpha", [release(n, None) for n in range(4)])
    page = Page(make_report(Layout(tmp_path / "undated")))
    assert "4 of 4 releases (100 %) without a day" in page.text
    assert page.tables["Sources"][1][:3] == ["alpha", "4", "100 %"]
    assert "Releases a month by source" not in page.tables


def test_what_a_hostile_dump_holds_is_shown_as_text(tmp_path: Path) -> None:
    bad = []
    for n, value in enumerate(HOSTILE):
        one = release(
            n, date(2022, 1, 1 + n), title=value, url=f"javascript:{n}" if n % 2 else f'https://a.example/"{n}>'
        )
        for table, columns in {
            "quotes": ("speaker_name", "speaker_title", "speaker_affiliation"),
            "roles": ("person_name", "title", "organisation"),
        }.items():
            for row in one[table]:
                row.update(dict.fromkeys(columns, value))
        one["entities"][0]["canonical"] = value
        one["entities"][1]["canonical_id"] = f"iso:{value}"
        bad += [one, refusal(100 + n, message=value, excerpt=value)]
    publish(tmp_path / "<b>&bad", "alpha", bad)
    html = make_report(Layout(tmp_path / "<b>&bad"))
    assert len(html.encode()) < 500_000
    page = Page(html)
    assert not {"script", "img", "b onload"} & set(page.tags)
    assert page.tags["b"] == html.count("<figcaption>")
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not [link for link in page.links if not link.startswith(("#", "https://a.example/"))]
    for value in (
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "U+202E",
        "U+0007",
        "U+2028",
    ):
        assert value in page.text, value
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u2028\x00-\x08\x0b-\x1f]", html)
    assert not re.search("x{1000}", html)


@pytest.mark.slow
def test_many_sources_and_centuries_stay_small(tmp_path: Path) -> None:
    found = [release(n, date(1 + 37 * n, 1 + n % 12, 1)) for n in range(250)]
    publish(tmp_path / "wide", "alpha", found)
    for n in range(51):
        publish(tmp_path / "wide", f"s{n:02}", [release(1000 + n, date(2020, 1, 1))], views=False)
    html = make_report(Layout(tmp_path / "wide"))
    assert len(html.encode()) < 500_000
    page = Page(html)
    assert "50 of 52 rows" in page.text
    head, *body = page.tables["Releases a year by source"]
    assert [*head[:3], head[-1]] == ["year", "all", "alpha", "all others"]
    assert [row[0] for row in body][:2] == ["0001", "0038"]
    assert [row[1:3] for row in body if row[0] == "2020"] == [["51", "0"]]


def engagement(
    document: dict[str, object], number: int, kind: str, status: str, sides: list[str], on: date | None
) -> dict[str, object]:
    return {
        "engagement_id": f"{document['doc_id']}-g{number}", "doc_id": document["doc_id"], "published_on": document["published_on"],
        "type": kind, "status": status, "mention": "news", "text": "the fleet would visit", "raw_start": 24, "raw_end": 45,
        "date_start": on, "country_ids": sides, "parties": "<i>AUS – FRA", "source": "alpha",
    }  # fmt: skip


def test_engagements_by_quarter_type_and_partner(dataset: Layout, tmp_path: Path) -> None:
    documents = read(dataset, "documents").to_pylist()
    dated = [row for row in documents if row["published_on"]]
    found = [engagement(dated[n], 0, "meeting", "held", ["iso:FRA"], date(2022, 2, 1 + n)) for n in range(3)]
    found += [engagement(dated[3], 0, "visit", "planned", ["iso:FRA", "org:nato"], date(2022, 6, 1))]
    found += [engagement(dated[4], 0, "call", "cancelled", ["iso:JPN"], None)]
    found += [engagement(dated[5], 0, "call", "held", ["iso:JPN"], date(2922, 6, 1))]
    found += [engagement(dated[6], 0, "call", "held", ["iso:KEN"], date(2022, 2, 1)) | {"mention": "recap"}]
    path = tmp_path / "engagements.parquet"
    pq.write_table(pa.Table.from_pylist(found), path)
    without = make_report(dataset, files={k: v for k, v in list_files(dataset).items() if k != "engagements"})
    assert "This dataset has no table engagements" in without
    html = make_report(dataset, files=list_files(dataset) | {"engagements": [str(path)]})
    page = Page(html)
    assert "4 held or under way, 1 planned, 1 cancelled." in page.text
    assert "In no plot, since without a day or years away from any release: 1." in page.text
    head, *body = page.tables["Engagements a quarter by type"]
    assert head == ["quarter", "meeting", "call", "visit", "planned"]
    assert ["2022 Q1", "3", "0", "0", "0"] in body
    assert ["2022 Q2", "0", "0", "0", "1"] in body
    assert page.tables["The partners met most, by quarter"][1:] == [
        ["France", "3", "1", "0"], ["Japan", "1", "0", "1"], ["NATO", "0", "1", "0"],
    ]  # fmt: skip
    assert "&lt;i&gt;AUS – FRA" in html


def test_who_is_named_by_surname_alone_is_nobody_in_particular(tmp_path: Path) -> None:
    found = [release(n, date(2021, 3, 1 + n)) for n in range(3)]
    for row in found[2]["quotes"]:
        row["speaker_name"] = row["speaker"] = "Duarte"
        row["speaker_start"] = row["speaker_raw_start"] = row["speaker_start"] + 6
    for table in ("entities", "roles"):
        for row in found[2][table]:
            row.update({k: "Duarte" for k in ("canonical", "person_name", "person") if row.get(k) == PEOPLE[2]})
            if row["text"].endswith(PEOPLE[2]) and table == "entities":
                row["text"] = "Duarte"
                row["start"] = row["raw_start"] = row["start"] + 6
    publish(tmp_path / "surname", "alpha", found)
    page = Page(make_report(Layout(tmp_path / "surname")))
    assert {row[0] for row in page.tables["The most quoted, from first to last quotation"][1:]} == set(PEOPLE[:2])
    assert "People quoted and named in full: 2." in page.text
    assert "1 quotation of people whom a release names by surname alone" in page.text


def test_people_whose_views_were_never_made(dataset: Layout) -> None:
    files = list_files(dataset) | {"people": [], "person_mentions": []}
    assert "communique views DATASET makes them." in make_report(dataset, files=files)
    assert all(name in make_report(dataset) for name in PEOPLE)
