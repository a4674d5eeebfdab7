"""From published tables to the views events, event_rows, engagement_dyads and readouts.

Order: engagements with the publisher of their documents → which of them are one event → a row an event, with the best
days and the furthest status → pairs of sides → for events of several publishers, what each leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import pyarrow as pa

from tasks.events.join import Telling, best_dated, join, pairs, status_of
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


def make_events(pieces: Iterable[Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
    """Make the views.

    Args:
        pieces: Tables by name with the columns of READ, whole documents in each.

    Returns:
        `events`, `event_rows`, `engagement_dyads` and `readouts`, with the schemas of these names, sorted by key.
    """
    rows: dict[str, Row] = {}
    tellings: list[Telling] = []
    for piece in pieces:
        publishers = _publishers(piece["documents"])
        for row in piece["engagements"].to_pylist():
            rows[row["engagement_id"]] = row
            tellings.append(_telling(row, publishers.get(row["doc_id"], "")))
    events = join(tellings)
    ids = {telling.key: f"event:{event[0].key}" for event in events for telling in event}
    views = {
        "events": [_event(event, rows) for event in events],
        "event_rows": [
            {"event_id": ids[t.key], "engagement_id": t.key, "doc_id": t.doc_id, "publisher": t.publisher}
            for event in events
            for t in event
        ],
        "engagement_dyads": [row for event in events for t in event for row in _dyads(rows[t.key], ids[t.key])],
        "readouts": [row for event in events for row in _readouts(event, rows)],
    }
    schemas = {"events": EVENTS, "event_rows": EVENT_ROWS, "engagement_dyads": DYADS, "readouts": READOUTS}
    return {name: pa.Table.from_pylist(views[name], schema=schema) for name, schema in schemas.items()}


def _publishers(documents: pa.Table) -> dict[str, str]:
    columns = (documents[name].to_pylist() for name in ("doc_id", "source_id", "publisher"))
    return {doc_id: publisher or source for doc_id, source, publisher in zip(*columns, strict=True)}


def _telling(row: Row, publisher: str) -> Telling:
    people: dict[str, set[str]] = {}
    for p in row["participants"]:
        if p["name"] and p["country_id"]:
            people.setdefault(p["country_id"], set()).add(p["name"].split()[-1].casefold())
    return Telling(
        row["engagement_id"],
        row["doc_id"],
        publisher,
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
