"""The registry of stages: what runs after what, with which settings, from which tables to which.

What a run sends, does again, retries and refuses by, what it counts as changed, and the picture in docs/architecture.md
derive from it. Which tables a stage yields stands with the tables, in tasks/schemas.py.

    ingest → normalize → (entities ∥ quotes) → (engagements ∥ figures) → publish → (people ∥ revisions ∥ events)

Formulas are made after publish, too, but only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from tasks.schemas import TABLES, VIEWS


@dataclass(frozen=True)
class Stage:
    """A stage.

    Attributes:
        name: The name of its package in tasks/, of its task in there, and of its section of the settings.
        scope: What one task works on: a unit of the input, a bundle of batches, or the whole dataset.
        after: The stages whose results it needs.
        reads: Staged or, for the whole dataset, published tables that it reads.
        resources: Files under config/ and models/ that it reads beside those that its code or settings name.
        packages: Distributions that decide its output beside those that its code imports.
        has_settings: Whether its section of the settings decides its output.
        is_on_demand: Whether its views are made when they are asked for alone.
    """

    name: str
    scope: Literal["unit", "bundle", "dataset"]
    after: tuple[str, ...]
    reads: tuple[str, ...]
    resources: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    has_settings: bool = True
    is_on_demand: bool = False

    @property
    def module(self) -> str:
        """The module of its task."""
        return f"tasks.{self.name}.task"

    @property
    def yields(self) -> tuple[str, ...]:
        """The tables or views that it yields, refusals aside, which every stage of a unit or bundle has."""
        tables = VIEWS if self.scope == "dataset" else TABLES
        return tuple(table.name for table in tables.values() if table.stage == self.name and table.name != "rejects")

    def task(self) -> Any:
        """Return its Prefect task; imported when it is wanted."""
        return getattr(import_module(self.module), self.name)


_ALL = (
    Stage("ingest", "unit", after=(), reads=(), packages=("lxml", "htmldate")),
    Stage("normalize", "bundle", after=("ingest",), reads=("records",), resources=("models/restore",)),
    Stage(
        "entities", "bundle", after=("normalize",), reads=("normalized", "sentences", "furniture"),
        resources=("models/words/words.txt",),
    ),
    Stage("quotes", "bundle", after=("normalize",), reads=("normalized", "sentences", "furniture")),
    Stage(
        "engagements", "bundle", after=("entities", "quotes"),
        reads=("normalized", "sentences", "furniture", "entities", "roles", "quotes"),
    ),
    Stage(
        "figures", "bundle", after=("entities", "quotes"),
        reads=("normalized", "sentences", "furniture", "entities", "quotes"),
    ),
    Stage(
        "publish", "bundle", after=("entities", "quotes", "engagements", "figures"), reads=("normalized", "near"),
        packages=("pyarrow",), has_settings=False,
    ),
    Stage(
        "people", "dataset", after=("publish",), reads=("documents", "entities", "quotes", "roles"),
        packages=("pyarrow",), has_settings=False,
    ),
    Stage(
        "revisions", "dataset", after=("publish",), reads=("documents", "_index"), packages=("pyarrow",),
        has_settings=False,
    ),
    Stage(
        "events", "dataset", after=("publish",), reads=("documents", "engagements"), packages=("pyarrow",),
        has_settings=False,
    ),
    Stage(
        "formulas", "dataset", after=("publish",), reads=("documents", "sentences", "entities", "quotes"),
        packages=("pyarrow",), has_settings=False, is_on_demand=True,
    ),
)  # fmt: skip

#: All stages by name, each after those that it needs.
STAGES: dict[str, Stage] = {stage.name: stage for stage in _ALL}


def before_publish() -> tuple[Stage, ...]:
    """Return the stages whose tables publish puts together: a unit's, then a bundle's."""
    return tuple(stage for stage in STAGES.values() if stage.scope != "dataset" and stage.name != "publish")


def of_bundles() -> tuple[Stage, ...]:
    """Return the stages between the reading of a unit and the publication of a bundle."""
    return tuple(stage for stage in before_publish() if stage.scope == "bundle")


def of_dataset() -> tuple[Stage, ...]:
    """Return the stages that make views over the whole dataset."""
    return tuple(stage for stage in STAGES.values() if stage.scope == "dataset")


def with_successors(names: Collection[str]) -> tuple[str, ...]:
    """Return some stages and all that follow them, in order.

    Example:
        >>> with_successors({"quotes"})
        ('quotes', 'engagements', 'figures', 'publish')
    """
    found: set[str] = set(names)
    for stage in STAGES.values():
        if found & set(stage.after):
            found.add(stage.name)
    return tuple(name for name, stage in STAGES.items() if name in found and stage.scope != "dataset")


def can_be_redone(stage: Stage) -> bool:
    """Tell whether a stage can be done again from what is published: a dump has to be read again for the others."""
    published = {table.staged for table in TABLES.values()} | {"near"}
    return stage.scope == "bundle" and set(stage.reads) <= published
