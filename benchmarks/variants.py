"""An annotated file, with the same words laid out as dumps lay them out.

    python -m benchmarks.variants GOLD.jsonl DIR

Writes DIR/plain.jsonl and, with all spans moved along, DIR/wrapped.jsonl (lines of 72 characters at most, paragraphs
parted by blank lines), DIR/nbsp.jsonl (every third space is U+00A0), DIR/ligatures.jsonl (fi, fl, ff, ffi, ffl as one
character) and DIR/double.jsonl (every space is two). Each is a dump for `communique run` and the annotation to score
the dataset by.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tasks.edits import Edit, apply_edits

COLUMNS = 72
LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}


def wrap(text: str) -> list[Edit]:
    """Return edits that break the lines of a text and part its paragraphs by blank lines.

    Example:
        >>> apply_edits(text := "word " * 20 + "\\nend", wrap(text)).split("\\n")[1:]
        ['word word word word word word', '', 'end']
    """
    edits: list[Edit] = []
    start = last = 0  # of the line; behind the last gap in it
    for match in [*re.finditer(r"\s+", text), None]:
        at = match.start() if match else len(text)
        if at - start > COLUMNS and last > start:
            edits[-1] = edits[-1]._replace(kind="wrap", replacement="\n")
            start = last
        if match:
            is_end = "\n" in match.group()
            edits.append(Edit("end" if is_end else "", match.start(), match.end(), "\n\n" if is_end else match.group()))
            start, last = (match.end() if is_end else start), match.end()
    return [edit for edit in edits if edit.kind]


def pad(text: str) -> list[Edit]:
    """Return edits that make every third space one that does not break."""
    return [Edit("nbsp", m.start(), m.end(), "\u00a0") for m in list(re.finditer(" ", text))[::3]]


def double(text: str) -> list[Edit]:
    """Return edits that double every space."""
    return [Edit("double", m.start(), m.end(), "  ") for m in re.finditer(" ", text)]


def tie(text: str) -> list[Edit]:
    """Return edits that put ligatures in.

    Example:
        >>> apply_edits("the staff office", tie("the staff office"))
        'the staﬀ oﬃce'
    """
    return [Edit("tie", m.start(), m.end(), LIGATURES[m.group()]) for m in re.finditer("ff[il]?|f[il]", text)]


VARIANTS: dict[str, Callable[[str], list[Edit]]] = {
    "plain": lambda text: [],
    "wrapped": wrap,
    "nbsp": pad,
    "ligatures": tie,
    "double": double,
}


def move(document: dict[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """Return an annotated document with its text edited and all of its spans where they then are.

    A span that begins or ends inside an edit begins or ends with it.
    """
    text = document["text"]
    starts, ends = list(range(len(text) + 1)), list(range(len(text) + 1))
    shift, at = 0, 0
    for edit in edits:
        for i in range(at, edit.raw_start + 1):
            starts[i] = ends[i] = i + shift
        new_end = edit.raw_start + shift + len(edit.replacement)
        for i in range(edit.raw_start + 1, edit.raw_end):
            starts[i], ends[i] = edit.raw_start + shift, new_end
        shift += len(edit.replacement) - (edit.raw_end - edit.raw_start)
        at = edit.raw_end
    for i in range(at, len(text) + 1):
        starts[i] = ends[i] = i + shift

    def moved(spans: list[list[int]]) -> list[list[int]]:
        return [[starts[s], ends[e]] for s, e in spans]

    quotes = [q | {key: moved(q[key]) for key in ("content", "speaker", "cue")} for q in document["quotes"]]
    entities = [[starts[s], ends[e], label] for s, e, label in document["entities"]]
    return document | {"text": apply_edits(text, edits), "entities": entities, "quotes": quotes}


def main() -> int:
    """Write the variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    documents = [json.loads(line) for line in args.gold.read_text("utf-8").splitlines()]
    args.folder.mkdir(parents=True, exist_ok=True)
    for name, edit in VARIANTS.items():
        lines = (json.dumps(move(document, edit(document["text"])), ensure_ascii=False) for document in documents)
        (args.folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
