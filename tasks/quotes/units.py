"""Cuts a text into units: sentences as tokens, each stretch in quote marks one token.

A unit is what a rule looks at. It is a sentence, except that a boundary inside marks, after an abbreviation or before a
small letter does not count, and that no unit runs over the end of a paragraph (a line of the text).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tasks.quotes.lexicon import Cue, Lexicon
from tasks.quotes.marks import Marked

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’.,/&@-][^\W_]+)*(?:['’](?!\w))?|\n|\S")
_TITLE = re.compile(r"[A-Z]\S*(?: (?:[A-Z]\S*|a|and|for|in|of|on|the|to|with))* [A-Z]\S*")
_ENDINGS = frozenset(",.?!…;-–—:")
_SCARE_WORDS = 5  # words in marks below which, without punctuation of speech, marks are taken for a title or irony


class Token(NamedTuple):
    """A word, a punctuation mark or a stretch in quote marks, by `kind`: w, p, q (speech) or s (title, irony)."""

    text: str
    lower: str
    start: int
    end: int
    kind: str
    mark: int = -1  # index of the stretch in quote marks

    @property
    def is_capital(self) -> bool:
        """Tell whether it can be a word of a name."""
        return self.kind == "s" or (self.kind == "w" and (self.text[0].isupper() or self.text[0].isdigit()))


class Unit(NamedTuple):
    """Tokens of one sentence and the number of its paragraph."""

    tokens: tuple[Token, ...]
    paragraph: int

    @property
    def start(self) -> int:
        """Offset of the first character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.tokens[-1].end


class CueMatch(NamedTuple):
    """A cue at tokens `first` to `last` of a unit, both included."""

    first: int
    last: int
    cue: Cue


def _is_speech(text: str, pair: Marked) -> bool:
    """Tell marks around speech from marks around a title, a nickname or a term."""
    before = text[max(0, pair.outer_start - 2) : pair.outer_start].rstrip()
    words = text.count(" ", pair.start, min(pair.end, pair.start + 200)) + 1
    if pair.repair != "none" or words > _SCARE_WORDS:
        return True
    last, after = text[pair.end - 1], text[pair.outer_end : pair.outer_end + 1]
    ends_unit = last in ".?!" and (not after or after.isspace())
    if last == "," and before[-1:].isalnum():
        return False  # the title in `speaking on "Harbour Watch," he said`
    if last == "." and before[-1:].isalnum() and _TITLE.fullmatch(text, pair.start, pair.end):
        return False  # the title in `he said on "Harbour Watch."`
    return words > 1 and (before.endswith((":", ",")) or ends_unit or last in ",?!" or after == ",")


def _is_abbreviation(word: str, lexicon: Lexicon) -> bool:
    return lexicon.has("abbreviation", word) or (len(word) == 1 and word.isalpha())


def read_tokens(text: str, pairs: Sequence[Marked], lexicon: Lexicon) -> list[Token]:
    r"""Return the tokens of a text; line ends are tokens as well.

    Example:
        >>> lexicon = Lexicon({}, {"abbreviation": frozenset({"gen"})})
        >>> [token.text for token in read_tokens("Gen. Tan's U.S. trip.", [], lexicon)]
        ['Gen.', "Tan's", 'U.S.', 'trip', '.']
    """
    tokens: list[Token] = []
    at = 0
    for number, pair in enumerate([*pairs, None]):
        end = pair.outer_start if pair else len(text)
        while match := _TOKEN.search(text, at, end):
            word, at = match.group(), match.end()
            kind = "w" if word[0].isalnum() else "p"
            if kind == "w" and _is_abbreviation(word.lower(), lexicon) and text[at : at + 1] == "." and at < end:
                word, at = word + ".", at + 1
            tokens.append(Token(word, word.lower(), match.start(), at, kind))
        if pair:
            kind = "q" if _is_speech(text, pair) else "s"
            whole = text[pair.outer_start : pair.outer_end]
            tokens.append(Token(whole, "", pair.outer_start, pair.outer_end, kind, number))
            at = pair.outer_end
    return tokens


def _breaks_before(tokens: list[Token], token: Token, starts: Sequence[int], lexicon: Lexicon) -> bool:
    """Tell whether a sentence starts at `token`, given the last token of the one before."""
    last = tokens[-1]
    i = bisect_right(starts, token.start)
    if i == 0 or starts[i - 1] <= last.start or (starts[i - 1] < last.end and last.kind != "q"):
        return False
    if last.kind == "q":
        return last.text.rstrip("\"”»“’' ")[-1:] not in {",", ""} and not token.text[0].islower() and token.kind != "p"
    if token.kind == "w" and token.text[0].islower():
        return False
    return not (last.kind == "w" and last.lower.endswith(".") and _is_abbreviation(last.lower[:-1], lexicon))


def cut_units(text: str, pairs: Sequence[Marked], starts: Sequence[int], lexicon: Lexicon) -> list[Unit]:
    r"""Cut a text into units.

    Args:
        text: The document.
        pairs: Its stretches in quote marks.
        starts: Where its sentences start, sorted.
        lexicon: For abbreviations.

    Example:
        >>> lexicon = Lexicon({}, {"abbreviation": frozenset({"gen"})})
        >>> units = cut_units("Gen. Tan left. He won.\nYes", [], [0, 5, 15, 23], lexicon)
        >>> [(unit.start, unit.end, unit.paragraph) for unit in units]
        [(0, 14, 0), (15, 22, 0), (23, 26, 1)]
    """
    units: list[Unit] = []
    current: list[Token] = []
    paragraph = 0
    for token in read_tokens(text, pairs, lexicon):
        if token.text == "\n":
            if current:
                units.append(Unit(tuple(current), paragraph))
            current = []
            paragraph += 1
            continue
        if current and _breaks_before(current, token, starts, lexicon):
            units.append(Unit(tuple(current), paragraph))
            current = []
        current.append(token)
        paragraph += token.text.count("\n")
    if current:
        units.append(Unit(tuple(current), paragraph))
    return units


def find_cues(tokens: Sequence[Token], lexicon: Lexicon) -> list[CueMatch]:
    """Return the reporting expressions among tokens, the longest at each place."""
    found: list[CueMatch] = []
    at = 0
    while at < len(tokens):
        for cue in lexicon.cues.get(tokens[at].lower, ()):
            size = len(cue.words)
            if size == 1 or tuple(t.lower for t in tokens[at : at + size]) == cue.words:
                if not _is_verb(tokens, at, size, cue, lexicon):
                    continue
                if "stance" in cue.frames:
                    last = _stance_noun(tokens, at, lexicon)
                    if last is None:
                        continue
                else:
                    last = at + size - 1
                found.append(CueMatch(at, last, cue))
                at = last
                break
        at += 1
    return found


def _is_verb(tokens: Sequence[Token], at: int, size: int, cue: Cue, lexicon: Lexicon) -> bool:
    """Tell `the states` and `United States` from `he states`."""
    if at and tokens[at].text[0].isupper() and tokens[at - 1].kind == "w":
        return False
    if "noun" not in cue.frames:
        return True
    first = at
    while first and lexicon.has("adverb", tokens[first - 1].lower):
        first -= 1
    before = tokens[first - 1] if first else None
    if before and (lexicon.has("pronoun", before.lower) or lexicon.has("auxiliary", before.lower)):
        return True
    if (
        not before
        or before.kind != "w"
        or lexicon.has("determiner", before.lower)
        or lexicon.has("preposition", before.lower)
    ):
        return False
    return at + size < len(tokens) and tokens[at + size].lower == "that"


def _stance_noun(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int | None:
    """Return where `confidence` stands in `expressed his full confidence`."""
    for i in range(at + 1, min(at + 6, len(tokens))):
        if lexicon.has("stance", tokens[i].lower):
            return i
        if tokens[i].kind != "w" or lexicon.has("preposition", tokens[i].lower):
            return None
    return None
