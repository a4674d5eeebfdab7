"""A made dataset is one that the program takes for its own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks import scale
from flows.decide import decide
from flows.fingerprints import fingerprint_stages
from flows.stages import STAGES
from tasks.ingest.duplicates import DuplicateIndex
from tasks.ingest.plan import plan_input
from tasks.ingest.sources import load_source
from tasks.publish.copies import read_index
from tasks.publish.layout import Layout
from tasks.publish.log import read_snapshot
from tasks.publish.verify import verify_dataset
from tasks.settings import load_settings


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("scale")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "POOL", 500)
        patch.setattr(scale, "PEOPLE", 300)
        patch.setattr(scale, "FILE_DOCUMENTS", 50)
        scale.make_dataset(folder, n_documents=400, n_sources=2)
    return folder


def test_verify_finds_no_fault(made: Path) -> None:
    layout = Layout(made / "dataset")
    snapshot = read_snapshot(layout)
    assert list(verify_dataset(layout)) == []
    assert sum(file.rows for file in snapshot.files("documents")) == 400
    assert all(
        sum(file.rows for file in snapshot.files(name)) > 100
        for name in ("sentences", "entities", "quotes", "engagements")
    )


def test_a_run_over_the_dumps_has_nothing_to_do(made: Path) -> None:
    settings = load_settings(None)
    plan = plan_input([str(made / "dumps" / "s01")], settings.ingest, now=datetime.now(UTC))
    made_with = fingerprint_stages(settings, load_source(str(made / "sources" / "s01.toml")), None)
    fingerprints = {name: value for name, value in made_with.items() if STAGES[name].scope != "dataset"}
    decision = decide(plan.files, read_snapshot(Layout(made / "dataset")), "s01", fingerprints)
    assert len(decision.kept) == 4
    assert (decision.jobs, decision.new, decision.changed, decision.gone) == ((), (), (), ())


def test_texts_are_distinct_and_near_duplicates_are_known_as_such(made: Path) -> None:
    layout = Layout(made / "dataset")
    snapshot = read_snapshot(layout)
    paths = [layout.store.locate(file.path) for file in snapshot.files("documents")]
    rows = [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]
    assert len({row["text"] for row in rows}) == len({row["doc_id"] for row in rows}) == 400
    said = {row["doc_id"]: row["near_duplicate_of"] for row in rows if row["near_duplicate_of"]}
    assert 4 <= len(said) <= 20
    index = DuplicateIndex(None, 0.8)
    for _, read in read_index(layout, snapshot.segments.values()):
        for batch_id, doc_id, signature in read():
            assert index.near(doc_id, signature) == said.get(doc_id)
            index.add(batch_id, doc_id, signature)


def test_the_same_seed_gives_the_same_dataset(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("POOL", 500), ("PEOPLE", 300), ("FILE_DOCUMENTS", 50)):
        monkeypatch.setattr(scale, name, value)
    again = scale.make_dataset(tmp_path, n_documents=400, n_sources=2)
    assert again == read_snapshot(Layout(made / "dataset"))
    dump = tmp_path / "dumps" / "s00" / "00003.jsonl"
    assert hashlib.sha256(dump.read_bytes()).hexdigest() == again.inputs["s00", "s00/00003.jsonl"].sha256


def test_years_are_those_of_the_days(made: Path) -> None:
    layout = Layout(made / "dataset")
    for file in read_snapshot(layout).files("documents"):
        rows = pq.ParquetFile(layout.store.locate(file.path)).read(columns=["published_on", "year"])
        assert pc.all(pc.equal(pc.year(rows["published_on"]), rows["year"])).as_py()
