"""Cuts that the search made in numbers, amounts, times, codes and types, and that their forms put right.

Order: codes and types of letters and digits → signs of currencies → numbers of groups → times of day and the days
before them → what a number stands beside, where no space of the paragraph is left. Only spaces that were put in go.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import numpy.typing as npt

from tasks.lexicons import read_terms
from tasks.normalize.model import RestoreModel

Flags = npt.NDArray[np.uint8]

_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"[A-Z]\d{1,4}(?:[A-Z]\d{0,2}(?![a-z])){0,2}")
_VARIANT = re.compile(r"\d[A-Z]")
_TYPE = re.compile(r"(?:-\d{1,3}|(?<![A-Z])[A-Z]\d[A-Z]?\d?)\Z")
_LONGEST_TYPE = 6  # characters
_MODEL = re.compile(r"[A-Z][A-Za-z]?-\d{1,3}\Z")
_CODE_LETTERS = 3
_VARIANT_LETTERS = 2  # behind a model, that are no common acronym: Su-30SM
_COMMON, _KNOWN = 12.0, 16.0  # nats of a word by itself
_LONGEST = 24  # letters of a word
# What stands in a number of a kind, and is sooner looked for.
_GROUP, _MONTH, _MINUTE = re.compile(r",\d{3}"), re.compile(r"\.\d{1,2}\.\d"), re.compile(r":\d")
_BRACKET = re.compile(r"\((?<=\d\()")
_GROUPS = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_CLOCK = re.compile(r"\d:\d\d(?![,.]?\d)")
_DAY_AND_TIME = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?=[012]?\d:[0-5]\d(?!\d))|\d{4}-\d\d-\d\d(?=[012]\d:[0-5]\d(?!\d)))"
)
_LABELLED = re.compile(r"[A-Za-z]{2}:(?=\d)")
_EXPLAINED = re.compile(r"(?<![\d,(])(?<!\d\.)\d{1,3}\((?=[A-Za-z]{3}|[+-]\d)")
_DOTTED_DAY = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\d)")
# What may be the code of a currency before a sum of millions or of thousands: no `COP26`.
_SUM = re.compile(r"[A-Z](?<![A-Z][A-Z])[A-Z]{2}(?=\d{1,3}(?:,\d{3}|(?:\.\d+)?[bm]illion))")
_SIGNED = re.compile(r"(?<!\w)\+\d")


def mend_numerals(bare: str, gaps: Flags, spaces: Flags, model: RestoreModel) -> None:
    """Put right in place where spaces stand in and beside numbers.

    Args:
        bare: A paragraph without its spaces.
        gaps: For each character whether a space stood before it.
        spaces: For each whether one is to stand there.
        model: The words.
    """
    if _DIGIT.search(bare) is None:
        return
    for match in _CODE.finditer(bare):
        start, end = match.span()
        if not bare[start - 1 : start].isupper():
            _close(gaps, spaces, start + 1, end)
    for match in _VARIANT.finditer(bare):
        at = match.end() - 1
        if spaces[at] and not gaps[at] and _TYPE.search(bare, max(0, at - _LONGEST_TYPE), at):
            _join_variant(bare, spaces, at, model)
    if "$" in bare or not bare.isascii():
        sign, fronts = _read_signs()
        for match in sign.finditer(bare):
            start = match.start()
            front = next((f for f in fronts if bare.endswith(f, 0, start)), "")
            if front and not bare[start - len(front) - 1 : start - len(front)].isupper():
                start -= len(front)
            _close(gaps, spaces, start + 1, match.end())
    has_groups = _GROUP.search(bare) is not None
    if has_groups:
        for match in _GROUPS.finditer(bare):
            _close(gaps, spaces, match.start() + 1, match.end())
    if "+" in bare:
        for match in _SIGNED.finditer(bare):
            _close(gaps, spaces, match.end() - 1, match.end())
    for match in _DOTTED_DAY.finditer(bare) if _MONTH.search(bare) else ():
        _close(gaps, spaces, match.start() + 1, match.end())
    if _MINUTE.search(bare):
        _mend_times(bare, gaps, spaces)
    if np.count_nonzero(gaps):  # sooner told than any()
        return
    for match in _SUM.finditer(bare) if has_groups or "illion" in bare else ():
        if match.group() in _read_codes():
            spaces[match.end()] = 1
    if _BRACKET.search(bare):
        for match in _EXPLAINED.finditer(bare):
            spaces[match.end() - 1 : match.end() + 1] = 1, 0


def _mend_times(bare: str, gaps: Flags, spaces: Flags) -> None:
    for match in _CLOCK.finditer(bare):
        _close(gaps, spaces, match.start() + 1, match.end())
    if np.count_nonzero(gaps):  # sooner told than any()
        return
    for match in _DAY_AND_TIME.finditer(bare):
        spaces[match.end()] = 1
    for match in _LABELLED.finditer(bare):
        spaces[match.end()] = 1


def _close(gaps: Flags, spaces: Flags, start: int, end: int) -> None:
    spaces[start:end] &= gaps[start:end]


@cache
def _read_signs() -> tuple[re.Pattern[str], list[str]]:
    """Return what finds a sign of a currency before a digit, and the letters that belong to one, the longest first."""
    terms = read_terms("currencies.tsv", 3)
    signs = "".join(sign for sign in terms["sign"] if len(sign) == 1)
    return re.compile(rf"[{re.escape(signs)}]\d"), sorted(terms["front"], key=len, reverse=True)


@cache
def _read_codes() -> frozenset[str]:
    codes = read_terms("currencies.tsv", 3)["code"]
    return frozenset(form for form in codes if len(form) == _CODE_LETTERS and form.isupper())


def _join_variant(bare: str, spaces: Flags, at: int, model: RestoreModel) -> None:
    """Join the letters behind the number of a type to it, also one that was taken for the first of a word."""
    end = at + 1
    while end < len(bare) and end - at < _LONGEST and not spaces[end] and bare[end].isalpha():
        end += 1
    word = bare[at:end]
    if len(word) > 1 and not _is_variant(bare, at, word, model):
        if model.cost(word) <= _KNOWN or model.cost(word[1:]) > _COMMON:
            return
        spaces[at + 1] = 1
    spaces[at] = 0


def _is_variant(bare: str, at: int, letters: str, model: RestoreModel) -> bool:
    is_short = len(letters) == _VARIANT_LETTERS and letters.isupper() and model.cost(letters) > _COMMON
    return is_short and _MODEL.search(bare, max(0, at - _LONGEST_TYPE), at) is not None
