"""How high an engagement was: the highest rank that all its sides have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.engagements.actors import Actor
from tasks.engagements.lexicon import levels

_ORDER = ("head", "minister", "deputy", "chief", "command", "working", "unit", "unknown")
_OF_PLACES = frozenset({"visit", "port_call"})  # where a state only says where
_OF_FORCES = frozenset({"exercise", "operation", "deployment", "encounter", "port_call", "training"})


def level_of_title(title: str | None) -> str:
    """Return the rank of an office.

    Example:
        >>> level_of_title("Deputy Defense Minister"), level_of_title("Prime Minister"), level_of_title("Poet")
        ('deputy', 'head', 'unknown')
    """
    low = (title or "").casefold().replace("’", "'")
    return next((level for form, level in levels() if form in low), "unknown")


def level_of(kind: str, sides: Mapping[int, Sequence[Actor]]) -> str:
    """Return the highest rank that all sides have.

    Args:
        kind: The type of the engagement.
        sides: The actors of each side; one that is only meant has the rank of the others.
    """
    ranks: list[str] = []
    for actors in sides.values():
        if kind in _OF_PLACES and all(a.kind == "state" for a in actors):
            continue
        own = [level_of_title(a.title) for a in actors if a.title or a.kind == "person"]
        known = [level for level in own if level != "unknown"]
        if known:
            ranks.append(min(known, key=_ORDER.index))
        elif not all(a.start == a.end for a in actors):
            ranks.append("unit" if kind in _OF_FORCES else "unknown")
    return max(ranks, key=_ORDER.index) if ranks else "unknown"
