"""Train the entity model.

Order: word vectors from plain text → lines to learn from: annotated releases, the same with their names replaced, with
damage, lines out of a grammar of releases, sentences of open corpora with what they leave open → spaCy's binary format
under a work folder → masked words guessed in plain text → one training → what tells people, bodies and places apart →
the folder that ships. config/training/entities.toml says what goes in, entities.cfg is spaCy's configuration.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import spacy
from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from spacy.vectors import Vectors

from tasks.entities.augment import (
    Grammar,
    Names,
    flatten,
    headline,
    read_grammar,
    read_names,
    replace_names,
    respace,
    shout,
)
from tasks.entities.corpora import OPEN, Labelled, Line, Mapping, read_columns, read_docred, read_gold, to_doc
from tasks.entities.kinds import KINDS, NEITHER, Example, learn_kinds, write_kinds
from tasks.entities.model import multiply_by_numpy
from tasks.entities.pretraining import pretrain
from tasks.entities.vectors import learn_vectors, read_lines, words_of
from tasks.entities.wide import read_wide
from tasks.resources import find_data, find_resource
from tasks.settings import read_toml

_HEADLINE = 120  # longest line in characters that may stand as a headline
_PLAIN = range(41, 600)  # characters of a line in which masked words are guessed
_ANNOTATED = 2  # times that a line of the corpora is among them

Restore = Callable[[str], str]


class Corpus(BaseModel):
    """An open corpus and how its labels read here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    format: str
    licence: str
    share: float = 1.0
    labels: dict[str, str]


class VectorSizes(BaseModel):
    """Word vectors: which text they come from beside the corpora, how many, and words of a wider text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    size: int
    width: int
    rare: int
    shared: int
    extra: int


class Pretraining(BaseModel):
    """Guessing of masked words before names are learnt: steps (0: none) and lines of plain text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int
    lines: int


class Shares(BaseModel):
    """How often a line of the annotated releases is seen again, changed; `open`: one of an open corpus."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replaced: float
    capitals: float
    headlines: float
    flattened: float
    restored: float
    open: float


class Recipe(BaseModel):
    """What goes into the model: config/training/entities.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    gold: str
    held_out_every: int
    epochs: int
    grammar_lines: int
    vectors: VectorSizes
    pretraining: Pretraining
    shares: Shares
    corpora: list[Corpus] = []


def read_recipe(name: str = "entities.toml") -> Recipe:
    """Read a recipe, the shipped one or a user's."""
    return Recipe.model_validate(read_toml(find_resource(name, "config/training")))


def _train_texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, columns=["split", "text"])
        yield from table.filter(pc.equal(table["split"], "train"))["text"].to_pylist()


def read_open(data: Path, corpus: Corpus) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of an open corpus, labels as they are."""
    return (read_docred if corpus.format == "docred" else read_columns)(data / corpus.path)


def name_lists(names: Names) -> dict[str, frozenset[str]]:
    """Return the words of the gazetteer's names by what they name."""
    cities = names.lists["city"]
    texts: dict[str, Iterable[str]] = {
        "given": (name for country in names.given.values() for name in country),
        "family": (name for country in names.family.values() for name in country),
        "city": (name for name in cities if " " not in name),
        "part": (name for name in cities if " " in name),
        "province": names.lists["province"],
    }
    return {
        kind: frozenset(word for name in texts[kind] for word in words_of(name) if len(word) > 1 and word[0].isupper())
        for kind in texts
    }


def annotated_texts(data: Path, recipe: Recipe) -> list[str]:
    """Return the lines of all corpora without their labels."""
    texts = [text for corpus in recipe.corpora for text, _ in read_open(data, corpus)]
    return texts + [line.text for document in read_gold(data / recipe.gold) for line in document]


def write_vectors(data: Path, out: Path, recipe: Recipe) -> None:
    """Write a pipeline that holds nothing but word vectors."""
    sizes = recipe.vectors
    lines = read_lines(_train_texts(data / sizes.text)) + annotated_texts(data, recipe)
    lists = name_lists(read_names(data / "gazetteer"))
    wide = read_wide(find_resource("words", "models"))
    learnt = learn_vectors(lines, sizes.size, sizes.width, sizes.rare, sizes.shared, lists, wide, sizes.extra)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, shape=learnt.vectors.shape)
    nlp.vocab.vectors.data[:] = learnt.vectors
    for word, row in zip(learnt.words, learnt.rows, strict=True):
        nlp.vocab.vectors.add(nlp.vocab.strings.add(word), row=row)
    nlp.to_disk(out)


def read_corpus(data: Path, corpus: Corpus, mapping: Mapping, rng: random.Random) -> Iterator[Line]:
    """Yield a share of an open corpus, its labels read as the dataset's."""
    for text, spans in read_open(data, corpus):
        if rng.random() < corpus.share:
            read = ((s, e, mapping.read(text[s:e], corpus.labels.get(label))) for s, e, label in spans)
            yield Line(text, [(s, e, label) for s, e, label in read if label is not None], is_partial=True)


def vary(lines: list[Line], names: Names, shares: Shares, restore: Restore | None, rng: random.Random) -> list[Line]:
    """Return changed copies of some of the lines."""
    varied: list[Line] = []
    for line in lines:
        if rng.random() < shares.replaced:
            varied.append(replace_names(line, names, rng))
        if rng.random() < shares.capitals:
            varied.append(shout(line))
        if len(line.text) < _HEADLINE and rng.random() < shares.headlines:
            varied.append(headline(line))
        if rng.random() < shares.flattened:
            varied.append(flatten(line))
        if restore is not None and rng.random() < shares.restored:
            varied.append(respace(line, restore("".join(line.text.split()))))
    return varied


def convert(data: Path, work: Path, recipe: Recipe, restore: Restore | None) -> None:
    """Write train and dev in spaCy's binary format under `work`.

    Args:
        data: Where the corpora are.
        work: Where the result goes.
        recipe: What goes in.
        restore: Puts spaces back into a glued line.
    """
    rng = random.Random(recipe.seed)
    nlp = spacy.blank("en")
    gold = list(read_gold(data / recipe.gold))
    held_out = [line for i, document in enumerate(gold) if not i % recipe.held_out_every for line in document]
    learnt = [line for i, document in enumerate(gold) if i % recipe.held_out_every for line in document]
    names = read_names(data / "gazetteer")
    grammar: Grammar = read_grammar(find_resource("releases.txt", "config/training"), names)
    mapping = Mapping()
    lines = [*learnt, *vary(learnt, names, recipe.shares, restore, rng)]
    lines += [grammar.line(rng) for _ in range(recipe.grammar_lines)]
    for corpus in recipe.corpora:
        found = list(read_corpus(data, corpus, mapping, rng))
        lines += found
        lines += [replace_names(line, names, rng) for line in found if rng.random() < recipe.shares.open]
    rng.shuffle(lines)
    DocBin(docs=[to_doc(nlp, line, mapping) for line in held_out]).to_disk(work / "dev.spacy")
    DocBin(docs=[to_doc(nlp, line, mapping) for line in lines]).to_disk(work / "train.spacy")


def start(data: Path, work: Path, recipe: Recipe) -> Language:
    """Return the pipeline before it has seen a name: word vectors, token vectors that have learnt from plain text."""
    overrides: dict[str, Any] = {
        "paths.train": str(work / "train.spacy"),
        "paths.dev": str(work / "dev.spacy"),
        "initialize.vectors": str(work / "vectors"),
        "training.max_epochs": recipe.epochs,
        "training.seed": recipe.seed,
        "system.seed": recipe.seed,
    }
    config = load_config(find_resource("entities.cfg", "config/training"), overrides=overrides, interpolate=False)
    nlp = multiply_by_numpy(init_nlp(config))
    if recipe.pretraining.steps:
        lines = read_lines(_train_texts(data / recipe.vectors.text))
        random.Random(recipe.seed).shuffle(lines)
        lines = lines[: recipe.pretraining.lines] + annotated_texts(data, recipe) * _ANNOTATED
        lines = [line for line in lines if len(line) in _PLAIN]
        pretrain(nlp, lines, recipe.pretraining.steps, recipe.seed)
    return nlp


def fit(nlp: Language, work: Path) -> Language:
    """Train on what `work` holds and return the best model."""
    out = work / "out"
    out.mkdir(parents=True, exist_ok=True)
    train(nlp, out)
    return spacy.load(out / "model-best")


def name_examples(data: Path, recipe: Recipe) -> Iterator[Example]:
    """Yield the names of the corpora in their lines, with what they name; without the held-out releases."""
    mapping = Mapping()
    for corpus in recipe.corpora:
        for text, spans in read_open(data, corpus):
            for start, end, label in spans:
                known = corpus.labels.get(label)
                read = mapping.read(text[start:end], known)
                if known is None or read != OPEN:
                    yield Example(text, start, end, KINDS.get(read or OPEN, NEITHER))
    for i, document in enumerate(read_gold(data / recipe.gold)):
        for line in document if i % recipe.held_out_every else ():
            yield from (Example(line.text, s, e, KINDS.get(label, NEITHER)) for s, e, label in line.names)


def forget_paths(nlp: Language) -> None:
    """Take the paths of this machine out of the configuration that is written with a model."""
    config = nlp.config
    for section, name in (("paths", "train"), ("paths", "dev"), ("initialize", "vectors")):
        config[section][name] = None
    nlp.config = config


def train_model(data: Path, out: Path, work: Path, recipe: Recipe, restore: Restore | None = None) -> Path:
    """Train and write the model.

    Args:
        data: The folder that holds the corpora that the recipe names, text/ and gazetteer/.
        out: Where the model goes; what a former training left there is replaced, other files (the card) stay.
        work: Scratch space for converted corpora and checkpoints.
        recipe: What goes into the model.
        restore: Puts spaces back into a glued line; without it no restored lines are learnt from.

    Returns:
        `out`.

    Raises:
        InputError: A corpus that the recipe names is not under `data`.
    """
    for path in (recipe.gold, recipe.vectors.text, *(corpus.path for corpus in recipe.corpora)):
        find_data(data, path)
    work.mkdir(parents=True, exist_ok=True)
    write_vectors(data, work / "vectors", recipe)
    convert(data, work, recipe, restore)
    nlp = fit(start(data, work, recipe), work)
    forget_paths(nlp)
    staged = work / "model"
    nlp.to_disk(staged)
    shutil.copy(work / "vectors/vocab/strings.json", staged / "vocab/strings.json")  # without the words of the corpora
    write_kinds(learn_kinds(list(name_examples(data, recipe)), nlp.vocab, recipe.seed), staged)
    out.mkdir(parents=True, exist_ok=True)
    for item in staged.iterdir():
        target = out / item.name
        if target.is_dir():
            shutil.rmtree(target)
        shutil.move(str(item), str(target))
    return out
