"""What the network sees of a text: paragraphs as tokens, each token a row of numbers.

A row holds the word's place in the table of word vectors, then hashes of its form, beginning, end and shape, of its
kinds and frames in the lexicon, and of whether it stands in quote marks. The lexicon is the one that the network
learned with, which stands beside it: a row that cues.tsv gains later changes nothing here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.quotation import Span
from tasks.quotes.tokens import Kind

COLUMNS = 8
RELATIONS = 4
MAX_TOKENS = 400  # a longer paragraph is read in pieces

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’.,/&@-][^\W_]+)*|\S")
_DIGIT = re.compile(r"\d")
_REPEATS = re.compile(r"(.)\1{2,}")
_KINDS: tuple[Kind, ...] = (
    "auxiliary",
    "adverb",
    "boundary",
    "day",
    "determiner",
    "document",
    "honorific",
    "institution",
    "preposition",
    "pronoun",
    "role",
    "title",
)
_MARKS = frozenset('"“”')
_PAUSES = frozenset(",;:–—")
_STOPS = frozenset(".?!")
_STEPS = np.array([1, 2, 3, 4, 5, 7, 10, 15, 25, 50])

Rows = NDArray[np.uint64]


def write_words(lexicon: Lexicon) -> str:
    r"""Return what a row says of the words of a lexicon, in the form of cues.tsv.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> write_words(parse_lexicon("cue\tsay|said\tquote that\ncue\tmade clear\tthat\nby\tof\npronoun\the"))
        'cue\tsaid|say\tquote that\npronoun\the\n'
    """
    forms: dict[tuple[str, str], list[str]] = {}
    for cues in lexicon.cues.values():
        for cue in cues:
            if len(cue.words) == 1:
                forms.setdefault(("cue", " ".join(sorted(cue.frames))), []).append(cue.words[0])
    rows = [f"{kind}\t{'|'.join(sorted(words))}\t{frames}" for (kind, frames), words in sorted(forms.items())]
    rows += [f"{kind}\t{'|'.join(sorted(lexicon.forms(kind)))}" for kind in _KINDS if lexicon.forms(kind)]
    return "\n".join([*rows, ""])


def words_of(text: str) -> list[str]:
    """Return the forms that word vectors are kept for: small letters, digits as 0.

    Example:
        >>> words_of("Tan’s 24 F-16s.")
        ["tan's", '00', 'f-00s', '.']
    """
    return [_norm(word) for word in _TOKEN.findall(text)]


def _norm(word: str) -> str:
    return _DIGIT.sub("0", word.lower().replace("’", "'"))


def _shape(word: str) -> str:
    shape = "".join("X" if c.isupper() else "d" if c.isdigit() else "x" if c.isalpha() else c for c in word)
    return _REPEATS.sub(r"\1\1", shape)[:6]


def _hash(kind: str, value: str) -> int:
    return zlib.crc32(f"{kind}{value}".encode())


@dataclass(frozen=True)
class Paragraph:
    """A stretch of text within a line.

    Attributes:
        words: Its tokens.
        spans: Where they stand in the text.
        rows: What the network sees of each, `len(words)` by `COLUMNS`.
        counts: How many pauses, marks and stops stand before each token and in all, `len(words) + 1` by 3.
    """

    words: list[str]
    spans: list[Span]
    rows: Rows
    counts: NDArray[np.int64]


@dataclass
class Features:
    """Reads paragraphs.

    Attributes:
        lexicon: For kinds and frames; the one that the network learned with.
        vocabulary: The row of each word vector, from 1; 0 is for all other words.
    """

    lexicon: Lexicon
    vocabulary: Mapping[str, int]
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def paragraphs(self, text: str) -> Iterator[Paragraph]:
        """Yield the paragraphs of a text that are not blank."""
        at = 0
        for line in text.split("\n"):
            found = [(m.group(), (m.start() + at, m.end() + at)) for m in _TOKEN.finditer(line)]
            for i in range(0, len(found), MAX_TOKENS):
                words, spans = zip(*found[i : i + MAX_TOKENS], strict=True)
                yield Paragraph(list(words), list(spans), self._rows(words), _counts(words))
            at += len(line) + 1

    def _rows(self, words: tuple[str, ...]) -> Rows:
        rows: list[tuple[int, ...]] = []
        is_open = False
        for word in words:
            if word in _MARKS:
                is_open = word == "“" or (word == '"' and not is_open)
            rows.append((*self._word(word), 2 * is_open + (word in _MARKS)))
        return np.array(rows, dtype=np.uint64)

    def _word(self, word: str) -> tuple[int, ...]:
        row = self._known.get(word)
        if row is None:
            lower, form = word.lower(), _norm(word)
            kinds = " ".join(kind for kind in _KINDS if self.lexicon.has(lower, kind))
            frames = {f for cue in self.lexicon.cues.get(lower, ()) if len(cue.words) == 1 for f in cue.frames}
            parts = {"form": form, "start": form[:3], "end": form[-3:], "shape": _shape(word), "kinds": kinds}
            parts["frames"] = " ".join(sorted(frames))
            row = (self.vocabulary.get(form, 0), *(_hash(kind, value) for kind, value in parts.items()))
            self._known[word] = row
        return row


def _counts(words: tuple[str, ...]) -> NDArray[np.int64]:
    is_kind = np.array([[word in kind for kind in (_PAUSES, _MARKS, _STOPS)] for word in words])
    return np.concatenate([np.zeros((1, 3), np.int64), np.cumsum(is_kind, axis=0)])


def relate(paragraph: Paragraph, cue: Span, start: int, end: int) -> Rows:
    """Say how the tokens `start` to `end` stand to a cue: how far off, and what pauses, marks and stops lie between.

    Args:
        paragraph: The paragraph.
        cue: The first token of the cue and the one after its last.
        start: The first token to look at.
        end: The one after the last.

    Returns:
        `end - start` by `RELATIONS`.
    """
    at = np.arange(start, end)
    distance = np.where(at < cue[0], at - cue[0], np.maximum(at - cue[1] + 1, 0))
    side = np.sign(distance)
    far = side * np.searchsorted(_STEPS, np.abs(distance), side="right") + len(_STEPS)
    low = np.where(at < cue[0], at, cue[1])
    high = np.maximum(np.where(at < cue[0], cue[0], at), low)
    between = np.minimum(paragraph.counts[high] - paragraph.counts[low], [5, 4, 4])
    columns = [far, *(3 * between[:, k] + side + 1 for k in range(3))]
    return np.stack(columns, axis=1).astype(np.uint64)
