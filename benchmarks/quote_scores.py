"""Show how the scores of quotations hold.

    python benchmarks/quote_scores.py DATA

Prints a table for DATA/gold/dev.jsonl by rules and one for DATA/quotes/polnear_dev.jsonl.gz with the model, neither of
which the weights (`communique train scores`) have seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from tasks.quotes.scores import score
from training.quotes.examples import read_documents
from training.quotes.scores import judge, load_reader

_BINS = (0.0, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


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
    for name, tagger in (("gold/dev.jsonl", None), ("quotes/polnear_dev.jsonl.gz", load_reader())):
        found = judge(read_documents(data / name), tagger)
        _print_table(name, [(score(text, quotation), right) for text, quotation, right in found])


if __name__ == "__main__":
    main()
