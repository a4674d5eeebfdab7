"""Tells the dateline that a text or a paragraph opens with: `OSLO, March 4 (Agency) --`, `NEW DELHI, Mar 4:`.

A dateline says where and when a text was written. It is nobody's speech and names no speaker, so that units are cut
behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.quotes.tokens import Token

_REACH = 24  # tokens of a dateline
_LEAST_CAPITALS = 3  # letters of a word in capitals that is no initial
_DASHES = frozenset("–—-")
_INSIDE = frozenset(",().")
_YEAR = re.compile(r"(?:19|20)\d\d")


def dateline_end(tokens: Sequence[Token], at: int) -> int:
    """Return the token after the dateline that starts at a token, or that token where none starts.

    Args:
        tokens: Those of a document; `at` starts a line.
        at: The token.
    """
    first, is_dated = tokens[at], False
    if not (first.form == "w" and first.text[0].isupper()):
        return at
    for i in range(at + 1, min(at + _REACH, len(tokens) - 1)):
        token = tokens[i]
        if token.text in _DASHES or token.text == ":":
            end = i + 1
            while tokens[end].text in _DASHES and end < len(tokens) - 1:
                end += 1
            is_set_off = token.end > token.start and tokens[end].start > tokens[end - 1].end
            is_place = token.text != ":" and _is_in_capitals(first) and tokens[end].form != "p"
            return end if is_set_off and (is_dated or is_place) and tokens[end].text != "\n" else at
        is_name = token.form == "w" and (token.is_capital or token.has("preposition", "day", "determiner"))
        if not (is_name or token.text in _INSIDE) or token.has("cue", "auxiliary", "pronoun"):
            return at
        is_dated = is_dated or token.has("day") or _YEAR.fullmatch(token.text) is not None
    return at


def _is_in_capitals(token: Token) -> bool:
    return token.text.isupper() and sum(map(str.isalpha, token.text)) >= _LEAST_CAPITALS
