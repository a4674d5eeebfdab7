"""The spaCy pipeline, loaded once a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import spacy
from spacy.attrs import NORM, ORTH
from spacy.language import Language
from spacy.pipeline import Tok2Vec, TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from tasks.errors import ConfigError
from tasks.labels import LABELS
from tasks.resources import locate
from tasks.settings import EntitySettings

_FREQUENT = 8000  # words, of those with vectors, most frequent first
_OF_WORDS = {"ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE"}  # attributes that a word's form and norm decide
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # makes one number of two hashes


def multiply_by_numpy(nlp: Language) -> Language:
    """Let a pipeline's layers multiply by numpy's BLAS; return the pipeline.

    thinc's own (BLIS) falls back to portable code on processors that its build does not know, at a quarter of the
    speed; numpy's comes with code for all that are in use.
    """
    for _, component in nlp.pipeline:
        if isinstance(component, TrainablePipe):
            for layer in component.model.walk():
                if isinstance(layer.ops, NumpyOps):
                    layer.ops.use_blis = False
    return nlp


def _embed(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> Any:
    """Look at each word of some documents once: a layer around the one that embeds words, for prediction only."""
    seen = np.concatenate([doc.to_array([ORTH, NORM]) for doc in docs])
    _, first, place = np.unique(seen[:, 0] * _SPREAD ^ seen[:, 1], return_index=True, return_inverse=True)
    strings = docs[0].vocab.strings
    words = Doc(docs[0].vocab, words=[strings[orth] for orth in seen[first, 0].tolist()])
    norms = seen[first, 1]
    for i in np.flatnonzero(words.to_array(NORM) != norms).tolist():  # the tokeniser's own: `n't` is `not`
        words[i].norm_ = strings[int(norms[i])]
    rows = model.layers[0].predict([words])[0][place]
    return np.split(rows, np.cumsum([len(doc) for doc in docs])[:-1]), None


def embed_words_once(nlp: Language) -> Language:
    """Let token vectors that see nothing but a word embed each word once a batch; return the pipeline.

    Embedding costs half of a convolutional encoder's arithmetic, and three of four words of a batch have been there.
    """
    for _, component in nlp.pipeline:
        if isinstance(component, Tok2Vec) and component.model.has_ref("embed"):
            chain, embed = component.model, component.model.get_ref("embed")
            read = [set(layer.attrs["columns"]) for layer in embed.walk() if layer.name == "extract_features"]
            if len(read) == 1 and read[0] <= _OF_WORDS and chain.layers[0] is embed:
                chain.layers[0] = Model("embed_once", _embed, layers=[embed])
                chain.set_ref("embed", chain.layers[0])
    return nlp


def _learn_words(nlp: Language) -> Language:
    """Let the tokeniser see frequent words before it works in memory zones, where it remembers none."""
    for key in islice(nlp.vocab.vectors.keys(), _FREQUENT):
        nlp.tokenizer(nlp.vocab.strings[key])
    return nlp


def _quicken(nlp: Language) -> Language:
    return _learn_words(embed_words_once(multiply_by_numpy(nlp)))


@cache
def _load(model: str) -> Language:
    path = locate(model, "models")
    if path and (path / "config.cfg").is_file():
        return _quicken(spacy.load(path))
    if spacy.util.is_package(model):
        return _quicken(spacy.load(model))
    raise ConfigError(
        f"entities.model = {model!r}: no spaCy pipeline of that name, under models/ or as a path, and no such "
        "package is installed; train one with `communique train entities --data DIR` or name an installed pipeline"
    )


def load_pipeline(settings: EntitySettings) -> Language:
    """Return the pipeline that the settings name.

    Raises:
        ConfigError: There is none, or the label map leads to a label that the dataset does not have.
    """
    unknown = sorted(set(settings.label_map.values()) - set(LABELS))
    if unknown:
        raise ConfigError(f"entities.label_map: {', '.join(unknown)}: not one of {', '.join(LABELS)}")
    return _load(settings.model)
