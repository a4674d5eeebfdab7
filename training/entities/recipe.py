"""What the entity model learns from: config/training/entities.toml."""

from __future__ import annotations

import zlib
from typing import Literal

from training.recipes import Section


class Corpus(Section):
    """An open corpus and how its labels read here."""

    path: str
    format: Literal["columns", "docred"]
    licence: str
    share: float = 1.0
    labels: dict[str, str]


class VectorSizes(Section):
    """Word vectors: which text they come from beside the corpora, how many, and words of a wider text."""

    text: str
    size: int
    width: int
    rare: int
    shared: int
    extra: int


class Pretraining(Section):
    """Guessing of masked words before names are learnt: steps (0: none) and lines of plain text."""

    steps: int
    lines: int


class Shares(Section):
    """How often a line of the annotated releases is seen again, changed.

    Attributes:
        replaced: With other people, places and peoples.
        swapped: Of the names of other kinds in these, how many change places with one from another line.
        capitals: In capitals.
        headlines: A short one, with every word capitalised.
        flattened: With plain quote marks and hyphens.
        restored: Glued and restored.
        open: A line of an open corpus, with other people, places and peoples.
    """

    replaced: float
    swapped: float
    capitals: float
    headlines: float
    flattened: float
    restored: float
    open: float


class Recipe(Section):
    """What goes into the model: config/training/entities.toml.

    Attributes:
        seed: Of everything that is drawn.
        gold: Annotated releases, files under --data.
        written: More of them, a folder in config/training.
        held_out_every: One of so many publishers, or of documents without one, is not learnt from.
        epochs: Rounds at most.
        grammar_lines: Lines out of the grammar.
        second_looks: How often the annotated releases come again, with other names, to learn what a whole name names.
        vectors: Word vectors.
        pretraining: Guessing of masked words.
        shares: Changed copies of lines.
        corpora: Open corpora.
    """

    seed: int
    gold: tuple[str, ...]
    written: str
    held_out_every: int
    epochs: int
    grammar_lines: int
    second_looks: int
    vectors: VectorSizes
    pretraining: Pretraining
    shares: Shares
    corpora: tuple[Corpus, ...] = ()

    def holds_out(self, publisher: str, place: int) -> bool:
        """Tell whether a release is kept from the model: all of a publisher or, where none is stated, by its place."""
        return not (zlib.crc32(publisher.encode()) if publisher else place) % self.held_out_every
