"""Text as the restoration learns it: the texts of a recipe as a stream of numbered pieces, its lists as words.

Order: texts and lines written for the purpose → pieces, as a run cuts them → a number for each string; beside them the
words of the lists of names.
"""

from __future__ import annotations

import gzip
import json
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tasks.normalize.pieces import BOUNDARY, PIECE, fold_marks
from training.data import find_data, read_table, read_train_texts
from training.recipes import read_recipe
from training.restore.recipe import Names, Phrases, Recipe


class Numbering(defaultdict[str, int]):
    """Numbers strings in the order in which they come."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def read_texts(path: Path) -> Iterator[str]:
    """Yield the training texts of a file, a paragraph a line.

    Args:
        path: Parquet with the columns split and text (rows with split = train), JSON Lines with the key text, or a
            gzipped CoNLL-U treebank with `# text` comments.
    """
    if path.suffix == ".parquet":
        yield from read_train_texts(path)
    elif path.suffix == ".jsonl":
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    else:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (line.removeprefix("# text = ").rstrip("\n") for line in lines if line.startswith("# text = "))


def expand_phrases(phrases: Phrases) -> Iterator[str]:
    """Yield the lines with every value of their lists, the shorter lists repeated; `{n}` counts.

    Example:
        >>> from training.restore.recipe import Lines
        >>> phrases = Phrases(lists={"hull": ["CG", "DDG"]}, lines=[Lines(weight=1, text=["({hull} {n})"])])
        >>> list(expand_phrases(phrases))
        ['(CG 5)', '(DDG 42)']
    """
    count = 0
    places: Counter[str] = Counter()

    def fill(match: re.Match[str]) -> str:
        nonlocal count
        name = match.group(1)
        if name == "n":
            count += 1
            return str((5, 42, 112, 7, 68, 20, 203)[(count - 1) % 7] + count // 7 % 10)
        places[name] += 1
        return phrases.lists[name][(places[name] - 1) % len(phrases.lists[name])]

    for lines in phrases.lines:
        for text in lines.text:
            longest = max((len(phrases.lists[name]) for name in re.findall(r"{([a-z_]{2,})}", text)), default=1)
            for _ in range(lines.weight * longest):
                yield re.sub(r"{([a-z_]+)}", fill, text)


def read_stream(data: Path, recipe: Recipe, numbering: Numbering) -> npt.NDArray[np.uint32]:
    """Return the pieces of all texts as numbers; `numbering` learns their strings."""
    stream = array("I", [numbering[BOUNDARY]])

    def pieces_of(text: str) -> list[int]:
        folded = " " + fold_marks(text).replace("\n", "\n ") + "\n"
        return [numbering[piece] for piece in PIECE.findall(folded.replace("  ", " "))]

    for source in recipe.texts:
        own = array("I")
        for file in find_data(data, source.path):
            for text in read_texts(file):
                own.extend(pieces_of(text))
        for _ in range(source.weight):
            stream.extend(own)
    for text in expand_phrases(read_recipe(Phrases, recipe.phrases)):
        stream.extend(pieces_of(text))
    return np.frombuffer(stream, dtype=np.uint32)


def read_names(data: Path, lists: list[Names]) -> Counter[str]:
    """Return the words of the lists of names, with the number of names that have them."""
    words: Counter[str] = Counter()
    for source in lists:
        for file in find_data(data, source.path):
            names = {row[column] for row in read_table(file) for column in source.columns}
            for name in names:
                words.update(w.title() if w.isupper() and len(w) > 3 else w for w in re.findall(r"[^\W\d_]+", name))
    return words
