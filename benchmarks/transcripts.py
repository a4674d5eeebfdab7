"""Count the speaker labels of transcripts, and compare with what was checked by eye.

    python benchmarks/transcripts.py DATA [--show 10] [--candidates]

Takes 100 press briefings of DATA/text/us_whitehouse_2021_2026.parquet and 100 interviews of
DATA/text/au_prime_minister_2008_2018.parquet (splits train and dev), in an order that a seed fixes. Prints how many
have turns; for the first `--show` of each, the id, the labels that start a turn and how often; with `--candidates` also
the other lines that start with a few words and a colon, or with Q. benchmarks/transcripts.tsv holds what a reader found
in these: id, labels found, of them right, labels missed.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.resources import find_resource

_SOURCES = (
    ("us_whitehouse_2021_2026", "press-briefings"),
    ("au_prime_minister_2008_2018", "interview"),
)
_EACH = 100
_SEED = 11
_CANDIDATE = re.compile(r"\s*(?:Q\b|[^\n:.?!]{1,60}(?:\.[^\n:.?!]{1,40}){0,3}:)")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--candidates", action="store_true")
    args = parser.parse_args()
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    with_turns = labels = 0
    for name, kind in _SOURCES:
        rows = pq.read_table(args.data / "text" / f"{name}.parquet").to_pylist()
        rows = [row for row in rows if row["split"] in {"train", "dev"} and row["kind"] == kind]
        random.Random(_SEED).shuffle(rows)
        for number, row in enumerate(rows[:_EACH]):
            text = normalize_text(row["text"], restore=True, repair_quotes=True).text
            starts = [s + a for s, e in split_paragraphs(text) for a, _ in split_sentences(text[s:e])]
            found = find_quotations(text, starts, row["title"], lexicon)
            turns = [quotation.source for quotation, _ in found if quotation.kind == "turn" and quotation.source]
            with_turns += bool(turns)
            labels += len(turns)
            if number < args.show:
                print(row["id"], len(turns), dict(Counter(turn.text for turn in turns)), sep="\t")
                if args.candidates:
                    places = {turn.start for turn in turns}
                    for start, _ in split_paragraphs(text):
                        match = _CANDIDATE.match(text, start)
                        if match and start not in places:
                            print("\t- ", text[start : start + 60].partition("\n")[0])
    print(f"{with_turns} of {_EACH * len(_SOURCES)} transcripts have turns, {labels} in all")


if __name__ == "__main__":
    main()
