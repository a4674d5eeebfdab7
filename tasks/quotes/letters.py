"""Gives text without small letters, or without capitals, the capitals that the rules look at. Offsets stay the same.

In capitals only: words of grammar get small letters, all others a capital first letter. In small letters only: a
forename and the word after it get a capital, as do two words after a rank or an office, the names of countries, and
what follows the end of a sentence, where a sentence then starts for the rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.quotes.lexicon import Lexicon

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NEXT = re.compile(r"(\w+)[.!?][\"”’]? +[\"“‘]?(?=[^\W\d_])")  # a sentence after another
_LEAST = 40  # letters below which a text says nothing
_HEAD = 8  # part of a text, as 1/8, that is looked at first
_FEW = 0.02  # share of letters in the other case: units, names of ships


def set_capitals(text: str, lexicon: Lexicon) -> str:
    """Return a text with capitals where names can be, if it does not tell them by itself.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("cue\\tsaid\\tbare\\npreposition\\tof\\ndeterminer\\tthe")
        >>> set_capitals("THE MAYOR OF SUVA SAID THE PIER IN THE OLD HARBOUR IS SAFE", lexicon)
        'the Mayor of Suva said the Pier In the Old Harbour Is Safe'
    """
    head = text[: len(text) // _HEAD]
    if sum(map(str.islower, head)) > _FEW * len(text) and any(map(str.isupper, head)):
        return text  # most texts have letters of both cases in their first lines
    capitals = sum(map(str.isupper, text))
    letters = capitals + sum(map(str.islower, text))
    if letters < _LEAST:
        return text
    if capitals >= (1 - _FEW) * letters:
        return _WORD.sub(lambda match: _lower(match.group(), lexicon), text)
    if capitals:
        return text
    places = {place.lower() for place in lexicon.places}
    words = list(_WORD.finditer(text))
    named: set[int] = set()
    for i, match in enumerate(words):
        word = match.group()
        is_new = not lexicon.kinds_of(word)
        follows = i > 0 and match.start() == words[i - 1].end() + 1
        is_second = follows and i - 1 in named and words[i - 1].group() not in places
        starts = word in lexicon.genders or (follows and lexicon.has(words[i - 1].group(), "title"))
        if word in places or (is_new and (starts or (is_second and i - 2 not in named))):
            named.add(i)
    pieces, at = list[str](), 0
    for start in sorted({*(words[i].start() for i in named), *_next_letters(text, lexicon)}):
        pieces += [text[at:start], text[start].upper() if len(text[start].upper()) == 1 else text[start]]
        at = start + 1
    return "".join([*pieces, text[at:]])


def add_starts(text: str, starts: Sequence[int], lexicon: Lexicon) -> Sequence[int]:
    """Return where the sentences of a text start, with those that only their small letters hide.

    Args:
        text: The text, before it is given capitals.
        starts: Where its sentences start as they were found, sorted.
        lexicon: The lexicon.
    """
    if len(text) < _LEAST or any(map(str.isupper, text)):
        return starts
    marks = '"“‘'
    letters = _next_letters(text, lexicon)
    return sorted({*starts, *(at - (text[at - 1] in marks) for at in letters)})


def _next_letters(text: str, lexicon: Lexicon) -> list[int]:
    """Return the offsets of the letters that follow the end of a sentence."""
    ends = (match for match in _NEXT.finditer(text) if len(match.group(1)) > 1)
    return [match.end() for match in ends if not lexicon.has(match.group(1), "abbreviation")]


def _lower(word: str, lexicon: Lexicon) -> str:
    lower = word.lower()
    if len(lower) != len(word):
        return word
    kinds = lexicon.kinds_of(lower)
    is_name = not kinds or not kinds.isdisjoint({"title", "institution", "portfolio", "honorific"})
    return word[0] + lower[1:] if is_name else lower
