"""Holds the furniture that is found against what was read: benchmarks/furniture.tsv, and gold quotations.

    python benchmarks/furniture.py DATA

Recall: of the lines and pieces that two draws of documents hold, how many are found; of the tracker's days, whose file
is no text, the verdicts stand in the file. Precision: how many pieces hold a word of an annotated quotation; a card
beside a name may stand in one. Lines that several documents share are counted in BATCH documents of one file.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tasks.normalize.furniture import count_repeated, find_furniture

BATCH = 500
_VERDICTS = Path(__file__).with_name("furniture.tsv")
_TEXTS = {
    "au_pm": "au_prime_minister_2008_2018",
    "kremlin": "ru_kremlin_1999_2020",
    "un": "un_general_debate_1990_2024",
    "owh": "us_whitehouse_2009_2015",
    "wh": "us_whitehouse_2021_2026",
}
_GOLD = ("dev", "train", "written")


def read_texts(data: Path, corpus: str) -> dict[str, str]:
    """Return the texts of a corpus by id; none of the tracker's."""
    if corpus == "unseen":
        return {row["id"]: row["text"] for row in read_gold(data / "unseen" / "dev.jsonl")}
    if corpus not in _TEXTS:
        return {}
    rows = pq.read_table(data / "text" / f"{_TEXTS[corpus]}.parquet", columns=["id", "text"]).to_pylist()
    return {row["id"]: row["text"] for row in rows}


def read_gold(path: Path) -> Iterator[dict[str, Any]]:
    """Yield annotated documents."""
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def measure_recall(data: Path) -> None:
    """Print, by draw and corpus, how many of the pieces that were read are found."""
    rows = [line.split("\t") for line in _VERDICTS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    counts: Counter[tuple[str, str, bool]] = Counter()
    for corpus in sorted({row[1] for row in rows}):
        texts = read_texts(data, corpus)
        own = [row for row in rows if row[1] == corpus]
        drawn = [texts[key] for key in sorted({row[2] for row in own}) if key in texts]
        others = random.Random(1).sample(sorted(texts.values()), min(len(texts), BATCH - len(drawn)))
        repeated = count_repeated([*drawn, *others])
        for draw, _, key, start, end, _, verdict in own:
            is_found = verdict == "found"
            if key in texts:
                pieces = find_furniture(texts[key], repeated=repeated)
                is_found = any(piece.start <= int(start) and int(end) <= piece.end for piece in pieces)
            counts[draw, corpus, is_found] += 1
    for draw in ("1", "2"):
        total, hits = (sum(n for (d, _, found), n in counts.items() if d == draw and found in which)
                       for which in ((True, False), (True,)))  # fmt: skip
        missed = {corpus: n for (d, corpus, found), n in counts.items() if d == draw and not found}
        print(f"draw {draw}: {hits} of {total} found; missed {missed or 'none'}")


def measure_precision(data: Path) -> None:
    """Print, by gold set, how many pieces there are and how many hold a word of a quotation."""
    for name in _GOLD:
        documents = list(read_gold(data / "gold" / f"{name}.jsonl"))
        repeated = count_repeated([document["text"] for document in documents])
        pieces = wrong = 0
        for document in documents:
            text = document["text"]
            quoted = [span for quote in document["quotes"] for span in quote["content"]]
            for piece in find_furniture(text, repeated=repeated):
                pieces += 1
                wrong += piece.type != "card" and any(s < piece.end and piece.start < e for s, e in quoted)
        print(f"gold/{name}: {pieces} pieces, {wrong} with a word of a quotation")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data
    measure_recall(folder)
    measure_precision(folder)
