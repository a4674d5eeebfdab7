"""What two publishers say of one event, side by side: what only one of them mentions, and where they differ.

Order: subjects → agreements → place → level → initiative → days. Two passages are of one thing if they share most of
their words of content; what a text lacks is said to be not in it, and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tasks.lexicons import read_terms

_WORD = re.compile(r"[^\W_]{3,}")
_SHARED = 0.5  # of the words of content of the shorter passage


@dataclass(frozen=True)
class Readout:
    """What one publisher says of an event; None or empty: not in this text."""

    subjects: Sequence[str] = ()
    agreements: Sequence[str] = ()
    place: str | None = None
    place_country: str | None = None
    level: str = "unknown"
    initiated_by: str | None = None
    initiated_by_country: str | None = None
    days: str | None = None


class Difference(NamedTuple):
    """A line of the comparison."""

    aspect: str
    first: str | None
    second: str | None

    @property
    def comparison(self) -> str:
        """Which of the two mentions it."""
        return "only_second" if self.first is None else "only_first" if self.second is None else "differs"


@cache
def _empty() -> frozenset[str]:
    return frozenset(read_terms("engagement_words.tsv")["empty"])


def _content(passage: str) -> set[str]:
    """Return the words of a passage that say what it is about, without endings.

    Example:
        >>> sorted(_content("the situation in Idlib and gas supplies"))
        ['gas', 'idlib', 'suppl']
    """
    words = (word.casefold() for word in _WORD.findall(passage))
    return {re.sub(r"(?<=\w\w\w)(?:ies|es|s|y|ing|ed)$", "", word) for word in words if word not in _empty()}


def are_alike(one: str, other: str) -> bool:
    """Tell whether two passages are of one thing.

    Example:
        >>> are_alike("Idlib", "the situation in Idlib"), are_alike("gas supplies", "grain exports")
        (True, False)
    """
    a, b = _content(one), _content(other)
    return bool(a and b) and len(a & b) >= _SHARED * min(len(a), len(b))


def _lists(aspect: str, first: Sequence[str], second: Sequence[str]) -> Iterator[Difference]:
    for one in first:
        if not any(are_alike(one, other) for other in second):
            yield Difference(aspect, one, None)
    for other in second:
        if not any(are_alike(one, other) for one in first):
            yield Difference(aspect, None, other)


def _values(aspect: str, first: str | None, second: str | None, are_same: bool) -> Iterator[Difference]:
    if (first is None) != (second is None) or (first is not None and not are_same):
        yield Difference(aspect, first, second)


def compare(one: Readout, other: Readout) -> list[Difference]:
    """Return what only one of two readouts mentions, and where they differ.

    Args:
        one: What the first publisher says.
        other: What the second says.
    """
    places = [(r.place or "").casefold() for r in (one, other)]
    same_place = places[0] in places[1] or places[1] in places[0]
    same_initiative = one.initiated_by_country == other.initiated_by_country
    are_ranked = "unknown" not in (one.level, other.level) and one.level != other.level
    return [
        *_lists("subject", one.subjects, other.subjects),
        *_lists("agreement", one.agreements, other.agreements),
        *_values("place", one.place, other.place, same_place),
        *(_values("level", one.level, other.level, False) if are_ranked else ()),
        *_values("initiative", one.initiated_by, other.initiated_by, same_initiative),
        *(_values("date", one.days, other.days, False) if one.days and other.days and one.days != other.days else ()),
    ]
