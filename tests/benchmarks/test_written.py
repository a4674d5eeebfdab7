"""How annotated releases are compared with what is found in them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import written


def test_mentions_count_by_label_and_by_words_alone() -> None:
    release = {"entities": [(0, 4, "GPE"), (9, 12, "PERSON")]}
    found = [
        {"raw_start": 0, "raw_end": 4, "label": "LOC"},
        {"raw_start": 9, "raw_end": 12, "label": "PERSON"},
    ]
    assert written.compare([(release, found)]) == {
        "GPE": (0.0, 1),
        "PERSON": (1.0, 1),
        "all": (0.5, 2),
        "span": (1.0, 2),
    }


def test_a_file_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        "id: a-1\npublisher: Harbour Command\npublished_on: 2021-03-04\ntitle: A day out\n---\n"
        "“<q1>We met in <GPE>Norway</GPE></q1>,” <c1>said</c1> <TITLE>General</TITLE> <s1><PERSON>Ann Roe</PERSON></s1>.\n"
        "---\n1 direct | Ann Roe\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys, "argv", ["written", str(file)])
    written.main()
    out = capsys.readouterr().out
    assert "1 releases, 1 publishers" in out
    assert "all        1.000 of 3" in out
    assert "quotations 1 found of 1, right 1.000" in out
