"""The only settings: typed, frozen, unknown keys refused.

Precedence: command line, then environment (`COMMUNIQUE_RUN__WORKERS=4`), then the file given with `--config`,
then config/default.toml, which names every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from tasks.errors import ConfigError
from tasks.resources import resource_root

_HARMLESS = 10_000_000  # bytes


@dataclass(frozen=True)
class Resource:
    """Marks a setting that names a file or folder, and where it is looked for: a folder of the resource root."""

    folder: str


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Section):
    """What a hostile dump may cost."""

    record_bytes: int = Field(gt=0, description="largest record, bytes of decoded text")
    archive_depth: int = Field(gt=0, description="archives inside archives")
    members: int = Field(gt=0, description="members of one archive, all levels")
    expanded_bytes: int = Field(gt=0, description="bytes that one archive may expand to, all levels")
    compression_ratio: int = Field(gt=0, description="expanded bytes per compressed byte")
    query_steps: int = Field(gt=0, description="steps that a database may take from one row of a query to the next")
    header_bytes: int = Field(gt=0, description="header of a table, and of a member of an archive")
    nesting: int = Field(gt=0, description="levels of JSON in one another")
    attributes: int = Field(gt=0, description="attributes of one element of a page")
    elements: int = Field(gt=0, description="elements of a page")
    links: int = Field(gt=0, description="links and spans among them")
    sheet_rows: int = Field(gt=0, description="rows of a workbook, blank ones with them")
    sheet_cells: int = Field(gt=0, description="cells of a workbook, blank ones with them")

    def most_expanded(self, n_bytes: int) -> int:
        """Return how many bytes so many compressed ones may become; a few megabytes are nothing to be wary of."""
        return max(_HARMLESS, self.compression_ratio * n_bytes)


class IngestSettings(_Section):
    """How dumps are read and cut into batches."""

    languages: tuple[str, ...] = Field(description="ISO 639-1 codes that are kept")
    unit_files: int = Field(gt=0, description="small files read as one unit, about")
    batch_records: int = Field(gt=0, description="records in a batch, at most")
    batch_bytes: int = Field(gt=0, description="bytes of raw text in a batch, about")
    near_duplicate_similarity: float = Field(gt=0, le=1, description="Jaccard similarity of word shingles")
    limits: Limits


class NormalizeSettings(_Section):
    """How text is repaired."""

    restore: bool = Field(description="put lost spaces back")
    repair_quotes: bool = Field(description="repair quote marks that stand for apostrophes")
    learn_names: bool = Field(description="let glued text learn names from the sound text of its batch")
    min_score: float = Field(ge=0, le=1, description="restoration_score below which a document is flagged")


class EntitySettings(_Section):
    """How entities are found."""

    model: Annotated[str, Resource("models")] = Field(
        description="a folder under models/, a path, or an installed spaCy pipeline"
    )
    label_map: dict[str, str] = Field(description="labels of that pipeline → labels of the dataset; empty: the same")


class QuoteSettings(_Section):
    """How quotations are found."""

    cues: Annotated[str, Resource("config/lexicons")] = Field(
        description="lexicon of reporting words, under config/lexicons or a path"
    )
    model: Annotated[str, Resource("models")] = Field(
        min_length=1, description="finds thoughts and attitudes as well as speech: a folder under models/ or a path"
    )
    model_reads: Literal["news", "all", "none"] = Field(
        description="which documents the model reads, beside rules: those that read as news reports, all, none"
    )


EngagementType = Literal[
    "meeting", "call", "visit", "conference", "exercise", "operation", "port_call", "agreement", "transfer", "training",
    "deployment", "encounter",
]  # fmt: skip


class EngagementSettings(_Section):
    """Which engagements are published."""

    types: tuple[EngagementType, ...] = Field(description="types of engagements that become rows")


class FigureSettings(_Section):
    """Which figures are published."""

    forms: tuple[Literal["tally", "act"], ...] = Field(
        description="tally: lines of lists of counts; act: numbers in sentences with what happened; none: no figures"
    )


class RunSettings(_Section):
    """How a run is carried out."""

    runner: Literal["auto", "processes", "threads", "dask"] = Field(
        description="auto: processes on more than one core, threads for small inputs; dask: a cluster's workers"
    )
    address: str = Field(description="of a Dask scheduler, such as tcp://host:8786; read where runner is dask")
    workers: int = Field(ge=0, description="bundles of batches that are worked on at a time; 0: one a core")
    segment_bytes: int = Field(gt=0, description="raw text that becomes one file of each table, about")
    segment_records: int = Field(gt=0, description="records that do, at most, about")
    keep_replaced_s: int = Field(ge=0, description="seconds for which replaced files stay, for whoever holds a list")
    views: Literal["auto", "always", "never"] = Field(
        description="auto: a run makes the views anew in a dataset of up to views_documents documents"
    )
    views_documents: int = Field(ge=0, description="documents up to which a run makes the views anew")
    fail_on_unreadable: bool = Field(description="exit code 3 if a file or folder of the input cannot be read")
    max_reject_share: float = Field(ge=0, le=1, description="share of rejects above which the exit code is 3")
    report: str = Field(description="file to which a run writes a report on the dataset; empty: none")


class Settings(BaseSettings):
    """All settings of a run."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="COMMUNIQUE_", env_nested_delimiter="__", env_file=None
    )

    ingest: IngestSettings
    normalize: NormalizeSettings
    entities: EntitySettings
    quotes: QuoteSettings
    engagements: EngagementSettings
    figures: FigureSettings
    run: RunSettings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the command line win over the environment, and that over the files of `load_settings`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, deep_merge=True)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: The file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def describe_faults(error: ValidationError, model: type[BaseModel]) -> str:
    """Return what is wrong with values in a line: the key and the reason of each fault, and the key that may be meant.

    Args:
        error: What pydantic found.
        model: What the values were to become.

    Example:
        >>> try:
        ...     RunSettings.model_validate({"worker": 2})
        ... except ValidationError as error:
        ...     describe_faults(error, RunSettings).partition("worker: ")[2]
        'there is no such key; did you mean workers?'
    """
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {_explain(e, model)}" for e in error.errors())


def _explain(fault: ErrorDetails, model: type[BaseModel]) -> str:
    if fault["type"] != "extra_forbidden":
        return fault["msg"]
    *above, key = map(str, fault["loc"])
    for name in above:
        inner = model.model_fields[name].annotation if name in model.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return "there is no such key"
        model = inner
    for meant in get_close_matches(key, model.model_fields, 1):
        return f"there is no such key; did you mean {'.'.join([*above, meant])}?"
    return f"there is no such key; there are {', '.join(model.model_fields)}"


def load_settings(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Load config/default.toml, lay the user's file and the environment over it, then the overrides.

    Args:
        path: The user's TOML file.
        overrides: Nested values from the command line, which win over everything.

    Raises:
        ConfigError: A file is unreadable, a key is unknown or a value is out of range.
    """
    files = [resource_root() / "config" / "default.toml", *([path] if path else [])]

    class Loaded(Settings):
        model_config = SettingsConfigDict(toml_file=files)

    try:
        for file in files:
            read_toml(file)  # names the file that is missing or is not TOML
        loaded = Loaded(**(overrides or {}))
    except (ValidationError, SettingsError) as error:
        reason = describe_faults(error, Settings) if isinstance(error, ValidationError) else str(error)
        raise ConfigError(f"{path or 'settings'}: {reason}") from error
    return Settings.model_construct(**{name: getattr(loaded, name) for name in Settings.model_fields})
