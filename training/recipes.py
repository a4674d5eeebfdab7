"""Recipes: TOML files that say what goes into a model."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import ConfigError
from tasks.resources import find_resource
from tasks.settings import describe_faults, read_toml


class Section(BaseModel):
    """A part of a recipe: typed, frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Recipe = TypeVar("Recipe", bound=Section)


def read_recipe(kind: type[Recipe], name: str) -> Recipe:
    """Read a recipe.

    Args:
        kind: What it has to say.
        name: A file in config/training, or a path.

    Raises:
        ConfigError: There is no such file, a key is missing or unknown, or a value is out of range.
    """
    try:
        return kind.model_validate(read_toml(find_resource(name, "config/training")))
    except ValidationError as error:
        raise ConfigError(f"{name}: {describe_faults(error, kind)}") from error
