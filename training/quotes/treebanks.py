"""Sentences of treebanks, from which the network learns grammar beside attributions: parts of speech, clauses.

Of each token: its part of speech, how it depends on another word and on which side that stands, and what kinds of
clauses start and end with it. The boundaries of what somebody said are boundaries of clauses.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.errors import InputError
from tasks.quotes.model.features import Features, Paragraph

_PARTS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
_RELATIONS = (
    "acl", "advcl", "advmod", "amod", "appos", "aux", "case", "cc", "ccomp", "compound", "conj", "cop", "csubj", "det",
    "discourse", "expl", "fixed", "flat", "iobj", "mark", "nmod", "nsubj", "nummod", "obj", "obl", "parataxis", "punct",
    "root", "vocative", "xcomp",
)  # fmt: skip
_SIDES = ("before", "after", "root")
_CLAUSES = ("ccomp", "xcomp", "parataxis", "advcl", "acl", "csubj", "root")
SIZES = (len(_PARTS) + 1, len(_RELATIONS) + 1, len(_SIDES), len(_CLAUSES) + 1, len(_CLAUSES) + 1)

Labels = NDArray[np.int64]


class Parsed(NamedTuple):
    """A sentence and, for each token, a label of each kind; shape (tokens, kinds)."""

    paragraph: Paragraph
    labels: Labels


class _Word(NamedTuple):
    start: int
    end: int
    part: int
    relation: str
    head: int


def read_treebank(path: Path, features: Features) -> Iterator[Parsed]:
    """Yield the sentences of a CoNLL-U file, plain or gzipped.

    Raises:
        InputError: A sentence has no line `# text`, or its words are not in it.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        block: list[str] = []
        for line in (*lines, "\n"):
            if line.strip():
                block.append(line.rstrip("\n"))
            elif block:
                yield from _read_sentence(block, features, path)
                block = []


def _read_sentence(block: Sequence[str], features: Features, path: Path) -> Iterator[Parsed]:
    text = next((line.removeprefix("# text = ") for line in block if line.startswith("# text = ")), None)
    if text is None:
        raise InputError(f"{path}: a sentence without a line # text")
    words = _read_words([line.split("\t") for line in block if line[0] != "#"], text, path)
    by_place = _label(words)
    starts = np.array([word.start for word in words])
    for paragraph in features.paragraphs(text):
        at = np.maximum(np.searchsorted(starts, [s for s, _ in paragraph.spans], side="right") - 1, 0)
        stop = np.maximum(np.searchsorted(starts, [e - 1 for _, e in paragraph.spans], side="right") - 1, 0)
        labels = by_place[at]
        labels[:, -1] = by_place[stop, -1]
        yield Parsed(paragraph, labels)


def _read_words(rows: Sequence[Sequence[str]], text: str, path: Path) -> list[_Word]:
    words: list[_Word] = []
    at = end = inside = 0
    for row in rows:
        if "." in row[0]:  # a word that the text leaves out
            continue
        if "-" not in row[0] and int(row[0]) <= inside:  # part of a contraction
            start = words[-1].start if words and words[-1].end == end else at
        else:
            start = text.find(row[1], end)
            if start < 0:
                raise InputError(f"{path}: {row[1]!r} is not in {text!r}")
            at, end = start, start + len(row[1])
        if "-" in row[0]:
            inside = int(row[0].split("-")[1])
            continue
        part = 1 + _PARTS.index(row[3]) if row[3] in _PARTS else 0
        words.append(_Word(start, end, part, row[7].split(":")[0], int(row[6]) - 1))
    return words


def _label(words: Sequence[_Word]) -> Labels:
    """Return the labels of words; of a clause that starts or ends where another does, the larger one counts."""
    first, last = list(range(len(words))), list(range(len(words)))
    for i, word in enumerate(words):
        if word.relation == "punct":
            continue
        steps, node = 0, i
        while node >= 0 and steps <= len(words):
            first[node], last[node] = min(first[node], i), max(last[node], i)
            node, steps = words[node].head, steps + 1
    labels = np.zeros((len(words), len(SIZES)), np.int64)
    sizes = np.zeros((len(words), 2), np.int64)
    for i, word in enumerate(words):
        labels[i, 0] = word.part
        labels[i, 1] = 1 + _RELATIONS.index(word.relation) if word.relation in _RELATIONS else 0
        labels[i, 2] = 2 if word.head < 0 else int(word.head > i)
        if word.relation in _CLAUSES:
            size = last[i] - first[i] + 1
            for column, place in ((0, first[i]), (1, last[i])):
                if size > sizes[place, column]:
                    sizes[place, column] = size
                    labels[place, 3 + column] = 1 + _CLAUSES.index(word.relation)
    return labels
