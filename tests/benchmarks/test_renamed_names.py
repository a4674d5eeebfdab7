"""Renamed releases keep their labels in place; values are one however they are written."""

import random

from benchmarks.renamed_names import renaming
from benchmarks.values import same, value_of
from training.entities.changes import rewrite
from training.entities.corpora import Line
from training.entities.names import Names


def test_a_surname_follows_the_full_name() -> None:
    names = Names({"US": ["Ann"]}, {"US": ["Hill"]}, {"city": ["Leeds"], "country": [], "people": []})
    line = Line("Bo Orr of OST met Orr.", [(0, 6, "PERSON"), (10, 13, "ORG"), (18, 21, "PERSON")])
    renamed = rewrite(line, renaming(line, names, {("ORG", False): ["ADA"]}, random.Random(1)))
    assert renamed.text == "Ann Hill of ADA met Hill."
    assert [renamed.text[start:end] for start, end, _ in renamed.names] == ["Ann Hill", "ADA", "Hill"]


def test_values_need_their_measure() -> None:
    row = {"label": "MONEY", "amount": 1.784665e12, "currency": "CNY", "unit": None, "date_value": None}
    assert same(value_of(row) or "", "1784665000000 CNY")
    assert value_of({**row, "currency": None}) is None
    assert not same("28 degF", "28 degC")
