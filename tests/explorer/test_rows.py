"""Rows by their places: what is read by pages is what a reader of Parquet reads, whatever pages a file has."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer.rows import LONG, find_pages, read_rows
from tasks.publish.commit import write_parquet

N = 700
SCHEMA = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("raw_text", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("blocks", pa.list_(pa.struct([("start", pa.int32())]))),
    ]
)


def documents(seed: int) -> pa.Table:
    """Return documents of all lengths, some empty, one larger than a page; words are drawn, so that little repeats."""
    chance = random.Random(seed)
    lengths = [0, 1, 40_000, *(chance.randrange(400) for _ in range(N - 3))]
    texts = [" ".join(f"wórd{chance.randrange(10**6)}" for _ in range(n)) for n in lengths]
    columns = [[f"{seed}-{n}" for n in range(N)], texts, [text.replace(" ", "") for text in texts]]
    titles = [None if n % 3 else f"Fog bell {n}" for n in range(N)]
    return pa.table([*columns, titles, [[{"start": n}] * (n % 3) for n in range(N)]], schema=SCHEMA)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    folder = tmp_path_factory.mktemp("rows")
    tables = {str(folder / f"{seed}.parquet"): documents(seed) for seed in (1, 2)}
    for path, table in tables.items():
        write_parquet((table.slice(at, 300) for at in range(0, N, 300)), SCHEMA, Path(path))
    return tables


def read(files: dict[str, pa.Table], columns: list[str], size: int = 90) -> None:
    chance = random.Random(7)
    places = [(path, row) for path in files for row in (0, 1, 2, N - 1)]
    places += [(chance.choice(list(files)), chance.randrange(N)) for _ in range(size)]
    with duckdb.connect() as db:
        rows = read_rows(db, places, columns, LONG).to_pylist()
    wanted = [files[path].select(columns).slice(row, 1).to_pylist()[0] for path, row in places]
    assert rows == wanted


def test_texts_are_in_pages_that_can_be_read_alone(files: dict[str, pa.Table]) -> None:
    for path, table in files.items():
        pages = find_pages(path, "text")
        assert pages is not None
        assert len(pages.rows) >= 10
        assert pages.rows[0] == 0
        longest = max(b - a for a, b in zip(pages.rows, pages.rows[1:], strict=False))
        assert longest < len(table) / 4
        foot = pq.read_metadata(path).row_group(0)
        columns = {foot.column(n).path_in_schema: foot.column(n) for n in range(foot.num_columns)}
        assert {name for name, column in columns.items() if not column.is_stats_set} == set(LONG)
        assert "blocks.list.element.start" in columns


def test_rows_are_those_of_the_files(files: dict[str, pa.Table]) -> None:
    read(files, ["title", "text", "doc_id", "raw_text", "blocks"])
    read(files, ["raw_text"])
    read(files, ["blocks", "doc_id"])


@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "snappy", "use_dictionary": False}, {"data_page_version": "2.0", "use_dictionary": False}],
)
def test_other_pages_are_left_to_the_query(
    files: dict[str, pa.Table], tmp_path: Path, options: dict[str, object]
) -> None:
    path = str(tmp_path / "old.parquet")
    pq.write_table(documents(3), path, **({"compression": "zstd"} | options))
    assert find_pages(path, "text") is None
    read(files | {path: documents(3)}, ["text", "title"])


def test_a_file_without_a_column_and_one_with_nulls(files: dict[str, pa.Table], tmp_path: Path) -> None:
    path = str(tmp_path / "older.parquet")
    optional = pa.schema([SCHEMA.field("doc_id"), pa.field("text", pa.string())])
    table = pa.table([["a", "b"], [None, "Fog bell"]], schema=optional)
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    assert find_pages(path, "text") is None
    assert find_pages(path, "raw_text") is None
    places = [(path, 1), (next(iter(files)), 1), (path, 0)]
    with duckdb.connect() as db:
        rows = read_rows(db, places, ["text", "title", "nowhere"], LONG)
    assert rows.column_names == ["text", "title"]
    assert rows.to_pylist()[::2] == [{"text": "Fog bell", "title": None}, {"text": None, "title": None}]


def test_a_row_that_is_not_there_is_said(files: dict[str, pa.Table]) -> None:
    with duckdb.connect() as db, pytest.raises(FileNotFoundError):
        read_rows(db, [(next(iter(files)), N)], ["title"])
