"""Token vectors of spaCy's convolutional encoder, compiled, with what a word alone decides kept from text to text.

Order: a text → runs between blanks → each run's words, cut by the pipeline's tokenizer when the run is met → each
word's vector and its shares of the first layer's sums, worked out when the word is met → the layers, text after text in
one array with rows of nothing between, a block of rows at a time.

The tokenizer works run by run, and the layers that embed words see nothing but a word's form and norm, so both are
functions of the run. The first layer's sums are linear in the vectors of a word and its two neighbours: a share for
each place. All sums are added up in one order, whatever the row and the processor (a library's products depend on
both), so that neither the neighbours in a batch nor what was kept or forgotten decide anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from spacy.attrs import IDS, IDX, LENGTH, NORM, ORTH
from spacy.language import Language
from spacy.pipeline import Tok2Vec
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from tasks.compiled import compiled, compiled_fused, compiled_sums

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

BLOCK = 256  # rows that go through a layer at a time
_EMBEDDED = 64  # words that are embedded at a time
_KEPT = 2**15  # runs that are kept before the rarer half goes: some 22,000 words, 80 MB
_OF_WORDS = {"ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE"}  # attributes that a word's form and norm decide
_LEAVES = {"expand_window", "maxout", "layernorm", "dropout"}  # of a convolution
_LOCK = Lock()  # of what is kept, and of tokenizers: small runs work in threads
_EPSILON = np.float32(1e-8)  # thinc's, in a layer's norm
# what spaCy's tokenizer takes at a time: a run between blanks, and of blanks all but the one that ends a word
_RUN = re.compile(r"\S+|^\s+|(?<=\S )\s+|(?<=\S)(?! )\s+")


class Places(NamedTuple):
    """Where the words of some texts stand, a row a word, text after text; other rows may stand between.

    Attributes:
        starts: Where each starts in its text, in characters.
        ends: Where it ends.
        blank: Whether it is a word of nothing but blanks.
        firsts: Row of each text's first word.
        lengths: Words of each text.
    """

    starts: Ints
    ends: Ints
    blank: npt.NDArray[np.bool_]
    firsts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]


class Words(NamedTuple):
    """Words of some texts, with rows of nothing before, between and after them, up to a whole block.

    Attributes:
        rows: Numbers of the kept words; 0 stands for nothing.
        places: Where they stand.
        vectors: Of the kept words, [kept words, width].
        shares: Their shares of the first layer's sums, [kept words, 3, sums].
    """

    rows: Ints
    places: Places
    vectors: Floats
    shares: Floats


class _Layer(NamedTuple):
    """A convolution over three words, with maxout units, layer norm and residual; pieces of the units in planes."""

    weights: Floats  # [3 * width, pieces * width]
    bias: Floats  # [pieces * width]
    gain: Floats  # [width]
    shift: Floats  # [width]


def _read_layer(residual: Model[Any, Any]) -> _Layer:
    parts = {layer.name: layer for layer in residual.walk()}
    maxout, norm = parts["maxout"], parts["layernorm"]
    width, pieces, n_in = (maxout.get_dim(name) for name in ("nO", "nP", "nI"))
    weights = np.asarray(maxout.get_param("W")).reshape(width, pieces, n_in).transpose(2, 1, 0).reshape(n_in, -1)
    bias = np.asarray(maxout.get_param("b")).reshape(width, pieces).T.ravel()
    arrays = (weights, bias, norm.get_param("G"), norm.get_param("b"))
    return _Layer(*(np.ascontiguousarray(array, np.float32) for array in arrays))


@compiled
def _lay_out(
    runs: Ints, at: Ints, n_runs: Ints, firsts_of_runs: Ints, cut: Ints, blanks: npt.NDArray[np.bool_], pad: int,
    rows: Ints, starts: Ints, ends: Ints, blank: npt.NDArray[np.bool_], firsts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    """Fill rows and places.

    Shapes: runs, at [runs of all texts]; n_runs [texts]; firsts_of_runs [kept runs + 1]; cut [words of kept runs, 3]:
    number, start, end; blanks [kept runs].
    """
    run, row = 0, pad
    for text in range(len(n_runs)):
        firsts[text] = row
        for _ in range(n_runs[text]):
            for i in range(firsts_of_runs[runs[run]], firsts_of_runs[runs[run] + 1]):
                rows[row] = cut[i, 0]
                starts[row] = at[run] + cut[i, 1]
                ends[row] = at[run] + cut[i, 2]
                blank[row] = blanks[runs[run]]
                row += 1
            run += 1
        lengths[text] = row - firsts[text]
        row += pad


@compiled
def _gather(rows: Ints, at: int, vectors: Floats, shares: Floats, sums: Floats, out: Floats) -> None:
    """Take up the first layer's sums of a block, and its input. Shapes: shares [kept words, 3, sums]."""
    n_sums = sums.shape[1]
    for i in range(len(sums)):
        row = rows[at + i]
        before = rows[at + i - 1] if at + i > 0 else 0
        after = rows[at + i + 1] if at + i + 1 < len(rows) else 0
        for j in range(n_sums):
            sums[i, j] = shares[before, 0, j] + shares[row, 1, j] + shares[after, 2, j]
        out[at + i] = vectors[row]


@compiled
def _expand(inputs: Floats, at: int, wide: Floats) -> None:
    """Write the rows of a block with their neighbours beside them."""
    width = inputs.shape[1]
    for i in range(len(wide)):
        for k in range(3):
            row = at + i + k - 1
            if 0 <= row < len(inputs):
                wide[i, k * width : (k + 1) * width] = inputs[row]
            else:
                wide[i, k * width : (k + 1) * width] = 0


@compiled_sums
def _finish(sums: Floats, bias: Floats, gain: Floats, shift: Floats, inputs: Floats, at: int, out: Floats) -> None:
    """Do what a layer does to its sums: the best piece of each unit, norm, residual."""
    width = inputs.shape[1]
    best = np.empty(width, np.float32)
    for i in range(len(sums)):
        for unit in range(width):
            best[unit] = sums[i, unit] + bias[unit]
        for first in range(width, sums.shape[1], width):
            for unit in range(width):
                best[unit] = max(best[unit], sums[i, first + unit] + bias[first + unit])
        mean = np.float32(0)
        for unit in range(width):
            mean += best[unit]
        mean /= np.float32(width)
        variance = np.float32(0)
        for unit in range(width):
            variance += (best[unit] - mean) * (best[unit] - mean)
        scale = np.float32(1) / np.sqrt(variance / np.float32(width) + _EPSILON)
        for unit in range(width):
            out[at + i, unit] = inputs[at + i, unit] + (best[unit] - mean) * scale * gain[unit] + shift[unit]


@compiled_fused
def _multiply(inputs: Floats, weights: Floats, sums: Floats) -> None:
    """Multiply rows, four at a time, each as if it were alone: [n, values] by [values, sums], n a multiple of four."""
    n_values, n_sums = weights.shape
    whole = n_values - n_values % 4
    for i in range(0, len(inputs), 4):
        a, b, c, d = inputs[i], inputs[i + 1], inputs[i + 2], inputs[i + 3]
        p, q, r, s = sums[i], sums[i + 1], sums[i + 2], sums[i + 3]
        sums[i : i + 4] = 0
        for k in range(0, whole, 4):
            a0, a1, a2, a3 = a[k], a[k + 1], a[k + 2], a[k + 3]
            b0, b1, b2, b3 = b[k], b[k + 1], b[k + 2], b[k + 3]
            c0, c1, c2, c3 = c[k], c[k + 1], c[k + 2], c[k + 3]
            d0, d1, d2, d3 = d[k], d[k + 1], d[k + 2], d[k + 3]
            w0, w1, w2, w3 = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
            for j in range(n_sums):
                x0, x1, x2, x3 = w0[j], w1[j], w2[j], w3[j]
                p[j] = (((p[j] + a0 * x0) + a1 * x1) + a2 * x2) + a3 * x3
                q[j] = (((q[j] + b0 * x0) + b1 * x1) + b2 * x2) + b3 * x3
                r[j] = (((r[j] + c0 * x0) + c1 * x1) + c2 * x2) + c3 * x3
                s[j] = (((s[j] + d0 * x0) + d1 * x1) + d2 * x2) + d3 * x3
        for k in range(whole, n_values):
            for j in range(n_sums):
                p[j] += a[k] * weights[k, j]
                q[j] += b[k] * weights[k, j]
                r[j] += c[k] * weights[k, j]
                s[j] += d[k] * weights[k, j]


def multiply(inputs: Floats, weights: Floats) -> Floats:
    """Multiply rows, each as if it were alone: [n, values] by [values, sums]."""
    n_rows = len(inputs)
    padded = np.zeros((-(-n_rows // 4) * 4, weights.shape[0]), np.float32) if n_rows % 4 else inputs
    if n_rows % 4:
        padded[:n_rows] = inputs
    sums = np.empty((len(padded), weights.shape[1]), np.float32)
    _multiply(np.ascontiguousarray(padded), np.ascontiguousarray(weights), sums)
    return sums[:n_rows]


def _enlarge(array: Floats, n: int) -> Floats:
    """Return an array with room for `n` rows at least."""
    if n <= len(array):
        return array
    return np.concatenate([array, np.empty((max(n, 2 * len(array)) - len(array), *array.shape[1:]), array.dtype)])


class _Ops(NumpyOps):  # type: ignore[misc]
    """Thinc's operations with products whose rows do not depend on one another."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """Multiply two matrices, each of them turned over first if so asked."""
        product = multiply(x.T if trans1 else x, y.T if trans2 else y)
        if out is None:
            return product
        out[...] = product
        return out


class Encoder:
    """The first component of a pipeline, worked out here.

    Args:
        nlp: A pipeline that `fits`, its weights final.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        vocab: Any = nlp.vocab
        getters = vocab.lex_attr_getters  # called for each new word: what others yield would not be looked at
        vocab.lex_attr_getters = {IDS[name]: getters[IDS[name]] for name in _OF_WORDS if IDS[name] in getters}
        first: Any = nlp.pipeline[0][1]
        embed, convolutions = first.model.layers
        ops = _Ops()
        for layer in embed.walk():
            layer.ops = ops
        self._embed: Model[list[Doc], list[Floats]] = embed
        residuals = [
            part for part in convolutions.walk() if part.name.startswith("residual(") and len(part.layers) == 1
        ]
        self._layers = [_read_layer(part) for part in residuals]
        width = len(self._layers[0].gain)
        self._pad = len(self._layers)  # rows: no layer's sums reach from one text into another
        # a column of the first layer's weights for each of three places, side by side
        self._shares_of = np.concatenate(self._layers[0].weights.reshape(3, width, -1), axis=1)
        self._runs: dict[str, int] = {}
        self._uses = np.zeros(0, np.int64)  # of each run
        self._blanks = np.zeros(0, np.bool_)  # whether a run is blanks
        self._firsts = np.zeros(1, np.int32)  # of each run, and the end of the last
        self._cut = np.zeros((0, 3), np.int32)  # number, start and end of each word of each run
        self._words: dict[tuple[int, int], int] = {}  # form and norm → number, from 1; what follows has room for more
        self._vectors = np.zeros((1, width), np.float32)
        self._shares = np.zeros((1, 3, self._layers[0].weights.shape[1]), np.float32)

    @staticmethod
    def fits(nlp: Language) -> bool:
        """Return whether a pipeline starts with words that are embedded one by one, and convolutions over three."""
        part = nlp.pipeline[0][1] if nlp.pipeline else None
        if not isinstance(part, Tok2Vec) or len(part.model.layers) != 2 or not part.model.has_ref("embed"):
            return False
        embed, convolutions = part.model.layers
        read = [set(layer.attrs["columns"]) for layer in embed.walk() if layer.name == "extract_features"]
        leaves = [layer for layer in convolutions.walk() if not layer.layers]
        return (
            embed is part.model.get_ref("embed")
            and len(read) == 1
            and read[0] <= _OF_WORDS
            and {layer.name for layer in leaves} == _LEAVES
            and all(layer.attrs["window_size"] == 1 for layer in leaves if layer.name == "expand_window")
            and convolutions.attrs.get("pad") == len(leaves) // len(_LEAVES)
        )

    def read(self, texts: Sequence[str]) -> Words:
        """Cut some texts into words."""
        found = [[(hit.start(), hit.group()) for hit in _RUN.finditer(text)] for text in texts]
        with _LOCK:
            if len(self._runs) > _KEPT:
                self._forget()
            if new := dict.fromkeys(run for runs in found for _, run in runs if run not in self._runs):
                with self._nlp.memory_zone():
                    self._learn(list(new))
            runs = np.array([self._runs[run] for runs in found for _, run in runs], np.int32)
            self._uses += np.bincount(runs, minlength=len(self._uses))
            firsts_of_runs, cut, blanks = self._firsts, self._cut, self._blanks
            kept = self._vectors, self._shares  # these rows stay as they are, whatever is read next
        at = np.array([start for runs in found for start, _ in runs], np.int32)
        n_rows = int(np.diff(firsts_of_runs)[runs].sum()) + self._pad * (len(texts) + 1)
        n_rows = -(-n_rows // BLOCK) * BLOCK
        rows, starts, ends = (np.zeros(n_rows, np.int32) for _ in range(3))
        firsts, lengths = (np.empty(len(texts), np.int64) for _ in range(2))
        places = Places(starts, ends, np.zeros(n_rows, np.bool_), firsts, lengths)
        n_runs = np.array(list(map(len, found)), np.int32)
        _lay_out(runs, at, n_runs, firsts_of_runs, cut, blanks, self._pad, rows, *places)
        return Words(rows, places, *kept)

    def encode(self, words: Words) -> Floats:
        """Return the vector of each row, [rows, width]; those of rows of nothing mean nothing."""
        first, *others = self._layers
        n_rows, width = len(words.rows), len(first.gain)
        inputs, out = (np.empty((n_rows, width), np.float32) for _ in range(2))
        wide, sums = (np.empty((BLOCK, n), np.float32) for n in first.weights.shape)
        for at in range(0, n_rows, BLOCK):
            _gather(words.rows, at, words.vectors, words.shares, sums, inputs)
            _finish(sums, *first[1:], inputs, at, out)
        for layer in others:
            inputs, out = out, inputs
            for at in range(0, n_rows, BLOCK):
                _expand(inputs, at, wide)
                _multiply(wide, layer.weights, sums)
                _finish(sums, *layer[1:], inputs, at, out)
        return out

    def _learn(self, runs: Sequence[str]) -> None:
        """Cut runs that were not met, and embed those of their words that were not."""
        read = [self._nlp.tokenizer(run).to_array([ORTH, NORM, IDX, LENGTH]) for run in runs]
        orths, norms, starts, lengths = np.concatenate(read).T
        words: dict[tuple[int, int], int] = {}  # new ones
        numbers: list[int] = []
        for form in zip(orths.tolist(), norms.tolist(), strict=True):
            if (number := self._words.get(form) or words.get(form)) is None:
                number = words[form] = len(self._words) + len(words) + 1
            numbers.append(number)
        self._embed_words(list(words), len(self._words) + 1)
        self._words |= words
        cut = np.empty((len(numbers), 3), np.int32)
        cut[:, 0], cut[:, 1], cut[:, 2] = numbers, starts, starts + lengths
        ends = len(self._cut) + np.cumsum([len(words_of_run) for words_of_run in read])
        self._cut = np.concatenate([self._cut, cut])
        self._firsts = np.concatenate([self._firsts, ends.astype(np.int32)])
        self._blanks = np.concatenate([self._blanks, [run.isspace() for run in runs]])
        self._uses = np.concatenate([self._uses, np.zeros(len(runs), np.int64)])
        self._runs |= zip(runs, range(len(self._runs), len(self._runs) + len(runs)), strict=True)

    def _embed_words(self, forms: Sequence[tuple[int, int]], first: int) -> None:
        """Work out the vectors of words by form and norm, and their shares; `first` is the number of the first."""
        vocab = self._nlp.vocab
        for at in range(0, len(forms), _EMBEDDED):
            block = list(forms[at : at + _EMBEDDED])
            words = Doc(vocab, words=[vocab.strings[orth] for orth, _ in block + block[-1:] * (_EMBEDDED - len(block))])
            for word, (_, norm) in zip(words, block, strict=False):
                if word.norm != norm:  # the tokeniser's own: `n't` is `not`
                    word.norm_ = vocab.strings[norm]
            vectors = self._embed.predict([words])[0]
            start, end = first + at, first + at + len(block)
            self._vectors, self._shares = (_enlarge(array, end) for array in (self._vectors, self._shares))
            self._vectors[start:end] = vectors[: len(block)]
            shares = multiply(vectors, self._shares_of).reshape(_EMBEDDED, *self._shares.shape[1:])
            self._shares[start:end] = shares[: len(block)]

    def _forget(self) -> None:
        """Keep the half of the runs that was met most often, and its words."""
        is_kept = np.zeros(len(self._runs), np.bool_)
        is_kept[np.argsort(-self._uses, kind="stable")[: len(is_kept) // 2]] = True
        lengths = np.diff(self._firsts)
        cut = self._cut[np.repeat(is_kept, lengths)]
        kept = np.concatenate([[0], np.unique(cut[:, 0])])
        numbers = np.zeros(len(self._words) + 1, np.int32)
        numbers[kept] = np.arange(len(kept))
        cut[:, 0] = numbers[cut[:, 0]]
        self._cut, self._uses, self._blanks = cut, self._uses[is_kept] // 2, self._blanks[is_kept]
        self._firsts = np.concatenate([[0], np.cumsum(lengths[is_kept])]).astype(np.int32)
        names = [run for run, kept_too in zip(self._runs, is_kept.tolist(), strict=True) if kept_too]
        self._runs = {run: i for i, run in enumerate(names)}
        self._words = {form: int(numbers[n]) for form, n in self._words.items() if numbers[n]}
        self._vectors, self._shares = self._vectors[kept], self._shares[kept]


@cache
def load_encoder(nlp: Language) -> Encoder | None:
    """Return the encoder of a pipeline; None if it is none that can be worked out here."""
    return Encoder(nlp) if Encoder.fits(nlp) else None
