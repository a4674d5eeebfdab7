"""Cuts a text into units: sentences as tokens, each stretch in quote marks one token.

A unit is what a rule looks at. It is a sentence, except that a boundary inside marks, after an abbreviation or before a
small letter does not count, and that no unit runs over the end of a paragraph (a line of the text).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tasks.names import INITIALS
from tasks.quotes.frames import Start, find_start
from tasks.quotes.lexicon import Cue, Lexicon
from tasks.quotes.marks import Marked
from tasks.quotes.tokens import Token
from tasks.quotes.words import read_word

_TOKEN = re.compile(INITIALS + r"|[^\W_]+(?:['’.,/&@-][^\W_]+)*(?:['’](?!\w))?|\n|\S")
_TITLE = re.compile(r"[A-Z]\S*(?: (?:[A-Z0-9]\S*|a|and|for|in|of|on|the|to|with))* [A-Z0-9]\S*")
_VERB = re.compile(r"[\s,–—-]{1,3}([a-z]+)\b")
_LONGEST_VERB = 20
_LONGEST_SPEECH = 200  # tokens of a unit that an attribution is put behind
_SUBJECT = 2  # tokens of a subject, at least
_NAME = 12  # tokens of a speaker with title and office, and of a day and a place
_LEADING = frozenset('\n:,.?!"”’»')
MARKS = "\"“”„‟‘’‚«»‹›'` "  # quote marks, and the blanks that stand beside them
_APPOSITION = 60  # tokens between commas before a cue
_SCARE_WORDS = 5  # words in marks below which, without punctuation of speech, marks are taken for a title or irony


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
    """A cue in a unit.

    Attributes:
        first: Its first token.
        last: Its last token.
        cue: The reporting expression.
        start: Where the content starts that it governs, None if none follows.
        is_passive: It is passive: `it was stressed`, not `he stressed`.
    """

    first: int
    last: int
    cue: Cue
    start: Start | None = None
    is_passive: bool = False


def _is_speech(text: str, pair: Marked, lexicon: Lexicon) -> bool:
    """Tell marks around speech from marks around a title, a nickname or a term."""
    before = text[max(0, pair.outer_start - 2) : pair.outer_start].rstrip()
    words = text.count(" ", pair.start, min(pair.end, pair.start + 200)) + 1
    if pair.repair != "none" or words > _SCARE_WORDS:
        return True
    last, behind = text[pair.end - 1], text[pair.outer_end : pair.outer_end + 1]
    after = behind if not behind.isspace() else text[pair.outer_end + 1 : pair.outer_end + 2]
    ends_unit = last in ".?!" and (not behind or behind.isspace())
    if behind == "," and before[-1:].isalnum() and _TITLE.fullmatch(text, pair.start, pair.end):
        return False  # the title in `rejected the "Defence White Paper", saying`
    if last == "," and before[-1:].isalnum():
        return False  # the title in `speaking on "Harbour Watch," he said`
    leads = not before or before[-1] in _LEADING
    verb = _VERB.match(text, pair.outer_end, pair.outer_end + _LONGEST_VERB)
    if leads and verb and any("quote" in cue.frames for cue in lexicon.cues.get(verb.group(1).lower(), ())):
        return True
    if words == 1:
        return leads and (last in ",.?!" or after == ",")  # `“Never,” said the admiral`
    is_line = before[-1:] in {"\n", ""} and behind in {"\n", ""}
    if last == "." and (before[-1:].isalnum() or is_line) and _TITLE.fullmatch(text, pair.start, pair.end):
        return False  # the title in `he said on "Harbour Watch."`, a heading in marks
    return before.endswith((":", ",")) or ends_unit or last in ",?!" or after == ","


def read_tokens(text: str, pairs: Sequence[Marked], lexicon: Lexicon) -> list[Token]:
    r"""Return the tokens of a text; line ends are tokens as well.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("abbreviation\tgen")
        >>> [token.text for token in read_tokens("Gen. Tan's U.S. trip.", [], lexicon)]
        ['Gen.', "Tan's", 'U.S.', 'trip', '.']
    """
    tokens: list[Token] = []
    at = 0
    for number, pair in enumerate([*pairs, None]):
        end = pair.outer_start if pair else len(text)
        is_stop = False  # the next is the full stop of an abbreviation
        for form in _TOKEN.findall(text, at, end):
            if is_stop:
                is_stop = False
                continue
            start = text.find(form, at)  # only blanks are before it
            at = start + len(form)
            word = read_word(form, lexicon)
            if word.is_abbreviation and text.startswith(".", at, end):
                form, at, is_stop = form + ".", at + 1, True
                word = read_word(form, lexicon)
            tokens.append(
                Token(form, word.lower, start, at, word.form, word.kinds, word.bare, word.bare_kinds, word.is_small)
            )
        if pair:
            kind: Literal["q", "s"] = "q" if _is_speech(text, pair, lexicon) else "s"
            whole, none = text[pair.outer_start : pair.outer_end], lexicon.kinds_of("")
            if pair.repair == "lost":
                whole = f"“{text[pair.start : pair.end]}”"
            tokens.append(Token(whole, "", pair.outer_start, pair.outer_end, kind, none, "", none, mark=number))
            at = pair.outer_end
    return tokens


def _breaks_before(last: Token, token: Token, start: int, lexicon: Lexicon) -> bool:
    """Tell whether a sentence starts at `token`, given the token before it and the start between both."""
    if start < last.end and last.form != "q":
        return False
    if last.form == "q":
        return last.text.rstrip(MARKS)[-1:] not in {",", ""} and not token.text[0].islower() and token.form != "p"
    if token.form == "w" and token.text[0].islower():
        return False
    return not (last.form == "w" and last.lower.endswith(".") and read_word(last.lower[:-1], lexicon).is_abbreviation)


def cut_units(text: str, pairs: Sequence[Marked], starts: Sequence[int], lexicon: Lexicon) -> list[Unit]:
    r"""Cut a text into units.

    Args:
        text: The document.
        pairs: Its stretches in quote marks.
        starts: Where its sentences start, sorted.
        lexicon: For abbreviations.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("abbreviation\tgen")
        >>> units = cut_units("Gen. Tan left. He won.\nYes", [], [0, 5, 15, 23], lexicon)
        >>> [(unit.start, unit.end, unit.paragraph) for unit in units]
        [(0, 14, 0), (15, 22, 0), (23, 26, 1)]
    """
    units: list[Unit] = []
    current: list[Token] = []
    paragraph = n_started = 0
    bounds = [*starts, len(text)]  # no token starts at the last one
    tokens = read_tokens(text, pairs, lexicon)
    for token in tokens:
        is_start = bounds[n_started] <= token.start
        while bounds[n_started] <= token.start:
            n_started += 1
        if token.text == "\n":
            if current:
                units.append(Unit(tuple(current), paragraph))
            current = []
            paragraph += 1
            continue
        if current and is_start and _breaks_before(current[-1], token, bounds[n_started - 1], lexicon):
            units.append(Unit(tuple(current), paragraph))
            current = []
        current.append(token)
        if token.mark >= 0:
            paragraph += token.text.count("\n")
    if current:
        units.append(Unit(tuple(current), paragraph))
    return _join_attributions(units)


def _join_attributions(units: Sequence[Unit]) -> list[Unit]:
    """Put `Minister Ruiz asked.` back behind the speech that ends with a mark of its own: `“Who will go?”`."""
    joined: list[Unit] = []
    for unit in units:
        before = joined[-1] if joined else None
        is_near = before and before.paragraph == unit.paragraph and len(before.tokens) < _LONGEST_SPEECH
        if before and is_near and before.tokens[-1].form == "q" and _only_attributes(unit.tokens):
            joined[-1] = Unit((*before.tokens, *unit.tokens), unit.paragraph)
        else:
            joined.append(unit)
    return joined


def _only_attributes(tokens: Sequence[Token]) -> bool:
    """Tell whether a unit says who spoke and nothing else."""
    cue = next((i for i, token in enumerate(tokens[:_NAME]) if token.has("cue") and not token.is_capital), 0)
    rest = tokens[cue + 1 :]
    if not cue or len(rest) > _NAME or any(t.form in {"q", "s"} or t.lower in {"that", ":"} for t in tokens):
        return False
    return not rest or rest[0].text in {".", ","} or rest[0].has("adjunct")


def find_cues(tokens: Sequence[Token], lexicon: Lexicon) -> list[CueMatch]:
    """Return the reporting expressions among tokens, the longest at each place."""
    found: list[CueMatch] = []
    last = -1
    for at in [i for i, token in enumerate(tokens) if "cue" in token.kinds]:
        if at <= last:
            continue
        for cue in lexicon.cues[tokens[at].lower]:
            size = len(cue.words)
            if size == 1 or tuple(t.lower for t in tokens[at : at + size]) == cue.words:
                if not _is_verb(tokens, at, size, cue):
                    continue
                end = _stance_noun(tokens, at) if "stance" in cue.frames else at + size - 1
                if end is None:
                    continue
                last = end
                start = find_start(tokens, at, last, cue.frames)
                found.append(CueMatch(at, last, cue, start, _is_passive(tokens, at, cue)))
                break
    return found


def _is_verb(tokens: Sequence[Token], at: int, size: int, cue: Cue) -> bool:
    """Tell `the states` and `United States` from `he states`."""
    if at and tokens[at].text[0].isupper() and tokens[at - 1].form == "w":
        return False
    if "noun" not in cue.frames:
        return True
    first = at
    while first and tokens[first - 1].has("adverb"):
        first -= 1
    before = tokens[first - 1] if first else None
    after = tokens[at + size] if at + size < len(tokens) else None
    if before and before.has("pronoun", "auxiliary"):
        return True
    is_third = tokens[at].lower.endswith("s")
    if before and after and before.form == "q":  # `"We stay," notes Colonel Tan`
        return is_third and (after.is_capital or after.has("determiner", "pronoun"))
    if before and after and before.text == ")" and after.lower == "that":
        return is_third
    if before and before.text == ",":
        return bool(after and after.has("determiner") and tokens[at].lower.endswith("s"))  # `..., reports the army`
    if not before or before.form != "w" or before.has("determiner", "preposition") or not after:
        return False
    is_lead = tokens[-1].text == ":" and at >= _SUBJECT and tokens[at].lower.endswith("s")  # `the minister notes:`
    if is_lead or after.lower == "that":
        return True
    if "to" in cue.frames and after.lower == "to" and before.is_capital:
        return tokens[at].lower.endswith("s")
    is_singular = tokens[at].lower.endswith("s") and not before.lower.endswith("s")
    if is_singular and (before.has("institution", "document") or before.text.isupper()):
        return after.form == "p" or after.has("determiner", "pronoun")  # `..., the notice states.`
    return is_singular and before.is_capital and after.has("determiner", "pronoun")


def _is_passive(tokens: Sequence[Token], at: int, cue: Cue) -> bool:
    """Tell `it was stressed` from `he stressed`."""
    if cue.words[0] == "asked" and at and tokens[at - 1].text == ",":
        before = tokens[max(0, at - _APPOSITION) : at - 1]
        return not any(token.text == "," for token in before)  # `The mayor, asked about the flood, said`
    i = at - 1
    while i > 0 and (tokens[i].has("adverb") or tokens[i].lower.endswith("ly")):
        i -= 1
    return i >= 0 and tokens[i].has("passive") and cue.words[0].endswith(("ed", "said", "told", "made"))


def _stance_noun(tokens: Sequence[Token], at: int) -> int | None:
    """Return where `confidence` stands in `expressed his full confidence`."""
    for i in range(at + 1, min(at + 6, len(tokens))):
        if tokens[i].has("stance"):
            return i
        if tokens[i].form != "w" or tokens[i].has("preposition"):
            return None
    return None
