"""From published tables to the views events, event_rows, engagement_dyads and readouts.

Order: engagements with the publisher of their documents → some blocks at a time, which of them are one event → a row an
event, with the best days and the furthest status → pairs of sides → for events of several publishers, what each leaves
out → rows sorted by event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.events.join import Block, Telling, best_dated, block_of, join, pairs, status_of
from tasks.events.readouts import Readout, compare
from tasks.schemas import DYADS, ENGAGEMENTS, EVENT_ROWS, EVENTS, LEVELS, READOUTS
from tasks.tables import Row

_TEXTS = (
    "engagement_id", "doc_id", "type", "status", "mention", "modality", "level", "countries", "parties", "name",
    "edition", "place", "place_country_id", "date_precision", "date_basis", "initiated_by", "initiated_by_country_id",
)  # fmt: skip
_OTHERS = (
    "published_on", "country_ids", "n_sides", "participants", "subjects", "agreements", "date_start", "date_end",
)  # fmt: skip
#: What is read of the published tables.
READ: Mapping[str, pa.Schema] = {
    "documents": pa.schema([(name, pa.string()) for name in ("doc_id", "source_id", "publisher")]),
    "engagements": pa.schema(
        [*((name, pa.string()) for name in _TEXTS), *((name, ENGAGEMENTS.field(name).type) for name in _OTHERS)]
    ),
}

_ROWS = READ["engagements"].append(pa.field("publisher", pa.string()))
#: The views with their schemas, all of them sorted by event; the rows of an event keep the order of publication.
_VIEWS = {"events": EVENTS, "event_rows": EVENT_ROWS, "engagement_dyads": DYADS, "readouts": READOUTS}
_MOST = 20_000  # rows that are Python objects at a time, unless a block has more


def make_events(pieces: Iterable[Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
    """Make the views.

    Args:
        pieces: Tables by name with the columns of READ, whole documents in each.

    Returns:
        `events`, `event_rows`, `engagement_dyads` and `readouts`, with the schemas of these names, sorted by key.
    """
    views = {name: [schema.empty_table()] for name, schema in _VIEWS.items()}
    for of_blocks in _cut(*_gather(pieces)):
        for name, found in _make_views(of_blocks.to_pylist()).items():
            views[name].append(pa.Table.from_pylist(found, schema=_VIEWS[name]))
    return {name: pa.concat_tables(views.pop(name)).sort_by("event_id") for name in _VIEWS}


def _gather(pieces: Iterable[Mapping[str, pa.Table]]) -> tuple[pa.Table, pa.Array]:
    """Return all engagements with the publisher of their document, and the number of each one's block."""
    parts = [_ROWS.empty_table()]
    numbers: dict[Block, int] = {}
    blocks: list[pa.Array] = [pa.array([], pa.int32())]
    for piece in pieces:
        rows, documents = piece["engagements"], piece["documents"]
        publisher = pc.coalesce(documents["publisher"], documents["source_id"])
        place = pc.index_in(rows["doc_id"], documents["doc_id"].combine_chunks())
        parts.append(rows.append_column("publisher", publisher.take(place)).cast(_ROWS))
        found = zip(*(rows[name].to_pylist() for name in ("type", "country_ids", "n_sides")), strict=True)
        blocks.append(pa.array([numbers.setdefault(block_of(*of), len(numbers)) for of in found], pa.int32()))
    return pa.concat_tables(parts).combine_chunks(), pa.concat_arrays(blocks)


def _cut(rows: pa.Table, blocks: pa.Array) -> Iterator[pa.Table]:
    """Yield the rows of some blocks after those of others, not too many at a time."""
    order = pc.array_sort_indices(blocks)
    sizes = np.bincount(blocks.to_numpy())
    start = end = 0
    for size in sizes.tolist():
        if end + size - start > _MOST and end > start:
            yield rows.take(order[start:end])
            start = end
        end += size
    yield rows.take(order[start:end])


def _make_views(found: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of the views, from those of whole blocks."""
    rows = {row["engagement_id"]: row for row in found}
    events = join(map(_telling, found))
    ids = {telling.key: f"event:{event[0].key}" for event in events for telling in event}
    return {
        "events": [_event(event, rows) for event in events],
        "event_rows": [
            {"event_id": ids[t.key], "engagement_id": t.key, "doc_id": t.doc_id, "publisher": t.publisher}
            for event in events
            for t in event
        ],
        "engagement_dyads": [row for event in events for t in event for row in _dyads(rows[t.key], ids[t.key])],
        "readouts": [row for event in events for row in _readouts(event, rows)],
    }


def _telling(row: Row) -> Telling:
    people: dict[str, set[str]] = {}
    for p in row["participants"]:
        if p["name"] and p["country_id"]:
            people.setdefault(p["country_id"], set()).add(p["name"].split()[-1].casefold())
    return Telling(
        row["engagement_id"],
        row["doc_id"],
        row["publisher"],
        row["type"],
        row["status"],
        row["mention"],
        frozenset(row["country_ids"]),
        row["n_sides"],
        {side: frozenset(names) for side, names in people.items()},
        row["name"],
        row["edition"],
        row["date_start"],
        row["date_end"],
        row["date_basis"],
        row["published_on"],
    )


def _event(event: Sequence[Telling], rows: Mapping[str, Row]) -> Row:
    told = [rows[t.key] for t in event]
    dated = rows[best_dated(event).key]
    fullest = max(told, key=lambda row: (len(row["country_ids"]), len(row["participants"])))
    placed = next((row for row in told if row["place"]), None)
    named = next((row for row in told if row["name"]), None)
    known = [day for t in event if (day := t.published)]
    return {
        "event_id": f"event:{event[0].key}",
        "type": event[0].type,
        "status": status_of(event),
        **{name: fullest[name] for name in ("country_ids", "countries", "parties")},
        "n_sides": max(t.n_sides for t in event),
        "level": min((row["level"] for row in told), key=LEVELS.index),
        "modality": next((row["modality"] for row in told if row["modality"] != "unknown"), "unknown"),
        "name": named["name"] if named else None,
        "edition": named["edition"] if named else None,
        "place": placed["place"] if placed else None,
        "place_country_id": placed["place_country_id"] if placed else None,
        **{name: dated[name] for name in ("date_start", "date_end", "date_precision", "date_basis")},
        "is_news": any(t.mention == "news" for t in event),
        "n_documents": len({t.doc_id for t in event}),
        "n_publishers": len({t.publisher for t in event}),
        "sources": sorted({t.publisher for t in event}),
        "first_published": min(known, default=None),
        "last_published": max(known, default=None),
    }


def _dyads(row: Row, event_id: str) -> Iterator[Row]:
    same = {
        name: row[name]
        for name in ("engagement_id", "doc_id", "type", "status", "mention", "date_start", "published_on")
    }
    for one, other, weight in pairs(row["country_ids"]):
        yield {"event_id": event_id, **same, "country_a": one, "country_b": other, "weight": weight}


def _readouts(event: Sequence[Telling], rows: Mapping[str, Row]) -> Iterator[Row]:
    """Yield the differences of each two publishers, each by the first row that tells the event as news."""
    first: dict[str, Telling] = {}
    for telling in event:
        if telling.mention == "news":
            first.setdefault(telling.publisher, telling)
    for a, b in combinations(sorted(first), 2):
        one, other = rows[first[a].key], rows[first[b].key]
        for difference in compare(_readout(one), _readout(other)):
            yield {
                "event_id": f"event:{event[0].key}",
                "type": event[0].type,
                "publisher_a": a,
                "publisher_b": b,
                "engagement_a": one["engagement_id"],
                "engagement_b": other["engagement_id"],
                "aspect": difference.aspect,
                "text_a": difference.first,
                "text_b": difference.second,
                "comparison": difference.comparison,
            }


def _readout(row: Row) -> Readout:
    days = sorted({str(day) for name in ("date_start", "date_end") if (day := row[name])})
    return Readout(
        [p["text"] for p in row["subjects"]],
        [p["text"] for p in row["agreements"]],
        row["place"],
        row["place_country_id"],
        row["level"],
        row["initiated_by"],
        row["initiated_by_country_id"],
        "/".join(days) if row["date_basis"] in ("stated", "relative") else None,
    )
