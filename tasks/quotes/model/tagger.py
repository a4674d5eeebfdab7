"""Finds attributions of every kind, of thought and attitude as well as of speech, by the model under models/quotes.

Order: paragraphs → the network → spans → of two that overlap, the longer → quotations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from tasks.errors import ConfigError
from tasks.quotes.lexicon import parse_lexicon
from tasks.quotes.model.features import Features, Paragraph
from tasks.quotes.model.genre import Genre
from tasks.quotes.model.network import FIRST, OTHER, SOURCE, Attributed, Network
from tasks.quotes.quotation import Span
from tasks.resources import locate

WORDS = "words.tsv"
_LEAST = 0.55  # how sure a cue has to be
_BATCH = 32  # paragraphs read at a time


class Attribution(NamedTuple):
    """Content, cue and source of one attribution, in offsets into the text, and how sure its cue is."""

    segments: tuple[Span, ...]
    cue: Span
    source: Span | None
    score: float

    @property
    def size(self) -> int:
        """Characters of the content."""
        return sum(end - start for start, end in self.segments)

    def shared(self, segments: Sequence[Span]) -> int:
        """Return how many characters of the content lie in other segments."""
        return sum(max(0, min(e, end) - max(s, start)) for s, e in self.segments for start, end in segments)


@dataclass(frozen=True)
class Tagger:
    """The network with its features, and what tells the documents that it reads from others; None: it reads all."""

    features: Features
    network: Network
    genre: Genre | None = None

    def reads(self, text: str) -> bool:
        """Tell whether a text is one for the network: a news report, unless it reads all."""
        return self.genre is None or self.genre.is_news(text)

    def find(self, text: str) -> list[Attribution]:
        """Return the attributions of a text, by their start; no two share more than half of the shorter one."""
        paragraphs = list(self.features.paragraphs(text))
        found: list[Attribution] = []
        for i in range(0, len(paragraphs), _BATCH):
            batch = paragraphs[i : i + _BATCH]
            for paragraph, attributed in zip(batch, self.network.predict(batch, _LEAST), strict=True):
                found += _keep_longest([one for a in attributed for one in _read(paragraph, a)])
        return found


def _read(paragraph: Paragraph, attributed: Attributed) -> Iterator[Attribution]:
    """Yield the attribution that labels say, if they mark any words as content."""
    runs: dict[str, list[tuple[int, int]]] = {"none": [], "content": [], "source": []}
    at = attributed.start
    for kind, group in groupby(_kinds(attributed.labels.tolist()), key=itemgetter(0, 1)):
        size = len(list(group))
        runs[kind[0]].append((at, at + size))
        at += size
    content = [
        (paragraph.spans[first][0], paragraph.spans[stop - 1][1])
        for first, stop in runs["content"]
        if any(word[0].isalnum() for word in paragraph.words[first:stop])
    ]
    if not content:
        return
    start, end = attributed.cue
    nearest = min(runs["source"], key=lambda run: max(run[0] - end, start - run[1]), default=None)
    source = (paragraph.spans[nearest[0]][0], paragraph.spans[nearest[1] - 1][1]) if nearest else None
    cue = (paragraph.spans[start][0], paragraph.spans[end - 1][1])
    yield Attribution(tuple(content), cue, source, attributed.score)


def _kinds(labels: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield what each label marks, and for content the number of its piece, which a first word starts anew."""
    piece = 0
    for label in labels:
        piece += label == FIRST
        kind = "none" if label == OTHER else "source" if label == SOURCE else "content"
        yield kind, piece if kind == "content" else 0


def _keep_longest(found: Sequence[Attribution]) -> list[Attribution]:
    kept: list[Attribution] = []
    for one in sorted(found, key=lambda a: (-a.size, a.segments)):
        if all(2 * one.shared(other.segments) <= one.size for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda a: a.segments)


@cache
def load_tagger(model: str, *, is_for_all: bool = False) -> Tagger:
    """Read a model once a process.

    Args:
        model: A folder under models/, or a path.
        is_for_all: Whether it reads documents other than news reports, too.

    Raises:
        ConfigError: There is no such model, its words are malformed, or it cannot tell news reports from other
            documents and has to.
    """
    folder = locate(model, "models")
    if folder and (folder / "vocabulary.txt").is_file():
        words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")
        vocabulary = {word: i for i, word in enumerate(filter(None, words), 1)}
        genre = None if is_for_all else Genre.load(folder)
        known = parse_lexicon((folder / WORDS).read_text(encoding="utf-8"), str(folder / WORDS))
        return Tagger(Features(known, vocabulary), Network.load(folder), genre)
    raise ConfigError(
        f"quotes.model = {model!r}: no folder of that name holds a model, under models/ or as a path; "
        "train one with `communique train quotes --data DIR`"
    )
