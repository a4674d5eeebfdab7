"""Whether an engagement was held, is under way, lies ahead or was called off, on the day of publication.

Order: what is negated, wished for or general is none → what is called off → the form of the trigger (a past tense is
told as done) → words before it in its clause that say that it lies ahead or is under way → the date, which outweighs
both.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from tasks.engagements.lexicon import cased_words, words

Status = Literal["held", "planned", "ongoing", "cancelled"]

_CLAUSE = 140  # characters before a trigger that may say how it is meant
_NEAR = 45  # characters before it that may negate it
_PAST = re.compile(
    r"(?:(?:was|were|has|have) )?(?:\w+ed|met|held|had|spoke|spoken|paid|made|took|flew|began|begun|sat|gave|sent|sold"
    r"|shot|withdrew|undertook)\b"
)
_PARTICIPLE = re.compile(r"\w+ing\b")
_BARE = re.compile(
    r"(?:meet|hold|have|visit|receive|welcome|host|discuss|attend|join|sign|pay|make|take|travel|arrive|speak|conduct|address"
    r"|begin|start|fly|participate|provide|supply|deliver|donate|gift|send|transfer|sell|pledge|give|train|deploy|withdraw"
    r"|chair|represent|convene|commit|contribute|hand)\b"
)
#: `We have consultations with them`: now and then.
_GENERAL = re.compile(
    r"have (?!met|had|held|spoken|been)(?:\w+ ){0,3}(?:talks|consultations|dialogue|contacts|discussions)"
)
#: At the end of a sentence: `which was to be held in June, has therefore been cancelled`.
_OFF = re.compile(r"[^.;]*, (?:has|have) (?:\w+ )?been (?:cancell?ed|postponed|called off)\b")
#: What a whole sentence is only hoped to bring.
_HOPED = re.compile(r"\bexpress(?:ed|es|ing)? (?:the |his |her |their )?hope that\b")
#: Where a ship is, or is to be.
_DUE = re.compile(r"(?:is|are) (?:\w+ )?(?:due|expected|scheduled|planned|awaited)\b")
_IS = re.compile(r"is|are|lies?|stays?|remains?")
_NUMBER = re.compile(r"\bNo\. ?(?=\d)")
_HAS = re.compile(r"\b(?:has|have) $")
_VERBAL = re.compile(r"(?:^|\b(?:to|will|also|would|and|then|I|[Ww]e|[Tt]hey|not|officially)) $")
_SPLIT = re.compile(r"[;:]|, but |, who |, which |\bwho\b|, while |\. (?=[A-Z])|(?<=[a-z]), and (?=[a-z]+ed\b)")
_HABIT = re.compile(
    r"[^.;]{0,70}\b(?:on (?:numerous|many|several|a number of) occasions|many times|repeatedly|regularly)\b"
)
_INVITED = re.compile(r"\b(?:invited|invites|invitation (?:to|for))\b|\binvitation $")
_DONE = re.compile(r"\b(?:(?!expect|schedul|plan|agree|suppos|invit|decid|prepar|intend)\w+ed|flew|came|went)\b")
_LEFT = re.compile(r"\b(?:left|leaves|departed|departs|embarked)\b")
_TO_JOIN = re.compile(r"\bin order to (?:$|(?:participate|take part|join)\b)")
_LATER = re.compile(r"^[^.;]{0,140}?\b(?:will|shall|is to|are to|scheduled|due|to be held|is set to)\b")


def read_status(
    text: str, start: int, end: int, at: int, stop: int, licence: str, is_noun: bool = False
) -> Status | None:
    """Return how a trigger is meant, before dates are looked at; None where it tells of nothing that is or will be.

    Args:
        text: The document.
        start: Start of the sentence.
        end: End of the sentence.
        at: Start of the trigger.
        stop: Its end.
        licence: `planned` if the trigger may tell what lies ahead.
        is_noun: Whether the trigger is a noun: `visit`, `talks`.

    Example:
        >>> text = "The minister will meet his colleague. They did not meet. She met him."
        >>> read_status(text, 0, 37, 18, 22, "planned"), read_status(text, 38, 55, 51, 55, "planned")
        ('planned', None)
        >>> read_status(text, 56, 69, 60, 63, "planned")
        'held'
    """
    clause = _SPLIT.split(text[max(start, at - _CLAUSE) : at])[-1]
    cue = text[at:stop]
    is_past = _PAST.match(cue) is not None and not re.search(r"\b(?:be|being|to be) (?:\w+ )?$", clause)
    if words("negated").search(_NUMBER.sub("", clause[-_NEAR:])) or _HOPED.search(text, start, at):
        return None
    if _HABIT.match(text[stop : min(end, stop + 90)]) or re.search(r"\bregular $", clause):
        return None
    if _INVITED.search(clause) and "accept" not in text[start:end]:
        return None
    if words("cancelled").search(text[max(start, at - 60) : min(end, stop + 90)]):
        return "cancelled"
    if _OFF.match(text[stop:end]):
        return "cancelled"
    if _DUE.match(cue):
        return "planned"
    if _IS.fullmatch(cue) or (cue == "been" and _HAS.search(clause)):
        return "planned" if words("planned").search(clause) else "ongoing"
    if re.match(r"arriv|on |is visiting|has been visiting", cue) and words("ongoing").search(clause + cue):
        return "ongoing"
    if cue.startswith("on ") and _LEFT.search(clause):
        return "ongoing"
    if re.match(r"(?:withdrawal|departure) of", cue):
        return None if cased_words("unreal").search(clause) else "planned"
    if is_past:
        return None if re.search(r"\b(?:would|could|should|if|to)(?: have)? (?:[a-z]\w* )?$", clause[-20:]) else "held"
    if _LEFT.search(clause) and _TO_JOIN.search(clause):
        return "planned"
    if cased_words("unreal").search(clause):
        return None
    is_ahead = bool(words("planned").search(clause + cue) or _LATER.match(text[stop:end]))
    if licence == "fact" and is_ahead:
        return None
    if is_ahead:
        return "planned"
    if words("ongoing").search(clause[-60:] + cue):
        return "ongoing"
    is_noun = is_noun and not _VERBAL.search(clause)
    if _GENERAL.match(cue) and not is_noun:
        return None
    if _BARE.match(cue) and not is_noun:
        if words("planned").search(text[start:at]):
            return "planned" if licence == "planned" else None
        if re.search(r"\bto $", clause):
            return "held" if _DONE.search(clause) else "planned"
        return "held" if re.search(r"\b(?:I|[Ww]e|did|do)\b[^,]*$", clause) else None
    if _PARTICIPLE.match(cue) and words("planned").search(text[start:at]):
        return "planned"
    return "held"


def settle_status(status: Status, kind: str, first: date | None, last: date | None, published: date | None) -> Status:
    """Return the status once days are known: what lies ahead is planned, what is over was held.

    Args:
        status: As the words have it.
        kind: The type of the engagement.
        first: Its first day.
        last: Its last day.
        published: The day of publication.
    """
    if published is None or status == "cancelled":
        return status
    if first and first > published:
        return "planned"
    if status == "planned" and last and last < published:
        return "held"
    return status
