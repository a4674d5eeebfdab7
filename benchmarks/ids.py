"""Draw canonical_ids to be read and judged: to standard output, with the words around them.

    python benchmarks/ids.py documents TEXT OUT [--each 100] [--seed 1]
    python benchmarks/ids.py ids DATASET... [--ids 200] [--seed 1]

documents: from each Parquet file of the folder TEXT so many documents, to OUT/<file>.jsonl, to be run with the source
file of their publisher. A document is cut at the end of the paragraph in which it passes 4,000 characters: what a long
one says later costs much and shows little else.
ids: of the datasets' entities with a canonical_id, a third each of countries and cities, of organisations and of
people, since most are countries, and those are easy. Is the id that of what is meant there?

benchmarks/ids_sample.tsv holds the verdicts, without the words around; what a reader could not be sure of is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pyarrow.parquet as pq

_LONGEST = 4_000  # characters of a document, about
_AROUND = 110  # characters to each side
_KINDS = (("iso:", "geonames:"), ("org:",), ("person:",))


def draw_documents(text: Path, out: Path, each: int, seed: int) -> None:
    """Write some documents of each file as JSON lines."""
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(text.glob("*.parquet")):
        table = pq.read_table(path, columns=["id", "title", "date", "text"])
        places = sorted(random.Random(seed).sample(range(table.num_rows), each))
        rows = [row | {"text": _cut(row["text"])} for row in table.take(places).to_pylist()]
        lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
        (out / f"{path.stem}.jsonl").write_text("".join(lines), encoding="utf-8")


def _cut(text: str) -> str:
    end = text.find("\n", _LONGEST)
    return text if end < 0 else text[:end]


def read_mentions(datasets: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the entities with an id, each with its document's external_id, day and text, in order of both."""
    found: list[dict[str, Any]] = []
    for dataset in datasets:
        columns = ["doc_id", "external_id", "published_on", "text"]
        documents = ds.dataset(dataset / "documents").to_table(columns).to_pylist()
        of = {row["doc_id"]: {name: row[name] for name in columns[1:]} for row in documents}
        columns = ["doc_id", "start", "end", "label", "canonical_id"]
        rows = ds.dataset(dataset / "entities").to_table(columns).to_pylist()
        found += [row | of[row["doc_id"]] for row in rows if row["canonical_id"]]
    return found


def draw_ids(named: Sequence[dict[str, Any]], n: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield external_id, start, end, label, canonical_id, day of publication and the words around, by kind of id."""
    ordered = sorted(named, key=lambda row: (row["external_id"], row["start"]))
    for i, prefixes in enumerate(_KINDS):
        mine = [row for row in ordered if row["canonical_id"].startswith(prefixes)]
        size = n // len(_KINDS) + (i < n % len(_KINDS))
        for row in random.Random(seed).sample(mine, min(size, len(mine))):
            start, end, text = row["start"], row["end"], row["text"]
            shown = f"{text[max(0, start - _AROUND) : start]}[[{text[start:end]}]]{text[end : end + _AROUND]}"
            place = (row["external_id"], str(start), str(end), row["label"], row["canonical_id"])
            yield *place, str(row["published_on"] or ""), " ".join(shown.split())


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    documents = commands.add_parser("documents")
    documents.add_argument("text", type=Path)
    documents.add_argument("out", type=Path)
    documents.add_argument("--each", type=int, default=100)
    ids = commands.add_parser("ids")
    ids.add_argument("datasets", type=Path, nargs="+")
    ids.add_argument("--ids", type=int, default=200)
    for command in (documents, ids):
        command.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.command == "documents":
        draw_documents(arguments.text, arguments.out, arguments.each, arguments.seed)
    else:
        for row in draw_ids(read_mentions(arguments.datasets), arguments.ids, arguments.seed):
            print("\t".join(row))


if __name__ == "__main__":
    main()
