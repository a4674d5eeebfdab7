"""Sentences of one's own: what is counted, with which act, and what is no figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tasks.figures.figure import Figure
from tasks.figures.find import find_figures
from tasks.figures.release import Mention, Release


def read(text: str, *mentions: tuple[str, str] | tuple[str, str, Any], silent: str = "") -> list[Figure]:
    """Return the figures of a sentence with some mentions: form, label, and key or days."""
    found = []
    for n, (form, label, *more) in enumerate(mentions):
        start = text.index(form)
        key = more[0] if more and isinstance(more[0], str) else None
        days = more[0] if more and not isinstance(more[0], str) else None
        found.append(Mention(start, start + len(form), label, f"e{n}", key, days))
    aside = [(text.index(silent), text.index(silent) + len(silent))] if silent else []
    return find_figures(Release(text, [(0, len(text))], sorted(found, key=lambda m: m.start), aside), ("act", "tally"))


def said(text: str, *mentions: Any) -> list[tuple[str, float | None, float | None, str, str]]:
    return [(text[slice(*f.span)], f.low, f.high, f.noun, f.act) for f in read(text, *mentions)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Eighteen aircraft and seven vessels were detected.", [("Eighteen aircraft", 18, 18, "aircraft", "detected"), ("seven vessels", 7, 7, "vessel", "detected")]),
        ("The storm killed more than 300 people.", [("more than 300 people", 300, None, "person", "killed")]),
        ("Up to 40 rebels were captured on Monday.", [("Up to 40 rebels", None, 40, "rebel", "captured")]),
        ("About 20–30 lorries were destroyed.", [("About 20–30 lorries", 20, 30, "lorry", "destroyed")]),
        ("The brigade destroyed three tanks, two armoured trucks and one howitzer.", [("three tanks", 3, 3, "tank", "destroyed"), ("two armoured trucks", 2, 2, "truck", "destroyed"), ("one howitzer", 1, 1, "howitzer", "destroyed")]),
        ("We will supply 14 Leopard 2 tanks.", [("14 Leopard 2 tanks", 14, 14, "tank", "pledged")]),
        ("Some 12,000 troops took part.", [("Some 12,000 troops", 12000, 12000, "troop", "took_part")]),
        ("The drill involved 31 warships.", [("31 warships", 31, 31, "warship", "took_part")]),
        ("Jets flew 12 sorties.", [("12 sorties", 12, 12, "sortie", "none")]),
        ("The blast left at least 9 people dead.", [("at least 9 people", 9, None, "person", "killed")]),
        ("We sent two hundred soldiers and 30 tonnes of flour.", [("two hundred soldiers", 200, 200, "soldier", "deployed"), ("30 tonnes", 30, 30, "tonne", "delivered")]),
        ("The mob exploded, killing six children.", [("six children", 6, 6, "child", "killed")]),
        ("The blast hurt many, killed 11 people, including four children, and 12 people were injured.", [("11 people", 11, 11, "person", "killed"), ("12 people", 12, 12, "person", "wounded")]),
        ("One hundred and fifty six people and forty one pilots were killed.", [("One hundred and fifty six people", 156, 156, "person", "killed"), ("forty one pilots", 41, 41, "pilot", "killed")]),
        ("It was the fire in which 12 people were killed.", [("12 people", 12, 12, "person", "killed")]),
    ],
)  # fmt: skip
def test_what_is_counted_and_what_happened(
    text: str, figures: list[tuple[str, float | None, float | None, str, str]]
) -> None:
    assert said(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "No 12 people were killed; that is not true.",
        "If 12 soldiers were killed, we would know.",
        "They could have killed 300 people.",
        "We want to deliver 30 tanks.",
        "Were 12 soldiers killed?",
        "Every year 40,000 people are killed.",
        "Guns killed 30 people a day.",
        "Troops seized two weapons caches.",
        "The two sides sent two teams.",
        "In 2008 troops were deployed.",
        "Two lorries delivered vital pumps.",
        "More than 9,000 soldiers were killed or wounded.",
        "The raid killed 12 children and teenagers.",
        "The raid killed and injured 30 people.",
        "The programme will deliver three ships.",
        "The families of 12 soldiers were evacuated.",
        "Under Resolution 40 soldiers were deployed.",
        "It was accused of killing 12 people.",
        "More than two dozen people were killed.",
        "They deployed 900.000 troops.",
        "We lost five soldiers in the hills and two have been wounded.",
        "They have lost or had wounded over 350,000 soldiers.",
        "We will send three cargo planes, delivering 42 tons each.",
        "We brought home 60 citizens being held hostage or wrongfully detained.",
        "The mine is worth $30 trucks were seized.",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert said(text) == []


def test_numbers_of_names_and_what_is_quoted_do_not_count() -> None:
    assert said("Leopard 2 tanks were destroyed.", ("Leopard 2", "EQUIPMENT")) == []
    assert said("A 12 rockets were fired; Group 12 soldiers were killed.", ("Group 12", "UNIT")) == []
    text = "“They killed 12 people,” he said."
    assert read(text, silent="They killed 12 people,") == []


def test_whose_with_what_and_by_whom() -> None:
    text = "The Fleet tracked four Russian Bear planes on Monday."
    [figure] = read(
        text,
        ("Fleet", "UNIT"),
        ("Russian", "NORP", "iso:RUS"),
        ("Bear", "EQUIPMENT"),
        ("Monday", "DATE", (date(2023, 3, 6),) * 2),
    )
    assert (figure.of, figure.equipment, text[slice(*figure.by or (0, 0))]) == ("iso:RUS", "e2", "Fleet")
    assert (figure.first, figure.last) == (date(2023, 3, 6), date(2023, 3, 6))
    text = "Bombers in Nairobi killed 12 people."
    [figure] = read(text, ("Nairobi", "GPE", "iso:KEN"))
    assert figure.by is None
    text = "Six drones were shot down by Polish forces."
    [figure] = read(text, ("Polish", "NORP", "iso:POL"))
    assert text[slice(*figure.by or (0, 0))] == "Polish forces"


@pytest.mark.parametrize(
    ("text", "is_its"),
    [
        ("The blast killed 11 people on 4 May 2014.", True),
        ("On 4 May 2014 the blast in the old town killed 11 people.", True),
        ("He spoke about the blast that killed 11 people, and left on 4 May 2014.", False),
        ("On 4 May 2014 we remembered the blast that killed 11 people.", False),
    ],
)
def test_a_day_is_that_of_the_figure_or_none(text: str, is_its: bool) -> None:
    [figure] = read(text, ("4 May 2014", "DATE", (date(2014, 5, 4),) * 2))
    assert (figure.first is not None) == is_its


@pytest.mark.parametrize(
    ("text", "is_cumulative"),
    [
        ("We have escorted 112 ships since 24 August.", True),
        ("In total, 148 aircraft were destroyed.", True),
        ("The fleet has so far escorted 112 ships.", True),
        ("It escorted 112 ships on 24 August.", False),
        ("Since then it escorted 12 ships.", True),
        ("So, to date, 12 ships have been escorted.", True),
        ("Since the war that killed 12 people we were one.", False),
    ],
)
def test_counts_since_a_day_say_so(text: str, is_cumulative: bool) -> None:
    days = (("24 August", "DATE", (date(2014, 8, 24),) * 2),) if "24 August" in text else ()
    [figure] = read(text, *days)
    assert figure.is_cumulative == is_cumulative
    assert figure.first == (date(2014, 8, 24) if days else None)
    assert figure.last == (date(2014, 8, 24) if days and not is_cumulative else None)


TALLY = """Losses of the enemy from 3.2.2031 to 9.9.2031 were approximately:
personnel – about 12,450 (+ 840) persons,
tanks ‒ 3,984 (+5),
- MLRS: 61 (−2)
aircraft – 314"""


def test_a_line_of_a_tally_is_a_row() -> None:
    found = find_figures(Release(TALLY), ("tally",))
    assert [(f.noun, f.high, f.increment, f.category, f.act, f.is_approximate) for f in found] == [
        ("personnel", 12450, 840, "personnel", "none", True),
        ("tanks", 3984, 5, "vehicle", "none", False),
        ("MLRS", 61, -2, "weapon", "none", False),
        ("aircraft", 314, None, "aircraft", "none", False),
    ]
    assert all(f.is_cumulative for f in found)
    assert TALLY[slice(*found[0].span)] == "personnel – about 12,450 (+ 840) persons"


def test_the_head_of_a_tally_says_the_act_and_two_lines_are_no_tally() -> None:
    text = "Destroyed overnight:\n• tanks – 3\n• drones – 14\n• vehicles – 2"
    assert {(f.act, f.is_cumulative) for f in find_figures(Release(text), ("tally",))} == {("destroyed", False)}
    assert find_figures(Release("Destroyed:\ntanks – 3\ndrones – 14"), ("tally",)) == []


def test_only_forms_that_are_wanted_are_found() -> None:
    assert find_figures(Release(TALLY, [(0, len(TALLY))]), ("act",)) == []


def test_what_is_no_sentence_takes_no_time() -> None:
    for text in ("x" * 400_000 + " killed 12 people.", "12 people " * 40_000, "1 " * 200_000):
        assert said(text) == []
