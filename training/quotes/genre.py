"""Learn what tells news reports from releases: models/quotes/news.tsv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.model.genre import FILE, Genre
from training.logistic import fit_logistic

_PRIOR = 30.0  # how strongly weights are drawn to 0, in documents
_MARKS = ',.:;?!"()$%–—'


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


def write_genre(genre: Genre, folder: Path) -> None:
    """Write the words and their weights."""
    rows = zip((*genre.words, ""), genre.weights.tolist(), strict=True)
    (folder / FILE).write_text("".join(f"{word}\t{weight:.4f}\n" for word, weight in rows), encoding="utf-8")
