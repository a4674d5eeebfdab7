"""The words that tell engagements: triggers of engagements.tsv, and words beside them of engagement_words.tsv."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple

from tasks.errors import ConfigError
from tasks.lexicons import alternation, read_rows, read_terms

_BETWEEN = r"(?:[\w’'.-]+ ){0,3}?"
_WORDS = "engagement_words.tsv"
_STEM = 4  # letters of a word that say whether a sentence can have a trigger
_WORD = re.compile(r"[A-Za-z][a-z-]*")


class Trigger(NamedTuple):
    """A row of engagements.tsv."""

    pattern: str
    type: str
    frame: str
    modality: str
    licence: str


class Hit(NamedTuple):
    """A trigger in a text, half-open."""

    start: int
    end: int
    trigger: Trigger


@cache
def triggers() -> tuple[Trigger, ...]:
    """Read the triggers.

    Raises:
        ConfigError: A pattern is no regular expression, or one that captures.
    """
    found = tuple(Trigger(*row) for row in read_rows("engagements.tsv", 5))
    for trigger in found:
        try:
            if re.compile(_expand(trigger.pattern)).groups:
                raise ConfigError(f"engagements.tsv: {trigger.pattern}: a group that captures")
        except re.error as error:
            raise ConfigError(f"engagements.tsv: {trigger.pattern}: {error}") from error
    return found


def _expand(pattern: str) -> str:
    return pattern.replace("~", _BETWEEN)


@cache
def _by_type() -> tuple[tuple[tuple[Trigger, ...], re.Pattern[str]], ...]:
    """Return a pattern a type: its triggers compete with one another, those of other types do not."""
    types: dict[str, list[Trigger]] = {}
    for trigger in triggers():
        types.setdefault(trigger.type, []).append(trigger)
    return tuple(
        (tuple(own), re.compile(r"(?<![\w-])(?:" + "|".join(f"({_expand(t.pattern)})" for t in own) + r")(?![\w-])"))
        for own in types.values()
    )


@cache
def _gates() -> dict[str, frozenset[str]]:
    """Return for each type the openings of words, one of which a sentence with one of its triggers has."""
    found: dict[str, set[str]] = {}
    for form in read_terms(_WORDS)["gate"]:
        kind, stem = form.split("=")
        found.setdefault(kind, set()).add(stem)
    return {kind: frozenset(stems) for kind, stems in found.items()}


def find_triggers(text: str, start: int, end: int, types: Collection[str] | None = None) -> Iterator[Hit]:
    """Yield the triggers in a stretch of a text, type by type, each from left to right and free of overlaps.

    Args:
        text: The text.
        start: Start of the stretch.
        end: Its end.
        types: The types that are wanted; None: all.

    Example:
        >>> [hit.trigger.frame for hit in find_triggers("He met the minister on a visit to Peru.", 0, 39)]
        ['with', 'trip']
    """
    stems = {word[:_STEM].lower() for word in _WORD.findall(text, start, end)}
    for own, pattern in _by_type():
        if (types is not None and own[0].type not in types) or stems.isdisjoint(_gates()[own[0].type]):
            continue
        for hit in pattern.finditer(text, start, end):
            yield Hit(*hit.span(), own[(hit.lastindex or 1) - 1])


@cache
def words(*kinds: str) -> re.Pattern[str]:
    """Return the pattern of words of some kinds, whole, in any case."""
    terms = read_terms(_WORDS)
    return re.compile(rf"(?<!\w){alternation([form for kind in kinds for form in terms[kind]])}(?!\w)", re.IGNORECASE)


@cache
def cased_words(*kinds: str) -> re.Pattern[str]:
    """Return the pattern of words of some kinds, whole, as they are written."""
    terms = read_terms(_WORDS)
    return re.compile(rf"(?<!\w){alternation([form for kind in kinds for form in terms[kind]])}(?!\w)")


@cache
def levels() -> tuple[tuple[str, str], ...]:
    """Return forms of offices with their level, the longest form first."""
    terms = read_terms(_WORDS)
    ranks = ("head", "minister", "deputy", "chief", "command", "working")
    return tuple(sorted(((f, k) for k in ranks for f in terms[k]), key=lambda pair: (-len(pair[0]), pair[0])))
