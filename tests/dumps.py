"""Dumps for tests, written for them: releases that differ by a number, so that counts can be foretold."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq

PORTS = ("Karachi", "Darwin", "Lisbon", "Busan", "Mombasa", "Halifax", "Toulon", "Visakhapatnam")
NAMES = ("Anita Rao", "Peter Lindqvist", "Joseph Mwangi", "Clara Duarte", "Helen Marsh")


def release(n: int, year: int | None = None) -> dict[str, str]:
    """The n-th release: an id, a title, a day and a text with an indirect and a direct quotation."""
    who, port = NAMES[n % len(NAMES)], PORTS[n % len(PORTS)]
    text = (
        f"Captain {who} said on Monday that frigate number {n} would call at {port} before the winter exercise.\n"
        f'"We shall train search and rescue with {n + 2} partner crews for {n + 3} days," said {who}.\n'
        f"The port of {port} expects the {n} visitors to stay until the {n}th ship has taken on fuel and stores."
    )
    day = f"{year or 2015 + n % 6}-0{1 + n % 9}-1{n % 9}"
    return {"id": f"rel-{n}", "title": f"Visit {n} to {port}", "publish_time": day, "content": text}


def write_jsonl(path: Path, numbers: range | list[int]) -> Path:
    """Write a dump of releases, compressed if the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(release(n)) + "\n" for n in numbers).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def hashes(dataset: Path) -> dict[str, str]:
    """Hash every file of a dataset but ledgers, the lock, what is staged and the database made from the index."""
    skipped = {"_runs", "_staging", "_lock", "copies.sqlite"}
    return {
        path.relative_to(dataset).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(dataset.rglob("*"))
        if path.is_file() and not skipped & set(path.relative_to(dataset).parts)
    }


def data(dataset: Path) -> dict[str, str]:
    """Hash every data file of a dataset and every view: commits differ with the way by which it came about."""
    return {name: digest for name, digest in hashes(dataset).items() if not name.startswith("_manifest/0")}


def rows(dataset: Path, *without: str) -> dict[str, list[str]]:
    """Return all rows of a dataset by table, sorted, without some columns."""
    from flows.upkeep import list_files
    from tasks.publish.layout import Layout

    found: dict[str, list[str]] = {}
    for table, paths in list_files(Layout(dataset)).items():
        tables = [pq.ParquetFile(path).read() for path in paths]
        values = (row for part in tables for row in part.to_pylist())
        found[table] = sorted(repr({k: v for k, v in row.items() if k not in without}) for row in values)
    return found
