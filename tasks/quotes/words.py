"""What a word is, wherever it stands: each is looked up once, since most words of a text have been met before."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from tasks.names import bare
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.tokens import Kinds

_KNOWN = 50_000  # words that are kept in mind
_JOINED = re.compile(r"\S+-(?:[^\W\d_]\.)+[^\W\d_]")  # the `China-U.S.` of a joint statement


class Word(NamedTuple):
    """A word or a punctuation mark.

    Attributes:
        lower: In small letters.
        form: w, a word; p, a punctuation mark.
        kinds: The kinds of words in cues.tsv that `lower` is of.
        bare: `lower` without a possessive ending.
        bare_kinds: The kinds of that.
        is_small: A word in small letters only.
        is_abbreviation: A full stop after it is a part of it.
    """

    lower: str
    form: Literal["w", "p"]
    kinds: Kinds
    bare: str
    bare_kinds: Kinds
    is_small: bool
    is_abbreviation: bool


@lru_cache(maxsize=_KNOWN)
def read_word(text: str, lexicon: Lexicon) -> Word:
    """Look up a word, which is not empty, as it stands in a text.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> word = read_word("Minister’s", parse_lexicon("title\\tminister"))
        >>> word.bare, sorted(word.bare_kinds), word.kinds, word.is_small
        ('minister', ['title'], frozenset(), False)
    """
    lower = text.lower()
    stem, kinds = bare(lower), lexicon.kinds_of(lower)
    own = kinds if stem == lower else lexicon.kinds_of(stem)
    is_word = text[0].isalnum()
    is_abbreviation = is_word and (
        (len(lower) == 1 and lower.isalpha()) or "abbreviation" in kinds or _JOINED.fullmatch(lower) is not None
    )
    is_small = is_word and text.islower() and not text[0].isdigit()
    return Word(lower, "w" if is_word else "p", kinds, stem, own, is_small, is_abbreviation)
