"""The figures of a document: counts with what happened to what they count, and lines of tallies.

Order: lines of tallies → sentences with a count → counts in a row (`three tanks, two trucks and a gun`) go together →
the words beside them say the act: a verb before them, a participle behind → who did it, whose it is, when → what is
denied, wished for, possible, asked or a rate is left out. Where no rule knows the act there is no row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tasks.figures.counts import Count, find_counts
from tasks.figures.figure import Figure, Span
from tasks.figures.lexicon import values, words
from tasks.figures.release import Mention, Release
from tasks.figures.tallies import find_tallies
from tasks.lexicons import alternation

_PEOPLE = frozenset({"personnel", "civilian", "combatant", "other"})
_MATERIEL = frozenset({"aircraft", "vessel", "vehicle", "weapon", "munition"})
#: What can happen to what: other counts beside the words of an act are of something else.
_FITS = {
    **dict.fromkeys(("killed", "wounded", "captured", "missing"), _PEOPLE),
    **dict.fromkeys(("destroyed", "damaged"), _MATERIEL),
    "seized": _MATERIEL | {"tonnage"},
    "detected": frozenset({"aircraft", "vessel", "munition", "vehicle"}),
    "entered": frozenset({"aircraft", "vessel"}),
    "deployed": frozenset({"aircraft", "vessel", "vehicle", "weapon", "personnel"}),
    "took_part": frozenset({"aircraft", "vessel", "vehicle", "personnel"}),
    **dict.fromkeys(("delivered", "pledged", "sold"), _MATERIEL | {"tonnage"}),
    "evacuated": _PEOPLE,
    "escorted": frozenset({"vessel"}),
    "none": frozenset({"sortie", "strike"}),
}
_LONGEST = 2_000  # characters of a sentence: what is longer is none
_NEAR = 200  # characters before a count in which its verb stands
_GIVEN = frozenset({"vehicle", "weapon", "munition", "tonnage"})  # what is sent to be kept
_PART_OF = re.compile(r"\b(?:including|among them|of whom|of them|of which) (?:the |also )?$")
_JOINED = re.compile(r", and |,? and |, |; ")
_BEFORE_OBJECT = r"(?: (?:another|the|a further|an additional|these|our|his|their|its|all|a total of))? $"
_AUXILIARY = (
    r"(?:(?: who| which| that)? (?:were|was|have been|has been|had been|are|is|being|have|has|had)"
    r"(?: (?:also|since|later|then|already|reportedly))*)"
)
_PHRASE = r"(?: (?:in|at|near|from|around|aboard|on|off|operating|flying) (?:(?! and )[\w’' -]){2,40}?)?"
_RATE = re.compile(
    r"\b(?:(?:every|per) (?:single )?(?:day|week|month|year|hour|minute|second|night)|"
    r"(?:a|an|one) (?:day|week|year|hour|minute)|annually|daily|yearly|"
    r"on average|in every|out of|for every|for example|e\.g\.|each|apiece|respectively)\b",
    re.IGNORECASE,
)
_EXERCISE = re.compile(r"\b(?:exercises?|drills?|manoeuvres|maneuvers|parade)\b", re.IGNORECASE)
_BY = re.compile(r" by (?:the )?")
_DID = re.compile(r" (?:(?:has|have|had|also|then|later|reportedly|successfully|recently) )*$")
_ACTORS = frozenset({"ORG", "UNIT", "GPE", "PERSON"})
_CLOSE = re.compile(r"[^,;:.()]{0,45}")
_LEAD = 6  # characters before a day that starts a sentence: `On 8 May`, `Since 2016`
_TILL = r"(?:since\b|so far\b|to date\b|in total\b)"
_AT_FIRST = re.compile(rf"\W*(?:\w+,? )?{_TILL}", re.IGNORECASE)
_SO_FAR = re.compile(rf"(?:[^,;:]{{0,80}}?\b|[^;:]{{0,120}}?\ball ){_TILL}", re.IGNORECASE)
_TILL_NOW = re.compile(r"\b(?:so far|to date|in total)\b,?[^,;:]{0,40}$", re.IGNORECASE)
_DONE_BY_IT = frozenset({"entered", "took_part"})  # acts of what is counted, which may have an object
_AHEAD = re.compile(r"\b(?:will|shall|going to)\b|[’']ll\b")
_ONE_OF = re.compile(r"\b(?:\w+(?:ed|ing),? (?:or|and)|(?:and/)?or(?: \w+)?) $")
_OF_OTHER = re.compile(r"\b(?:in|of|from|at|near|on|by|with|for|to|against|and) (?:the )?$")


@cache
def _verb_before() -> re.Pattern[str]:
    verbs = alternation(values("did"))
    return re.compile(rf"(?P<lead>\S+ )?(?<![\w’'-])(?P<verb>{verbs}){_BEFORE_OBJECT}", re.IGNORECASE)


@cache
def _done_behind() -> re.Pattern[str]:
    done = alternation(values("was"))
    return re.compile(rf"(?:{_PHRASE}(?P<told>{_AUXILIARY}) | )(?P<done>{done})(?![\w-])", re.IGNORECASE)


@cache
def _no_subject() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(values('before'))} (?:the |our |their )?$", re.IGNORECASE)


@cache
def _no_object() -> re.Pattern[str]:
    """Return the pattern of what follows a participle that has no object: `12 people killed in the fire`."""
    return re.compile(rf"\W*$|[,.;:)—–]|\s{alternation(values('beside'))}\b")


@cache
def _or_more() -> re.Pattern[str]:
    """Return the pattern of another fate that a count takes in: `killed or wounded`."""
    between = r"(?:,? (?:or|and|and/or)|,) (?:went |were |are |has |have )?(?:been |otherwise |\w+ly )*"
    return re.compile(rf"{between}{alternation(values('fate'))}\b")


@cache
def _forces() -> re.Pattern[str]:
    return re.compile(rf" {alternation(values('force'))}\b")


@cache
def _scheme() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(values('scheme'))} $")


@cache
def _promised() -> re.Pattern[str]:
    verbs = alternation(values("pledge"))
    return re.compile(
        rf"(?<![\w’'-])(?P<verb>will (?:also )?{verbs}|(?:pledged|promised)(?: to {verbs})?){_BEFORE_OBJECT}",
        re.IGNORECASE,
    )


_LEFT = re.compile(r"(?<![\w-])(?:left|leaving)(?: at least| more than)? $")
_DEAD = re.compile(r" (?P<done>dead|wounded|injured|missing)(?![\w-])")
_WITH = re.compile(r"(?<![\w-])(?P<verb>involving|involved|with the participation of)(?: a total of)? $")


def find_figures(release: Release, forms: Collection[str]) -> list[Figure]:
    """Find the figures that a document tells, in the order of the text.

    Args:
        release: The document.
        forms: Which are wanted: `tally`, `act`.
    """
    found = list(find_tallies(release)) if "tally" in forms else []
    if "act" in forms:
        taken = [one.span for one in found]
        for start, end in release.sentences:
            if end - start > _LONGEST:
                continue
            counts = [c for c in find_counts(release.text, start, end) if _is_told(release, c, taken)]
            if counts and not _is_unreal(release.text, start, end, counts[-1].end):
                found += _read_sentence(release, start, end, counts)
    return sorted(found, key=lambda one: one.span)


def _is_told(release: Release, count: Count, taken: Sequence[Span]) -> bool:
    """Tell whether a count stands in the publisher's voice, and in no name or measure."""
    if release.is_silent(count.start) or any(s <= count.start < e for s, e in taken):
        return False
    return not any(
        m.start < count.number_end and count.start < m.end and m.label != "QUANTITY"
        for m in release.within_reach(count.start, count.number_end)
    )


def _is_unreal(text: str, start: int, end: int, until: int) -> bool:
    sentence = text[start:end].rstrip(' ”"')
    return sentence.endswith("?") or any(hit.group() != "May" for hit in words("unreal").finditer(text, start, until))


def _read_sentence(release: Release, start: int, end: int, counts: Sequence[Count]) -> Iterator[Figure]:
    for row in _in_rows(release.text, counts):
        for figure in _read_row(release, start, end, row):
            if not _RATE.search(release.text, max(start, figure.span[0] - 40), min(end, figure.span[1] + 60)):
                yield _date(release, start, end, figure, row[-1].end)


def _in_rows(text: str, counts: Sequence[Count]) -> Iterator[list[Count]]:
    """Yield counts that stand in a row; what is part of another (`including four children`) is left out."""
    row: list[Count] = []
    for count in counts:
        if _PART_OF.search(text[max(0, count.start - 20) : count.start]):
            continue
        if row and not _JOINED.fullmatch(text, row[-1].end, count.start):
            yield row
            row = []
        row.append(count)
    if row:
        yield row


def _read_row(release: Release, start: int, end: int, row: Sequence[Count]) -> list[Figure]:
    """Return the figures of counts in a row."""
    text = release.text
    first, last = row[0].start, row[-1].end
    start = max(start, first - _NEAR)
    before = text[start:first]
    if hit := _promised().search(before):
        if "send" in hit["verb"] and row[0].category not in _GIVEN:
            return []
        if _scheme().search(before, 0, hit.start("verb")):
            return []
        return _make(release, row, "pledged", (start + hit.start("verb"), start + hit.end("verb")), None)
    if hit := _verb_before().search(before):
        return _make_active(release, start, row, hit)
    if (hit := _LEFT.search(before)) and (done := _DEAD.match(text, last, end)):
        act = "killed" if done["done"] == "dead" else values("was")[done["done"]]
        return _make(release, row, act, done.span("done"), None)
    if (hit := _WITH.search(before)) and _EXERCISE.search(text, start, end):
        return _make(release, row, "took_part", (start + hit.start("verb"), start + hit.end("verb")), None)
    done = _done_behind().match(text, last, end)
    if done is None or _no_subject().search(before):
        return []
    act = values("was")[done["done"].casefold()]
    is_done = done["told"] or act in _DONE_BY_IT or _no_object().match(text, done.end(), end)
    if not is_done or _or_more().match(text, done.end(), end):
        return []
    by = _agent(release, done.end(), end)
    return _make(release, row, act, done.span("done"), by)


def _make_active(release: Release, start: int, row: Sequence[Count], hit: re.Match[str]) -> list[Figure]:
    verb = hit["verb"].casefold()
    lead = (hit["lead"] or "").strip()
    if _ONE_OF.search(release.text, start, start + hit.start("verb")):
        return []
    if lead.casefold() in values("lead"):
        return []
    before = release.text[start : start + hit.start("verb")]
    if verb.split()[0].endswith("ing") and (not (lead.endswith(",") or lead == "and") or _AHEAD.search(before)):
        return []
    at = start + hit.start("verb")
    by = _subject(release, start, at)
    act = values("did")[verb]
    span = (at, at + len(hit["verb"]))
    if act != "sent":
        return _make(release, row, act, span, by)
    return (
        [
            one
            for count in row
            for one in _make(release, [count], "delivered" if count.category in _GIVEN else "deployed", span, by)
        ]
        if verb != "deployed"
        else _make(release, row, "deployed", span, by)
    )


def _make(release: Release, row: Sequence[Count], act: str, told: Span, by: Span | None) -> list[Figure]:
    """Return the figures of counts to which an act fits; none if it does not fit the first."""
    fitting = [count for count in row if count.category in _FITS[act]]
    if not fitting or fitting[0] is not row[0]:
        return []
    return [_figure(release, count, act, told, by) for count in fitting]


def _figure(release: Release, count: Count, act: str, told: Span, by: Span | None) -> Figure:
    of, equipment = None, None
    for m in release.within_reach(count.number_end, count.end):
        if m.label in ("NORP", "GPE") and m.end <= count.end and (m.key or "").startswith("iso:"):
            of = m.key
        elif m.label == "EQUIPMENT":
            equipment = m.entity_id
    return Figure(
        (count.start, count.end), count.low, count.high, count.is_approximate, count.noun, count.category, act, told,
        by, of, equipment, "rule:act",
    )  # fmt: skip


def _agent(release: Release, at: int, end: int) -> Span | None:
    """Return who did it, behind `by`."""
    by = _BY.match(release.text, at, end)
    for m in release.within_reach(by.end(), by.end() + 1) if by else ():
        finish = _with_forces(release, m)
        if by and m.start == by.end() and (m.label in _ACTORS or finish > m.end):
            return m.start, finish
    return None


def _subject(release: Release, start: int, verb: int) -> Span | None:
    """Return who did it, before a verb."""
    for m in reversed(release.within_reach(start, verb)):
        finish = _with_forces(release, m)
        if m.start >= start and (m.label in _ACTORS or finish > m.end) and _DID.fullmatch(release.text, finish, verb):
            return None if _OF_OTHER.search(release.text, start, m.start) else (m.start, finish)
    return None


def _with_forces(release: Release, mention: Mention) -> int:
    forces = _forces().match(release.text, mention.end)
    return forces.end() if forces and mention.label in ("NORP", "GPE", "ORG") else mention.end


def _date(release: Release, start: int, end: int, figure: Figure, row_end: int) -> Figure:
    """Return a figure with the time that its sentence names, where it names one, and whether it counts from then on."""
    text, behind = release.text, max(row_end, figure.told[1] if figure.told else 0)
    is_cumulative = any(
        (
            _AT_FIRST.match(text, start, end) and not words("clause").search(text, start, figure.span[0]),
            _TILL_NOW.search(text, start, figure.span[0]),
            _SO_FAR.match(text, behind, end),
        )
    )
    days = [m for m in release.within_reach(start, end) if m.label == "DATE"]
    if len(days) != 1 or days[0].days is None or not _belongs(text, start, days[0], figure.span[0], behind):
        return replace(figure, is_cumulative=is_cumulative)
    first, last = days[0].days
    return replace(figure, first=first, last=None if is_cumulative else last, is_cumulative=is_cumulative)


def _belongs(text: str, start: int, day: Mention, at: int, behind: int) -> bool:
    """Tell whether a day is that of a figure: it stands close behind, or is a calendar day that starts its sentence."""
    if day.start >= behind:
        between = text[behind : day.start]
        return _CLOSE.fullmatch(between) is not None and words("clause").search(between) is None
    is_stated = any(c.isdigit() for c in text[day.start : day.end])
    return is_stated and day.start - start <= _LEAD and words("clause").search(text, day.end, at) is None
