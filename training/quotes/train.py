"""Train the model of attributions.

Order: plain text → word vectors → annotated documents and treebanks as examples → the network → what tells news
reports → the folder that ships. config/training/quotes.toml says what goes in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from thinc.api import Adam

from tasks.quotes.lexicon import Lexicon, load_lexicon
from tasks.quotes.model.features import Features, write_words
from tasks.quotes.model.genre import Genre
from tasks.quotes.model.network import Network
from tasks.quotes.model.tagger import WORDS
from tasks.resources import find_resource
from tasks.settings import load_settings
from training.data import find_data
from training.quotes.examples import Example, count_steps, make_examples, read_documents
from training.quotes.genre import learn_genre, write_genre
from training.quotes.recipe import News, Recipe
from training.quotes.teacher import Teacher, write_network
from training.quotes.treebanks import Parsed, read_treebank
from training.quotes.vectors import learn_vectors, read_shuffled
from training.recipes import read_recipe

Read = TypeVar("Read", Example, Parsed)


def build(data: Path, out: Path, recipe: str) -> None:
    """Train what a recipe names, with the cues that the settings name: see `train_model`."""
    lexicon = load_lexicon(find_resource(load_settings().quotes.cues, "config/lexicons"))
    train_model(data, out, read_recipe(Recipe, recipe), lexicon)


def train_model(data: Path, out: Path, recipe: Recipe, lexicon: Lexicon) -> None:
    """Train the model and write it to a folder.

    Args:
        data: Holds the corpora and texts that the recipe names.
        out: Where it goes.
        recipe: What goes in.
        lexicon: The lexicon, whose kinds and frames are features.

    Raises:
        InputError: Something that the recipe names is not under `data`.
    """
    news = (recipe.news.reports, *recipe.news.others, f"{recipe.news.texts}/*.parquet") if recipe.news else ()
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
    teacher = Teacher(network, optimizer)
    rng = random.Random(recipe.seed)
    for epoch in range(recipe.epochs):
        rng.shuffle(examples)
        optimizer.learn_rate = recipe.learn_rate * (1 - 0.9 * epoch / recipe.epochs)
        rng.shuffle(parsed)
        sentences = cycle(list(_batches(parsed, recipe.batch)))
        losses = []
        for batch in _batches(examples, recipe.batch):
            grammar = teacher.teach_grammar(next(sentences)) if parsed else 0.0
            losses.append((*teacher.teach(batch), grammar))
        cue, pair, grammar = np.mean(losses, axis=0)
        print(f"epoch {epoch + 1}: loss of cues {cue:.4f}, of content and sources {pair:.4f}, of grammar {grammar:.4f}")
    with ExitStack() as averaged:
        for part in network.parts.values():
            averaged.enter_context(part.use_params(optimizer.averages))
        out.mkdir(parents=True, exist_ok=True)
        write_network(network, out)
    (out / WORDS).write_text(write_words(lexicon), encoding="utf-8")
    (out / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    if recipe.news:
        write_genre(_learn_news(data, recipe.news, recipe.seed, lexicon), out)


def _learn_news(data: Path, recipe: News, seed: int, lexicon: Lexicon) -> Genre:
    reports = [document["text"] for document in read_documents(data / recipe.reports)]
    others = [[document["text"] for document in read_documents(data / path)] for path in recipe.others]
    groups = [texts[: recipe.rows] for texts in read_shuffled(data / recipe.texts, random.Random(seed))]
    return learn_genre(reports, [*others, *groups], lexicon)


def _batches(examples: Sequence[Read], size: int) -> Iterator[list[Read]]:
    left = iter(examples)
    while batch := list(islice(left, 1)):
        tokens = len(batch[0].paragraph.words)
        while tokens < size and (following := next(left, None)):
            batch.append(following)
            tokens += len(following.paragraph.words)
        yield batch
