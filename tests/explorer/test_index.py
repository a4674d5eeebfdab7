"""The index follows the dataset, and an updated one finds what a new one finds."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import explorer.search
from explorer.corpus import Corpus, open_corpus
from explorer.index import update_index
from explorer.search import Search
from explorer.selection import FILTERS, Selection, read_selection
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset
from tests.explorer.builders import CALL, GLUED, RELEASES, VISIT, Release, build, name_people, publish

QUERIES = (
    "",
    "q=drill",
    "q=%22the+drill%22&sort=rank",
    "country=KEN",
    "q=drill&sort=old",
    "from=2023",
    "q=drill+-kenya",
)


def opened(root: Path) -> Corpus:
    corpus = open_corpus(str(root))
    update_index(corpus)
    return corpus


def answers(corpus: Corpus) -> dict[tuple[str, str], object]:
    """All that lists, counts, facets and plots say."""
    search, found = Search(corpus.index), {}
    for table in FILTERS:
        for query in QUERIES:
            one = read_selection(table, query)
            found[table, query] = (
                [(hit.day, hit.doc_id, hit.row) for hit in search.page(one).hits], search.count(one), search.facets(one), search.months(one),
            )  # fmt: skip
    return found


def rebuilt(corpus: Corpus) -> dict[tuple[str, str], object]:
    corpus.index.unlink()
    update_index(corpus)
    return answers(corpus)


def test_an_updated_index_finds_what_a_new_one_finds(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT, CALL], "a" * 16)
    before = answers(opened(root))
    publish(root, [GLUED], "b" * 16)  # come
    name_people(root, [VISIT, GLUED])
    corpus = opened(root)
    added = answers(corpus)
    assert added != before
    assert added == rebuilt(corpus)
    publish(root, [VISIT, replace(CALL, text=CALL.text + " No drill.")], "a" * 16)  # replaced
    corpus = opened(root)
    changed = answers(corpus)
    assert changed != added
    assert changed == rebuilt(corpus)


def test_what_is_indexed_already_is_not_read_again(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT], "a" * 16)
    opened(root)
    publish(root, [CALL, GLUED], "b" * 16)
    reports: list[tuple[int, int]] = []
    update_index(open_corpus(str(root)), lambda done, total: reports.append((done, total)))
    assert reports == [(2, 2)]
    update_index(open_corpus(str(root)), lambda done, total: reports.append((done, total)))
    assert len(reports) == 1


def test_nothing_is_found_of_what_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT, CALL, GLUED], "a" * 16)
    opened(root)
    publish(root, [VISIT, CALL], "a" * 16)
    search = Search(opened(root).index)
    assert search.count(read_selection("documents", "q=mwangi")) == 0
    assert search.count(read_selection("quotes", "")) == 1


@pytest.mark.parametrize("damage", ["text", "other version", "other database"])
def test_an_index_that_will_not_do_is_made_anew(tmp_path: Path, damage: str) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT, CALL])
    corpus = opened(root)
    wanted = answers(corpus)
    if damage == "text":
        corpus.index.write_bytes(b"this is no database" * 500)
    else:
        corpus.index.unlink() if damage == "other database" else None
        with closing(sqlite3.connect(corpus.index)) as db:
            db.executescript("CREATE TABLE other (x); INSERT INTO other VALUES (1);")
            db.execute(f"PRAGMA user_version = {99 if damage == 'other version' else 0}")
    update_index(corpus)
    assert answers(corpus) == wanted


def test_the_index_has_no_copy_of_the_text(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [replace(VISIT, text=VISIT.text + " Zanzibaricum quuxified the harbour")])
    content = opened(root).index.read_bytes()
    assert b"quuxified the harbour" not in content
    assert b"went well," not in content


def test_the_dataset_is_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT])
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    opened(root)
    after = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert {path for path in after if path not in before} == {root / "_explore" / "index.sqlite"}
    assert {path: after[path] for path in before} == before
    assert list(verify_dataset(Layout(root))) == []
    shutil.rmtree(root / "_explore")
    assert list(verify_dataset(Layout(root))) == []


def test_facets_say_what_the_list_has_when_they_are_chosen(corpus: Corpus) -> None:
    search = Search(corpus.index)
    n = 0
    for table in FILTERS:
        for query in QUERIES:
            selection = read_selection(table, query)
            for name, counts in search.facets(selection).items():
                for one in counts:
                    chosen = selection if one.is_on else selection.toggled(name, one.value)
                    assert search.count(chosen) == one.n == len(search.page(chosen).hits), (table, query, name, one)
                    n += 1
    assert n > 40


@pytest.mark.parametrize("sort", ["new", "old", "rank"])
def test_pages_hold_every_row_once_in_order(tmp_path: Path, sort: str) -> None:
    root = tmp_path / "data"
    days = [date(2020, 1, 1 + n % 5) if n % 4 else None for n in range(23)]
    publish(root, [Release(f"Fog bell {n} " + "fog " * (n % 3), day=day) for n, day in enumerate(days)])
    search = Search(opened(root).index)
    selection = read_selection("documents", f"q=fog&sort={sort}")
    whole = [hit.item for hit in search.page(selection, size=100).hits]
    pages, after = [], ""
    while True:
        page = search.page(selection, after, 4)
        pages += page.hits
        if not page.after:
            break
        after = page.after
    assert [hit.item for hit in pages] == whole
    assert len(set(whole)) == 23
    shown = [hit.day for hit in pages]
    if sort == "new":
        assert shown == sorted(shown, reverse=True)
    if sort == "old":
        assert [day for day in shown if day] == sorted(day for day in shown if day)
        assert all(not day for day in shown[-6:])


def test_speakers_are_the_people_of_the_view(corpus: Corpus) -> None:
    search = Search(corpus.index)
    [one] = [c for c in search.facet(Selection("quotes"), "speaker") if c.name == "Anita Rao"]
    assert (one.value, one.n) == ("name:anita-rao", 1)


def test_a_speaker_whom_no_view_knows_goes_by_the_name(tmp_path: Path) -> None:
    root = tmp_path / "data"
    publish(root, [VISIT])
    search = Search(opened(root).index)
    assert [(c.value, c.name) for c in search.facet(Selection("quotes"), "speaker")] == [("as:Anita Rao", "Anita Rao")]
    name_people(root, [VISIT])
    search = Search(opened(root).index)
    assert [c.value for c in search.facet(Selection("quotes"), "speaker")] == ["name:anita-rao"]


def test_a_label_is_nobody(tmp_path: Path) -> None:
    asked = replace(VISIT, text=f"{VISIT.text}\nQ: When is that?", quotes=(*VISIT.quotes, ("Q", "When is that?")))
    publish(tmp_path / "data", [asked])
    search = Search(opened(tmp_path / "data").index)
    assert search.count(Selection("quotes")) == len(asked.quotes)
    assert {c.name for c in search.facet(Selection("quotes"), "speaker")} == {"Anita Rao"}


def test_countries_of_a_quotation_are_those_named_in_it(tmp_path: Path) -> None:
    content = "Kenya and Chile agree"
    release = Release(
        f"“{content},” said Rao. Fiji does not.",
        quotes=(("Rao", content),),
        countries=(("Kenya", "KEN"), ("Chile", "CHL"), ("Fiji", "FJI")),
    )
    publish(tmp_path / "data", [release])
    search = Search(opened(tmp_path / "data").index)
    assert [c.value for c in search.facet(Selection("quotes"), "country")] == ["CHL", "KEN"]
    assert [c.value for c in search.facet(Selection("documents"), "country")] == ["CHL", "FJI", "KEN"]


def test_an_empty_dataset_has_pages(tmp_path: Path) -> None:
    (tmp_path / "data" / "_manifest").mkdir(parents=True)
    corpus = opened(tmp_path / "data")
    assert Search(corpus.index).count(Selection("documents")) == 0


def test_of_two_thirds_the_index_is_made_anew(tmp_path: Path) -> None:
    root = tmp_path / "data"
    corpus = build(root, RELEASES[:3])
    for n in range(3):
        publish(root, [replace(VISIT, text=f"{VISIT.text} {n}")])
        corpus = opened(root)
    with closing(sqlite3.connect(corpus.index)) as db:
        [(known,)] = db.execute("SELECT count(*) FROM documents_words_docsize")
    assert known == 1


def test_of_many_rows_the_newest_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "data"
    publish(root, [Release(f"Fog bell {n}.", day=date(2020 + n, 1, 1)) for n in range(5)])
    monkeypatch.setattr(explorer.search, "MOST", 2)
    search = Search(opened(root).index)
    everything, fog = Selection("documents"), read_selection("documents", "q=fog&sort=rank")
    assert (search.count(fog), search.count_all(fog)) == (3, 5)
    assert search.order_of(fog) == "new"
    assert search.months(fog) == [("2023-01", 1), ("2024-01", 1)]
    assert search.count(everything) == search.count(everything.toggled("source", "generic")) == 5
    assert len(search.months(everything)) == 5
    assert len(list(search.hits(fog))) == 5


def test_rows_are_read_by_their_places(tmp_path: Path) -> None:
    root = tmp_path / "data"
    releases = [Release(f"Fog bell {n}.", day=date(2024 - n % 3, 1, 1 + n)) for n in range(9)]
    publish(root, releases[:5], "a" * 16)
    publish(root, releases[5:], "b" * 16)
    corpus = opened(root)
    hits = Search(corpus.index).page(Selection("documents")).hits
    rows = corpus.take("documents", [(hit.unit, hit.row) for hit in hits], ["doc_id", "text", "later"]).to_pylist()
    assert [row["doc_id"] for row in rows] == [hit.doc_id for hit in hits]
    assert {row["text"] for row in rows} == {release.text for release in releases}
    assert {row["later"] for row in rows} == {None}
