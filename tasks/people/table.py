"""From published tables to the views people and person_mentions.

Order: piece by piece, the people of each document and the rows that speak of them → over all pieces, which people are
one → a key for every row, rows sorted by it → one person after the other.

Complexity: O(n log n) in rows, for the sorting. What is kept of a document are its rows' ids and offices, as Arrow
columns; of names, each different one with its id and country once. Texts are never read.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tasks.names import PersonName, fold, read_name
from tasks.people.documents import Mention, Person, Statement, find_apart, find_people
from tasks.people.join import Link, Profile, Titles, join_people
from tasks.people.lexicon import countries_of_organisations, known_people, known_posts
from tasks.people.offices import Office, list_offices
from tasks.people.posts import Post, read_post
from tasks.schemas import PEOPLE, PERSON_MENTIONS
from tasks.tables import Row, rows_by_document, rows_of


def _strings(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


#: What is read of the published tables.
READ: Mapping[str, pa.Schema] = {
    "documents": pa.schema([*_strings("doc_id"), ("published_on", pa.date32())]),
    "entities": pa.schema(_strings("doc_id", "entity_id", "label", "text", "canonical", "canonical_id")),
    "quotes": pa.schema(_strings("doc_id", "quote_id", "speaker_name", "speaker_kind", "speaker_entity_id", "within",
                                "speaker_title", "speaker_affiliation")),
    "roles": pa.schema(
        _strings(
            "doc_id", "role_id", "person_name", "person_id", "person_entity_id", "title", "qualifier", "organisation",
            "organisation_id", "country_id", "method",
        )
    ),
}  # fmt: skip

_OFFICE = ("title", "qualifier", "organisation", "organisation_id", "country_id")
#: A row that speaks of a person: whose number or, without a full name, whose key.
_STATEMENTS = pa.schema(
    [
        ("number", pa.int32()),
        *_strings("own_key", "doc_id", "quote_id", "within", "role_id", *_OFFICE),
        ("day", pa.date32()),
    ]
)
#: A name as written, in how many documents, and in how many of them as the fullest.
_FORMS = pa.schema(
    [("number", pa.int32()), *_strings("own_key", "form"), ("written", pa.int32()), ("full", pa.int32())]
)
_SORT = ("person_key", "doc_id", "quote_id", "role_id")
_CHUNK = 10_000  # people that are described before they become a part of the table
_ROWS = 50_000  # rows that are Python objects at a time


def make_people(pieces: Iterable[Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
    """Return the views over all people of a dataset.

    Args:
        pieces: Tables by name with the columns of READ; the rows of a document are in one piece.

    Returns:
        people and person_mentions, with their schemas, sorted; the order of the pieces does not matter.
    """
    found = _Found()
    statements, forms = [_STATEMENTS.empty_table()], [_FORMS.empty_table()]
    for piece in pieces:
        for tables, table in zip((statements, forms), found.read(piece), strict=True):
            tables.append(table)
    keys = found.keys()
    rows = _with_keys(statements, keys).sort_by([(name, "ascending") for name in _SORT])
    statements.clear()
    written = _with_keys(forms, keys).group_by(["person_key", "form"], use_threads=False)
    names = written.aggregate([("written", "sum"), ("full", "sum")])
    names = names.sort_by([("person_key", "ascending"), ("written_sum", "descending"), ("form", "ascending")])
    return {
        "people": _table(_describe_people(rows, names)),
        "person_mentions": rows.select(PERSON_MENTIONS.names).cast(PERSON_MENTIONS),
    }


class _Number(NamedTuple):
    """What statements are numbered by: whose they are and, on a part of the name, the offices that go with it."""

    profile: Profile
    part: PersonName | None = None
    titles: frozenset[str] = frozenset()


class _Share(NamedTuple):
    """Statements of a document that have one key: the number's or, if that has none, their own."""

    number: int | None
    own_key: str | None
    places: Sequence[int]
    forms: Sequence[str]


class _Found:
    """What the pieces say together of people."""

    def __init__(self) -> None:
        self._numbers: dict[_Number, int] = {}
        self._counts: Counter[Profile] = Counter()
        self._days: dict[Profile, array[int]] = {}
        self._titles: dict[Profile, set[str]] = {}
        self._links: set[Link] = set()
        self._apart: set[Link] = set()
        self._mentioned: set[Profile] = set()

    def read(self, piece: Mapping[str, pa.Table]) -> tuple[pa.Table, pa.Table]:
        """Read a piece, and return its rows of _STATEMENTS and _FORMS."""
        days = dict(zip(*(piece["documents"][name].to_pylist() for name in READ["documents"].names), strict=True))
        mentions = rows_by_document(piece["entities"].filter(pc.equal(piece["entities"]["label"], "PERSON")))
        quotes = rows_by_document(piece["quotes"].filter(pc.equal(piece["quotes"]["speaker_kind"], "person")))
        roles = rows_by_document(piece["roles"])
        rows: list[Row] = []
        forms: dict[tuple[int | None, str | None, str], list[int]] = {}
        for doc_id in sorted(quotes.keys() | roles.keys()):
            stated = [*quotes.get(doc_id, ()), *roles.get(doc_id, ())]
            people = find_people([_mention(row) for row in mentions.get(doc_id, ())], [_statement(r) for r in stated])
            self._apart |= find_apart(people)
            for person in people:
                for share in self._share(person, doc_id, days.get(doc_id), stated):
                    own = {"number": share.number, "own_key": share.own_key, "day": days.get(doc_id)}
                    rows += ({name: stated[i].get(name) for name in _STATEMENTS.names} | own for i in share.places)
                    for form in share.forms:
                        count = forms.setdefault((share.number, share.own_key, form), [0, 0])
                        count[0] += 1
                        count[1] += form == person.name_as_written
        written = [dict(zip(_FORMS.names, (*key, *count), strict=True)) for key, count in forms.items()]
        return pa.Table.from_pylist(rows, schema=_STATEMENTS), pa.Table.from_pylist(written, schema=_FORMS)

    def _share(self, person: Person, doc_id: str, day: date | None, stated: Sequence[Row]) -> Iterator[_Share]:
        """Yield the statements of a person, apart those on a part of the name that may be another's."""
        person_id = known_people().find(person.name, person.person_id)
        if not person.name.is_full:
            if person.is_mentioned:
                yield _Share(None, person_id or _own_key(person.name, doc_id), person.statements, person.forms)
            return
        named = [i for i in person.statements if i not in person.loose]
        profile = Profile(person.name, person_id, person.country, _posts(stated[i] for i in named))
        self._counts[profile] += 1
        if profile.posts and day is not None:
            self._days.setdefault(profile, array("l")).append(day.toordinal())
        self._links |= {(other.key, person.name.key) for other in person.others}
        if person.is_mentioned:
            self._mentioned.add(profile)
        self._titles.setdefault(profile, set()).update(*(_words(stated[i]) for i in named))
        titles = frozenset[str]().union(*(_words(stated[i]) for i in person.loose))
        part = read_name(person.part) if person.part and titles else None
        if part is None or person.part is None:
            yield _Share(self._number(profile), None, person.statements, person.forms)
            return
        if named:
            full = [form for form in person.forms if form != person.part]
            yield _Share(self._number(profile), None, named, full)
        yield _Share(self._number(profile, part, titles), _own_key(part, doc_id), person.loose, (person.part,))

    def _number(self, *values: Any) -> int:
        return self._numbers.setdefault(_Number(*values), len(self._numbers))

    def keys(self) -> pa.Array:
        """Return the key of each number; null where its statements have their own, or are nobody's.

        They are nobody's if no mention anywhere, nor the lexicon, says that the name is a person's.
        """
        keys = join_people(
            self._counts, self._links, self._apart, known_people().country, known_posts().get, self._days
        )
        people = {key for profile, key in keys.items() if profile.person_id or profile in self._mentioned}
        titles = Titles((keys[profile], profile.name, words) for profile, words in self._titles.items())
        found: list[str | None] = []
        for profile, part, words in self._numbers:
            key = keys[profile]
            is_another = part is not None and titles.contradict(key, part, words)
            found.append(key if key in people and not is_another else None)
        return pa.array(found, pa.string())


def _own_key(name: PersonName, doc_id: str) -> str:
    return f"name:{str(name).replace(' ', '-')}@{doc_id}"


def _words(row: Row) -> set[str]:
    """Return the words of a stated office that say what it is."""
    return {word for word in fold(row.get("title") or "").split() if len(word) > 3}


def _posts(rows: Iterable[Row]) -> tuple[Post, ...]:
    """Return the posts that rows state, sorted."""
    stated = {
        (row["speaker_title"], None, row["speaker_affiliation"])
        if "quote_id" in row
        else (row["title"], row["qualifier"], row["organisation"])
        for row in rows
    }
    posts = {read_post(*office) for office in stated if office[0]}
    return tuple(sorted(post for post in posts if post is not None))


def _mention(row: Row) -> Mention:
    return Mention(row["entity_id"], row["text"], row["canonical"] or row["text"], row["canonical_id"])


def _statement(row: Row) -> Statement:
    if "quote_id" in row:
        return Statement(row["speaker_name"] or "", row["speaker_entity_id"])
    country = row["country_id"] or countries_of_organisations().get(row["organisation_id"])
    if row["method"] != "rule:before" and known_people().country(_known(row)) not in (None, country):
        country = None  # `with Boris Johnson, the Russian leader said`: the lexicon is right more often
    return Statement(row["person_name"], row["person_entity_id"], row["person_id"], country)


def _known(role: Row) -> str | None:
    name = read_name(role["person_name"])
    return known_people().find(name, role["person_id"]) if name is not None else role["person_id"]


def _with_keys(tables: Sequence[pa.Table], keys: pa.Array) -> pa.Table:
    """Join tables, put person_key in the place of a person's number or own key, and leave out rows without."""
    table = pa.concat_tables(tables)
    key = pc.coalesce(keys.take(table["number"].combine_chunks()), table["own_key"].combine_chunks())
    return table.drop_columns(["number", "own_key"]).append_column("person_key", key).filter(pc.is_valid(key))


def _rows(table: pa.Table) -> Iterator[Row]:
    for at in range(0, len(table), _ROWS):
        yield from rows_of(table.slice(at, _ROWS))


def _describe_people(rows: pa.Table, names: pa.Table) -> Iterator[Row]:
    """Yield the rows of people, from rows and names that are sorted by person."""
    by_person = itemgetter("person_key")
    for (key, own), (_, forms) in zip(groupby(_rows(rows), by_person), groupby(_rows(names), by_person), strict=True):
        yield _describe(key, own, list(forms))


def _describe(key: str, rows: Iterator[Row], names: Sequence[Row]) -> Row:
    """Return the row of a person; the rows are read once, since one person may have most of a corpus."""
    documents, days, quotations, offices = 0, set(), 0, []
    for _, own in groupby(rows, itemgetter("doc_id")):
        documents += 1
        for row in own:
            days.add(row["day"])
            quotations += row["quote_id"] is not None and row["within"] is None
            if row["title"] is not None:
                offices.append(Office(*(row[name] for name in (*_OFFICE, "day", "doc_id"))))
    days.discard(None)
    stated = Counter(country for country, _ in {(o.country_id, o.doc_id) for o in offices} if country)
    return {
        "person_key": key,
        "name": max(names, key=_rank_form)["form"],
        "aliases": [name["form"] for name in names],
        "ids": known_people().ids(key),
        "country_id": max(sorted(stated), key=stated.__getitem__, default=known_people().country(key)),
        "offices": list_offices(offices),
        "n_documents": documents,
        "n_quotations": quotations,
        "first_on": min(days, default=None),
        "last_on": max(days, default=None),
    }


def _rank_form(name: Row) -> tuple[bool, bool, int, int]:
    read = read_name(name["form"])
    return read is not None and not read.is_doubled, not name["form"].isupper(), name["full_sum"], name["written_sum"]


def _table(people: Iterator[Row]) -> pa.Table:
    parts = [PEOPLE.empty_table()]
    while chunk := list(islice(people, _CHUNK)):
        parts.append(pa.Table.from_pylist(chunk, schema=PEOPLE))
    return pa.concat_tables(parts).combine_chunks()
