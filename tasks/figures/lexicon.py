"""The words that rules of figures read: figures.tsv."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tasks.lexicons import alternation, read_rows

_WORDS = "figures.tsv"
CATEGORIES = (
    "aircraft", "vessel", "vehicle", "weapon", "munition", "personnel", "civilian", "combatant", "other", "sortie",
    "strike", "tonnage",
)  # fmt: skip


@cache
def values(kind: str) -> dict[str, str]:
    """Return the forms of a kind with what they stand for."""
    return {form: value for row, form, value in read_rows(_WORDS, 3) if row == kind}


class Noun(NamedTuple):
    """What a form counts: category, singular, and whether the form stands for several."""

    category: str
    singular: str
    is_plural: bool


@cache
def nouns() -> dict[str, Noun]:
    """Return the nouns that are counted, plural and singular, in small letters."""
    found: dict[str, Noun] = {}
    for category in CATEGORIES:
        for form, singular in values(category).items():
            found[form.casefold()] = Noun(category, singular, True)
            found.setdefault(singular.casefold(), Noun(category, singular, False))
    return found


@cache
def noun_pattern() -> re.Pattern[str]:
    """Return the pattern of a noun that is counted, the longest first."""
    return re.compile(rf"{alternation(nouns())}(?![\w-])", re.IGNORECASE)


@cache
def words(kind: str) -> re.Pattern[str]:
    """Return the pattern of words of a kind, whole, in any case."""
    return re.compile(rf"(?<![\w’'-]){alternation(values(kind))}(?![\w-])", re.IGNORECASE)
