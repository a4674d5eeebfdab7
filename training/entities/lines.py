"""The lines that the entity model learns from, in spaCy's binary format, and the names in them as examples.

Order: annotated releases, those of some publishers held out → the same with names replaced, in capitals, as headlines,
with plain marks, glued and restored → lines out of the grammar → a share of the open corpora, some with other names.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from tasks.entities.kinds import KINDS, NEITHER, words_of
from tasks.resources import find_resource
from training.data import list_releases, read_train_texts
from training.entities.changes import flatten, headline, pool_names, replace_names, respace, shout, swap_names
from training.entities.corpora import OPEN, Labelled, Line, Mapping, read_columns, read_docred, read_gold, to_doc
from training.entities.grammar import Grammar, read_grammar
from training.entities.kinds import Example
from training.entities.names import Names, read_names
from training.entities.recipe import Corpus, Recipe, Shares

_HEADLINE = 120  # longest line in characters that may stand as a headline

Restore = Callable[[str], str]


def plain_texts(folder: Path) -> Iterator[str]:
    """Yield the documents of a folder that may be learned from."""
    for path in sorted(folder.glob("*.parquet")):
        yield from read_train_texts(path)


def read_open(data: Path, corpus: Corpus) -> Iterator[tuple[str, list[Labelled]]]:
    """Yield the sentences of an open corpus, labels as they are."""
    return (read_docred if corpus.format == "docred" else read_columns)(data / corpus.path)


def annotated_texts(data: Path, recipe: Recipe) -> list[str]:
    """Return the lines of all corpora without their labels."""
    texts = [text for corpus in recipe.corpora for text, _ in read_open(data, corpus)]
    return texts + [line.text for lines in split_gold(data, recipe) for line in lines]


def split_gold(data: Path, recipe: Recipe) -> tuple[list[Line], list[Line]]:
    """Return the lines of the annotated releases to learn from, and of those that are held out.

    All releases of a publisher are on one side; where none is stated, every n-th document is held out.
    """
    learnt: list[Line] = []
    held_out: list[Line] = []
    for path in list_releases(data, recipe.gold, recipe.written):
        for i, release in enumerate(read_gold(path)):
            (held_out if recipe.holds_out(release.publisher, i) else learnt).extend(release.lines)
    return learnt, held_out


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
    learnt, held_out = split_gold(data, recipe)
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


def read_corpus(data: Path, corpus: Corpus, mapping: Mapping, rng: random.Random) -> Iterator[Line]:
    """Yield a share of an open corpus, its labels read as the dataset's."""
    for text, spans in read_open(data, corpus):
        if rng.random() < corpus.share:
            read = ((s, e, mapping.read(text[s:e], corpus.labels.get(label))) for s, e, label in spans)
            yield Line(text, [(s, e, label) for s, e, label in read if label is not None], is_partial=True)


def vary(lines: list[Line], names: Names, shares: Shares, restore: Restore | None, rng: random.Random) -> list[Line]:
    """Return changed copies of some of the lines."""
    varied: list[Line] = []
    pool = pool_names(lines)
    for line in lines:
        if rng.random() < shares.replaced:
            varied.append(replace_names(swap_names(line, pool, shares.swapped, rng), names, rng))
        if rng.random() < shares.capitals:
            varied.append(shout(line))
        if len(line.text) < _HEADLINE and rng.random() < shares.headlines:
            varied.append(headline(line))
        if rng.random() < shares.flattened:
            varied.append(flatten(line))
        if restore is not None and rng.random() < shares.restored:
            varied.append(respace(line, restore("".join(line.text.split()))))
    return varied


def name_examples(data: Path, recipe: Recipe) -> Iterator[Example]:
    """Yield the names of the corpora in their lines, with what they name; without the held-out releases.

    The annotated releases come again with other names, as often as the recipe says.
    """
    mapping = Mapping()
    for corpus in recipe.corpora:
        for text, spans in read_open(data, corpus):
            for start, end, label in spans:
                known = corpus.labels.get(label)
                read = mapping.read(text[start:end], known)
                if known is None or read != OPEN:
                    yield Example(text, start, end, KINDS.get(read or OPEN, NEITHER))
    rng = random.Random(recipe.seed)
    learnt, _ = split_gold(data, recipe)
    pool, names = pool_names(learnt), read_names(data / "gazetteer") if recipe.second_looks else None
    changed = (
        replace_names(swap_names(line, pool, recipe.shares.swapped, rng), names, rng)
        for _ in range(recipe.second_looks)
        for line in learnt
        if names
    )
    for line in (*learnt, *changed):
        yield from (Example(line.text, s, e, KINDS.get(label, NEITHER)) for s, e, label in line.names)
