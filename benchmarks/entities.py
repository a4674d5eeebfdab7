"""Words per second of the entities stage beside bare nlp.pipe; people, bodies and places on a UniversalNER file.

    python benchmarks/entities.py speed DATA/text [DOCUMENTS]
    python benchmarks/entities.py pud DATA/ner/uner_pud/en_pud-ud-test.iob2

`speed` takes documents evenly from the Parquet files (column text), CPU time of one process, best of three of each; run
it with OPENBLAS_NUM_THREADS=1, as `communique run` does.
`pud` compares exact spans with their labels: GPE, LOC and FAC count as LOC, UNIT as ORG, PERSON as PER.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks import schemas
from tasks.entities.model import load_pipeline
from tasks.entities.table import annotate_entities, find_mentions
from tasks.labels import ENTITY_LABELS
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.settings import EntitySettings
from training.entities.corpora import read_columns

SETTINGS = EntitySettings(model="entities", label_map={})
_NATURES = {"person": "PER", "body": "ORG", "place": "LOC"}
READ_AS = {label.name: _NATURES[label.nature] for label in ENTITY_LABELS if label.nature}


def take_documents(folder: Path, number: int) -> pa.Table:
    """Return documents taken evenly from the Parquet files, with nothing to repair."""
    texts = [text for path in sorted(folder.glob("*.parquet")) for text in pq.read_table(path)["text"].to_pylist()]
    step = len(texts) / number
    rows = [
        {
            "doc_id": f"d{i}",
            "source_id": "benchmark",
            "kind": "release",
            "language": "en",
            "text": (text := texts[int(i * step)]),
            "raw_text": text,
            "edits": [],
            "text_condition": "spaced",
            "n_words": len(text.split()),
            "uri": "memory",
            "record": i,
        }
        for i in range(number)
    ]
    return pa.Table.from_pylist(rows, schema=schemas.NORMALIZED)


def cut_sentences(documents: pa.Table) -> pa.Table:
    """Return the sentences of documents."""
    rows = []
    for document in documents.to_pylist():
        for paragraph, (start, end) in enumerate(split_paragraphs(document["text"])):
            for s, e in split_sentences(document["text"][start:end]):
                span = {"start": start + s, "end": start + e, "raw_start": start + s, "raw_end": start + e}
                key = f"{document['doc_id']}-s{len(rows):05d}"
                text = document["text"][start + s : start + e]
                rows.append(
                    {"sentence_id": key, "doc_id": document["doc_id"], "paragraph": paragraph, "text": text, **span}
                )
    return pa.Table.from_pylist(rows, schema=schemas.SENTENCES)


def measure_speed(folder: Path, number: int) -> None:
    """Print words per second of nlp.pipe, on whole documents and on their lines, and of the stage."""
    documents = take_documents(folder, number)
    sentences = cut_sentences(documents)
    words = sum(documents["n_words"].to_pylist())
    nlp, texts = load_pipeline(SETTINGS), documents["text"].to_pylist()
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    runs: dict[str, Callable[[], object]] = {
        "nlp.pipe, documents": lambda: deque(nlp.pipe(texts), maxlen=0),
        "nlp.pipe, lines": lambda: deque(nlp.pipe(lines, batch_size=64), maxlen=0),
        "stage": lambda: annotate_entities(documents, sentences, schemas.FURNITURE.empty_table(), SETTINGS),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(3):
        for name, run in runs.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    for name, seconds in best.items():
        print(f"{name:20s} {words / seconds:8.0f} words/s   stage / it {seconds / best['stage']:.3f}")
    print(f"{number} documents, {words} words")


def measure_pud(path: Path) -> None:
    """Print precision, recall and F1 of people, bodies and places."""
    lines = list(read_columns(path))
    found = find_mentions(load_pipeline(SETTINGS), [text for text, _ in lines], [[0]] * len(lines), {})
    hits: Counter[str] = Counter()
    got: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for (_, names), mentions in zip(lines, found, strict=True):
        gold = {name for name in names if name[2] in ("PER", "ORG", "LOC")}
        own = {(m.start, m.end, READ_AS[m.label]) for m in mentions if m.label in READ_AS}
        for counter, spans in ((wanted, gold), (got, own), (hits, gold & own)):
            counter.update(label for *_, label in spans)
            counter["all"] += len(spans)
    for label in ("PER", "ORG", "LOC", "all"):
        p, r = hits[label] / max(1, got[label]), hits[label] / max(1, wanted[label])
        print(f"{label:4s} p {p:.3f} r {r:.3f} f1 {2 * p * r / max(1e-9, p + r):.3f}  ({wanted[label]} gold)")


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "pud"])
    parser.add_argument("data", type=Path)
    parser.add_argument("documents", type=int, nargs="?", default=300)
    arguments = parser.parse_args()
    if arguments.what == "speed":
        measure_speed(arguments.data, arguments.documents)
    else:
        measure_pud(arguments.data)


if __name__ == "__main__":
    main()
