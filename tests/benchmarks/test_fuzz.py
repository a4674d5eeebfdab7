"""A short form of the fuzzer: each format has a valid file, and what is damaged neither crashes nor is lost."""

from __future__ import annotations

import logging
from itertools import islice
from pathlib import Path

import pytest

from benchmarks import fuzz
from tasks.ingest.sources import load_source
from tasks.ingest.streams import split_suffixes
from tasks.settings import load_settings

#: Formats whose valid file has a record that is refused.
DAMAGED = {"arrow", "sqlite", "mbox", "rss", "ods", "xls", "warc"}


@pytest.fixture(autouse=True)
def quiet() -> object:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_each_format_has_a_valid_file(tmp_path: Path) -> None:
    assert fuzz.missing_seeds() == []
    for suffix, builders in fuzz.SEEDS.items():
        for build in builders:
            report, path = fuzz.Report(), tmp_path / f"a.{suffix}"
            path.write_bytes(build())
            fuzz.read_mutant(path, path.name, report, load_source("generic"), load_settings().ingest)
            assert report.rows["records"] >= 1, suffix
            assert report.rows["rejects"] == (suffix in DAMAGED), suffix


def test_damaged_files_neither_crash_nor_are_lost(tmp_path: Path) -> None:
    report = fuzz.read_mutants(400, 3, tmp_path)
    assert report.findings == {}
    assert sum(report.read.values()) == 400
    assert report.rows["rejects"] > 50


def test_a_number_makes_its_file_again() -> None:
    assert list(islice(fuzz.mutants(5), 20)) == list(islice(fuzz.mutants(5), 20))
    assert {split_suffixes(name)[1] for _, name, _ in islice(fuzz.mutants(5), 900)} >= {*fuzz.SEEDS, "zip", "tar"}


def test_what_crashes_or_is_lost_is_found(tmp_path: Path) -> None:
    report = fuzz.Report()
    (tmp_path / "a.txt").write_text("Talks.")
    settings = load_settings().ingest
    assert fuzz.read_mutant(tmp_path / "a.txt", "a.txt", report, None, settings)  # type: ignore[arg-type]
    assert ["crash" in what for what in report.findings] == [True]


@pytest.mark.slow
def test_damaged_files_through_a_run(tmp_path: Path) -> None:
    report = fuzz.run_mutants(60, 60, 11, tmp_path)
    assert report.findings == {}
    assert report.rows["records"] >= 60
