"""The spaCy pipeline, loaded once a process."""

from __future__ import annotations

from functools import cache

import spacy
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from thinc.api import NumpyOps

from tasks.errors import ConfigError
from tasks.labels import LABELS
from tasks.resources import locate
from tasks.settings import EntitySettings


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


@cache
def _load(model: str) -> Language:
    path = locate(model, "models")
    if path and (path / "config.cfg").is_file():
        return multiply_by_numpy(spacy.load(path))
    if spacy.util.is_package(model):
        return multiply_by_numpy(spacy.load(model))
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
