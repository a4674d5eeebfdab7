"""One document that holds many dated entries, cut into records by a source's rules.

Paragraphs → days → heads → for each head a record: title, text, day, address and publisher.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import EXCERPT, Paragraph, Paragraphs, Values, as_text
from tasks.ingest.sources import WINDOW, Entries

_NAME = 80  # characters behind the start of a head in which somebody is named who comes first


def cut_entries(values: Values, rules: Entries) -> Iterator[Values | RecordRejected]:
    """Yield the entries of a document; what stands before its first day as one refusal.

    Args:
        values: The record of a document: its paragraphs, or a text of a paragraph a line.
        rules: The source's.

    Example:
        >>> rules = Entries(day=r"\\w+ \\d+, \\d{4}", head="(Navy|Army) says", publisher="(?P<publisher>Navy)")
        >>> text = "May 4, 2021\\nNavy says it is ready.\\nWe are ready.\\nArmy says nothing."
        >>> for entry in cut_entries({"id": "t", "text": text}, rules):
        ...     print(entry["id"], entry["date"], entry["publisher"], entry["text"])
        t-0 May 4, 2021 Navy We are ready.
        t-1 May 4, 2021 None Army says nothing.
    """
    key = values.get("id") or "entry"
    day: str | None = None
    publisher: str | None = None
    before: list[str] = []
    entry: list[Paragraph] = []
    number = 0
    for paragraph in _paragraphs(values):
        start = paragraph.text[:WINDOW].strip(" \t\xa0\u200b:")
        is_day = not paragraph.is_indented and _compiled(rules.day).fullmatch(start) is not None
        if rules.left_out and _compiled(rules.left_out).fullmatch(start):
            continue
        if entry and (is_day or _is_head(paragraph, start, rules)):
            publisher = _find_publisher(entry[0].text[:WINDOW], publisher, rules)
            yield _as_record(entry, day, publisher, f"{key}-{number}")
            entry, number = [], number + 1
        if is_day:
            day = start
        elif day is None:
            before.append(paragraph.text)
        else:
            entry.append(paragraph)
    if entry:
        publisher = _find_publisher(entry[0].text[:WINDOW], publisher, rules)
        yield _as_record(entry, day, publisher, f"{key}-{number}")
    if before:
        message = (
            "before the first day" if day else "no paragraph is a day, and the source's rules take entries by days"
        )
        yield RecordRejected(RejectCode.NO_TEXT, f"no entry: {message}", " ".join(before)[:EXCERPT])


def _paragraphs(values: Values) -> Sequence[Paragraph]:
    found = values.get("paragraphs")
    if isinstance(found, Paragraphs):
        return found
    return [Paragraph(line) for line in (as_text(values.get("text")) or "").splitlines() if line.strip()]


def _is_head(paragraph: Paragraph, start: str, rules: Entries) -> bool:
    if paragraph.is_indented:
        return False
    return bool(paragraph.links) or (bool(rules.head) and _compiled(rules.head).match(start) is not None)


def _as_record(entry: Sequence[Paragraph], day: str | None, publisher: str | None, key: str) -> Values:
    head, *body = entry
    return {
        "id": key,
        "title": head.text,
        "text": "\n".join(paragraph.text for paragraph in body) or head.text,
        "date": day,
        "url": next(iter(head.links), None),
        "publisher": publisher,
    }


def _find_publisher(head: str, before: str | None, rules: Entries) -> str | None:
    """Return who publishes an entry, by its head and by who published the entry before it."""
    lead = _compiled(rules.lead).match(head) if rules.lead else None
    start = lead.end() if lead else 0
    is_pronoun = bool(rules.same) and _compiled(rules.same).match(head, start) is not None
    for piece in (head[start : start + _NAME] if lead and not is_pronoun else "", head):
        found = ((name, _compiled(pattern).search(piece)) for name, pattern in rules.publishers.items())
        if named := [(match.start(), name) for name, match in found if match]:
            return min(named, key=lambda pair: pair[0])[1]
    other = _compiled(rules.publisher).match(head) if rules.publisher else None
    if other:
        return other.group("publisher")
    return before if is_pronoun and not lead else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
