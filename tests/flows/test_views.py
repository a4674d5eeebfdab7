"""Views over the whole dataset: made anew when their batches change and only then, and sound whatever is interrupted."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows import cli
from flows.corpus import build_corpus
from flows.fingerprints import fingerprint_stages
from tasks.publish import views
from tasks.publish.layout import Layout
from tasks.publish.log import append_commit, read_snapshot
from tasks.publish.verify import verify_dataset
from tasks.publish.views import read_views
from tests.dumps import NAMES, hashes, write_jsonl


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNIQUE_RUN__RUNNER", "threads")
    monkeypatch.setenv("COMMUNIQUE_INGEST__BATCH_RECORDS", "10")


def build(*inputs: Path, out: Path) -> dict[str, float]:
    return build_corpus([str(path) for path in inputs], str(out)).costs


def files(out: Path) -> dict[str, bytes]:
    return {name: (out / view.path).read_bytes() for name, view in read_views(Layout(out)).items()}


def views_file(out: Path) -> Path:
    return out / Layout.views


def change(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    monkeypatch.setattr("flows.corpus.fingerprint_stages", lambda *values: fingerprint_stages(*values) | {stage: "x"})


def test_people_are_made_over_all_batches_and_left_alone_while_these_stay(tmp_path: Path) -> None:
    dump, out = write_jsonl(tmp_path / "a.jsonl", range(25)), tmp_path / "out"
    assert "people" in build(dump, out=out)
    people = pq.read_table(out / read_views(Layout(out))["people"].path).to_pylist()
    assert {(p["name"], p["n_documents"], p["n_quotations"]) for p in people} == {(name, 5, 10) for name in NAMES}
    before = hashes(out)
    assert "people" not in build(dump, out=out)
    assert hashes(out) == before
    assert list(verify_dataset(Layout(out))) == []


def test_people_are_made_anew_when_a_batch_comes_or_their_stage_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = write_jsonl(tmp_path / "a.jsonl", range(12)), write_jsonl(tmp_path / "b.jsonl", range(12, 30))
    out, other = tmp_path / "out", tmp_path / "other"
    build(first, out=out)
    old = files(out)
    assert "people" in build(second, out=out)
    assert all(files(out)[name] != old[name] for name in ("people", "person_mentions"))
    assert all(len(list((out / name).iterdir())) == 1 for name in files(out))

    build(second, out=other)
    build(first, out=other)  # the other way round
    assert files(other) == files(out)

    change(monkeypatch, "people")
    costs = build(first, out=out)
    assert "people" in costs
    assert not {"ingest", "normalize", "entities", "quotes", "publish"} & set(costs)
    assert files(out) == files(other)


@pytest.mark.parametrize("broken", ["write_views", "write_parquet"])
def test_killed_while_a_view_is_put_in_the_dataset_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    first, second = write_jsonl(tmp_path / "a.jsonl", range(12)), write_jsonl(tmp_path / "b.jsonl", range(12, 30))
    out = tmp_path / "out"
    build(first, out=out)
    old, named = files(out), views_file(out).read_bytes()
    with monkeypatch.context() as patch:
        calls = iter([False, True])  # people is written, person_mentions is not

        def fail(*_: object) -> None:
            if broken == "write_views" or next(calls):
                raise KeyboardInterrupt
            return real(*_)  # type: ignore[no-any-return]

        real = getattr(views, broken)
        patch.setattr(views, broken, fail)
        with pytest.raises(KeyboardInterrupt):
            build(second, out=out)
    assert (views_file(out).read_bytes(), files(out)) == (named, old)  # who reads by the list reads the old views
    faults = list(verify_dataset(Layout(out)))
    assert faults
    assert all("the next run removes it" in fault for fault in faults)
    build(second, out=out)
    assert list(verify_dataset(Layout(out))) == []
    build(first, second, out=tmp_path / "fresh")
    assert files(out) == files(tmp_path / "fresh")


def test_status_says_how_many_rows_and_whether_they_are_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    build(write_jsonl(tmp_path / "a.jsonl", range(12)), out=out)
    cli.status(out)
    assert "view people: 5 rows\nview person_mentions: 36 rows\n" in capsys.readouterr().out
    layout = Layout(out)
    append_commit(layout, read_snapshot(layout), None, remove=list(read_snapshot(layout).segments)[:1])
    cli.status(out)
    assert "view people: 5 rows, stale: " in capsys.readouterr().out


def test_verify_looks_into_views(tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(write_jsonl(tmp_path / "a.jsonl", range(12)), out=out)
    layout = Layout(out)
    named = json.loads(views_file(out).read_text())
    named["people"]["rows"] = 6
    views_file(out).write_text(json.dumps(named))
    assert list(verify_dataset(layout)) == [f"{named['people']['path']}: 5 rows, 6 expected"]

    table = pq.read_table(out / named["people"]["path"])
    twice = table.take([0, *range(5)])
    entry = views.write_parquet(iter([twice]), twice.schema, out / named["people"]["path"])
    named["people"] |= {"rows": 6, "sha256": entry.sha256, "size": entry.size}
    views_file(out).write_text(json.dumps(named))
    assert list(verify_dataset(layout)) == [f"{named['people']['path']}: 1 rows have a person_key that another has"]


def test_views_of_a_large_dataset_are_made_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = write_jsonl(tmp_path / "a.jsonl", range(12)), write_jsonl(tmp_path / "b.jsonl", range(12, 30))
    out = tmp_path / "out"
    build(first, out=out)
    old = files(out)
    monkeypatch.setenv("COMMUNIQUE_RUN__VIEWS_DOCUMENTS", "20")
    ledger = build_corpus([str(second)], str(out))
    assert (ledger.stale_views, files(out)) == (
        ["people", "person_mentions", "revisions", "events", "event_rows", "engagement_dyads", "readouts"],
        old,
    )
    cli.status(out)
    assert f"view people: 5 rows, stale: rows have changed; communique views {out}" in capsys.readouterr().out
    cli.views(out)
    assert (
        "people, person_mentions, revisions, events, event_rows, engagement_dyads, readouts made"
        in capsys.readouterr().out
    )
    build(first, second, out=tmp_path / "fresh")
    monkeypatch.delenv("COMMUNIQUE_RUN__VIEWS_DOCUMENTS")
    build(first, second, out=tmp_path / "fresh")
    assert files(out) == files(tmp_path / "fresh")
    cli.views(out)
    assert "no view is stale" in capsys.readouterr().out


def test_formulas_are_made_when_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    build(write_jsonl(tmp_path / "a.jsonl", range(12)), out=out)
    assert "formulas" not in files(out)
    cli.formulas(str(out), first=3)
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split("\t") == ["n_documents", "first_on", "last_on", "n_since", "replaced", "pattern"]
    made = files(out)
    assert pq.read_table(out / read_views(Layout(out))["formulas"].path).num_rows >= len(lines)
    assert list(verify_dataset(Layout(out))) == []
    build(write_jsonl(tmp_path / "b.jsonl", range(12, 30)), out=out)
    assert files(out)["formulas"] == made["formulas"]
    cli.status(str(out))
    assert f"stale: rows have changed; communique formulas {out} makes it anew" in capsys.readouterr().out
    cli.formulas(str(out), words="no such wording")
    assert len(capsys.readouterr().out.splitlines()) == 1
    cli.status(str(out))
    assert "stale" not in capsys.readouterr().out
