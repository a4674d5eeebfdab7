"""Show how the scores of mentions hold.

    python benchmarks/entity_scores.py DATA

Prints how they hold on publishers that were left out when the weights were fitted and, with the weights that ship, on
DATA/gold/dev.jsonl and DATA/unseen/dev.jsonl. The expected calibration error is over ten bins of equal size.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from benchmarks.quote_scores import Scored, print_line
from tasks.entities.scores import score, traits
from training.data import read_releases
from training.entities.scores import fit, judge, read_held_out
from training.logistic import fold


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print("| mentions | number | right | right in the upper half of scores | calibration error |")
    print("|---|---|---|---|---|")
    held_out: list[Scored] = []
    for seen, left_out in fold(judge(read_held_out(data))):
        weights = fit(seen)
        sums = (sum(weights.get(trait, 0.0) for trait in traits(one.found)) for one in left_out)
        held_out += [(1 / (1 + math.exp(-s)), one.is_right) for s, one in zip(sums, left_out, strict=True)]
    print_line("of publishers left out", held_out)
    for name in ("gold/dev.jsonl", "unseen/dev.jsonl"):
        print_line(name, [(score(one.found), one.is_right) for one in judge(read_releases(data / name))])


if __name__ == "__main__":
    main()
