"""Lines out of a grammar of releases, which nobody wrote and every name of which is known.

The grammar (config/training/releases.txt) is a context-free one. A rule is `symbol = alternative | alternative`, and a
symbol may have many rules; in an alternative `{symbol}` stands for one of the symbol's alternatives and `[LABEL words]`
for a name. `{symbol!}` is the same in capitals, `{d}` a digit. Symbols that no rule defines are lists of names: those
of the gazetteer (`Names`) and the kinds of the lexicons, `{lexicon.kind}`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.entities.corpora import Labelled, Line
from training.entities.names import Names

_START = re.compile(r"(?:^|(?<=[“\"])|(?<=[.] “))[a-z]")
_PART = re.compile(r"\{([^{}]+)\}|\[([A-Z]+) |(\])|([^{}\[\]]+)")


class Grammar:
    """A grammar of releases; draws lines from it.

    Example:
        >>> names = Names({}, {}, {"ship": ["Example"]})
        >>> grammar = Grammar({"line": ["He left [EQUIPMENT USS {ship}]."]}, names)
        >>> grammar.line(random.Random(1))
        Line(text='He left USS Example.', names=[(8, 19, 'EQUIPMENT')], is_partial=False)
    """

    def __init__(self, rules: Mapping[str, Sequence[str]], names: Names) -> None:
        self._rules = rules
        self._names = names

    def _expand(self, symbol: str, rng: random.Random) -> tuple[str, list[Labelled]]:
        if symbol.endswith("!"):
            words, inside = self._expand(symbol[:-1], rng)
            return words.upper(), inside
        if symbol == "d":
            return str(rng.randrange(1, 10)), []
        if symbol == "person":
            return self._names.person(rng, english=0.6), []
        if symbol == "surname":
            return self._names.surname(rng), []
        spans: list[Labelled]
        if symbol not in self._rules:
            return rng.choice(self._names.lists[symbol]), []
        text, spans = "", []
        opened: list[tuple[int, str]] = []
        for inner, label, closing, plain in _PART.findall(rng.choice(self._rules[symbol])):
            if inner:
                words, inside = self._expand(inner, rng)
                spans += [(s + len(text), e + len(text), name) for s, e, name in inside]
                text += words
            elif label:
                opened.append((len(text), label))
            elif closing:
                start, name = opened.pop()
                spans.append((start, len(text), name))
            else:
                text += plain
        return text, spans

    def line(self, rng: random.Random) -> Line:
        """Draw a line."""
        text, spans = self._expand("line", rng)
        return Line(_START.sub(lambda hit: hit.group().upper(), text), sorted(spans))


def read_grammar(path: Path, names: Names) -> Grammar:
    """Read a grammar; `#` starts a comment line."""
    rules: dict[str, list[str]] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            symbol, alternatives = row.split(" = ", 1)
            rules.setdefault(symbol.strip(), []).extend(part.strip() for part in alternatives.split(" | "))
    return Grammar(rules, names)
