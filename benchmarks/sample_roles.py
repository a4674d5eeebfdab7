"""Draw rows of `roles` to be read and judged: to standard output, with the words around them.

    python benchmarks/sample_roles.py DATASET [--rows 100] [--seed 1]

benchmarks/roles_kremlin.tsv holds verdicts on such a sample, without the words around.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import pyarrow.dataset as ds

COLUMNS = ["doc_id", "start", "end", "person", "title", "qualifier", "organisation", "country", "country_id", "method"]


def main() -> None:
    """Print the rows as tab-separated values, the phrase and its surroundings last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    roles = ds.dataset(arguments.dataset / "roles").to_table(columns=["role_id", *COLUMNS]).to_pylist()
    documents = ds.dataset(arguments.dataset / "documents").to_table(columns=["doc_id", "text"])
    texts = dict(zip(documents["doc_id"].to_pylist(), documents["text"].to_pylist(), strict=True))
    roles.sort(key=lambda row: row["role_id"])
    print("\t".join([*COLUMNS, "around"]))
    for row in random.Random(arguments.seed).sample(roles, min(arguments.rows, len(roles))):
        text, start, end = texts[row["doc_id"]], row["start"], row["end"]
        around = " ".join(f"{text[max(0, start - 80) : start]}[[{text[start:end]}]]{text[end : end + 80]}".split())
        print("\t".join([*("" if row[c] is None else str(row[c]) for c in COLUMNS), around]))


if __name__ == "__main__":
    main()
