"""Teach the network that finds attributions: cues, content and sources from examples, grammar from treebanks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from thinc.api import Linear, Optimizer, zero_init

from tasks.quotes.model.network import (
    CUE_MORE,
    CUE_START,
    OPS,
    WIDTH,
    Floats,
    Labels,
    Network,
    join_rows,
    join_vectors,
    pair_tokens,
    softmax,
)
from training.quotes.examples import Example
from training.quotes.treebanks import SIZES, Parsed

_CUE_WEIGHT, _PAIR_WEIGHT, _GRAMMAR_WEIGHT = 20.0, 4.0, 2.0  # of the losses, a token


class Teacher:
    """Teaches a network, and beside it a layer that tells grammar by the network's token vectors and is not kept.

    Args:
        network: The network, changed by each lesson.
        optimizer: How far each lesson changes it.
    """

    def __init__(self, network: Network, optimizer: Optimizer) -> None:
        self._parts = network.parts
        self._optimizer = optimizer
        self._grammar: Any = Linear(sum(SIZES), WIDTH, init_W=zero_init)
        self._grammar.ops = OPS
        self._grammar.initialize()

    def teach(self, examples: Sequence[Example]) -> tuple[float, float]:
        """Learn from some examples; return the losses of cues and pairs, a token."""
        paragraphs = [example.paragraph for example in examples]
        rows, starts = join_rows([paragraph.rows for paragraph in paragraphs])
        vectors, back_tokens = self._parts["tokens"](rows, True)
        scores, back_cues = self._parts["cues"](vectors, True)
        right, counts = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.float32)
        for example, at in zip(examples, starts, strict=True):
            counts[at : at + len(example.paragraph.words)] = 1
            for start, end in example.cues:
                right[at + start : at + end] = CUE_MORE
                right[at + start] = CUE_START
        size = counts.sum()
        gradient, cue_loss = _loss(scores, right, counts)
        total = back_cues(gradient * (_CUE_WEIGHT / size))
        pair_loss = 0.0
        if any(example.cues for example in examples):
            pairs = pair_tokens(paragraphs, starts, [example.cues for example in examples])
            relations, back_relations = self._parts["relations"](pairs.relations, True)
            scores, back_pairs = self._parts["pairs"](join_vectors(vectors, pairs, relations), True)
            right, counts = np.zeros(len(scores), np.int64), (pairs.tokens >= 0).astype(np.float32)
            labels = (own for example in examples for own in example.labels)
            for own, (row, start, end) in zip(labels, pairs.places, strict=True):
                right[row : row + end - start] = own[start:end]
            gradient, pair_loss = _loss(scores, right, counts)
            back = back_pairs(gradient * (_PAIR_WEIGHT / size))
            for row, start, end in pairs.places:
                stop = row + end - start
                total[pairs.tokens[row] : pairs.tokens[row] + end - start] += back[row:stop, :WIDTH]
                for at in (pairs.first[row], pairs.last[row]):
                    total[at] += back[row:stop, WIDTH : 2 * WIDTH].sum(axis=0) / 2
            back_relations(np.ascontiguousarray(back[:, 2 * WIDTH :]))
        back_tokens(total)
        for part in self._parts.values():
            part.finish_update(self._optimizer)
        return cue_loss / float(size), pair_loss / float(size)

    def teach_grammar(self, sentences: Sequence[Parsed]) -> float:
        """Learn token vectors that tell grammar; return the loss, a token."""
        rows, starts = join_rows([sentence.paragraph.rows for sentence in sentences])
        vectors, back_tokens = self._parts["tokens"](rows, True)
        scores, back_grammar = self._grammar(vectors, True)
        right, counts = np.zeros((len(rows), len(SIZES)), np.int64), np.zeros(len(rows), np.float32)
        for sentence, at in zip(sentences, starts, strict=True):
            counts[at : at + len(sentence.labels)] = 1
            right[at : at + len(sentence.labels)] = sentence.labels
        size, loss, gradients = counts.sum(), 0.0, []
        for column, (start, end) in enumerate(pairwise(np.cumsum([0, *SIZES]).tolist())):
            gradient, own = _loss(scores[:, start:end], right[:, column], counts)
            gradients.append(gradient)
            loss += own
        back_tokens(back_grammar(np.concatenate(gradients, axis=1) * (_GRAMMAR_WEIGHT / size)))
        for part in (self._parts["tokens"], self._grammar):
            part.finish_update(self._optimizer)
        return loss / float(size)


def write_network(network: Network, folder: Path) -> None:
    """Write vectors, steps and weights."""
    np.save(folder / "vectors.npy", network.vectors.astype(np.float16), allow_pickle=False)
    np.save(folder / "steps.npy", network.steps, allow_pickle=False)
    for name, part in network.parts.items():
        (folder / f"{name}.bin").write_bytes(part.to_bytes())


def _loss(scores: Floats, right: Labels, counts: Floats) -> tuple[Floats, float]:
    """Return the gradient of the cross-entropy and the loss itself, summed over the tokens that count."""
    chances = softmax(scores)
    at = np.arange(len(right))
    loss = float(-(np.log(chances[at, right] + 1e-9) * counts).sum())
    chances[at, right] -= 1
    return chances * counts[:, None], loss
