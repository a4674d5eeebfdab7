"""The words that tell engagements: triggers of engagements.tsv, and words beside them of engagement_words.tsv."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from tasks.errors import ConfigError
from tasks.lexicons import alternation, read_rows, read_terms

_BETWEEN = r"(?:[\w’'.-]+ ){0,3}?"
_WORDS = "engagement_words.tsv"
_STEM = 3  # letters of a word that an opening has at least
_MOST = 50_000  # words that are kept
#: Small letters and hyphens for what is one, blanks for all else.
_LETTERS = bytes(ord(c) if c in "abcdefghijklmnopqrstuvwxyz-" else 32 for c in map(str.lower, map(chr, range(256))))


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
    """Read the triggers."""
    return tuple(Trigger(*row) for row in read_rows("engagements.tsv", 5))


def _expand(pattern: str) -> str:
    return pattern.replace("~", _BETWEEN)


class _Type(NamedTuple):
    """What tells of a type: the pattern of all its triggers, and each trigger with its own, tried in order."""

    name: str
    pattern: re.Pattern[str]
    triggers: tuple[tuple[Trigger, re.Pattern[str]], ...]


@cache
def _by_type() -> tuple[_Type, ...]:
    """Return the triggers by type: they compete with one another, those of other types do not."""
    types: dict[str, list[Trigger]] = {}
    for trigger in triggers():
        types.setdefault(trigger.type, []).append(trigger)
    return tuple(
        _Type(kind, _compile(own), tuple((trigger, _compile([trigger])) for trigger in own))
        for kind, own in types.items()
    )


def _compile(own: Sequence[Trigger]) -> re.Pattern[str]:
    """Return the pattern of triggers. Groups that capture would double its time: which one it is, is seen behind it.

    Raises:
        ConfigError: A pattern is no regular expression, or one that captures.
    """
    joined = r"(?<![\w-])(?:" + "|".join(_expand(trigger.pattern) for trigger in own) + r")(?![\w-])"
    try:
        pattern = re.compile(joined)
    except re.error as error:
        raise ConfigError(f"engagements.tsv: {own[0].type}: {error}") from error
    if pattern.groups:
        raise ConfigError(f"engagements.tsv: {own[0].type}: a group that captures")
    return pattern


@cache
def _gates() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return openings of words, each with a type of which a sentence with such a word can have a trigger, by their own.

    A whole word has a full stop behind it.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for form in read_terms(_WORDS)["gate"]:
        kind, opening = form.split("=")
        found.setdefault(opening[:_STEM], []).append((opening, kind))
    return {stem: tuple(openings) for stem, openings in found.items()}


@lru_cache(maxsize=_MOST)
def _gated(word: str) -> tuple[str, ...]:
    """Return the types of which a sentence with a word can have a trigger."""
    whole = f"{word}."
    return tuple({kind: None for opening, kind in _gates().get(word[:_STEM], ()) if whole.startswith(opening)})


@cache
def _shut() -> set[str]:
    """Return the words seen so far that open nothing: most words of a text."""
    return set()


def open_words(words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the words without which nobody tells of engagements, each with the types that it may tell of."""
    shut, found = _shut(), dict[str, tuple[str, ...]]()
    for word in frozenset(words) - shut:
        if gated := _gated(word):
            found[word] = gated
        elif len(shut) < _MOST:
            shut.add(word)
    return found


def words_in(text: str, spans: Sequence[tuple[int, int]]) -> list[frozenset[str]]:
    """Return the words of stretches of a text, in small letters: what stands between other than letters and hyphens.

    Example:
        >>> [sorted(words) for words in words_in("Ann's T-72 -- “Élan”.", [(0, 5), (6, 21)])]
        [['ann', 's'], ['lan', 't-']]
    """
    plain = text.encode("ascii", "replace").translate(_LETTERS).decode("ascii")
    while " -" in plain:  # a word starts with a letter
        plain = plain.replace(" -", "  ")
    return [frozenset(plain[start:end].split()) for start, end in spans]


def find_triggers(text: str) -> Iterator[Hit]:
    """Yield the triggers in a text.

    Example:
        >>> [hit.trigger.frame for hit in find_triggers("He met the minister on his trip to Peru.")]
        ['with', 'trip']
    """
    whole = 0, len(text)
    [own] = words_in(text, [whole])
    yield from match_triggers(text, *whole, set().union(*open_words(own).values()))


def match_triggers(text: str, start: int, end: int, types: Collection[str]) -> Iterator[Hit]:
    """Yield the triggers of some types in a stretch, type by type, each from left to right and free of overlaps.

    Args:
        text: The text.
        start: Start of the stretch.
        end: Its end.
        types: The types of which its words can have a trigger (`open_words`).
    """
    for kind in _by_type():
        if kind.name in types:
            for hit in kind.pattern.finditer(text, start, end):
                yield Hit(*hit.span(), next(one for one, own in kind.triggers if own.match(text, hit.start(), end)))


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
