"""Column maps: how the dumps of one publisher name their fields. One TOML file a source in config/sources."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from re._constants import POSSESSIVE_REPEAT  # type: ignore[import-not-found]
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tasks.errors import ConfigError
from tasks.resources import list_resources
from tasks.schemas import KINDS
from tasks.settings import describe_faults, read_toml

FOLDER = "config/sources"

#: Characters of either end of a text, and of a title, that patterns of a source are tried on.
WINDOW = 500
#: Ways to match of a pattern with two repeats without a bound and a few alternatives: a second for a search at worst.
_MOST_WAYS = 1_000_000
#: Of a pattern for entries, which is tried at the starts of paragraphs: one repeat more.
_MOST_WAYS_OF_HEADS = 1_000_000_000

_COUNTED = 20  # repeats of what itself can match in more than one way

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
    publisher: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    part: str | None = Field(None, description="prefix of numbered columns, joined with nothing between")
    ignored: tuple[str, ...] = Field((), description="columns that are known and not used")

    @field_validator("*")
    @classmethod
    def _fold(cls, value: object) -> object:
        return tuple(map(fold_name, value)) if isinstance(value, tuple) else value


class Entries(BaseModel):
    """Rules that cut a document into entries: under headings that are days, each with a head of its own.

    An entry begins at a paragraph that is not set in and holds a link, or that fits `head`, or that is the first of its
    day. Its head is its title, the first link of the head its address, what follows its text; a head alone is both.

    Attributes:
        day: What a heading that is a day is, the whole of it.
        head: What the start of a head without a link is; empty: none is one.
        publishers: For a publisher: what names it in a head; who is named first counts.
        lead: What the start of a head may be that names others; who is named right behind it comes before these.
        publisher: Else: what the start of a head is, of which the group `publisher` names it; empty: nobody is.
        left_out: What is no part of an entry, the whole paragraph.
        same: Else: what the start of a head is that goes on with who published the entry before it, such as a pronoun.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: str
    head: str = ""
    publishers: dict[str, str] = {}
    publisher: str = ""
    lead: str = ""
    same: str = ""
    left_out: str = ""

    @field_validator("day", "head", "publisher", "lead", "same", "left_out")
    @classmethod
    def _is_usable(cls, value: str) -> str:
        _check_pattern(value, _MOST_WAYS_OF_HEADS)
        return value

    @field_validator("publishers")
    @classmethod
    def _are_usable(cls, value: dict[str, str]) -> dict[str, str]:
        for pattern in value.values():
            _check_pattern(pattern, _MOST_WAYS_OF_HEADS)
        return value


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
        query: What is read of a database: a table, or a SELECT; empty: the tables with a column for texts.
        entries: How a document that holds many dated entries is cut into them; None: it is one.
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
    query: str = ""
    entries: Entries | None = None

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
            _check_pattern(pattern)
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


def _check_pattern(pattern: str, most: float = _MOST_WAYS) -> None:
    """Refuse a regular expression that is none, or that a text made for it can keep busy.

    Args:
        pattern: The expression.
        most: Ways in which it may match from one place.

    Raises:
        ValueError: Why.
    """
    try:
        re.compile(pattern)
        ways = _count_ways(_parser.parse(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r}: {error}") from error
    if ways > most:
        raise ValueError(
            f"{pattern!r} can match in too many ways, so that a text made for it takes hours: repeats beside or inside "
            "one another that share characters; write a possessive one (`\\s*+`) where nothing has to be given back"
        )


def _count_ways(parts: Iterable[tuple[Any, Any]]) -> float:
    """Return a bound on the ways in which a pattern can match from one place: what a search that fails has to try.

    Args:
        parts: The pattern as `re` has parsed it.
    """
    ways = 1.0
    for name, argument in parts:
        match str(name), argument:
            case "BRANCH", (_, branches):
                ways *= sum(map(_count_ways, branches))
            case ("SUBPATTERN", (*_, inner)) | ("ASSERT" | "ASSERT_NOT", (_, inner)) | ("ATOMIC_GROUP", inner):
                ways *= _count_ways(inner)
            case "GROUPREF_EXISTS", (_, yes, no):
                ways *= _count_ways(yes) + _count_ways(no or ())
            case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, most, inner)):
                once, most = _count_ways(inner), min(int(most), WINDOW)
                lengths = 1 if name is POSSESSIVE_REPEAT else most - min(int(least), WINDOW) + 1
                ways *= lengths * (once**most if once == 1 or most <= _COUNTED else math.inf)
    return ways


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
