"""A document as words: names, dates and numbers stand for one another, sentences are apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
#: Labels of mentions that are words like others.
_WORDED = frozenset({"TITLE"})
NUMBER = "NUMBER"


class Word(NamedTuple):
    """A word, or a name in one: its form, half-open offsets, the number of its sentence."""

    form: str
    start: int
    end: int
    sentence: int


def read_words(text: str, sentences: Sequence[tuple[int, int]], mentions: Sequence[tuple[int, int, str]]) -> list[Word]:
    """Return the words of a document's sentences, in small letters; a mention is its label, a number NUMBER.

    Args:
        text: The text.
        sentences: Half-open offsets, ascending.
        mentions: Half-open offsets and label, ascending and free of overlaps.

    Example:
        >>> names = [(3, 8, "DATE"), (9, 17, "PERSON")]
        >>> [w.form for w in read_words("On 5 May Ana Ruiz met 30 cadets.", [(0, 32)], names)]
        ['on', 'DATE', 'PERSON', 'met', 'NUMBER', 'cadets']
    """
    names = [mention for mention in mentions if mention[2] not in _WORDED]
    found: list[Word] = []
    n = 0
    for number, (start, end) in enumerate(sentences):
        at = start
        while n < len(names) and names[n][0] < end:
            name_start, name_end, label = names[n]
            n += 1
            if name_start < at:
                continue
            found += _plain(text, at, name_start, number)
            found.append(Word(label, name_start, name_end, number))
            at = name_end
        found += _plain(text, at, end, number)
    return found


def _plain(text: str, start: int, end: int, sentence: int) -> list[Word]:
    return [
        Word(NUMBER if hit.group()[0].isdigit() else hit.group().lower(), *hit.span(), sentence)
        for hit in _WORD.finditer(text, start, end)
    ]
