"""Annotated documents as examples: paragraphs with the cues in them and, for each cue, content and source."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tasks.quotes.model.features import Features, Paragraph
from tasks.quotes.model.network import FIRST, INSIDE, LABELS, LAST, SOURCE, Floats, Labels
from tasks.quotes.quotation import Span

_STEP_WEIGHT = 0.5  # of the transitions against the network


class Example(NamedTuple):
    """A paragraph with the token spans of its cues and, for each cue, a label a token."""

    paragraph: Paragraph
    cues: list[Span]
    labels: list[Labels]


def read_documents(path: Path) -> list[dict[str, Any]]:
    """Read annotated documents, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def make_examples(document: Mapping[str, Any], features: Features) -> Iterator[Example]:
    """Yield the paragraphs of an annotated document with what is to be found in them.

    Paragraphs of turns and statements are left out: rules find these, by what stands around them.
    """
    blocks = [
        span for quote in document["quotes"] if quote["type"] in {"turn", "statement"} for span in quote["content"]
    ]
    quotes = [q for q in document["quotes"] if q["cue"] and q["type"] not in {"turn", "statement"}]
    for paragraph in features.paragraphs(document["text"]):
        if _inside(paragraph, blocks):
            continue
        cues: list[Span] = []
        labels: list[Labels] = []
        for quote in quotes:
            cue = _inside(paragraph, quote["cue"])
            if cue and (cue[0], cue[-1] + 1) not in cues:
                own = np.zeros(len(paragraph.words), np.int64)
                own[_inside(paragraph, quote["speaker"])] = SOURCE
                for span in quote["content"]:
                    _mark_content(own, _inside(paragraph, [span]))
                cues.append((cue[0], cue[-1] + 1))
                labels.append(own)
        yield Example(paragraph, cues, labels)


def _mark_content(labels: Labels, inside: Sequence[int]) -> None:
    if inside:
        labels[inside[0] : inside[-1] + 1] = INSIDE
        labels[inside[-1]] = LAST
        labels[inside[0]] = FIRST


def _inside(paragraph: Paragraph, spans: Sequence[Sequence[int]]) -> list[int]:
    return [i for i, (s, e) in enumerate(paragraph.spans) if any(s < end and start < e for start, end in spans)]


def count_steps(examples: Sequence[Example]) -> Floats:
    """Return the weighted log-probability of each label after each."""
    counts = np.full((len(LABELS), len(LABELS)), 0.1)
    for example in examples:
        for own in example.labels:
            np.add.at(counts, (own[:-1], own[1:]), 1)
    return np.asarray(_STEP_WEIGHT * np.log(counts / counts.sum(axis=1, keepdims=True)), dtype=np.float32)
