"""The warships of a document, each with its country.

Order: names that say whose a ship is (`USS`, `KRI`) → a people, state or navy with a kind of ship behind it (`the
Chilean Navy's patrol vessel Lind`), or behind the kind (`the frigate Lind of the French Navy`, `the frigate “Lind”
(Chile)`), and navies themselves → kinds and naval units with a name of which nobody says whose they are: the
publisher's own → the names found so far, wherever they stand again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from tasks.countries import countries_in, country_in
from tasks.engagements.actors import Actor, Cast
from tasks.engagements.countries import body_in, country_of
from tasks.engagements.release import Mention, Release, Span
from tasks.lexicons import alternation, read_terms

_OWNERS = frozenset({"NORP", "GPE", "ORG", "UNIT"})
_WORDS = "engagement_words.tsv"
#: A word of a name; what it owns is none: `Lind’s`.
_PART = r"[A-Z](?:[\w-]|[’'](?!s\b)(?=\w)|\.(?=\w))*"
_QUOTED = r"(?:[“\"«][^“”\"«»\n]{2,40}[”\"»]|[‘'][A-Z][^‘’'\n]{1,30}[’'](?!\w))"
_NAME = (
    r"(?:(?!(?:Captain|Commander|Commodore|Admiral|Rear|Vice|Lieutenant|Capt|Cmdr|Squadron|Group)\b)"
    rf"(?:(?:[A-Z]{{1,5}}[ -]?\d{{1,4}} )?{_QUOTED}"
    rf"|{_PART}(?: (?:de |of )?{_PART}){{0,2}}))"
)
_HULL = r"(?: \((?:[Hh]ull )?(?:[Nn]umber )?[A-Z]{0,5}[ -]?[A-Z]?\d{1,4}\))?"
_SHORT = 3  # letters of a name that may be another word
_QUOTES = "“”\"'‘’«»"
#: Bodies of several ships.
_FLEET = re.compile(
    r"Navy|Fleet|Flotilla|Squadron|Ships?\b|Task (?:Group|Force)|Maritime Group|Mine Countermeasures|Strike Group"
    r"|Detachment|Self-Defense Force|Naval Force|Coast Guard"
)
#: Naval units that a mention names without saying whose they are.
_NAVAL = re.compile(
    r"Flotilla|flotilla|Task (?:Group|Force)|task ?(?:group|force)|Surface (?:Unit|Group|Force)|Escort|Naval|naval"
    r"|Maritime|Training Squadron|Fleet|SNMC?MG"
)
_ASHORE = re.compile(
    r"\b(?:Base|Command|Headquarters|School|Academy|Area|Region|Zone|District|Cent(?:er|re)|Institute|College)\b"
)
_BETWEEN = (
    r"(?:['’]s?)?"
    r"(?: (?!(?:and|or|to|in|at|on|with|for|from|by|of|the|a|an|has|have|had|is|was|will)\b)[\w’'.-]+){0,5}?"
)


@cache
def _flags() -> dict[str, str]:
    """Return the countries of ships by what their names start with."""
    pairs = (form.split("=") for form in read_terms(_WORDS)["ship"])
    return {prefix: f"iso:{iso}" for prefix, iso in pairs}


@cache
def _plain_flags() -> dict[str, str]:
    """Return the same without full stops: `ZrMs` for `Zr.Ms.`."""
    return {prefix.replace(".", ""): country for prefix, country in _flags().items()}


def flag_of(name: str) -> str | None:
    """Return the country that the name of a ship says.

    Example:
        >>> flag_of("HMCS Regina"), flag_of("Regina")
        ('iso:CAN', None)
    """
    return next((iso for prefix, iso in _flags().items() if name.startswith(f"{prefix} ")), None)


@cache
def _fleets() -> dict[str, str]:
    """Return the countries of navies and fleets whose names no other lexicon has: `Northern Fleet`."""
    pairs = (form.split("=") for form in read_terms(_WORDS)["fleet"])
    return {name: f"iso:{iso}" for name, iso in pairs}


@cache
def _shared_flags() -> dict[str, tuple[str, ...]]:
    """Return, by what names start with, the other countries whose ships' names start so too."""
    found: dict[str, tuple[str, ...]] = {}
    for prefix, iso in (form.split("=") for form in read_terms(_WORDS)["ship too"]):
        found[prefix] = (*found.get(prefix, ()), f"iso:{iso}")
    return found


@cache
def _flagged() -> re.Pattern[str]:
    """Return the pattern of names that say whose a ship is, with full stops or without: `H.M.S. Lind`."""
    prefixes = alternation(_flags())
    return re.compile(rf"(?<!\w)(?=[A-Z])(?P<flag>{prefixes}|(?:[A-Z]\.){{2,5}})[ -](?P<name>{_NAME}){_HULL}")


@cache
def _kinds() -> str:
    """Return the pattern of kinds of warships, one or several, grouped by their first letters."""
    kinds = read_terms(_WORDS)["warship"]
    first: dict[str, list[str]] = {}
    for kind in kinds:
        first.setdefault(kind[0].lower(), []).append(kind[1:])
    groups = (f"[{one}{one.upper()}]{alternation(set(rest))}" for one, rest in sorted(first.items()))
    return rf"(?:{'|'.join(groups)})"


@cache
def the_ship() -> re.Pattern[str]:
    """Return the pattern of words that stand for a ship that was named: `the frigate`, `both units`, `her`."""
    kinds = rf"(?P<kind>{_kinds()}|[Uu]nits?)"
    words = r"(?:[Tt]he|THE|[Bb]oth|[Tt]wo|[Tt]hree|[Tt]his|[Tt]hese|[Ii]ts|[Tt]heir)"
    return re.compile(rf"\b{words} (?:[a-z-]+ ){{0,2}}?{kinds}(?!['’])\b(?! [A-Z“\"«])")


@cache
def _civil() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?:\b|-){alternation(read_terms(_WORDS)['civil ship'])}(?: [\w-]+)?[ -]?$")


#: Last words of kinds that alone say nothing of ships.
_NO_SHIPS = frozenset({"group", "force", "unit", "units", "dock", "tender", "craft"})


@cache
def ship_words() -> frozenset[str]:
    """Return the words in small letters of which a document with warships has one."""
    kinds = {word.casefold() for kind in read_terms(_WORDS)["warship"] for word in kind.split()[-1:]}
    return frozenset((kinds - _NO_SHIPS) | {"naval"} | {flag.casefold() for flag in _flags()})


def may_have_ships(release: Release) -> bool:
    """Tell whether a document has a word without which nobody tells of warships."""
    return any(own & ship_words() for own in release.words.values())


@cache
def _owned() -> re.Pattern[str]:
    """Return the pattern of a ship behind who owns it."""
    return re.compile(
        rf"{_BETWEEN} (?P<kind>{_kinds()})\b(?: (?P<name>{_NAME}){_HULL})?|['’]s (?P<bare>{_QUOTED}){_HULL}"
    )


@cache
def _of() -> re.Pattern[str]:
    """Return the pattern of a ship before who owns it."""
    more = rf"(?:(?:, |,? and )(?:the )?(?:[a-z-]+ ){{0,3}}{_NAME}{_HULL})*"
    return re.compile(
        rf"\b(?P<kind>{_kinds()})(?: (?P<name>{_NAME}){_HULL}{more})?,? (?:of|from|belonging to) (?:the )?(?=[A-Z])"
    )


@cache
def _named() -> re.Pattern[str]:
    """Return the pattern of a ship with a name of which nobody says whose it is."""
    return re.compile(rf"\b(?P<kind>{_kinds()}) (?P<name>{_NAME}){_HULL}")


@dataclass(frozen=True)
class Fleet:
    """The warships of a document, which few documents have: they are looked for when one is asked for."""

    cast: Cast

    @cached_property
    def ships(self) -> Sequence[Actor]:
        """The warships, from left to right, as actors with their country."""
        return _find_ships(self.cast)


def _find_ships(cast: Cast) -> Sequence[Actor]:
    text = cast.release.text
    near = [span for span, own in cast.release.words.items() if own & _near_ships()]
    named = [hit for span in near for hit in _named().finditer(text, *span) if not _is_civil(text, hit.start())]
    found: list[Actor] = []
    names: dict[str, str | None] = {}
    owned = _with_owner(cast.release, near, named)
    for actor, own in (*_with_flag(cast.release), *owned, *_unowned(cast, named)):
        if not any(other.start < actor.end and actor.start < other.end for other in found):
            found.append(actor)
        for name in own:
            if len(plain := name.strip(_QUOTES)) > _SHORT:
                names.setdefault(plain, actor.country)
    for actor in _again(text, names):
        if not any(other.start < actor.end and actor.start < other.end for other in found):
            found.append(actor)
    return tuple(sorted(found, key=lambda actor: actor.start))


@cache
def _near_ships() -> frozenset[str]:
    """Return the words in small letters of which a sentence with a ship and who owns it has one."""
    kinds = {word.casefold() for kind in read_terms(_WORDS)["warship"] for word in kind.split()[-1:]}
    return frozenset(kinds | {"naval", "navy", "fleet", "guard", "forces", "force"})


def is_navy(actor: Actor) -> bool:
    """Tell whether a ship is a whole navy or fleet that the text names."""
    mention = actor.mention
    return mention is not None and mention.label in ("ORG", "UNIT") and mention[:2] == (actor.start, actor.end)


def _ship(text: str, start: int, end: int, country: str | None, mention: Mention | None = None) -> Actor:
    key = mention.key if mention and mention[:2] == (start, end) else None
    return Actor(start, end, "body", country, (start, end), mention, organisation=text[start:end], organisation_id=key)


def _with_flag(release: Release) -> Iterator[tuple[Actor, Sequence[str]]]:
    """Yield ships whose names say whose they are."""
    for hit in _flagged().finditer(release.text):
        flag = hit["flag"].replace(".", "")
        if flag in _plain_flags():
            mention = next((m for m in release.within(hit.start(), hit.end() + 20) if m.label == "EQUIPMENT"), None)
            yield _ship(release.text, *hit.span(), _country_of_flag(release, flag), mention), [hit["name"]]


def _country_of_flag(release: Release, flag: str) -> str:
    """Return whose ships have names that start so; of several, the one that a document names."""
    first, others = _plain_flags()[flag], _shared_flags().get(flag, ())
    if not others:
        return first
    named = {side for m in release.mentions for side in (m.key, *countries_in(release.text[m.start : m.end]))}
    return first if first in named else next((side for side in others if side in named), first)


def _with_owner(
    release: Release, near: Sequence[Span], named: Sequence[re.Match[str]]
) -> Iterator[tuple[Actor, Sequence[str]]]:
    """Yield ships of which a people, state or body before or behind them says whose they are.

    Args:
        release: The document.
        near: The sentences that have a word for ships.
        named: The kinds of ships with a name behind them.
    """
    text = release.text
    owners = {m.start: m for span in near for m in release.within(*span) if m.label in _OWNERS}
    for hit in (hit for span in near for hit in _of().finditer(text, *span)):
        owner = owners.get(hit.end())
        country = _country_of_owner(release, owner) if owner else None
        if owner and country and not _is_civil(text, hit.start()):
            names = [one["name"] for one in named if hit.start() <= one.start() and one.end() <= hit.end()]
            yield _ship(text, hit.start(), owner.end, country, owner), names
            for other in _listed(release, owner) if not names else ():
                yield _ship(text, other.start, other.end, country_of(other, text), other), []
    for hit in named:
        owner = owners.get(hit.end() + 2)
        if owner and text.startswith(" (", hit.end()) and text.startswith(")", owner.end):
            yield _ship(text, hit.start(), owner.end + 1, country_of(owner, text), owner), [hit["name"]]
    for owner in owners.values():
        yield from _ship_behind(release, owner)


def _ship_behind(release: Release, owner: Mention) -> Iterator[tuple[Actor, Sequence[str]]]:
    """Yield the ship right behind who owns it, or a navy that is one."""
    text = release.text
    ship = _owned().match(text, owner.end) if owner.label != "UNIT" else None
    if ship and _is_civil(text, ship.start("kind" if ship["kind"] else 0)):
        ship = None
    is_fleet = owner.label in ("ORG", "UNIT") and _FLEET.search(text, owner.start, owner.end) is not None
    country = _country_of_owner(release, owner) if ship or is_fleet else None
    if country and ship:
        yield _ship(text, owner.start, ship.end(), country, owner), [ship["name"] or ship["bare"] or ""]
    elif country:
        yield _ship(text, owner.start, owner.end, country, owner), []


def _is_civil(text: str, at: int) -> bool:
    """Tell whether what stands before a kind of ship says that it is no warship: `the cruise ship`."""
    return _civil().search(text[max(0, at - 30) : at]) is not None


def _listed(release: Release, owner: Mention) -> Iterator[Mention]:
    """Yield the states that are listed behind an owner of ships: `the ships of Peru and Colombia`."""
    last = owner
    for other in release.within(owner.end, owner.end + 120):
        if other.label != "GPE" or not re.fullmatch(r"(?:,|,? and)(?: the)? ", release.text[last.end : other.start]):
            return
        yield other
        last = other


def _country_of_owner(release: Release, owner: Mention) -> str | None:
    """Return the side of an owner: its own, that of its long name, that of whom it is said to be."""
    text = release.text
    found = country_of(owner, text) or body_in(text[owner.start : owner.end])
    if found or owner.label not in ("ORG", "UNIT"):
        return found
    if fleet := _fleets().get(text[owner.start : owner.end]):
        return fleet
    if owner.canonical and (named := country_in(owner.canonical)):
        return named
    behind = re.match(r" of (?:the )?", text[owner.end : owner.end + 10])
    at = owner.end + behind.end() if behind else -1
    return next((country_of(m, text) for m in release.within(at, at + 60)[:1] if m.start == at), None)


def _again(text: str, names: Mapping[str, str | None]) -> Iterator[Actor]:
    """Yield the names of ships wherever they stand."""
    if names:
        for hit in re.finditer(rf"(?<!\w){alternation(names)}(?!\w)", text):
            yield _ship(text, *hit.span(), names[hit[0]])


def _unowned(cast: Cast, named: Sequence[re.Match[str]]) -> Iterator[tuple[Actor, Sequence[str]]]:
    """Yield ships with a name of which nobody says whose they are: the publisher's own, if its source says which."""
    text = cast.release.text
    country = cast.own if cast.release.country else None
    for hit in named:
        yield _ship(text, *hit.span(), country), [hit["name"]]
    for mention in cast.release.mentions:
        name = text[mention.start : mention.end] if mention.label == "UNIT" else ""
        if name and _NAVAL.search(name) and not _ASHORE.search(name):
            yield _ship(text, mention.start, mention.end, country, mention), []


#: What governs a ship that is not whom a sentence is about: `held drills with the frigate Lind`.
_GOVERNED = re.compile(
    r"\b(?:with|alongside|aboard|on board|board|on|for|from|against|than|visited|hosted|embarked(?: on)?)"
    r" (?:(?:the|an?|its|their|his|her|our|two|three) )?(?:[\w’'-]+ ){0,3}?[“\"‘«]?$"
)


def is_governed(text: str, actor: Actor, start: int) -> bool:
    """Tell whether a preposition governs a ship, so that its sentence is about another."""
    return _GOVERNED.search(text, max(start, actor.start - 45), actor.start) is not None


def find_meant(text: str, ships: Sequence[Actor], at: int, kind: str | None = None) -> Actor | None:
    """Return the ship for which `the frigate` or `she` stands at an offset.

    One of that kind, else the last one of the same paragraph, else that which the document names first.

    Args:
        text: The document.
        ships: Its warships.
        at: Where the words stand.
        kind: The kind that they name.
    """
    before = [a for a in ships if a.end <= at]
    free = [a for a in before if not is_navy(a) and not is_governed(text, a, text.rfind(". ", 0, a.start) + 1)]
    free = free or [a for a in before if not is_navy(a)] or before
    stem = (kind or "").casefold().removesuffix("s")
    same = [a for a in before if stem in text[a.start : a.end].casefold()]
    if same and stem not in ("", "ship", "vessel", "unit"):
        return same[-1]
    paragraph = text.rfind("\n", 0, at)
    return next((a for a in reversed(free) if a.start > paragraph), free[0] if free else None)
