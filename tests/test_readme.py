"""The README tells the truth about tables, columns and the sample."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from flows.corpus import build_corpus
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset
from tasks.schemas import columns_markdown

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_columns_are_those_of_the_schemas() -> None:
    assert columns_markdown() in README


def test_sample_yields_what_it_says_and_the_queries_give_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    dataset = tmp_path / "out" / "sample"
    counts = build_corpus([str(ROOT / "config" / "sample" / "dumps")], str(dataset)).counts
    expected = json.loads((ROOT / "config" / "sample" / "expected.json").read_text())
    for name in ("records", "documents", "duplicates", "rejects", "near_duplicates"):
        assert counts.listed()[name] == expected[name], name
    for name, wanted in expected["files"].items():
        for table in ("documents", "duplicates", "rejects"):
            path = f"{dataset}/{table}/**/*.parquet"
            [(rows,)] = duckdb.sql(
                f"SELECT count(*) FROM read_parquet('{path}') WHERE split_part(uri, '/', 2) = '{name}'"
            ).fetchall()
            assert rows == wanted[table], (name, table)
    assert list(verify_dataset(Layout(dataset))) == []

    shown = re.findall(r"```sql\n(.+?)\n```\n```\n(.+?)\n```", README, re.S)
    assert len(shown) == 3
    monkeypatch.chdir(tmp_path)
    for query, output in shown:
        assert str(duckdb.sql(query)).strip() == output
