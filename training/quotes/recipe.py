"""What the model of attributions learns from: config/training/quotes.toml."""

from __future__ import annotations

from training.recipes import Section


class Vectors(Section):
    """What word vectors are made of."""

    path: str
    characters: int
    vocabulary: int
    contexts: int
    width: int


class Corpus(Section):
    """Annotated documents, one JSON object a line: text, quotes with content, speaker and cue."""

    path: str
    licence: str


class Treebank(Section):
    """Parsed sentences, in CoNLL-U."""

    path: str
    licence: str


class News(Section):
    """What tells news reports from other documents is learned from.

    Attributes:
        reports: Annotated documents that are news reports.
        others: Files of annotated documents that are none.
        texts: A folder of Parquet files of documents that are none; rows of split train are read.
        rows: How many of each Parquet file.
    """

    reports: str
    others: list[str]
    texts: str
    rows: int


class Recipe(Section):
    """What goes into the model: config/training/quotes.toml."""

    seed: int
    held_out_every: int
    epochs: int
    batch: int
    learn_rate: float
    vectors: Vectors
    corpora: list[Corpus]
    treebanks: tuple[Treebank, ...] = ()
    news: News | None = None
