"""Measure the engagements of releases that were written for it by those who did not know the rules.

    python -m benchmarks.engagements

benchmarks/engagements_written.jsonl: 450 releases of ministries, fleets and embassies with their engagements, persons
and texts invented, in the form of data/engagements (GUIDE.md). Rules were made on those whose id does not start with
wf; nobody has read what is found in those that do. Of both, precision and recall of each type, and of all: with the
publisher's name, which says its country, and without it.

A row counts if type and sides are right and its evidence overlaps: of the sides one may be unknown. `no side false`
is the share of rows that say nothing wrong: type and at least two sides are right, and a third may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from tasks import schemas
from tasks.engagements.table import extract_engagements
from tasks.entities.table import annotate_entities
from tasks.normalize.table import normalize_batch
from tasks.quotes.table import extract_quotes
from tasks.settings import EngagementSettings, load_settings
from training.data import make_record

WRITTEN = Path(__file__).parent / "engagements_written.jsonl"
_UNREAD = "wf-"


class Told(NamedTuple):
    """An engagement: its type, the stretches that tell it, its known sides, and how many sides are not known."""

    type: str
    stretches: Sequence[tuple[int, int]]
    sides: frozenset[str]
    n_unknown: int = 0


def count_matches(wanted: Sequence[Told], found: Sequence[Told]) -> int:
    """Return how many engagements of a release are found, each row counting once.

    Example:
        >>> want = [Told("visit", [(0, 9)], frozenset({"PER", "CHL"}))]
        >>> count_matches(want, [Told("visit", [(5, 20)], frozenset({"PER"}), 1)])
        1
        >>> count_matches(want, [Told("visit", [(5, 20)], frozenset({"PER"}))])
        0
    """
    left = list(found)
    for want in wanted:
        match = next((have for have in left if _is_same(want, have)), None)
        if match is not None:
            left.remove(match)
    return len(found) - len(left)


def _overlaps(want: Told, have: Told) -> bool:
    return any(s < end and start < e for s, e in want.stretches for start, end in have.stretches)


def _is_same(want: Told, have: Told) -> bool:
    overlaps = _overlaps(want, have)
    missing = len(want.sides - have.sides)
    return (
        want.type == have.type and overlaps and missing <= have.n_unknown and (missing < len(want.sides) or not missing)
    )


def count_true(wanted: Sequence[Told], found: Sequence[Told]) -> int:
    """Return how many rows of a release name no side that is not of an engagement of their type there.

    Example:
        >>> want = [Told("exercise", [(0, 9)], frozenset({"PER", "CHL", "FJI"}))]
        >>> count_true(want, [Told("exercise", [(5, 20)], frozenset({"PER", "CHL"}))])
        1
        >>> count_true(want, [Told("exercise", [(5, 20)], frozenset({"PER", "OMN"}))])
        0
    """
    return sum(any(_is_true(want, have) for want in wanted) for have in found)


def _is_true(want: Told, have: Told) -> bool:
    n_sides = len(have.sides) + have.n_unknown
    is_whole = have.sides == want.sides or n_sides > 1
    return want.type == have.type and _overlaps(want, have) and have.sides <= want.sides and is_whole


def find(releases: Sequence[Mapping[str, Any]], *, is_known: bool) -> dict[str, list[Told]]:
    """Run the pipeline over releases; return their engagements of all types by id.

    Args:
        releases: Releases as the file has them.
        is_known: Whether the dump says who publishes them.
    """
    settings = load_settings()
    publishers = ({"publisher": r["source"].removeprefix("written:")} if is_known else {} for r in releases)
    records = [make_record(i, {**r, **own}) for i, (r, own) in enumerate(zip(releases, publishers, strict=True))]
    done = normalize_batch(pa.Table.from_pylist(records, schema=schemas.INGESTED), settings.normalize)
    base = done["normalized"], done["sentences"], done["furniture"]
    named = annotate_entities(*base, settings.entities)
    quotes = extract_quotes(*base, settings.quotes)
    types = EngagementSettings(types=schemas.ENGAGEMENT_TYPES)
    rows = extract_engagements(*base, named["entities"], named["roles"], quotes["quotes"], types)["engagements"]
    found: dict[str, list[Told]] = {release["id"]: [] for release in releases}
    for row in rows.to_pylist():
        sides = frozenset(side.removeprefix("iso:") for side in row["country_ids"])
        told = Told(row["type"], [(row["raw_start"], row["raw_end"])], sides, row["n_sides"] - len(sides))
        found[releases[int(row["doc_id"])]["id"]].append(told)
    return found


def _told(row: Mapping[str, Any]) -> Told:
    stretches = [tuple(span) for span in (row["evidence"], *row.get("also", ()))]
    return Told(row["type"], stretches, frozenset(row["countries"]))


def measure(
    releases: Iterable[Mapping[str, Any]], found: Mapping[str, Sequence[Told]]
) -> dict[str, tuple[int, int, int, int]]:
    """Return of each type, and of `all`, how many rows are right, found and wanted, and how many say nothing wrong."""
    counts: dict[str, tuple[int, int, int, int]] = {}
    for release in releases:
        wanted, own = [_told(row) for row in release["engagements"]], found[release["id"]]
        for kind in sorted({told.type for told in (*wanted, *own)}):
            want, have = ([told for told in rows if told.type == kind] for rows in (wanted, own))
            for key in (kind, "all"):
                right, n_found, n_wanted, n_true = counts.get(key, (0, 0, 0, 0))
                n_true += count_true(want, have)
                counts[key] = right + count_matches(want, have), n_found + len(have), n_wanted + len(want), n_true
    return counts


def main() -> None:
    """Print the figures."""
    releases = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    for is_known in (True, False):
        found = find(releases, is_known=is_known)
        for name, is_read in (("read", True), ("unread", False)):
            part = [release for release in releases if release["id"].startswith(_UNREAD) != is_read]
            for kind, (right, n_found, n_wanted, n_true) in sorted(measure(part, found).items()):
                print(
                    f"{name:7s}{'with' if is_known else 'without'} publisher  {kind:11s}"
                    f"precision {right / max(1, n_found):.3f}, no side false {n_true / max(1, n_found):.3f}"
                    f" ({n_found} rows)"
                    f"  recall {right / max(1, n_wanted):.3f} ({n_wanted})"
                )


if __name__ == "__main__":
    main()
