"""Teach the token vectors plain text before names: guess masked words.

Order: lines of text, in an order that the seed gives → in each some words are masked, names more often than others: by
a word that no text has, by another word or, one in ten, by themselves → the token vectors and a small network on top of
them guess the word vector of what was there (cosine) → the network is dropped, the token vectors stay.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline import Tok2Vec
from spacy.tokens import Doc
from thinc.api import Adam, Linear, Maxout, Model, chain, fix_random_seed

from tasks.errors import InputError

_BATCH = 1500  # words
_WARM_UP = 200  # steps
_RATE = 0.002
_HIDDEN = 256
_MASKED = {True: 0.3, False: 0.08}  # share of words that are masked: capitalised ones inside a line, others
_KEPT, _REPLACED = 0.1, 0.45  # shares of these that stay, that become another word; the rest are blanked out
_BLANKS = {True: "Xxxxx", False: "xxxxx"}
_REPORT = 500  # steps between two lines of progress
_POOL = 20000  # most frequent words, which the replacing ones come from

Floats = npt.NDArray[np.float32]


class _Masker:
    """Masks words that have a vector; knows which row it was."""

    def __init__(self, nlp: Language, rng: random.Random) -> None:
        self._strings, self._rows, self._rng = nlp.vocab.strings, nlp.vocab.vectors.key2row, rng
        words = [self._strings[key] for key in islice(nlp.vocab.vectors.keys(), _POOL)]
        self._pools = {is_name: [word for word in words if word[0].isupper() is is_name] for is_name in (True, False)}

    def mask(self, doc: Doc) -> tuple[Doc, list[tuple[int, int]]]:
        """Return a masked copy and, for each masked word, its place and the row of its vector."""
        words = [token.text for token in doc]
        masked: list[tuple[int, int]] = []
        for i, token in enumerate(doc):
            row = self._rows.get(token.orth, -1)
            is_name = i > 0 and token.text[0].isupper()
            if row < 0 or not token.text[0].isalpha() or self._rng.random() >= _MASKED[is_name]:
                continue
            masked.append((i, row))
            draw = self._rng.random()
            if draw >= _KEPT:
                pool = self._pools[is_name]
                words[i] = self._rng.choice(pool) if draw < _KEPT + _REPLACED and pool else _BLANKS[is_name]
        return Doc(doc.vocab, words=words, spaces=[bool(token.whitespace_) for token in doc]), masked


def _batches(
    nlp: Language, lines: Sequence[str], masker: _Masker
) -> Iterator[tuple[list[Doc], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield masked documents, the places of masked words in all their words, the rows of their vectors.

    Ends with a pass through the lines that has masked nothing.
    """
    docs: list[Doc] = []
    at: list[int] = []
    rows: list[int] = []
    size = 0
    has_masked = True
    while has_masked:
        has_masked = False
        for line in lines:
            doc, masked = masker.mask(nlp.make_doc(line))
            docs.append(doc)
            at += [size + i for i, _ in masked]
            rows += [row for _, row in masked]
            size += len(doc)
            has_masked |= bool(masked)
            if size >= _BATCH and rows:
                yield docs, np.array(at), np.array(rows)
                docs, at, rows, size = [], [], [], 0


def _push(guess: Floats, wanted: Floats) -> tuple[Floats, float]:
    """Return the gradient of the mean cosine distance, times ten, and the mean cosine."""
    length = np.linalg.norm(guess, axis=1, keepdims=True) + 1e-8
    unit = guess / length
    cosine = (unit * wanted).sum(axis=1, keepdims=True)
    gradient: Floats = (-(wanted - cosine * unit) / length * (10 / len(guess))).astype(np.float32)
    return gradient, float(cosine.mean())


def pretrain(nlp: Language, lines: Sequence[str], steps: int, seed: int) -> float:
    """Train the pipeline's token vectors on text, in place; prints how well masked words are guessed.

    Args:
        nlp: A pipeline with word vectors whose component `tok2vec` is initialised.
        lines: The text; at least one line must hold a word that has a vector.
        steps: How many batches of some 1,500 words.
        seed: Of the order, of what is masked, and of the network on top.

    Returns:
        The mean cosine of guessed and masked words in the last tenth of the steps.

    Raises:
        InputError: A pass through the lines has masked nothing.
    """
    fix_random_seed(seed)
    rng = random.Random(seed)
    lines = list(lines)
    rng.shuffle(lines)
    vectors: Floats = nlp.vocab.vectors.data
    encoder = cast(Tok2Vec, nlp.get_pipe("tok2vec")).model
    top: Model[Any, Any] = chain(
        Maxout(_HIDDEN, encoder.get_dim("nO"), nP=2, normalize=True), Linear(vectors.shape[1], _HIDDEN)
    )
    top.initialize(X=np.zeros((1, encoder.get_dim("nO")), np.float32))
    optimiser = Adam(_RATE, L2=0.0, grad_clip=1.0)
    cosines: list[float] = []
    for step, (docs, at, rows) in enumerate(islice(_batches(nlp, lines, _Masker(nlp, rng)), steps)):
        optimiser.learn_rate = _RATE * max(0.02, 1 - step / steps) * min(1.0, (step + 1) / _WARM_UP)
        encoded, back = encoder(docs, is_train=True)
        flat = np.concatenate(encoded)
        guess, back_top = top(flat[at], is_train=True)
        gradient, cosine = _push(guess, vectors[rows])
        spread = np.zeros_like(flat)
        spread[at] = back_top(gradient)
        back(np.split(spread, np.cumsum([len(part) for part in encoded])[:-1]))
        for model in (encoder, top):
            model.finish_update(optimiser)
        cosines.append(cosine)
        if len(cosines) % _REPORT == 0:
            mean = np.mean(cosines[-_REPORT:])
            print(f"pretraining: step {step + 1} of {steps}, masked words guessed with a cosine of {mean:.3f}")
    if len(cosines) < steps:
        raise InputError("pretraining: no line of the plain text holds a word that has a vector; nothing was masked")
    return float(np.mean(cosines[-max(1, steps // 10) :]))
