"""The institutions of a document: `the ministry` → the longest name of one, an acronym → what it stands for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from tasks.names import INITIALS, abbreviates, bare, initials_of, lower_words, spells
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import without_determiner
from tasks.quotes.people import Named
from tasks.quotes.tokens import Token
from tasks.quotes.units import Unit

_OF = re.compile(r" of (?:the )?(?=[^\W_a-z])")
_INITIALS = re.compile(INITIALS)
_STATED = 16  # tokens of a name that an acronym in brackets stands behind


class Institutions:
    """The institutions of a document.

    Args:
        named: Its named runs.
        units: Its units.
        lexicon: The lexicon.
    """

    def __init__(self, named: Sequence[Named], units: Sequence[Unit], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._units = units
        self._by_word: dict[str, dict[str, int]] = {}
        self._by_head: dict[str, tuple[list[int], list[str]]] = {}
        self._stated: dict[str, str | None] = {}
        for mention, at, _ in named:
            if mention.kind in {"institution", "document"}:
                name = self._bare(mention.text)
                for word in set(lower_words(name)):
                    self._by_word.setdefault(word, {}).setdefault(name, at)

    def full_name(self, text: str, at: int) -> str:
        """Return the name of an institution that is mentioned at an offset."""
        name = self._bare(text)
        words = lower_words(name)
        if len(words) == 1 and name != text and self._lexicon.has(words[0], "institution"):
            starts, longest = self._headed(words[0])
            before = bisect_left(starts, at)
            return longest[before - 1] if before else name if name[0].isupper() else text
        if not name[:1].isupper() and not any(word[:1].isupper() for word in name.split()[1:]):
            return text
        return self._written_out(name) or self._turned_round(words) or name

    def _turned_round(self, words: tuple[str, ...]) -> str | None:
        """Return the longest name that says `Ministry of Ports` for `Ports Ministry`."""
        if len(words) < 2 or not self._lexicon.has(words[-1], "institution"):
            return None
        turned = f"{words[-1]} of {' '.join(words[:-1])}"
        found = ((name, name.lower().find(turned)) for name in self._by_word.get(words[-1], {}))
        parts = (name[at:] for name, at in found if at >= 0 and name[at].isupper())
        return max(parts, key=len, default=None)

    def _headed(self, head: str) -> tuple[list[int], list[str]]:
        """Return where names with a head word are, in order, and the longest of them up to each place."""
        if head not in self._by_head:
            starts, longest = list[int](), list[str]()
            for name, start in sorted(self._by_word.get(head, {}).items(), key=lambda named: named[1]):
                parts = (part for part in (name, _OF.split(name)[-1]) if " " in part and self._head(part) == head)
                best = max((*longest[-1:], *parts), key=len, default=None)
                if best:
                    starts.append(start)
                    longest.append(best)
            self._by_head[head] = starts, longest
        return self._by_head[head]

    def _bare(self, text: str) -> str:
        """Return a name without determiner and whose it is: `Fiji's Ministry of Ports`, `the MOD's Press Office`."""
        name = without_determiner(text, self._lexicon)
        owner, _, rest = name.partition(" ")
        stem = bare(owner)
        is_owner = stem != owner and (stem in self._lexicon.places or (stem.isupper() and len(stem) > 1))
        return rest if is_owner and self._lexicon.has(self._head(rest), "institution") else name

    def _head(self, name: str) -> str:
        """Return what kind of body a name says it is: the `command` of a `Strategic Command of the Navy`."""
        words = lower_words(name)
        stop = next((i for i, word in enumerate(words) if i and self._lexicon.has(word, "preposition")), len(words))
        return words[stop - 1] if words else ""

    def _written_out(self, acronym: str) -> str | None:
        """Return the name that an acronym stands for, if the document has one with these initials, or states it."""
        letters = acronym.replace(".", "").lower()
        if " " in acronym or len(letters) < 2 or not acronym[1:].isupper():
            return None
        if acronym not in self._stated:
            self._stated[acronym] = self._by_initials.get(letters) or self._stated_before(acronym)
        return self._stated[acronym]

    @cached_property
    def _in_brackets(self) -> dict[str, tuple[Sequence[Token], int]]:
        """The first place of each acronym that stands alone in brackets: the tokens of its unit, and which it is."""
        found: dict[str, tuple[Sequence[Token], int]] = {}
        for tokens in (unit.tokens for unit in self._units):
            for i in range(2, len(tokens) - 1):
                if tokens[i - 1].text == "(" and tokens[i + 1].text == ")" and tokens[i].text[1:].isupper():
                    found.setdefault(tokens[i].text, (tokens, i))
        return found

    def _stated_before(self, acronym: str) -> str | None:
        """Return the name in `Directorate of Ports, Yards and Docks (DPYD)`."""
        tokens, at = self._in_brackets.get(acronym, ((), 0))
        loose: str | None = None
        for start in range(at - 2, max(-1, at - _STATED), -1):
            token = tokens[start]
            if token.form not in "wp" or token.text in {".", ":", ";", "("}:
                break
            if token.text[0] != acronym[0]:
                continue
            name = " ".join(one.text for one in tokens[start : at - 1]).replace(" ,", ",")
            if spells(acronym, name):
                first = start
                while first and (tokens[first - 1].has("institution") or _INITIALS.fullmatch(tokens[first - 1].text)):
                    first -= 1  # `U.S. Army Southern Task Force (STF)`
                return " ".join([*(one.text for one in tokens[first:start]), name])
            is_run = all(one.is_capital or one.has("preposition", "addition") for one in tokens[start : at - 1])
            if is_run and " " in name and abbreviates(acronym, name):
                loose = name
        return loose

    @cached_property
    def _by_initials(self) -> dict[str, str]:
        names = {name for named in self._by_word.values() for name in named if " " in name}
        found: dict[str, str] = {}
        for name in sorted(names, key=lambda name: (len(name), name)):
            found |= dict.fromkeys(initials_of(name), name)
        return found
