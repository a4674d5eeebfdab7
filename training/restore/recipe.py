"""What the restoration learns from: config/training/restore.toml."""

from __future__ import annotations

from typing import Literal

from training.recipes import Section


class Texts(Section):
    """Files to learn from, and how often they count."""

    path: str
    weight: int


class Lines(Section):
    """Lines written for the purpose, with the names of lists in braces."""

    weight: int
    text: list[str]


class Phrases(Section):
    """What the texts lack: config/training/restore_phrases.toml."""

    lists: dict[str, list[str]]
    lines: list[Lines]


class Names(Section):
    """A list of names: which columns of a CSV file hold them."""

    path: str
    columns: list[str]


class Recipe(Section):
    """What goes into the resource: config/training/restore.toml."""

    words: Literal["wordfreq", "wordninja"]
    phrases: str
    min_count: int
    pairs: int
    triples: int
    texts: list[Texts]
    names: list[Names]
