"""DATE: absolute and relative calendar expressions, as the annotation guide has them. No durations, no clock times."""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention
from tasks.lexicons import alternation, read_terms


@cache
def _pattern() -> re.Pattern[str]:
    terms = read_terms("calendar.tsv", 3)
    month, weekday, day, modifier, step = (
        alternation(terms[kind]) for kind in ("month", "weekday", "day", "modifier", "step")
    )
    period = alternation((*terms["period"], *terms["season"]))
    year = r"(?:1[6-9]|20)\d\d\b"
    ordinal = r"\d{1,2}(?:st|nd|rd|th)?\b(?:[-–]\d{1,2}\b)?(?![:.]\d|,\d{3}\b)"
    count = rf"(?:\d+|(?i:{alternation(terms['count'])})(?:[ -](?i:{alternation(terms['count'])}))*)"
    about = r"(?i:(?:nearly|almost|about|over|some|more than|just over|a little over) )"
    ci_period = f"(?i:(?:{modifier} )?{step} {period})"
    after = (
        r"(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=[Bb]y )|(?<=[Uu]ntil )|(?<=[Ff]rom )|(?<=[Oo]f )(?<!Act of )(?<!War of ))"
    )
    until = r"(?: (?:to|until|through) | ?[–—-] ?)"
    days = rf"{ordinal} {month}(?:,? {year})?"
    month_days = rf"{month} {ordinal}(?:,? {year})?"
    dated = (*terms["day"], "morning", "afternoon", "evening", "night")
    after_day = "|".join(rf"(?<={day} \()" for day in dated)
    forms = [
        rf"(?:the )?{days}{until}{days}",  # 26 June to 10 July 2018
        rf"{month_days}{until}{month_days}",
        rf"(?:the )?{ordinal}{until}{days}",  # 3 to 5 March
        rf"{month} {ordinal}(?: to | through ){ordinal}(?:,? {year})?",
        rf"{weekday},? (?:{ordinal} {month}|{month} {ordinal})(?:,? {year})?",  # Monday 19 December
        rf"(?i:end of |beginning of |start of ){month}(?! [A-Z])(?:,? {year})?",
        r"(?i:fiscal year|FY) ?(?:19|20)\d\d\b",
        rf"(?:{about})?{count} (?i:{period}s?) ago\b",  # nearly five years ago
        r"(?i:the (?:following|previous|next) day)\b",
        rf"(?:(?i:{modifier})[ -])?{month} {ordinal}(?:(?:,? )(?:of )?{year})?",  # October 13, 2011
        rf"(?:the )?{ordinal} (?:of )?{month}(?:,? {year})?",  # 13 October 2011
        rf"(?:(?i:{modifier})[ -])?{month},?(?: of)? {year}",  # early October 2023
        rf"(?:(?i:{modifier})[ -](?:in )?){year}",
        rf"(?i:{step} ){weekday}(?: (?i:night|morning|afternoon|evening))?",
        rf"{weekday}(?: (?i:night|morning|afternoon|evening))?(?:, {month} \d{{1,2}}(?:, {year})?)?",
        rf"(?i:(?:{modifier} )?{day})(?: (?i:night|morning|afternoon|evening)\b)?",
        ci_period,
        r"\d{1,2}[./]\d{1,2}[./](?:19|20)?\d\d\b",
        r"(?:19|20)\d\d-\d\d-\d\d\b",
        r"(?:the )?(?:19|20)\d0s\b",
        r"\d{1,2}(?:st|th) century\b",
        rf"{after}{year}(?! [a-z]+s\b)",
        rf"{after}{month}(?!\w)(?! [A-Z])",
        rf"(?:(?<=[Tt]he )|(?<= a )|(?<=’s )|(?<='s )){year}(?= [A-Za-z])",  # the 2006 record
        rf"(?:{after_day})\d{{1,2}}(?=\))",  # yesterday (20)
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?!\w)")


def find_dates(text: str) -> list[Mention]:
    """Find calendar expressions; a leading determiner "the" stays outside.

    Example:
        >>> [m.start for m in find_dates("The six-month drill began on 3 May 2021 and ends next week.")]
        [29, 49]
    """
    found = []
    for hit in _pattern().finditer(text):
        keeps = hit.group().endswith("day")  # "the following day" is an expression of its own
        start = hit.start() + (4 if hit.group().startswith("the ") and not keeps else 0)
        found.append(Mention(start, hit.end(), "DATE", "rule:date"))
    return found
