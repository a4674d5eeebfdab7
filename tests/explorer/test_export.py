"""Exports: readable by others, the same rows in each form, no formula for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from explorer import corpus as corpus_module
from explorer import export
from explorer.app import make_app
from explorer.corpus import Corpus
from explorer.export import KEYS, write_csv, write_jsonl, write_parquet
from explorer.rows import Place, read_rows
from tests.explorer.builders import CALL, HOSTILE, RELEASES


@pytest.fixture(autouse=True)
def long_fields() -> Iterator[None]:
    """Read fields of any length, whatever limit a reader of dumps has set in this process."""
    before = csv.field_size_limit(1 << 20)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize("table", sorted(KEYS))
def test_forms_hold_the_same_rows(client: TestClient, table: str) -> None:
    key = KEYS[table]
    parsed = list(csv.DictReader(io.StringIO(client.get(f"/export/{table}.csv?country=KEN").text)))
    lines = [json.loads(line) for line in client.get(f"/export/{table}.jsonl?country=KEN").text.splitlines()]
    parquet = pq.read_table(io.BytesIO(client.get(f"/export/{table}.parquet?country=KEN").content)).to_pylist()
    assert [row[key] for row in parsed] == [row[key] for row in lines] == [row[key] for row in parquet]
    assert [set(row) for row in lines] == [set(row) for row in parquet]
    assert [set(row) for row in parsed] == [set(row) for row in parquet]
    assert len(parsed) == {"documents": 3, "quotes": 0, "engagements": 3}[table]


def test_the_order_is_that_of_the_list(client: TestClient) -> None:
    days = [json.loads(line)["published_on"] for line in client.get("/export/documents.jsonl").text.splitlines()]
    assert days[:3] == ["2023-07-03", "2023-07-02", "2023-07-01"]
    assert days[3:] == ["2023-06-01", "2023-05-04", "2022-11-30", None]


def test_a_formula_is_a_text(client: TestClient, corpus: Corpus) -> None:
    address = "/export/documents.csv?q=onerror"
    [row] = csv.DictReader(io.StringIO(client.get(address).text))
    assert row["title"] == "'" + HOSTILE.title
    raw = TestClient(make_app(corpus, raw_csv=True), base_url="http://127.0.0.1")
    [row] = csv.DictReader(io.StringIO(raw.get(address).text))
    assert row["title"] == HOSTILE.title


def test_what_was_asked_is_said(client: TestClient, corpus: Corpus) -> None:
    said = client.get("/export/engagements.query.json?country=CHL&from=2022&sort=old").json()
    assert said["rows"] == 1
    assert said["filters"] == {"country": ["CHL"]}
    assert said["from"] == "2022-01-01"
    assert said["digest"] == corpus.digest
    assert said["query"] == "country=CHL&from=2022-01-01&sort=old"


def test_an_empty_selection_is_an_empty_file(client: TestClient) -> None:
    answer = client.get("/export/documents.csv?q=nowhere")
    assert answer.headers["x-rows"] == "0"
    [head] = csv.reader(io.StringIO(answer.text))
    assert head[0] == "doc_id"
    assert pq.read_table(io.BytesIO(client.get("/export/quotes.parquet?q=nowhere").content)).num_rows == 0


def test_everything_is_exported_whole(client: TestClient) -> None:
    lines = [json.loads(line) for line in client.get("/export/documents.jsonl").text.splitlines()]
    assert {row["doc_id"]: row["text"] for row in lines} == {one.doc_id: one.text for one in RELEASES}
    assert CALL.doc_id in {row["doc_id"] for row in lines}


@pytest.mark.parametrize("most", [0, 1_000])
def test_texts_that_few_edits_make_are_not_read(client: TestClient, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    read: list[tuple[int, Sequence[str]]] = []

    def note(db: duckdb.DuckDBPyConnection, places: Sequence[Place], columns: Sequence[str]) -> pa.Table:
        read.append((len(places), columns))
        return read_rows(db, places, columns)

    monkeypatch.setattr(corpus_module, "read_rows", note)
    monkeypatch.setattr(corpus_module, "_MOST_EDITS", most)
    lines = [json.loads(line) for line in client.get("/export/documents.jsonl").text.splitlines()]
    assert {row["doc_id"]: (row["text"], row["raw_text"]) for row in lines} == {
        one.doc_id: (one.text, one.raw or one.text) for one in RELEASES
    }
    (n, columns), *more = read
    assert n == len(RELEASES)
    assert "raw_text" in columns
    assert "text" not in columns
    assert more == ([] if most else [(sum(bool(one.edits) for one in RELEASES), ["text"])])


@pytest.mark.parametrize("write", [write_csv, write_jsonl, write_parquet])
def test_a_batch_goes_out_before_the_next_is_read(write: Callable[..., Iterator[bytes]]) -> None:
    read: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for n in range(3):
            read.append(n)
            yield pa.RecordBatch.from_pydict({"text": pa.array([f"Fog bell {n}."] * n, pa.string())})

    sent = write(batches())
    head = next(sent)
    assert head or write is write_jsonl
    assert next(sent)
    assert read == [0, 1]
    assert len(list(sent)) >= 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_many_rows_come_in_several_batches(client: TestClient, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    whole = client.get(f"/export/documents.{form}").content
    monkeypatch.setattr(export, "_DOCUMENTS", 2)
    parts = client.get(f"/export/documents.{form}").content
    if form == "parquet":
        assert pq.read_table(io.BytesIO(parts)) == pq.read_table(io.BytesIO(whole))
        assert pq.ParquetFile(io.BytesIO(parts)).num_row_groups == 4
    else:
        assert parts == whole


@pytest.mark.parametrize("table", sorted(KEYS))
def test_beyond_what_is_listed_the_order_is_that_of_files(
    client: TestClient, corpus: Corpus, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    lines = [json.loads(line) for line in client.get(f"/export/{table}.jsonl").text.splitlines()]
    rows = pa.concat_tables(pq.ParquetFile(path).read([KEYS[table]]) for path in corpus.files[table])
    assert [row[KEYS[table]] for row in lines] == rows[KEYS[table]].to_pylist()
