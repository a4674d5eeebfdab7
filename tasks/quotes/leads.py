"""Reads lead-ins: what stands with a colon before speech, marked or not.

Order: `Minister Ruiz issued the following statement on Monday:`, `The following is attributable to Minister Ruiz:`,
`Minister Ruiz said:`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.quotes.attribution import Attribution, attribute_before
from tasks.quotes.lexicon import Cue, Lexicon
from tasks.quotes.speakers import subject_after, subject_before
from tasks.quotes.tokens import Token
from tasks.quotes.units import CueMatch, find_cues

_REACH = 60  # tokens that a lead-in may take
_GAP = 2  # tokens between `following` and `statement`


class Lead(NamedTuple):
    """A lead-in.

    Attributes:
        attribution: Who speaks, and the reporting words.
        colon: The token of its colon.
        announces: It announces a text that was issued as a whole, which may speak in the third person and the past.
    """

    attribution: Attribution
    colon: int
    announces: bool


def read_lead(tokens: Sequence[Token], lexicon: Lexicon) -> Lead | None:
    """Return the lead-in that a unit starts with.

    Args:
        tokens: A unit.
        lexicon: The lexicon.
    """
    colon = next((i for i, t in enumerate(tokens[:_REACH]) if t.text == ":" and not _is_time(tokens, i)), None)
    if not colon or tokens[0].form == "q":
        return None
    lead = tokens[: colon + 1]
    attribution = _read_announced(lead, lexicon) or _read_attributable(lead, lexicon)
    if attribution:
        return Lead(attribution, colon, True)
    cues = [cue for cue in find_cues(lead, lexicon) if "quote" in cue.cue.frames]
    attribution = attribute_before(lead, len(lead), cues, lexicon) if cues else None
    if not attribution or (attribution.source and attribution.source.kind == "other"):
        return None
    return Lead(attribution, colon, lead[-2].has("forward"))


def _is_time(tokens: Sequence[Token], colon: int) -> bool:
    """Tell the colon of `at 07:30`."""
    around = tokens[colon - 1 : colon + 2]
    return colon > 0 and len(around) == 3 and around[0].text.isdigit() and around[2].text.isdigit()


def _read_announced(tokens: Sequence[Token], lexicon: Lexicon) -> Attribution | None:
    """Read `Minister Ruiz issued the following statement on the pier:`, `The office released this:`."""
    for i in range(1, len(tokens) - 1):
        if not tokens[i].has("forward"):
            continue
        verb = i - 2 if tokens[i - 1].has("determiner") else i - 1
        noun = next((k for k in range(i + 1, min(i + 2 + _GAP, len(tokens))) if tokens[k].has("piece")), None)
        is_said = verb > 0 and tokens[verb].has("cue", "issuing")
        if noun is None and not (is_said and i + 2 == len(tokens)):
            continue
        if verb < 1 or not (
            is_said or tokens[verb].has("past", "narrative") or tokens[verb].lower.endswith(("ed", "es"))
        ):
            continue
        found = subject_before(tokens, verb, lexicon)
        if found and found[0].kind != "other":
            return Attribution(_cue(tokens, verb, noun or i), found[0], verb, len(tokens) - 1, "lead")
    return None


def _read_attributable(tokens: Sequence[Token], lexicon: Lexicon) -> Attribution | None:
    """Read `The following is attributable to Spokesperson Ana Ruiz:`, `Quotes attributable to Minister Ruiz:`."""
    for i in range(1, len(tokens) - 2):
        if tokens[i].has("attributed") and tokens[i + 1].lower == "to":
            found = subject_after(tokens, i + 2, lexicon)
            if found and found[0].kind != "other":
                return Attribution(_cue(tokens, i, i + 1), found[0], i, len(tokens) - 1, "lead")
    return None


def _cue(tokens: Sequence[Token], first: int, last: int) -> CueMatch:
    words = tuple(token.lower for token in tokens[first : last + 1])
    return CueMatch(first, last, Cue(words, frozenset()))
