"""The dataset as its readers see it: DuckDB, Polars and pandas, all tables, several sources and years."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from flows.corpus import build_corpus
from flows.upkeep import list_files, make_views_anew, sql_views
from tasks.publish.layout import Layout
from tasks.schemas import TABLES, VIEWS
from tasks.settings import load_settings
from tests.dumps import write_jsonl

CALL = {
    "generic": "President of Turkey Kemal Aydin had a telephone conversation with President of Russia Vladimir Orlov on "
    "26 February 2019. They discussed grain exports.",
    "kremlin": "President of Russia Vladimir Orlov had a telephone conversation with President of Turkey Kemal Aydin on "
    "26 February 2019. They discussed gas supplies.",
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("contract")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
        patch.setenv("COMMUNIQUE_FIGURES__FORMS", '["act"]')
        for source, numbers in (("generic", [*range(12), 2]), ("kremlin", range(20, 30))):
            dump = write_jsonl(root / f"{source}.jsonl", numbers)
            if source == "generic":
                with dump.open("a") as sink:
                    sink.write("not json\n")
                    sink.write('{"id": "undated", "content": "The minister will visit the dockyard with the fleet."}\n')
            with dump.open("a") as sink:  # a call that both publishers report
                call = {"id": f"call-{source}", "publish_time": "2019-02-26", "content": CALL[source]}
                sink.write(json.dumps(call, ensure_ascii=False) + "\n")
            with dump.open("a") as sink:  # wording that recurs on several days
                for n, word in enumerate(("drills", "trials", "floods", "talks", "fires", "storms")):
                    text = f"The {word} ended. The ministry repeats its firm commitment to free and open waters near {word}."
                    sink.write(f'{{"id": "{word}", "publish_time": "2019-0{n + 1}-05", "content": "{text}"}}\n')
            with dump.open("a") as sink:
                sink.write('{"id": "count", "publish_time": "2019-05-02", "content": "The storm killed 12 people."}\n')
            with dump.open("a") as sink:  # a line of the page, which is a row of `furniture`
                sink.write(
                    f'{{"id": "{source}", "publish_time": "2019-04-01", "content": "Source: Port Office Editor: A. Moreau\\nThe fleet left port."}}\n'
                )
            build_corpus([str(dump)], str(root / "out"), source_id=source)
        make_views_anew(Layout(root / "out"), load_settings(), on_demand=("formulas",))
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
    names = [*TABLES[table].schema.names, "source"]
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
    assert duck.num_rows == polars.height == len(pandas) == pq.read_metadata(file).num_rows
    assert duck.num_rows or view == "revisions"
    assert duck.column_names == polars.columns == list(pandas.columns) == VIEWS[view].schema.names


def test_every_mention_has_its_person(dataset: Path) -> None:
    rows = duckdb.sql(
        f"""SELECT name, n_quotations, count(quote_id) FROM '{dataset}/people/*.parquet'
            JOIN '{dataset}/person_mentions/*.parquet' USING (person_key)
            SEMI JOIN '{dataset}/documents/**/*.parquet' USING (doc_id) GROUP BY ALL"""
    ).fetchall()
    assert len(rows) == 7  # one name is one person over two sources
    assert all(stated == counted for _, stated, counted in rows)


def test_a_question_over_two_tables(dataset: Path) -> None:
    rows = duckdb.sql(
        f"""SELECT q.speaker_name, count(*) AS n FROM '{dataset}/quotes/**/*.parquet' q
            JOIN '{dataset}/documents/**/*.parquet' d USING (doc_id)
            WHERE d.published_on >= DATE '2015-01-01' GROUP BY 1 ORDER BY n DESC, 1"""
    ).fetchall()
    assert rows
    assert all(n > 0 for _, n in rows)


@pytest.fixture(scope="module", params=["some", "none"])
def undated(request: pytest.FixtureRequest, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with an undated document among others, and one without a dated document."""
    if request.param == "some":
        return dataset
    root = tmp_path_factory.mktemp("undated")
    (root / "a.txt").write_text("The minister will visit the dockyard with the fleet, said Captain Anita Rao.\n" * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
        build_corpus([str(root / "a.txt")], str(root / "out"))
    return root / "out"


def count_by_duckdb(folder: str, where: str) -> int:
    found = duckdb.sql(f"SELECT count(*) FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true) {where}")
    return int(found.fetchall()[0][0])


@pytest.mark.parametrize("table", ["documents", "quotes"])
def test_a_year_that_is_missing_is_missing_to_every_reader(undated: Path, table: str) -> None:
    folder = f"{undated}/{table}"
    frame, rows = pl.read_parquet(folder), ds.dataset(folder, partitioning="hive").to_table()
    expected = rows["year"].null_count
    assert expected or table == "quotes"
    assert count_by_duckdb(folder, "WHERE year IS NULL") == expected
    assert frame["year"].null_count() == pd.read_parquet(folder)["year"].isna().sum() == expected
    for sign, compare in (("<", pc.less), (">=", pc.greater_equal)):
        taken = count_by_duckdb(folder, f"WHERE year {sign} 2022")
        assert frame.filter(pl.sql_expr(f"year {sign} 2022")).height == taken
        assert rows.filter(compare(rows["year"], 2022)).num_rows == taken
        assert len(pd.read_parquet(folder).query(f"year {sign} 2022")) == taken
    assert count_by_duckdb(folder, "WHERE year < 2022") + count_by_duckdb(
        folder, "WHERE year >= 2022"
    ) + expected == len(rows)


@pytest.mark.spark
def test_spark_reads_missing_years_as_the_others_do(undated: Path) -> None:
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    frame = session.read.parquet(f"{undated}/documents")
    assert frame.filter("year IS NULL").count() == count_by_duckdb(f"{undated}/documents", "WHERE year IS NULL") > 0
    assert frame.filter("year < 2022").count() == count_by_duckdb(f"{undated}/documents", "WHERE year < 2022")


def test_the_files_that_are_committed_are_read_as_duckdb_views(dataset: Path) -> None:
    (dataset / "documents" / "source=generic" / "0123456789abcdef-01234567.parquet").write_text("not committed")
    with duckdb.connect() as database:
        for statement in sql_views(list_files(Layout(dataset))):
            database.execute(statement)
        for table in (*TABLES, *VIEWS):
            expected = sum(pq.read_metadata(path).num_rows for path in list_files(Layout(dataset), table)[table])
            assert database.sql(f"SELECT count(*) FROM {table}").fetchall() == [(expected,)]
        found = database.sql("SELECT external_id FROM documents WHERE year IS NULL AND published_on IS NULL").fetchall()
        assert found == [("undated",)]
        for statement in sql_views(
            {key: [] for key in (*TABLES, *VIEWS)}
        ):  # a dataset without rows has the columns, too
            database.execute(statement)
        assert database.sql("SELECT quotes.source, segments FROM quotes JOIN documents USING (doc_id)").fetchall() == []
