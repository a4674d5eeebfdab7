"""Frames of forces.

join     Afghan and coalition forces conducted an operation; coalition aircraft struck
send     A deploys, relieves or withdraws forces abroad: one side
clash    aircraft of A intercepted aircraft of B

That of exercises stands in drills.py, those of port calls in calls.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor
from tasks.engagements.countries import body_in, country_of
from tasks.engagements.lexicon import cased_words
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.engagements.ships import flag_of, is_navy
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


def _coalition(scene: Scene, start: int, end: int) -> Actor | None:
    """Return the coalition as a side: in Afghanistan ISAF, elsewhere that against ISIL."""
    hit = _COALITION.search(scene.text, start, end)
    if hit is None:
        return None
    text = scene.cast.release.text
    body = "org:isaf" if "Afghan" in text or "ISAF" in text else "org:cjtf-oir"
    return Actor(hit.start(), hit.end(), "body", body, hit.span(), organisation=hit.group())


def join(scene: Scene) -> list[Draft]:
    """`Afghan and coalition forces conducted an operation`, `Coalition forces conducted 34 strikes`."""
    start, end = max(scene.start, scene.hit.start - NEAR), min(scene.end, scene.hit.end + 60)
    coalition = _coalition(scene, start, end)
    units = [replace(a, country=scene.cast.own) for a in scene.actors if _is_unit(scene, a)]
    own = [
        a
        for a in (*forces_near(scene), *units)
        if a.kind in ("people", "body", "state")
        and a.start < scene.hit.end + 90
        and (a.country or "").startswith("iso:")
        and cased_words("force").search(scene.text, a.start, min(scene.end, a.end + 50))
    ]
    parts = [*([Part(coalition, ("member",))] if coalition else []), *(Part(a, ("member",)) for a in own)]
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
    ahead = re.search(r"\b[Gg]overnment of (?:the )?$", scene.text[max(scene.start, actor.start - 18) : actor.start])
    return replace(actor, start=actor.start - len(ahead[0])) if ahead else actor


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
#: A ship that the document has named before.
_THE_SHIP = re.compile(rf"(?i)\b(?:the|both|two|three) (?:[\w-]+ ){{0,2}}?{_KINDS}(?!['’])[^.;]*$")


def _ships(scene: Scene) -> list[Actor]:
    """Return the ship or fleet before a trigger; `the ship` is that which the document has named last."""
    text = scene.text
    found = _ships_in(scene, scene.start, scene.hit.start)
    if not found and _THE_SHIP.search(text, scene.start, scene.hit.start):
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
    """Return the ship that the document has named last, where a sentence starts with `the ship` or `she`."""
    if not (
        _THE_SHIP.search(scene.text, scene.start, scene.hit.start)
        or _SHE.search(scene.text, scene.start, scene.hit.start)
    ):
        return []
    before = [a for a in scene.ships if a.end <= scene.start and a.country and a.country not in but]
    return [a for a in before if not is_navy(a)][-1:] or before[-1:]


#: Of whom a text goes on to tell: a ship, where it is one that the text is about.
_SHE = re.compile(
    r"(?:^|[,;(“\"] |\b(?:and|then|later|before|where|voyage|visit|stay) |\n)(?:[Ss]he|[Ii]t|[Tt]hey|[Hh]er) [^.;]*$"
)


_AT_ONCE = 60  # characters to a port


def send(scene: Scene) -> list[Draft]:
    """`The frigate departed for the Gulf`, `A will withdraw its troops from B`: the sending side alone."""
    text = scene.text
    ahead = [a for a in forces_near(scene) if a.start < scene.hit.start]
    senders = [a for a in _ships(scene) if a.country] or ahead[-1:]
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


def clash(scene: Scene) -> list[Draft]:
    """`Fighters of A intercepted two aircraft of B`."""
    sides = [a for a in forces_near(scene) if a.kind in ("people", "body")]
    return scene.draft(Part(a) for a in sides) if len(countries(sides)) == 2 else []
