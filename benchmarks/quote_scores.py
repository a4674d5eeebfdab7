"""Show how the scores of quotations hold.

    python benchmarks/quote_scores.py DATA

Prints how they hold on publishers that were left out when the weights were fitted; with the weights that ship, how they
hold on DATA/gold/dev.jsonl and DATA/unseen/dev.jsonl, which the weights have not seen; and for what the model finds, on
DATA/quotes/polnear_dev.jsonl.gz. The expected calibration error is over ten bins of equal size.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tasks.quotes.scores import score
from training.data import read_releases
from training.logistic import score_left_out
from training.quotes.examples import read_documents
from training.quotes.scores import PENALTY, RELEASES, cases_of, judge, judge_articles, load_reader, read_first_seen

_BINS = 10

Scored = tuple[float, bool]


def _share(scored: Sequence[Scored]) -> float:
    return sum(right for _, right in scored) / len(scored)


def print_line(name: str, scored: Sequence[Scored]) -> None:
    """Print a row of the table: how many, how many are right, how far scores and what is right lie apart."""
    ordered = sorted(scored)
    bins = [ordered[len(ordered) * i // _BINS : len(ordered) * (i + 1) // _BINS] for i in range(_BINS)]
    error = sum(abs(sum(s for s, _ in part) - sum(right for _, right in part)) for part in bins) / len(ordered)
    upper = ordered[len(ordered) // 2 :]
    print(f"| {name} | {len(ordered)} | {_share(ordered):.3f} | {_share(upper):.3f} | {error:.3f} |")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print(
        "| quotations | number | right | right in the upper half of scores | calibration error |\n|---|---|---|---|---|"
    )
    found = cases_of(judge([release for name in RELEASES for release in read_releases(data / name)]))
    print_line("of publishers left out", score_left_out([*found, *read_first_seen()], PENALTY))
    for name in ("gold/dev.jsonl", "unseen/dev.jsonl"):
        print_line(name, [(score(one.found), one.is_right) for one in judge(read_releases(data / name))])
    articles = judge_articles(read_documents(data / "quotes/polnear_dev.jsonl.gz"), load_reader())
    print_line("the model's, polnear_dev", [(score(found), right) for found, right in articles])


if __name__ == "__main__":
    main()
