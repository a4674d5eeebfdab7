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

Floats = npt.NDArray[np.float32]
Found = tuple[int, int, str]  # start, end, label

BATCH = 64  # texts at a time in the model: more cost memory and give no speed

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
    lengths: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int32],
) -> int:
    """Fill `spans` (document, start, end, label; in words) and return how many there are.

    Shapes: words [n + 1, 3, hidden, pieces], the first row standing for no word; bias [hidden, pieces]; weights
    [hidden, actions]; offsets [actions].
    """
    n_hidden, n_pieces, n_actions = words.shape[2], words.shape[3], weights.shape[1]
    scores = np.empty(n_actions, np.float32)
    found = 0
    first = 1  # row of the document's first word
    for document in range(len(lengths)):
        length = lengths[document]
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
                    is_valid = kind == OUT or (
                        not spaces[row - 1] and (kind == UNIT or (kind == BEGIN and not is_last))
                    )
                if is_valid and (chosen < 0 or scores[action] > scores[chosen]):
                    chosen = action
            kind = kinds[chosen]
            if kind == BEGIN:
                opened, label = at, labels[chosen]
            elif kind in (LAST, UNIT):
                spans[found, 0] = document
                spans[found, 1] = opened if kind == LAST else at
                spans[found, 2] = at + 1
                spans[found, 3] = labels[chosen]
                found += 1
                opened = -1
        first += length
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
        found: list[list[Found]] = [[] for _ in docs]
        lengths = np.array([len(doc) for doc in docs], np.int64)
        if not lengths.any():
            return found
        words = self._lower.predict(self._tokens.predict(docs))
        spaces = np.concatenate([doc.to_array(IS_SPACE) for doc in docs]).astype(np.bool_)
        spans = np.empty((lengths.sum(), 4), np.int32)
        bias = self._lower.get_param("b")
        n = _decode(words, bias, self._weights, self._offsets, *self._actions, spaces, lengths, spans)
        for document, start, end, label in spans[:n].tolist():
            span = docs[document][start:end]
            found[document].append((span.start_char, span.end_char, self._labels[label]))
        return found


def find_entities(nlp: Language, texts: Sequence[str]) -> Iterator[list[Found]]:
    """Yield the entities of each text as spans of characters with their labels.

    Args:
        nlp: Any pipeline that sets entities.
        texts: Pieces of documents.
    """
    if not Recogniser.fits(nlp):
        for doc in nlp.pipe(texts, batch_size=BATCH):
            yield [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
        return
    name, ner = nlp.pipeline[-1]
    recogniser = Recogniser(ner)
    for at in range(0, len(texts), BATCH):
        yield from recogniser.find(list(nlp.pipe(texts[at : at + BATCH], disable=[name], batch_size=BATCH)))
