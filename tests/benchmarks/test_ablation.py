"""The ablation on a toy: what is dead, what counts, what breaks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

import benchmarks.ablation as ablation
from benchmarks.ablation import AnnotatedSet, Effect, Finding, measure, rule_modules, summarise, watch_beyond, watch_set
from benchmarks.annotations import Counts, Document
from benchmarks.conditions import Switch, Switchboard
from tasks.edits import RawMap

RULES = '''
"""Finds names."""

from __future__ import annotations

import os
from functools import lru_cache


def find(words: list[str]) -> list[str]:
    return [word for word in words if is_name(word)]


def is_name(word: str) -> bool:
    if word.isdigit():
        return False
    if len(word) > 99:
        return False
    first = word[0] if word else "x"
    return first.isupper() and word not in ("The", "A") and settle(word) != "Odd"


@lru_cache(maxsize=100)
def settle(word: str) -> str:
    while True:
        if word.endswith("'s"):
            word = word[:-2]
        elif word.endswith("!"):
            os._exit(1)
        else:
            return word


def forgotten(word: str) -> bool:
    return word == "Odd" or word == "Even"
'''

DOCUMENTS = {
    "The envoy met Ana's staff": ["Ana's"],
    "A word from Kim 7 '' in Oslo": ["Kim", "Oslo"],
    "NATO and  the Duke": ["NATO", "Duke"],
}


class Toy:
    places: ClassVar[tuple[str, ...]] = ("toy",)
    sets: ClassVar[Mapping[str, str]] = {}

    def read(self, document: Document) -> list[str]:
        return sys.modules["toy.rules"].find(document.text.split(" "))

    def count(self, document: Document, rows: list[str]) -> Counts:
        hits = set(rows) & set(document.annotation["names"])
        return Counts(hits=len(hits), found=len(rows))

    def rate(self, counts: Mapping[str, float]) -> dict[str, float]:
        return {"hits": counts["hits"], "found": counts["found"]}


def document(text: str) -> Document:
    return Document(text, [0], None, None, RawMap([]), [], {"names": DOCUMENTS.get(text, [])})


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "rules.py").write_text(RULES)
    (tmp_path / "toy" / "model.py").write_text("import numpy\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("toy", "toy.rules", "toy.model"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setitem(sys.modules, name, importlib.import_module(name))
    return Switchboard(rule_modules(("toy",)))


@pytest.fixture
def names(board: Switchboard) -> AnnotatedSet:
    return watch_set(board, Toy(), [document(text) for text in DOCUMENTS])


def find_switch(board: Switchboard, source: str, value: bool) -> Switch:
    [number] = [i for i, one in enumerate(board.conditions) if one.source == source]
    switch = Switch(number, value)
    assert switch in board.switches
    return switch


def held(board: Switchboard, names: AnnotatedSet, source: str, value: bool) -> Effect:
    return measure(board, Toy(), find_switch(board, source, value), {"names": names})["names"]


def finding(board: Switchboard, names: AnnotatedSet, source: str, value: bool, elsewhere: int = 0) -> Finding:
    switch = find_switch(board, source, value)
    reach = "documents" if any(met.number == switch.number for met in names.fires) else "unreached"
    effects = {"names": held(board, names, source, value)}
    return Finding(board.conditions[switch.number], switch, effects, {"texts": elsewhere}, reach)


def test_only_rules_are_looked_at(board: Switchboard) -> None:
    assert {one.module for one in board.conditions} == {"toy.rules"}
    assert [(one.function, one.role, one.source) for one in board.conditions][:3] == [
        ("find", "filter", "is_name(word)"),
        ("is_name", "if", "word.isdigit()"),
        ("is_name", "if", "len(word) > 99"),
    ]


def test_a_condition_that_decides_is_measured(board: Switchboard, names: AnnotatedSet) -> None:
    effect = held(board, names, "word not in ('The', 'A')", True)
    assert (effect.times, effect.matters, effect.changed) == (2, 2, 2)
    assert effect.figures == {"hits": 0, "found": 2}
    assert held(board, names, "first.isupper()", True).figures["found"] == 10
    assert finding(board, names, "first.isupper()", True).verdict == "counts"


def test_what_the_rest_decides_anyway_is_not_read_again(board: Switchboard, names: AnnotatedSet) -> None:
    number = find_switch(board, "word.isdigit()", False).number
    assert names.fires[Switch(number, False)] == 1  # the 7, which is no capital
    found = finding(board, names, "word.isdigit()", False)
    assert (found.effects["names"].read, found.verdict) == (1, "idle")
    assert held(board, names, "settle(word) != 'Odd'", True).matters == 0


def test_a_condition_that_never_fires_is_dead_unless_it_fires_elsewhere(
    board: Switchboard, names: AnnotatedSet
) -> None:
    assert finding(board, names, "len(word) > 99", False).verdict == "never"
    assert finding(board, names, "word == 'Even'", False).verdict == "unreached"
    switch = find_switch(board, "len(word) > 99", False)
    elsewhere = watch_beyond(board, Toy(), {switch.number}, [document("X" * 100)])
    assert elsewhere[switch] == 1
    assert finding(board, names, "len(word) > 99", False, elsewhere[switch]).verdict == "beyond"


def test_errors_and_endless_loops_are_survived(
    board: Switchboard, names: AnnotatedSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation, "_LIMIT", 0.2)
    assert held(board, names, "word", True).faults == {"IndexError": 1}  # word[0] of the empty one
    effect = held(board, names, 'word.endswith("\'s")', True)
    assert effect.faults == {"hangs": 1}
    assert held(board, names, "word.endswith('!')", True).faults == {"dies": 3}
    assert Toy().read(names.cases[0].document) == ["Ana's"]  # here, nothing has changed


def test_of_many_documents_some_are_read_and_stand_for_all(board: Switchboard) -> None:
    texts = ["The envoy met Ana's staff"] * 20
    names = watch_set(board, Toy(), [document(text) for text in texts])
    switch = find_switch(board, "word not in ('The', 'A')", True)
    for at_most, enough in ((5, 9), (9, 5)):
        effect = measure(board, Toy(), switch, {"names": names}, at_most, enough)["names"]
        assert (effect.matters, effect.read, effect.changed) == (20, 5, 5)
        assert effect.figures == {"hits": 0, "found": 20}


def test_a_source_that_was_edited_since_is_refused(board: Switchboard) -> None:
    module = sys.modules["toy.rules"]
    path = Path(str(module.__file__))
    path.write_text(path.read_text().replace("99", "9"))
    with pytest.raises(RuntimeError, match=r"rules\.py:14"):
        Switchboard([module])


def test_the_summary_lists_what_can_go(board: Switchboard, names: AnnotatedSet) -> None:
    found = [
        finding(board, names, "len(word) > 99", False),
        finding(board, names, "word not in ('The', 'A')", True),
    ]
    lines = list(summarise(found, 5))
    assert "- rules:17 is_name, if held at False: `len(word) > 99`" in lines
    assert "| change figures | 1 |" in lines
