"""How high an engagement was: the highest rank that all its sides have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tasks.engagements.lexicon import levels

_ORDER = ("head", "minister", "deputy", "chief", "command", "working", "unit", "unknown")
_OF_PLACES = frozenset({"visit", "port_call"})  # where a state only says where
_OF_FORCES = frozenset({"exercise", "operation", "deployment", "encounter", "port_call", "training"})


class Holder(NamedTuple):
    """One who takes part: the office, and whether it is a person, a state, or only meant."""

    title: str | None
    is_person: bool = False
    is_state: bool = False
    is_meant: bool = False


def level_of_title(title: str | None) -> str:
    """Return the rank of an office.

    Example:
        >>> level_of_title("Deputy Defense Minister"), level_of_title("Prime Minister"), level_of_title("Poet")
        ('deputy', 'head', 'unknown')
    """
    low = (title or "").casefold().replace("’", "'")
    return next((level for form, level in levels() if form in low), "unknown")


def level_of(kind: str, sides: Mapping[int, Sequence[Holder]]) -> str:
    """Return the highest rank that all sides have.

    Args:
        kind: The type of the engagement.
        sides: Who takes part for each side; who is only meant has the rank of the others.
    """
    ranks: list[str] = []
    for holders in sides.values():
        if kind in _OF_PLACES and all(a.is_state for a in holders):
            continue
        own = [level_of_title(a.title) for a in holders if a.title or a.is_person]
        known = [level for level in own if level != "unknown"]
        if known:
            ranks.append(min(known, key=_ORDER.index))
        elif not all(a.is_meant for a in holders):
            ranks.append("unit" if kind in _OF_FORCES else "unknown")
    return max(ranks, key=_ORDER.index) if ranks else "unknown"
