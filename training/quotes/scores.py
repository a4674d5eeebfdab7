"""Fit the weights of quotations' scores: config/lexicons/quote_scores.tsv.

Order: the rules on annotated releases → traits of what they find, and whether it is right → a weight a trait; the model
on the news articles that it has not learned from → what its confidence is worth → the lexicon.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tasks.edits import RawMap
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.quotes.model.tagger import Tagger, load_tagger
from tasks.quotes.quotation import Quotation
from tasks.quotes.scores import traits
from tasks.resources import find_resource
from training.data import find_data
from training.logistic import fit_logistic
from training.quotes.examples import read_documents
from training.quotes.recipe import Recipe
from training.recipes import read_recipe

RELEASES, ARTICLES = "gold/train.jsonl", "quotes/polnear_train.jsonl.gz"
FILE = "quote_scores.tsv"

_WORD = re.compile(r"\w+")
_PENALTY = 0.5  # how strongly weights are drawn to 0, in quotations
_HEADER = """# trait	weight — what makes a quotation more or less likely to be right; see tasks/quotes/scores.py.
# Origin: `communique train scores --data DIR`, fitted on the annotated releases and, for the model, on PolNeAR.
# Licence: that of the project.
"""


def _words(text: str, spans: Iterable[Sequence[int]]) -> frozenset[int]:
    return frozenset(m.start() for start, end in spans for m in _WORD.finditer(text, start, end))


def judge(documents: Iterable[dict[str, Any]], tagger: Tagger | None) -> Iterator[tuple[str, Quotation, bool]]:
    """Yield each quotation that is found in annotated documents, with its text and whether it is right.

    Args:
        documents: As `read_documents` reads them.
        tagger: The model; without it, rules alone.
    """
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    for document in documents:
        raw, done = document["text"], normalize_text(document["text"], restore=True, repair_quotes=True)
        starts = [s + a for s, e in split_paragraphs(done.text) for a, _ in split_sentences(done.text[s:e])]
        to_raw = RawMap(done.edits)
        right = [_words(raw, quote["content"]) for quote in document["quotes"]]
        for quotation, _ in find_quotations(done.text, starts, None, lexicon, tagger):
            own = _words(raw, [to_raw.span(*segment) for segment in quotation.segments])
            yield done.text, quotation, any(2 * len(own & other) >= len(own | other) for other in right)


def fit_traits(judged: Iterable[tuple[str, Quotation, bool]]) -> dict[str, float]:
    """Return a weight a trait, by penalised logistic regression."""
    found = [(list(traits(text, quotation)), right) for text, quotation, right in judged]
    names = sorted({trait for row, _ in found for trait in row})
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(found), len(names)))
    for i, (row, _) in enumerate(found):
        table[i, [at[trait] for trait in row]] = 1
    penalty = np.array([0.0 if name == "all" else _PENALTY for name in names])
    weights = fit_logistic(table, np.array([right for _, right in found], float), penalty)
    return dict(zip(names, weights.tolist(), strict=True))


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))


def fit_confidence(judged: Iterable[tuple[str, Quotation, bool]]) -> dict[str, float]:
    """Return the weight of the model's confidence, and of having been found by it."""
    found = [(_logit(q.confidence), right) for _, q, right in judged if q.confidence is not None]
    table = np.array([[1.0, value] for value, _ in found])
    weights = fit_logistic(table, np.array([right for _, right in found], float), np.zeros(2))
    return {"rule model": float(weights[0]), "confidence": float(weights[1])}


def load_reader() -> Tagger:
    """Return the shipped model, reading all documents."""
    return load_tagger("quotes", is_for_all=True)


def build(data: Path, out: Path) -> None:
    """Fit the weights and write them.

    Args:
        data: The folder that holds gold/ and quotes/.
        out: The folder of the lexicon.

    Raises:
        InputError: The annotated documents are not there.
    """
    [releases], [articles] = find_data(data, RELEASES), find_data(data, ARTICLES)
    weights = fit_traits(judge(read_documents(releases), None))
    held_out = read_documents(articles)[:: read_recipe(Recipe, "quotes.toml").held_out_every]
    weights |= fit_confidence(judge(held_out, load_reader()))
    lines = [f"{trait}\t{weight:.3f}" for trait, weight in sorted(weights.items())]
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
