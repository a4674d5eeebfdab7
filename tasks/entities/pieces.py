"""Documents cut into the pieces that the model sees: lines, long ones at sentences, monsters at a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_PIECE = 2000

_WIDE = re.compile("[\uff01-\uff5e]")
_NARROW = {0xFF01 + i: 0x21 + i for i in range(0x5E)}


def narrow(text: str) -> str:
    """Return a text with the full-width marks and letters of East Asian type as plain ones, each in its place.

    Example:
        >>> narrow("Ann Hill：Yes（laughs）")
        'Ann Hill:Yes(laughs)'
    """
    return text.translate(_NARROW) if _WIDE.search(text) else text


def cut_pieces(text: str, sentence_starts: Sequence[int], limit: int = MAX_PIECE) -> Iterator[tuple[int, int]]:
    r"""Yield spans that cover everything but line breaks and blank lines, each at most `limit` characters long.

    Args:
        text: The document.
        sentence_starts: Where its sentences start, ascending.
        limit: Longest piece in characters.

    Example:
        >>> list(cut_pieces("One. Two.\nThree four", [0, 5, 10], limit=6))
        [(0, 5), (5, 9), (10, 16), (16, 20)]
    """
    at = i = 0
    while at < len(text):
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        while at < line_end:
            end = line_end
            if end - at > limit:
                while i < len(sentence_starts) and sentence_starts[i] <= at + limit:
                    i += 1
                start = sentence_starts[i - 1] if i else at
                blank = text.rfind(" ", at + 1, at + limit) + 1
                end = start if start > at else blank or at + limit
            if not text[at:end].isspace():
                yield at, end
            at = end
        at = line_end + 1
