"""Words of a query: what they are, how they are asked of the index, where they stand in a text.

A query is words, all of which are wanted; `"two words"` stand beside each other, `mari*` is a beginning, `-word` is not
wanted. Everything else is no syntax: a query never fails. Words are letters and digits without case and accents, as
the index cuts them (`unicode61 remove_diacritics 2`), so that what is found is what is marked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

TOKENIZE = "unicode61 remove_diacritics 2"
_TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_ABOUT = 90  # characters of a snippet on either side of its first hit
_MOST_TERMS = 24


@dataclass(frozen=True)
class Term:
    """Words that stand beside each other.

    Attributes:
        words: Folded.
        is_prefix: Whether the last is a beginning.
        is_unwanted: Whether no hit may have it.
    """

    words: tuple[str, ...]
    is_prefix: bool = False
    is_unwanted: bool = False


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return a word without case and accents.

    Example:
        >>> fold("Türkiye")
        'turkiye'
    """
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def read_terms(query: str) -> list[Term]:
    """Return the terms of a query.

    Example:
        >>> read_terms('"at the invitation of" drill* -Air')
        [Term(words=('at', 'the', 'invitation', 'of'), is_prefix=False, is_unwanted=False), \
Term(words=('drill',), is_prefix=True, is_unwanted=False), Term(words=('air',), is_prefix=False, is_unwanted=True)]
    """
    terms = []
    for minus, phrase, word in _TERM.findall(query):
        words = tuple(fold(part) for part in _WORD.findall(phrase or word))
        if words:
            terms.append(Term(words, word.endswith("*"), bool(minus)))
    return terms[:_MOST_TERMS]


def to_match(terms: Iterable[Term]) -> str | None:
    """Return what FTS5 is asked; None where no word is wanted.

    Example:
        >>> to_match(read_terms('"at the" drill* -air NOT'))
        '("at the" AND "drill" * AND "not") NOT ("air")'
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in terms:
        phrase = f'"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")
        (unwanted if term.is_unwanted else wanted).append(phrase)
    if not wanted:
        return None
    asked = f"({' AND '.join(wanted)})"
    return f"{asked} NOT ({' OR '.join(unwanted)})" if unwanted else asked


def to_token(code: str) -> str:
    """Return the one word that the index has for a country or body.

    Example:
        >>> to_token("KEN"), to_token("org:nato")
        ('ken', 'orgnato')
    """
    return "".join(filter(str.isalnum, code)).lower()


def find_terms(text: str, terms: Iterable[Term]) -> Iterator[tuple[int, int]]:
    """Yield where wanted terms stand in a text, in order of their ends; a place may lie in another.

    Example:
        >>> list(find_terms("Held talks, then held more talks.", read_terms('"held talks" talks')))
        [(0, 10), (5, 10), (27, 32)]
    """
    wanted = [term for term in terms if not term.is_unwanted]
    longest = max((len(term.words) for term in wanted), default=0)
    last: list[tuple[str, int]] = []
    for match in _WORD.finditer(text):
        last.append((fold(match[0]), match.start()))
        del last[:-longest]
        for term in wanted:
            if _ends(term, last):
                yield last[-len(term.words)][1], match.end()


def _ends(term: Term, words: Sequence[tuple[str, int]]) -> bool:
    size = len(term.words)
    if len(words) < size:
        return False
    *before, (end, _) = words[-size:]
    fits = end.startswith(term.words[-1]) if term.is_prefix else end == term.words[-1]
    return fits and all(word == wanted for (word, _), wanted in zip(before, term.words, strict=False))


def merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that share characters.

    Example:
        >>> merge([(5, 9), (0, 10), (12, 14)])
        [(0, 10), (12, 14)]
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Snippet:
    """A piece of a text around its first hit.

    Attributes:
        pieces: Text, and whether it is a hit.
        at: Where the first hit stands in the text; None where there is none.
    """

    pieces: tuple[tuple[str, bool], ...]
    at: tuple[int, int] | None = None


def cut_snippet(text: str, terms: Sequence[Term], about: int = _ABOUT) -> Snippet:
    """Return the first hit of a text in its surroundings, or the beginning of the text.

    Example:
        >>> cut_snippet("A frigate left. The port was closed.", read_terms("port"), 8).pieces
        (('… The ', False), ('port', True), (' was …', False))
    """
    first = next(find_terms(text, terms), None)
    if first is None:
        start, end = 0, _to_border(text, 2 * about, -1)
    else:
        start, end = _to_border(text, first[0] - about, 1), _to_border(text, first[1] + about, -1)
        start, end = min(start, first[0]), max(end, first[1])
    part = text[start:end]
    pieces: list[tuple[str, bool]] = []
    at = 0
    for low, high in merge(find_terms(part, terms)):
        pieces += [(part[at:low], False), (part[low:high], True)]
        at = high
    pieces.append((part[at:], False))
    if start:
        pieces[0] = ("… " + pieces[0][0].lstrip(), False)
    if end < len(text):
        pieces[-1] = (pieces[-1][0].rstrip() + " …", False)
    return Snippet(tuple(piece for piece in pieces if piece[0]), first)


def _to_border(text: str, at: int, step: int) -> int:
    """Return a place near by that parts words, or the same where there is none within a long word's length."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    places = range(at, at + 24 * step, step)
    return next((place for place in places if 0 < place < len(text) and text[place - (step > 0)].isspace()), at)
