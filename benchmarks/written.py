"""What the pipeline finds in annotated releases that no model has learnt from.

    python -m benchmarks.written [FILE...]

Without files it reads those of benchmarks/written: releases in the manner of some 500 publishers, written for this
project with their annotation in them (training/markup.py), plain official prose. A line a label: F1 of mentions with
the same words and label, of the same words alone; then how many quotations were found and how many of these are right:
half of their words in common with one that is annotated, and its name.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from training.data import read_releases
from training.entities.scores import annotate
from training.quotes.scores import judge

HERE = Path(__file__).parent / "written"


def f1(found: int, annotated: int, both: int) -> float:
    """Return the harmonic mean of precision and recall; 1 where there is nothing on either side.

    Example:
        >>> f1(10, 10, 8), f1(0, 0, 0)
        (0.8, 1.0)
    """
    return 2 * both / (found + annotated) if found + annotated else 1.0


def compare(rows: Iterable[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]) -> dict[str, tuple[float, int]]:
    """Return F1 and number of annotated mentions: of `all`, of `span` (words alone), and by label.

    Args:
        rows: Annotated releases, each with its rows of entities.
    """
    found, annotated, both = Counter[str](), Counter[str](), Counter[str]()
    for release, own in rows:
        here = {(row["raw_start"], row["raw_end"], row["label"]) for row in own}
        there = {(start, end, label) for start, end, label in release["entities"]}
        for counts, marks in ((found, here), (annotated, there), (both, here & there)):
            counts.update(["all"] * len(marks))
            counts.update(label for *_, label in marks)
        spans = {mark[:2] for mark in here}, {mark[:2] for mark in there}
        for counts, places in ((found, spans[0]), (annotated, spans[1]), (both, spans[0] & spans[1])):
            counts["span"] += len(places)
    return {name: (f1(found[name], annotated[name], both[name]), annotated[name]) for name in sorted(annotated)}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files or sorted(HERE.glob("*.txt"))
    releases = [release for file in files for release in read_releases(file)]
    print(f"{len(releases)} releases, {len({release['publisher'] for release in releases})} publishers")
    for name, (value, number) in compare((release, own) for release, _, own in annotate(releases)).items():
        print(f"{name:10} {value:.3f} of {number}")
    judged = judge(releases)
    right, annotated = sum(one.is_right for one in judged), sum(len(release["quotes"]) for release in releases)
    print(f"quotations {len(judged)} found of {annotated}, right {right / max(len(judged), 1):.3f}")


if __name__ == "__main__":
    main()
