"""The warships of a document, each with its country.

Order: names that say whose a ship is (`USS`, `KRI`) → a people, state or navy with a kind of ship behind it (`the
Chilean Navy's patrol vessel Lind`), or behind the kind (`the frigate Lind of the French Navy`), and navies themselves →
the names found so far, wherever they stand again → kinds with a name of which nobody says whose they are: the
publisher's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from tasks.engagements.actors import Actor, Cast
from tasks.engagements.countries import body_in, country_of
from tasks.engagements.release import Mention, Release
from tasks.lexicons import alternation, read_terms

_OWNERS = frozenset({"NORP", "GPE", "ORG", "UNIT"})
_WORDS = "engagement_words.tsv"
_NAME = (
    r"(?:(?!(?:Captain|Commander|Commodore|Admiral|Rear|Vice|Lieutenant|Capt|Cmdr|Squadron|Group)\b)"
    r"[“\"'‘«]?[A-Z][\w’'.-]*\w(?: (?:de |of )?[A-Z][\w-]+){0,2}[”\"'’»]?)"
)
_HULL = r"(?: \([A-Z]{1,4}[ -]?[A-Z]?\d{1,4}\))?"
_SHORT = 3  # letters of a name that may be another word
_QUOTES = "“”\"'‘’«»"
#: Bodies of several ships.
_FLEET = re.compile(
    r"Navy|Fleet|Flotilla|Squadron|Ships?\b|Task (?:Group|Force)|Maritime Group|Mine Countermeasures|Strike Group"
    r"|Detachment|Self-Defense Force|Naval Force|Coast Guard"
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


def flag_of(name: str) -> str | None:
    """Return the country that the name of a ship says.

    Example:
        >>> flag_of("HMCS Regina"), flag_of("Regina")
        ('iso:CAN', None)
    """
    return next((iso for prefix, iso in _flags().items() if name.startswith(f"{prefix} ")), None)


@cache
def _flagged() -> re.Pattern[str]:
    prefixes = "|".join(re.escape(prefix) for prefix in sorted(_flags(), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?P<flag>{prefixes}|B\.A\.P\.)[ -](?P<name>{_NAME}){_HULL}")


@cache
def _kinds() -> str:
    """Return the pattern of kinds of warships, one or several."""
    return rf"(?:{alternation(read_terms(_WORDS)['warship'])})"


@cache
def ship_words() -> frozenset[str]:
    """Return the words in small letters of which a document with warships has one."""
    kinds = {word.casefold() for kind in read_terms(_WORDS)["warship"] for word in kind.split()[-1:]}
    return frozenset((kinds - {"group", "force"}) | {"naval"} | {flag.casefold() for flag in _flags()})


@cache
def _owned() -> re.Pattern[str]:
    """Return the pattern of a ship behind who owns it."""
    return re.compile(rf"{_BETWEEN} (?P<kind>{_kinds()})\b(?: (?P<name>{_NAME}){_HULL})?")


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
    return re.compile(rf"(?<!merchant )(?<!fishing )\b(?P<kind>{_kinds()}) (?P<name>{_NAME}){_HULL}")


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
    found: list[Actor] = []
    names: dict[str, str] = {}

    def add(actor: Actor) -> None:
        if not any(other.start < actor.end and actor.start < other.end for other in found):
            found.append(actor)

    for actor, own in (*_with_flag(cast.release), *_with_owner(cast.release)):
        add(actor)
        for name in own:
            if actor.country and len(plain := name.strip(_QUOTES)) > _SHORT:
                names.setdefault(plain, actor.country)
    for actor in (*_again(text, names), *_unowned(cast)):
        add(actor)
    return tuple(sorted(found, key=lambda actor: actor.start))


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
        country = _flags()[hit["flag"].replace(".", "")]
        mention = next((m for m in release.within(hit.start(), hit.end() + 20) if m.label == "EQUIPMENT"), None)
        yield _ship(release.text, *hit.span(), country, mention), [hit["name"]]


def _with_owner(release: Release) -> Iterator[tuple[Actor, Sequence[str]]]:
    """Yield ships of which a people, state or body before or behind them says whose they are."""
    text = release.text
    owners = {m.start: m for m in release.mentions if m.label in _OWNERS}
    for hit in _of().finditer(text):
        owner = owners.get(hit.end())
        country = _country_of_owner(text, owner) if owner else None
        if owner and country:
            names = [other["name"] for other in _named().finditer(text, hit.start(), hit.end())]
            yield _ship(text, hit.start(), owner.end, country, owner), names
    for mention in owners.values():
        ship = _owned().match(text, mention.end)
        country = _country_of_owner(text, mention)
        if country and ship and mention.label != "UNIT":
            yield _ship(text, mention.start, ship.end(), country, mention), [ship["name"] or ""]
        elif country and mention.label in ("ORG", "UNIT") and _FLEET.search(text, mention.start, mention.end):
            yield _ship(text, mention.start, mention.end, country, mention), []


def _country_of_owner(text: str, owner: Mention) -> str | None:
    return country_of(owner, text) or body_in(text[owner.start : owner.end])


def _again(text: str, names: Mapping[str, str]) -> Iterator[Actor]:
    """Yield the names of ships wherever they stand."""
    if names:
        for hit in re.finditer(rf"(?<!\w){alternation(names)}(?!\w)", text):
            yield _ship(text, *hit.span(), names[hit[0]])


def _unowned(cast: Cast) -> Iterator[Actor]:
    """Yield ships with a name of which nobody says whose they are: the publisher's own, if its source says which."""
    country = cast.own if cast.release.country else None
    for hit in _named().finditer(cast.release.text):
        yield _ship(cast.release.text, *hit.span(), country)
