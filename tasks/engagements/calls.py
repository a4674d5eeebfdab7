"""Frames of port calls: a frigate of A berthed at Manila. Foreign ports, a row a state.

call_at   ships before a verb or noun, ports behind it: `berthed at`, `paid a goodwill visit to`
visit_of  the same of nouns that are told of people too: `the call of the frigate Lind at Suva`
be_there  where ships are: `The frigate is in Lagos`, `will stay in Suva until Monday`
sail      ships leave a port after a stay, or sail for the next
host      ships are guests: `The Navy welcomed the frigate Lind at Suva`

Order: the ships that do it, which `the ship` may stand for, those beside them too → what stands between says that it is
not they, or that they are at home: none → the ports → those that are no ship's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor
from tasks.engagements.forces import in_phrase
from tasks.engagements.ports import (
    AT,
    FOR,
    Port,
    country_of_dateline,
    country_of_report,
    find_port_before,
    find_ports,
    names_place,
)
from tasks.engagements.release import Release, Span
from tasks.engagements.scene import Draft, Part, Scene, countries, sovereign
from tasks.engagements.ships import find_meant, is_governed, is_navy, ship_words, the_ship
from tasks.lexicons import alternation, read_terms

_CALLS = 160  # characters from a ship to what it does
_GUEST = 110  # characters from a trigger to the ship that is received, or of which a call is told
_RECENT = 900  # characters from a ship to `she`
#: What is told of a ship in passing, at the start of what stands behind it.
_ASIDE = re.compile(r"(?: \([^)]*\))?,[^;]*,(?= [^,;]*$)|\([^)]*\)|,? (?:which|that)\b[^,;]*,")
#: What ships pay: nobody visits one's own port.
_VISIT = re.compile(r"(?i)(?:visits?|calls?|stops?|stopovers?|stays?|berthing)$")
#: What they pay abroad alone: nobody visits one's own port.
_GUESTS = re.compile(r"(?i)(?:visits?|calls?|port (?:stop|stay)|arrival)$")
#: Where a ship is at home, or comes back to.
_HOME = re.compile(
    r"(?i)\b(?:stationed|based|base port|home ?ports?|homeported|(?<!way )home\b|return(?:ed|ing|s)?"
    r"|(?:came|comes?|is) back)"
)
_HOME_BEHIND = re.compile(r",? (?:(?:her|its|their|the [\w-]+['’]s?) )(?:home ?port|(?:home )?base|base port)\b")
#: `she`, `they`, where a text is about a ship.
_SHE = re.compile(
    r"(?:^|[,;(“\"] |\b(?:and|then|later|before|after|that|where|which|port|voyage|visit|stay) |\n)"
    r"(?P<she>[Ss]he|[Ii]t|[Tt]hey|[Hh]er) [^.;]*$"
    r"|\b(?P<it>it|she|they) (?:(?:has|have|had|will|also|then|is|was|are|were|\w+ed|sails?|left|leaves?)\b[^.;]*)?$"
)
_BY = re.compile(r"\b(?:by|of) (?:(?:the|an?|our|its|two|three) )?(?:[\w-]+ ){0,4}$")
#: That a ship was in the port that it leaves.
_STAYED = re.compile(
    r"(?i)\b(?:after|following|upon|complet\w+|having|end(?:s|ed|ing)?|conclud\w+|wrapp\w+ up|finish\w+)\b"
    r"[^.;]{0,60}\b(?:visits?|call|stay(?:ed)?|stop|stopover|berthing|days|alongside|replenishment|port)\b"
)
#: That a ship is yet to come where it sails for.
_AHEAD = re.compile(r"\b(?:will|shall|is to|are to|now|heading|headed|bound|course|tomorrow)\b|\bto (?:then )?$")
_WHERE = re.compile(
    r"[^.;]{0,40}, (?:a port"
    r"|where(?! (?:they|she|it|the [\w-]+) (?:will |is to |are to )?(?:join|take part|participate)))\b"
)
_THERE = re.compile(
    r"(?: (?:now|currently|also|again|still|there|already|once more))*"
    r"(?: [\w-]+(?: [a-z]+)? (?:days?|nights?|weeks?))?,?"
    r" (?:alongside |docked |berthed |anchored )?(?:in|at)"
    r"(?: the)?(?: [\w’'-]+){0,3}? "
)
#: Who else comes with a ship, told behind the verb.
_FOLLOWED = re.compile(
    r"\b(?:followed|accompanied|joined|escorted|led|headed)(?: \w+)? by|\bamong (?:them|which)|\bincluding"
    r"|\b(?:together|along|in company) with|\bas well as"
)
#: What stands between ships that do something together.
_TOGETHER = re.compile(
    r"[,:(“\")]{0,2} ?(?:(?:and|&|with|together|along|as well as|consisting of|comprising|composed of|made up of"
    r"|including|such as|(?:led|headed|accompanied|followed|escorted) by|among (?:them|others|which)|namely|of|the|an?"
    r"|one|two|three|its|their|flagship|command) ?)*(?:[A-Z][a-z]+ )?(?:[a-z-]+ ?){0,4}[“\"(]{0,2}"
)


@cache
def _aboard() -> re.Pattern[str]:
    """Return the pattern of those on board, who go ashore, and of what flies: no ship is meant."""
    crew = alternation(read_terms("engagement_words.tsv")["crew"])
    return re.compile(rf"(?<!with )(?<!\d )\b(?i:{crew})\b")


@cache
def _of_crew() -> re.Pattern[str]:
    crew = alternation(read_terms("engagement_words.tsv")["crew"])
    people = rf"(?:{crew}|members|officers?)(?: and [\w-]+)? (?:of|from|on|aboard)"
    return re.compile(
        rf"(?i)\b(?:{people}|aboard|on board|board|command(?:s|ed|ing|er)?(?: of)?|from|visited|tour(?:ed)?(?: of)?)"
        r" (?:(?:the|an?|two|three) )?(?:[\w-]+ ){0,2}$"
    )


#: Words of `_SHE`, and those that `_VISIT` and the nouns of visit_of are or end with.
_MEANT = frozenset({
    "she", "her", "it", "they", "visit", "visits", "call", "calls", "stop", "stops", "stopover", "stopovers", "stay",
    "stays", "berthing", "arrival", "entry",
})  # fmt: skip


def may_call(release: Release, sentence: Span) -> bool:
    """Tell whether a sentence can tell of a ship in a port: it has a word without which no frame finds any."""
    return not _MEANT.isdisjoint(release.words[sentence]) or _names_ships(release, sentence)


def _names_ships(release: Release, sentence: Span) -> bool:
    """Tell whether a sentence has a word or a mention of ships."""
    own = release.words[sentence]
    if own & ship_words() or "navy" in own:
        return True
    return any(mention.label in ("EQUIPMENT", "UNIT") for mention in release.within(*sentence))


def _may_sail(scene: Scene) -> bool:
    """Tell whether a sentence may be about a ship: by a word, a mention, or what stands for one."""
    if _names_ships(scene.cast.release, (scene.start, scene.end)):
        return True
    return _SHE.search(scene.text[scene.start : scene.hit.start]) is not None


def _subject(scene: Scene) -> list[Actor]:
    """Return the ships that do what a trigger says: the nearest before it, or that for which `the ship` stands."""
    text, at = scene.text, scene.hit.start
    own = [a for a in scene.ships if scene.start <= a.start and a.end <= at]
    said: list[tuple[int, int, Actor | None, str]] = [
        (a.start, a.end, a, "")
        for a in own
        if text.startswith((", which ", ", that ", " which ", " that "), a.end) or _is_free(scene, a)
    ]
    said += [
        (*hit.span(), None, hit["kind"])
        for hit in the_ship().finditer(text, scene.start, at)
        if not any(a.start < hit.end() and hit.start() < a.end for a in own)
        and not _of_crew().search(text, max(scene.start, hit.start() - 60), hit.start())
    ]
    if said:
        start, end, ship, kind = max(said)
        if at - end > _CALLS or not _is_clear(scene, end):
            return []
        if ship is None:
            meant = find_meant(text, scene.ships, start, kind)
            several = _several(scene, start) if kind.endswith("s") else []
            return several or ([meant] if meant else [])
        return [*_beside(scene, ship), *_followers(scene)]
    if own:
        return []
    she = _SHE.search(text[scene.start : at])
    if she is None:
        return []
    start, end = (scene.start + n for n in she.span("she" if she["she"] else "it"))
    meant = find_meant(text, scene.ships, start) if _is_clear(scene, end) else None
    if meant is None or scene.start - meant.end > _RECENT:
        return []
    last = max((hit.end() for hit in the_ship().finditer(text, meant.end, start)), default=meant.end)
    between = scene.cast.release.within(last, start)
    is_other = text[start:end].lower() != "it" and any(m.label in ("PERSON", "TITLE") for m in between)
    return [] if is_other else [meant]


def _is_free(scene: Scene, ship: Actor) -> bool:
    """Tell whether a ship can be the subject: no office, nobody on board and no preposition takes it."""
    text = scene.text
    if in_phrase(scene, ship) or _of_crew().search(text, max(scene.start, ship.start - 60), ship.start):
        return False
    return not is_governed(text, ship, scene.start)


def _is_clear(scene: Scene, end: int) -> bool:
    """Tell whether nothing between a ship and a trigger says that somebody else does it, or that it is at home."""
    text, at = scene.text, scene.hit.start
    if re.match(r"['’]s?\b", text[end : end + 2]) and not _VISIT.search(text, at, scene.hit.end):
        return False
    between = _ASIDE.sub("", text[end:at])
    rest = at - len(between) if text.endswith(between, end, at) else end
    if ";" in between or " who " in between or _aboard().search(between) or _HOME.search(between):
        return False
    people = (a for a in scene.actors if a.kind in ("person", "office"))
    return not any(rest <= a.start < at for a in people)


def _beside(scene: Scene, ship: Actor) -> list[Actor]:
    """Return a ship and those that are listed before it: `the frigates Lind and Moe`."""
    found = [ship]
    for other in reversed([a for a in scene.ships if a.end <= ship.start]):
        gap = re.sub(r" \([^()]*\)", "", scene.text[other.end : found[0].start])
        if len(gap) > 60 or not _TOGETHER.fullmatch(gap) or in_phrase(scene, other):
            break
        found.insert(0, other)
    return found


def _several(scene: Scene, at: int) -> list[Actor]:
    """Return the last ships before an offset that the text lists: `the ships`."""
    before = [a for a in scene.ships if a.end <= at and not is_navy(a)]
    lists = (_beside(scene, ship) for ship in reversed(before))
    return next((ships for ships in lists if len(ships) > 1), [])


def _followers(scene: Scene) -> list[Actor]:
    """Return the ships that come with those before a trigger: `berthed at Suva, followed by the tanker Lind`."""
    hit = _FOLLOWED.search(scene.text, scene.hit.end, scene.end)
    if hit is None:
        return []
    found: list[Actor] = []
    at = hit.end()
    for ship in (a for a in scene.ships if hit.end() <= a.start and a.end <= scene.end and not is_navy(a)):
        if not found and ship.start - at >= 40:
            break
        if found and not _TOGETHER.fullmatch(scene.text, at, ship.start):
            break
        found.append(ship)
        at = ship.end
    return found


def _behind(scene: Scene) -> list[Actor]:
    """Return the ship behind a noun: `a call by the frigate Lind`, `arrival at Suva of the frigate Lind`."""
    text, at = scene.text, scene.hit.end
    near = [a for a in scene.ships if 0 <= a.start - at < _GUEST and a.end <= scene.end]
    near = [a for a in near if not in_phrase(scene, a) and not _of_crew().search(text, at, a.start)]
    return [a for a in near if _BY.search(text, at, a.start) and not re.search(r"[.;]", text[at : a.start])][:1]


def _drafts(scene: Scene, guests: Sequence[Actor], ports: Sequence[Port], is_visit: bool) -> list[Draft]:
    """Return a port call a foreign port."""
    found: list[Draft] = []
    at_home = {sovereign(side) for side in countries(guests)}
    for port in ports:
        if _HOME_BEHIND.match(scene.text, port.mention.end):
            continue
        country = sovereign(port.country)
        visitors = [a for a in guests if a.country and sovereign(a.country) != country]
        if not visitors and (at_home or not _is_foreign(scene, port, is_visit)):
            continue
        span = port.mention.start, port.mention.end
        host = Actor(*span, "state", country, span, port.mention if port.mention.entity_id else None)
        parts = [*(Part(a, ("visitor",)) for a in visitors or guests), Part(host, ("host",))]
        found.append(scene.make(parts, place=port.mention, host=country))
    return found


def _is_foreign(scene: Scene, port: Port, is_visit: bool) -> bool:
    """Tell whether a port is no own one of a ship of which nobody says whose it is."""
    own, here = scene.cast.own, country_of_dateline(scene.cast.release)
    if is_visit:
        return True
    if own == port.country:  # the publisher's, unless that is a guess which the text speaks against
        is_host = any(a.country == own and a.mention and a.mention.label == "NORP" for a in scene.ships)
        return scene.cast.release.country is None and here not in (None, own) and is_host
    return port.is_explained or (own is not None and here != port.country)


def _where_told(scene: Scene, guests: Sequence[Actor]) -> list[Draft]:
    """Return a visit whose port no sentence names: where the report is from, if that is not the ships' own."""
    here = country_of_report(scene.cast.release)
    sides = countries(guests)
    if here is None or not sides or {sovereign(here)} & {sovereign(side) for side in sides}:
        return []
    at = scene.hit.start
    own = Actor(at, at, "state", sovereign(here), (at, at))
    parts = [*(Part(a, ("visitor",)) for a in guests if a.country), Part(own, ("host",))]
    return [scene.make(parts, host=own.country)]


def _is_none(scene: Scene) -> bool:
    """Tell whether the words around a trigger say that a ship comes home, stays outside, or comes now and then."""
    start, end = max(scene.start, scene.hit.start - 20), min(scene.end, scene.hit.end + 14)
    return _HOME.search(scene.text, start, end) is not None or (
        _GENERAL.search(scene.text[scene.start : scene.hit.start]) is not None
        or _OUTSIDE.search(scene.text, scene.hit.end, scene.end) is not None
    )


def call_at(scene: Scene) -> list[Draft]:
    """`A frigate of A berthed at Manila`, `the ships called at Busan and Manila`, `a port call by the frigate Lind`."""
    cue = scene.text[scene.hit.start : scene.hit.end]
    if _is_none(scene) or not (_may_sail(scene) or _VISIT.search(cue)):
        return []
    is_visit = _VISIT.search(cue) is not None and not _OBJECT.fullmatch(cue)
    guests, stop = _subject(scene), scene.end
    if not guests and (is_visit or cue in ("visit", "visits")):
        guests = _behind(scene)
        if not guests:
            return visit_of(scene)
        stop = guests[0].start
    if not guests and _NAUTICAL.match(cue):  # `Sixty ships have moored at the base, among them the frigate Lind`
        guests = _followers(scene)
    if not guests:
        return []
    sides = countries(guests)
    ports = _ports_of(scene, cue, stop, sides, is_visit)
    if cue.startswith(("came", "come", "coming")):  # people come to a state, ships to a port
        ports = [port for port in ports if not port.is_state]
    if not ports and stop < scene.end:
        ports = find_ports(scene, guests[0].end, scene.end, AT, sides, is_visit)
    if not ports and not _OBJECT.fullmatch(cue):
        ports = find_port_before(scene, sides, is_visit or _NAUTICAL.match(cue) is not None)
    if ports:
        return _drafts(scene, guests, ports, _GUESTS.search(cue) is not None)
    is_here = (is_visit and _GUESTS.search(cue) is not None) or _unnamed_port().match(
        scene.text, scene.hit.end
    ) is not None
    return _where_told(scene, guests) if is_here else []


#: What ships alone do, so that the place that the sentence names is a port.
_NAUTICAL = re.compile(r"(?:berth|dock|moor|anchor|accost|tied up|made fast|dropped anchor)")
#: Words whose object is the port, and others that end with what leads to it.
_OBJECT = re.compile(r"(?:visit(?:s|ed|ing)?|reach\w*|enter\w*)")
_WITH_LINK = re.compile(r"\b(?:into|in|to|alongside|port)$")


@cache
def _unnamed_port() -> re.Pattern[str]:
    """Return the pattern of a port that a text need not name: `arrived at the same wharf`."""
    words = alternation(read_terms("engagement_words.tsv")["port"])
    return re.compile(rf" (?:at|in|into|to) (?:the|this|our) (?:[a-z]+ ){{0,2}}{words}\b(?! of)")


def _ports_of(scene: Scene, cue: str, stop: int, sides: Collection[str], is_visit: bool) -> list[Port]:
    """Return the ports behind a trigger: its objects, or those that a preposition leads to."""
    at = scene.hit.end
    if _OBJECT.fullmatch(cue):
        return find_ports(scene, at, stop, None, sides, is_visit)
    direct = find_ports(scene, at, stop, None, sides, is_visit) if _WITH_LINK.search(cue) else []
    return direct or find_ports(scene, at, stop, AT, sides, is_visit)


def visit_of(scene: Scene) -> list[Draft]:
    """`The call of the frigate Lind at Suva`, `A call at Suva was cancelled`: of ships alone."""
    if _is_none(scene):
        return []
    text, at = scene.text, scene.hit.end
    guests = _behind(scene)
    if guests:
        sides = countries(guests)
        ports = find_ports(scene, at, guests[0].start, AT, sides, True)
        ports = ports or find_ports(scene, guests[0].end, scene.end, AT, sides, True)
        return _drafts(scene, guests, ports, True) if ports else _where_told(scene, guests)
    guests = _subject(scene)
    if not guests and _is_of_ships(scene):
        guests = [a for a in scene.ships if not is_navy(a)][:1]
    if not guests:
        return []
    is_visit = _GUESTS.search(text[scene.hit.start : at]) is not None
    return _drafts(scene, guests, find_ports(scene, at, scene.end, AT, countries(guests), is_visit), is_visit)


def _is_of_ships(scene: Scene) -> bool:
    """Tell whether a noun of which nobody says whose it is tells of the ship that a text is about: `a call at Suva`."""
    text, hit = scene.text, scene.hit
    if re.match(r" (?:of|by)\b", text[hit.end : hit.end + 4]) or not _BARE.fullmatch(text, hit.start, hit.end):
        return False
    return _BEFORE_NOUN.fullmatch(text, scene.start, hit.start) is not None


_BARE = re.compile(r"(?i)(?:port |[\w-]+-day )*(?:calls?|stops?|stopovers?|arrival|port visits?)")
#: What stands before the noun where nobody else does: `A previously announced call`, `The exercise followed a stop`.
_BEFORE_NOUN = re.compile(
    r"(?:[^;]*; )?(?:[A-Z]?[a-z’-]* )?(?:(?!had|has|have|was|were|will|made|paid\b)[a-z-]+ ){0,4}"
)
#: Calls in general, or in plans of years: `will increase port visits to`.
_GENERAL = re.compile(
    r"(?i)\b(?:increas\w+|expand\w*|more|regular|number of|frequency of|future|frequent|facilitat\w+|enabl\w+)\b"
    r"[^.;,]{0,30}$"
)
#: That a ship stayed outside: `stopped off Suva and did not enter the harbour`.
_OUTSIDE = re.compile(
    r"\b(?:not|never|without)\b[^.;]{0,25}\b(?:enter\w*|dock\w*|berth\w*|call(?:ing)?|stop(?:ping)?|ashore|harbou?r)\b"
)


def be_there(scene: Scene) -> list[Draft]:
    """`The frigate is in Lagos`, `the ships will stay in Suva until Monday`: right behind the verb."""
    if not _may_sail(scene) or not names_place(scene) or _is_none(scene):
        return []
    guests = _subject(scene)
    ports = find_ports(scene, scene.hit.end, scene.end, "in|at", countries(guests)) if guests else []
    ports = [p for p in ports if _THERE.fullmatch(_plain(scene, p)) and not p.is_state]
    return _drafts(scene, guests, ports, False)


def _plain(scene: Scene, port: Port) -> str:
    """Return what stands between a trigger and a port, the days left out."""
    text = scene.text[scene.hit.end : port.mention.start]
    for mention in scene.cast.release.within(scene.hit.end, port.mention.start):
        if mention.label == "DATE":
            text = text.replace(scene.text[mention.start : mention.end], "§")
    return re.sub(r",? ?(?:on |since |from |until |for )?§,?", "", text)


def sail(scene: Scene) -> list[Draft]:
    """`The frigate left Suva after a port visit`, `sails on Thursday to Praia, where`: what was, and what is ahead."""
    if not _may_sail(scene) or not names_place(scene) or _is_none(scene):
        return []
    text, at = scene.text, scene.hit.end
    guests = _subject(scene)
    if not guests:
        return host(scene) if "farewell" in text[scene.hit.start : at] else []
    sides = countries(guests)
    found: list[Draft] = []
    if _STAYED.search(text, at, scene.end) or _STAYED.search(text, scene.start, scene.hit.start):
        left = find_ports(scene, at, scene.end, None, sides) or find_ports(scene, at, scene.end, "from|at|in", sides)
        found += _drafts(scene, guests, left, True)
    is_ahead = _AHEAD.search(text[max(scene.start, scene.hit.start - 40) : scene.hit.start]) is not None
    is_ahead = is_ahead or _AHEAD.search(text, scene.hit.start, at) is not None
    for port in find_ports(scene, at, scene.end, FOR, sides):
        is_meant = is_ahead or port.is_explained or _WHERE.match(text, port.mention.end)
        if is_meant and not port.is_state:
            found += [replace(one, status="planned") for one in _drafts(scene, guests, [port], False)]
    return found


def host(scene: Scene) -> list[Draft]:
    """`The Navy welcomed the Tongan frigate Lind at Suva`: where the hosts are, if no port is named."""
    if not _may_sail(scene) or re.search(rf"{_HOME.pattern}|\bback\b", scene.text[scene.hit.start : scene.end]):
        return []
    text, at = scene.text, scene.hit.end
    near = [a for a in scene.ships if 0 <= a.start - at < _GUEST and a.end <= scene.end and not is_navy(a)]
    guests = [
        a
        for a in near
        if not in_phrase(scene, a)
        and not _aboard().search(text, at, a.start)
        and not _of_crew().search(text, at, a.start)
        and not any(at <= b.start < a.start and b.kind in ("person", "office") for b in scene.actors)
    ][:1]
    if not guests:
        return []
    sides = countries(guests)
    ports = find_ports(scene, at, guests[0].start, AT, sides, True)
    ports = (
        ports or find_ports(scene, guests[0].end, scene.end, AT, sides, True) or find_port_before(scene, sides, True)
    )
    hosts = [a for a in scene.before() if a.country and a.kind == "body" and a.country not in sides]
    if ports or not (sides and hosts):
        return _drafts(scene, guests, ports, True) if ports else _where_told(scene, guests)
    country = hosts[-1].country
    return [scene.make([*(Part(a, ("visitor",)) for a in guests), Part(hosts[-1], ("host",))], host=country)]


#: The frames of port calls by name.
CALLS: Mapping[str, Callable[[Scene], list[Draft]]] = {
    "call_at": call_at, "visit_of": visit_of, "be_there": be_there, "sail": sail, "host": host,
}  # fmt: skip
