"""Names of countries and peoples, found with a lexicon."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tasks.lexicons import read_rows

COUNTRIES = "countries.tsv"
_CAPITALISED = re.compile(r"(?<![\w@])[A-Z]")


class Mention(NamedTuple):
    """A name in a text: half-open offsets, label, and what found it."""

    start: int
    end: int
    label: str
    method: str


def alternation(forms: tuple[str, ...]) -> str:
    r"""Return a regular expression for any of the forms, the longest first.

    Example:
        >>> alternation(("Sgt.", "Staff Sgt."))
        '(?:Staff\\ Sgt\\.|Sgt\\.)'
    """
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))) + ")"


@cache
def country_forms() -> dict[str, tuple[str, str]]:
    """Return ISO 3166 alpha-3 code and label (GPE or NORP) by form."""
    return {form: (iso, "NORP" if kind == "demonym" else "GPE") for iso, kind, form in read_rows(COUNTRIES, 3)}


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    forms: dict[str, list[str]] = {}
    for form in country_forms():
        forms.setdefault(form.split()[0], []).append(form)
    return {first: tuple(sorted(found, key=len, reverse=True)) for first, found in forms.items()}


_WORD = re.compile(r"[^\s,;:()\[\]\"“”/—–-]+")


def find_countries(text: str) -> list[Mention]:
    """Find names of countries and peoples, capitalised and at word boundaries, the longest form first.

    Example:
        >>> [(m.label, m.start, m.end) for m in find_countries("Russian and U.S. officers met in South Korea.")]
        [('NORP', 0, 7), ('GPE', 12, 16), ('GPE', 33, 44)]
    """
    forms, first_words = country_forms(), _by_first_word()
    found: list[Mention] = []
    at = 0
    for hit in _CAPITALISED.finditer(text):
        start = hit.start()
        if start < at:
            continue
        word = _WORD.match(text, start)
        if word is None:
            continue
        raw = word.group()
        candidates = first_words.get(raw) or first_words.get(re.split(r"['’]|[.!?]+$", raw)[0], ())
        for form in candidates:
            end = start + len(form)
            if text.startswith(form, start) and not text[end : end + 1].isalnum():
                found.append(Mention(start, end, forms[form][1], "lexicon"))
                at = end
                break
    return found
