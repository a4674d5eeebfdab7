"""DATE: absolute and relative calendar expressions, as the annotation guide has them. No durations, no clock times.

A range of dates (`26 June to 10 July 2018`, `25 and 26 May`, `March–April 2003`) is one mention, and so is a part of a
month, a year or a decade (`early March`, `second half of 2024`, `end of this year`).
"""

from __future__ import annotations

import re
from functools import cache

from tasks.entities.lexicon import Mention, last_letters, letters_in
from tasks.lexicons import alternation, read_terms

_LONGEST_HEAD = 30  # characters of a unit's head
_TIME_OF_DAY = "(?i:night|morning|afternoon|evening)"


@cache
def _pattern() -> re.Pattern[str]:
    terms = read_terms("calendar.tsv", 3)
    weekday, day, modifier, step, part, first, season, fiscal = (
        alternation(terms[kind])
        for kind in ("weekday", "day", "modifier", "step", "part", "first_months", "season_of", "fiscal")
    )
    month = alternation((*terms["month"], *(form.upper() for form in terms["month"] if len(form) > 3)))
    # beside a number, shorter forms and capitals are months too
    near = alternation(
        case for kind in ("month", "short_month") for form in terms[kind] for case in (form, form.upper())
    )
    near_day = alternation(
        case for kind in ("weekday", "short_weekday") for form in terms[kind] for case in (form, form.upper())
    )
    period = alternation((*terms["period"], *terms["season"]))
    year = r"(?:1[6-9]|20)\d\d\b"
    near_year = r"(?:19|20)\d\d\b"
    split_years = "|".join(rf"{n:02}[–/-]{n + 1:02}" for n in range(99))
    of_year = rf"(?:,? (?:of )?{year}| (?i:{step}) year\b)"
    short_year = r" \d\d(?=[.,;:)]|$)"
    nth = r"\d{1,2}(?:st|nd|rd|th)?\b(?![:.]\d|,\d{3}\b)"
    until = r"(?:(?i: (?:to|until|through) )| ?[–—-] ?)"
    joint = rf"(?:{until}|/| and | & )"
    count = rf"(?:\d+|(?i:{alternation(terms['count'])})(?:[ -](?i:{alternation(terms['count'])}))*)"
    about = r"(?i:(?:nearly|almost|about|over|some|more than|just over|a little over) )"
    some = rf"(?i:{modifier}(?:[ -]to[ -]{modifier})?)[ -](?:in )?"

    named = rf"(?:{near_day}(?: {_TIME_OF_DAY})?,? )?"
    days = rf"{nth}(?:{joint}{nth})?"
    day_month = rf"(?:the )?{days} (?:of )?{near}(?!\w)(?:{of_year}|{short_year})?"
    month_day = rf"(?:{some})?{near} ?{days}(?:{of_year})?"
    a_day = rf"{named}(?:{day_month}|{month_day})"
    a_month = rf"(?:{some})?{month}(?:,?{of_year})"
    some_month = rf"{some}{month}(?!\w)"
    either = rf"(?:{a_day}|{a_month}|{some_month})"
    decade = r"(?:the )?(?:1[6-9]|20)\d0s\b"
    this = rf"(?i:{step}) (?i:{fiscal}|{period})"
    whole = rf"(?:{month}(?:{of_year})?|{year}|{decade}|(?:the )?{this}|\d{{1,2}}(?:st|nd|rd|th) [Cc]entury)"
    strict = r"(?=[.,;:)?!”\"’'—–]|$| (?:and|or|with|in|at|on|is|was|were|to|the|a)\b)"
    after = (
        r"(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=[Bb]y )|(?<=[Uu]ntil )|(?<=[Ff]rom )|(?<=[Oo]f )(?<!Act of )(?<!War of ))"
    )
    later = (
        r"(?:(?<=[Ff]or )|(?<=[Bb]efore )|(?<=[Aa]fter )|(?<=[Dd]uring )|(?<=[Tt]o )|(?<=[Bb]etween )|(?<=[Tt]han )"
        r"|(?<=[Bb]eyond )|(?<=[Tt]ill )|(?<=year ))"
    )
    dated = (*terms["day"], "morning", "afternoon", "evening", "night")
    after_day = "|".join(rf"(?<={day} \()" for day in dated)
    forms = [
        rf"(?:{either}|{weekday}){until}{either}",  # 26 June to 10 July 2018, mid-April to early May
        rf"{some}{month}{until}(?:{some})?{month}(?:{of_year})?",  # late August-September
        rf"{month}{joint}{month}(?:{of_year})",  # March-April 2003
        # first half of 2024
        rf"(?i:{part}|(?:first|last) (?:{first}|\d+) (?:months|weeks|days)) of (?:(?:the )?{whole}|the year\b)",
        rf"(?i:end)-(?:{month}(?:{of_year})?|{year})",
        rf"(?:Q|H)[1-4](?: of)?,? {year}",
        r"(?i:fiscal(?: year)?|FY|financial year)(?: \(FY\))?[ -]?(?:20\d\d(?:[–/-]\d{2,4})?|\d\d(?:[–/-]\d\d)?)\b",
        rf"(?i:{season}|fall)(?: of)? {year}|{year} (?i:{season})\b",
        rf"{a_day}(?: {_TIME_OF_DAY})?",  # Monday 19 December, October 13, 2011
        rf"{weekday},? (?:{nth} {month}|{month} {nth})(?:,? {year})?",
        rf"(?:{about})?{count} (?i:{period}s?) ago\b(?: today\b)?",  # nearly five years ago
        r"(?i:the (?:following|previous|next) day)\b",
        a_month,
        rf"{some_month}(?! [A-Z])",
        rf"{month} (?i:{step}) year\b",
        rf"(?i:{step}) {month}(?!\w)",
        rf"{some}{decade}",
        rf"(?:{some})?{near_year}{until}(?:{some})?{near_year}(?! [a-z]+s\b)",
        rf"(?<!/)20(?:{split_years})(?![\w–/-])",  # 2019-20
        rf"{some}{year}",
        rf"(?i:{step} ){weekday}(?: {_TIME_OF_DAY})?",
        rf"{weekday}(?: {_TIME_OF_DAY})?(?:, {month} \d{{1,2}}(?:, {year})?)?",
        rf"(?i:(?:{modifier} )?{day})(?: {_TIME_OF_DAY}\b)?",
        rf"(?i:(?:{modifier} )?{this})",
        r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b|\d{1,2}[./]\d{1,2}[./]\d\d\b",
        r"(?:19|20)\d\d-\d\d-\d\d\b|(?:19|20)\d\d年\d{1,2}月\d{1,2}日",
        rf"{near_year}(?=(?:,| and|, and) {near_year}(?!\w))",  # the 2004, 2007 and 2011 editions
        rf"(?:(?<=(?:19|20)\d\d, )|(?<=(?:19|20)\d\d and )){near_year}(?!\w)",
        rf"(?<=\(){alternation(terms['short_weekday'])}\.?(?=\))",  # 26 Sep. 2024 (Thu.)
        decade,
        r"\d{1,2}(?:st|th) [Cc]entury\b",
        rf"{after}{year}(?! [a-z]+s\b)",
        rf"{after}{month}(?!\w)(?! [A-Z])",
        rf"{later}{year}{strict}",
        rf"{later}(?!May|March){month}{strict}",
        rf"(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=[Bb]y )|(?<=[Bb]efore )|(?<=in the )|(?<=until )){season}{strict}",
        rf"(?:(?<=[Tt]he )|(?<= a )|(?<=’s )|(?<='s )){year}(?= [A-Za-z])",  # the 2006 record
        rf"(?:{after_day})\d{{1,2}}(?=\))",  # yesterday (20)
        r"(?<=day \()\d{1,2}/\d{1,2}(?=\))",  # Thursday (29/8)
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?!\w)")


_WORD = re.compile(r"(?<![\w-])(?:[A-Za-z]+|\d)")
_DIGIT = re.compile(r"\d")
_OPENERS = "end first last fiscal fy financial fall q h"
_ABOUT = "nearly almost about over some more just a"
_THE = re.compile(r"(?i:the (?:\d|following|previous|next))")


_TIMES = ("month", "short_month", "weekday", "short_weekday", "day", "period", "season", "season_of")


@cache
def _times() -> frozenset[str]:
    """Return words, in small letters, of which a line without a digit has one where a calendar expression stands."""
    terms = read_terms("calendar.tsv", 3)
    forms = [last_letters(form) for kind in _TIMES for form in terms[kind]]
    return frozenset((*forms, *(f"{form}s" for form in forms), "day", "year", "fall"))


@cache
def _openers() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words, in small letters, that a calendar expression may start with, and those of counts (`ago`).

    Digits aside, and `the`, which stands before a digit or few other words.
    """
    terms = read_terms("calendar.tsv", 3)
    counts = {word.casefold() for form in terms["count"] for word in _WORD.findall(form)[:1]}
    kinds = [kind for kind in terms if kind != "count"]
    firsts = {word.casefold() for kind in kinds for form in terms[kind] for word in _WORD.findall(form)[:1]}
    firsts.update(_OPENERS.split())
    return frozenset(firsts), frozenset(counts | {*_ABOUT.split()}) - firsts


@cache
def _in_unit() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the pattern of an ordinal and a short month, and the units before and behind: `Bn, 5th Mar`."""
    months, units = read_terms("calendar.tsv", 3)["short_month"], read_terms("military.tsv")
    head = alternation((*units["unit_head"], *units["unit_part"]))
    return (
        re.compile(rf"(?:the )?\d{{1,2}}(?:st|nd|rd|th) {alternation(months)}\.?"),
        re.compile(rf"\b{head}, $"),
        re.compile(rf" {head}(?!\w)"),
    )


def _is_unit(text: str, start: int, end: int) -> bool:
    """Return whether a day stands in a unit's name: Mar is Marines there."""
    form, before, behind = _in_unit()
    if form.fullmatch(text, start, end) is None:
        return False
    return bool(before.search(text[max(0, start - _LONGEST_HEAD) : start]) or behind.match(text, end))


def find_dates(text: str) -> list[Mention]:
    """Find calendar expressions; a leading determiner "the" stays outside. `1st Bn, 5th Mar` has none.

    Example:
        >>> text = "The drill began on 3 May 2021, ran in mid-April to early May and ends by the end of next year."
        >>> [text[m.start:m.end] for m in find_dates(text)]
        ['3 May 2021', 'mid-April to early May', 'end of next year']
    """
    found: list[Mention] = []
    letters = letters_in(text)
    if _times().isdisjoint(letters) and not _DIGIT.search(text):
        return found
    pattern, (openers, counts), at = _pattern(), _openers(), 0
    if "ago" in letters:
        openers |= counts
    for word in _WORD.finditer(text):
        if word.start() < at:
            continue
        first = word.group().casefold()
        if not (first in openers or first.isdigit() or (first == "the" and _THE.match(text, word.start()))):
            continue
        if (hit := pattern.match(text, word.start())) is None:
            continue
        at = hit.end()
        keeps = hit.group().endswith("day")  # "the following day" is an expression of its own
        start = hit.start() + (4 if hit.group().startswith("the ") and not keeps else 0)
        if not _is_unit(text, start, hit.end()):
            found.append(Mention(start, hit.end(), "DATE", "rule:date"))
    return found
