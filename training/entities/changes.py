"""Changed copies of annotated lines: other names in them, capitals, plain marks, spaces that a repair put back."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tasks.entities.lexicon import country_forms
from training.entities.corpora import Line
from training.entities.names import Names

_LOWER = re.compile(r"(?<![\w’'])(?!(?:a|an|the|of|in|on|at|to|for|and|or|by)\b)[a-z]+")
_FLAT = str.maketrans("’‘“”–—", "''\"\"--")


def replace_names(line: Line, names: Names, rng: random.Random) -> Line:
    """Return a line with other people, cities, countries and peoples in it; its other names stay.

    Example:
        >>> names = Names({"US": ["Ann"]}, {"US": ["Hill"]}, {"city": ["Leeds"], "country": [], "people": []})
        >>> replace_names(Line("In Oslo.", [(3, 7, "GPE")]), names, random.Random(1)).text
        'In Leeds.'
    """
    forms = country_forms()

    def other(value: str, label: str) -> str:
        if label == "PERSON":
            return names.person(rng) if " " in value else names.surname(rng)
        if label == "GPE" and value in forms:
            return rng.choice(names.lists["country"]) if rng.random() < 0.5 else value
        if label == "GPE":
            return rng.choice(names.lists["city"])
        return rng.choice(names.lists["people"]) if label == "NORP" and value in forms else value

    return rewrite(line, other)


Pool = Mapping[tuple[str, bool], Sequence[str]]

_SWAPPED = {"ORG", "UNIT", "FAC", "LOC", "EQUIPMENT", "EVENT", "AGREEMENT"}


def pool_names(lines: Iterable[Line]) -> Pool:
    """Collect names of the kinds that no list holds, by label and whether they are one word; one that recurs once."""
    pool: dict[tuple[str, bool], dict[str, None]] = {}
    for line in lines:
        for start, end, label in line.names:
            if label in _SWAPPED:
                value = line.text[start:end]
                pool.setdefault((label, " " in value), {})[value] = None
    return {key: list(values) for key, values in pool.items()}


def swap_names(line: Line, pool: Pool, share: float, rng: random.Random) -> Line:
    """Return a line in which a share of the bodies, sites, systems, events and treaties is another of its kind.

    Example:
        >>> line = Line("HMS Kent left.", [(0, 8, "EQUIPMENT")])
        >>> swap_names(line, {("EQUIPMENT", True): ["INS Delhi"]}, 1.0, random.Random(1))
        Line(text='INS Delhi left.', names=[(0, 9, 'EQUIPMENT')], is_partial=False)
    """

    def other(value: str, label: str) -> str:
        choices = pool.get((label, " " in value)) if label in _SWAPPED and rng.random() < share else None
        return rng.choice(choices) if choices else value

    return rewrite(line, other)


def rewrite(line: Line, other: Callable[[str, str], str]) -> Line:
    """Return a line in which each name is what `other` makes of it and its label."""
    text, spans, at = "", [], 0
    for start, end, label in sorted(line.names):
        value = other(line.text[start:end], label)
        text += line.text[at:start]
        spans.append((len(text), len(text) + len(value), label))
        text += value
        at = end
    return line._replace(text=text + line.text[at:], names=spans)


def shout(line: Line) -> Line:
    """Return a line in capitals; one whose length would change stays."""
    upper = line.text.upper()
    return line._replace(text=upper) if len(upper) == len(line.text) else line


def headline(line: Line) -> Line:
    """Return a line with its words capitalised, as in a headline.

    Example:
        >>> headline(Line("He met with Kim at the ministry.", [(12, 15, "PERSON")])).text
        'He Met With Kim at the Ministry.'
    """
    return line._replace(text=_LOWER.sub(lambda hit: hit.group().capitalize(), line.text))


def flatten(line: Line) -> Line:
    """Return a line with plain quote marks and hyphens."""
    return line._replace(text=line.text.translate(_FLAT))


def respace(line: Line, restored: str) -> Line:
    """Move a line's names onto a text that differs from it in blanks only; a text that differs in more is refused.

    Example:
        >>> respace(Line("He met Kim.", [(7, 10, "PERSON")]), "He metKim .")
        Line(text='He metKim .', names=[(6, 9, 'PERSON')], is_partial=False)
    """
    if "".join(restored.split()) != "".join(line.text.split()):
        return line
    places = [i for i, character in enumerate(restored) if not character.isspace()]
    nth = [0]
    for character in line.text:
        nth.append(nth[-1] + (not character.isspace()))
    return Line(restored, [(places[nth[s]], places[nth[e] - 1] + 1, label) for s, e, label in line.names])
