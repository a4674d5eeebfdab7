"""Train the entity model.

Order: word vectors from plain text → lines to learn from: annotated releases, the same with their names replaced, with
damage, lines out of a grammar of releases, sentences of open corpora with what they leave open → spaCy's binary format
under a work folder → masked words guessed in plain text → one training → what tells people, bodies and places apart →
the folder that ships. config/training/entities.toml says what goes in, entities.cfg is spaCy's configuration.
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from spacy.vectors import Vectors
from thinc.api import use_ops

from tasks.edits import apply_edits
from tasks.normalize.restore import restore_paragraphs
from tasks.resources import find_resource
from training.data import find_data
from training.entities.kinds import learn_kinds, write_kinds
from training.entities.lines import Restore, annotated_texts, convert, name_examples, name_lists, plain_texts
from training.entities.names import read_names
from training.entities.pretraining import pretrain
from training.entities.recipe import Recipe
from training.entities.vectors import learn_vectors, read_lines
from training.recipes import read_recipe
from training.words import read_wide

_PLAIN = range(41, 600)  # characters of a line in which masked words are guessed
_ANNOTATED = 2  # times that a line of the corpora is among them


def write_vectors(data: Path, out: Path, recipe: Recipe) -> None:
    """Write a pipeline that holds nothing but word vectors."""
    sizes = recipe.vectors
    lines = read_lines(plain_texts(data / sizes.text)) + annotated_texts(data, recipe)
    lists = name_lists(read_names(data / "gazetteer"))
    wide = read_wide(find_resource("words", "models"))
    learnt = learn_vectors(lines, sizes.size, sizes.width, sizes.rare, sizes.shared, lists, wide, sizes.extra)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, shape=learnt.vectors.shape)
    nlp.vocab.vectors.data[:] = learnt.vectors
    for word, row in zip(learnt.words, learnt.rows, strict=True):
        nlp.vocab.vectors.add(nlp.vocab.strings.add(word), row=row)
    nlp.to_disk(out)


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
    with use_ops("numpy", use_blis=False):  # else the first training of a process starts from other weights
        nlp = init_nlp(config)
    if recipe.pretraining.steps:
        lines = read_lines(plain_texts(data / recipe.vectors.text))
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


def forget_paths(nlp: Language) -> None:
    """Take the paths of this machine out of the configuration that is written with a model."""
    config = nlp.config
    for section, name in (("paths", "train"), ("paths", "dev"), ("initialize", "vectors")):
        config[section][name] = None
    nlp.config = config


def order_meta(path: Path) -> None:
    """Put the keys of a model's description in order: spaCy's scores by label have that of a set."""
    meta = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(meta, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def build(data: Path, out: Path, recipe: str) -> None:
    """Train what a recipe names, on restored lines too: models/restore puts their spaces back. See `train_model`."""
    with tempfile.TemporaryDirectory(prefix="communique-train-") as work:
        train_model(data, out, Path(work), read_recipe(Recipe, recipe), _restore)


def _restore(glued: str) -> str:
    return apply_edits(glued, restore_paragraphs([glued], repair_quotes=False)[0].edits)


def train_model(data: Path, out: Path, work: Path, recipe: Recipe, restore: Restore | None = None) -> None:
    """Train and write the model.

    Args:
        data: The folder that holds the corpora that the recipe names, text/ and gazetteer/.
        out: Where the model goes; what a former training left there is replaced, other files (the card) stay.
        work: Scratch space for converted corpora and checkpoints.
        recipe: What goes into the model.
        restore: Puts spaces back into a glued line; without it no restored lines are learnt from.

    Raises:
        InputError: A corpus that the recipe names is not under `data`.
    """
    for path in (*recipe.gold, recipe.vectors.text, *(corpus.path for corpus in recipe.corpora)):
        find_data(data, path)
    work.mkdir(parents=True, exist_ok=True)
    write_vectors(data, work / "vectors", recipe)
    convert(data, work, recipe, restore)
    nlp = fit(start(data, work, recipe), work)
    forget_paths(nlp)
    staged = work / "model"
    nlp.to_disk(staged)
    order_meta(staged / "meta.json")
    shutil.copy(work / "vectors/vocab/strings.json", staged / "vocab/strings.json")  # without the words of the corpora
    write_kinds(learn_kinds(list(name_examples(data, recipe)), nlp.vocab, recipe.seed), staged)
    out.mkdir(parents=True, exist_ok=True)
    for item in staged.iterdir():
        target = out / item.name
        if target.is_dir():
            shutil.rmtree(target)
        shutil.move(str(item), str(target))
