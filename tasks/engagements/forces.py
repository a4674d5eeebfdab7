"""Frames of forces.

join     Afghan and coalition forces conducted an operation; coalition aircraft struck
send     A deploys, relieves or withdraws forces abroad: one side
leave    a ship of A left for a mission; soldiers of A came home from one: one side
clash    aircraft of A intercepted aircraft of B

That of exercises stands in drills.py, those of port calls in calls.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor, own_actor
from tasks.engagements.countries import body_in, country_of
from tasks.engagements.lexicon import cased_words
from tasks.engagements.release import Release
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.engagements.ships import find_meant, flag_of, is_navy, ship_words, the_ship
from tasks.lexicons import alternation, read_terms

NEAR = 160  # characters to each side of a trigger
_COALITION = re.compile(
    r"\b(?:[Cc]oalition(?: [a-z]+){0,3}? (?:forces?|troops|aircraft|soldiers|service members?|patrol|partners?)|ISAF"
    r"|international (?:security )?force"
    r"|[Cc]oalition(?= strike| air)|combined (?:security )?force)"
)


_NOT_OF_NAME = "(?:as|at|by|for|from|in|of|on|to|well|were|was|who|with)"


@cache
def force_words(*kinds: str) -> re.Pattern[str]:
    """Return the pattern of forces of some kinds behind a people or state: `’s armed forces`, ` navy`."""
    terms = read_terms("engagement_words.tsv")
    forms = alternation([form for kind in kinds for form in terms[kind]])
    return re.compile(rf"(?:['’]s?|-[a-z]+)?(?:,? (?:and )?(?!{_NOT_OF_NAME}\b)[\w-]+){{0,5}}? (?P<force>{forms})\b")


def own_end(actor: Actor) -> int:
    """Return where the name of an actor ends, without what follows it: its forces, its officials."""
    return actor.mention.end if actor.mention else actor.end


_NAMED_FORCE = re.compile(
    r" (?:(?:[A-Z]\w+ ){1,3}(?:Forces|Force|Army|Navy|Police)"
    r"|forces|police|troops|soldiers|army|navy|air force|marines)\b"
)


def forces_near(scene: Scene, *kinds: str) -> Iterator[Actor]:
    """Yield bodies, and peoples and states that name forces by words of some kinds, near a trigger."""
    text = scene.text
    for actor in scene.actors:
        if actor.country is None or abs(actor.start - scene.hit.start) > NEAR:
            continue
        if re.search(r"\b[Ii]n (?:the )?$", text[max(0, actor.start - 7) : actor.start]):
            continue
        if actor.kind == "body":
            yield actor
        elif actor.kind in ("people", "state", "office") and force_words("force", *kinds).match(text, own_end(actor)):
            whole = _NAMED_FORCE.match(text, own_end(actor))
            yield replace(actor, kind="people", end=whole.end() if whole else own_end(actor))


def other_side(scene: Scene, actors: Sequence[Actor]) -> Actor:
    """Return the publisher's side; one that is not known where it was guessed by those who are named."""
    own = own_actor(scene.cast, scene.hit.start)
    if scene.cast.release.country is not None:
        return own
    is_object = all(actor.start >= scene.hit.end for actor in actors)
    is_sure = own.country not in countries(actors) or not is_object
    return own if is_sure and _is_often(scene.cast.release, own.country) else replace(own, country=None)


def _is_often(release: Release, country: str | None) -> bool:
    """Tell whether a document names a country or its people, places and bodies more than once."""
    return sum(country_of(m, release.text) == country for m in release.mentions if m.label in _OWNERS) > 1


_OWNERS = frozenset({"GPE", "NORP", "ORG", "UNIT"})


_WITH = re.compile(
    r"(?i)\b(?:with|alongside)(?! the (?:aim|view|purpose|goal|help|approval|support)\b)"
    r"(?: (?!and\b)[\w’'“”\"-]+){0,6} ?$"
)


def is_with(scene: Scene, actors: Sequence[Actor]) -> bool:
    """Tell whether the publisher's own side practises with the only one that is named."""
    return any(_WITH.search(ahead(scene.text, actor, 70)) for actor in actors)


def ahead(text: str, actor: Actor, reach: int) -> str:
    """Return the characters before an actor and what belongs to it."""
    return text[max(0, actor.phrase[0] - reach) : actor.phrase[0]]


def ships_near(scene: Scene) -> list[Actor]:
    """Return the ships near a trigger, in its sentence, of which somebody says whose they are."""
    named = scene.cast.release.within(scene.start, scene.end)
    if not any(m.label == "EQUIPMENT" for m in named) and not scene.words & ship_words():
        return []
    start, end = max(scene.start, scene.hit.start - NEAR), min(scene.end, scene.hit.end + NEAR)
    return [a for a in scene.ships if start <= a.start < a.end <= end and a.country and not in_phrase(scene, a)]


def _coalition(scene: Scene, start: int, end: int) -> Actor | None:
    """Return the coalition as a side: in Afghanistan ISAF, elsewhere that against ISIL."""
    hit = _COALITION.search(scene.text, start, end)
    if hit is None:
        return None
    text = scene.cast.release.text
    body = "org:isaf" if "Afghan" in text or "ISAF" in text else "org:cjtf-oir"
    return Actor(hit.start(), hit.end(), "body", body, hit.span(), organisation=hit.group())


#: What forces do for practice, or uninvited: no operation.
_PRACTICE = re.compile(r"[^.;]{0,50}\b(?:[Ee]xercises?|[Tt]raining|[Dd]rills?|edition)\b")
_STRAYED = re.compile(r"\b(?:strayed|intruded|violated|trespass\w+)\b")
_PATROL = re.compile(r"(?i)(?:joint|coordinated|combined)\b.*(?:patrol|surveillance|operation)")
#: That a patrol is carried out, not only spoken of.
_DOES = re.compile(
    r"\b(?:conduct\w*|carr(?:y|ies|ied|ying) out|undert\w+|execut\w+|perform\w*|complet\w+|conclud\w+|realis?zed"
    r"|(?:take|takes|took|taking) part in|participat\w+ in|held|hold|began|beg[iu]n|launch\w*|start\w*|represent\w*"
    r"|decided on)\b[^.;]{0,60}$"
)
#: With whom forces act: `working together with the cutter`, `with shipriders from`.
_TOGETHER = re.compile(r"\b(?:together|jointly|alongside|shipriders?|joined forces|in cooperation|in coordination)\b")


def _patrol(scene: Scene) -> list[Draft]:
    """`It carried out joint patrols together with the cutter Lind of A`, `the ship and a cutter of A intercepted`."""
    text, hit = scene.text, scene.hit
    is_patrol = _PATROL.match(text, hit.start, hit.end) is not None
    if not is_patrol and not _TOGETHER.search(text, max(scene.start, hit.start - NEAR), min(scene.end, hit.end + NEAR)):
        return []
    sides = [*ships_near(scene), *forces_near(scene, "troop")]
    sides += [a for a in scene.actors if a.kind == "state" and a.country and _RIDERS.search(ahead(text, a, 60))]
    sides = [a for a in sides if not _ABOUT_WHOM.search(ahead(text, a, 24))]
    first = min(sides, key=lambda a: a.start, default=None)
    if first and is_with(scene, [first]):
        sides += _doer(scene, countries(sides)) or ([other_side(scene, sides)] if len(countries(sides)) == 1 else [])
    return scene.draft(Part(a, ("member",)) for a in sides)


def _doer(scene: Scene, but: Collection[str]) -> list[Actor]:
    """Return the ship that a sentence is about, or whose crew it is about, of another country than some."""
    named = [a for a in scene.ships if a.end <= scene.start and a.country and a.country not in but and not is_navy(a)]
    is_crew = re.search(r"\bcrew\b", scene.text[scene.start : scene.hit.end]) is not None
    return meant_ship(scene, but) or (named[-1:] if is_crew else [])


_RIDERS = re.compile(
    r"\b(?:shipriders?|personnel|officers|vessels?|ships?|forces|navies)[^.;]{0,30}\b(?:of|from|and) (?:the )?$"
)
_ABOUT_WHOM = re.compile(
    r"\b(?:intercepted|seized|detained|boarded|stopped|rescued|against) (?:an? |the |two )?(?:[a-z-]+ )?$"
)


def join(scene: Scene) -> list[Draft]:
    """`Afghan and coalition forces conducted an operation`, `Coalition forces conducted 34 strikes`."""
    if "integrated" in scene.text[scene.hit.start : scene.hit.end] or _PRACTICE.match(scene.text, scene.hit.end):
        return []
    if _STRAYED.search(scene.text, scene.start, scene.hit.start):
        return []
    is_talked_of = _PATROL.match(scene.text, scene.hit.start, scene.hit.end) and not _DOES.search(
        scene.text, scene.start, scene.hit.start
    )
    return _fight(scene, is_talked_of=bool(is_talked_of)) if is_talked_of else _patrol(scene) or _fight(scene)


def _fight(scene: Scene, is_talked_of: bool = False) -> list[Draft]:
    """Return what a coalition does, or forces of two sides who are named before a trigger or by whom it is done."""
    start, end = max(scene.start, scene.hit.start - NEAR), min(scene.end, scene.hit.end + 60)
    coalition = _coalition(scene, start, end)
    ships = [a for a in ships_near(scene) if a.end <= scene.hit.start and (a.country or "").startswith("iso:")]
    units = [replace(a, country=scene.cast.own) for a in scene.actors if _is_unit(scene, a)]
    own = [
        a
        for a in (*forces_near(scene), *units)
        if a.kind in ("people", "body", "state")
        and a.start < scene.hit.end + 90
        and (a.country or "").startswith("iso:")
        and cased_words("force").search(scene.text, a.start, min(scene.end, a.end + 50))
    ]
    own += [a for a in ships if not any(b.start <= a.start and a.end <= b.end for b in own)]
    parts = [*([Part(coalition, ("member",))] if coalition else []), *(Part(a, ("member",)) for a in own)]
    if coalition is None and is_talked_of:
        return []
    if coalition is None:
        told = start, end if scene.text.startswith("by", scene.hit.end - 2) else scene.hit.start
        if len(countries(own)) < 2 or not re.search(r"\b(?:and|with|by|-led)\b", scene.text[slice(*told)]):
            return []
        return scene.draft(parts)
    helped = [a for a in scene.after(120) if a.country and a.country.startswith("iso:") and _helps(scene, a)]
    parts += [Part(_with_government(scene, a), ("member",)) for a in helped[:1]]
    return scene.draft(parts) or [scene.make(parts)]


def _with_government(scene: Scene, actor: Actor) -> Actor:
    """Return a state with the words that say that its government is meant: `the government of Iraq`."""
    named = re.search(r"\b[Gg]overnment of (?:the )?$", scene.text[max(scene.start, actor.start - 18) : actor.start])
    return replace(actor, start=actor.start - len(named[0])) if named else actor


def _is_unit(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor right before the trigger is a unit of which nobody says whose it is: the publisher's."""
    is_near = 0 <= scene.hit.start - actor.end < NEAR
    return is_near and actor.country is None and actor.mention is not None and actor.mention.label == "UNIT"


def _helps(scene: Scene, actor: Actor) -> bool:
    """Tell whether an act is done for somebody: `in support of the government of Iraq`."""
    before = scene.text[max(scene.hit.end, actor.phrase[0] - 50) : actor.phrase[0]]
    return re.search(r"\b(?:support of|support to|with|alongside) (?:the )?(?:government of )?$", before) is not None


_HULL = re.compile(r" \([A-Z]{2,4}[ -]?\d{1,4}\)")
_KINDS = (
    r"(?:warships?|ships?|vessels?|frigates?|destroyers?|submarines?|corvettes?|cruisers?|cutters?|patrol boats?"
    r"|flotilla|detachment|squadron|task group)\b"
)
_FLEET = re.compile(
    r"Navy|Fleet|Flotilla|Squadron|Ships?\b|Task (?:Group|Force)|Maritime Group|Strike Group|Detachment"
)
_SHIP_OF = re.compile(rf"(?:['’]s?)?(?: (?!and\b)[\w-]+){{0,3}}? {_KINDS}")


def _ships(scene: Scene) -> list[Actor]:
    """Return the ship or fleet before a trigger; `the ship` is that which the document has named last."""
    text = scene.text
    found = _ships_in(scene, scene.start, scene.hit.start)
    if not found and the_ship().search(text, scene.start, scene.hit.start):
        found = [a for a in _ships_in(scene, 0, scene.start) if a.country][-1:]
    return found[:1]


def _ships_in(scene: Scene, start: int, end: int) -> list[Actor]:
    text = scene.text
    found: list[Actor] = []
    for mention in scene.cast.release.within(start, end):
        value = text[mention.start : mention.end]
        if mention.label in ("EQUIPMENT", "UNIT") or (mention.label == "ORG" and _FLEET.search(value)):
            named = country_of(mention, text) if mention.label in ("ORG", "UNIT") else None
            country = flag_of(value) or named or body_in(value) or scene.cast.own
            hull = _HULL.match(text, mention.end)
            whole = mention.start, hull.end() if hull else mention.end
            found.append(Actor(*whole, "body", country, whole, mention, organisation=value))
        elif mention.label in ("NORP", "GPE") and _SHIP_OF.match(text, mention.end):
            span = mention.start, mention.end
            found.append(Actor(*span, "body", country_of(mention, text), span, mention))
    return found


def in_phrase(scene: Scene, ship: Actor) -> bool:
    """Tell whether a navy only says where somebody holds an office: `the Commander of the French Navy`."""
    people = (a for a in scene.actors if a.kind in ("person", "office"))
    return any(a.phrase[0] <= ship.start and ship.end <= a.phrase[1] for a in people)


def meant_ship(scene: Scene, but: Collection[str] = ()) -> list[Actor]:
    """Return the ship, of another country than some, for which `the ship` or `she` stands before a trigger."""
    text, at = scene.text, scene.hit.start
    said = next(the_ship().finditer(text, scene.start, at), None)
    if said is None and not _SHE.search(text, scene.start, at):
        return []
    ships = [a for a in scene.ships if a.end <= scene.start and a.country and a.country not in but]
    meant = find_meant(text, ships, scene.start, said["kind"] if said else None)
    return [meant] if meant else []


#: Of whom a text goes on to tell: a ship, where it is one that the text is about.
_SHE = re.compile(
    r"(?:^|[,;(“\"] |\b(?:and|then|later|before|where|voyage|visit|stay) |\n)(?:[Ss]he|[Ii]t|[Tt]hey|[Hh]er) [^.;]*$"
)


_AT_ONCE = 60  # characters to a port


#: Where forces are, no act: `on an overseas deployment`.
_ON_DEPLOYMENT = re.compile(
    r"\b(?:on|during|[Pp]art of|within|stop of|leg of) (?:an? |the |its |her |his |their )?(?:[\w-]+ ){0,4}$"
)


def send(scene: Scene) -> list[Draft]:
    """`The frigate departed for the Gulf`, `A will withdraw its troops from B`: the sending side alone."""
    text = scene.text
    if (
        _ON_DEPLOYMENT.search(text, scene.start, scene.hit.start)
        or " ashore" in text[scene.hit.end : scene.hit.end + 40]
    ):
        return []
    if text.startswith("departed", scene.hit.start) and not _MISSION.search(text, scene.hit.end, scene.end):
        return []
    before = [a for a in forces_near(scene) if a.start < scene.hit.start]
    senders = [a for a in _ships(scene) if a.country] or before[-1:]
    cue = text[scene.hit.start : scene.hit.end]
    if cue.startswith("increase"):
        senders = [a for a in scene.subject() if a.country and a.kind in ("state", "body", "office")][:1] or senders
    elif re.search(r"\b(?:of|the|its|our|mov\w+)$", cue):
        senders = [a for a in forces_near(scene) if 0 <= a.start - scene.hit.end < 30][:1] or senders
    if not senders:
        return []
    places = [
        m
        for m in scene.cast.release.within(max(scene.start, scene.hit.end - 120), min(scene.end, scene.hit.end + 150))
        if m.label in ("GPE", "LOC") and country_of(m, text) not in countries(senders)
    ]
    port = next(iter(scene.cast.release.within(scene.hit.end, scene.hit.end + _AT_ONCE)), None)
    is_home = re.search(r"\bhome\w*\b", text[scene.hit.start : scene.hit.end + 30]) is not None or (
        port is not None and port.label == "GPE" and re.fullmatch(r" from (?:the )?", text[scene.hit.end : port.start])
    )
    if not places and not is_home:
        return []
    place = places[0] if places else None
    return [
        scene.make(
            [Part(a, ("member",)) for a in senders], place=place, host=country_of(place, text) if place else None
        )
    ]


#: For what forces go abroad, and from what they come home.
_MISSION = re.compile(
    r"\b(?:[Mm]ission|[Dd]eployment|voyage|[Oo]peration|[Pp]atrol|tour of duty|rotation|peacekeep\w+|cruise|contingent"
    r"|battlegroup|[Mm]aritime Group|[Tt]ask (?:[Ff]orce|[Gg]roup)|policing|relieve|replace|reinforce|police|put up"
    r"|served)\b"
)
#: A visit that ends, a way that was not taken, or one that is only crossed.
_NO_MISSION = re.compile(
    r"\b(?:visit|port call|stopover|exercise|training period|ashore|talks|summit|conference|office|command of)\b"
)


def leave(scene: Scene) -> list[Draft]:
    """`KRI Lind left Surabaya for a mission in the Gulf`, `500 soldiers of A came home from B`: the sending side."""
    text, hit = scene.text, scene.hit
    tail = text[hit.end : min(scene.end, hit.end + NEAR)]
    if not _MISSION.search(tail) or _NO_MISSION.search(tail) or tail.startswith(" with "):
        return []
    senders = _leavers(scene)
    if not senders:
        return []
    places = [
        m
        for m in scene.cast.release.within(hit.end, min(scene.end, hit.end + NEAR))
        if m.label in ("GPE", "LOC") and country_of(m, text) not in countries(senders)
    ]
    place = places[0] if places else None
    host = country_of(place, text) if place else None
    return [scene.make([Part(a, ("member",)) for a in senders], place=place, host=host)]


_WHERE = re.compile(r"\b(?:against|about|on|towards?|near|over|in|from|to|with|after|by) (?:the )?$")


def _leavers(scene: Scene) -> list[Actor]:
    """Return the ship, or the forces of one state, that do what a trigger says."""
    text, at = scene.text, scene.hit.start
    forces = [a for a in forces_near(scene, "troop") if a.end <= at and not _WHERE.search(ahead(text, a, 12))]
    equipped = {m.start - 1 for m in scene.cast.release.within(scene.start, at) if m.label == "EQUIPMENT"}
    forces += [a for a in scene.before() if a.kind == "people" and a.end in equipped]
    ships = [a for a in scene.ships if scene.start <= a.start and a.end <= at and a.country and not in_phrase(scene, a)]
    found = [*forces, *ships] or meant_ship(scene)
    states = [a for a in scene.before(12) if a.kind == "state" and text.endswith("send", at, scene.hit.end)]
    found = states or found
    return found[-1:] if len(countries(found)) == 1 else []


def clash(scene: Scene) -> list[Draft]:
    """`Fighters of A intercepted two aircraft of B`."""
    sides = [a for a in forces_near(scene) if a.kind in ("people", "body")]
    return scene.draft(Part(a) for a in sides) if len(countries(sides)) == 2 else []
