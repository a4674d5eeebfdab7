"""Who holds which office: roles stated in a text, from its mentions.

Order: mentions are painted over with a sign for their label, character for character, so that offsets stay → offices
are found in what is left, by the lexicon (a word of an office, the words before it, what it is for) → offices are
painted over too → patterns of signs → one role for each office in the phrase. Only what stands near a person, in its
line, is looked at.

Patterns, with an owner (people, country or organisation) where one is stated:
1. before: `Russian Defense Minister Sergei Shoigu`, `President of Belarus Alexander Lukashenko`;
2. comma: `the commander of U.S. Central Command, Gen. Joseph Votel,`, only with an owner;
3. apposition: `Li Shangfu, China's defense minister`, `Tan Kefei, a spokesman for the Ministry of National Defense`.
An office in the plural, or one that another name follows, says nothing of the person beside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from tasks.entities.lexicon import (
    Mention,
    country_forms,
    find_at_words,
    find_countries,
    first_words,
    other_places,
    uncapitalise,
)
from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_terms
from tasks.names import name_forms

Span = tuple[int, int]

# Signs of the private use area: no text has them, and none is a letter to a regular expression.
_PERSON, _OFFICE, _ORG, _GPE, _NORP, _OTHER = "\ue000\ue001\ue002\ue003\ue004\ue005"
_SIGNS = {"PERSON": _PERSON, "GPE": _GPE, "NORP": _NORP}
_HOLDERS = frozenset(label.name for label in ENTITY_LABELS if label.has_offices)
_FREE = frozenset(label.name for label in ENTITY_LABELS if label.joins_office)
_ALL = _PERSON + _OFFICE + _ORG + _GPE + _NORP + _OTHER
_ANY_SIGN = re.compile(f"[{_ALL}]")
_REACH = 250  # characters to each side of a person in which an office is looked for
_LONGEST = 8  # words of a phrase of portfolios


_DEMONYM = re.compile(r"(?:an|en|in|i|ish|ese)$")  # peoples that no lexicon has: Chechen, Abkhazian


class Role(NamedTuple):
    """A stated role, in half-open offsets."""

    start: int
    end: int
    person: Span
    title: Span
    qualifier: Span | None
    organisation: Span | None
    country: Span | None
    method: str

    def stated(self) -> dict[str, Span | None]:
        """Return what the phrase states, by name."""
        return {name: getattr(self, name) for name in ("person", "title", "qualifier", "organisation", "country")}


def _any_case(forms: tuple[str, ...]) -> str:
    return f"(?i:{alternation(forms)})"


@cache
def _purpose() -> str:
    """Return the pattern of a word that says what a minister is for."""
    return _any_case(tuple({*read_terms("offices.tsv")["portfolio"], *read_terms("portfolios.tsv")["portfolio"]}))


@cache
def _office() -> re.Pattern[str]:
    """Return the pattern of an office: words before its head, the head, and what it is for."""
    terms = read_terms("offices.tsv")
    ranks = alternation((*read_terms("military.tsv")["rank"], *terms["rank"]))
    word = rf"(?:{_purpose()}|{_any_case(terms['modifier'])})"
    # A comma only in a list: "Agriculture, Land and Water Minister", not "all of Europe, President X said".
    joint = rf"(?:,? (?:and|&) |, (?=(?:{word}, )*{word},? (?:and|&) )|[ -]|[’']s |s[’'] )"
    purpose = rf"(?:{_purpose()}(?:[’']s?)?)"
    after = rf"{purpose}(?:(?:,? and|,? &|,| of| of the| for)? {purpose}){{0,{_LONGEST}}}"
    heads = _any_case(terms["head"])
    # Before a head in capitals stand words in capitals: not "a change Defense Secretary X made".
    cased = "|".join(
        rf"(?:(?={case}){word}{joint}){{0,6}}(?P<{name}>(?={case}){heads})"
        for name, case in (("upper", "[A-Z]"), ("lower", "[a-z]"))
    )
    return re.compile(rf"(?<![\w-])(?:(?:{cased})(?:,? (?:of|for) (?:the )?{after})?|{ranks})(?![\w-]| [A-Z])")


@cache
def _office_starts() -> frozenset[str]:
    """Return the words, in small letters, that an office starts with, also where `s’` joins it to the next."""
    terms, military = read_terms("offices.tsv"), read_terms("military.tsv")
    kinds = ("portfolio", "modifier", "head", "rank")
    forms = [*military["rank"], *read_terms("portfolios.tsv")["portfolio"], *(f for kind in kinds for f in terms[kind])]
    words = {word.casefold() for word in first_words(forms)}
    return frozenset(words | {f"{word}s" for word in words})


@cache
def _portfolio() -> re.Pattern[str]:
    """Return the pattern of what a minister is for and nothing else: `Health and Social Development`."""
    return re.compile(rf"{_purpose()}(?:(?:,? and |,? & |, | ){_purpose()})*")


@cache
def _core() -> re.Pattern[str]:
    """Return the pattern of what a model's title must end with, before any `of`: a head or a rank."""
    terms = read_terms("offices.tsv")
    ranks = alternation((*read_terms("military.tsv")["rank"], *terms["rank"]))
    word = r"(?!(?:of|for|to|on|in)\b)[\w.,’'()/&-]+"
    return re.compile(rf"(?:{word}[ -])*?(?:{_any_case(terms['head'])}|{ranks})(?: (?:of|for|to|on|in) .+)?")


@cache
def _office_words() -> frozenset[str]:
    """Return ends of heads, ranks of one word (`Brigjen Pol` ends in a name), and `of`: none of them is in a name."""
    terms = read_terms("offices.tsv")
    ranks = (rank for rank in read_terms("military.tsv")["rank"] if " " not in rank)
    return frozenset(["of", *(form.split()[-1].casefold() for form in (*terms["head"], *terms["rank"], *ranks))])


@cache
def _swallowed() -> re.Pattern[str]:
    """Return the pattern of an organisation that took a person's name along: `Sports Committee Olga Lind`."""
    return re.compile(rf"\b{alternation(read_terms('offices_drop.tsv')['body'])} [A-Z]\w+ [A-Z]\w+$")


@cache
def _unheld() -> re.Pattern[str]:
    """Return the pattern of a word that says that an office is not, or not fully, held."""
    return re.compile(rf"{_any_case(read_terms('offices.tsv')['qualifier'])}(?: |(?<=-))")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    terms = read_terms("offices.tsv")
    qualifier = rf"(?:{_any_case(terms['qualifier'])}(?: |(?<=-)))"
    person, org, gpe, norp = (f"{sign}+" for sign in (_PERSON, _ORG, _GPE, _NORP))
    poss = "(?:['’]s?)?"
    owner = rf"(?:(?<![Ii]n )(?<![Ff]rom )(?<![Aa]t )(?:{norp}|{gpe}{poss})(?: {org}{poss})?|{org}{poss})"
    title = rf"(?:{_OFFICE}+['’]s )?{_OFFICE}+(?: to (?:the )?(?:{_OFFICE}+|{gpe}|{org}))?"
    place = (
        rf"(?:,? (?:of|for|at|with) (?:the |its )?(?:{org}(?: of (?:the )?{gpe})?|(?:{norp}|{gpe}{poss}) {org}|{gpe}))"
    )
    joint = r"(?:, and | and |/| – | - | )"
    honorific = rf"(?:{alternation(name_forms('address', 'office'))} )?"
    bare = rf"{qualifier}?(?:{owner} )?{qualifier}?{title}"
    one = rf"{bare}{place}{{0,2}}"
    phrase = rf"{one}(?:{joint}{one})*"
    closed = rf"(?=[,.;:)\]!?—–\"”]|\n|$| [–—-] | {alternation(terms['follower'])}\b)"
    # Of "X, Secretary of the Fund, Y" nobody can say whose office it is, unless Y's own follows.
    another = rf"(?:{_OFFICE}+ )*{honorific}{person}(?!, (?:the |a |an )?{one})"
    alone = rf"(?! (?:of|for|to|in|at|on)\b| and (?:the )?(?:[A-Z]|{_OFFICE})|,? {another}|, [A-Z])"
    return (
        ("before", re.compile(rf"(?<![\w{_ALL}])(?P<offices>{phrase}) {honorific}(?P<person>{person})")),
        (
            "comma",
            re.compile(
                rf"(?<!{_PERSON}, )(?<!\w)(?:[Tt]he|[Ii]ts|[Tt]heir) (?P<offices>{one}), (?:{_OFFICE}+ )?{honorific}"
                rf"(?P<person>{person})(?=[,.;:)]|\n|$)"
            ),
        ),
        (
            "apposition",
            re.compile(
                rf"(?P<person>{person})(?:, | \(| [–—-] |, who is )(?P<article>the |a |an |who is )?"
                rf"(?P<offices>{bare}, {org}|{one}(?:,? and (?:the |a |an )?{one})*){closed}{alone}"
            ),
        ),
    )


@cache
def _single() -> re.Pattern[str]:
    """Return the pattern that takes a phrase of offices apart, one office a match."""
    terms = read_terms("offices.tsv")
    qualifier = _any_case(terms["qualifier"])
    return re.compile(
        rf"(?P<q1>{qualifier})?[ -]?(?P<o1>[{_NORP}{_GPE}{_ORG}]+)?(?:['’]s?)?"
        rf"(?: (?P<o2>{_ORG}+)(?:['’]s?)?)? ?(?P<q2>{qualifier})?[ -]?"
        rf"(?P<title>(?:{_OFFICE}+['’]s )?{_OFFICE}+(?: to (?:the )?[{_OFFICE}{_GPE}{_ORG}]+)?)"
        rf"(?P<place>(?:,? (?:of|for|at|with) (?:the |its )?(?:[{_NORP}{_GPE}]+(?:['’]s?)? )?[{_ORG}{_GPE}]+"
        rf"(?: of (?:the )?{_GPE}+)?)*(?:, {_ORG}+)?)"
    )


def _paint(canvas: list[str], start: int, end: int, sign: str) -> None:
    canvas[start:end] = sign * (end - start)


def _windows(text: str, people: Sequence[Mention]) -> list[Span]:
    """Return the stretches around people, inside their lines and free of overlaps."""
    found: list[Span] = []
    for person in people:
        start, end = max(0, person.start - _REACH), min(len(text), person.end + _REACH)
        start = text.rfind("\n", start, person.start) + 1 or start
        line_end = text.find("\n", person.start, end)
        end = end if line_end < 0 else line_end
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found.pop()[1])
        found.append((start, end))
    return found


def _offices(text: str, masked: str, canvas: list[str], mentions: Sequence[Mention], window: Span) -> list[Span]:
    """Return the offices of a stretch.

    An office of the lexicon may cover other mentions wholly or not at all. A title of the model's counts if it ends
    like an office; a word that says that it is not held now and a country at its end are cut off. Those that overlap
    are one.
    """
    found: list[Span] = []
    for hit in find_at_words(_office(), masked, _office_starts(), *window):
        start, end = hit.span()
        head = max(hit.start("upper"), hit.start("lower"))
        near = _touching(mentions, start, end)
        # "State Duma" before "Speaker" is where it is held, "Social Protection" before "Minister" what it is for.
        holders = (m for m in near if m.label in _HOLDERS and start <= m.start and m.end < head)
        start = max([start, *(m.end + 1 for m in holders if not _portfolio().fullmatch(text, m.start, m.end))])
        if all(m.label == "TITLE" for m in near if m.start < end < m.end or m.start < start < m.end):
            found.append((start, end))
    for m in _touching(mentions, *window):
        if m.label == "TITLE" and not _ANY_SIGN.search(masked, m.start, m.end):
            start, end = _own_part(text, canvas, m)
            if _core().fullmatch(text[start:end]):
                found.append((start, end))
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return [part for span in joined for part in _split(text, *span)]


def _touching(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    """Return the mentions that share a character with a stretch."""
    first = bisect_right(mentions, start, key=lambda m: m.end)
    return mentions[first : bisect_left(mentions, end, key=lambda m: m.start)]


def _own_part(text: str, canvas: list[str], mention: Mention) -> Span:
    """Return what of a title of the model's is the office, and paint the owners that it took along.

    Cut off are a word that says that it is not held now, a country (`President of Peru`), an acronym before it (`CSTO
    Secretary General`) and an organisation after it (`Director of the Security Service`).
    """
    start, end = mention.start, mention.end
    if unheld := _unheld().match(text, start, end):
        start = unheld.end()
    for name in find_countries(text[start:end]):
        of = re.search(r" of (?:the )?$", text[start : start + name.start])
        if of:
            _paint(canvas, start + name.start, start + name.end, _SIGNS[name.label])
            return start, start + of.start()
    if acronym := re.compile(r"[A-Z]\w*[A-Z]\w* (?=[A-Z][\w-]*[a-z])").match(text, start, end):
        _paint(canvas, start, acronym.end() - 1, _ORG)
        start = acronym.end()
    bodies = alternation(read_terms("offices_drop.tsv")["body"])
    if body := re.compile(rf" (?:of|for) (?:the )?((?:[A-Z][\w’'-]* )*{bodies})$").search(text[start:end]):
        _paint(canvas, start + body.start(1), end, _ORG)
        end = start + body.start()
    return start, end


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the offices that `and` joins, where what stands on both sides of it is one."""
    for joint in reversed(list(re.finditer(r",? and (?:the )?", text[start:end]))):
        left, right = (start, start + joint.start()), (start + joint.end(), end)
        parted = [text[slice(*side)] for side in (left, right)]
        if "," not in parted[1] and all(_core().fullmatch(side) for side in parted):
            yield from _split(text, *left)
            yield right
            return
    yield start, end


def _country_or_place(text: str, span: Span, label: str) -> tuple[Span | None, Span | None]:
    """Return a span as (country, organisation): a city or province is the place where an office is held."""
    name = uncapitalise(text[span[0] : span[1]])
    if label == _NORP and name not in country_forms() and not _DEMONYM.search(name):
        return None, None
    if label == _NORP or name in country_forms() or not other_places().get(name, ("", True))[1]:
        return span, None
    return None, span


def _places(text: str, mask: str, start: int, end: int) -> tuple[Span | None, Span | None]:
    """Return the last country and the first organisation, or else place, among the signs of a stretch."""
    country: Span | None = None
    organisation: Span | None = None
    site: Span | None = None
    for hit in re.finditer(f"({_NORP}+|{_GPE}+)|{_ORG}+", mask[start:end]):
        span = hit.start() + start, hit.end() + start
        if hit.group(1):
            nation, place = _country_or_place(text, span, hit.group()[0])
            country, site = nation or country, site or place
        else:
            organisation = organisation or span
    return country, organisation or site


def _is_whole(text: str, mask: str, start: int, end: int) -> bool:
    """Tell whether a person's mention is the whole name and no more.

    No other capitalised word touches it but a repeated one; neither words run together, nor a repeated one, nor one of
    an office (`Lieutenant | Governors`) are in it.
    """
    words = text[start:end].split()
    if any(word.casefold().removesuffix("s") in _office_words() for word in words):
        return False
    if re.search(r"[a-z]{3}[A-Z]", text[start:end]) or (len(words) > 2 and len(set(words)) < len(words)):
        return False
    after = re.match(r"-?\w+| ([A-Z][\w’'-]+)", text[end : end + 40])
    if after and mask[end + 1 : end + 2] != _OTHER and (after[1] is None or after[1] not in words):
        return False
    before = re.search(r"([A-Z][\w’'-]*) $", mask[max(0, start - 40) : start])
    return before is None or before[1] in name_forms("address", "office")


def find_roles(text: str, mentions: Sequence[Mention]) -> list[Role]:
    """Find the roles that a text states, in order.

    Args:
        text: The document.
        mentions: Its mentions, sorted and free of overlaps.

    Example:
        >>> text = "Li Shangfu, China's defense minister, met Gen. Ann Hill, commander of Task Force 9."
        >>> spans = [(0, 10, "PERSON"), (12, 17, "GPE"), (42, 46, "TITLE"), (47, 55, "PERSON"), (70, 82, "UNIT")]
        >>> for role in find_roles(text, [Mention(*span, "model") for span in spans]):
        ...     print(role.method, [text[s:e] for s, e in (role.title, role.country or role.organisation or (0, 0))])
        rule:apposition ['defense minister', 'China']
        rule:before ['Gen.', '']
        rule:apposition ['commander', 'Task Force 9']
    """
    people = [m for m in mentions if m.label == "PERSON"]
    if not people:
        return []
    canvas = list(_ANY_SIGN.sub(" ", text))
    for m in mentions:
        if m.label not in _FREE:
            _paint(canvas, m.start, m.end, _SIGNS.get(m.label, _OTHER))
    windows = _windows(text, people)
    masked = "".join(canvas)
    offices = [span for window in windows for span in _offices(text, masked, canvas, mentions, window)]
    for m in mentions:
        if m.label in _HOLDERS:
            _paint(canvas, m.start, m.end, _ORG)
    for start, end in offices:
        _paint(canvas, start, end, _OFFICE)
    mask = "".join(canvas)
    named = {(m.start, m.end) for m in people}
    roles = [
        role
        for window in windows
        for name, pattern in _patterns()
        for hit in pattern.finditer(mask, *window)
        if hit.span("person") in named and _is_whole(text, mask, *hit.span("person"))
        for role in _take_apart(text, mask, hit, name)
    ]
    unique = {(role.person, role.title): role for role in reversed(roles)}
    return sorted(unique.values())


def _of_one_person(text: str, start: int, offices: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return those of several offices before a name that are surely held by that person, the last at least.

    `the President and Prime Minister Li` are two people, and so are `President of Peru and President of Chile Li`; what
    follows an unknown name may belong to that name.
    """
    line = text[max(0, start - 40) : start]
    determined = re.search(r"\b(?:[Tt]he|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Oo]ur) $|[A-Z]\w* $", line) is not None
    if len(offices) > 1 and (determined or any(office["place"] for office in offices[:-1])):
        return offices[-1:]
    return offices


def _take_apart(text: str, mask: str, hit: re.Match[str], name: str) -> Iterator[Role]:
    """Yield a role for each office of a phrase.

    An owner before the first office is that of all that have none of their own. After `the`, an office without an owner
    may be another person's: `Lind, the President and others`.
    """
    singles = list(_single().finditer(mask, *hit.span("offices")))
    determined = name == "comma" or (name == "apposition" and hit["article"] == "the ")
    if determined and not any(single["o1"] or single["place"] for single in singles):
        return
    start, end = min(hit.start("offices"), hit.start("person")), max(hit.end("offices"), hit.end("person"))
    if name == "before":
        singles = _of_one_person(text, start, singles)
        start = singles[0].start() + (text[singles[0].start()] == " ")
    shared = _places(text, mask, singles[0].start(), singles[0].start("title"))
    for single in singles:
        before = _places(text, mask, single.start(), single.start("title"))
        after = _places(text, mask, *single.span("place"))
        own = before if any(before) or any(after) else shared
        country, organisation = (a or b for a, b in zip(after, own, strict=True))
        qualifier = next((single.span(group) for group in ("q1", "q2") if single[group]), None)
        if organisation and _swallowed().search(text[slice(*organisation)]):
            continue
        yield Role(
            start, end, hit.span("person"), single.span("title"), qualifier, organisation, country, f"rule:{name}"
        )
