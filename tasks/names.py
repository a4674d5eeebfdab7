"""Names as every stage reads them: small words, parts, the fullest form, acronyms.

Order: the forms that go with names (config/lexicons/names.tsv) → endings that are no part of a name → the words of a
personal name, and the fullest of several → acronyms, and whether a name has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from tasks.lexicons import alternation, read_shared

Reader = Literal["rank", "document", "part", "mention", "office", "speaker"]

POSSESSIVES = ("'s", "’s")
_LONGEST = 12  # words of a name that an acronym can stand for


def name_forms(kind: Literal["particle", "suffix", "address"], reader: Reader) -> tuple[str, ...]:
    """Return the forms of a kind that one of the readers of names.tsv takes."""
    return read_shared("names.tsv", reader)[kind]


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(rf",? {alternation(name_forms('suffix', 'part'))}$")


@cache
def _last_suffix() -> re.Pattern[str]:
    suffixes = name_forms("suffix", "document")
    after_comma = (suffix for suffix in suffixes if suffix.endswith("."))
    return re.compile(rf" {alternation(suffixes)}$|, {alternation(after_comma)}$")


@cache
def _full() -> re.Pattern[str]:
    word = r"[^\W\d_a-z]\S*"
    return re.compile(rf"{word}(?: (?:{alternation(name_forms('particle', 'document'))} )*{word})+")


def without_suffix(name: str) -> str | None:
    """Return a full personal name without its suffix, None if it is a part of one or none at all.

    Example:
        >>> without_suffix("Ludwig van Berg, Jr."), without_suffix("Berg"), without_suffix("the admiral")
        ('Ludwig van Berg', None, None)
    """
    return _last_suffix().sub("", name) if _full().fullmatch(name) else None


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a personal name, folded, without suffix and full stops.

    Example:
        >>> name_words("Joseph L. Votel III")
        ('joseph', 'l', 'votel')
    """
    return tuple(_suffix().sub("", name).casefold().replace(".", "").split())


def fullest_forms(names: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Return the fullest of the names that begin and end alike and differ by what stands between, by their words.

    Example:
        >>> fullest_forms(["Joseph Votel", "Joseph L. Votel"])["joseph", "votel"]
        'Joseph L. Votel'
    """
    written: dict[tuple[str, ...], str] = {}
    for name in names:
        words = name_words(name)
        if words not in written or (written[words].isupper() and not name.isupper()):
            written[words] = name
    by_ends: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for words in written:
        by_ends.setdefault((words[0], words[-1]), []).append(words)
    fullest: dict[tuple[str, ...], str] = {}
    for group in by_ends.values():
        longest = max(group, key=lambda words: (len(words), sum(map(len, words))))
        for words in group:
            middle = iter(longest)
            inside = all(any(w == m or (len(w) == 1 and m.startswith(w)) for m in middle) for w in words)
            fullest[words] = written[longest] if inside else written[words]
    return fullest


def spells(acronym: str, name: str) -> bool:
    """Tell whether an acronym is made of the beginnings of a name's words, no capitalised one left out but the first.

    The first may be a country's: `U.S. Central Command (CENTCOM)`.

    Example:
        >>> [spells("MND", "Ministry of National Defense"), spells("CENTCOM", "U.S. Central Command")]
        [True, True]
        >>> [spells("ISIL", "Islamic State of Iraq and the Levant"), spells("MOD", "Ministry of Defence")]
        [True, True]
        >>> [spells("NATO", "North Sea"), spells("US", "Use of Ships at Sea"), spells("UN", "Ulan Nights Group")]
        [False, False, False]
    """
    letters = re.sub(r"[\W_]", "", acronym).casefold()
    words = [word for word in (re.sub(r"\W", "", part) for part in re.split(r"[\s/–—-]+", name)) if word]

    def fits(at: int, rest: str) -> bool:
        if at == len(words):
            return not rest
        word = words[at].casefold()
        taken = next((n for n in range(len(word), 0, -1) if rest.startswith(word[:n])), 0)
        may_skip = words[at][0].islower()
        return any(fits(at + 1, rest[n:]) for n in range(taken, 0, -1)) or (may_skip and fits(at + 1, rest))

    if len(letters) < 2 or len(words) > _LONGEST or sum(word[0].isupper() for word in words) < 2:
        return False
    return fits(0, letters) or (len(words) > 2 and fits(1, letters))


def abbreviates(acronym: str, name: str) -> bool:
    """Tell whether the letters of an acronym are found in order in a name, the first one at the start of a word.

    Looser than `spells`: enough for what kind of thing an acronym is, not for what it stands for.

    Example:
        >>> abbreviates("DESRON", "Destroyer Squadron"), abbreviates("NATO", "Defense Department")
        (True, False)
    """
    letters = [c for c in acronym.casefold() if c.isalpha()]
    words = re.findall(r"\w+", name.casefold())
    for i, word in enumerate(words):
        if word[0] != letters[0]:
            continue
        text = iter("".join(words[i:]))
        if all(letter in text for letter in letters):
            return True
    return False
