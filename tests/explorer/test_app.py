"""Every page over a hostile dataset: what is text stays text, whoever is foreign is refused, nothing is written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from explorer.app import make_app
from explorer.corpus import Corpus, open_corpus
from explorer.index import update_index
from tests.explorer.builders import CALL, GLUED, HOSTILE, NEW, OLD, RELEASES, VISIT, publish

EVENT = f"/events/event:{VISIT.doc_id}-g00000"
PAGES = (
    "/", "/documents", "/documents?q=kenya&sort=rank", "/documents?q=zzz", "/quotes", "/quotes?q=drill", "/engagements",
    "/engagements?country=KEN&type=visit", "/people", "/people?q=rao", "/people/name:anita-rao", "/countries",
    "/countries/KEN", "/events", "/events?told=two&country=KEN", EVENT, f"/events/event:{HOSTILE.doc_id}-g00000",
    "/figures", "/figures?category=vehicle&act=none", "/figures?q=zzz", "/formulas", "/formulas?replaced=yes&kind=speech",
    f"/formulas/{OLD}", f"/formulas/{NEW}", "/formulas/x",
    *(f"/doc/{one.doc_id}?q=drill&show=entities,quotes,engagements,edits" for one in RELEASES),
    "/sql", "/sql?q=SELECT+text,+title+FROM+documents", "/nothing", "/documents?from=yesterday",
    f"/people/{quote('name:</a><script>alert(4)</script>', safe='')}",
)  # fmt: skip
KNOWN = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "p", "span", "nav", "main", "h1", "h2", "h3",
    "form", "label", "input", "button", "dl", "div", "dt", "dd", "figure", "svg", "rect", "figcaption", "details", "summary",
    "table", "thead", "tbody", "tr", "th", "td", "section", "ol", "ul", "li", "meter", "footer", "kbd", "b", "code", "aside",
    "blockquote", "mark", "sup", "article", "fieldset", "legend", "textarea", "caption", "br", "small",
}  # fmt: skip


class Elements(HTMLParser):
    """Collects the elements of a page, and what could run or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.scripts: list[str | None] = []
        self.leads: list[str] = []
        self.events: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attributes)
        if tag == "script":
            self.scripts.append(values.get("src"))
        self.leads += [str(values[name]) for name in ("href", "src", "action", "formaction") if name in values]
        self.events += [name for name in values if name.startswith("on") or name == "style"]


def elements(text: str) -> Elements:
    found = Elements()
    found.feed(text)
    return found


@pytest.mark.parametrize("address", PAGES)
def test_text_stays_text(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (200, 400, 404)
    found = elements(answer.text)
    assert found.tags <= KNOWN
    assert found.scripts == ["/static/app.js"]
    assert not found.events
    assert all(lead.startswith(("/", "#", "https://")) and not lead.startswith("//") for lead in found.leads), (
        found.leads
    )
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


def test_the_hostile_release_is_shown_as_what_it_is(client: TestClient) -> None:
    page = client.get(f"/doc/{HOSTILE.doc_id}").text
    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in page
    assert '<span class="code">⟨RLO⟩</span>gnp.exe<span class="code">⟨PDF⟩</span>' in page
    assert '<span class="code">⟨NUL⟩</span>' in page
    assert "{{ 7*7 }}" in page
    assert "javascript:alert(5)" in page  # as text: no link leads there


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8642", "10.0.0.1"])
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/documents", headers={"host": host})
    assert answer.status_code == 400
    assert "Visit" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("host", ["127.0.0.1:9999", "localhost:1", "localhost"])
def test_this_machine_is_not(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    for address in ("/documents", "/sql", "/", f"/doc/{VISIT.doc_id}"):
        assert client.request(method, address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/doc/..%2f..%2fetc%2fpasswd",
        "/people/../../etc/passwd", "/export/..%2fdocuments.csv", "/export/rejects.csv", "/export/documents.exe", "/row/documents_words/1",
        "/row/sqlite_master/x", "/doc/%00", "/doc/%ed%a0%80", "/people/%ed%a0%80", "/events/%00", "/countries/%ed%b0%80", "/doc/" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_there(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (404, 400, 405), answer.text[:200]
    assert "root:" not in answer.text
    assert "import " not in answer.text


INJECTED = (
    "' OR 1=1 --",
    "'); DROP TABLE documents; --",
    "documents_words MATCH 'x'",
    "NEAR(",
    "{a b}: c",
    '^"*',
    "%",
    "\x00",
)


@pytest.mark.parametrize("value", INJECTED)
def test_sql_in_parameters_is_a_value(client: TestClient, value: str) -> None:
    word = quote(value)
    for table in ("documents", "quotes", "engagements"):
        names = ("q", "country", "speaker", "type", "kind", "sort", "after")
        assert client.get(f"/{table}?" + "&".join(f"{name}={word}" for name in names)).status_code == 200
    answer = client.get(f"/documents?source={word}")
    assert answer.text.count('class="row"') == (len(RELEASES) if value == "\x00" else 0)
    for address in (
        f"/people?q={word}&country={word}&after={word}", f"/events?country={word}&after={word}",
        f"/figures?q={word}&category={word}&act={word}&source={word}&series={word}&after={word},{word}",
        f"/formulas?q={word}&kind={word}&replaced={word}&after=9,{word}",
    ):  # fmt: skip
        assert client.get(address).status_code == 200
    assert client.get(f"/doc/{VISIT.doc_id}?q={word}&show={word}&at={word}&hit={word}").status_code == 200
    assert client.get("/health").json()["documents"] == len(RELEASES)


def test_a_row_leads_to_its_raw_place(client: TestClient) -> None:
    answer = client.get(f"/row/quotes/{GLUED.doc_id}-q00000")
    start = GLUED.raw.index("the drill would")  # type: ignore[union-attr]
    place = f"r{start}-{start + len('the drill would be held again')}"
    assert answer.headers["location"] == f"/doc/{GLUED.doc_id}?at={place}#{place}"
    page = client.get(answer.headers["location"]).text
    assert re.search(rf'id="{place}"></span><mark class="at', page)
    start = GLUED.text.index("the drill would")
    assert re.search(rf'id="t{start}-{start + 29}"></span><mark class="at', page)


def test_hits_are_marked_and_followed(client: TestClient) -> None:
    first = client.get(f"/doc/{GLUED.doc_id}?q=drill").text
    assert "hit 1 of 2" in first
    assert 'rel="prev"' not in first
    [following] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(following.replace("&amp;", "&")).text
    assert "hit 2 of 2" in second
    assert 'id="h2"></span><mark class="hit now' in second
    assert 'rel="next"' not in second


def test_what_is_shown_can_be_chosen(client: TestClient) -> None:
    address = f"/doc/{VISIT.doc_id}"
    assert re.search('class="[^"]*entity', client.get(address).text)
    without = client.get(f"{address}?show=").text
    assert not re.findall(r'class="[^"]*(entity|quote|engagement)', without)
    assert re.findall(r'class="[^"]*edit', client.get(f"/doc/{GLUED.doc_id}?show=edits").text)


def test_lists_agree_with_their_counts_and_exports(client: TestClient) -> None:
    for address in (
        "/documents?q=drill",
        "/quotes?country=KEN",
        "/engagements?type=visit",
        "/documents?speaker=name:anita-rao",
        "/quotes?q=drill&from=2023",
    ):
        page = client.get(address).text
        listed = page.count('class="row"')
        export = client.get(address.replace("?", ".jsonl?").replace("/", "/export/", 1))
        rows = [json.loads(line) for line in export.text.splitlines()]
        assert len(rows) == listed == int(export.headers["x-rows"]), address
        described = client.get(re.search("<([^>]+)>", export.headers["link"])[1]).json()  # type: ignore[index]
        assert described["rows"] == listed
        for row in rows:
            assert row["doc_id"] in page


def test_a_dataset_without_engagements_says_so(tmp_path: Path) -> None:
    publish(tmp_path / "data", [VISIT])
    corpus = open_corpus(str(tmp_path / "data"))
    update_index(corpus)
    client = TestClient(make_app(corpus), base_url="http://127.0.0.1", follow_redirects=False)
    assert not {"/figures", "/formulas"} & set(elements(client.get("/").text).leads)
    for address in ("/engagements", "/events", "/figures", "/formulas"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert f"This dataset has no {address[1:]}." in answer.text
    assert client.get("/events/x").status_code == 404
    assert client.get("/export/engagements.csv").status_code == 404
    assert client.get("/").status_code == 200
    assert client.get("/sql").status_code == 404


def test_files_that_went_are_said_to(tmp_path: Path) -> None:
    publish(tmp_path / "data", [VISIT])
    corpus = open_corpus(str(tmp_path / "data"))
    update_index(corpus)
    client = TestClient(make_app(corpus), base_url="http://127.0.0.1")
    for path in corpus.files["documents"]:
        Path(path).unlink()
    answer = client.get("/documents")
    assert answer.status_code == 503
    assert "replaced files" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM read_csv('/etc/passwd')", "COPY documents TO '/tmp/x.csv'",
        "CREATE TABLE x (y INT)", "SELECT 1; SELECT 2", "INSTALL httpfs", "LOAD httpfs", "ATTACH '/tmp/x.db'", "SET enable_external_access = true",
        "SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/etc/*')", "PRAGMA database_list", "DROP VIEW documents",
    ],
)  # fmt: skip
def test_a_query_reads_the_dataset_and_nothing_else(client: TestClient, query: str) -> None:
    answer = client.get("/sql", params={"q": query})
    assert answer.status_code == 200
    assert 'class="note"' in answer.text
    assert "root:" not in answer.text


def test_a_query_is_answered(client: TestClient) -> None:
    answer = client.get("/sql", params={"q": "SELECT count(*) AS n, max(title) FROM documents"}).text
    assert '<th scope="col">n</th>' in answer
    assert f">{len(RELEASES)}</td>" in answer


def test_an_event_shows_what_only_one_side_says(client: TestClient) -> None:
    page = client.get(EVENT).text
    assert page.count("not in this text") == 1
    assert ">fishing</td>" in page
    assert f"/row/engagements/{VISIT.doc_id}-g00000" in page
    assert client.get(f"/doc/{CALL.doc_id}").text.count('class="tag"') >= 2


def test_counts_say_since_when_and_where_they_were_corrected(client: TestClient) -> None:
    page = client.get("/figures?category=vessel").text
    assert [n in page for n in (">30", ">41", ">39")] == [True] * 3
    assert page.count("so far") == 3
    assert page.count("corrected from") == 1
    assert "corrected from 41" in page
    assert "up to 3" in client.get("/figures?category=vehicle").text


def test_figures_go_by_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.tables.PAGE", 2)
    days, address = [], "/figures"
    while address:
        page = client.get(address).text
        days += re.findall(r'class="row"><td class="day">([0-9-]+)', page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        address = following[0].replace("&amp;", "&") if following else ""
    assert days == ["2023-07-03", "2023-07-02", "2023-07-01", "2023-06-01"]


def test_a_formula_says_what_took_its_place(client: TestClient) -> None:
    page = client.get(f"/formulas/{OLD}").text
    assert f'href="/formulas/{NEW}"' in page
    assert "went → will" in page
    assert 'href="/people/name:anita-rao"' in page
    assert f"/doc/{VISIT.doc_id}?at=t44-69#t44-69" in page
    assert client.get("/formulas?replaced=yes").text.count('class="row"') == 1


def test_lists_name_facets_in_words(client: TestClient) -> None:
    assert "Kenya" in client.get("/documents").text


def test_a_page_has_at_most_two_thousand_rows(corpus: Corpus) -> None:
    from explorer import search, tables

    assert max(search.PAGE, tables.PAGE) <= 2_000


def test_too_many_marks_are_shown_when_they_are_asked_for(tmp_path: Path) -> None:
    many = replace(VISIT, quotes=(), countries=(("Kenya", "KEN"),) * 2_001)
    publish(tmp_path / "data", [many])
    corpus = open_corpus(str(tmp_path / "data"))
    update_index(corpus)
    client = TestClient(make_app(corpus), base_url="http://127.0.0.1")
    page = client.get(f"/doc/{many.doc_id}").text
    assert "entities 2,001" in page
    assert '<span class="entity">' not in page
    assert '<span class="entity">Kenya</span>' in client.get(f"/doc/{many.doc_id}?show=entities").text
