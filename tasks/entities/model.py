"""The spaCy pipeline, loaded once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language

from tasks.errors import ConfigError
from tasks.resources import resource_root
from tasks.schemas import LABELS
from tasks.settings import EntitySettings


@cache
def _load(model: str) -> Language:
    for path in (resource_root() / "models" / model, Path(model)):
        if (path / "config.cfg").is_file():
            return spacy.load(path)
    if spacy.util.is_package(model):
        return spacy.load(model)
    raise ConfigError(
        f"entities.model = {model!r}: no folder of that name under models/ or here holds a spaCy pipeline, and no such "
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
