"""Tells news reports from releases, by how often they use function words, reporting verbs, weekdays and marks.

Names and topics do not count: what a report is about changes, how reports are written hardly does. The chance is the
logistic function of the weighted sum of the roots of the words' shares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.errors import ConfigError
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.model.logistic import Floats, fit_logistic

FILE = "news.tsv"
_READ = 6000  # characters of a document that are looked at
_LEAST_WORDS = 150  # of which less says too little
_SURE = 0.6  # chance from which a document counts as news
_PRIOR = 30.0  # how strongly weights are drawn to 0, in documents
_WORD = re.compile(r"['’]s\b|\w+|[^\w\s]")
_QUOTES = str.maketrans("“”’", '""\'')
_MARKS = ',.:;?!"()$%–—'


@dataclass(frozen=True)
class Genre:
    """What tells news reports.

    Attributes:
        words: The words that count.
        weights: One a word, for the root of its share, and a last one for all documents.
    """

    words: tuple[str, ...]
    weights: Floats

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    def shares(self, text: str) -> Floats:
        """Return the roots of the words' shares, and a 1; shape (words + 1,)."""
        found = Counter(_WORD.findall(text[:_READ].lower().translate(_QUOTES)))
        values = np.ones(len(self.words) + 1)
        values[:-1] = 0
        for word, times in found.items():
            if word in self._places:
                values[self._places[word]] = times
        values[:-1] = np.sqrt(values[:-1] / max(1, found.total()))
        return values

    def chance(self, text: str) -> float:
        """Return how likely a text is a news report, 0 to 1."""
        odds = min(30.0, max(-30.0, float(self.shares(text) @ self.weights)))
        return 1 / (1 + float(np.exp(-odds)))

    def is_news(self, text: str) -> bool:
        """Tell whether a text is a news report; one of a few words is none."""
        return len(text[:_READ].split()) >= _LEAST_WORDS and self.chance(text) >= _SURE

    def save(self, folder: Path) -> None:
        """Write the words and their weights."""
        rows = zip((*self.words, ""), self.weights.tolist(), strict=True)
        (folder / FILE).write_text("".join(f"{word}\t{weight:.4f}\n" for word, weight in rows), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Genre:
        """Read what `save` wrote.

        Raises:
            ConfigError: The file is missing or malformed.
        """
        try:
            lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
            rows = [(word, float(weight)) for word, _, weight in (line.partition("\t") for line in lines)]
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{folder / FILE}: {error}; a model that cannot tell news needs quotes.model_reads = 'all'"
            ) from error
        return cls(tuple(word for word, _ in rows[:-1]), np.array([weight for _, weight in rows]))


def learn_genre(news: Sequence[str], groups: Iterable[Sequence[str]], lexicon: Lexicon) -> Genre:
    """Learn to tell news reports from other documents (regularised logistic regression).

    Args:
        news: News reports.
        groups: Groups of other documents, each of which weighs as much as another; together they weigh as much as news.
        lexicon: Its cues of one word are among the words that count, beside function words and weekdays.
    """
    single = (cue.words[0] for cues in lexicon.cues.values() for cue in cues if len(cue.words) == 1)
    words = tuple(sorted({*STOP_WORDS, *single, *lexicon.forms("day"), *_MARKS, "'s"}))
    empty = Genre(words, np.zeros(len(words) + 1))
    others = [group for group in groups if group]
    documents = [(text, 1.0, 1 / len(news)) for text in news]
    documents += [(text, 0.0, 1 / len(group) / len(others)) for group in others for text in group]
    shares = np.array([empty.shares(text) for text, _, _ in documents])
    right = np.array([is_news for _, is_news, _ in documents])
    importance = np.array([weight for *_, weight in documents]) * len(documents) / 2
    spread = shares.std(axis=0) + 1e-3
    spread[-1] = 1
    penalty = np.array([*([_PRIOR] * len(words)), 0.0])
    weights = fit_logistic(shares / spread, right, penalty, importance)
    return Genre(words, weights / spread)
