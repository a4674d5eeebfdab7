"""What can be built anew, one entry each. Nothing is imported until it is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

from tasks.errors import ConfigError
from tasks.resources import resource_root


class Training(NamedTuple):
    """A model or a set of lexicons that is built from data.

    Attributes:
        about: What it is.
        module: Where its `build` is: of data and out, and of a recipe if it has one.
        place: Where the program reads it: a folder from the root of the checkout or of the installed data.
        recipe: What goes in unless another is named, a file in config/training; None if nothing can be chosen.
    """

    about: str
    module: str
    place: str
    recipe: str | None = None

    def folder(self, out: Path | None) -> Path:
        """Return where the result goes: where the program reads it, unless another folder is named."""
        return out or resource_root() / self.place


TRAININGS = {
    "restore": Training("where spaces belong", "training.restore.train", "models/restore", "restore.toml"),
    "entities": Training("what names name", "training.entities.train", "models/entities", "entities.toml"),
    "quotes": Training("who says what in news", "training.quotes.train", "models/quotes", "quotes.toml"),
    "scores": Training("how likely a quotation is right", "training.quotes.scores", "config/lexicons"),
    "antecedents": Training("whom a pronoun stands for", "training.quotes.antecedents", "config/lexicons"),
    "entity_scores": Training("how likely a mention is right", "training.entities.scores", "config/lexicons"),
    "lexicons": Training("countries, cities, people, organisations", "training.lexicons.build", "config/lexicons"),
    "names": Training("names that the restoration keeps whole", "training.names", "config/lexicons"),
    "words": Training("wide word vectors, for `entities`", "training.words", "models/words"),
}


def describe_trainings() -> str:
    """Return a line for each: its name, what it is, where it goes and its recipe."""
    width = max(map(len, TRAININGS))
    return "\n".join(
        f"{name:{width}}  {entry.about} ({entry.place}{f'; {entry.recipe}' if entry.recipe else ''})"
        for name, entry in TRAININGS.items()
    )


def build(name: str, data: Path, out: Path, recipe: str | None = None) -> None:
    """Build a model or lexicons.

    Args:
        name: A key of TRAININGS.
        data: The folder that holds what it is learned from.
        out: Where it goes.
        recipe: What goes in; without it, its own recipe.

    Raises:
        ConfigError: The recipe cannot be used, or there is none to choose.
        InputError: Something that the recipe names is not under `data`.
    """
    entry = TRAININGS[name]
    make: Callable[..., None] = resolve_name(f"{entry.module}:build")
    if entry.recipe:
        make(data, out, recipe or entry.recipe)
    elif recipe:
        raise ConfigError(f"{name} has no recipe: it is built from all that --data holds")
    else:
        make(data, out)
