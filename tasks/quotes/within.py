"""Tells which of the quotations inside a turn are plainly words of another: `Minister Ruiz said that the port is open`.

People who talk report loosely (`did he say that …?`, `I'd say`, `people say`), so only the plain form counts: who it
is, then a reporting verb in the past or the third person, then a clause or words in marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention
from tasks.quotes.quotation import Quotation
from tasks.quotes.tokens import Token

_METHODS = frozenset({"direct-before", "direct-after", "direct-inverted", "indirect-that", "indirect-bare"})
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_PLAIN = re.compile(r"\w*(?:ed|said|told|wrote|says|made|\wing)\b")
_BREAK = re.compile(r"[.,;:?!()—–]|-{2}| - ")
_MAX_BETWEEN = 6  # words between source and cue
_LOOK_BACK = 40  # characters before a source
_ENDS = re.compile(r"[,.:;!?]$")
_MIN_WORDS = 4  # of a content without marks


def may_report(text: str, tokens: Sequence[Token]) -> bool:
    """Tell whether one of the cues that a unit can have is in the form of a plain report."""
    return any("cue" in token.kinds and _PLAIN.match(text, token.start) for token in tokens)


def is_plain_report(text: str, quotation: Quotation, lexicon: Lexicon) -> bool:
    """Tell whether a quotation inside a turn is plainly of another who is named.

    Args:
        text: The document.
        quotation: What was found as in a release.
        lexicon: The lexicon.
    """
    source, cue = quotation.source, quotation.cue
    if not source or not cue or quotation.is_carried or quotation.method not in _METHODS:
        return False
    if not _names_another(source, lexicon) or not _PLAIN.match(text, cue[0]):
        return False
    if source.end <= cue[0] and not _joins(text[source.end : cue[0]], lexicon):
        return False
    before = text[max(0, source.outer_start - _LOOK_BACK) : source.outer_start].split()[-1:]
    is_run = source.kind == "name" and source.outer_start == source.start and any(w[0].isupper() for w in before)
    if is_run and not _ENDS.search(before[0]):
        return False  # `South Wales` of New South Wales
    if any(lexicon.has(word.lower(), "hedge") or (word.islower() and not _ENDS.search(word)) for word in before):
        return False  # `after the office announced that it rains, …`, `Mr Hale and Mr Ruiz said`
    if quotation.kind == "direct":
        return len(quotation.segments) == 1
    return _is_clause(text, quotation, lexicon)


def _joins(between: str, lexicon: Lexicon) -> bool:
    """Tell whether nothing between source and cue takes the words back, as in `did not`, or names another."""
    words = _WORD.findall(between.lower())
    is_sure = not any(lexicon.has(word, "hedge") or word.endswith(("n't", "n’t")) for word in words)
    return is_sure and len(words) <= _MAX_BETWEEN and not re.search(r"[.;:?!()—–]", between)


def _names_another(source: Mention, lexicon: Lexicon) -> bool:
    """Tell whether a source is a full name, a name with its title, a capitalised institution or a described office."""
    words = source.text.split()
    lower = [word.lower() for word in words]
    if any("'" in word or "’" in word for word in words) or source.text in lexicon.places:
        return False
    if any(lexicon.has(word, "pronoun", "auxiliary", "opener", "boundary") for word in lower):
        return False
    match source.kind:
        case "name":
            return len(words) > 1 or source.outer_start < source.start
        case "institution":
            return any(word[0].isupper() for word in words) and not lexicon.has(source.text, "determiner")
        case "role":
            return len(words) > 2 and lexicon.has(lower[0], "determiner")
    return False


def _is_clause(text: str, quotation: Quotation, lexicon: Lexicon) -> bool:
    """Tell a whole clause from a topic and from a question that goes on: `said it is ready, is that so?`."""
    body = text[quotation.start : quotation.end]
    words = _WORD.findall(body)
    if len(quotation.segments) > 1 or len(words) < _MIN_WORDS or re.search(r"[?—]|--| - ", body):
        return False
    if text[quotation.end : quotation.end + 1] == "." and words[-1][-1].isupper():
        return False  # cut at an abbreviation
    if quotation.cue is None or _BREAK.search(text, quotation.cue[1], quotation.start):
        return False
    is_bare = quotation.method == "indirect-bare"
    if is_bare and text[slice(*quotation.cue)].endswith("ing"):
        return False
    first = words[0]
    if body.startswith(f"{first},"):
        return False  # `has said this, and would hope …`
    return bool((lexicon.has(first.lower(), "pronoun", "determiner") and first != "no") or first[0].isupper())
