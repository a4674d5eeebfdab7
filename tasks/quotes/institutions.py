"""The institutions of a document: `the ministry` → the last one named, an acronym → the name that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from tasks.names import initials_of, lower_words
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import without_determiner
from tasks.quotes.people import Named


class Institutions:
    """The institutions of a document.

    Args:
        named: Its named runs.
        lexicon: The lexicon.
    """

    def __init__(self, named: Sequence[Named], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._by_word: dict[str, dict[str, int]] = {}
        for mention, at, _ in named:
            if mention.kind in {"institution", "document"}:
                name = without_determiner(mention.text, lexicon)
                for word in set(lower_words(mention.text)):
                    self._by_word.setdefault(word, {}).setdefault(name, at)

    def full_name(self, text: str, at: int) -> str:
        """Return the name of an institution that is mentioned at an offset."""
        name = without_determiner(text, self._lexicon)
        words = lower_words(name)
        if len(words) == 1 and name != text and self._lexicon.has(words[0], "institution"):
            named = self._by_word.get(words[0], {})
            default = name if name[0].isupper() else text
            return max(
                (other for other, start in named.items() if start < at and " " in other), key=len, default=default
            )
        if not name[:1].isupper() and not any(word[:1].isupper() for word in name.split()[1:]):
            return text
        return self._written_out(name) or name

    def _written_out(self, acronym: str) -> str | None:
        """Return the name that an acronym stands for, if the document has one with these initials."""
        letters = acronym.replace(".", "").lower()
        if " " in acronym or len(letters) < 2 or not acronym[1:].isupper():
            return None
        return self._by_initials.get(letters)

    @cached_property
    def _by_initials(self) -> dict[str, str]:
        names = {name for named in self._by_word.values() for name in named if " " in name}
        found: dict[str, str] = {}
        for name in sorted(names, key=lambda name: (len(name), name)):
            found |= dict.fromkeys(initials_of(name), name)
        return found
