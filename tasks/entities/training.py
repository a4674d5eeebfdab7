"""Train the entity model: open corpora first, the annotated releases second.

Order: corpora → spaCy's binary format under a work folder → stage 1, a tagger of PER, ORG, LOC and MISC on the open
corpora, for the sake of its token vectors → stage 2, the model with the labels of the dataset, which starts from those
token vectors and sees the annotated releases only, so that no label that an open corpus lacks counts as absent → the
folder that ships. Both stages follow config/training/entities.cfg; config/training/entities.toml says what goes in.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import filter_spans, load_config

from tasks.errors import InputError
from tasks.resources import find_resource
from tasks.settings import read_toml

Labelled = tuple[int, int, str]


class Corpus(BaseModel):
    """An open corpus and how its labels read here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    format: str
    licence: str
    labels: dict[str, str]


class Recipe(BaseModel):
    """What goes into the model: config/training/entities.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    gold: str
    held_out_every: int
    noise_share: float
    base_epochs: int
    epochs: int
    corpora: list[Corpus]


def read_recipe(name: str = "entities.toml") -> Recipe:
    """Read a recipe, the shipped one or a user's."""
    return Recipe.model_validate(read_toml(find_resource(name, "config/training")))


def lines_of(text: str, entities: Iterable[Labelled]) -> Iterator[tuple[str, list[Labelled]]]:
    r"""Cut a document into its lines, the pieces that the model sees, with the entities of each.

    Example:
        >>> list(lines_of("He met Kim.\nIn Oslo.", [(7, 10, "PERSON"), (15, 19, "GPE")]))
        [('He met Kim.', [(7, 10, 'PERSON')]), ('In Oslo.', [(3, 7, 'GPE')])]
    """
    entities = list(entities)
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            yield line, [(s - start, e - start, label) for s, e, label in entities if start <= s and e <= end]
        start = end + 1


def read_gold(path: Path) -> Iterator[list[tuple[str, list[Labelled]]]]:
    """Yield the lines of every annotated document."""
    for row in path.read_text(encoding="utf-8").splitlines():
        document = json.loads(row)
        yield list(lines_of(document["text"], [tuple(e) for e in document["entities"]]))


def _sentence(words: list[str], tags: list[tuple[int, int, str]]) -> tuple[str, list[Labelled]]:
    """Join words with blanks, closing punctuation up, and turn word spans into character spans."""
    text, starts, ends = "", [], []
    opening = True
    for word in words:
        if text and not opening and word[0] not in ",.;:!?)]%'’":
            text += " "
        starts.append(len(text))
        text += word
        ends.append(len(text))
        opening = word in "([“$"
    return text, [(starts[first], ends[last - 1], label) for first, last, label in tags]


def read_columns(path: Path, labels: dict[str, str]) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of a two-column IOB file: word, tag; blank lines between sentences."""
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.strip():
            word, tag = line.split()[0], line.split()[-1]
            words.append(word)
            tags.append(tag)
        elif words:
            spans: list[tuple[int, int, str]] = []
            for i, tag in enumerate(tags):
                kind, label = tag[0], labels.get(tag[2:])
                if label is None:
                    continue
                if spans and kind == "I" and spans[-1][1] == i and spans[-1][2] == label:
                    spans[-1] = (spans[-1][0], i + 1, label)
                else:
                    spans.append((i, i + 1, label))
            yield _sentence(words, spans)
            words, tags = [], []


def read_docred(path: Path, labels: dict[str, str]) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of a Re-DocRED file: tokenised sentences, and mentions by sentence and word."""
    for document in json.loads(path.read_text(encoding="utf-8")):
        mentions = [m for entity in document["vertexSet"] for m in entity]
        for i, words in enumerate(document["sents"]):
            spans = sorted(
                {(*m["pos"], labels[m["type"]]) for m in mentions if m["sent_id"] == i and m["type"] in labels}
            )
            words = [w.strip() or "-" for w in words]
            yield _sentence(words, spans)


def to_doc(nlp: Language, text: str, entities: Iterable[Labelled]) -> Doc:
    """Tokenise a line and set its entities; one that cuts a token in two is widened to whole tokens."""
    doc = nlp.make_doc(text)
    spans = [doc.char_span(s, e, label=label, alignment_mode="expand") for s, e, label in entities]
    doc.ents = filter_spans([span for span in spans if isinstance(span, Span)])
    return doc


def roughen(text: str, rng: random.Random) -> str:
    """Return the line as a damaged dump may have it, of the same length: all capitals or flattened quote marks."""
    if rng.random() < 0.5:
        upper = text.upper()
        return upper if len(upper) == len(text) else text
    return text.translate(str.maketrans("’‘“”–—", "''\"\"--"))


def convert(data: Path, work: Path, recipe: Recipe) -> None:
    """Write base_train, base_dev, train and dev in spaCy's binary format under `work`.

    Raises:
        InputError: A corpus that the recipe names is not under `data`.
    """
    rng = random.Random(recipe.seed)
    nlp = spacy.blank("en")
    work.mkdir(parents=True, exist_ok=True)
    for path in (recipe.gold, *(corpus.path for corpus in recipe.corpora)):
        if not (data / path).is_file():
            raise InputError(f"{data / path}: no such file; --data takes the folder that holds {path}")

    base = [
        pair
        for corpus in recipe.corpora
        for pair in (read_docred if corpus.format == "docred" else read_columns)(data / corpus.path, corpus.labels)
    ]
    every = recipe.held_out_every
    DocBin(docs=[to_doc(nlp, *p) for i, p in enumerate(base) if i % (5 * every)]).to_disk(work / "base_train.spacy")
    DocBin(docs=[to_doc(nlp, *p) for i, p in enumerate(base) if not i % (5 * every)]).to_disk(work / "base_dev.spacy")

    gold = list(read_gold(data / recipe.gold))
    held_out = [line for i, document in enumerate(gold) if not i % every for line in document]
    learnt = [line for i, document in enumerate(gold) if i % every for line in document]
    noisy = [(roughen(text, rng), entities) for text, entities in learnt if rng.random() < recipe.noise_share]
    DocBin(docs=[to_doc(nlp, *line) for line in held_out]).to_disk(work / "dev.spacy")
    DocBin(docs=[to_doc(nlp, *line) for line in [*learnt, *noisy]]).to_disk(work / "train.spacy")


def _fit(work: Path, out: Path, name: str, epochs: int, seed: int, source: Path | None) -> Language:
    overrides: dict[str, Any] = {
        "paths.train": str(work / f"{name}train.spacy"),
        "paths.dev": str(work / f"{name}dev.spacy"),
        "training.max_epochs": epochs,
        "training.seed": seed,
        "system.seed": seed,
    }
    config = load_config(find_resource("entities.cfg", "config/training"), overrides=overrides, interpolate=False)
    if source is not None:
        config["components"]["tok2vec"] = {"source": str(source)}
    nlp = init_nlp(config)
    out.mkdir(parents=True, exist_ok=True)
    train(nlp, out)
    return spacy.load(out / "model-best")


def train_model(data: Path, out: Path, work: Path, recipe: Recipe) -> Path:
    """Train both stages and write the model.

    Args:
        data: The folder that holds the corpora that the recipe names.
        out: Where the model goes; what a former training left there is replaced, other files (the card) stay.
        work: Scratch space for converted corpora and checkpoints.
        recipe: What goes into the model.

    Returns:
        `out`.
    """
    convert(data, work, recipe)
    _fit(work, work / "base", "base_", recipe.base_epochs, recipe.seed, None)
    nlp = _fit(work, work / "final", "", recipe.epochs, recipe.seed, work / "base" / "model-best")
    staged = work / "model"
    nlp.to_disk(staged)
    out.mkdir(parents=True, exist_ok=True)
    for item in staged.iterdir():
        target = out / item.name
        if target.is_dir():
            shutil.rmtree(target)
        shutil.move(str(item), str(target))
    return out
