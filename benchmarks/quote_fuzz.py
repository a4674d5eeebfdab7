"""Mangle the quote marks of annotated releases and read them: nothing may raise, and time must grow with length only.

    python benchmarks/quote_fuzz.py DATA [--times 20000] [--seed 1]

Each time a document of DATA/gold/dev.jsonl loses, doubles, swaps or gains marks at random places, goes through
normalization and through the rules. Prints the exceptions, then the seconds for ever longer texts of mangled documents.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path

from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.text import normalize_text
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import Lexicon, load_lexicon
from tasks.quotes.quotation import Quotation
from tasks.resources import find_resource

_MARKS = ['"', "“", "”", "„", "«", "»", "「", "」", "'", "’", "‘", "``", "''", '""', "”“"]
_SIZES = (100_000, 200_000, 400_000, 800_000)  # characters


def mangle(text: str, rng: random.Random) -> str:
    """Lose, double, swap and put in marks: a share of those that stand, and some at random places."""
    share = rng.random()
    changed = [
        rng.choice(["", c + c, rng.choice(_MARKS), f" {c} "]) if c in "\"“”‘’'" and rng.random() < share else c
        for c in text
    ]
    for _ in range(rng.randrange(12)):
        changed.insert(rng.randrange(len(changed) + 1), rng.choice(_MARKS))
    return "".join(changed)


def read(text: str, lexicon: Lexicon) -> list[Quotation]:
    """Return the quotations of a raw text."""
    done = normalize_text(text, restore=True, repair_quotes=True)
    starts = [s + a for s, e in split_paragraphs(done.text) for a, _ in split_sentences(done.text[s:e])]
    return [quotation for quotation, _ in find_quotations(done.text, starts, None, lexicon)]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--times", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    rows = (args.data / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]
    faults: Counter[str] = Counter()
    found = 0
    for _ in range(args.times):
        try:
            found += len(read(mangle(rng.choice(texts), rng), lexicon))
        except Exception as error:  # counted, that is what this is for
            faults[f"{type(error).__name__}: {error}"] += 1
    print(f"{args.times} manglings, {found} quotations, {sum(faults.values())} exceptions {dict(faults)}")
    for size in _SIZES:
        text = ""
        while len(text) < size:
            text += mangle(rng.choice(texts), rng) + "\n\n"
        began = time.process_time()
        read(text[:size], lexicon)
        print(f"{size} characters: {time.process_time() - began:.2f} s")


if __name__ == "__main__":
    main()
