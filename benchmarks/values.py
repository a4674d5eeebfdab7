"""Whether dates and amounts stand for what they should.

    python -m benchmarks.values DATA/gold/written_dev.jsonl [VALUES.tsv] [--wrong]

VALUES (benchmarks/written_values.tsv) holds id, start, end and the right value of each DATE, MONEY and QUANTITY of the
annotated file: ISO 8601, or a number with a currency or a unit; - where there is none. Of a mention with the same span,
date_value counts, or amount with currency or unit, which both have to be there. Prints the share of right ones among
those given, and of those that should be given the share that is right. --wrong shows what is given and not right.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tasks.labels import LABELS
from training.data import read_releases
from training.entities.scores import annotate

VALUES = Path(__file__).with_name("written_values.tsv")
NONE = "-"


def read_right(path: Path) -> dict[tuple[str, int, int], str]:
    """Return the right values by id, start and end."""
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {(name, int(start), int(end)): value for name, start, end, value in lines}


def value_of(row: Mapping[str, Any]) -> str | None:
    """Return what a row of entities says that its mention stands for; None if it does not wholly say it.

    Example:
        >>> value_of({"label": "MONEY", "amount": 2e6, "currency": "EUR", "unit": None, "date_value": None})
        '2e+06 EUR'
        >>> value_of({"label": "MONEY", "amount": 2e6, "currency": None, "unit": None, "date_value": None})
    """
    if LABELS[row["label"]].value == "date":
        date: str | None = row["date_value"]
        return date
    measure = row["currency"] or row["unit"]
    return f"{row['amount']:g} {measure}" if row["amount"] is not None and measure else None


def same(given: str, right: str) -> bool:
    """Return whether two values are one, however their numbers are written.

    Example:
        >>> same("2e+06 EUR", "2000000 EUR"), same("2024-05", "2024")
        (True, False)
    """
    if " " not in given or " " not in right:
        return given == right
    (number, measure), (other, another) = given.split(), right.split()
    return measure == another and abs(float(number) - float(other)) <= 1e-5 * abs(float(other))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("values", type=Path, nargs="?", default=VALUES)
    parser.add_argument("--wrong", action="store_true")
    arguments = parser.parse_args()
    right = read_right(arguments.values)
    given: dict[tuple[str, int, int], tuple[str, str]] = {}
    for release, _, rows in annotate(read_releases(arguments.gold)):
        for row in rows:
            if LABELS[row["label"]].value and (value := value_of(row)) is not None:
                given[str(release["id"]), row["raw_start"], row["raw_end"]] = value, row["text"]
    judged = {key: same(value, right[key]) for key, (value, _) in given.items() if key in right}
    wanted = sum(value != NONE for value in right.values())
    hits = sum(judged.values())
    print(f"{len(right)} mentions, {wanted} with a value; {len(judged)} given, {hits} right")
    print(f"right of those given {hits / max(1, len(judged)):.3f}, recall {hits / max(1, wanted):.3f}")
    if arguments.wrong:
        for key in sorted(key for key, is_right in judged.items() if not is_right):
            print(*key, given[key][1], "→", given[key][0], "not", right[key])


if __name__ == "__main__":
    main()
