"""When an engagement was: the calendar expression beside its trigger, as an interval with precision and basis.

Order: expressions of the sentence that belong to no name → the nearest to the trigger → its value, which the stage
entities has resolved → weekdays of plans lie ahead, this week ends with publication or starts with it → without any
expression, what is told as news and as done is of the day of publication.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tasks.engagements.release import Mention, Release, Span
from tasks.intervals import read_interval

_RELATIVE = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|this|last|next|past|coming|ago|current|previous|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: \w+)?", re.IGNORECASE)
_OF_NAME = re.compile(r" (?:[A-Z][\w-]+|summit|agreement|budget|season)\b")
_LATE = re.compile(r"\b(?:late|end of|the end of) $|^late\b", re.IGNORECASE)
_NEVER = 250  # characters: further away no expression belongs to a trigger


class When(NamedTuple):
    """An interval, both ends included."""

    mention: Mention | None
    first: date | None
    last: date | None
    precision: str
    basis: str


NEVER = When(None, None, None, "none", "none")


def _form_precision(value: str) -> str:
    """Return the precision of an expression that has no value.

    Example:
        >>> _form_precision("May 29"), _form_precision("March"), _form_precision("the coming months")
        ('day', 'month', 'none')
    """
    if re.search(r"\d{1,2}(?:st|nd|rd|th)?\b(?!\d)", re.sub(r"\d{4}", "", value)) or _RELATIVE.fullmatch(value):
        return "day"
    if re.fullmatch(r"\d{4}", value):
        return "year"
    return "month" if re.fullmatch(r"(?:\w+ )?[A-Z]\w+\.?(?: \d{4})?", value) else "none"


def read_mention(release: Release, mention: Mention, is_ahead: bool) -> When:
    """Return what a calendar expression says.

    Args:
        release: The document.
        mention: A mention with the label DATE.
        is_ahead: Whether the engagement lies ahead.
    """
    text = release.text[mention.start : mention.end]
    basis = "relative" if _RELATIVE.search(text) else "stated"
    parsed = read_interval(mention.date_value) if mention.date_value else None
    if parsed is None:
        return When(mention, None, None, _form_precision(text), basis)
    first, last, precision = parsed
    published = release.published
    if published and not re.search(r"\d{4}", text) and precision == "month" and basis == "stated":
        if not is_ahead and first > published:
            first, last = _of_year(first, -1), _of_year(last, -1)
        elif is_ahead and last < published:
            first, last = _of_year(first, 1), _of_year(last, 1)
    if since := _SINCE.search(release.text[max(0, mention.start - 12) : mention.start]):
        day = int(since[1])
        first = first.replace(day=day) if precision == "day" and 0 < day < first.day else first
    if precision == "day" and _WEEK_OF.search(release.text[max(0, mention.start - 12) : mention.start]):
        first -= timedelta(first.weekday())
        last = first + timedelta(6)
    if also := _ALSO.match(release.text, mention.end):
        last = _on_day(last, int(also[1]))
    if published and _WEEKDAY.fullmatch(text) and is_ahead and first < published:
        first, last = first + timedelta(7), last + timedelta(7)
    if published and "week" in text.casefold() and first <= published <= last:
        first, last = (published, last) if is_ahead else (first, published)
    before = release.text[max(0, mention.start - 12) : mention.start]
    if precision == "month" and first.month == last.month and (_LATE.search(before) or _LATE.search(text)):
        first = first.replace(day=21)
    return When(mention, first, last, precision, basis)


_WEEK_OF = re.compile(r"\bweek of $")
_SINCE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)? ?(?:and|to|[-–]) ?$")
_ALSO = re.compile(
    r" ?(?:and|to|until|[-–]) ?(\d{1,2})(?:st|nd|rd|th)?\b(?! (?:[A-Z]|per|million|\w*years?))(?![,.]\d)"
)


def _of_year(day: date, step: int) -> date:
    """Return the day of that name some years on; the last of February stays the last."""
    year = day.year + step
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _on_day(day: date, number: int) -> date:
    """Return the day of that number in the same month, if it comes later."""
    return day.replace(day=number) if day.day < number <= monthrange(day.year, day.month)[1] else day


def find_when(release: Release, sentence: Span, cue: Span, taken: Sequence[Span], is_ahead: bool) -> When:
    """Return the interval that the sentence of a trigger states; NEVER if none.

    Args:
        release: The document.
        sentence: The sentence.
        cue: The trigger.
        taken: Stretches whose expressions are parts of names.
        is_ahead: Whether the engagement lies ahead.
    """
    text = release.text
    best: tuple[int, Mention] | None = None
    for mention in release.within(*sentence):
        if mention.label != "DATE" or any(s <= mention.start < e for s, e in taken):
            continue
        if re.fullmatch(r"\d{1,2}", text[mention.start : mention.end]):  # `today (13)`
            continue
        if _OF_NAME.match(text, mention.end) and re.fullmatch(r"\d{4}", text[mention.start : mention.end]):
            continue
        if text[max(0, mention.start - 4) : mention.start] == "the " and re.match(
            r" [A-Z]", text[mention.end : mention.end + 2]
        ):
            continue
        distance = cue[0] - mention.end if mention.end <= cue[0] else (mention.start - cue[1]) // 2
        between = text[min(mention.end, cue[1]) : max(mention.start, cue[0])]
        distance += 150 * len(
            re.findall(r"; |(?<!Dr)(?<!Mr)(?<!Ms)(?<!Gen)\. |, (?:who|which|when)\b|\bsince\b", between)
        )
        distance += 0 if mention.date_value else 40
        if re.search(
            r"\b(?:since|until|(?<!week )of|after|before|from) (?:the )?$",
            text[max(0, mention.start - 12) : mention.start],
        ):
            distance += 60
        if distance < _NEVER and (best is None or distance < best[0]):
            best = distance, mention
    return read_mention(release, best[1], is_ahead) if best else NEVER


_LASTS = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+)-(?:day|week)\b")
_STARTS = re.compile(r"(?:arriv|start|beg[au]n|begin|kick|open|launch|commenc)")
_ENDS = re.compile(r"(?:conclud|complet|end|clos|wrapp)")


def open_ended(when: When, cue: str, clause: str, is_ongoing: bool) -> When:
    """Return a day as the end of an interval that it is: an arrival or a conclusion says nothing of the other.

    Args:
        when: As the expression has it.
        cue: The trigger.
        clause: The sentence.
        is_ongoing: Whether the engagement is under way.
    """
    if when.first is None or when.first != when.last:
        return when
    if _ENDS.match(cue):
        return when._replace(first=None)
    if _STARTS.match(cue) and (is_ongoing or _LASTS.search(clause)):
        return when._replace(last=None)
    if is_ongoing and cue.startswith("on "):
        return NEVER
    return when


def assume_published(release: Release) -> When:
    """Return the day of publication as an interval that is assumed."""
    day = release.published
    return When(None, day, day, "day", "published") if day else NEVER
