"""The network that finds attributions: it marks cues and, for each cue, content and source.

Order: rows of a paragraph → token vectors, by convolutions that see four tokens on either side → a label a token:
starts a cue, goes on with one, neither → for each cue, the tokens around it, their vectors joined with the cue's and
with how they stand to it → a label a token: content, source, neither, by Viterbi.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from thinc.api import (
    HashEmbed,
    Linear,
    Maxout,
    Model,
    NumpyOps,
    chain,
    concatenate,
    expand_window,
    fix_random_seed,
    residual,
    zero_init,
)

from tasks.compiled import compiled
from tasks.quotes.model.features import COLUMNS, RELATIONS, Paragraph, Rows, relate
from tasks.quotes.quotation import Span

OPS = NumpyOps(use_blis=False)  # numpy multiplies matrices more than twice as fast as blis
_PAD = 4  # empty tokens between paragraphs, as many as a convolution can see
_REACH = 64  # tokens on either side of a cue in which its content and source are looked for
_EMBEDDINGS = ((1, 64, 6000), (2, 24, 2000), (3, 32, 3000), (4, 16, 500), (5, 16, 500), (6, 16, 300), (7, 8, 10))
_RELATIONS = ((0, 24, 60), (1, 8, 40), (2, 8, 40), (3, 8, 40))
WIDTH, _DEPTH, _PAIR_WIDTH, _PAIR_DEPTH = 96, 4, 64, 4
_DROPOUT = 0.3
_SMOOTH = np.float32(3)  # how much more the steps between labels weigh for content than for sources
OTHER, FIRST, INSIDE, LAST, SOURCE = LABELS = range(5)  # the first, middle and last word of content
CUE_START, CUE_MORE = 1, 2

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


class Attributed(NamedTuple):
    """A cue, how sure it is, and the labels of the tokens from `start` on."""

    cue: Span
    score: float
    start: int
    labels: Labels


class Pairs(NamedTuple):
    """Tokens beside cues, those of all cues in one list: indices of both, relations, and the place of each cue."""

    tokens: Labels
    first: Labels
    last: Labels
    relations: Rows
    places: list[tuple[int, int, int]]  # row, first token, the one after the last


def _column(index: int) -> Any:
    def forward(_: Any, rows: Rows, is_train: bool) -> tuple[Rows, Any]:
        return np.ascontiguousarray(rows[:, index]), lambda gradient: rows

    return Model("column", forward)


def _vectors(table: Floats) -> Any:
    def forward(_: Any, rows: Rows, is_train: bool) -> tuple[Floats, Any]:
        return table[rows[:, 0].astype(np.int64)], lambda gradient: rows

    return Model("vectors", forward)


def _embed(columns: Iterable[tuple[int, int, int]]) -> list[Any]:
    return [chain(_column(c), HashEmbed(nO=width, nV=rows, seed=c)) for c, width, rows in columns]


def _convolve(width: int, depth: int) -> list[Any]:
    layers = [Maxout(width, 3 * width, nP=3, normalize=True, dropout=_DROPOUT) for _ in range(depth)]
    return [residual(chain(expand_window(1), layer)) for layer in layers]


def softmax(scores: Floats) -> Floats:
    """Return the chance of each label at each token."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), dtype=np.float32)


@compiled
def _best_path(scores: Floats, steps: Floats) -> Labels:
    n, labels = scores.shape
    back = np.zeros((n, labels), np.int64)
    total, reached = scores[0].copy(), np.empty(labels, scores.dtype)
    for i in range(1, n):
        for to in range(labels):
            best = 0
            for before in range(1, labels):
                if total[before] + steps[before, to] > total[best] + steps[best, to]:
                    best = before
            back[i, to] = best
            reached[to] = total[best] + steps[best, to] + scores[i, to]
        total, reached = reached, total
    path = np.empty(n, np.int64)
    path[n - 1] = np.argmax(total)
    for i in range(n - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def best_path(scores: Floats, steps: Floats) -> Labels:
    """Return the best sequence of labels (Viterbi 1967).

    Args:
        scores: Log-probability of each label at each token.
        steps: Score of each label after each.

    Example:
        >>> scores = np.log(np.array([[0.9, 0.1], [0.45, 0.55], [0.9, 0.1]], dtype=np.float32))
        >>> best_path(scores, np.log(np.array([[0.9, 0.1], [0.5, 0.5]], dtype=np.float32))).tolist()
        [0, 0, 0]
    """
    return np.asarray(_best_path(scores, steps), dtype=np.int64)


def _decode(scores: Floats, steps: Floats) -> Labels:
    """Return the labels around a cue: the content of a smoother path, the source of a rougher one."""
    rough, smooth = best_path(scores, steps), best_path(scores, _SMOOTH * steps)
    is_content = (smooth != OTHER) & (smooth != SOURCE)
    return np.where(is_content, smooth, np.where(rough == SOURCE, SOURCE, OTHER))


class Network:
    """The network with its word vectors.

    Args:
        vectors: A row a word of the vocabulary, the first for words outside it.
        seed: For the weights.
    """

    def __init__(self, vectors: Floats, seed: int = 0) -> None:
        fix_random_seed(seed)
        self.vectors = vectors
        self.steps = np.zeros((len(LABELS), len(LABELS)), np.float32)
        width = vectors.shape[1]
        embedded = width + sum(size for _, size, _ in _EMBEDDINGS)
        related = sum(size for _, size, _ in _RELATIONS)
        self._tokens: Any = chain(
            concatenate(chain(_vectors(vectors), Linear(width, width)), *_embed(_EMBEDDINGS)),
            Maxout(WIDTH, embedded, nP=3, normalize=True, dropout=_DROPOUT),
            *_convolve(WIDTH, _DEPTH),
        )
        self._cues: Any = Linear(3, WIDTH, init_W=zero_init)
        self._relations: Any = concatenate(*_embed(_RELATIONS))
        self._pairs: Any = chain(
            Maxout(_PAIR_WIDTH, 2 * WIDTH + related, nP=3, normalize=True, dropout=_DROPOUT),
            *_convolve(_PAIR_WIDTH, _PAIR_DEPTH),
            Linear(len(LABELS), _PAIR_WIDTH, init_W=zero_init),
        )
        for part in self.parts.values():
            for layer in part.walk():
                layer.ops = OPS
        self._tokens.initialize(X=np.zeros((1, COLUMNS), np.uint64))
        self._cues.initialize()
        self._relations.initialize(X=np.zeros((1, RELATIONS), np.uint64))
        self._pairs.initialize()

    @property
    def parts(self) -> dict[str, Any]:
        """The parts that learn, by name."""
        return {"tokens": self._tokens, "cues": self._cues, "relations": self._relations, "pairs": self._pairs}

    @classmethod
    def load(cls, folder: Path) -> Network:
        """Read what a training wrote."""
        network = cls(np.load(folder / "vectors.npy", allow_pickle=False).astype(np.float32))
        network.steps = np.load(folder / "steps.npy", allow_pickle=False)
        for name, part in network.parts.items():
            part.from_bytes((folder / f"{name}.bin").read_bytes())
        return network

    def predict(self, paragraphs: Sequence[Paragraph], least: float) -> list[list[Attributed]]:
        """Return the attributions of each paragraph.

        Args:
            paragraphs: Paragraphs.
            least: How sure a cue has to be.
        """
        rows, starts = join_rows([paragraph.rows for paragraph in paragraphs])
        vectors = self._tokens.predict(rows)
        chances = softmax(self._cues.predict(vectors))
        cues = [_read_cues(chances[at : at + len(p.words)], least) for p, at in zip(paragraphs, starts, strict=True)]
        if not any(cues):
            return [[] for _ in paragraphs]
        pairs = pair_tokens(paragraphs, starts, [[cue for cue, _ in found] for found in cues])
        joined = join_vectors(vectors, pairs, self._relations.predict(pairs.relations))
        scores = np.log(softmax(self._pairs.predict(joined)) + 1e-9)
        places = iter(pairs.places)
        return [
            [
                Attributed(cue, score, start, _decode(scores[row : row + end - start], self.steps))
                for (cue, score), (row, start, end) in zip(found, places, strict=False)
            ]
            for found in cues
        ]


def join_rows(rows: Sequence[Rows]) -> tuple[Rows, list[int]]:
    """Lay paragraphs end to end, empty tokens between them; return also where each starts."""
    gap = np.zeros((_PAD, COLUMNS), np.uint64)
    starts = np.cumsum([_PAD, *(len(own) + _PAD for own in rows[:-1])]).tolist() if rows else []
    return np.concatenate([gap, *(part for own in rows for part in (own, gap))]), starts


def _read_cues(chances: Floats, least: float) -> list[tuple[Span, float]]:
    found: list[tuple[Span, float]] = []
    at = 0
    likely = np.flatnonzero(chances[:, OTHER] < 1 - least)
    for i in likely.tolist():
        if i < at:
            continue
        at = i + 1
        while at < len(chances) and chances[at].argmax() == CUE_MORE:
            at += 1
        found.append(((i, at), float(1 - chances[i, OTHER])))
    return found


def pair_tokens(paragraphs: Sequence[Paragraph], starts: Sequence[int], cues: Sequence[Sequence[Span]]) -> Pairs:
    """Put tokens beside the cues of their paragraph, as many on either side as content and source are looked for in.

    Args:
        paragraphs: The paragraphs.
        starts: Where each starts among the joined rows.
        cues: The token spans of the cues of each.
    """
    gap, gaps = np.full(_PAD, -1), np.zeros((_PAD, RELATIONS), np.uint64)
    tokens, first, last, relations = [gap], [gap], [gap], [gaps]
    places: list[tuple[int, int, int]] = []
    row = len(gap)
    for paragraph, at, own in zip(paragraphs, starts, cues, strict=True):
        for cue in own:
            start, end = max(0, cue[0] - _REACH), min(len(paragraph.words), cue[1] + _REACH)
            tokens += [np.arange(start, end) + at, gap]
            first += [np.full(end - start, cue[0] + at), gap]
            last += [np.full(end - start, cue[1] - 1 + at), gap]
            relations += [relate(paragraph, cue, start, end), gaps]
            places.append((row, start, end))
            row += end - start + len(gap)
    joined = (np.concatenate(tokens), np.concatenate(first), np.concatenate(last), np.concatenate(relations))
    return Pairs(*joined, places)


def join_vectors(vectors: Floats, pairs: Pairs, relations: Floats) -> Floats:
    """Return for each token beside a cue its vector, the cue's, and how it stands to the cue."""
    own = np.where((pairs.tokens >= 0)[:, None], vectors[pairs.tokens], 0)
    cue = np.where((pairs.tokens >= 0)[:, None], (vectors[pairs.first] + vectors[pairs.last]) / 2, 0)
    return np.concatenate([own, cue, relations], axis=1).astype(np.float32)
