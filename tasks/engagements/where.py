"""Where an engagement was: the most exact place beside its trigger, and whose territory or building it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from tasks.engagements.countries import country_of
from tasks.engagements.release import Mention, Release, Span
from tasks.lexicons import read_terms

_IN = re.compile(
    r"\b(?:in|at|In|At|aboard|on board|near|outside|off) "
    r"(?:the |a |central |southern |northern |eastern |western |downtown )*$"
)
_COAST = re.compile(r"\b(?:coasts?|waters) (?:of|off) (?:the )?$")


@cache
def _residences() -> frozenset[str]:
    return frozenset(read_terms("defence_names.tsv").get("residence", ()))


def is_residence(release: Release, place: Mention) -> bool:
    """Tell whether a place is a seat of a government, which a publisher names without saying where it is."""
    return release.text[place.start : place.end] in _residences()


def find_place(release: Release, sentence: Span, cue: Span, taken: Sequence[Span]) -> Mention | None:
    """Return the place that a sentence names for what its trigger tells, the nearest, of two that touch the more exact.

    Args:
        release: The document.
        sentence: The sentence.
        cue: The trigger.
        taken: Names and phrases of those who take part: the places in them say where they are from.
    """
    text = release.text
    best: tuple[int, Mention] | None = None
    for mention in release.within(*sentence):
        is_place = mention.label in ("GPE", "FAC", "LOC") or text[mention.start : mention.end] in _residences()
        if not is_place or any(s <= mention.start < e for s, e in taken):
            continue
        before = text[max(0, mention.start - 40) : mention.start]
        if not (_IN.search(before) or _COAST.search(before)):
            continue
        distance = mention.start - cue[1] if mention.start >= cue[1] else (cue[0] - mention.end) + 20
        distance -= 15 * (mention.label == "FAC")
        if best is None or distance < best[0]:
            best = distance, mention
    return best[1] if best else None


_HELD = re.compile(r"\b(?:took place|(?:was|were) held|talks|met|meeting|walk)\b[^.;]{0,60}\b(?:in|at)\b")


def find_near(release: Release, sentence: Span, sides: Collection[str]) -> Mention | None:
    """Return the place of talks that another sentence names: a seat of a government, or where the next says they were.

    Args:
        release: The document.
        sentence: The sentence that tells of the talks.
        sides: Whose territory it may be on.
    """
    text = release.text
    for start, end in release.sentences:
        is_next = start < sentence[0] + 700 and _HELD.search(text, start, end) is not None
        for mention in release.within(start, end):
            is_seat = is_residence(release, mention)
            if not is_seat and not (is_next and mention.label in ("GPE", "FAC")):
                continue
            if not _IN.search(text[max(0, mention.start - 20) : mention.start]):
                continue
            if is_seat or country_of_place(release, mention) in sides:
                return mention
    return None


def country_of_place(release: Release, place: Mention | None) -> str | None:
    """Return the country of a place, which may stand behind it: `Kampot, Cambodia`."""
    if place is None:
        return None
    found = country_of(place, release.text)
    if found is None:
        for other in release.within(place.end, min(len(release.text), place.end + 60))[:2]:
            gap = release.text[place.end : other.start]
            if other.label == "GPE" and re.fullmatch(
                r"(?:,? (?:in )?(?:the |central |northern )?|, [A-Z]\w+(?: [A-Z]\w+)*, )", gap
            ):
                return country_of(other, release.text)
    return found if found is None or found.startswith("iso:") else None
