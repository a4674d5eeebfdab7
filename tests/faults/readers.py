"""Readers that look at a dataset again and again while it is written: what they see has to be what was promised.

By glob: list documents, then what refers to them → read it, documents last → in runs that only add, every document has
all that refers to it. By `communique files`: list → read → every row is of a commit, no document is there twice, each
has all that refers to it and nothing else is there. A file that goes between listing and reading is a reason to look
again, and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb

CHILDREN = ("sentences", "entities", "quotes", "roles")

#: Rows that refer to a document, by its key, in the order of CHILDREN.
Expected = Mapping[str, tuple[int, ...]]


class FileGone(Exception):
    """A file that was listed is not there any more."""


@dataclass
class Looks:
    """What a reader has seen: looks that found documents, breaks of a promise, looks that had to be taken again."""

    looks: int = 0
    breaks: list[str] = field(default_factory=list)
    retries: int = 0


def look_by_glob(dataset: Path, expected: Expected) -> tuple[int, list[str]]:
    """Return the number of documents, and what is missing of what refers to them."""
    listed = {table: sorted(map(str, dataset.glob(f"{table}/**/*.parquet"))) for table in ("documents", *CHILDREN)}
    counts = [_count(f"read_parquet({listed[table]})") if listed[table] else {} for table in CHILDREN]
    documents = _count(f"read_parquet({listed['documents']})") if listed["documents"] else {}
    return len(documents), list(_compare(documents, counts, expected))


def look_by_files(dataset: Path, expected: Expected) -> tuple[int, list[str]]:
    """Return the number of documents, and what is wrong with them."""
    from flows.upkeep import list_files, sql_views
    from tasks.publish.layout import Layout

    files = list_files(Layout(dataset))
    for statement in sql_views(files):
        _query(statement)
    counts = [_count(table) for table in CHILDREN]
    documents = _count("documents")
    batches = [batch for (batch,) in _query("SELECT DISTINCT batch_id FROM documents")]
    commits = "".join(path.read_text() for path in sorted((dataset / "_manifest").glob("[0-9]*.json")))
    paths = [Path(path).relative_to(dataset).as_posix() for table in ("documents", *CHILDREN) for path in files[table]]
    breaks = [f"{name} is in no commit" for name in (*batches, *paths) if f'"{name}"' not in commits]
    breaks += [f"{doc_id} is there {rows} times" for doc_id, rows in documents.items() if rows > 1]
    breaks += [f"{doc_id} is no document" for doc_id in set().union(*counts) - documents.keys()]
    return len(documents), [*breaks, *_compare(documents, counts, expected)]


LOOKS: dict[str, Callable[[Path, Expected], tuple[int, list[str]]]] = {"glob": look_by_glob, "files": look_by_files}


def watch(connection: Connection, kind: str, pause_s: float) -> None:
    """Look at the dataset that the other end names last, until it sends None; then send what was seen.

    Args:
        connection: Gets pairs of a dataset, which may be None, and of what is expected of its documents; each is
            answered as soon as the reader has done with what it looked at before.
        kind: One of LOOKS.
        pause_s: Seconds between two looks.
    """
    seen = Looks()
    dataset: Path | None = None
    expected: Expected = {}
    while True:
        if connection.poll(pause_s):
            message = connection.recv()
            connection.send(seen)
            if message is None:
                return
            dataset, expected = message
        if dataset is not None:
            look(seen, kind, dataset, expected)


def look(seen: Looks, kind: str, dataset: Path, expected: Expected) -> None:
    """Look once, and note what was seen."""
    try:
        documents, breaks = LOOKS[kind](dataset, expected)
    except FileGone:
        seen.retries += 1
        return
    except Exception as error:  # whatever a reader meets that is no answer breaks the promise
        seen.looks += 1
        seen.breaks.append(f"{kind}: {type(error).__name__}: {error}")
        return
    seen.looks += documents > 0
    seen.breaks += [f"{kind}: {one}" for one in breaks[:3]]


def count_children(dataset: Path) -> dict[str, tuple[int, ...]]:
    """Return how many rows refer to each document of a dataset that nobody writes to."""
    listed = {table: sorted(map(str, dataset.glob(f"{table}/**/*.parquet"))) for table in ("documents", *CHILDREN)}
    counts = [_count(f"read_parquet({listed[table]})") for table in CHILDREN]
    return {key: tuple(rows.get(key, 0) for rows in counts) for key in _count(f"read_parquet({listed['documents']})")}


def _compare(documents: Iterable[str], counts: Sequence[Mapping[str, int]], expected: Expected) -> Iterable[str]:
    for doc_id in documents:
        found = tuple(rows.get(doc_id, 0) for rows in counts)
        if found != expected.get(doc_id):
            yield f"{doc_id} has {found} {'/'.join(CHILDREN)}, not {expected.get(doc_id)}"


def _count(relation: str) -> dict[str, int]:
    return dict(_query(f"SELECT doc_id, count(*) FROM {relation} GROUP BY doc_id"))


def _query(sql: str) -> list[Any]:
    try:
        return duckdb.execute(sql).fetchall()
    except duckdb.IOException as error:
        if "No such file" in str(error) or "No files found" in str(error):
            raise FileGone(str(error)) from error
        raise
