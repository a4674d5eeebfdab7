"""Pieces of the dataset: every row once, documents whole and in their order."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks import staging
from tasks.staging import DatasetRef


@pytest.mark.parametrize("most", [1, 3, 100])
def test_pieces_hold_whole_documents_and_every_row_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(staging, "_DOCUMENTS", most)
    ids = [f"d{n}" for n in range(7)]
    quotes = [{"doc_id": doc_id, "n": n} for doc_id in (*ids[::2], *ids[1::2]) for n in range(int(doc_id[1:]))]
    for name, rows in (("documents", [{"doc_id": doc_id} for doc_id in ids]), ("quotes", quotes)):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    schemas = {
        "documents": pa.schema([("doc_id", pa.string())]),
        "quotes": pa.schema([("doc_id", pa.string()), ("n", pa.int64()), ("since", pa.string())]),
        "roles": pa.schema([("doc_id", pa.string())]),
    }
    files = {name: str(tmp_path / f"{name}.parquet") for name in ("documents", "quotes")}
    pieces = list(DatasetRef(str(tmp_path), (files,)).parts(schemas))
    assert [doc_id for piece in pieces for doc_id in piece["documents"]["doc_id"].to_pylist()] == ids
    assert all(0 < piece["documents"].num_rows <= most for piece in pieces)
    found = [row for piece in pieces for row in piece["quotes"].to_pylist()]
    assert sorted(map(repr, found)) == sorted(repr(row | {"since": None}) for row in quotes)
    for piece in pieces:
        own = piece["documents"]["doc_id"].to_pylist()
        for doc_id in own:
            assert [r["n"] for r in piece["quotes"].to_pylist() if r["doc_id"] == doc_id] == list(
                range(int(doc_id[1:]))
            )
        assert set(piece["quotes"]["doc_id"].to_pylist()) <= set(own)
