"""What models are learned from: files under the folder that --data names, documents in Parquet among them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import InputError
from tasks.resources import find_resource
from training.markup import read_marked

_ROWS = 256


def find_data(data: Path, pattern: str) -> list[Path]:
    """Return the files or folders under `data` that a training needs, sorted.

    Raises:
        InputError: There is none.
    """
    found = sorted(data.glob(pattern))
    if not found:
        raise InputError(f"{data / pattern}: no such file; --data takes the folder that holds {pattern}")
    return found


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by the names in its header.

    Raises:
        InputError: The file cannot be opened.
    """
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; --data takes the folder that holds {path.parent.name}/") from error
    with file:
        yield from csv.DictReader(file)


def read_releases(path: Path) -> list[dict[str, Any]]:
    """Read annotated releases: a JSON object a line, or text with its annotation in it (training/markup.py).

    Raises:
        InputError: The annotation in a text is malformed.
    """
    if path.suffix == ".txt":
        return read_marked(path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def list_releases(data: Path, gold: Iterable[str], own: str) -> list[Path]:
    """Return the files of annotated releases: those under `data`, then those of the project itself.

    Args:
        data: The folder that --data names.
        gold: Files under `data`.
        own: A folder in config/training.

    Raises:
        ConfigError: There is no such folder.
        InputError: A file is not under `data`.
    """
    return [
        *(path for name in gold for path in find_data(data, name)),
        *sorted(find_resource(own, "config/training").glob("*.txt")),
    ]


def make_record(number: int, release: Mapping[str, Any]) -> dict[str, Any]:
    """Return an annotated release as ingest would give it; its number is its doc_id."""
    return {
        "doc_id": str(number),
        "source_id": "generic",
        "title": release.get("title"),
        "publisher": release.get("publisher"),
        "kind": "release",
        "language": "en",
        "raw_text": release["text"],
        "published_on": date.fromisoformat(day) if (day := release.get("published_on")) else None,
        "uri": str(release["id"]),
    }


def name_publisher(release: Mapping[str, Any]) -> str:
    """Return who published a release; where nobody says it, the first part of its id."""
    return str(release.get("publisher") or str(release["id"]).partition("-")[0])


def read_train_texts(path: Path) -> Iterator[str]:
    """Yield the documents of a Parquet file that may be learned from: `text` of the rows whose `split` is train.

    Raises:
        InputError: The file is no Parquet, or has no such columns.
    """
    try:
        for batch in pq.ParquetFile(path).iter_batches(_ROWS, columns=["split", "text"]):
            yield from batch.filter(pc.equal(batch["split"], "train"))["text"].to_pylist()
    except (pa.ArrowException, KeyError) as error:
        raise InputError(f"{path}: not Parquet with the columns split and text: {error}") from error


def write_lexicon(path: Path, header: str, rows: Iterable[str]) -> None:
    """Write a generated lexicon: what it is and where it is from, then its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
