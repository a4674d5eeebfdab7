"""Frames of forces.

drill    forces of A and B held exercise Calm Strait
join     Afghan and coalition forces conducted an operation; coalition aircraft struck
call_at  a frigate of A berthed at Manila
send     A deploys, relieves or withdraws forces abroad: one side
clash    aircraft of A intercepted aircraft of B
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor, find_actors
from tasks.engagements.countries import country_of, is_state
from tasks.engagements.lexicon import cased_words
from tasks.engagements.release import Mention, Span
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.engagements.where import country_of_place, find_place
from tasks.lexicons import alternation, read_terms

_NEARER = 130  # characters to a state or people that practises
_NEAR = 160  # characters to each side of a trigger
_ABOUT = re.compile(
    r"\b(?:against|about|on|towards?|off|near|of|over|in|from|[Ff]ollowing|[Aa]fter|[Bb]efore|across) (?:the |both )?$"
)
_COALITION = re.compile(
    r"\b(?:[Cc]oalition(?: [a-z]+){0,3}? (?:forces?|troops|aircraft|soldiers|service members?|patrol|partners?)|ISAF"
    r"|international (?:security )?force"
    r"|[Cc]oalition(?= strike| air)|combined (?:security )?force)"
)


@cache
def _force() -> re.Pattern[str]:
    forms = alternation(read_terms("engagement_words.tsv")["force"])
    return re.compile(rf"(?:['’]s?|-[a-z]+)?(?:,? (?:and )?[\w-]+){{0,5}}? (?P<force>{forms})\b")


def _own_end(actor: Actor) -> int:
    return actor.mention.end if actor.mention else actor.end


_NAMED_FORCE = re.compile(
    r" (?:(?:[A-Z]\w+ ){1,3}(?:Forces|Force|Army|Navy|Police)"
    r"|forces|police|troops|soldiers|army|navy|air force|marines)\b"
)


_NO_EXERCISE = re.compile(r"(?i)war\b|summit|conference|olymp|cup\b|day\b|championship")


def _exercise_name(scene: Scene) -> Span | None:
    for mention in scene.cast.release.within(scene.start, scene.end):
        if mention.label == "EVENT" and abs(mention.start - scene.hit.end) < 120:
            name = scene.text[mention.start : mention.end]
            before = scene.text[max(0, mention.start - 14) : mention.start]
            is_near = re.search(r"(?i)exercise|drill", before + name) or mention.start - scene.hit.end in range(30)
            if is_near and not _NO_EXERCISE.search(name):
                return mention.start, mention.end
    return None


def _forces(scene: Scene) -> Iterator[Actor]:
    """Yield bodies, and peoples and states that name forces, near a trigger."""
    text = scene.text
    for actor in scene.actors:
        if actor.country is None or abs(actor.start - scene.hit.start) > _NEAR:
            continue
        if re.search(r"\b[Ii]n (?:the )?$", text[max(0, actor.start - 7) : actor.start]):
            continue
        if actor.kind == "body":
            yield actor
        elif actor.kind in ("people", "state", "office") and _force().match(text, _own_end(actor)):
            whole = _NAMED_FORCE.match(text, _own_end(actor))
            yield replace(actor, kind="people", end=whole.end() if whole else _own_end(actor))


def drill(scene: Scene) -> list[Draft]:
    """`The armies of A and B held exercise Calm Strait`, `Russian-French exercises`."""
    name = _exercise_name(scene)
    text = scene.text
    sides = list(_forces(scene))
    near = [
        a
        for a in scene.actors
        if a.country and abs(a.start - scene.hit.start) < _NEARER and a.kind in ("people", "state", "body")
    ]
    near = [a for a in near if not _says_where(scene, a)] + _flagged(scene)
    named = [a for a in near if _is_paired(text, a) or _has_forces(text, a) or not _ABOUT.search(_ahead(text, a, 10))]
    together = list({a.start: a for a in (*sides, *named) if not _is_of_other(scene, a)}.values())
    if len(countries(together)) < 2 and (name or _JOINT.search(text, scene.start, scene.end)):
        together += [a for a in _later_forces(scene) if a.country not in countries(together)]
        place = find_place(scene.cast.release, (scene.start, scene.end), (scene.hit.start, scene.hit.end), ())
        where = country_of_place(scene.cast.release, place)
        is_joint = _JOINT.search(text, scene.start, scene.end) or _JOINT.search(scene.cast.release.title)
        if is_joint and place and where and len(countries(together)) == 1 and where not in countries(together):
            span = place.start, place.end
            together.append(Actor(*span, "state", where, span, place))
    if len(countries(together)) < 2:
        hosts = [a for a in scene.subject() if a.kind in ("state", "body") and a.country]
        is_host = text.startswith("host", scene.hit.start) and _JOINT.search(text, scene.start, scene.end) is not None
        is_host = is_host and name is not None and len(countries(hosts)) == 1
        return [scene.make([Part(a, ("host",)) for a in hosts], name=name, method="rule:drill")] if is_host else []
    return scene.draft((Part(a, ("member",)) for a in together), name=name, method="rule:drill")


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
    start, end = max(scene.start, scene.hit.start - _NEAR), min(scene.end, scene.hit.end + 60)
    coalition = _coalition(scene, start, end)
    units = [replace(a, country=scene.cast.own) for a in scene.actors if _is_unit(scene, a)]
    own = [
        a
        for a in (*_forces(scene), *units)
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
    parts += [Part(a, ("member",)) for a in helped[:1]]
    return scene.draft(parts) or [scene.make(parts)]


def _is_unit(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor right before the trigger is a unit of which nobody says whose it is: the publisher's."""
    is_near = 0 <= scene.hit.start - actor.end < _NEAR
    return is_near and actor.country is None and actor.mention is not None and actor.mention.label == "UNIT"


def _helps(scene: Scene, actor: Actor) -> bool:
    """Tell whether an act is done for somebody: `in support of the government of Iraq`."""
    before = scene.text[max(scene.hit.end, actor.phrase[0] - 50) : actor.phrase[0]]
    return re.search(r"\b(?:support of|support to|with|alongside) (?:the )?(?:government of )?$", before) is not None


@cache
def _flags() -> dict[str, str]:
    """Return the countries of ships by what their names start with."""
    pairs = (form.split("=") for form in read_terms("engagement_words.tsv")["ship"])
    return {prefix: f"iso:{iso}" for prefix, iso in pairs}


def _flag(name: str) -> str | None:
    return next((iso for prefix, iso in _flags().items() if name.startswith(f"{prefix} ")), None)


_HULL = re.compile(r" \([A-Z]{2,4}[ -]?\d{1,4}\)")


def _ships(scene: Scene) -> list[Actor]:
    """Return ships and their fleets before a trigger."""
    text = scene.text
    found: list[Actor] = []
    for mention in scene.cast.release.within(scene.start, scene.hit.start):
        value = text[mention.start : mention.end]
        if mention.label in ("EQUIPMENT", "UNIT") or (mention.label == "ORG" and re.search(r"Navy|Fleet", value)):
            country = _flag(value) or (country_of(mention, text) if mention.label == "ORG" else None) or scene.cast.own
            hull = _HULL.match(text, mention.end)
            whole = mention.start, hull.end() if hull else mention.end
            found.append(Actor(*whole, "body", country, whole, mention, organisation=value))
        elif mention.label == "NORP" and re.match(
            r" (?:\w+ )?(?:warships?|ships?|vessels?|frigate|destroyer|submarine)\b", text[mention.end :]
        ):
            found.append(
                Actor(
                    mention.start, mention.end, "body", country_of(mention, text), (mention.start, mention.end), mention
                )
            )
    return found[:1]


_DRILLS = re.compile(r"(?i)\b(?:exercises?|drills?|manoeuvres|maneuvers)\b")
_OWN_DRILLS = re.compile(r"(?:-\w+)? (?:\w+ ){0,3}(?:exercises|drills)\b")
_FORCES_OF = re.compile(
    r"(?i)\b(?:forces|navies|armies|army|navy|marines|units|troops|soldiers"
    r"|servicemen|militaries|ships|personnel) of (?:the )?$"
)


_JOINT = re.compile(r"(?i)\b(?:joint|combined|bilateral|trilateral|multinational|international|multilateral)\b")
_ACCOUNT = 2  # sentences after that which tells of an exercise, in which its forces may be named


def _later_forces(scene: Scene) -> Iterator[Actor]:
    """Yield forces that the sentences after a trigger's name."""
    release, text = scene.cast.release, scene.text
    later = [s for s in release.sentences if s[0] >= scene.end and not release.is_silent(s[0])][:_ACCOUNT]
    for actor in (a for sentence in later for a in find_actors(scene.cast, *sentence)):
        is_force = actor.kind in ("people", "state") and _force().match(text, _own_end(actor)) is not None
        is_body = actor.kind == "body" and cased_words("force").search(text, actor.start, actor.end) is not None
        if actor.country and (is_force or is_body or _has_forces(text, actor)):
            yield actor


def _ahead(text: str, actor: Actor, reach: int) -> str:
    return text[max(0, actor.phrase[0] - reach) : actor.phrase[0]]


def _has_forces(text: str, actor: Actor) -> bool:
    """Tell whether forces of an actor are meant: `the navies of Chile and Peru`."""
    return _FORCES_OF.search(_ahead(text, actor, 24)) is not None


def _says_where(scene: Scene, actor: Actor) -> bool:
    """Tell whether a state only says where the place before it is: `Boise, Idaho, United States`."""
    before = scene.cast.release.within(max(0, actor.start - 60), actor.start)[-1:]
    if actor.kind != "state" or not before or scene.text[before[0].end : actor.start] != ", ":
        return False
    return before[0].label in ("GPE", "FAC", "LOC") and not is_state(before[0])


def _is_of_other(scene: Scene, actor: Actor) -> bool:
    """Tell whether another exercise stands between the trigger and an actor."""
    start, end = min(actor.end, scene.hit.end), max(actor.start, scene.hit.start)
    between = scene.text[start : max(start, end)]
    own = _OWN_DRILLS.match(scene.text, actor.end)
    is_owner = own is not None and own.end() > scene.hit.end
    return is_owner or between.count(";") > 1 or _DRILLS.search(between) is not None


def _is_paired(text: str, actor: Actor) -> bool:
    """Tell whether an actor is one of two that a hyphen joins: `the India-Nepal exercise`."""
    return text[actor.phrase[1] : actor.phrase[1] + 1] in ("-", "–") or text[actor.phrase[0] - 1 : actor.phrase[0]] in (
        "-",
        "–",
    )


def _flagged(scene: Scene) -> list[Actor]:
    """Return ships near a trigger whose names say whose they are: `HMCS`, `JS`."""
    text = scene.text
    start, end = max(scene.start, scene.hit.start - _NEAR), min(scene.end, scene.hit.end + _NEAR)
    ships = [m for m in scene.cast.release.within(start, end) if m.label == "EQUIPMENT"]
    flags = ((m, _flag(text[m.start : m.end])) for m in ships)
    return [
        Actor(m.start, m.end, "body", flag, (m.start, m.end), m, organisation=text[m.start : m.end])
        for m, flag in flags
        if flag
    ]


def _place_after(scene: Scene, reach: int) -> Mention | None:
    for mention in scene.cast.release.within(scene.hit.end, min(scene.end, scene.hit.end + reach)):
        if mention.label in ("GPE", "FAC", "LOC"):
            return mention
    return None


def call_at(scene: Scene) -> list[Draft]:
    """`A frigate of A berthed at Manila`: a foreign port."""
    place = _place_after(scene, 60)
    ships = _ships(scene)
    country = country_of_place(scene.cast.release, place)
    if place is None or country is None or not ships or country in countries(ships):
        return []
    host = Actor(place.start, place.end, "state", country, (place.start, place.end), place)
    return scene.draft([*(Part(a, ("visitor",)) for a in ships), Part(host, ("host",))], place=place, host=country)


def send(scene: Scene) -> list[Draft]:
    """`The frigate departed for the Gulf`, `A will withdraw its troops from B`: the sending side alone."""
    text = scene.text
    senders = [a for a in _ships(scene) if a.country] or [a for a in _forces(scene) if a.start < scene.hit.start][-1:]
    cue = text[scene.hit.start : scene.hit.end]
    if cue.startswith("increase"):
        senders = [a for a in scene.subject() if a.country and a.kind in ("state", "body", "office")][:1] or senders
    elif re.search(r"\b(?:of|the|its|our|mov\w+)$", cue):
        senders = [a for a in _forces(scene) if 0 <= a.start - scene.hit.end < 30][:1] or senders
    if not senders:
        return []
    places = [
        m
        for m in scene.cast.release.within(max(scene.start, scene.hit.end - 120), min(scene.end, scene.hit.end + 150))
        if m.label in ("GPE", "LOC") and country_of(m, text) not in countries(senders)
    ]
    home = re.search(r"\bhome\w*\b", text[scene.hit.start : scene.hit.end + 30])
    if not places and not home:
        return []
    place = places[0] if places else None
    return [
        scene.make(
            [Part(a, ("member",)) for a in senders], place=place, host=country_of(place, text) if place else None
        )
    ]


def clash(scene: Scene) -> list[Draft]:
    """`Fighters of A intercepted two aircraft of B`."""
    sides = [a for a in _forces(scene) if a.kind in ("people", "body")]
    return scene.draft(Part(a) for a in sides) if len(countries(sides)) == 2 else []
