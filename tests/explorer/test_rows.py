"""Rows by their places: what is read is what stands in the files, in the order asked for."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from explorer import rows as explorer_rows
from explorer.rows import read_rows
from tasks.publish.commit import write_parquet

N = 700
SCHEMA = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("blocks", pa.list_(pa.struct([("start", pa.int32())]))),
    ]
)


def documents(seed: int) -> pa.Table:
    """Return documents with texts, titles that may lack, and lists."""
    chance = random.Random(seed)
    texts = [" ".join(f"wórd{chance.randrange(10**6)}" for _ in range(chance.randrange(400))) for _ in range(N)]
    titles = [None if n % 3 else f"Fog bell {n}" for n in range(N)]
    blocks = [[{"start": n}] * (n % 3) for n in range(N)]
    return pa.table([[f"{seed}-{n}" for n in range(N)], texts, titles, blocks], schema=SCHEMA)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    folder = tmp_path_factory.mktemp("rows")
    tables = {str(folder / f"{seed}'s.parquet"): documents(seed) for seed in (1, 2)}
    for path, table in tables.items():
        write_parquet((table.slice(at, 300) for at in range(0, N, 300)), SCHEMA, Path(path))
    return tables


@pytest.fixture(params=["one by one", "by a query"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in one of the two ways, however many row groups that is."""
    monkeypatch.setattr(explorer_rows, "_FEW", 1.0 if request.param == "one by one" else 0.0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("columns", [["title", "text", "doc_id", "blocks"], ["blocks", "doc_id"]])
def test_rows_are_those_of_the_files(files: dict[str, pa.Table], columns: list[str]) -> None:
    chance = random.Random(7)
    places = [(path, row) for path in files for row in (0, 1, N - 1)]
    places += [(chance.choice(list(files)), chance.randrange(N)) for _ in range(90)]
    with duckdb.connect() as db:
        rows = read_rows(db, places, columns).to_pylist()
    assert rows == [files[path].select(columns).slice(row, 1).to_pylist()[0] for path, row in places]


@pytest.mark.usefixtures("way")
def test_an_older_file_lacks_a_column(files: dict[str, pa.Table], tmp_path: Path) -> None:
    path = str(tmp_path / "older.parquet")
    pq.write_table(pa.table({"doc_id": ["a", "b"], "text": ["", "Fog bell"]}), path)
    places = [(path, 1), (next(iter(files)), 1), (path, 0)]
    with duckdb.connect() as db:
        rows = read_rows(db, places, ["text", "title", "nowhere"])
    assert rows.column_names == ["text", "title"]
    assert rows.to_pylist()[::2] == [{"text": "Fog bell", "title": None}, {"text": "", "title": None}]


@pytest.mark.usefixtures("way")
def test_a_row_that_is_not_there_is_said(files: dict[str, pa.Table]) -> None:
    with duckdb.connect() as db, pytest.raises(FileNotFoundError):
        read_rows(db, [(next(iter(files)), N)], ["title"])


def test_few_rows_leave_other_row_groups_alone(tmp_path: Path) -> None:
    table, paths = documents(3), [tmp_path / "whole.parquet", tmp_path / "spoilt.parquet"]
    for path in paths:
        write_parquet((table.slice(at, 100) for at in range(0, N, 100)), SCHEMA, path)
    column = pq.read_metadata(path).row_group(3).column(1)
    content = bytearray(path.read_bytes())
    at = column.dictionary_page_offset or column.data_page_offset
    content[at : at + column.total_compressed_size] = bytes(column.total_compressed_size)
    path.write_bytes(content)
    whole, spoilt = map(str, paths)
    with duckdb.connect() as db:
        rows = read_rows(db, [(spoilt, 650), (whole, 350), (spoilt, 2)], ["text"])
        assert rows["text"].to_pylist() == table["text"].take([650, 350, 2]).to_pylist()
        with pytest.raises((OSError, duckdb.Error)):
            read_rows(db, [(spoilt, 350)], ["text"])
