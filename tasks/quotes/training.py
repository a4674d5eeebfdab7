"""Train the model of attributions.

Order: plain text → word vectors, by a truncated decomposition of how much more often than by chance words stand at one
and two places from each other → annotated documents as examples → the network → the folder that ships.
config/training/quotes.toml says what goes in.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from thinc.api import Adam

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.model.features import Features, Paragraph, words_of
from tasks.quotes.model.genre import Genre, learn_genre
from tasks.quotes.model.grammar import Parsed, read_treebank
from tasks.quotes.model.network import FIRST, INSIDE, LABELS, LAST, SOURCE, Example, Floats, Network
from tasks.quotes.quotation import Span
from tasks.resources import find_data, find_resource
from tasks.settings import read_toml

Read = TypeVar("Read", Example, Parsed)

_OFFSETS = (-2, -1, 1, 2)
_CHUNK = 1_000_000  # words counted at a time
_SMOOTHING = 0.75  # exponent of the context counts; Levy, Goldberg & Dagan 2015
_EXTRA, _ROUNDS = 32, 3  # of the randomised decomposition; Halko, Martinsson & Tropp 2011
_STEP_WEIGHT = 0.5  # of the transitions against the network


class Vectors(BaseModel):
    """What word vectors are made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    characters: int
    vocabulary: int
    contexts: int
    width: int


class Corpus(BaseModel):
    """Annotated documents, one JSON object a line: text, quotes with content, speaker and cue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    licence: str


class Treebank(BaseModel):
    """Parsed sentences, in CoNLL-U."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    licence: str


class News(BaseModel):
    """What tells news reports from other documents is learned from.

    Attributes:
        reports: Annotated documents that are news reports.
        others: Annotated documents that are none.
        texts: A folder of Parquet files of documents that are none; rows of split train are read.
        rows: How many of each Parquet file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reports: str
    others: str
    texts: str
    rows: int


class Recipe(BaseModel):
    """What goes into the model: config/training/quotes.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    held_out_every: int
    epochs: int
    batch: int
    learn_rate: float
    vectors: Vectors
    corpora: list[Corpus]
    treebanks: list[Treebank] = []
    news: News | None = None


def read_recipe(name: str = "quotes.toml") -> Recipe:
    """Read a recipe, a shipped one or a user's."""
    return Recipe.model_validate(read_toml(find_resource(name, "config/training")))


def _read_files(folder: Path, rng: random.Random) -> Iterator[list[str]]:
    """Yield the texts of each file of which the split is train, in random order."""
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, columns=["split", "text"])
        pairs = zip(table["split"].to_pylist(), table["text"].to_pylist(), strict=True)
        texts = [text for split, text in pairs if split == "train" and text]
        rng.shuffle(texts)
        yield texts


def _read_texts(folder: Path, characters: int, rng: random.Random) -> Iterator[list[str]]:
    """Yield the words of texts, those of a file in random order and no more than fit."""
    for texts in _read_files(folder, rng):
        left = characters
        for text in texts:
            if left > 0:
                yield words_of(text)
            left -= len(text)


def _chunks(texts: Iterator[list[str]], rows: Mapping[str, int]) -> Iterator[NDArray[np.int64]]:
    gap = [0] * max(_OFFSETS)
    held: list[int] = []
    for words in texts:
        held += [*(rows.get(word, 0) for word in words), *gap]
        if len(held) > _CHUNK:
            yield np.array(held)
            held = []
    yield np.array([*held, *gap, *gap])


def learn_vectors(folder: Path, recipe: Vectors, seed: int) -> tuple[list[str], Floats]:
    """Return a vocabulary and its vectors, the first row of which is zero and stands for any other word.

    Args:
        folder: Holds Parquet files.
        recipe: Sizes.
        seed: For the order of texts and for the decomposition.
    """
    counts: Counter[str] = Counter()
    for words in _read_texts(folder, recipe.characters, random.Random(seed)):
        counts.update(words)
    vocabulary = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    vocabulary = vocabulary[: recipe.vocabulary]
    rows = {word: i for i, word in enumerate(vocabulary, 1)}
    size, edge = len(vocabulary) + 1, max(_OFFSETS)
    table = np.zeros((size, recipe.contexts * len(_OFFSETS)), np.float32)
    for chunk in _chunks(_read_texts(folder, recipe.characters, random.Random(seed)), rows):
        here = chunk[edge:-edge]
        for k, offset in enumerate(_OFFSETS):
            there = chunk[edge + offset : len(chunk) - edge + offset]
            kept = (here > 0) & (there > 0) & (there <= recipe.contexts)
            pairs, found = np.unique(
                here[kept] * table.shape[1] + k * recipe.contexts + there[kept] - 1, return_counts=True
            )
            table.ravel()[pairs] += found
    by_word = np.maximum(table.sum(axis=1, keepdims=True), 1)
    by_context = table.sum(axis=0, keepdims=True) ** _SMOOTHING
    with np.errstate(divide="ignore"):
        np.log(table, out=table)
        table -= np.log(by_word) + np.log(by_context / by_context.sum())
    np.maximum(table, 0, out=table)
    return vocabulary, _decompose(table, recipe.width, seed)


def _decompose(table: Floats, width: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    basis = table @ rng.standard_normal((table.shape[1], width + _EXTRA)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, strengths, _ = np.linalg.svd((table.T @ basis).T, full_matrices=False)
    vectors = (basis @ left)[:, :width] * np.sqrt(strengths[:width])
    vectors *= np.sqrt(width) / 2 / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
    vectors[0] = 0
    return np.asarray(vectors, dtype=np.float16).astype(np.float32)


def read_documents(path: Path) -> list[dict[str, Any]]:
    """Read annotated documents, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def make_examples(document: Mapping[str, Any], features: Features) -> Iterator[Example]:
    """Yield the paragraphs of an annotated document with what is to be found in them.

    Paragraphs of turns and statements are left out: rules find these, by what stands around them.
    """
    blocks = [
        span for quote in document["quotes"] if quote["type"] in {"turn", "statement"} for span in quote["content"]
    ]
    quotes = [q for q in document["quotes"] if q["cue"] and q["type"] not in {"turn", "statement"}]
    for paragraph in features.paragraphs(document["text"]):
        if _inside(paragraph, blocks):
            continue
        cues: list[Span] = []
        labels: list[NDArray[np.int64]] = []
        for quote in quotes:
            cue = _inside(paragraph, quote["cue"])
            if cue and (cue[0], cue[-1] + 1) not in cues:
                own = np.zeros(len(paragraph.words), np.int64)
                own[_inside(paragraph, quote["speaker"])] = SOURCE
                for span in quote["content"]:
                    _mark_content(own, _inside(paragraph, [span]))
                cues.append((cue[0], cue[-1] + 1))
                labels.append(own)
        yield Example(paragraph, cues, labels)


def _mark_content(labels: NDArray[np.int64], inside: Sequence[int]) -> None:
    if inside:
        labels[inside[0] : inside[-1] + 1] = INSIDE
        labels[inside[-1]] = LAST
        labels[inside[0]] = FIRST


def _inside(paragraph: Paragraph, spans: Sequence[Sequence[int]]) -> list[int]:
    return [i for i, (s, e) in enumerate(paragraph.spans) if any(s < end and start < e for start, end in spans)]


def count_steps(examples: Sequence[Example]) -> Floats:
    """Return the weighted log-probability of each label after each."""
    counts = np.full((len(LABELS), len(LABELS)), 0.1)
    for example in examples:
        for own in example.labels:
            np.add.at(counts, (own[:-1], own[1:]), 1)
    return np.asarray(_STEP_WEIGHT * np.log(counts / counts.sum(axis=1, keepdims=True)), dtype=np.float32)


def _batches(examples: Sequence[Read], size: int) -> Iterator[list[Read]]:
    left = iter(examples)
    while batch := list(islice(left, 1)):
        tokens = len(batch[0].paragraph.words)
        while tokens < size and (following := next(left, None)):
            batch.append(following)
            tokens += len(following.paragraph.words)
        yield batch


def train_model(data: Path, out: Path, recipe: Recipe, lexicon: Lexicon) -> Path:
    """Train the model and write it to a folder.

    Args:
        data: Holds the corpora and texts that the recipe names.
        out: Where it goes.
        recipe: What goes in.
        lexicon: The lexicon, whose kinds and frames are features.

    Raises:
        InputError: Something that the recipe names is not under `data`.
    """
    news = (recipe.news.reports, recipe.news.others, f"{recipe.news.texts}/*.parquet") if recipe.news else ()
    annotated = (*(corpus.path for corpus in recipe.corpora), *(bank.path for bank in recipe.treebanks))
    for pattern in (f"{recipe.vectors.path}/*.parquet", *annotated, *news):
        find_data(data, pattern)
    vocabulary, vectors = learn_vectors(data / recipe.vectors.path, recipe.vectors, recipe.seed)
    print(f"{len(vocabulary)} word vectors")
    features = Features(lexicon, {word: i for i, word in enumerate(vocabulary, 1)})
    read = [document for corpus in recipe.corpora for document in read_documents(data / corpus.path)]
    documents = [document for i, document in enumerate(read) if i % recipe.held_out_every]
    examples = [example for document in documents for example in make_examples(document, features)]
    print(f"{len(documents)} documents, {sum(len(example.cues) for example in examples)} attributions")
    parsed = [one for bank in recipe.treebanks for one in read_treebank(data / bank.path, features)]
    print(f"{len(parsed)} sentences of treebanks")
    network = Network(vectors, recipe.seed)
    network.steps = count_steps(examples)
    optimizer = Adam(recipe.learn_rate, use_averages=True, L2=1e-5, grad_clip=1.0)
    rng = random.Random(recipe.seed)
    for epoch in range(recipe.epochs):
        rng.shuffle(examples)
        optimizer.learn_rate = recipe.learn_rate * (1 - 0.9 * epoch / recipe.epochs)
        rng.shuffle(parsed)
        sentences = cycle(list(_batches(parsed, recipe.batch)))
        losses = []
        for batch in _batches(examples, recipe.batch):
            grammar = network.update_grammar(next(sentences), optimizer) if parsed else 0.0
            losses.append((*network.update(batch, optimizer), grammar))
        cue, pair, grammar = np.mean(losses, axis=0)
        print(f"epoch {epoch + 1}: loss of cues {cue:.4f}, of content and sources {pair:.4f}, of grammar {grammar:.4f}")
    with ExitStack() as averaged:
        for part in network.parts.values():
            averaged.enter_context(part.use_params(optimizer.averages))
        out.mkdir(parents=True, exist_ok=True)
        network.save(out)
    (out / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    if recipe.news:
        _learn_news(data, recipe.news, recipe.seed, lexicon).save(out)
    return out


def _learn_news(data: Path, recipe: News, seed: int, lexicon: Lexicon) -> Genre:
    reports = [document["text"] for document in read_documents(data / recipe.reports)]
    others = [document["text"] for document in read_documents(data / recipe.others)]
    groups = [texts[: recipe.rows] for texts in _read_files(data / recipe.texts, random.Random(seed))]
    return learn_genre(reports, [others, *groups], lexicon)
