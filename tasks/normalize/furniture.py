r"""Finds the furniture of a page: lines and pieces of lines that are no part of a release.

Bylines, datelines, lines of source, editor and time, captions, contacts, share and menu lines, disclaimers, banners,
end marks, page numbers, lists of related news, cards that a page shows beside a name.

Order: lines → by form and place, as config/lexicons/furniture.tsv has them → lists of related titles, up to the end →
page numbers → places → lines that stand in many documents, beside furniture → inside the lines that
are left: the dateline at the start, the source at the end, cards.

A line that holds quote marks is furniture by no form, and one line alone is no furniture: it is the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from tasks.lexicons import alternation, read_rows, read_values
from tasks.normalize.sentences import split_paragraphs

HEAD, TAIL = 10, 6  # lines, blank ones not counted
_LONGEST = 640  # characters of a line that a form may describe
_LONGEST_REPEATED = 80
_LONGEST_TITLE = 200  # of a related release
_NAMES = 3  # lines of names above the time of day
_PARAGRAPH = 80  # characters of prose
_LEAST_DOCUMENTS = 3  # that a line stands in
_LEAST_SHARE = 0.01  # of the documents of a batch
_MANY = 0.2  # of the documents: such a line needs no furniture beside it
_LONGEST_SOURCE = 160  # of a source behind a sentence
_SENTENCE_ENDS = ".!?…:”\"’')]»"
_DATED = frozenset({"byline", "source", "dateline"})
_LEAD = re.compile(r"\s+[\"“‘«(]?[^\W\d_]")  # what follows a dateline
_BEFORE_SOURCE = re.compile(r"[.!?”\"’)\]]\s*(?=[(\[【]?[SsEe])")
_CLOSED = re.compile(r"[.!?:;,…–—-]$|[\"“”«»]|[.!?] ?[(\[]")
_NUMBER = re.compile(r"\d{1,3}")
_WORD = r"[A-ZÀ-Þ][\w’'-]{0,40}"
_CARD = re.compile(
    rf"(?:\b(?P<given>{_WORD}(?: {_WORD})?) (?P<surname>{_WORD}) (?P<full>(?P=surname) (?P=given)(?P<office>[A-Z])?)"
    rf"|\b(?P<alone>{_WORD}) (?P<card>(?P=alone) {_WORD}?[a-z](?P<glued>[A-Z])))"
)
_OFFICE = re.compile(rf"[\w’'-]{{0,40}}(?: (?:{_WORD}|of|the|for|to|in)(?![\w.])){{0,16}}")


class Piece(NamedTuple):
    """A piece of furniture. Offsets are code points of the text, half-open."""

    start: int
    end: int
    type: str
    basis: str


class _Line(NamedTuple):
    start: int
    end: int
    body: str  # with single blanks


def _read_lines(text: str) -> list[_Line]:
    return [_Line(start, end, " ".join(text[start:end].split())) for start, end in split_paragraphs(text)]


@cache
def _parts() -> dict[str, str]:
    calendar = [(kind, form.rstrip(".")) for kind, form, _ in read_values("calendar.tsv")]
    parts = {kind: alternation({form for k, form in calendar if k == kind}) for kind in ("month", "weekday")}
    for kind, name, form in read_rows("furniture.tsv", 3):
        if kind == "part":
            parts[name] = _fill(form, parts)
    return parts


def _fill(form: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda hit: parts[hit[1]], form)


@cache
def _forms(place: str) -> re.Pattern[str]:
    """Return what whole lines of a place look like; the name of the group that matches starts with the type."""
    rows = [row for row in read_rows("furniture.tsv", 3) if row[1] == place and row[0] != "part"]
    found = (f"(?P<{kind}_{n}>{_fill(form, _parts())})" for n, (kind, _, form) in enumerate(rows))
    return re.compile("|".join(found), re.IGNORECASE)


def _match(place: str, body: str) -> str | None:
    hit = _forms(place).fullmatch(body)
    return hit.lastgroup.partition("_")[0] if hit and hit.lastgroup else None


def _find_lines(lines: Sequence[_Line]) -> dict[int, Piece]:
    """Return the lines that are furniture by form and place, by number."""
    found: dict[int, Piece] = {}
    for n, line in enumerate(lines):
        if len(line.body) > _LONGEST:
            continue
        is_tail = n >= len(lines) - TAIL
        places = ("any", *(("head",) if n < HEAD else ()), *(("tail",) if is_tail else ()))
        for place in places:
            if kind := _match(place, line.body):
                found[n] = Piece(line.start, line.end, kind, "form" if place == "any" else "place")
                break
    return found


def _find_related(lines: Sequence[_Line]) -> Iterator[tuple[int, Piece]]:
    """Yield the lines from a heading such as `See also` on, where nothing but titles stands up to the end."""
    at = len(lines)
    while at > 0 and (len(lines[at - 1].body) <= _LONGEST_TITLE and not _CLOSED.search(lines[at - 1].body)):
        at -= 1
        if _match("from", lines[at].body):
            for n in range(at, len(lines)):
                yield n, Piece(lines[n].start, lines[n].end, "related", "place")
    if at > 0 and lines[at - 1].body.endswith(":") and _match("from", lines[at - 1].body):
        for n in range(at - 1, len(lines)):
            yield n, Piece(lines[n].start, lines[n].end, "related", "place")


def _find_pages(lines: Sequence[_Line]) -> Iterator[tuple[int, Piece]]:
    """Yield numbers on lines of their own between paragraphs: in a table, what stands around is short."""
    for n in range(1, len(lines)):
        is_between = all(len(line.body) >= _PARAGRAPH for line in (lines[n - 1], *lines[n + 1 : n + 2]))
        if is_between and _NUMBER.fullmatch(lines[n].body):
            yield n, Piece(lines[n].start, lines[n].end, "page", "place")


def _find_places(lines: Sequence[_Line], found: dict[int, Piece], title: str) -> Iterator[tuple[int, Piece]]:
    """Yield lines of the head that say where: a known town, or up to three lines of names above the time of day."""
    allowed = 0  # lines of names above the time of day
    for n in reversed(range(min(HEAD, len(lines)))):
        body = lines[n].body
        if n in found:
            allowed = _NAMES if _match("clock", body) else allowed * (found[n].type == "dateline")
            continue
        is_town = body.split(", ")[-1] in _towns() and n + 1 < len(lines)
        if body != title and (allowed or is_town) and _match("above", body):
            yield n, Piece(lines[n].start, lines[n].end, "event", "place")
            allowed = max(0, allowed - 1)
        else:
            allowed = 0


@cache
def _towns() -> frozenset[str]:
    return frozenset(form for _, form, _, _ in read_rows("cities.tsv", 4))


def may_repeat(text: str) -> set[str]:
    r"""Return the lines at the edges of a text that look like no sentence, in small letters: banners may be among them.

    Example:
        >>> sorted(may_repeat("Naval Press Desk\nThe fleet sails.\nAll ships are well."))
        ['naval press desk']
    """
    lines = _read_lines(text)
    edges = chain(lines[:HEAD], lines[HEAD:][-TAIL:])
    return {line.body.casefold() for line in edges if len(line.body) <= _LONGEST_REPEATED and _is_label(line.body)}


def _is_label(body: str) -> bool:
    return not _CLOSED.search(body) and any(map(str.isalpha, body))


class Repeated(NamedTuple):
    """Lines that stand in several documents of a batch, and those of them that stand in many."""

    several: Collection[str] = frozenset()
    many: Collection[str] = frozenset()


NONE_REPEATED = Repeated()


def count_repeated(texts: Sequence[str]) -> Repeated:
    """Return the lines that stand at the edges of several of the texts of a batch."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(may_repeat(text))
    least = max(_LEAST_DOCUMENTS, _LEAST_SHARE * len(texts))
    many = max(_LEAST_DOCUMENTS, _MANY * len(texts))
    return Repeated(
        frozenset(body for body, count in counts.items() if count >= least),
        frozenset(body for body, count in counts.items() if count >= many),
    )


def _find_repeated(
    lines: Sequence[_Line], found: dict[int, Piece], repeated: Repeated, title: str
) -> Iterator[tuple[int, Piece]]:
    """Yield lines that stand in many documents, or in several and beside furniture, at the edges of the text."""
    if not repeated.several:
        return
    heads = range(min(HEAD, len(lines)))
    tails = range(max(len(lines) - TAIL, len(heads)), len(lines))
    known = set(found)
    for edge, step in ((heads, -1), (heads, 1), (tails, 1), (tails, -1)):
        for n in edge if step > 0 else reversed(edge):
            body = lines[n].body
            if n in known or body == title or not _is_label(body) or body.casefold() not in repeated.several:
                continue
            if n - step in known or (n and body.casefold() in repeated.many):
                known.add(n)
                yield n, Piece(lines[n].start, lines[n].end, "banner", "repeated")


def _find_datelines(text: str, lines: Sequence[_Line], found: Collection[int]) -> Iterator[Piece]:
    """Yield the datelines that lines start with: those with a day, and a place in capitals on the first long line."""
    bodies = [line.body for line in lines]
    labelled = [n for n, body in enumerate(bodies) if _forms("first").match(body) and not _forms("start").match(body)]
    for n, line in enumerate(lines):
        if n in found:
            continue
        body = text[line.start : line.end]
        hit = _forms("start").match(body)
        if hit is None and [n] == labelled and n < HEAD and body[-1] in _SENTENCE_ENDS:  # speakers come in numbers
            hit = _forms("first").match(body)
        if hit and _LEAD.match(body, hit.end()):
            yield Piece(line.start, line.start + hit.end(), "dateline", "place")


def _find_inside(text: str, line: _Line) -> Iterator[Piece]:
    """Yield the source that a line ends with behind a sentence, and cards beside names in it."""
    body = text[line.start : line.end]
    last = body[-_LONGEST_SOURCE:]
    for mark in _BEFORE_SOURCE.finditer(last):
        if _forms("end").fullmatch(last, mark.end()):
            yield Piece(line.end - len(last) + mark.end(), line.end, "source", "place")
            return
    end = 0
    for card in _CARD.finditer(body):
        if card.start() < end:
            continue
        kind = "full" if card["full"] else "card"
        end = card.end()
        if office := card["office"] or card["glued"]:
            hit = _OFFICE.match(body, end - len(office))
            end = hit.end() if hit else end
        yield Piece(line.start + card.start(kind), line.start + end, "card", "form")


def find_furniture(text: str, title: str = "", repeated: Repeated = NONE_REPEATED) -> list[Piece]:
    r"""Return the furniture of a text in order, free of overlaps.

    Args:
        text: The restored text.
        title: Its title, which may stand in it as well.
        repeated: Lines that stand in several documents of its batch.

    Example:
        >>> text = "By Ana Ruiz\nOSLO, March 4 -- The fleet is at sea.\n(Source: navy.example; Editor: Mei)"
        >>> [(piece.type, text[piece.start:piece.end]) for piece in find_furniture(text)]
        [('byline', 'By Ana Ruiz'), ('dateline', 'OSLO, March 4 --'), ('source', '(Source: navy.example; Editor: Mei)')]
    """
    lines = _read_lines(text)
    found = _find_lines(lines)
    found.update(_find_related(lines))
    found.update(_find_pages(lines))
    found.update(_find_places(lines, found, title))
    found.update(_find_repeated(lines, found, repeated, title))
    if len(found) == len(lines):
        return []
    inside = [piece for n, line in enumerate(lines) if n not in found for piece in _find_inside(text, line)]
    return sorted([*found.values(), *_find_datelines(text, lines, found), *inside])


@cache
def _months() -> dict[str, int]:
    rows = read_values("calendar.tsv")
    return {form.rstrip(".").casefold(): int(value) for kind, form, value in rows if kind == "month"}


@cache
def _days() -> tuple[re.Pattern[str], ...]:
    month = _parts()["month"]
    forms = (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<month>{month})\.?,?[ -](?P<year>\d{{4}})",
        rf"(?P<month>{month})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
    )
    return tuple(re.compile(rf"\b{form}\b", re.IGNORECASE) for form in forms)


def read_day(text: str, pieces: Iterable[Piece]) -> date | None:
    r"""Return the day that bylines, lines of source and datelines state; None if they state none or several.

    A day needs its year; one in figures alone counts in the order of ISO 8601 only.

    Example:
        >>> text = "Posted On: 04 MAR 2024 5:12PM by the press desk\nTwo ships left port today."
        >>> read_day(text, find_furniture(text))
        datetime.date(2024, 3, 4)
    """
    stated: set[tuple[int, int, int]] = set()
    for piece in pieces:
        for form in _days() if piece.type in _DATED else ():
            for hit in form.finditer(text, piece.start, piece.end):
                word = hit["month"]
                month = int(word) if word.isdigit() else _months()[word.casefold()]
                stated.add((int(hit["year"]), month, int(hit["day"])))
    try:
        return date(*stated.pop()) if len(stated) == 1 else None
    except ValueError:  # 31 June
        return None
