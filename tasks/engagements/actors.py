"""Who can take part in an engagement: people, offices without a name, bodies and states, each with its country.

Order: every person of the document gets a country (stated beside the name, stated elsewhere in the document or in the
dump's title, known to a lexicon) → the publisher's own country, where its source does not say it, is that of most who
are named without one → for a sentence, its mentions are read from left to right: a person with all that belongs to the
name, an office with the country before or after it, a body, a state.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, NamedTuple

from tasks.countries import countries_in, country_forms, country_in
from tasks.engagements.countries import (
    body_in,
    body_of_mission,
    country_of,
    country_of_body,
    country_of_holder,
    country_of_name,
    country_of_person,
    country_of_surname,
    is_capital,
    is_service,
    is_state,
    office_of_person,
)
from tasks.engagements.levels import level_of_title
from tasks.engagements.lexicon import words
from tasks.engagements.release import Mention, Release, Span
from tasks.lexicons import alternation, read_terms

Kind = Literal["person", "office", "body", "state", "people"]

_FEWEST = 0.5  # votes for a country to be the publisher's
_REACH = 90  # characters before a name in which its office stands
_FAR, _FARTHEST = 30, 60  # characters between what belongs to a person; with words of an office in capitals between
_OWNERS = frozenset({"GPE", "NORP", "ORG", "UNIT"})
_LINK = re.compile(r"(?:['’]s?)?[ ,()]{0,3}(?:(?:of|for|and|to|&) )?(?:the |its |his |her )?")
FORM = re.compile(
    r"(?:(?:[Tt]he )?(?:Right |Rt\.? )?Hon(?:ou?rable)?\b\.? |(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady|Prof|Hon|H\.E"
    r"|HE|HRH|Shri|Smt|Dato[’']?|Datuk|Datin|Seri|Sri|Tan|Tun|YB|YAB|Haji|Pehin|Pengiran|Sheikh|Sheikha)(?!\w)\.? "
    r"|(?:[Hh]is|[Hh]er|HIS|HER) \w+ )+"
)


#: What stands before a name that is not whom a release is of: `will meet President Lind and Prime Minister Moe`.
_GOVERNED = re.compile(r"\b(?:with|to|meet|met|by|from|welcom\w+|receiv\w+|invit\w+)\b[^.;]{0,70}$")


#: `his Tanzanian counterpart, Brigadier General`, before a name.
_COUNTERPART = re.compile(r"(?:\w+ ){0,2}counterpart,? (?:[A-Z][\w.’'-]* |of |and ){0,6}$")
#: Words in capitals between a country and a name: an office that no mention marks.
_UNMARKED = re.compile(r"(?:['’]s)? ?(?:(?:[A-Z][\w.’'-]*|of|and|for|the|to) ){1,8}")


class Person(NamedTuple):
    """What a document says of a person, wherever it does."""

    country: str | None
    title: str | None
    organisation: str | None
    organisation_id: str | None


@dataclass(frozen=True)
class Actor:
    """One who can take part.

    Attributes:
        start, end: The name, or the office, body or state where there is none; equal for who is only meant (`I`, `we`).
        kind: What it is.
        country: Its side.
        phrase: From the first to the last character of the name and what belongs to it.
        mention: The mention that names it.
        name: The fullest form of a person's name.
        title: The office, verbatim.
        organisation: Where it is held, or the body.
        organisation_id: Key of that.
        is_plural: Whether it is more than one: `ministers`, `presidents`.
    """

    start: int
    end: int
    kind: Kind
    country: str | None
    phrase: Span
    mention: Mention | None = None
    name: str | None = None
    title: str | None = None
    organisation: str | None = None
    organisation_id: str | None = None
    is_plural: bool = False


@dataclass(frozen=True)
class Cast:
    """The people of a document, by fullest name, and the publisher's country.

    Attributes:
        release: The document.
        own: The publisher's country.
        people: What the document says of each person, wherever it does.
        beside: By the index of a person's mention: what is said right beside it, and the stretch that says it.
    """

    release: Release
    own: str | None
    people: dict[str, Person] = field(default_factory=dict)
    beside: dict[int, tuple[Person, Span]] = field(default_factory=dict)


@cache
def _officials() -> re.Pattern[str]:
    """Return the pattern of what follows a people or state that acts: `delegation`, `side`, `armed forces`."""
    terms = read_terms("engagement_words.tsv")
    between = r"(?:(?!(?:and|business|community|for|in|industry|of|on|opposition|or|religious|to|with)\b)\w+ ){0,2}?"
    return re.compile(rf"(?:['’]s?)? {between}(?:{alternation(terms['official'])})\b")


@cache
def _own_words() -> re.Pattern[str]:
    return re.compile(" " + alternation(read_terms("engagement_words.tsv")["own"]) + r"\b")


@cache
def _plural() -> re.Pattern[str]:
    return re.compile(r"\b(?:\w+men|\w+s)$")


def _phrase(release: Release, i: int) -> tuple[int, int]:
    """Return the first and the last of the mentions that belong to a person: the office and its owner."""
    mentions, text = release.mentions, release.text
    first = last = i
    has_title = False
    while first > 0:
        before, after = mentions[first - 1], mentions[first]
        if after.start - before.end > (_FARTHEST if first == i else _FAR):
            break
        gap = FORM.sub("", text[before.end : after.start].lstrip(" ") if first == i else text[before.end : after.start])
        is_office = first == i and _UNMARKED.fullmatch(gap) is not None
        if (after.start - before.end > _FAR and not is_office) or not (
            is_office or _LINK.fullmatch(gap) or (first == i and not gap.strip(" "))
        ):
            break
        if " and " in gap and text[max(0, before.start - 4) : before.start].lower() == "the ":
            break
        stands = text[max(0, before.start - 12) : before.start]
        is_where = before.label == "GPE" and re.search(r"\b(?:[Ii]n|from|at|near) (?:the )?$", stands) is not None
        if first == i and before.label in _OWNERS and _UNMARKED.fullmatch(gap):
            if is_where:
                break
            has_title = has_title or level_of_title(gap) != "unknown" or words("office").search(gap) is not None
            if not has_title:
                break
        elif before.label == "TITLE" and (
            first == i or not gap.strip() or mentions[first].label in _OWNERS or has_title
        ):
            has_title = True
        elif before.label in _OWNERS and (first < i or not gap.strip(" ")) and "," not in gap:
            if is_where:
                break
        elif first != i or gap != ", " or before.label not in _OWNERS or not _is_held_in(release, first - 1):
            break
        if mentions[first - 1].start < mentions[i].start - _REACH:
            break
        first -= 1
    if not has_title:
        first = i
    if last + 1 < len(mentions) and mentions[last + 1].label in _OWNERS - {"NORP"}:
        last += re.fullmatch(r" of (?:the )?", text[mentions[last].end : mentions[last + 1].start]) is not None
    if last == i and not has_title:
        last = _apposition(release, i)
    return first, last


def _is_held_in(release: Release, i: int) -> bool:
    """Tell whether a mention ends an office: `President of Chile` in `the President of Chile, Ana Ruiz`."""
    office = release.mentions[i - 1] if i else None
    if office is None or office.label != "TITLE":
        return False
    return re.fullmatch(r" of (?:the )?", release.text[office.end : release.mentions[i].start]) is not None


def _apposition(release: Release, i: int) -> int:
    """Return the last of the mentions of an office behind a name: `Ana Ruiz, Ambassador of Chile`; the name if none."""
    mentions, text = release.mentions, release.text
    if i + 2 >= len(mentions) or mentions[i + 1].label != "TITLE" or mentions[i + 2].label not in _OWNERS:
        return i
    office, owner = mentions[i + 1], mentions[i + 2]
    is_behind = re.fullmatch(r", (?:the |his |her )?", text[mentions[i].end : office.start])
    is_owned = re.fullmatch(r" (?:of|for) (?:the )?", text[office.end : owner.start])
    is_next = i + 3 < len(mentions) and mentions[i + 3].label == "PERSON"
    is_others = is_next and re.fullmatch(r",? ?", text[owner.end : mentions[i + 3].start]) is not None
    return i + 2 if is_behind and is_owned and not is_others else i


#: `Russian Ambassador to Oman`: whose he is stands before, where he is sent behind.
_ENVOY = re.compile(r"\b(?:Ambassador|Envoy|High Commissioner|Consul)\b[^.;]*? to (?=(?:the )?[A-Z])")


def _owner_of_all(release: Release, start: int, end: int) -> str | None:
    """Return whose the last body of an office is: `Commander of the Western Fleet of the Chilean Navy`."""
    bodies = [m for m in release.within(start, end) if m.label in ("ORG", "UNIT")]
    is_of = len(bodies) > 1 and re.fullmatch(r" of (?:the )?", release.text[bodies[-2].end : bodies[-1].start])
    return country_of(bodies[-1], release.text) if is_of else None


#: Before the name of who leads it: `a delegation of the Chilean Navy, led by`, `the Fijian delegation was headed by`.
_DELEGATION = re.compile(
    r"(?:\b[Dd]elegations?\b (?:of|from) [^.;]{3,90}?|[A-Z]\w+ (?:\w+ ){0,2}delegation)[^.;]{0,40}?"
    r"\b(?:led|headed|chaired) by (?:the |its |his )?$"
)


def _sender(release: Release, at: int) -> str | None:
    """Return whose delegation it is that somebody leads whose office starts at an offset."""
    led = _DELEGATION.search(release.text, max(0, at - 2 * _REACH), at)
    senders = [m for m in release.within(led.start(), led.end()) if m.label in _OWNERS] if led else []
    return next((c for m in reversed(senders) if (c := country_of(m, release.text))), None)


def _side_of(owner: Mention, text: str) -> str | None:
    """Return whose an office is that a mention ends: `Commander of KFOR` acts for NATO."""
    return country_of(owner, text) or body_of_mission(text[owner.start : owner.end])


def _read_person(release: Release, i: int) -> tuple[Person, Span]:
    """Return what is said of a person right beside the name, and the stretch that says it."""
    mention, text = release.mentions[i], release.text
    first, last = _phrase(release, i)
    start, end = release.mentions[first].start, release.mentions[last].end
    offices = release.offices.get(mention.entity_id, ())
    for office in offices:
        start, end = min(start, office.start), max(end, office.end)
    around = [*release.mentions[first:i], *release.mentions[i + 1 : last + 1]]
    titles = [text[m.start : m.end] for m in around if m.label == "TITLE"]
    if first < i and not titles:
        titles = [FORM.sub("", text[release.mentions[i - 1].end : mention.start]).strip()]
    owners = [m for m in around if m.label in _OWNERS]
    country = next((o.country_id for o in offices if o.country_id), None)
    country = country or next((c for o in offices if (c := country_of_body(o.organisation_id))), None)
    sides = [c for m in reversed(owners) if (c := _side_of(m, text))]
    country = country or next((c for c in sides if c.startswith("iso:")), next(iter(sides), None))
    held = next((o for o in offices if o.organisation), None)
    title = " and ".join(dict.fromkeys(o.title for o in offices)) or (titles[0] if titles else None)
    ahead_of = text[max(0, mention.start - _REACH) : mention.start]
    if country is None and "counterpart" in ahead_of and (counterpart := _COUNTERPART.search(ahead_of)):
        country = country_in(counterpart[0])
    if (
        country is None
        and "ed by " in ahead_of
        and (led := _DELEGATION.search(text, max(0, start - 2 * _REACH), start))
    ):
        senders = [m for m in release.within(led.start(), led.end()) if m.label in _OWNERS]
        country = next((c for m in reversed(senders) if (c := country_of(m, text))), None)
    if country is None and held and held.organisation:
        country = (
            country_in(held.organisation)
            or body_in(held.organisation)
            or _owner_of_all(release, held.start, mention.start)
        )
    envoy = _ENVOY.search(text, max(0, start - _REACH), mention.start) if start < mention.start else None
    if envoy is not None and envoy.end() >= start:
        ahead = max(0, envoy.start() - 20, text.rfind(". ", 0, envoy.start()) + 1)
        country = next(reversed(countries_in(text[ahead : envoy.end()])), None)
    if country is None and text.endswith((" of ", " of the "), 0, mention.start):  # `Premier of | Jordan Omar Said`
        country = country_forms().get(text[mention.start : mention.end].split()[0])
    body = next((text[m.start : m.end] for m in owners if m.label in ("ORG", "UNIT")), None)
    return Person(country, title, held.organisation if held else body, held.organisation_id if held else None), (
        start,
        end,
    )


def _in_title(title: str, name: str) -> str | None:
    """Return the country that a title names beside a person.

    Example:
        >>> _in_title("Telephone conversation with US President George Hill", "Hill")
        'iso:USA'
    """
    at = title.find(name) if name in title else title.find(surname(name))
    if at < 0:
        return None
    before = re.split(r"\b(?:and|with|met|meets|by|to)\b|, ", title[:at])[-1]
    if " " not in name:  # a forename may name a people: `Minister German Gref`
        before = re.sub(r"(?<!of )(?<!of the )\b[A-Z]\w+ $", "", before)
    elif before.endswith(f" {name.split()[0]} "):
        before = before.removesuffix(f"{name.split()[0]} ")
    behind = (_BEHIND.match(title, at + (len(name) if title.startswith(name, at) else len(surname(name)))) or [""])[0]
    return country_in(before) or country_in(behind) or body_in(before) or body_in(behind)


def _office_in_title(title: str, office: str | None) -> str | None:
    """Return the country whose office a title names, where it names the office once: `welcomes President of Ukraine`.

    Example:
        >>> _office_in_title("Secretary General welcomes President of Ukraine", "President")
        'iso:UKR'
        >>> _office_in_title("Meeting with Presidents of Chile and Peru", "President")
    """
    if not office or office not in title or len(hits := [*re.finditer(rf"\b{re.escape(office)}\b", title)]) != 1:
        return None
    behind = re.match(r" of (?:the )?(?:Republic of )?(?:[A-Z][\w’'-]+ ?){1,3}", title[hits[0].end() :])
    ahead = re.search(r"[A-Z][\w-]+(?: [A-Z][\w-]+)?(?:['’]s)? $", title[: hits[0].start()])
    return country_in((behind or [""])[0]) or country_in((ahead or [""])[0])


_TWO_WORDS = re.compile(r"(?<!with )(?=\b([A-Z]\w+ [A-Z][\w’'-]*\w))")
_BEHIND = re.compile(r"(?:['’]s)?(?:, [\w ]{0,60}| of (?:the )?(?:Republic of )?(?:[A-Z]\w+ ?){1,3})")


def read_cast(release: Release) -> Cast:
    """Find the country and office of each person of a document, and the publisher's country."""
    stated: dict[str, Person] = {}
    keys: dict[str, str | None] = {}
    first_at: dict[str, int] = {}
    beside: dict[int, tuple[Person, Span]] = {}
    for i, mention in enumerate(release.mentions):
        if mention.label != "PERSON":
            continue
        name = mention.canonical or release.text[mention.start : mention.end]
        beside[i] = person, _ = _read_person(release, i)
        known = stated.get(name, Person(None, None, None, None))
        stated[name] = Person(*(a or b for a, b in zip(known, person, strict=True)))
        keys[name] = keys.get(name) or mention.key
        first_at.setdefault(name, mention.start)
    people: dict[str, Person] = {}
    votes: dict[str, float] = defaultdict(float)
    for name, person in stated.items():
        country = person.country or _in_title(release.title, name) or _office_in_title(release.title, person.title)
        if country:
            votes[country] -= 1
        else:
            country = country_of_person(keys[name])
            if country is None and " " not in name and (person.title or _is_addressed(release, name)):
                country = country_of_surname(name, person.title)
            elif country is None:
                country = country_of_holder(name, surname(name), person.title)
            ahead = release.text[max(0, first_at[name] - 80) : first_at[name]]
            if country and _GOVERNED.search(ahead):
                votes[country] -= 1
            elif country:
                votes[country] += 2 if sum(votes.values()) > 0 else 3  # the publisher's own come first
        title = person.title or office_of_person(keys[name], surname(name), country) or None
        if person.country is None and title and (body := body_in(title)):
            country = body
        people[name] = person._replace(country=country, title=title)
    for hit in _TWO_WORDS.finditer(release.title):
        country = country_of_name(hit[1])
        ahead = release.title[: hit.start()]
        if country and not countries_in(ahead[-40:]) and not re.search(r"\b(?:with|to|by|from)\b", ahead):
            votes[country] += 2
    own = f"iso:{release.country}" if release.country else _guess_own(release, votes)
    return Cast(release, own, people, beside)


def surname(name: str) -> str:
    """Return the last word of a name, what says which of a family aside.

    Example:
        >>> surname("John R. Hill, Jr."), surname("Hill")
        ('Hill', 'Hill')
    """
    words = [word.strip(",") for word in name.split()]
    while len(words) > 1 and words[-1].rstrip(".") in ("Jr", "Sr", "II", "III", "IV"):
        words.pop()
    return words[-1]


def _is_addressed(release: Release, name: str) -> bool:
    return f"Mr {name}" in release.text or f"President {surname(name)}" in release.title


def _guess_own(release: Release, votes: dict[str, float]) -> str | None:
    """Return the country of the bodies and people that a text names without saying whose they are.

    Whose country is stated is hardly the publisher's own.
    """
    for mention in release.mentions:
        if mention.label in ("ORG", "UNIT", "EQUIPMENT"):
            country = country_of(mention, release.text)
            if country and country.startswith("iso:"):
                value = release.text[mention.start : mention.end]
                if _TOWARDS.search(release.text[max(0, mention.start - 40) : mention.start]):
                    continue
                is_stated = country_in(value) or (is_service(value) and not country_of_body(mention.key))
                votes[country] += 0.5 * bool(_own_words().search(value)) if is_stated else 2
        elif is_state(mention) and mention.key and _own_words().match(release.text, mention.end):
            votes[mention.key] += 1
        elif mention.key and _LED.search(release.text[max(0, mention.start - 16) : mention.start]):
            votes[mention.key] += 2
    found = _first_of(votes)
    return found if found and votes[found] >= _FEWEST else None


#: `talk to the`, `channels with the`: those on the other side.
_TOWARDS = re.compile(r"\b(?:with|to|against|between)(?: (?!and\b)\w+){0,2} $")
#: `led a U.S. delegation to`.
_LED = re.compile(r"\b(?:led|leading|headed|heading) an? $")


def _first_of(votes: Mapping[str, float]) -> str | None:
    """Return what has more votes than anything else."""
    ranked = sorted(votes.items(), key=lambda vote: -vote[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def find_actors(cast: Cast, start: int, end: int) -> list[Actor]:
    """Find who can take part in a stretch of a document, from left to right.

    Args:
        cast: The document's people.
        start: Start of the stretch.
        end: Its end.
    """
    release = cast.release
    mentions = release.within(start, end)
    if not mentions:
        return []
    offset = bisect_left(release.mentions, mentions[0])
    actors = [*_listed_offices(cast, mentions)]
    taken = [actor.phrase for actor in actors]
    for i, mention in enumerate(mentions, offset):
        if mention.label == "PERSON":
            actor = _person(cast, i)
            if any(s < mention.end and mention.start < e for s, e in taken):
                continue
            if not (actors and actors[-1].kind == "person" and actors[-1].phrase[1] > mention.start):
                actors.append(actor)
                taken.append(actor.phrase)
    for mention in sorted(mentions, key=lambda m: m.label != "TITLE"):  # an office takes the people before it along
        is_free = not any(s < mention.end and mention.start < e for s, e in taken)
        if mention.label != "PERSON" and is_free and (found := _other(cast, mention, taken)) is not None:
            actors.append(found)
            taken.append(found.phrase)
    return _named_offices(release.text, sorted(actors, key=lambda actor: (actor.start, actor.end)))


#: `President of Guinea and Chairman of the African Union`, before the name of one who is both.
_ALSO = re.compile(r",? and (?:the )?")
_NAMED = re.compile(r",? (?:(?:the|[Hh]is|[Hh]er) )?(?:[A-Z][\w.’'-]* ){0,4}")


def _named_offices(text: str, actors: Sequence[Actor]) -> list[Actor]:
    """Return an office and the bare name right behind it as one: `President of Fiji, the Honourable J. Rao`."""
    found: list[Actor] = []
    for actor in actors:
        last = found[-1] if found else None
        if last and last.kind == "office" and last.country and not last.is_plural and actor.kind == "person":
            is_bare = actor.title is None and actor.country in (None, last.country)
            is_both = (actor.country or "").startswith("org:") and (last.country or "").startswith("iso:")
            is_both = is_both and _ALSO.fullmatch(text[last.phrase[1] : actor.phrase[0]]) is not None
            if is_both or (is_bare and _NAMED.fullmatch(text[last.phrase[1] : actor.phrase[0]])):
                found.pop()
                phrase = last.phrase[0], actor.phrase[1]
                actor = replace(
                    actor, country=last.country, title=last.title, organisation=last.organisation, phrase=phrase
                )
        found.append(actor)
    return found


def _listed_offices(cast: Cast, mentions: Sequence[Mention]) -> Iterator[Actor]:
    """Yield the office of each state of a list: `the Presidents of Chile, Peru and Fiji`, `officials from A and B`."""
    text = cast.release.text
    n = 0
    while n < len(mentions):
        first, states = mentions[n], list[Mention]()
        start, title = first.start, ""
        if first.label == "TITLE" and _plural().search(text, first.start, first.end):
            title = text[first.start : first.end]
            states = _list_of_states(text, mentions[n + 1 :], first.end)
        elif first.label == "GPE" and n + 1 < len(mentions) and mentions[n + 1].label == "GPE":
            states = _list_of_states(text, mentions[n:], first.start, "")
            if len(states) > 1 and (held := _plain_offices().search(text, max(0, start - _REACH), start)):
                start, title = held.start(), held["office"]
        n += max(1, len(states))
        for state in states if title and len(states) > 1 else ():
            phrase = start if state is states[0] else state.start, state.end
            country = country_forms().get(text[state.start : state.end]) or country_of(state, text)
            if country:
                yield Actor(state.start, state.end, "office", country, phrase, state, title=title.removesuffix("s"))


def _list_of_states(
    text: str, mentions: Sequence[Mention], at: int, link: str = r" (?:of|from) (?:the )?"
) -> list[Mention]:
    """Return the states at the start of some mentions that are listed behind an offset."""
    states: list[Mention] = []
    for mention in mentions:
        if mention.label != "GPE" or not re.fullmatch(link, text[at : mention.start]):
            break
        states.append(mention)
        at, link = mention.end, r"(?:,|,? and) (?:the )?"
    return states


@cache
def _plain_offices() -> re.Pattern[str]:
    """Return the pattern of officials whom no mention marks: `the defence ministers of`, `officials from`."""
    return re.compile(
        r"(?P<office>(?:[Dd]efen[cs]e |[Ff]oreign |[Pp]rime |[Ss]enior |military )*"
        rf"{alternation(read_terms('engagement_words.tsv')['officials'])})(?: [a-z]+){{0,2}}?"
        r"(?: of(?: the)?(?: [A-Za-z]+){1,4}?)? (?:of|from) (?:the )?$"
    )


def _person(cast: Cast, i: int) -> Actor:
    release = cast.release
    mention = release.mentions[i]
    name = mention.canonical or release.text[mention.start : mention.end]
    beside, phrase = cast.beside[i]
    known = cast.people.get(name, beside)
    return Actor(
        mention.start,
        mention.end,
        "person",
        beside.country or known.country,
        phrase,
        mention,
        name,
        beside.title or known.title,
        beside.organisation or known.organisation,
        beside.organisation_id or known.organisation_id,
    )


def _other(cast: Cast, mention: Mention, taken: Sequence[Span]) -> Actor | None:
    text = cast.release.text
    if mention.label == "TITLE":
        return _office(cast, mention, taken)
    if mention.label in ("ORG", "UNIT"):
        country = country_of(mention, text) or _country_before(cast, mention)
        value = text[mention.start : mention.end]
        if country and (sent := _DELEGATES.search(text, max(0, mention.start - _REACH), mention.start)):
            phrase = sent.start("who"), mention.end
            return Actor(*phrase, "office", country, phrase, mention, title=sent["who"], organisation=value)
        return Actor(
            mention.start, mention.end, "body", country, (mention.start, mention.end), mention,
            organisation=value, organisation_id=mention.key,
        )  # fmt: skip
    if mention.label not in ("GPE", "NORP"):
        return None
    country = country_of(mention, text)
    if country is None:
        return None
    officials = _officials().match(text, mention.end)
    if officials:
        is_plural = bool(_plural().search(officials[0]))
        return Actor(
            mention.start, officials.end(), "office", country, (mention.start, officials.end()), mention,
            title=officials[0].split(" ", 1)[1], is_plural=is_plural,
        )  # fmt: skip
    if mention.label == "GPE" and (envoys := _ENVOYS.search(text, max(0, mention.start - _REACH), mention.start)):
        phrase, title = (envoys.start("who"), mention.end), envoys["who"]
        return Actor(*phrase, "office", country, phrase, mention, title=title, is_plural=title.endswith("s"))
    if mention.label == "GPE" and (is_state(mention) or is_capital(mention)) and not _says_where(cast, mention):
        return Actor(mention.start, mention.end, "state", country, (mention.start, mention.end), mention)
    if mention.label == "NORP":
        return Actor(mention.start, mention.end, "people", country, (mention.start, mention.end), mention)
    return None


#: Officials whom no mention marks, before their state: `the defence attaché of`, `a delegation from`.
_ENVOYS = re.compile(
    r"\b(?P<who>(?:(?:defen[cs]e|military|naval|air) )?(?:attach[ée]s?|ambassadors?|charg[ée] d[’']affaires)"
    r"|counterparts?|(?<!business )(?<!opposition )(?<!trade )(?<!youth )(?<!student )delegations?)"
    r" (?:of|from) (?:the )?$"
)


#: Whom a body sends: `a delegation of the`.
_DELEGATES = re.compile(r"\b(?<!business )(?P<who>delegation) (?:of|from) (?:the )?$")


def _says_where(cast: Cast, mention: Mention) -> bool:
    """Tell whether a state says where the place before it lies: `in Hangzhou, China`."""
    before = cast.release.within(max(0, mention.start - 60), mention.start)[-1:]
    if not before or cast.release.text[before[0].end : mention.start] != ", " or is_state(before[0]):
        return False
    return before[0].label in ("GPE", "FAC", "LOC") and not is_capital(mention)


def _country_before(cast: Cast, mention: Mention) -> str | None:
    """Return the country of the people or state right before a body: `Chinese | Ministry of Defence`."""
    text = cast.release.text
    for other in cast.release.within(max(0, mention.start - 40), mention.start):
        gap = text[other.end : mention.start]
        if other.label in ("NORP", "GPE") and re.fullmatch(r"(?:['’]s?)? ", gap):
            return country_of(other, text)
    after = re.match(r" of (?:the )?", text[mention.end : mention.end + 10])
    if after:
        for other in cast.release.within(mention.end + after.end(), mention.end + after.end() + 60)[:1]:
            if other.start == mention.end + after.end() and other.label == "GPE":
                return country_of(other, text)
    return None


def _office(cast: Cast, mention: Mention, taken: Sequence[Span]) -> Actor:
    """Return an office without a name, with the country before or after it, else the publisher's own."""
    release = cast.release
    text = release.text
    start, end, country = mention.start, mention.end, None
    near = release.within(max(0, start - 60), min(len(text), end + 80))
    body = None
    for other in near:
        if other.end <= start and re.fullmatch(r"(?:['’]s?)? (?:\w+ )?", text[other.end : start]):
            if other.label in _OWNERS and not any(s <= other.start < e for s, e in taken):
                country, start = country_of(other, text) or country, other.start
        elif other.label in _OWNERS and (link := _OF.fullmatch(text[end : max(end, other.start)])):
            if link[1] == "to" and not words("envoy").search(text[start:end]):
                continue
            is_post = country is not None and text[end : end + 4] == " to "  # an ambassador of one state to another
            country, end = country if is_post else country_of(other, text) or country, other.end
            body = text[other.start : other.end] if other.label in ("ORG", "UNIT") else None
    is_plural = bool(_plural().search(text[mention.start : mention.end]))
    if country is None and not is_plural:
        country = _sender(release, start) if text.endswith((" by the ", " by its "), 0, start) else None
        country = country or _holders_country(cast, mention) or cast.own
    return Actor(
        mention.start, mention.end, "office", country, (start, end), mention,
        title=text[mention.start : mention.end], organisation=body, is_plural=is_plural,
    )  # fmt: skip


_OF = re.compile(r" (of|for|to) (?:the )?")


def _holders_country(cast: Cast, mention: Mention) -> str | None:
    """Return the country of all whom the document has named with an office so far, None if they are of several."""
    low = cast.release.text[mention.start : mention.end].casefold()
    text = cast.release.text
    before = cast.release.within(0, mention.start)
    so_far_offices = [m for m in before if m.label == "TITLE" and text[m.start : m.end].casefold() == low]
    so_far = {m.canonical for m in cast.release.within(0, mention.start) if m.label == "PERSON"}
    people = (person for name, person in cast.people.items() if name in so_far)
    held = {p.country for p in people if p.title and low in p.title.casefold() and p.country}
    held |= {country for m in so_far_offices if (country := _country_behind(cast, m)) is not None}
    return held.pop() if len(held) == 1 else None


def _country_behind(cast: Cast, mention: Mention) -> str | None:
    """Return the country right behind an office: `President of Chile`."""
    text = cast.release.text
    if link := re.match(r" of (?:the )?", text[mention.end : mention.end + 10]):
        at = mention.end + link.end()
        return next((country_of(m, text) for m in cast.release.within(at, at + 40)[:1] if m.start == at), None)
    return None


def nearest(cast: Cast, names: Collection[str], at: int) -> Actor | None:
    """Return the mention of some people that is nearest to an offset."""
    release = cast.release
    numbers = [i for i, m in enumerate(release.mentions) if m.label == "PERSON" and m.canonical in names]
    if not numbers:
        return None
    return _person(cast, min(numbers, key=lambda i: (abs(release.mentions[i].start - at), i)))


def own_actor(cast: Cast, at: int) -> Actor:
    """Return the publisher's side where the text only means it: `I`, `we`, nobody."""
    return Actor(at, at, "office", cast.own, (at, at))


def groups(text: str, actors: Sequence[Actor]) -> Iterator[list[Actor]]:
    """Yield actors that are listed together: only commas, `and` and articles stand between them."""
    group: list[Actor] = []
    for actor in actors:
        gap = _plain(text[group[-1].phrase[1] : actor.phrase[0]]) if group else ""
        if group and group[-1].kind == "office":  # a name that no mention marks: `Minister | Berzins and Minister`
            gap = _UNKNOWN.sub("", gap)
        if group and _LIST.fullmatch(gap) is None:
            yield group
            group = []
        group.append(actor)
    if group:
        yield group


def _plain(gap: str) -> str:
    """Return a gap with single blanks: what is no part of the release is blanked out."""
    return re.sub(r" {2,}", " ", gap)


_UNKNOWN = re.compile(r"^,?(?: [A-Z][\w.’'-]+){1,3}(?=,? and )")
_LIST = re.compile(
    r"(?:['’]s?)?(?:,? ?(?:and|&|as well as|along with|together with|or|,|-|–)? ?)?"
    r"(?:,? ?(?:separately|also|then|later)\b,? ?)?(?:with )?"
    r"(?:the |a |an |his |her |its |their |all )?(?:(?:Mr|Mrs|Ms|Dr|Sir|Hon|General|former|newly elected)\b\.? )*"
)
