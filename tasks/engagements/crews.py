"""Those who command the warships of a document, and whose guests they are.

Order: the ports that the document's ships call at → who is said to command one (`the commanding officer of KRI Lind`,
`its captain`, `under the command of Commander Moe`), with the ship's country → in a sentence with one of them, all of
whom nobody says whose they are, are of the state whose port it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

from tasks.engagements.actors import Actor, Cast, find_actors, nearest
from tasks.engagements.calls import CALLS
from tasks.engagements.lexicon import match_triggers, words
from tasks.engagements.release import Mention, Span
from tasks.engagements.scene import Scene
from tasks.engagements.ships import Fleet, is_navy, may_have_ships
from tasks.engagements.where import country_of_place
from tasks.lexicons import alternation, read_terms

_IN_PORT = re.compile(
    r"(?i)\b(?:ports?|dock|berth|moor|call|visit|stop|arriv|anchor|stay|harbou?r|quay|terminal|entered|put in|wharf)"
)
_GUEST = re.compile(r"\b(?:visit|goodwill|courtesy|port call|welcom|stopover)")
_HOME = re.compile(r"\b(?:home ?port|home\b|returned|return to|based)")
_AT = re.compile(r"\b(?:in|at|off|to|of|into|near) (?:the )?$")
_PORT_CALL = frozenset({"port_call"})
_OFFICE = re.compile(
    r"\b(?:[Cc]ommanding [Oo]fficers?|[Cc]aptains?|[Cc]ommanders?|[Ss]kippers?|[Cc]ommand|[Ll]eadership)\b"
)
_BARE = frozenset({"commanding officer", "commander", "captain"})
#: Between an office and the ship that it is held on.
_ON = re.compile(
    r"(?:,? and (?:(?:the|her|his|its|[a-z]+) ){0,2}(?:officers|crew|sailors|cadets))?,?(?: of| on board| aboard)?"
    r"(?: the)? "
)
_AHEAD = 40  # characters before an office in which its ship may stand
_WHOSE = re.compile(r"\b(?:[Ii]ts|[Hh]er|[Tt]heir|[Vv]isiting)(?: [a-z]+)? $")
_ARTICLE = re.compile(r"(?:\b[Tt]he|[.\n:–-]) ?$|^$")
#: What says that an office is held in what follows: `Commander of the base`, `Commander, Western Fleet`.
_HELD_IN = re.compile(r",? (?:of|for|at|in)\b|-in-| General\b|,? in chief\b")
_LED = re.compile(
    r"\b(?:command of|commanded by|captained by|skippered by|led by|headed by)(?: (?:the|its|her|their))? "
)
_NO_SHIP = re.compile(r"\b(?:delegation|team|battalion|company|brigade|regiment|group of officers)\b")
_RANKS = r"(?:(?!(?:and|with|to|met|for|on)\b)[\w.’'()/-]+ ){0,6}"
_NAME_BEHIND = re.compile(rf",? ?(?:the )?{_RANKS}")
_NAME_AHEAD = re.compile(r"(?: of (?:the )?[A-Z][\w ]{2,40})?(?:,| \(| is| who is) ?(?:(?:the|its|her|their|also) )*")
_ON_BOARD = re.compile(r", (?:the )?(?:senior|commander|officer)[a-z ]{0,20} (?:on board|aboard)\b")
_NATO = "org:nato"  # whose groups have ships of several states
_NAME = 70  # characters between an office and the name of who holds it
_OF_CREW = re.compile(r"\b(?:crews?|sailors|ship|vessel|frigate|cutter|warship|on board|stay|visit)\b")
_ENVOY = re.compile(r"(?i)ambassador|attach|charg|consul")
_CALLS = re.compile(
    r"\b(?:call(?:ed|s)? on|(?:courtesy|protocol) (?:calls?|visits?)"
    r"|(?:hosted|received|welcomed)(?=[^;]{0,120}\b(?:on board|aboard|on (?:the )?(?:flight )?deck)\b))\b"
)
#: Between somebody and the ship's officers who are with them.
_AND = re.compile(r"(?:, [^,;]{0,60},)?,? and (?:the )?(?:ship['’]s )?")
_RANK = re.compile(
    r"(?:(?:Lieutenant|Lt\.?|Corvette|Frigate|Flotilla|Ship-of-the-Line) )?"
    r"(?:Captain|Capt\.?|Commander|Cdr\.?|Cmdr\.?|Commodore|Lieutenant)(?: \(?[\w. ]{0,20}\)?)?"
)
_PRONOUN = re.compile(r"(?:[A-Z][\w ]{0,30}, )?(?P<who>He|She|he|she|The officer|the officer)\b")


class Stay(NamedTuple):
    """A port that a ship calls at: where the text says so, the ship's country, the port's, the port, whether ahead."""

    at: int
    ship: str | None
    host: str
    port: Mention
    is_ahead: bool = False


class Officer(NamedTuple):
    """Who commands a ship: the words that say so, half-open, the ship's country, and the mention of the person."""

    start: int
    end: int
    country: str | None
    person: Mention | None = None


@cache
def _kind() -> re.Pattern[str]:
    """Return the pattern of a ship that is not named: `of the visiting frigate`."""
    kinds = alternation([*read_terms("engagement_words.tsv")["warship"], "unit", "group", "Group"])
    and_ = r"(?:,? and (?:(?:the|her|his|its|[a-z]+) ){0,2}(?:officers|crew|sailors|cadets))?"
    return re.compile(rf"{and_} (?:of|on board|aboard) (?:the |this |both )?(?:[a-z-]+ ){{0,2}}?{kinds}(?!\w)")


@cache
def _ships_own() -> re.Pattern[str]:
    """Return the pattern of a ship whose officer follows: `the frigate's`, `task group`."""
    kinds = alternation([*read_terms("engagement_words.tsv")["warship"], "group"])
    return re.compile(rf"\b{kinds}(?:['’]s?)? $")


@dataclass(frozen=True)
class Crews:
    """The officers of a document's warships, who are looked for when one is asked for."""

    cast: Cast
    fleet: Fleet

    @cached_property
    def _has_ships(self) -> bool:
        return may_have_ships(self.cast.release) and any(not is_navy(a) for a in self.fleet.ships)

    @cached_property
    def stays(self) -> Sequence[Stay]:
        """The ports that the ships call at, in the order of the text."""
        release = self.cast.release
        found: list[Stay] = []
        for (start, end), types in release.telling.items():
            is_told = release.within(start, end) and not types.isdisjoint(_PORT_CALL)
            hits = [*match_triggers(release.text, start, end, _PORT_CALL)] if is_told else []
            actors = find_actors(self.cast, start, end) if hits else []
            for hit in hits:
                is_told_ahead = words("planned").search(release.text, start, hit.end) is not None
                for draft in CALLS[hit.trigger.frame](Scene(self.cast, hit, start, end, actors, (), fleet=self.fleet)):
                    ships = [p.actor.country for p in draft.parts if "visitor" in p.roles]
                    is_ahead = is_told_ahead or draft.status == "planned"
                    if draft.host and draft.place:
                        found.append(Stay(hit.start, ships[0] if ships else None, draft.host, draft.place, is_ahead))
        return found or [*self._placed()]

    def _placed(self) -> Iterator[Stay]:
        """Yield the foreign places in which sentences with words of ports name a ship."""
        release = self.cast.release
        for start, end in release.sentences:
            ship = next((a for a in self._ships() if start <= a.start < end), None)
            told = _IN_PORT if ship and ship.country else _GUEST
            if ship is None or not told.search(release.text, start, end) or _HOME.search(release.text, start, end):
                continue
            for place in release.within(start, end):
                country = country_of_place(release, place) if place.label in ("GPE", "FAC") else None
                is_where = _AT.search(release.text[max(0, place.start - 20) : place.start]) is not None
                if country and country != ship.country and is_where:
                    yield Stay(ship.start, ship.country, country, place)
                    break

    @cached_property
    def officers(self) -> Sequence[Officer]:
        """Those who are said to command a ship, from left to right."""
        text = self.cast.release.text
        found = [self._named(*held) for hit in _OFFICE.finditer(text) if (held := self._held(hit)) is not None]
        for hit in _LED.finditer(text):
            clause = max(0, hit.start() - 250, text.rfind(". ", 0, hit.start()) + 1)
            ships = [a for a in self._ships() if clause <= a.start < hit.start()]
            if ships and not _NO_SHIP.search(text, ships[-1].end, hit.start()):
                person = self._person(_NAME_BEHIND, hit.end())
                found += [Officer(*hit.span(), ships[-1].country, person)] if person else []
        for mention in self.cast.release.mentions:
            if mention.label == "PERSON" and (behind := _ON_BOARD.match(text, mention.end)):
                found.append(Officer(mention.end, behind.end(), self._ship_at(mention.start), mention))
        return sorted(found)

    def _ships(self) -> Iterator[Actor]:
        return (a for a in self.fleet.ships if not is_navy(a))

    def _ship_at(self, at: int) -> str | None:
        """Return the country of the ship that is meant at an offset: one that calls at a port, else the last named."""
        if any(a.country == _NATO for a in self.fleet.ships):
            return _NATO
        before = [stay.ship for stay in self.stays if stay.at <= at] or [stay.ship for stay in self.stays[:1]]
        if before:
            return before[-1]
        named = [a.country for a in self._ships() if a.country and a.end <= at]
        return next((c for c in reversed(named) if c != self.cast.own), named[-1] if named else None)

    def _held(self, hit: re.Match[str]) -> tuple[int, int, str | None] | None:
        """Return an office with the ship that it is held on, and the ship's country; None if it is held elsewhere."""
        text, (start, end) = self.cast.release.text, hit.span()
        on = _ON.match(text, end)
        for ship in self._ships() if on else ():
            if on and 0 <= ship.start - on.end() < 2 and on[0].strip() != ",":
                return start, ship.end, ship.country
        if behind := _kind().match(text, end):
            return start, behind.end(), self._ship_at(start)
        before = text[max(0, start - _AHEAD) : start]
        named = next(
            (a for a in self._ships() if 0 <= start - a.end < 4 and text[a.end : start].strip(" ’'s") == ""), None
        )
        if named:
            return start, end, named.country
        low = hit[0].casefold()
        if low == "leadership" and _ships_own().search(before):
            return start, end, self._ship_at(start)
        if low in ("command", "leadership") or _HELD_IN.match(text, end) or not self._is_bare(end):
            return None
        if _ships_own().search(before) or _WHOSE.search(before) or low.startswith("commanding"):
            return start, end, self._ship_at(start)
        is_rank = any(m.start == end + 1 for m in self.cast.release.within(end, end + 60)[:1])  # `Captain Lind`
        is_meant = (
            low in _BARE and not is_rank and self.stays and _ARTICLE.search(before) and not self._has_other(start)
        )
        return (start, end, self._ship_at(start)) if is_meant else None

    def _is_bare(self, end: int) -> bool:
        """Tell whether nothing behind an office says where it is held: its end, a name, or a verb follows."""
        text = self.cast.release.text
        behind = self.cast.release.within(end, end + 60)[:1]
        if behind and behind[0].start - end <= 2:
            return behind[0].label in ("PERSON", "TITLE")
        return not re.match(r",? [A-Z]", text[end : end + 3])

    def _has_other(self, at: int) -> bool:
        """Tell whether the document has named a commander of something else before."""
        text = self.cast.release.text
        return any(
            _HELD_IN.match(text, hit.end()) or not self._is_bare(hit.end())
            for hit in re.finditer(r"\b[Cc]ommander\b(?! (?:of|on board) (?:the )?[a-z])", text[:at])
            if _ARTICLE.search(text[max(0, hit.start() - 6) : hit.start()])
        )

    def _named(self, start: int, end: int, country: str | None) -> Officer:
        """Return an officer with the person whom the text names beside the office."""
        text = self.cast.release.text
        person = self._person(_NAME_BEHIND, end)
        before = self.cast.release.within(max(0, start - _NAME), start)
        people = [m for m in before if m.label == "PERSON" and _NAME_AHEAD.fullmatch(text[m.end : start])]
        return Officer(start, end, country, people[-1] if people else person)

    def _person(self, gap: re.Pattern[str], at: int) -> Mention | None:
        """Return the first person behind an offset, if nothing but a rank stands between."""
        text = self.cast.release.text
        behind = self.cast.release.within(at, min(len(text), at + _NAME + 40))
        person = next((m for m in behind if m.label == "PERSON"), None)
        return person if person and gap.fullmatch(text[at : person.start]) else None

    def _host(self, sentence: Span, ship: str | None) -> str | None:
        """Return whose guests the crew of a ship are in a sentence."""
        if stay := self._stay(sentence, ship):
            return stay.host
        return self.cast.own if self.cast.release.country and self.cast.own != ship else None

    def port(self, sentence: Span, sides: Collection[str]) -> tuple[Mention, str] | None:
        """Return the port in which the guests of one of some states are in a sentence, and its country."""
        stay = self._stay(sentence, None)
        return (stay.port, stay.host) if stay and stay.host in sides else None

    def _stay(self, sentence: Span, ship: str | None) -> Stay | None:
        """Return the stay of a ship, or of any, that a sentence is about."""
        text = self.cast.release.text
        told = text[slice(*sentence)]
        stays = [stay for stay in self.stays if (ship is None or stay.ship in (ship, None)) and stay.host != ship]
        named = [stay for stay in stays if text[stay.port.start : stay.port.end] in told]
        if not words("planned").search(told):  # who was met was met where the ship has been
            stays = [stay for stay in stays if not stay.is_ahead]
            named = [stay for stay in named if not stay.is_ahead]
        before = [stay for stay in stays if stay.at <= sentence[1]]
        return next(iter(named[:1] or before[-1:] or stays[:1]), None)

    def seat(self, sentence: Span) -> tuple[Cast, list[Actor]] | None:
        """Return who can take part in a sentence, each on the side that is theirs, and the cast at home in the port.

        None where nobody is from a ship.
        """
        if not self._has_ships:
            return None
        text = self.cast.release.text
        if not (any(cue.search(text, *sentence) for cue in (_OFFICE, _ON_BOARD, _CALLS)) or self._may_go_on(sentence)):
            return None
        nobody = replace(self.cast, own=None)
        actors = find_actors(nobody, *sentence)
        crew = self._crew(sentence, actors) or self._caller(sentence, actors)
        if not crew:
            return None
        ship = crew[0].country
        host = self._host(sentence, ship)
        if ship is None:  # an ambassador on board is of nobody knows whose side
            actors = [a for a in actors if not _ENVOY.search(a.title or "")]
        others = [a for a in actors if not any(c.phrase[0] < a.phrase[1] and a.phrase[0] < c.phrase[1] for c in crew)]
        is_abroad = any(a.country not in (None, ship) for a in others)
        if host is None and not (is_abroad or (ship != self.cast.own and self._is_guest(ship))):
            return None
        has_others = any(a.phrase[0] > crew[-1].phrase[1] for a in others)
        guests = [self._seat(a, crew, ship, host, has_others) for a in others]
        return replace(self.cast, own=host if ship else None), sorted(
            [*crew, *guests], key=lambda a: (a.phrase, a.start)
        )

    def guests(self, sentence: Span) -> tuple[str, str] | None:
        """Return the countries of a ship and of its port, where a sentence tells of its crew or its stay."""
        if not self._has_ships or not _OF_CREW.search(self.cast.release.text, *sentence):
            return None
        ship = self._ship_at(sentence[1])
        host = self._host(sentence, ship) if ship else None
        return (ship, host) if ship and host else None

    def _is_guest(self, ship: str | None) -> bool:
        """Tell whether the document has a ship of a state as a guest in a port, of whatever state that is."""
        release = self.cast.release
        starts = [a.start for a in self._ships() if a.country == ship and ship]
        return any(
            _GUEST.search(release.text, start, end) and any(start <= at < end for at in starts)
            for start, end in release.sentences
        )

    def _may_go_on(self, sentence: Span) -> bool:
        return _PRONOUN.match(self.cast.release.text, *sentence) is not None

    def _seat(self, actor: Actor, crew: Sequence[Actor], ship: str | None, host: str | None, has_others: bool) -> Actor:
        """Return an actor of whom nobody says whose they are on the side of the port, or of the crew they are with."""
        if actor.country is not None or actor.kind not in ("person", "office", "body"):
            return actor
        text = self.cast.release.text
        gaps = (text[c.phrase[1] : actor.phrase[0]] for c in crew if c.phrase[1] <= actor.phrase[0])
        is_with = any(re.fullmatch(r",? (?:and|accompanied by) (?:the |his |her )?", gap) for gap in gaps)
        ahead = (text[actor.phrase[1] : c.phrase[0]] for c in crew if actor.phrase[1] <= c.phrase[0])
        is_with = is_with or any(has_others and _AND.fullmatch(gap) for gap in ahead)
        return replace(actor, country=ship if is_with or _ENVOY.search(actor.title or "") else host)

    def _crew(self, sentence: Span, actors: Sequence[Actor]) -> list[Actor]:
        """Return the ship's officers of a sentence as actors, from left to right."""
        release = self.cast.release
        names = {o.person.canonical: o.country for o in self.officers if o.person}
        found: list[Actor] = []
        for officer in self.officers:
            if (
                not (sentence[0] <= officer.start and officer.end <= sentence[1])
                or release.text[officer.start].isspace()
            ):
                continue
            phrase = officer.start, officer.end
            own = [a for a in actors if a.phrase[0] < phrase[1] and phrase[0] < a.phrase[1] and a.kind == "office"]
            person = next((a for a in actors if officer.person and a.start == officer.person.start), None)
            if person and any(a.start == person.start for a in found):
                continue
            if person:
                phrase = min(phrase[0], person.phrase[0]), max(phrase[1], person.phrase[1])
                title = person.title or release.text[officer.start : officer.end]
                if officer.country == _NATO and person.country:  # one state's officer, who acts for the group
                    found.append(person)
                    span = officer.start, officer.end
                    person = Actor(*span, "body", _NATO, span, organisation=release.text[slice(*span)])
                found.append(replace(person, country=officer.country, title=title, phrase=phrase))
            elif own:
                found.append(replace(own[0], country=officer.country, phrase=phrase))
            else:
                hit = _OFFICE.match(release.text, officer.start)
                span = hit.span() if hit else phrase
                title = release.text[slice(*span)]
                found.append(Actor(*span, "office", officer.country, phrase, title=title))
        listed = {actor.start for actor in found}
        found += [
            replace(a, country=names[a.name])
            for a in actors
            if a.kind == "person" and a.name in names and a.start not in listed
        ]
        found = [a if a.country else replace(a, kind="office") for a in found]  # a side, whoever's it is
        return sorted(found, key=lambda a: a.phrase) or self._meant(sentence, names)

    def _caller(self, sentence: Span, actors: Sequence[Actor]) -> list[Actor]:
        """Return the officer, of a rank alone, who calls on others where a ship is a guest."""
        call = _CALLS.search(self.cast.release.text, *sentence) if self.stays else None
        before = [a for a in actors if call and a.phrase[1] <= call.start() and a.kind == "person"]
        ranked = [a for a in before[-2:] if not a.country and _RANK.fullmatch(a.title or "")]
        return [replace(a, country=self._ship_at(a.start)) for a in ranked[:1]]

    def _meant(self, sentence: Span, names: dict[str | None, str | None]) -> list[Actor]:
        """Return the officer whom a sentence means with its first word, if the one before names nobody else."""
        release = self.cast.release
        who = _PRONOUN.match(release.text, *sentence)
        before = max((s for s in release.sentences if s[1] <= sentence[0]), default=None)
        people = [m.canonical or "" for m in release.within(*before) if m.label == "PERSON"] if before else []
        if not who or not people or people[0] not in names:
            return []
        person = nearest(self.cast, {people[0]}, sentence[0])
        return [replace(person, country=names[people[0]], phrase=who.span("who"))] if person else []
