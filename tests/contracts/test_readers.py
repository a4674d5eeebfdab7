"""The dataset as its readers see it: DuckDB, Polars and pandas, all tables, several sources and years."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.corpus import build_corpus
from tasks.schemas import TABLES, VIEWS
from tests.dumps import write_jsonl


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("contract")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
        for source, numbers in (("generic", [*range(12), 2]), ("kremlin", range(20, 30))):
            dump = write_jsonl(root / f"{source}.jsonl", numbers)
            if source == "generic":
                with dump.open("a") as sink:
                    sink.write("not json\n")
                    sink.write('{"id": "undated", "content": "The minister will visit the dockyard with the fleet."}\n')
            build_corpus([str(dump)], str(root / "out"), source_id=source)
    return root / "out"


@pytest.mark.parametrize("table", TABLES)
def test_all_readers_agree(dataset: Path, table: str) -> None:
    pattern = f"{dataset}/{table}/**/*.parquet"
    files = sorted((dataset / table).rglob("*.parquet"))
    assert files
    expected = sum(pq.read_metadata(f).num_rows for f in files)
    duck = duckdb.sql(f"SELECT * FROM read_parquet('{pattern}', hive_partitioning = true)").to_arrow_table()
    polars = pl.read_parquet(pattern, hive_partitioning=True)
    pandas = pd.read_parquet(dataset / table)
    names = [*TABLES[table].schema.names, "source", "year"]
    assert duck.num_rows == polars.height == len(pandas) == expected
    assert sorted(duck.column_names) == sorted(polars.columns) == sorted(pandas.columns) == sorted(names)


@pytest.mark.parametrize("table", TABLES)
def test_types_are_those_of_the_schema(dataset: Path, table: str) -> None:
    for file in (dataset / table).rglob("*.parquet"):
        assert pq.read_schema(file).remove_metadata() == TABLES[table].schema.remove_metadata()
    file = sorted((dataset / table).rglob("*.parquet"))[0]
    one = duckdb.sql(f"SELECT * FROM read_parquet('{file}', hive_partitioning = false)").to_arrow_table()
    frame = pl.read_parquet(file, hive_partitioning=False)
    assert one.num_rows == frame.height == len(pd.read_parquet(file, partitioning=None))
    for field in TABLES[table].schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_int32(kind):
            assert (one.schema.field(field.name).type, frame.schema[field.name]) == (pa.int32(), pl.Int32())
        if pa.types.is_date32(kind):
            assert (one.schema.field(field.name).type, frame.schema[field.name]) == (pa.date32(), pl.Date())


@pytest.mark.parametrize("view", VIEWS)
def test_all_readers_agree_on_views(dataset: Path, view: str) -> None:
    (file,) = (dataset / view).glob("*.parquet")
    assert pq.read_schema(file).remove_metadata() == VIEWS[view].schema.remove_metadata()
    pattern = f"{dataset}/{view}/*.parquet"
    duck, polars, pandas = (
        duckdb.sql(f"SELECT * FROM '{pattern}'").to_arrow_table(),
        pl.read_parquet(pattern),
        pd.read_parquet(file),
    )
    assert duck.num_rows == polars.height == len(pandas) == pq.read_metadata(file).num_rows > 0
    assert duck.column_names == polars.columns == list(pandas.columns) == VIEWS[view].schema.names


def test_every_mention_has_its_person(dataset: Path) -> None:
    rows = duckdb.sql(
        f"""SELECT name, n_quotations, count(quote_id) FROM '{dataset}/people/*.parquet'
            JOIN '{dataset}/person_mentions/*.parquet' USING (person_key)
            SEMI JOIN '{dataset}/documents/**/*.parquet' USING (doc_id) GROUP BY ALL"""
    ).fetchall()
    assert len(rows) == 5  # one name is one person over two sources
    assert all(stated == counted for _, stated, counted in rows)


def test_a_question_over_two_tables(dataset: Path) -> None:
    rows = duckdb.sql(
        f"""SELECT q.speaker_name, count(*) AS n FROM '{dataset}/quotes/**/*.parquet' q
            JOIN '{dataset}/documents/**/*.parquet' d USING (doc_id)
            WHERE d.published_on >= DATE '2015-01-01' GROUP BY 1 ORDER BY n DESC, 1"""
    ).fetchall()
    assert rows
    assert all(n > 0 for _, n in rows)


def test_undated_documents_lie_under_year_0(dataset: Path) -> None:
    found = duckdb.sql(
        f"SELECT external_id FROM read_parquet('{dataset}/documents/**/*.parquet', hive_partitioning = true) "
        "WHERE year = 0 AND published_on IS NULL"
    ).fetchall()
    assert found == [("undated",)]
