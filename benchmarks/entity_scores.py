"""Show how the scores of mentions hold.

    python benchmarks/entity_scores.py DATA

Prints how they hold on publishers that were left out when the weights were fitted and, with the weights that ship, on
DATA/gold/dev.jsonl and DATA/unseen/dev.jsonl. The expected calibration error is over ten bins of equal size.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.quote_scores import print_line
from tasks.entities.scores import score
from training.data import read_releases
from training.entities.scores import PENALTY, cases_of, judge, read_held_out
from training.logistic import score_left_out


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print("| mentions | number | right | right in the upper half of scores | calibration error |")
    print("|---|---|---|---|---|")
    print_line("of publishers left out", score_left_out(cases_of(judge(read_held_out(data))), PENALTY))
    for name in ("gold/dev.jsonl", "unseen/dev.jsonl"):
        print_line(name, [(score(one.found), one.is_right) for one in judge(read_releases(data / name))])


if __name__ == "__main__":
    main()
