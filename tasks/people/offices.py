"""The offices of a person over the corpus, from the phrases that state them.

Order: phrases by what they state, case aside → the writing that most of them have → first and last day → in the order
of the days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple


class Office(NamedTuple):
    """An office as a document states it."""

    title: str
    qualifier: str | None
    organisation: str | None
    organisation_id: str | None
    country_id: str | None
    day: date | None
    doc_id: str


def list_offices(stated: Iterable[Office]) -> list[dict[str, Any]]:
    """Return the offices, by first day, undated last.

    Offices are one if title, qualifier, country and organisation are: by its key or, without one, as written.

    Returns:
        Values with the fields of `schemas.OFFICE`.

    Example:
        >>> stated = [Office(t, None, None, None, None, date(2021, 1, d), "x") for t, d in (("Mayor", 3), ("mayor", 2))]
        >>> [(o["title"], o["first_on"].day, o["last_on"].day, o["doc_ids"]) for o in list_offices(stated)]
        [('Mayor', 2, 3, ['x'])]
    """
    groups: dict[tuple[str, str, str, str], list[Office]] = {}
    for office in stated:
        owner = office.organisation_id or (office.organisation or "").casefold()
        same = (office.title.casefold(), (office.qualifier or "").casefold(), owner, office.country_id or "")
        groups.setdefault(same, []).append(office)
    found: list[tuple[date, tuple[str, str, str, str], dict[str, Any]]] = []
    for same, group in groups.items():
        days = sorted(office.day for office in group if office.day is not None)
        written = Counter(office[:3] for office in group)
        title, qualifier, organisation = min(written, key=lambda form: (-written[form], [part or "" for part in form]))
        values = {
            "title": title,
            "qualifier": qualifier,
            "organisation": organisation,
            "organisation_id": group[0].organisation_id,
            "country_id": group[0].country_id,
            "first_on": days[0] if days else None,
            "last_on": days[-1] if days else None,
            "doc_ids": sorted({office.doc_id for office in group}),
        }
        found.append((days[0] if days else date.max, same, values))
    return [values for *_, values in sorted(found, key=lambda entry: entry[:2])]
