"""Changed copies of annotated lines: other names in them, capitals, plain marks, spaces that a repair put back."""

from __future__ import annotations

import random
import re

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
    text, spans, at = "", [], 0
    for start, end, label in sorted(line.names):
        value = line.text[start:end]
        if label == "PERSON":
            value = names.person(rng) if " " in value else names.surname(rng)
        elif label == "GPE" and value in forms:
            value = rng.choice(names.lists["country"]) if rng.random() < 0.5 else value
        elif label == "GPE":
            value = rng.choice(names.lists["city"])
        elif label == "NORP" and value in forms:
            value = rng.choice(names.lists["people"])
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
