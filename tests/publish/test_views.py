"""Views are written so that one row of many is found by its key."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.publish.layout import Layout
from tasks.publish.views import commit_views
from tasks.schemas import VIEWS


def test_a_large_view_has_row_groups_by_key(tmp_path: Path) -> None:
    schema = VIEWS["person_mentions"].schema
    rows = [{"person_key": f"name:{n:05}", "doc_id": f"{n:020}"} for n in range(25_000)]
    layout = Layout(tmp_path / "data")
    (tmp_path / "staging").mkdir()
    made = {"person_mentions": pa.Table.from_pylist(rows, schema=schema)}
    views = commit_views(layout, tmp_path / "staging", made, made_from="", fingerprint="")
    path = layout.store.locate(views["person_mentions"].path)
    assert pq.read_table(path).to_pylist() == made["person_mentions"].to_pylist()
    foot = pq.read_metadata(path)
    firsts = [foot.row_group(n).column(0).statistics.min for n in range(foot.num_row_groups)]
    assert firsts == ["name:00000", "name:10000", "name:20000"]
