"""A dataset as a whole: whether a folder is one or may become one, and its card."""

from __future__ import annotations

import json

from tasks.errors import ConfigError, DatasetError
from tasks.publish.layout import Layout, to_json
from tasks.publish.log import Snapshot
from tasks.schemas import SCHEMA_VERSION, TABLES, VIEWS

#: Any of these makes a folder a dataset: the first is there as soon as a run holds it.
_MARKS = ("_lock", "_manifest", "_dataset.json")


def check_dataset(layout: Layout) -> None:
    """Check that a dataset can be written to a folder. Nothing is made.

    Raises:
        ConfigError: It is no folder, or holds what is not a dataset.
        DatasetError: It was written by a later version of the program.
    """
    try:
        names = layout.store.names()
    except NotADirectoryError as error:
        raise ConfigError(f"{layout.root}: not a folder; choose another --out") from error
    if not names:
        return
    if not names & set(_MARKS):
        raise ConfigError(
            f"{layout.root}: not empty and not a dataset (it holds {sorted(names)[:3]}); choose another --out"
        )
    check_version(layout)


def is_dataset(layout: Layout) -> bool:
    """Tell whether there is a dataset, with or without rows."""
    try:
        return not {layout.card, "_manifest"}.isdisjoint(layout.store.names())  # the card comes first, commits later
    except NotADirectoryError:
        return False


def check_version(layout: Layout, *, oldest: int = 0) -> None:
    """Check that this program knows the schema of a dataset.

    Args:
        layout: The dataset.
        oldest: The earliest schema that will do.

    Raises:
        DatasetError: It is of a later one, or of an earlier one than will do.
    """
    try:
        card = json.loads(layout.store.read(layout.card))
        version = int(card["schema_version"])
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{layout.store.locate(layout.card)}: not the card of a dataset: {error}") from error
    if version > SCHEMA_VERSION:
        raise DatasetError(
            f"{layout.root}: written by a later version of communique (schema {version}; this one knows"
            f" {SCHEMA_VERSION}): update communique"
        )
    if version < oldest:
        raise DatasetError(
            f"{layout.root}: written by an earlier version of communique (schema {version}); a run or"
            f" communique compact {layout.root} brings it up to date"
        )


def describe_dataset(layout: Layout, snapshot: Snapshot) -> None:
    """Write the card: what readers need to know of the dataset as a whole. One that says it already stays."""
    card = to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "sources": sorted({segment.source_id for segment in snapshot.segments.values()}),
            "partitions": ["source"],
            "tables": {
                name: {
                    f.name: {"type": str(f.type), "description": f.metadata[b"description"].decode()}
                    for f in table.schema
                }
                for name, table in (TABLES | VIEWS).items()
            },
        }
    )
    try:
        if layout.store.read(layout.card) == card:
            return
    except FileNotFoundError:
        pass
    layout.store.write(layout.card, card)
