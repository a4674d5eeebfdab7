"""UNIT, EQUIPMENT and TITLE by their form: numbered formations, ships and designators, ranks before a name."""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention, alternation
from tasks.lexicons import read_terms


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    terms = read_terms("military.tsv")
    heads, named, commands, numbered, prefixes, hulls, designators, nicknames, ranks = (
        alternation(terms[kind])
        for kind in (
            "unit_head", "named_head", "combatant_command", "numbered_head", "ship_prefix", "hull", "designator",
            "nickname", "rank",
        )
    )  # fmt: skip
    word = r"[A-Z][\w’'.-]*"
    units = "|".join(
        [
            rf"(?:U\.S\. |US )?\d{{1,4}}(?:st|nd|rd|th|d) (?:\([A-Z]+\) )?"
            rf"(?:{word} ){{0,4}}?{heads}\b(?: (?:{word} )?{heads}\b)?",
            rf"{numbered} \d+(?:\.\d+)*\b",
            rf"(?:U\.S\.|US|United States) {commands}\b",
            rf"(?:{word} ){{1,3}}{named}\b(?: \d+\b)?",
        ]
    )
    equipment = "|".join(
        [
            rf"{prefixes} (?:{word}(?: [A-Z]\.)?)(?: {word}){{0,3}}",
            rf"(?<=\(){hulls}[ -]?\d{{1,3}}(?=\))",
            rf"{designators}-\d{{1,3}}[A-Z]{{0,3}}(?:s\b)?(?: {nicknames}\b)?(?:-class\b)?",
        ]
    )
    return (
        ("UNIT", re.compile(rf"(?<![\w-])(?:{units})")),
        ("EQUIPMENT", re.compile(rf"(?<![\w-])(?:{equipment})(?![\w])")),
        ("TITLE", re.compile(rf"(?<![\w.]){ranks}(?= {word})")),
    )


def find_military(text: str) -> list[Mention]:
    """Find formations, ships, designators and ranks.

    Example:
        >>> text = "Rear Adm. Ann Hill of Carrier Strike Group 5 watched an F-35B land on USS Example (CVN 99)."
        >>> [(m.label, text[m.start:m.end]) for m in find_military(text)][:3]
        [('TITLE', 'Rear Adm.'), ('UNIT', 'Carrier Strike Group 5'), ('EQUIPMENT', 'F-35B')]
    """
    found = [
        Mention(*hit.span(), label, f"rule:{label.lower()}")
        for label, rule in _patterns()
        for hit in rule.finditer(text)
    ]
    return sorted(found)
