"""What is counted: a number with the noun that it counts, `more than 300 Polish soldiers`.

Order: a number, and what makes it a range or inexact → words up to the noun that heads the phrase → what follows shows
that it is the head: of `two weapons caches` the caches are counted, which no rule knows. Numbers of names, years, sums
of money, measures and parts of longer numbers are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tasks.figures.lexicon import noun_pattern, nouns, values
from tasks.lexicons import alternation
from tasks.numbers import read_number, values_of

_MODIFIERS = 4  # words between a number and its noun
_WORD = re.compile(r"[A-Z][\w’'.-]* \d{1,3} (?=[a-z])|(?=\S*[^\W\d_])[^\W_][\w’'./-]* ")  # Leopard 2 tanks
_FOLLOWS = re.compile(r"\s*(?:$|[,.;:)”\"—–]|- )|[-\s]*([^\W\d_]+)")
_DIGIT = re.compile(r"\d")
_THOUSANDTHS = re.compile(r"\.\d{3}\b")  # 900.000: thousands as others part them, or a fraction
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMED = re.compile(r"(?<![\w’'-])[A-Z][\w’'.-]*,? ?$")
_PARTS = re.compile(
    r"[%.,/:+=-]$|[$£€¥#№§] ?$|"
    r"\b(?:no|nos|number|article|resolution|page|chapter|section|part|type|class|group|phase)\.? ?$",
    re.IGNORECASE,
)


@cache
def _with_more() -> re.Pattern[str]:
    """Return the pattern of a second noun that the number counts too: `12 children and teenagers`."""
    ends = r"(?:(?:s|men|people|crew|personnel|children)\b)"
    no_count = rf"(?!{alternation((*values_of('number'), *values('did')))}\b)"
    return re.compile(
        rf",? (?:and|or|as well as) {no_count}(?:[a-z][\w-]* )?[a-z]\w*{ends}|, (?:{alternation(nouns())})\b"
    )


class Count(NamedTuple):
    """A number and its noun, half-open offsets.

    Attributes:
        start: Start of the number, with what makes it inexact.
        number_end: End of the number.
        end: End of the noun.
        low: Lower end; None: only an upper end is told.
        high: Upper end; None: only a lower end is told.
        is_approximate: Whether it is about so many.
        noun: The head noun, singular.
        category: Its category.
    """

    start: int
    number_end: int
    end: int
    low: float | None
    high: float | None
    is_approximate: bool
    noun: str
    category: str


@cache
def _number() -> re.Pattern[str]:
    numerals = alternation(word for word, value in values_of("number").items() if word == "one" or int(value) > 1)
    magnitude = alternation(("hundred", "thousand", "million"))
    digits = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?!\d)|\d+(?:\.\d+)?"
    word = rf"{numerals}(?:[- ]{numerals})?"
    one = rf"(?:{digits}|{word})(?: {magnitude})*(?:(?: and)? {word}(?: {magnitude})*)*"
    inexact = alternation((*values("about"), *values("least"), *values("most")))
    until = r"(?: ?[–-] ?| to | or |(?(between) and |(?!)))"
    return re.compile(
        rf"(?<![\w’'-])(?:(?P<before>{inexact}) )?(?:a total of )?"
        rf"(?P<between>between )?(?P<low>{one})(?:{until}(?P<high>{one}))?"
        r"(?P<more> or more|-plus)? (?=[^\W\d_])",
        re.IGNORECASE,
    )


@cache
def _number_before() -> re.Pattern[str]:
    """Return the pattern of a number word before a number: what follows is the end of a longer one."""
    words = alternation((*values_of("number"), *values_of("magnitude"), "dozen"))
    return re.compile(rf"(?<!\w){words}(?: and)? $", re.IGNORECASE)


def may_count(text: str) -> bool:
    """Tell whether a number stands in a text: without one nothing is counted."""
    return _DIGIT.search(text) is not None or _number().search(text) is not None


def find_counts(text: str, start: int, end: int) -> Iterator[Count]:
    """Yield what is counted in a stretch of a text, from left to right.

    Example:
        >>> text = "They sent more than 300 Polish soldiers, two weapons caches and 20-30 trucks in 2008."
        >>> [(text[c.start : c.end], c.low, c.high, c.noun) for c in find_counts(text, 0, len(text))]
        [('more than 300 Polish soldiers', 300.0, None, 'soldier'), ('20-30 trucks', 20.0, 30.0, 'truck')]
    """
    for hit in _number().finditer(text, start, end):
        if not _is_quantity(text, start, hit):
            continue
        found = _head(text, hit.end(), end)
        low = read_number(_close(hit["low"]))
        high = read_number(_close(hit["high"])) if hit["high"] else low
        if found is None or low is None or high is None or high < low:
            continue
        finish, form = found
        category, singular, is_plural = nouns()[form.casefold()]
        if _THOUSANDTHS.search(hit.group()) or (category != "tonnage" and low % 1):
            continue
        if not (form.casefold() == singular.casefold() if low == high == 1 else is_plural):
            continue
        word = (hit["before"] or "").casefold()
        bounds: tuple[float | None, float | None] = (low, high)
        if word in values("least") or hit["more"]:
            bounds = (low, None)
        elif word in values("most"):
            bounds = (None, high)
        yield Count(hit.start(), hit.end() - 1, finish, *bounds, word in values("about"), singular, category)


def _close(number: str) -> str:
    """Return a number without the blanks that part its thousands."""
    return re.sub(r"(?<=\d) (?=\d{3})", "", number)


def _is_quantity(text: str, start: int, hit: re.Match[str]) -> bool:
    """Tell whether a number counts: it is no year, no part of a name or of another number."""
    before = text[max(start, hit.start() - 25) : hit.start()]
    if _PARTS.search(before) or _number_before().search(before):
        return False
    if hit["before"] is None and not hit["high"]:
        if _YEAR.fullmatch(hit["low"]):
            return False
        named = _NAMED.search(before)
        if named and not named.group().rstrip(" ").endswith(",") and len(before) > len(named.group()):
            return False
    return True


def _head(text: str, at: int, end: int) -> tuple[int, str] | None:
    """Return the end and the form of the noun that heads the phrase behind a number."""
    for _ in range(_MODIFIERS + 1):
        if noun := noun_pattern().match(text, at, end):
            follows = _FOLLOWS.match(text, noun.end(), end)
            word = follows[1] if follows else None
            if follows and (word is None or word.casefold() in values("after")):
                return None if _with_more().match(text, noun.end(), end) else (noun.end(), noun.group())
        word_here = _WORD.match(text, at, end)
        if word_here is None:
            return None
        word = word_here.group().strip().casefold()
        if word in values("ends") or word in values_of("number"):
            return None
        at = word_here.end()
    return None
