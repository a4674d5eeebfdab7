"""README and docs tell the truth about tables, stages and the sample."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from flows.corpus import build_corpus
from flows.docs import write_docs
from flows.upkeep import list_files, sql_views
from tasks.publish.layout import Layout
from tasks.publish.verify import verify_dataset

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_what_is_generated_in_docs_is_as_the_registries_say(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    write_docs(tmp_path / "docs")
    for name in ("tables.md", "architecture.md"):
        assert (tmp_path / "docs" / name).read_text("utf-8") == (ROOT / "docs" / name).read_text("utf-8"), (
            f"docs/{name} is out of date: python -m flows.docs"
        )


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md")))])
def test_links_lead_to_files(page: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text("utf-8")):
        assert ((ROOT / page).parent / link).exists(), f"{page}: {link}"


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
    with duckdb.connect() as database:
        for statement in sql_views(list_files(Layout(dataset))):
            database.execute(statement)
        for query, output in shown:
            assert str(database.sql(query)).strip() == output
