"""Where a name starts and ends, as the acronym in brackets behind it says: `Mission in South Sudan (UNMISS)`.

Order: an acronym in brackets → the shortest run of words before it that it stands for → of the mentions within, the
longest one lends its label to the whole run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.entities.lexicon import Mention
from tasks.labels import LABELS
from tasks.names import initials_of

_ACRONYM = re.compile(r"(?<=\w) \((?P<short>[A-Z][A-Za-z-]*[A-Z])s?[),]")
_WORD = re.compile(r"[^\s,/]+")
_BREAK = re.compile(r"[.;:()\[\]\"“”\n](?=\s|$|\w)|(?<=\w)[!?] ")
_SHORTEST = 3  # letters; two are the initials of too much
_REACH = 110  # characters before the brackets that are looked at
_SPARE = 6  # words more than the acronym has letters


def _spelt(text: str, end: int, acronym: str) -> int | None:
    """Return where the shortest run of words that ends at `end` and has these initials starts."""
    begin = max(0, end - _REACH)
    for stop in _BREAK.finditer(text, begin, end):
        begin = stop.end() if not text[stop.start() - 1 : stop.start()].isupper() else begin  # `U.S.` is no end
    words = list(_WORD.finditer(text, begin, end))[-(len(acronym) + _SPARE) :]
    for word in reversed(words):
        if word.group()[0].isupper() and acronym.casefold() in initials_of(text[word.start() : end]):
            return word.start()
    return None


def spell_out(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Let a mention reach as far as the acronym behind it says; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "The Mission in South Sudan (MISS) met the Papua Sea Force (PSF)."
        >>> found = [Mention(4, 11, "ORG", "model"), Mention(15, 26, "GPE", "lexicon"), Mention(48, 57, "ORG", "model")]
        >>> [(m.label, text[m.start : m.end]) for m in spell_out(text, found)]
        [('ORG', 'Mission in South Sudan'), ('ORG', 'Papua Sea Force')]
    """
    found = list(mentions)
    for hit in _ACRONYM.finditer(text):
        acronym = hit.group("short").replace("-", "")
        if len(acronym) < _SHORTEST or (start := _spelt(text, hit.start(), acronym)) is None:
            continue
        inside = [m for m in found if m.start < hit.start() and start < m.end]
        lenders = [m for m in inside if LABELS[m.label].lends_label]
        if not lenders or any(m.start < start or m.end > hit.start() for m in inside):
            continue
        if [m[:2] for m in inside] != [(start, hit.start())]:
            label = max(lenders, key=lambda m: m.end - m.start).label
            whole = Mention(start, hit.start(), label, "rule:acronym")
            found = sorted([*(m for m in found if m not in inside), whole])
    return found
