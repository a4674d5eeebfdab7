"""Restoration beside its peers, and what it does to text that is fine or partly glued.

    python benchmarks/restoration.py DATA [--megabytes N]

DATA is the folder with the evaluation data (restore/ and text/). Needs the extra `bench`; instant-segment learns its
words and pairs from DATA/text, split train, so that all but wordninja have seen the same text. Peers split maximal runs
of letters, and the marks stay where they are, with a space behind those that have one in running text.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import instant_segment
import pyarrow.compute as pc
import pyarrow.parquet as pq
import wordninja

from tasks.edits import apply_edits
from tasks.normalize.restore import restore_lines, restore_paragraphs

RUN = re.compile(r"[^\W\d_]+|[^\w\s]+|\d[\d.,]*\d|\d|_")
WORD = re.compile(r"[a-z]+")


def read_paragraphs(data: Path, split: str) -> Iterator[str]:
    """Yield the paragraphs of a split of DATA/text."""
    for file in sorted((data / "text").glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(256, columns=["split", "text"]):
            for text in batch.filter(pc.equal(batch["split"], split))["text"].to_pylist():
                yield from (line for line in text.split("\n") if line.strip())


def make_instant_segment(data: Path) -> Callable[[str], list[str]]:
    """Return a splitter that has learned from the training text."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for line in read_paragraphs(data, "train"):
        found = WORD.findall(line.lower())
        words.update(found)
        pairs.update(pairwise(found))
    segmenter = instant_segment.Segmenter(
        ((word, float(n)) for word, n in words.items() if n > 2),
        ((pair, float(n)) for pair, n in pairs.items() if n > 2),
    )
    search = instant_segment.Search()

    def split(letters: str) -> list[str]:
        if not letters.isascii():
            return [letters]
        segmenter.segment(letters.lower(), search)
        cuts = list(search)
        parts, at = [], 0
        for part in cuts:
            parts.append(letters[at : at + len(part)])
            at += len(part)
        return parts

    return split


def behind_marks(split: Callable[[str], list[str]], lines: Iterable[str]) -> Iterator[str]:
    """Yield lines whose runs of letters are split by a peer; the same layer for each."""
    for line in lines:
        out: list[str] = []
        for piece in RUN.findall(line):
            if piece[0].isalpha():
                parts = split(piece)
                text = " ".join(parts) if "".join(parts) == piece else piece
            else:
                text = piece
            joined = not out or out[-1][-1] in "([“‘-–—/'’$£€" or piece[0] in ",.;:!?)]”’'%-–—/"
            out.append(text if joined else f" {text}")
        yield "".join(out)


def score(gold: Path, lines: list[str]) -> float:
    """Return the F1 of word spans."""

    def words(line: str) -> set[tuple[int, int]]:
        found, at = set(), 0
        for word in line.split():
            found.add((at, at + len(word)))
            at += len(word)
        return found

    hit = predicted = total = 0
    for want, got in zip(gold.read_text("utf-8").splitlines(), lines, strict=True):
        a, b = words(want), words(got)
        hit, predicted, total = hit + len(a & b), predicted + len(b), total + len(a)
    return 2 * hit / (predicted + total)


def damage(line: str, lost: float, put_in: float, rng: random.Random) -> str:
    """Drop spaces, and put some in where there are none."""
    kept = "".join(c for c in line if c != " " or rng.random() >= lost)
    out: list[str] = []
    for i, char in enumerate(kept):
        if i and char != " " and kept[i - 1] != " " and rng.random() < put_in:
            out.append(" ")
        out.append(char)
    return "".join(out)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--megabytes", type=float, default=20.0)
    args = parser.parse_args()
    peers: dict[str, Callable[[Iterable[str]], Iterable[str]]] = {"communique": restore_lines}
    instant = make_instant_segment(args.data)
    peers["instant-segment"] = lambda lines: behind_marks(instant, lines)
    peers["wordninja"] = lambda lines: behind_marks(wordninja.split, lines)

    files = [args.data / "restore" / f"{name}.txt" for name in ("dev_defence", "dev_government")]
    print("word F1, spaces removed:")
    for name, restore in peers.items():
        scores = [
            score(file, list(restore(re.sub(r"\s", "", line) for line in file.read_text("utf-8").splitlines())))
            for file in files
        ]
        print(
            f"  {name:16s} " + "  ".join(f"{file.stem} {value:.4f}" for file, value in zip(files, scores, strict=True))
        )

    print(f"throughput, {args.megabytes:g} MB of glued text, one process, no start-up counted:")
    glued: list[str] = []
    size = 0
    for line in read_paragraphs(args.data, "dev"):
        glued.append("".join(line.split()))
        size += len(glued[-1].encode())
    glued *= int(args.megabytes * 1e6 // size) + 1
    for name, restore in peers.items():
        some, bytes_in = [], 0.0
        limit = args.megabytes * 1e6 * (0.05 if name == "wordninja" else 1)
        for line in glued:
            some.append(line)
            bytes_in += len(line.encode())
            if bytes_in >= limit:
                break
        start, cpu = time.perf_counter(), time.process_time()
        for _ in restore(some):
            pass
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        speeds = f"{bytes_in / wall / 1e6:.3f} MB/s wall, {bytes_in / cpu / 1e6:.3f} MB/s CPU"
        print(f"  {name:16s} {speeds} ({bytes_in / 1e6:.1f} MB)")

    one_line = "".join(glued)[:1_500_000]
    start = time.process_time()
    for _ in restore_lines([one_line]):
        pass
    whole = time.process_time() - start
    paragraphs, n = [], 0
    for line in glued:
        if n >= 1_500_000:
            break
        paragraphs.append(line)
        n += len(line)
    start = time.process_time()
    for _ in restore_lines(paragraphs):
        pass
    print(f"1.5 MB in one line: {whole / (time.process_time() - start):.2f} × the time in paragraphs")

    lines = files[1].read_text("utf-8").splitlines()
    print("partly glued dev_government, word F1 before → after:")
    for lost, put_in in ((0.02, 0.0), (0.2, 0.0), (0.5, 0.0), (0.0, 0.05), (0.02, 0.05), (0.2, 0.05), (0.5, 0.05)):
        rng = random.Random(5)
        damaged = [damage(line, lost, put_in, rng) for line in lines]
        before, after = score(files[1], damaged), score(files[1], list(restore_lines(damaged)))
        print(f"  lost {lost:4.2f} put in {put_in:4.2f}  {before:.4f} → {after:.4f}")

    for file in files:
        gold = file.read_text("utf-8").splitlines()
        restored = restore_paragraphs(["".join(line.split()) for line in gold])
        right = [apply_edits("".join(g.split()), r.edits) == g for g, r in zip(gold, restored, strict=True)]
        print(f"restoration_score of {file.stem}: share restored exactly among paragraphs with at least so much")
        for least in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
            those = [ok for ok, r in zip(right, restored, strict=True) if r.score >= least]
            print(f"  {least:.2f}  {len(those):5d} paragraphs  {sum(those) / max(1, len(those)):.3f}")

    sound = list(read_paragraphs(args.data, "dev"))
    random.Random(1).shuffle(sound)
    sound = sound[:20_000]
    changed = [(a, b) for a, b in zip(sound, restore_lines(sound), strict=True) if a != b]
    print(f"paragraphs left as they are: {len(changed)} of {len(sound)} changed")
    for before, after in changed:
        print("   -", before[:200], "\n   +", after[:200])

    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("ThetwosidesagreedtoholdajointexerciseonMonday.\n")
        file.flush()
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "flows.cli", "restore", file.name], check=True, stdout=subprocess.DEVNULL
            )
            times.append(time.perf_counter() - start)
    print(f"`communique restore` on one line: {min(times):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
