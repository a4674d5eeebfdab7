"""spaCy's greedy named-entity decoding over whole batches, compiled.

spaCy's own loop over a transition system takes and gives back the interpreter's lock several dozen times a word (its
calls into thinc's vector routines), which costs more than the arithmetic. The loop here does the same arithmetic with
the same weights: state = the next word, the first word of the open entity, the word before; hidden layer of maxout
units over sums that are computed once a word; output layer; best valid action. Pipelines that are anything but a
greedy entity recogniser over token vectors run in spaCy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from spacy.attrs import IS_SPACE
from spacy.language import Language
from spacy.pipeline import EntityRecognizer, Tok2Vec
from spacy.tokens import Doc

from tasks.compiled import compiled
from tasks.entities.encode import Floats, Places, Words, load_encoder, multiply

Found = tuple[int, int, str]  # start, end, label

BATCH = 128  # texts at a time in the model: more cost memory and give no speed

_WORDS = 3  # words that a state shows: next, first of the open entity, before
NONE, BEGIN, IN, LAST, UNIT, OUT = range(6)
_KINDS = {"B": BEGIN, "I": IN, "L": LAST, "U": UNIT, "O": OUT}


class Actions(NamedTuple):
    """What each class of the output layer does.

    Attributes:
        kinds: BEGIN to OUT, or NONE for a class that is never taken, int8.
        labels: Number of the label, int32; -1 without one.
    """

    kinds: npt.NDArray[np.int8]
    labels: npt.NDArray[np.int32]


@compiled
def _decode(
    words: Floats,
    bias: Floats,
    weights: Floats,
    offsets: Floats,
    kinds: npt.NDArray[np.int8],
    labels: npt.NDArray[np.int32],
    spaces: npt.NDArray[np.bool_],
    firsts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int32],
) -> int:
    """Fill `spans` (document; start, end, rows; label) and return how many there are.

    Shapes: words [rows, 3, hidden, pieces], the first row standing for no word; bias [hidden, pieces]; weights
    [hidden, actions]; offsets [actions]; spaces [rows]; firsts [documents], the row of each one's first word.
    """
    n_hidden, n_pieces, n_actions = words.shape[2], words.shape[3], weights.shape[1]
    scores = np.empty(n_actions, np.float32)
    found = 0
    for document in range(len(lengths)):
        first, length = firsts[document], lengths[document]
        opened, label = -1, -1
        for at in range(length):
            row = first + at
            start = first + opened if opened >= 0 else 0
            before = row - 1 if opened >= 0 else 0
            scores[:] = offsets
            for unit in range(n_hidden):
                best = np.float32(-np.inf)
                for piece in range(n_pieces):
                    value = words[row, 0, unit, piece] + words[start, 1, unit, piece]
                    value += words[before, 2, unit, piece] + bias[unit, piece]
                    best = max(best, value)
                for action in range(n_actions):
                    scores[action] += best * weights[unit, action]
            chosen = -1
            is_last = at == length - 1
            for action in range(n_actions):
                kind = kinds[action]
                if opened >= 0:
                    is_valid = (kind == LAST or (kind == IN and not is_last)) and labels[action] == label
                else:
                    is_valid = kind == OUT or (not spaces[row] and (kind == UNIT or (kind == BEGIN and not is_last)))
                if is_valid and (chosen < 0 or scores[action] > scores[chosen]):
                    chosen = action
            kind = kinds[chosen]
            if kind == BEGIN:
                opened, label = at, labels[chosen]
            elif kind in (LAST, UNIT):
                spans[found, 0] = document
                spans[found, 1] = first + opened if kind == LAST else row
                spans[found, 2] = row + 1
                spans[found, 3] = labels[chosen]
                found += 1
                opened = -1
    return found


class Recogniser:
    """The last component of a pipeline, decoded here.

    Args:
        ner: spaCy's component; `fits` tells whether it can be decoded here.
    """

    def __init__(self, ner: EntityRecognizer) -> None:
        self._tokens = ner.model.get_ref("tok2vec")
        self._lower = ner.model.get_ref("lower")
        upper = ner.model.get_ref("upper")
        self._weights = np.ascontiguousarray(upper.get_param("W").T)
        self._offsets = upper.get_param("b")
        #: Whether what it sees of a word is a linear layer over the vectors of the component before.
        self.listens = [layer.name for layer in self._tokens.layers] == ["tok2vec-listener", "list2array", "linear"]
        names = [ner.moves.get_class_name(i).partition("-") for i in range(ner.moves.n_moves)]
        self._labels = sorted({label for _, _, label in names if label})
        self._actions = Actions(
            np.array([_KINDS.get(kind, NONE) if label or kind == "O" else NONE for kind, _, label in names], np.int8),
            np.array([self._labels.index(label) if label else -1 for _, _, label in names], np.int32),
        )

    @staticmethod
    def fits(nlp: Language) -> bool:
        """Return whether a pipeline is token vectors and a greedy recogniser with a hidden layer, and nothing else."""
        if not nlp.pipeline or not all(isinstance(part, Tok2Vec) for _, part in nlp.pipeline[:-1]):
            return False
        ner = nlp.pipeline[-1][1]
        return (
            isinstance(ner, EntityRecognizer)
            and ner.cfg["beam_width"] == 1
            and ner.model.attrs["has_upper"]
            and not ner.model.attrs["unseen_classes"]
            and ner.model.get_ref("lower").get_dim("nF") == _WORDS
        )

    def find(self, docs: Sequence[Doc]) -> list[list[Found]]:
        """Return the entities of each document as spans of characters with their labels.

        Args:
            docs: Documents with token vectors, none of them with entities or sentences.
        """
        lengths = np.array([len(doc) for doc in docs], np.int64)
        if not lengths.any():
            return [[] for _ in docs]
        words = self._lower.predict(self._tokens.predict(docs))
        blank = np.concatenate([[0], *(doc.to_array(IS_SPACE) for doc in docs)]).astype(np.bool_)
        starts = np.array([0, *(word.idx for doc in docs for word in doc)], np.int32)
        ends = np.array([0, *(word.idx + len(word) for doc in docs for word in doc)], np.int32)
        firsts = np.cumsum(lengths) - lengths + 1
        return self._decode(words, Places(starts, ends, blank, firsts, lengths))

    def find_in_words(self, vectors: Floats, words: Words) -> list[list[Found]]:
        """Return the entities of each text as spans of characters with their labels.

        Args:
            vectors: Token vectors of the rows of `words`, the first of which is one of nothing.
            words: The texts' words.
        """
        linear = self._tokens.layers[-1]
        hidden = multiply(vectors, linear.get_param("W").T) + linear.get_param("b")
        weights = self._lower.get_param("W")
        sums = multiply(hidden, weights.reshape(-1, weights.shape[-1]).T).reshape(-1, *weights.shape[:-1])
        sums[0] = self._lower.get_param("pad")[0]
        return self._decode(sums, words.places)

    def _decode(self, sums: Floats, places: Places) -> list[list[Found]]:
        starts, ends, *where = places
        found: list[list[Found]] = [[] for _ in places.lengths]
        spans = np.empty((places.lengths.sum(), 4), np.int32)
        bias = self._lower.get_param("b")
        n = _decode(sums, bias, self._weights, self._offsets, *self._actions, *where, spans)
        columns = (spans[:n, 0], starts[spans[:n, 1]], ends[spans[:n, 2] - 1], spans[:n, 3])
        for text, start, end, label in zip(*(column.tolist() for column in columns), strict=True):
            found[text].append((start, end, self._labels[label]))
        return found


def find_entities(nlp: Language, texts: Sequence[str]) -> Iterator[list[Found]]:
    """Yield the entities of each text as spans of characters with their labels.

    Args:
        nlp: Any pipeline that sets entities.
        texts: Pieces of documents.
    """
    if not Recogniser.fits(nlp):
        with nlp.memory_zone():
            docs = nlp.pipe(texts, batch_size=BATCH)
            yield from [[(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] for doc in docs]
        return
    name, ner = nlp.pipeline[-1]
    recogniser = Recogniser(ner)
    encoder = load_encoder(nlp) if recogniser.listens else None
    for at in range(0, len(texts), BATCH):
        batch = texts[at : at + BATCH]
        if encoder:
            words = encoder.read(batch)
            yield from recogniser.find_in_words(encoder.encode(words), words)
        else:
            with nlp.memory_zone():
                found = recogniser.find(list(nlp.pipe(batch, disable=[name], batch_size=BATCH)))
            yield from found
