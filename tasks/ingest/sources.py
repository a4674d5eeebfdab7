"""Column maps: how the dumps of one publisher name their fields. One TOML file a source in config/sources."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tasks.errors import ConfigError
from tasks.resources import list_resources
from tasks.schemas import KINDS
from tasks.settings import describe_faults, read_toml

FOLDER = "config/sources"

_SOURCE_ID = re.compile(r"[a-z0-9_]{1,64}")


class Columns(BaseModel):
    """The names under which a dump may carry a field, the first that is there and not empty counts. Case is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    part: str | None = Field(None, description="prefix of numbered columns, joined with nothing between")
    ignored: tuple[str, ...] = Field((), description="columns that are known and not used")

    @field_validator("*")
    @classmethod
    def _fold(cls, value: object) -> object:
        return tuple(map(fold_name, value)) if isinstance(value, tuple) else value


class Source(BaseModel):
    """A publisher and the shape of its dumps.

    Attributes:
        id: Key; a partition of the dataset.
        name: For a person.
        country: ISO 3166-1 alpha-3 code of the publisher's country: what a bare $ or Rs stands for.
        default_kind: Kind of a document that no rule of `kinds` names.
        columns: Where the fields are.
        date_formats: strptime formats that a date may have; nothing else is read as a date.
        sentinels: Values that stand for an empty field, whatever the field.
        strip: For title and text: regular expressions; what they match at either end is taken off.
        kinds: For a kind: regular expressions looked for in the dump's own kind, then in the title.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    country: str | None = Field(None, pattern="^[A-Z]{3}$")
    default_kind: str = "release"
    columns: Columns
    date_formats: tuple[str, ...]
    sentinels: tuple[str, ...] = ()
    strip: dict[str, tuple[str, ...]] = {}
    kinds: dict[str, tuple[str, ...]] = {}

    @field_validator("default_kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"not one of {', '.join(KINDS)}")
        return value

    @field_validator("strip", "kinds")
    @classmethod
    def _usable_patterns(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for pattern in (p for patterns in value.values() for p in patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r}: {error}") from error
        return value

    @field_validator("strip")
    @classmethod
    def _strips_known_fields(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if strangers := sorted(set(value) - {"title", "text"}):
            raise ValueError(f"only title and text can be stripped, not {', '.join(strangers)}")
        return value

    @field_validator("kinds")
    @classmethod
    def _names_known_kinds(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if strangers := sorted(set(value) - set(KINDS)):
            raise ValueError(f"{', '.join(strangers)}: not one of {', '.join(KINDS)}")
        return value


def fold_name(name: str) -> str:
    """Return the form in which column names are compared.

    Example:
        >>> fold_name(" Source URL")
        'source_url'
    """
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def load_source(source: str) -> Source:
    """Read a source's column map.

    Args:
        source: The name of a file in config/sources, without its suffix, or the path of such a file, of which the stem
            is the source's id. What the file leaves out is as in generic.toml.

    Raises:
        ConfigError: There is no such source, or its file cannot be used.
    """
    known = list_resources(FOLDER, ".toml")
    path = Path(source) if source.endswith(".toml") else known.get(source)
    if path is None or not path.is_file():
        if source.endswith(".toml"):
            raise ConfigError(f"{source}: no such file")
        raise ConfigError(
            f"no source {source!r}; there are {', '.join(known)}; the path of a TOML file of your own does as well"
        )
    if not _SOURCE_ID.fullmatch(path.stem):
        raise ConfigError(f"{path}: a source's id is the name of its file: a-z, 0-9 and _, at most 64 characters")
    generic = read_toml(known["generic"])
    values = {**generic, **read_toml(path)}
    if values.get("id", path.stem) != path.stem:
        raise ConfigError(f"{path}: its id is {values['id']!r}, and its name says {path.stem!r}")
    values["id"] = path.stem
    if isinstance(values["columns"], dict):
        values["columns"] = {**generic["columns"], **values["columns"]}
    try:
        return Source(**values)
    except ValidationError as error:
        raise ConfigError(f"{path}: {describe_faults(error, Source)}") from error
