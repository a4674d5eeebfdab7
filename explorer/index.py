"""The index beside a dataset: what is filtered and sorted by, and the words of texts, of which it has no copy.

Segments that went are taken out → segments that came are read, some thousand documents a transaction → who speaks is
set from the views → rows are counted by what they are filtered by. What is killed goes on where it stopped; what is
deleted is made again. Of rows that went, the words stay until a third are such and everything is made again: without a
copy of the text FTS5 cannot forget them, and what joins no row is never found.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.corpus import Corpus, Row
from explorer.selection import FILTERS
from explorer.words import TOKENIZE, to_token

FORMAT = 3
#: Tables of which a segment's rows are indexed.
INDEXED = ("documents", "entities", "quotes", "engagements")
_ROWS = 2_000
_NAMED = frozenset({"person", "institution"})
_SCHEMA = f"""
CREATE TABLE units (unit INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, files TEXT NOT NULL);
CREATE TABLE documents (item INTEGER PRIMARY KEY, id TEXT NOT NULL, unit INTEGER NOT NULL, row INTEGER NOT NULL,
    source TEXT, kind TEXT, condition TEXT, uncertain INTEGER, near INTEGER, countries TEXT);
CREATE TABLE quotes (item INTEGER PRIMARY KEY, doc INTEGER NOT NULL, row INTEGER NOT NULL, source TEXT, type TEXT,
    speaker INTEGER, said_by INTEGER, countries TEXT, id TEXT NOT NULL);
CREATE TABLE engagements (item INTEGER PRIMARY KEY, doc INTEGER NOT NULL, row INTEGER NOT NULL, source TEXT, type TEXT,
    status TEXT, level TEXT, mention TEXT, countries TEXT);
CREATE TABLE speakers (speaker INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT);
CREATE TABLE totals (list TEXT, name TEXT, value TEXT, n INTEGER, PRIMARY KEY (list, name, value)) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE documents_words USING fts5 (title, text, countries, content='', tokenize='{TOKENIZE}');
CREATE VIRTUAL TABLE quotes_words USING fts5 (text, countries, content='', tokenize='{TOKENIZE}');
CREATE VIRTUAL TABLE engagements_words USING fts5 (text, countries, content='', tokenize='{TOKENIZE}');
""" + "".join(f"INSERT INTO {table}_words ({table}_words, rank) VALUES ('hashsize', 16777216);" for table in FILTERS)
#: What is made when all rows are there.
_INDEXES = {
    "documents": ("id", "unit", "source", "kind", "condition"),
    "quotes": ("doc", "source", "type", "speaker, doc"),
    "engagements": ("doc", "source", "type", "status"),
}
_COMMIT = 25_000  # documents
#: An item is a row's day and its number in that day, of which it has four million: the order of items is that of days.
BITS = 22
_UNDATED = 1 << 10  # days that undated rows have room of

Report = Callable[[int, int], None]
Values = tuple[object, ...]
#: A row's values, item first; its countries; what is searched of it.
Entry = tuple[Values, set[str], Values]


def first_item(day: date | None) -> int:
    """Return the first item of a day, or of none: those come before all days.

    Example:
        >>> first_item(None), day_of(first_item(date(2024, 5, 17)) + 3), day_of(3)
        (0, '2024-05-17', '')
    """
    return 0 if day is None else (day.toordinal() + _UNDATED) << BITS


def day_of(item: int) -> str:
    """Return the day of an item by ISO 8601; empty: none."""
    ordinal = (item >> BITS) - _UNDATED
    return date.fromordinal(ordinal).isoformat() if ordinal > 0 else ""


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
        there = dict(db.execute("SELECT id, files FROM units"))
        gone = [unit for unit, files in there.items() if wanted.get(unit) != files]
        if gone:
            _remove(db, gone)
            if _is_mostly_stale(db):
                return False
        come = [unit for unit, files in wanted.items() if there.get(unit) != files]
        total = sum(pq.read_metadata(p).num_rows for unit in come for p in corpus.units[unit]["documents"])
        done = kept = 0
        for unit in come:
            for n in _add(db, unit, corpus.units[unit], wanted[unit]):
                done += n
                report(done, total)
            if done - kept >= _COMMIT:
                db.commit()
                kept = done
        db.commit()
        if come and not there:
            for table in FILTERS:
                db.execute(f"INSERT INTO {table}_words ({table}_words) VALUES ('optimize')")
            db.commit()
        state = _state(db, corpus)
        if not db.execute("SELECT 1 FROM meta WHERE key = 'state' AND value = ?", (state,)).fetchone():
            with db:
                _name_speakers(db, corpus)
                for table, columns in _INDEXES.items():
                    for of in columns:
                        name = f"{table}_{of.partition(',')[0]}"
                        db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({of})")
                _add_up(db)
                db.execute("INSERT OR REPLACE INTO meta VALUES ('state', ?)", (state,))
            db.executescript("PRAGMA analysis_limit = 1000; ANALYZE;")
            db.commit()
    return True


def _state(db: sqlite3.Connection, corpus: Corpus) -> str:
    """Return a hash of what who speaks, and totals, are made from."""
    units = [unit for (unit,) in db.execute("SELECT files FROM units ORDER BY id")]
    views = [path for name in ("people", "person_mentions") for path in corpus.files.get(name, ())]
    return hashlib.sha256("\n".join([*units, *(Path(view).name for view in views)]).encode()).hexdigest()


def _digest(files: Mapping[str, Iterable[str]]) -> str:
    names = [Path(path).name for table in INDEXED for path in files.get(table, ())]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _remove(db: sqlite3.Connection, units: Iterable[str]) -> None:
    with db:
        db.execute("CREATE TEMP TABLE gone (item INTEGER PRIMARY KEY)")
        for unit in units:
            of_unit = "unit = (SELECT unit FROM units WHERE id = ?)"
            db.execute(f"INSERT INTO gone SELECT item FROM documents WHERE {of_unit}", (unit,))
            db.execute("DELETE FROM units WHERE id = ?", (unit,))
        for table in FILTERS:
            db.execute(
                f"DELETE FROM {table} WHERE {'item' if table == 'documents' else 'doc'} IN (SELECT item FROM gone)"
            )
        db.execute("DROP TABLE gone")


def _is_mostly_stale(db: sqlite3.Connection) -> bool:
    [(known,)] = db.execute("SELECT count(*) FROM documents_words_docsize")
    [(live,)] = db.execute("SELECT count(*) FROM documents")
    return bool(known and live * 3 < known * 2)


class _Items:
    """Numbers that no row of a table has had: of those that went, words are left.

    Args:
        db: The index.
        table: A key of `FILTERS`.
    """

    def __init__(self, db: sqlite3.Connection, table: str) -> None:
        self._db, self._next = db, dict[int, int]()
        self._query = f"SELECT max(id) FROM {table}_words_docsize WHERE id >= ? AND id < ?"

    def take(self, day: date | None) -> int:
        """Return the next number of a day."""
        first = first_item(day)
        if first not in self._next:
            end = first_item(date.min) if day is None else first + (1 << BITS)
            [(last,)] = self._db.execute(self._query, (first, end))
            self._next[first] = first if last is None else last + 1
        self._next[first] += 1
        return self._next[first] - 1


def _add(db: sqlite3.Connection, unit: str, files: Mapping[str, list[str]], digest: str) -> Iterator[int]:
    """Index a segment. Yields how many documents were."""
    number = db.execute("INSERT INTO units (id, files) VALUES (?, ?)", (unit, digest)).lastrowid
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for _, rows in _read(files.get("entities", ()), ("doc_id", "canonical_id", "start"), _names_country):
        for row in rows:
            places[row["doc_id"]].append((row["start"], row["canonical_id"].removeprefix("iso:")))
    docs: dict[str, tuple[int, date | None, str]] = {}  # by doc_id: item, day, source
    items = _Items(db, "documents")
    for at, rows in _read(files.get("documents", ()), _DOCUMENT):
        found: list[Entry] = []
        for n, row in enumerate(rows, at):
            day = row["published_on"]
            item = items.take(day)
            docs[row["doc_id"]] = (item, day, row["source_id"])
            values: Values = (
                item, row["doc_id"], number, n, row["source_id"], row["kind"], row["text_condition"],
                row["is_uncertain"], row["near_duplicate_of"] is not None,
            )  # fmt: skip
            codes = {code for _, code in places[row["doc_id"]]}
            found.append((values, codes, (row["title"] or "", row["text"])))
        _insert(db, "documents", "?, ?, ?, ?, ?, ?, ?, ?, ?, ?", found)
        yield len(rows)
    items = _Items(db, "quotes")
    for at, rows in _read(files.get("quotes", ()), _QUOTE):
        found = []
        for n, row in enumerate(rows, at):
            doc, day, source = docs[row["doc_id"]]
            # Who is only called by a label or an office (`Q`, `Answer`, `a spokesman`) is many.
            is_named = row["speaker_name"] is not None and row["speaker_kind"] in _NAMED
            said_by = f"as:{row['speaker_name']}" if is_named else None
            codes = {code for place, code in places[row["doc_id"]] if row["start"] <= place < row["end"]}
            values = (items.take(day), doc, n, source, row["type"], row["quote_id"], said_by)
            found.append((values, codes, (row["text"],)))
        db.executemany("INSERT OR IGNORE INTO speakers (key) VALUES (?)", [v[-1:] for v, *_ in found if v[-1]])
        said = "(SELECT speaker FROM speakers WHERE key = ?7)"
        _insert(db, "quotes", f"?1, ?2, ?3, ?4, ?5, {said}, {said}, ?8, ?6", found)
    items = _Items(db, "engagements")
    for at, rows in _read(files.get("engagements", ()), _ENGAGEMENT):
        found = []
        for n, row in enumerate(rows, at):
            doc, published, source = docs[row["doc_id"]]
            item = items.take(row["date_start"] or published)
            values = (item, doc, n, source, row["type"], row["status"], row["level"], row["mention"])
            people = " ".join(str(one.get("name") or "") for one in row["participants"] or ())
            said = " ".join(filter(None, (row["text"], row["name"], row["place"], people)))
            found.append((values, {side.removeprefix("iso:") for side in row["country_ids"] or ()}, (said,)))
        _insert(db, "engagements", "?, ?, ?, ?, ?, ?, ?, ?, ?", found)


def _insert(db: sqlite3.Connection, table: str, marks: str, rows: list[Entry]) -> None:
    """Insert rows in the order of items: otherwise FTS5 writes a segment for each that comes late."""
    rows.sort(key=itemgetter(0))
    listed = [(values, " ".join(sorted(codes)), said) for values, codes, said in rows]
    db.executemany(f"INSERT INTO {table} VALUES ({marks})", [(*values, codes) for values, codes, _ in listed])
    names, texts = ("title, text", "?, ?") if table == "documents" else ("text", "?")
    query = f"INSERT INTO {table}_words (rowid, {names}, countries) VALUES (?, {texts}, ?)"
    db.executemany(query, [(v[0], *said, " ".join(map(to_token, codes.split()))) for v, codes, said in listed])


_DOCUMENT = (
    "doc_id", "published_on", "title", "source_id", "kind", "text_condition", "is_uncertain", "near_duplicate_of",
    "text",
)  # fmt: skip
_QUOTE = ("doc_id", "quote_id", "type", "text", "start", "end", "speaker_name", "speaker_kind")
_ENGAGEMENT = (
    "doc_id", "engagement_id", "type", "status", "level", "mention", "date_start", "text", "name", "place",
    "participants", "country_ids",
)  # fmt: skip


def _names_country(rows: pa.RecordBatch) -> pa.Array:
    return pc.starts_with(rows["canonical_id"], "iso:")


def _read(
    files: Iterable[str], columns: tuple[str, ...], wanted: Callable[[pa.RecordBatch], pa.Array] | None = None
) -> Iterator[tuple[int, list[Row]]]:
    """Yield the rows of files, or those that are wanted, and the rows before; a column that a file lacks is null."""
    at = 0
    for path in files:
        with pq.ParquetFile(path) as source:
            there = [name for name in columns if name in source.schema_arrow.names]
            lacking = dict.fromkeys(set(columns) - set(there))
            for batch in source.iter_batches(batch_size=_ROWS, columns=there):
                rows = batch.filter(wanted(batch)) if wanted else batch
                yield at, [{**lacking, **row} for row in rows.to_pylist()]
                at += len(batch)


def _name_speakers(db: sqlite3.Connection, corpus: Corpus) -> None:
    """Set who says a quotation: the person's key, `as:` and the name where no view knows the person, else null."""
    db.execute("UPDATE speakers SET name = NULL WHERE name IS NOT NULL")
    for _, rows in _read(corpus.files.get("people", ()), ("person_key", "name")):
        known = "ON CONFLICT (key) DO UPDATE SET name = excluded.name"
        names = [(row["person_key"], row["name"]) for row in rows]
        db.executemany(f"INSERT INTO speakers (key, name) VALUES (?, ?) {known}", names)
    db.execute("CREATE TEMP TABLE person_of (id TEXT PRIMARY KEY, speaker INTEGER) WITHOUT ROWID")
    for path in corpus.files.get("person_mentions", ()):
        said = pq.read_table(path, columns=["quote_id", "person_key"]).drop_null().sort_by("quote_id")
        keys = pc.unique(said["person_key"]).to_pylist()
        db.executemany("INSERT OR IGNORE INTO speakers (key) VALUES (?)", [(key,) for key in keys])
        numbers = dict(db.execute("SELECT key, speaker FROM speakers"))
        ids, people = (said[name].to_pylist() for name in ("quote_id", "person_key"))
        pairs = zip(ids, (numbers[key] for key in people), strict=True)
        db.executemany("INSERT OR IGNORE INTO person_of VALUES (?, ?)", pairs)
    speaker = "coalesce(p.speaker, q.said_by)"
    changed = f"FROM quotes q LEFT JOIN person_of p ON p.id = q.id WHERE q.speaker IS NOT {speaker}"
    found = db.execute(f"SELECT {speaker}, q.item {changed}").fetchall()
    db.executemany("UPDATE quotes SET speaker = ? WHERE item = ?", found)
    db.execute("DROP TABLE person_of")


def _add_up(db: sqlite3.Connection) -> None:
    """Count the rows that each value of each filter and each month has, and all."""
    db.execute("DELETE FROM totals")
    for table, filters in FILTERS.items():
        for name in filters:
            found = f"{name} AS value, count(*) AS n FROM {table} WHERE {name} IS NOT NULL"
            if name == "country":
                codes = Counter(
                    code for (all_,) in db.execute(f"SELECT countries FROM {table}") for code in all_.split()
                )
                rows = [(table, code, n) for code, n in codes.items()]
                db.executemany("INSERT INTO totals VALUES (?, 'country', ?, ?)", rows)
                continue
            if name == "speaker":
                counted = "DISTINCT doc" if table == "documents" else "*"
                by = f"SELECT speaker, count({counted}) AS n FROM quotes GROUP BY speaker"
                found = f"key AS value, n FROM ({by}) JOIN speakers USING (speaker)"
            db.execute(f"INSERT INTO totals SELECT '{table}', '{name}', {found} GROUP BY value")
        db.execute(f"INSERT INTO totals SELECT '{table}', 'all', '', count(*) FROM {table}")
        months: dict[str, int] = {}
        for day, n in db.execute(f"SELECT item >> {BITS}, count(*) FROM {table} GROUP BY 1"):
            month = day_of(day << BITS)[:7]
            months[month] = months.get(month, 0) + n
        rows = [(table, month, n) for month, n in months.items() if month]
        db.executemany("INSERT INTO totals VALUES (?, 'month', ?, ?)", rows)
