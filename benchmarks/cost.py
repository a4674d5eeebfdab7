"""CPU of the rings on mixed documents, beside another tree and beside bare nlp.pipe.

    python benchmarks/cost.py DATA/text [--documents 600] [--pairs 3] [--beside TREE] [--picked FILE.jsonl]

Takes documents evenly over the Parquet files (column text), of 100 to 1,500 words, and glues every fifth: its spaces
go, lines stay. Each tree has a process of its own, which a pass over other documents warms, and the passes of both are
interleaved, each over as many documents that were not read before: what is kept of words must not be kept of these. A
pass is language identification, normalize, entities and quotes. Then the model alone reads the restored lines by
nlp.pipe, multiplied by numpy, without what the house does to be fast. TREE is a checkout of another commit (git
worktree add). What is printed is CPU seconds of one process, medians. --picked writes the documents of the last pass
down, for `communique run`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

FEWEST, MOST = 100, 1500  # words of a document
GLUED = 5  # one of so many
HERE = Path(__file__).resolve().parent.parent


def glue(text: str) -> str:
    """Return a text without its spaces, as scraped ones are.

    Example:
        >>> glue("He met Ann\\nin Oslo.")
        'HemetAnn\\ninOslo.'
    """
    return "\n".join("".join(line.split()) for line in text.split("\n"))


def pick(folder: Path, number: int, parts: int = 1) -> list[list[str]]:
    """Return parts of so many documents each, taken evenly from the Parquet files, every fifth glued."""
    import pyarrow.parquet as pq

    texts = [text for path in sorted(folder.glob("*.parquet")) for text in pq.read_table(path)["text"].to_pylist()]
    fit = [text for text in texts if FEWEST <= text.count(" ") <= MOST]
    step = len(fit) / number
    taken = [[fit[int((i + part / parts) * step)] for i in range(number)] for part in range(parts)]
    return [[text if i % GLUED else glue(text) for i, text in enumerate(texts)] for texts in taken]


def work(path: Path) -> None:
    """Answer each line on stdin, the number of a part, with the CPU seconds of a pass over it, as a line of JSON."""
    import pyarrow as pa
    import spacy

    from tasks import schemas
    from tasks.entities.model import load_pipeline, multiply_by_numpy
    from tasks.entities.table import annotate_entities
    from tasks.ingest.language import identify_language
    from tasks.normalize.table import normalize_batch
    from tasks.quotes.table import extract_quotes
    from tasks.settings import load_settings

    settings = load_settings()
    parts = json.loads(path.read_text(encoding="utf-8"))
    bare = multiply_by_numpy(spacy.load(load_pipeline(settings.entities).path))
    for number in sys.stdin:
        texts = parts[int(number)]
        row = {"source_id": "cost", "kind": "release", "language": "en", "uri": "memory"}
        rows = [{**row, "doc_id": f"d{i}", "raw_text": text} for i, text in enumerate(texts)]
        records = pa.Table.from_pylist(rows, schema=schemas.INGESTED)
        cost: dict[str, float] = {}

        @contextmanager
        def part(name: str, cost: dict[str, float] = cost) -> Iterator[None]:
            start = time.process_time()
            yield
            cost[name] = time.process_time() - start

        with part("language"):
            deque((identify_language(text, settings.ingest.languages) for text in texts), maxlen=0)
        with part("normalize"):
            done = normalize_batch(records, settings.normalize)
        tables = done["normalized"], done["sentences"], done["furniture"]
        with part("entities"):
            annotate_entities(*tables, settings.entities)
        with part("quotes"):
            extract_quotes(*tables, settings.quotes)
        lines = [line for text in tables[0]["text"].to_pylist() for line in text.split("\n") if line.strip()]
        with part("nlp.pipe"):
            deque(bare.pipe(lines, batch_size=64), maxlen=0)
        print(json.dumps(cost), flush=True)


class Tree:
    """A checkout whose rings run in a process of their own.

    Args:
        root: Its folder.
        documents: A JSON file of parts, each a list of texts.
    """

    def __init__(self, root: Path, documents: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, str(Path(__file__).resolve()), "--work", str(documents)]
        self._process = subprocess.Popen(
            command, cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.passes: list[dict[str, float]] = []

    @property
    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process has no pipes")
        return self._process.stdin, self._process.stdout

    def run(self, part: int) -> None:
        """Do a pass over a part; what the first one cost is not kept."""
        to, answers = self._pipes
        to.write(f"{part}\n")
        to.flush()
        cost: dict[str, float] = json.loads(answers.readline())
        if part:
            self.passes.append(cost)

    def close(self) -> None:
        """End the process."""
        self._pipes[0].close()
        self._process.wait()


def _rings(cost: dict[str, float]) -> float:
    return sum(seconds for name, seconds in cost.items() if name != "nlp.pipe")


def _tell(name: str, tree: Tree) -> None:
    parts = {part: median(one[part] for one in tree.passes) for part in tree.passes[0]}
    print(f"{name}: rings {median(map(_rings, tree.passes)):.2f} s (", end="")
    print(", ".join(f"{part} {seconds:.2f}" for part, seconds in parts.items()), end="")
    print(f"), rings / nlp.pipe {median(_rings(one) / one['nlp.pipe'] for one in tree.passes):.3f}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--picked", type=Path)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work)
        return
    if arguments.data is None:
        parser.error("DATA is missing")
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder, "documents.json")
        parts = pick(arguments.data, arguments.documents, arguments.pairs + 1)
        documents.write_text(json.dumps(parts), encoding="utf-8")
        if arguments.picked:
            lines = "".join(json.dumps({"text": text}) + "\n" for text in parts[-1])
            arguments.picked.write_text(lines, encoding="utf-8")
        trees = {"here": Tree(HERE, documents)}
        if arguments.beside:
            trees["beside"] = Tree(arguments.beside.resolve(), documents)
        for part in range(len(parts)):
            for tree in trees.values():
                tree.run(part)
        for name, tree in trees.items():
            _tell(name, tree)
            tree.close()
    if arguments.beside:
        pairs = zip(trees["here"].passes, trees["beside"].passes, strict=True)
        print(f"here / beside, median of pairs: {median(_rings(one) / _rings(other) for one, other in pairs):.3f}")


if __name__ == "__main__":
    main()
