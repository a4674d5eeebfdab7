"""Tells news reports from releases, by how often they use function words, reporting verbs, weekdays and marks.

Names and topics do not count: what a report is about changes, how reports are written hardly does. The chance is the
logistic function of the weighted sum of the roots of the words' shares.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.errors import ConfigError

FILE = "news.tsv"
_READ = 6000  # characters of a document that are looked at
_LEAST_WORDS = 150  # of which less says too little
_SURE = 0.49  # chance from which a document counts as news
_WORD = re.compile(r"['’]s\b|\w+|[^\w\s]")

Floats = NDArray[np.float64]


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
        plain = text[:_READ].lower().replace("“", '"').replace("”", '"').replace("’", "'")
        found = Counter(_WORD.findall(plain))
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

    @classmethod
    def load(cls, folder: Path) -> Genre:
        """Read what a training wrote.

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
