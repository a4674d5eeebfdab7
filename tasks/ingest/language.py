"""Which language a text is in; only sure strangers are turned away.

English by its small words, where it is kept: they are an eighth of a text at least, and hardly stand in any other →
py3langid (a fork of langid.py, Lui and Baldwin 2012) on the letters → where it names a stranger, the script of these.
Glued and short texts are judged with care: what cannot be told is taken for the first of the languages that are kept.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from tasks.errors import name_file
from tasks.lexicons import read_terms

_SAMPLE = 3000
_SURE = 0.9
_SHORT = 60
_LONG_WORD = 14  # letters a word, on average, from which a text is glued
_FEWEST_WORDS = 40
_ENGLISH_SHARE = 8  # one word in so many at least
_LETTERS = re.compile(r"[^\W\d_]+")


@cache
def _identifier() -> LanguageIdentifier:
    with name_file(Path(tempfile.gettempdir())):  # where it unpacks its model
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0].split("-", 1)[0]


@cache
def _english() -> frozenset[str]:
    return frozenset(read_terms("lists.tsv")["small_english"])


def _is_english(words: Sequence[str]) -> bool:
    small = _english()
    return sum(word in small for word in words) * _ENGLISH_SHARE >= len(words)


def identify_language(text: str, kept: Sequence[str]) -> str:
    """Return the ISO 639-1 code of a text's language.

    Args:
        text: The text, glued or not.
        kept: Languages that the dataset keeps; the first is returned where the language cannot be told.

    Example:
        >>> identify_language("HemetwiththeMinisterofDefenseandheldtalks", ["en"])
        'en'
        >>> identify_language("国防部新闻发言人在例行记者会上回答了记者的提问，双方就有关问题交换了意见。", ["en"])
        'zh'
        >>> identify_language("La ministra de Defensa ha visitado la base naval y ha saludado a los soldados.", ["en"])
        'es'
    """
    step = max(1, len(text) // (4 * _SAMPLE))
    pieces = [text[at : at + _SAMPLE] for at in range(0, len(text), _SAMPLE * step)][:4]
    words = _LETTERS.findall(" ".join(pieces))
    letters = "".join(words)
    if not letters:
        return kept[0]
    if "en" in kept and len(words) >= _FEWEST_WORDS and _is_english(words):
        return "en"
    language, sureness = _identifier().classify(" ".join(words)[:_SAMPLE])
    if language in kept:
        return str(language)
    scripts = Counter(map(_script, letters[:_SAMPLE]))
    latin = scripts["LATIN"] + scripts["FULLWIDTH"]
    is_latin = 2 * latin >= sum(scripts.values())
    is_unclear = len(letters) < _SHORT or sureness < _SURE or len(words) * _LONG_WORD < len(letters)
    return kept[0] if is_latin and is_unclear else str(language)
