"""The ports that warships call at, each with its country.

Order: the places behind a trigger, as the entities or the lexicon of ports have them, that words like `at` lead to →
of a list the first of each country → where none stands behind it, the one right before it → the country: the place's
own or that of what it lies in, the lexicon's, that of the people whose port it is said to be, that of the report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from tasks.countries import country_in
from tasks.engagements.countries import country_of, country_of_city, is_state
from tasks.engagements.release import Mention, Release, Span
from tasks.engagements.scene import Scene
from tasks.engagements.where import country_of_place
from tasks.lexicons import alternation, read_rows, read_terms

_PLACES = frozenset({"GPE", "FAC", "LOC"})
_WORD = re.compile(r"[^\W\d_]+")
_AT_ONCE = 80  # characters to a port, days left out
_HEAD = 500  # characters of a document in which its dateline is
#: What leads to a port where a ship is, and to one that it sails for.
AT = "at|in|into|to|off|near|on|alongside|inside"
FOR = "for|to|towards|toward"
_NO_PORT = re.compile(r"\b(?:from|with|for|by|against|waters?|coasts?|sea|approaches|aboard|talks|exercises?)\b|[,;:(]")
_NEXT_PORT = re.compile(
    r"(?:,|,? and|,? then|,? as well as|, followed by)"
    r"(?: (?:in|at|then|on|to|on to|finally|later|afterwards|the|by|calls? at))* "
)
#: Behind a port's name, what it lies in: `Port Klang, Malaysia`.
_LIES_IN = re.compile(
    r", (?:(?:in|on) )?(?:the )?(?:island of )?|,? in (?:the )?| of (?:the )?|['’]s | \(|,? on (?:the island of )?"
)
_DATELINE = re.compile(r"[,.]? ?(?:\(|[–—-]|\d|[A-Z][a-z]{2,8}\.? \d|[A-Z][a-z]+day\b)|\.(?:\s|$)|:")
#: Of whose port that is the text names the country: `the Vietnamese port of Cam Ranh`.
_PORT_OF = re.compile(r"(?:['’]s)? (?:\w+ ){0,2}(?:sea)?port (?:city )?(?:of )?$")
#: A day that stands between a trigger and a port.
_DAY = re.compile(
    r"(?:,? \(?(?:on|since|from|until|till|in|at|during|for|between|by|late|early|around|about|and|to))? ?§\)?"
)


class Port(NamedTuple):
    """A port: its mention and country, whether the text adds what country it lies in, whether it is but a state."""

    mention: Mention
    country: str
    is_explained: bool
    is_state: bool


def _fold(text: str) -> str:
    """Return a text of the same length without accents, its apostrophes straight."""
    if text.isascii():
        return text
    return "".join("'" if c in "’ʻ‘`" else unicodedata.normalize("NFD", c)[0] for c in text)


@cache
def _forms() -> dict[str, str]:
    forms = {_fold(form): f"iso:{iso}" for form, iso in read_rows("ports.tsv", 2)}
    return {form.upper(): iso for form, iso in forms.items() if len(form) > 3} | forms


@cache
def _port_words() -> str:
    return alternation(read_terms("engagement_words.tsv")["port"])


@cache
def _port_words_out() -> re.Pattern[str]:
    """Return the pattern of the words of a port's name that are not its city's: `Kagoshima Port`."""
    return re.compile(rf"(?i)\b(?:{_port_words()}|naval|international|commercial|autonomous|cruise|of|the)\b ?")


@cache
def _direct() -> re.Pattern[str]:
    """Return the pattern of what stands between a verb and its port: `visited the port city of`."""
    return re.compile(rf" (?:the |its |her )?(?:(?:[\w’'-]+ ){{0,3}}?{_port_words()}s? (?:of|in|at) )?(?:the )?")


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    """Return the names of ports by their first words, the longest first."""
    found: dict[str, list[str]] = {}
    for form in sorted(_forms(), key=len, reverse=True):
        found.setdefault(_WORD.findall(form)[0], []).append(form)
    return {word: tuple(forms) for word, forms in found.items()}


def _known(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the stretches that name a port of the lexicon."""
    plain = _fold(text[start:end])
    for word in _WORD.finditer(plain):
        for form in _by_word().get(word[0], ()):
            stop = word.start() + len(form)
            if plain.startswith(form, word.start()) and not plain[stop : stop + 1].isalnum():
                yield start + word.start(), start + stop
                break


def _places(release: Release, start: int, end: int) -> list[Mention]:
    """Return the places in a stretch, those that only the lexicon of ports knows among them, from left to right."""
    mentions = release.within(start, end)
    places = [m for m in mentions if m.label in _PLACES]
    taken = [m for m in mentions if m.label != "PERSON"]
    for span in _known(release.text, start, end):
        if not any(m.start < span[1] and span[0] < m.end and (m in places or m[:2] != span) for m in taken):
            places.append(next((m for m in taken if m[:2] == span), Mention(*span, "LOC", "")))
    return sorted(places)


def names_place(scene: Scene) -> bool:
    """Tell whether a sentence names a place: a cheap test, before anybody looks for ships."""
    return bool(_places(scene.cast.release, scene.start, scene.end))


def _without_days(release: Release, start: int, end: int) -> str:
    """Return a stretch without the days that it names."""
    text = list(release.text[start:end])
    for mention in release.within(start, end):
        if mention.label == "DATE":
            text[mention.start - start : mention.end - start] = ["§", *[""] * (mention.end - mention.start - 1)]
    return _DAY.sub("", "".join(text)) if "§" in text else "".join(text)


def _leads(gap: str, links: str | None) -> bool:
    """Tell whether the words between a trigger and a place say that the place is where the ship is or goes."""
    if links is None:
        return _direct().fullmatch(gap) is not None
    found = list(re.finditer(rf"\b(?:{links})\b", gap))
    if not found:
        return False
    tail = gap[found[-1].end() :]
    if _NO_PORT.search(tail) or len(tail.split()) > 7:
        return False
    return " of " not in tail or re.search(rf"\b{_port_words()}\b", tail) is not None


def find_ports(
    scene: Scene,
    at: int,
    end: int,
    links: str | None = AT,
    guests: Collection[str] = (),
    is_visit: bool = False,
) -> list[Port]:
    """Return the ports of a list behind an offset, the first of each country.

    Args:
        scene: The trigger.
        at: Where the list may start.
        end: Where it ends at the latest.
        links: The words that may lead to a port, as a pattern; None: the port is the object of a verb.
        guests: The countries of the ships, as far as they are known.
        is_visit: Whether the trigger says that the port is a foreign one: `goodwill visit`.
    """
    release = scene.cast.release
    groups: list[list[Mention]] = []
    last = at
    for place in _places(release, at, min(end, at + 6 * _AT_ONCE)):
        gap = _without_days(release, last, place.start)
        if not groups:
            if len(gap) > _AT_ONCE or ";" in gap:
                break
            if not _leads(gap, links):
                continue
            groups.append([place])
        elif _LIES_IN.fullmatch(gap) and _lies_in(release, groups[-1], place):
            groups[-1].append(place)
        elif _NEXT_PORT.fullmatch(gap):
            groups.append([place])
        else:
            break
        last = place.end
    return _with_countries(scene, groups, guests, is_visit)


def find_port_before(scene: Scene, guests: Collection[str], is_visit: bool) -> list[Port]:
    """Return the port before a trigger: `left Suva after a port visit`, `In Suva the ships moored`.

    Args:
        scene: The trigger.
        guests: The countries of the ships, as far as they are known.
        is_visit: Whether the trigger can only tell of a port, wherever the sentence names it.
    """
    text = scene.text
    places = _places(scene.cast.release, scene.start, scene.hit.start)
    places = [p for p in places if not any(a.start < p.end and p.start < a.end for a in scene.ships)]
    first = [place for place in places[:1] if _FIRST.fullmatch(text, scene.start, place.start)]
    for place in [*(p for p in places[-1:] if scene.hit.start - p.end < _AT_ONCE), *first]:
        ahead, behind = text[scene.start : place.start], text[place.end : scene.hit.end]
        is_there = _WHERE.fullmatch(behind, 0, len(behind) - (scene.hit.end - scene.hit.start)) is not None
        is_left = _LEFT.search(ahead) is not None and not _STAYED.search(behind)
        if is_there or place in first or (is_visit and not is_left):
            return _with_countries(scene, [[place]], guests, is_visit)
    return []


#: `She had come from Maputo, where she moored`, `In Maputo the ship moored`.
_WHERE = re.compile(r",? where (?:[\w’'-]+ ){0,5}")
_FIRST = re.compile(r"(?:In|At) (?:the )?(?:port of )?")
_LEFT = re.compile(r"\b(?:from|to|for) (?:the )?(?:port of )?$")
_STAYED = re.compile(r"\b(?:after|following|completi\w+|conclud\w+|end\w*)\b")


def _lies_in(release: Release, group: Sequence[Mention], place: Mention) -> bool:
    """Tell whether a place says where the one before it lies, and is no next port."""
    countries = {country for m in group if (country := _country(release, m))}
    own = _country(release, place)
    return not countries or own is None or own in countries


def _with_countries(
    scene: Scene, groups: Sequence[Sequence[Mention]], guests: Collection[str], is_visit: bool
) -> list[Port]:
    """Return the first port of each country."""
    release = scene.cast.release
    ports: dict[str, Port] = {}
    for group in groups:
        found = (_country(release, m) for m in group)
        country = next((c for c in found if c), None) or _country_around(scene, group[0], guests, is_visit)
        if country:
            behind = release.within(group[-1].end, group[-1].end + 40)[:1]
            is_explained = is_state(group[-1]) or any(
                is_state(m) and _LIES_IN.fullmatch(release.text[group[-1].end : m.start]) for m in behind
            )
            is_bare = is_state(group[0]) and next(_known(release.text, *group[0][:2]), None) is None
            ports.setdefault(country, Port(group[0], country, is_explained and not is_state(group[0]), is_bare))
    return list(ports.values())


def _country(release: Release, port: Mention) -> str | None:
    """Return the country of a port: its own, that of the lexicons, that of what stands behind it."""
    own = country_of(port, release.text)
    if own and own.startswith("iso:"):
        return own
    return _in_lexicon(release.text, port) or country_of_place(release, port)


def _in_lexicon(text: str, port: Mention) -> str | None:
    """Return the country of the port or city that a name has in it: `Kagoshima Port`."""
    if known := next(_known(text, port.start, port.end), None):
        return _forms()[_fold(text[slice(*known)])]
    name = text[port.start : port.end]
    if port.label == "LOC":  # `Gulf of Guinea`
        return None
    return country_in(name) or (
        country_of_city(_port_words_out().sub("", name).strip()) if port.label == "FAC" else None
    )


def _country_around(scene: Scene, port: Mention, guests: Collection[str], is_visit: bool) -> str | None:
    """Return the country of a port that no lexicon has: of whose it is said to be, of where the report is from."""
    release, text = scene.cast.release, scene.text
    for owner in release.within(max(scene.start, port.start - 40), port.start)[-1:]:
        if owner.label in ("NORP", "GPE") and _PORT_OF.fullmatch(text[owner.end : port.start]):
            return country_of(owner, text)
    is_ours = port.label == "FAC" or (port.label == "GPE" and (is_visit or bool(guests)))
    here = country_of_report(release) if is_ours and scene.start < _REPORT else None
    return here if here not in guests else None


def country_of_dateline(release: Release) -> str | None:
    """Return the country of the place that a document is from: `SUVA, 5 May –` at the start of a line."""
    text = release.text
    named: Mention | None = None
    for mention in release.within(0, _HEAD):
        is_first = not text[text.rfind("\n", 0, mention.start) + 1 : mention.start].strip()
        is_next = named is not None and text[named.end : mention.start] in (", ", " ")
        if mention.label not in ("GPE", "FAC", "LOC") or not (is_first or is_next):
            continue
        named = mention
        if _DATELINE.match(text, mention.end):
            return _country(release, mention)
    return None


_REPORT = 1_500  # characters at the start of a document that are of where the report is from


def country_of_report(release: Release) -> str | None:
    """Return the country that a report is from: that of its dateline, else of the first place of its first sentence."""
    if here := country_of_dateline(release):
        return here
    for start, end in release.sentences[:2]:
        for place in _places(release, start, end):
            if _IN.search(release.text[max(start, place.start - 30) : place.start]):
                return _country(release, place)
    return None


_IN = re.compile(r"\b(?:in|at|to|into) (?:the )?(?:port of )?$")
