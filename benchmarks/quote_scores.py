"""Fit the weights of quotations' scores, and show how they hold.

    python benchmarks/quote_scores.py DATA

Fits the rules on DATA/gold/train.jsonl and the model's confidence on the articles of DATA/quotes/polnear_train.jsonl.gz
that it has not learned from, and writes config/lexicons/quote_scores.tsv. Prints a table for DATA/gold/dev.jsonl by
rules and one for DATA/quotes/polnear_dev.jsonl.gz with the model, neither of which the weights have seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tasks.edits import RawMap
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.quotes.model.logistic import fit_logistic
from tasks.quotes.model.tagger import Tagger, load_tagger
from tasks.quotes.quotation import Quotation
from tasks.quotes.scores import score, traits
from tasks.quotes.training import read_recipe
from tasks.resources import find_resource, resource_root

_WORD = re.compile(r"\w+")
_PENALTY = 0.5
_HEADER = """# trait	weight — what makes a quotation more or less likely to be right; see tasks/quotes/scores.py.
# Origin: fitted by benchmarks/quote_scores.py on the annotated releases and, for the model, on PolNeAR.
# Licence: that of the project.
"""
_BINS = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


def _words(text: str, spans: Iterable[Sequence[int]]) -> frozenset[int]:
    return frozenset(m.start() for start, end in spans for m in _WORD.finditer(text, start, end))


def judge(documents: Iterable[dict[str, Any]], tagger: Tagger | None) -> Iterator[tuple[str, Quotation, bool]]:
    """Yield each quotation that is found in annotated documents, with its text and whether it is right."""
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    for document in documents:
        raw, done = document["text"], normalize_text(document["text"], restore=True, repair_quotes=True)
        starts = [s + a for s, e in split_paragraphs(done.text) for a, _ in split_sentences(done.text[s:e])]
        to_raw = RawMap(done.edits)
        right = [_words(raw, quote["content"]) for quote in document["quotes"]]
        for quotation, _ in find_quotations(done.text, starts, None, lexicon, tagger):
            own = _words(raw, [to_raw.span(*segment) for segment in quotation.segments])
            yield done.text, quotation, any(2 * len(own & other) >= len(own | other) for other in right)


def fit(rows: Sequence[list[str]], right: Sequence[bool]) -> dict[str, float]:
    """Return a weight a trait, by penalised logistic regression."""
    names = sorted({trait for row in rows for trait in row})
    at = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for i, row in enumerate(rows):
        table[i, [at[trait] for trait in row]] = 1
    penalty = np.array([0.0 if name == "all" else _PENALTY for name in names])
    weights = fit_logistic(table, np.array(right, float), penalty)
    return dict(zip(names, weights.tolist(), strict=True))


def _read(path: Path) -> list[dict[str, Any]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))


def _fit_confidence(judged: Sequence[tuple[str, Quotation, bool]]) -> dict[str, float]:
    found = [(_logit(q.confidence), right) for _, q, right in judged if q.confidence is not None]
    x = np.array([[1.0, value] for value, _ in found])
    y = np.array([right for _, right in found], float)
    weights = fit_logistic(x, y, np.zeros(2))
    return {"rule model": float(weights[0]), "confidence": float(weights[1])}


def _print_table(name: str, scored: Sequence[tuple[float, bool]]) -> None:
    print(f"\n| score | quotations of {name} | mean score | right |\n|---|---|---|---|")
    for low, high in pairwise(_BINS):
        inside = [(s, right) for s, right in scored if low <= s < high]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            print(f"| {low:.2f} – {min(high, 1):.2f} | {len(inside)} | {mean:.3f} | {share:.3f} |")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    target = resource_root() / "config" / "lexicons" / "quote_scores.tsv"
    judged = list(judge(_read(data / "gold" / "train.jsonl"), None))
    weights = fit([list(traits(text, quotation)) for text, quotation, _ in judged], [right for *_, right in judged])
    tagger = load_tagger("quotes", load_lexicon(find_resource("cues.tsv", "config/lexicons")), is_for_all=True)
    held_out = _read(data / "quotes" / "polnear_train.jsonl.gz")[:: read_recipe().held_out_every]
    weights |= _fit_confidence(list(judge(held_out, tagger)))
    lines = [f"{trait}\t{weight:.3f}" for trait, weight in sorted(weights.items())]
    target.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    for name, reader in (("gold/dev.jsonl", None), ("quotes/polnear_dev.jsonl.gz", tagger)):
        found = judge(_read(data / name), reader)
        _print_table(name, [(score(text, quotation), right) for text, quotation, right in found])


if __name__ == "__main__":
    main()
