"""The index beside a dataset: what is filtered and sorted by, and the words of texts, of which it has no copy.

Segments that went are taken out → segments that came are read, a file at a time, one transaction each → who speaks is
set from the views. What is killed goes on where it stopped; what is deleted is made again. Of rows that went, the words
stay until a third are such and everything is made again: without a copy of the text FTS5 cannot forget them, and what
joins no row is never found.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.corpus import Corpus, Row
from explorer.words import TOKENIZE

FORMAT = 1
#: Tables of which a segment's rows are indexed.
INDEXED = ("documents", "entities", "quotes", "engagements")
_ROWS = 2_000
_SCHEMA = f"""
CREATE TABLE units (unit TEXT PRIMARY KEY, files TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (item INTEGER PRIMARY KEY, id TEXT NOT NULL, doc INTEGER NOT NULL, unit TEXT NOT NULL,
    day TEXT NOT NULL, source TEXT, kind TEXT, condition TEXT, uncertain INTEGER, near INTEGER);
CREATE TABLE quotes (item INTEGER PRIMARY KEY, id TEXT NOT NULL, doc INTEGER NOT NULL,
    day TEXT NOT NULL, source TEXT, type TEXT, speaker TEXT, said_by TEXT);
CREATE TABLE engagements (item INTEGER PRIMARY KEY, id TEXT NOT NULL, doc INTEGER NOT NULL,
    day TEXT NOT NULL, source TEXT, type TEXT, status TEXT, level TEXT, mention TEXT);
CREATE TABLE tags (list TEXT, value TEXT, item INTEGER, PRIMARY KEY (list, value, item)) WITHOUT ROWID;
CREATE TABLE speakers (key TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE INDEX documents_unit ON documents (unit);
CREATE INDEX quotes_doc ON quotes (doc);
CREATE INDEX quotes_speaker ON quotes (speaker, day);
CREATE INDEX engagements_doc ON engagements (doc);
CREATE INDEX tags_item ON tags (list, item, value);
CREATE VIRTUAL TABLE documents_words USING fts5 (title, text, content='', tokenize='{TOKENIZE}');
CREATE VIRTUAL TABLE quotes_words USING fts5 (text, content='', tokenize='{TOKENIZE}');
CREATE VIRTUAL TABLE engagements_words USING fts5 (text, content='', tokenize='{TOKENIZE}');
""" + "".join(
    f"CREATE UNIQUE INDEX {table}_id ON {table} (id);"
    f"CREATE INDEX {table}_new ON {table} (day DESC, id);"
    f"CREATE INDEX {table}_source ON {table} (source, day DESC, id);"
    for table in ("documents", "quotes", "engagements")
)

Report = Callable[[int, int], None]
Values = tuple[object, ...]


def update_index(corpus: Corpus, report: Report = lambda done, total: None) -> None:
    """Bring the index of a dataset to its commit; make it where there is none or an unreadable one.

    Args:
        corpus: The dataset.
        report: Called with the documents that have been indexed and those there are to index.
    """
    corpus.index.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not _update(corpus, report):
            _start_anew(corpus.index)
            _update(corpus, report)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise
        _start_anew(corpus.index)
        _update(corpus, report)


def _start_anew(path: Path) -> None:
    for name in (path.name, f"{path.name}-journal"):
        (path.parent / name).unlink(missing_ok=True)


def _update(corpus: Corpus, report: Report) -> bool:
    """Update; return False where the index is better made anew."""
    with closing(sqlite3.connect(corpus.index, timeout=60)) as db:
        db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;")
        [(version,)] = db.execute("PRAGMA user_version")
        if version not in (0, FORMAT):
            return False
        if version == 0:
            if db.execute("SELECT 1 FROM sqlite_master").fetchone():
                return False
            db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
        wanted = {unit: _digest(files) for unit, files in corpus.units.items() if "documents" in files}
        there = dict(db.execute("SELECT unit, files FROM units"))
        gone = [unit for unit, files in there.items() if wanted.get(unit) != files]
        if gone:
            _remove(db, gone)
            if _is_mostly_stale(db):
                return False
        come = [unit for unit, files in wanted.items() if there.get(unit) != files]
        total = sum(pq.read_metadata(p).num_rows for unit in come for p in corpus.units[unit]["documents"])
        done = 0
        for unit in come:
            with db:
                for n in _add(db, unit, corpus.units[unit], wanted[unit]):
                    done += n
                    report(done, total)
        if come and not there:
            for table in ("documents", "quotes", "engagements"):
                db.execute(f"INSERT INTO {table}_words ({table}_words) VALUES ('optimize')")
            db.commit()
        _name_speakers(db, corpus)
        if come or gone:
            db.execute("ANALYZE")
            db.commit()
    return True


def _digest(files: Mapping[str, Iterable[str]]) -> str:
    names = [Path(path).name for table in INDEXED for path in files.get(table, ())]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _remove(db: sqlite3.Connection, units: Iterable[str]) -> None:
    with db:
        db.execute("CREATE TEMP TABLE gone (doc INTEGER PRIMARY KEY)")
        for unit in units:
            db.execute("INSERT INTO gone SELECT doc FROM documents WHERE unit = ?", (unit,))
            db.execute("DELETE FROM units WHERE unit = ?", (unit,))
        for table in ("documents", "quotes", "engagements"):
            items = f"SELECT item FROM {table} WHERE doc IN (SELECT doc FROM gone)"
            db.execute(f"DELETE FROM tags WHERE list = '{table}' AND item IN ({items})")
            db.execute(f"DELETE FROM {table} WHERE doc IN (SELECT doc FROM gone)")
        db.execute("DROP TABLE gone")


def _is_mostly_stale(db: sqlite3.Connection) -> bool:
    [(known,)] = db.execute("SELECT count(*) FROM documents_words_docsize")
    [(live,)] = db.execute("SELECT count(*) FROM documents")
    return bool(known and live * 3 < known * 2)


def _add(db: sqlite3.Connection, unit: str, files: Mapping[str, list[str]], digest: str) -> Iterator[int]:
    """Index a segment. Yields how many documents were."""
    docs: dict[str, tuple[int, str, str]] = {}  # by doc_id: item, day, source
    values: list[Values]
    words: list[Values]
    tags: list[tuple[str, int]]
    item = _next_item(db, "documents")
    for rows in _read(files.get("documents", ()), _DOCUMENT):
        values, words = [], []
        for row in rows:
            day, title = str(row["published_on"] or ""), row["title"] or ""
            docs[row["doc_id"]] = (item, day, row["source_id"])
            values.append(
                (item, row["doc_id"], item, unit, day, row["source_id"], row["kind"], row["text_condition"],
                 row["is_uncertain"], row["near_duplicate_of"] is not None)
            )  # fmt: skip
            words.append((item, title, row["text"]))
            item += 1
        _insert(db, "documents", values)
        _insert(db, "documents_words (rowid, title, text)", words)
        yield len(rows)
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for rows in _read(files.get("entities", ()), ("doc_id", "canonical_id", "start"), _names_country):
        for row in rows:
            places[row["doc_id"]].append((row["start"], row["canonical_id"].removeprefix("iso:")))
    _tag(db, "documents", ((code, docs[doc][0]) for doc, found in places.items() for _, code in found))
    item = _next_item(db, "quotes")
    for rows in _read(files.get("quotes", ()), _QUOTE):
        values, words, tags = [], [], []
        for row in rows:
            doc, day, source = docs[row["doc_id"]]
            values.append((item, row["quote_id"], doc, day, source, row["type"], None, row["speaker_name"]))
            words.append((item, row["text"]))
            inside = (code for at, code in places[row["doc_id"]] if row["start"] <= at < row["end"])
            tags += [(code, item) for code in inside]
            item += 1
        _insert(db, "quotes", values)
        _insert(db, "quotes_words (rowid, text)", words)
        _tag(db, "quotes", tags)
    item = _next_item(db, "engagements")
    for rows in _read(files.get("engagements", ()), _ENGAGEMENT):
        values, words, tags = [], [], []
        for row in rows:
            doc, published, source = docs[row["doc_id"]]
            day = str(row["date_start"] or published)[:10]
            values.append(
                (item, row["engagement_id"], doc, day, source, row["type"], row["status"], row["level"], row["mention"])
            )
            people = " ".join(str(one.get("name") or "") for one in row["participants"] or ())
            words.append((item, " ".join(filter(None, (row["text"], row["name"], row["place"], people)))))
            tags += [(side.removeprefix("iso:"), item) for side in row["country_ids"] or ()]
            item += 1
        _insert(db, "engagements", values)
        _insert(db, "engagements_words (rowid, text)", words)
        _tag(db, "engagements", tags)
    db.execute("INSERT INTO units VALUES (?, ?)", (unit, digest))


_DOCUMENT = (
    "doc_id", "published_on", "title", "source_id", "kind", "text_condition", "is_uncertain", "near_duplicate_of",
    "text",
)  # fmt: skip
_QUOTE = ("doc_id", "quote_id", "type", "text", "start", "end", "speaker_name")
_ENGAGEMENT = (
    "doc_id", "engagement_id", "type", "status", "level", "mention", "date_start", "text", "name", "place",
    "participants", "country_ids",
)  # fmt: skip


def _names_country(rows: pa.RecordBatch) -> pa.Array:
    return pc.starts_with(rows["canonical_id"], "iso:")


def _read(
    files: Iterable[str], columns: tuple[str, ...], wanted: Callable[[pa.RecordBatch], pa.Array] | None = None
) -> Iterator[list[Row]]:
    """Yield the rows of files, or those that are wanted; a column that a file lacks is null."""
    for path in files:
        with pq.ParquetFile(path) as source:
            there = [name for name in columns if name in source.schema_arrow.names]
            lacking = dict.fromkeys(set(columns) - set(there))
            for batch in source.iter_batches(batch_size=_ROWS, columns=there):
                rows = batch.filter(wanted(batch)) if wanted else batch
                yield [{**lacking, **row} for row in rows.to_pylist()]


def _next_item(db: sqlite3.Connection, table: str) -> int:
    """Return a number that no row has had: of those that went, words are left."""
    [(last,)] = db.execute(f"SELECT max(id) FROM {table}_words_docsize")
    return int(last or 0) + 1


def _insert(db: sqlite3.Connection, into: str, rows: Sequence[Values]) -> None:
    if rows:
        db.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _tag(db: sqlite3.Connection, table: str, pairs: Iterable[tuple[str, int]]) -> None:
    db.executemany(f"INSERT OR IGNORE INTO tags VALUES ('{table}', ?, ?)", sorted(set(pairs)))


def _name_speakers(db: sqlite3.Connection, corpus: Corpus) -> None:
    """Set who says a quotation: the person's key, `as:` and the name where no view knows the person, else null."""
    units = [unit for (unit,) in db.execute("SELECT files FROM units ORDER BY unit")]
    views = [path for name in ("people", "person_mentions") for path in corpus.files.get(name, ())]
    made_from = hashlib.sha256("\n".join([*units, *(Path(v).name for v in views)]).encode()).hexdigest()
    if db.execute("SELECT 1 FROM meta WHERE key = 'speakers' AND value = ?", (made_from,)).fetchone():
        return
    with db:
        db.execute("CREATE TEMP TABLE person_of (id TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID")
        for rows in _read(corpus.files.get("person_mentions", ()), ("quote_id", "person_key")):
            pairs = [(row["quote_id"], row["person_key"]) for row in rows if row["quote_id"]]
            db.executemany("INSERT OR IGNORE INTO person_of VALUES (?, ?)", pairs)
        said = "coalesce((SELECT key FROM person_of p WHERE p.id = quotes.id), 'as:' || said_by)"
        db.execute(f"UPDATE quotes SET speaker = {said} WHERE speaker IS NOT {said}")
        db.execute("DELETE FROM speakers")
        for rows in _read(corpus.files.get("people", ()), ("person_key", "name")):
            db.executemany("INSERT INTO speakers VALUES (?, ?)", [(row["person_key"], row["name"]) for row in rows])
        db.execute("DROP TABLE person_of")
        db.execute("INSERT OR REPLACE INTO meta VALUES ('speakers', ?)", (made_from,))
