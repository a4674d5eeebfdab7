"""The frame of exercises: forces of A and B held exercise Calm Strait.

Order: forces, states and ships near the trigger, each with its country → where they are of one side or none, those of
whom the document told before, whom the next sentences name, where it is held → the publisher's own side.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from tasks.countries import country_forms
from tasks.engagements.actors import Actor, find_actors, groups, own_actor
from tasks.engagements.countries import is_state
from tasks.engagements.forces import (
    ahead,
    force_words,
    forces_near,
    is_with,
    meant_ship,
    other_side,
    own_end,
    ships_near,
)
from tasks.engagements.lexicon import Hit, Trigger, cased_words
from tasks.engagements.release import Release, Span
from tasks.engagements.scene import Draft, Part, Scene, countries, is_one_state
from tasks.engagements.where import country_of_place, find_place
from tasks.lexicons import alternation, read_terms

_NEARER = 130  # characters to a state or people that practises
_OF_FORCES = 260  # characters to a list of states whose forces do
_ABOUT = re.compile(
    r"\b(?:against|about|on|towards?|off|near|of|over|in|from|[Ff]ollowing|[Aa]fter|[Bb]efore|across|through|via"
    r"|around|to|into|at) (?:the |both )?$"
)


_NO_EXERCISE = re.compile(
    r"(?i)war\b|summit|conference|olymp|cup\b|day\b|championship|forum|expo|fair\b|show|prize|games\b|operation"
    r"|mission|climate|\bcop ?\d|\bg ?\d|earthquake|typhoon|hurricane|cyclone|election|crisis|festival|congress"
    r"|dialogue|parade|battle|revolution|deployment|cruise|voyage"
)
#: What a name is of that no exercise has: `Southern Circle 2024 deployment`.
_OF_VOYAGE = re.compile(r"[”\"’]? (?:deployment|cruise|voyage|patrol|mission|tour)\b")
#: What practises is its own: `an air-defence drill with their helicopters`.
_OWN_MEANS = re.compile(
    r" with (?:its|their|her|his|our)(?: own)? (?![A-Z])(?!(?:[a-z-]+ ){0,2}"
    r"(?:partner|counterpart|all(?:y|ies)|neighbo|friend|colleague|guest|host))"
)
#: What the name of an exercise has: a number, or a word for it.
_EDITION = re.compile(r"\d|(?i:exercise|drill)")


def _exercise_name(scene: Scene) -> Span | None:
    for mention in scene.cast.release.within(scene.start, scene.end):
        if mention.label == "EVENT" and abs(mention.start - scene.hit.end) < 120:
            name = scene.text[mention.start : mention.end]
            lead = scene.text[max(0, mention.start - 14) : mention.start]
            is_near = re.search(r"(?i)exercise|drill", lead + name) or mention.start - scene.hit.end in range(30)
            if is_near and not _NO_EXERCISE.search(name) and not _OF_VOYAGE.match(scene.text, mention.end):
                return mention.start, mention.end
    quoted = _QUOTED.search(scene.text, scene.hit.end, min(scene.end, scene.hit.end + _OF_NAME))
    quoted = quoted or _CAPITALS.match(scene.text, scene.hit.end, scene.end)
    ahead = _THE_NAME.search(scene.text, max(scene.start, scene.hit.start - _CLOSE), scene.hit.start)
    before = _QUOTED_AHEAD.search(scene.text, max(scene.start, scene.hit.start - _CLOSE), scene.hit.start)
    for named in (before, quoted, ahead):
        if named and not _NO_EXERCISE.search(named["name"]) and not _is_taken(scene, named.span("name")):
            return named.span("name")
    return None


def _is_taken(scene: Scene, span: Span) -> bool:
    """Tell whether somebody or a place is named in a stretch: `the Fijian exercise`."""
    mentions = scene.cast.release.within(scene.start, scene.end)
    return any(m.start < span[1] and span[0] < m.end and m.label in _NO_NAMES for m in mentions)


_NO_NAMES = frozenset({"GPE", "NORP", "LOC", "PERSON", "TITLE", "DATE"})


_OF_NAME = 120  # characters from a trigger to the name in quotation marks
#: A name that no mention marks: `the exercise “Calm Strait-2”`.
_QUOTED_AHEAD = re.compile(r"[“\"«‘](?P<name>[A-Z][^”\"»’.,;:!?]{2,30})[”\"»’] (?:[a-z-]+ ){0,2}$")
_CAPITALS = re.compile(r" (?P<name>[A-Z][\w’-]+(?: [A-Z\d][\w’-]*){0,3})")
_THE_NAME = re.compile(r"\b[Tt]he (?P<name>(?:[A-Z][\w’-]+ ){1,3})(?:[a-z-]+ ){0,2}$")
_QUOTED = re.compile(r"[“\"«‘](?P<name>[A-Z][^”\"»’.,;:!?]{2,30})[”\"»’]")


#: Words in the names of exercises that do not tell one from another.
_NAMELESS = re.compile(r"(?i)(?:exercises?|ex|drills?|joint|maritime|international|the|of|\d+|[ivx]+)")


def name_words(text: str, name: Span) -> set[str]:
    """Return the words of an exercise's name that tell it from others."""
    return {word for word in re.findall(r"\w+", text[slice(*name)].casefold()) if not _NAMELESS.fullmatch(word)}


#: `the exercise`, of which the document told before.
_THAT = re.compile(r"(?i)\b(?:the|this|these) (?:\w+ )?(?:exercises?|drills?|manoeuvres?|maneuvers?|war ?games?)$")
_ANOTHER = re.compile(r"(?i)\b(?:next|last|previous|other|another|first|second|third|annual|joint) \w+$")


def is_that_drill(text: str, cue: Span, start: int) -> bool:
    """Tell whether a trigger only refers to the exercise that was told before; its sentence starts at an offset."""
    if _IN_THAT.search(text, start, cue[0]):
        return True
    told = text[max(0, cue[0] - 20) : cue[1]]
    is_other = _ANOTHER.search(told) is not None or _OF_WHOM.match(text, cue[1]) is not None
    return _THAT.search(told) is not None and not is_other


#: `In the exercise, troops of A practised`.
_IN_THAT = re.compile(r"\b(?:[Ii]n|[Dd]uring|[Aa]t|[Ww]ithin) (?:the|this) (?:exercises?|drills?|manoeuvres?)\b")
_OF_WHOM = re.compile(r" (?:with|between|of|involving|among)\b")


def named_drills(release: Release) -> dict[Span, list[Hit]]:
    """Return the names of exercises as triggers, by the sentence, where the document speaks of exercises.

    `Calm Strait 2023 opened at Kampot` has no other word that tells it.
    """
    found: dict[Span, list[Hit]] = {}
    for mention in release.mentions:
        if mention.label != "EVENT":
            continue
        name = release.text[mention.start : mention.end]
        if not _EDITION.search(name) or _NO_EXERCISE.search(name) or _OF_VOYAGE.match(release.text, mention.end):
            continue
        if not (found or _DRILLS.search(release.text) or _DRILLS.search(release.title)):
            break
        if sentence := release.sentence_of(mention.start, mention.end):
            found.setdefault(sentence, []).append(Hit(mention.start, mention.end, _BY_NAME))
    return found


def drill(scene: Scene) -> list[Draft]:
    """`The armies of A and B held exercise Calm Strait`, `Russian-French exercises`."""
    text = scene.text
    if _PREPARED.search(text, scene.start, scene.hit.start) or _LIKE.match(text, scene.hit.end):
        return []
    if _NATIONAL.search(text, scene.start, scene.end) and not _JOINT.search(text, scene.start, scene.end):
        return []
    if _CEREMONY.fullmatch(text, scene.hit.start, scene.hit.end) and (
        _DRILLS.search(text, scene.start, scene.end) or not _DRILLS.search(scene.cast.release.title)
    ):
        return []
    if _is_topic(scene) or _OWN_MEANS.match(text, scene.hit.end):
        return []
    if _POSSIBLE.search(text, scene.start, scene.hit.start) or _CYBER.search(text, scene.hit.start - 8, scene.hit.end):
        return []
    name = _exercise_name(scene)
    together = _named_beside(scene)
    if len(countries(together)) < 2:
        together = _the_two(scene) or together
    if len(countries(together)) < 2 and (name or _JOINTLY.search(text, scene.start, scene.end)):
        together += [a for a in _later_forces(scene) if a.country not in countries(together)]
    elif len(countries(together)) > 1:
        together += [a for a in _also(scene) if a.country not in countries(together)]
    if not together:
        together = _earlier_forces(scene)
    if together:
        together += _host(scene, name, together)
    if len(countries(together)) == 1:
        together += _with_whom(scene, together)
    if not together:
        together = _again(scene) or _abroad(scene)
    if together and None not in {a.country for a in together}:
        together += _unnamed(scene, name, together)
    if len({a.country for a in together}) < 2:
        hosts = [a for a in scene.subject() if a.kind in ("state", "body") and a.country]
        is_host = text.startswith("host", scene.hit.start) and _JOINT.search(text, scene.start, scene.end) is not None
        is_host = is_host and name is not None and len(countries(hosts)) == 1
        return [scene.make([Part(a, ("host",)) for a in hosts], name=name, method="rule:drill")] if is_host else []
    drafts = scene.draft((Part(a, ("member",)) for a in together), name=name, method="rule:drill")
    if drafts or None not in {a.country for a in together} or is_one_state(countries(together)):
        return drafts
    return [scene.make([Part(a, ("member",)) for a in together], name=name, method="rule:drill")]


def _named_beside(scene: Scene) -> list[Actor]:
    """Return the forces, states that practise and ships near a trigger; of two exercises those of its own pair."""
    text = scene.text
    sides = list(forces_near(scene, "troop"))
    states = [a for a in scene.actors if a.country and a.kind in ("people", "state", "body") and not _is_city(a)]
    near = [group for group in groups(text, states) if _is_near(scene, group)]
    named = [a for group in near if _practise(text, group) for a in group]
    named += ships_near(scene)
    found = {a.start: a for a in (*sides, *named) if not _is_of_other(scene, a) and not _is_target(text, a)}
    pair = _paired(scene)
    if pair:
        found = {a.start: a for a in (*pair, *(a for a in found.values() if a.start > scene.hit.start))}
    return _named_once(text, found.values())


def _is_city(actor: Actor) -> bool:
    """Tell whether an actor is a capital, which stands for its state elsewhere: in exercises, a place."""
    return actor.kind == "state" and actor.mention is not None and not is_state(actor.mention)


def _is_target(text: str, actor: Actor) -> bool:
    """Tell whether an actor is whom something is against: `the anti-Fijian`."""
    return text.endswith("anti-", 0, actor.start)


def _paired(scene: Scene) -> list[Actor]:
    """Return the two states that a hyphen joins right before a trigger: `the Indo-Thai exercise`."""
    text, at = scene.text, max(scene.start, scene.hit.start - _CLOSE)
    pairs = [p for p in _PAIR.finditer(text, at, scene.hit.end) if _OF_PAIR.match(text, p.end())]
    if not pairs:
        return []
    spans = [pairs[-1].span(1), pairs[-1].span(2)]
    sides = [_short_forms().get(text[slice(*s)]) or country_forms().get(text[slice(*s)]) for s in spans]
    named = [Actor(*span, "people", side, span) for span, side in zip(spans, sides, strict=True) if side]
    return named if len(countries(named)) == len(spans) else []


@cache
def _short_forms() -> dict[str, str]:
    pairs = (form.split("=") for form in read_terms("engagement_words.tsv")["short"])
    return {form: f"iso:{iso}" for form, iso in pairs}


_CLOSE = 60  # characters to what stands right beside a trigger
_OF_PAIR = re.compile(
    r" (?!and\b)(?:(?!and\b|[Aa]greement|of\b)[A-Za-z-]+ ){0,5}"
    r"(?i:exercises?|drills?|manoeuvres|maneuvers|war ?games?)\b"
)
_PAIR = re.compile(r"\b([A-Z][A-Za-z]+)[-–]([A-Z][A-Za-z]+)\b")


def _earlier_forces(scene: Scene) -> list[Actor]:
    """Return the forces of which the document spoke before with the exercise that a sentence means.

    `The planning meeting for the exercise of the armies of A and B has begun. The exercise will be held in June.`
    """
    if not is_that_drill(scene.text, (scene.hit.start, scene.hit.end), scene.start) or scene.forces:
        return []
    if _OBSERVE.search(scene.text, scene.start, scene.end):
        return []
    for start, end in scene.cast.release.preceding(scene.start, _ACCOUNT + 1):
        for cue in _DRILLS.finditer(scene.text, start, end):
            if not _PREPARED.search(scene.text, start, cue.start()):
                continue
            actors = find_actors(scene.cast, start, end)
            spoken = Scene(scene.cast, scene.hit._replace(start=cue.start(), end=cue.end()), start, end, actors, ())
            found = _named_beside(spoken)
            if len(countries(found)) > 1:
                return [a for a in actors if a.kind in ("state", "people", "body") and a.country]
    return []


def _host(scene: Scene, name: Span | None, actors: Sequence[Actor]) -> list[Actor]:
    """Return the state in which others practise together with it, or to which the only side goes."""
    text, release = scene.text, scene.cast.release
    if len(countries(actors)) == 1 and (found := _destination(scene, countries(actors))):
        return found
    is_joint = _JOINT.search(text, scene.start, scene.end) or _JOINT.search(release.title)
    is_guests = _WITH_GUESTS.search(text, scene.hit.end, scene.end) is not None
    if not (is_joint if len(countries(actors)) == 1 else is_guests):
        return []
    place = find_place(release, (scene.start, scene.end), (scene.hit.start, scene.hit.end), ())
    where = country_of_place(release, place)
    if place is None or where is None or where in countries(actors) or _OFF.search(text, scene.start, place.start):
        return []
    span = place.start, place.end
    return [Actor(*span, "state", where, span, place)]


#: Who takes part beside the host: `with the participation of Chile`.
_WITH_GUESTS = re.compile(r"\bwith the participation of\b")


def _destination(scene: Scene, but: Collection[str]) -> list[Actor]:
    """Return the state to which forces go for an exercise: `left for Fiji to take part in the exercise`."""
    text, release = scene.text, scene.cast.release
    for place in release.within(scene.start, scene.hit.start):
        where = country_of_place(release, place) if place.label == "GPE" else None
        if where is None or where in but or not _GOES_TO.search(text, scene.start, place.start):
            continue
        if _IN_ORDER.match(text, place.end, scene.hit.end):
            span = place.start, place.end
            return [Actor(*span, "state", where, span, place)]
    return []


_GOES_TO = re.compile(
    r"\b(?:left|leav\w+|depart\w*|travel\w*|fl[ey]w?|flies|deploy\w*|sent|arriv\w+|heading|headed|went"
    r"|sail\w*|redeploy\w*)\b"
    r"[^.;]{0,40}? (?:for|to|in) (?:[A-Z]\w+, )?(?:the )?$"
)
_IN_ORDER = re.compile(
    r"[^.;]{0,60}?(?:\bfor\b|\bto (?:take|participate|join)\b|\bwhere\b|\bparticipating\b|\btaking part\b)"
)


#: Where it is held, against somebody: `in the vicinity of the island`.
_OFF = re.compile(r"\b(?:vicinity of|near|off|close to|around|outside) (?:the )?(?:coast of |waters of )?(?:the )?$")


def _with_whom(scene: Scene, actors: Sequence[Actor]) -> list[Actor]:
    """Return who practises with the only side that is named: of whom the document told, else the publisher's own."""
    is_partner = is_with(scene, actors)
    if not is_partner and not _is_joined(scene, actors):
        return []
    for told in map(countries, scene.forces):
        if len(told) == 2 and countries(actors) < told:
            return _meant(scene, told - countries(actors))
    return (is_partner and meant_ship(scene, countries(actors))) or [other_side(scene, actors)]


def _meant(scene: Scene, sides: Iterable[str]) -> list[Actor]:
    """Return sides that a sentence only means."""
    return [replace(own_actor(scene.cast, scene.hit.start), country=side) for side in sorted(sides)]


def _is_joined(scene: Scene, actors: Sequence[Actor]) -> bool:
    """Tell whether somebody without a country practises beside the only side: `the Lind and the Fijian cutter held`."""
    text, at = scene.text, scene.hit.start
    unowned = [a for a in scene.actors if a.kind == "body" and a.country is None and _is_force(text, a)]
    if any(_is_beside(text, a, b) or _is_object(scene, b) for a in actors for b in unowned):
        return True
    before = [a for a in actors if scene.start <= a.phrase[0] and a.phrase[1] <= at]
    if not before:
        behind = text[scene.hit.end : min((a.phrase[0] for a in actors), default=at)]
        return _BETWEEN_UNIT.match(behind) is not None
    first, last = min(a.phrase[0] for a in before), max(a.phrase[1] for a in before)
    is_led = first > scene.start and _BESIDE.search(text[scene.start : first]) is not None
    return is_led or any(
        (_BEHIND.fullmatch(text[last:at]), _BESIDE_IT.search(text, last, at), _OBJECT.match(text, scene.hit.end))
    )


def _is_beside(text: str, actor: Actor, body: Actor) -> bool:
    """Tell whether a force without a country is listed with the only side: `by the Guard and units of the Fijian`."""
    first, last = sorted((actor.phrase, body.phrase))
    return _AND.fullmatch(text[first[1] : last[0]]) is not None


def _is_object(scene: Scene, body: Actor) -> bool:
    """Tell whether it is with a force without a country that somebody practises: `an exercise with the Royal Guard`."""
    return body.start > scene.hit.end and _JUST_WITH.search(ahead(scene.text, body, 16)) is not None


_JUST_WITH = re.compile(r"\b(?:with|alongside) (?:the |its |our )?$")
_AND = re.compile(
    r"[”\"’'»]?(?: \([^)]*\))?,? (?:and|with|alongside|together with|as well as)"
    r"(?: (?:of|by|the|an?|its|from|units|soldiers|troops"
    r"|members|ships|aircraft)){0,4} "
)
#: Before the only side that is named: `The Lind and the`, at the start of a clause.
_BESIDE = re.compile(
    r"(?:^|, )[^,.;:]{0,80}(?:[A-Z][\w’'-]+|[”\"])[”\"’']? and (?:the |an? )?(?:team of (?:the )?)?(?:[a-z-]+ ){0,2}$"
)
#: Behind it, before the trigger: `and the patrol boat Lind`.
_BEHIND = re.compile(
    r"[”\"’']?(?: \([\w -]+\))?,? (?:and|with|alongside|together with) (?:the |an? |its |our )?"
    r"(?:(?!has|had|have|was|were|will|is|are\b)[a-z-]+ ){0,4}[“\"‘']?[A-Z][^,;:]{0,40} "
)
_BESIDE_IT = re.compile(r"\b(?:with|alongside) (?:the |an? |its |our )?(?:[a-z-]+ ){0,4}[“\"«‘][A-Z]")
#: Behind the trigger, before the only side that is named: `between the frigate Lind and the`.
_BETWEEN_UNIT = re.compile(
    r" (?:between|by|of) (?:the |an? )?(?:[a-z-]+ ){0,3}[“\"«‘]?[A-Z][\w’.-]+[”\"»’]? and (?:the |an? )?$"
)
#: Behind the trigger: `with the corvette Lind`.
_OBJECT = re.compile(r"[^,.;:]{0,30}? (?:with|alongside) (?:the |an? |its |our )?(?:[a-z-]+ ){0,4}[“\"‘'][A-Z]")


#: `between the two navies`: those of whom the document told before.
_TWO = re.compile(
    r"\b(?:between|of|by) (?:the |both )?(?:two |both )?"
    r"(?:sides|navies|armies|air forces|armed forces|forces|countries|militaries|nations|states)\b"
)


#: `The two navies will practise`.
_TWO_FORCES = re.compile(r"\b(?:[Tt]he two|[Bb]oth) (?:navies|armies|air forces|armed forces|militaries|ships|crews)\b")


def _the_two(scene: Scene) -> list[Actor]:
    """Return the two states of whom the document told before, where the sentence means them."""
    told = [sides for sides in map(countries, (scene.focus, *scene.forces[:1])) if len(sides) == 2]
    if not told or not (
        _TWO.search(scene.text, scene.start, scene.end)
        or _TWO_FORCES.search(scene.text, scene.start, scene.hit.start)
        or (scene.forces and not scene.actors and _of_guests().search(scene.text, scene.start, scene.end))
    ):
        return []
    return _meant(scene, told[0])


@cache
def _of_guests() -> re.Pattern[str]:
    """Return the pattern of what guests and hosts do together: `a passage exercise`, `with boats of the navy`."""
    terms = read_terms("engagement_words.tsv")
    units = alternation([*terms["force"], *terms["troop"], *terms["warship"]])
    return re.compile(
        rf"{_JOINT.pattern}|(?i:\bpassage exercise|\bpassex)"
        rf"|\b(?:with|alongside) (?:an? |the |two |three |its |our |local )?(?:[\w-]+ ){{0,2}}{units}\b"
    )


def _again(scene: Scene) -> list[Actor]:
    """Return who takes part in an exercise of a series, where a sentence tells of another time: `the last edition`."""
    if not _TIME.search(scene.text, max(scene.start, scene.hit.start - _CLOSE), scene.hit.end + _CLOSE):
        return []
    told = countries(scene.forces[0]) if scene.forces else set[str]()
    counted = _COUNTED.search(scene.text, scene.start, scene.end)
    is_same = len(told) <= _FEW and (counted is None or _count(counted["n"]) == len(told))
    return _meant(scene, told) if is_same else []


_FEW = 3  # states of a series that are the same every time
_TIME = re.compile(
    r"(?i)\b(?:last|previous|first|next|second|third|earlier|following) (?:edition|iteration)\b"
    r"|\bnext (?:joint )?exercises?\b"
)


def _abroad(scene: Scene) -> list[Actor]:
    """Return the publisher's side and the state to which its forces go for an exercise, of several states or not."""
    text, release = scene.text, scene.cast.release
    if not _GO.search(text, scene.start, scene.hit.start):
        return []
    owner = next(
        (a for a in scene.actors if a.kind == "people" and _OF_OWNER.fullmatch(text[a.end : scene.hit.end])), None
    )
    if owner is not None:
        return [] if owner.country == scene.cast.own else [own_actor(scene.cast, scene.hit.start), owner]
    if not _JOINT.search(text, scene.hit.start, scene.hit.end):
        return []
    place = find_place(release, (scene.hit.end, scene.end), (scene.hit.start, scene.hit.end), ())
    where = country_of_place(release, place)
    if place is None or where in (None, scene.cast.own):
        return []
    span = place.start, place.end
    return [own_actor(scene.cast, scene.hit.start), Actor(*span, "state", where, span, place)]


#: Own forces that go somewhere: `Servicemen of the National Army leave for`.
_GO = re.compile(
    r"\b(?:[Ss]ervice(?:men| members)|[Ss]oldiers|[Tt]roops|[Uu]nits?|[Cc]ontingents?|[Pp]ersonnel|[Cc]ompany"
    r"|[Pp]latoon|[Ss]hips?|[Vv]essels?|[Ff]rigate|[Dd]estroyer|[Cc]orvette|[Ss]quadron|[Tt]eams?)\b"
    r"[^.;]{0,80}\b(?:leaves?|left|depart\w*|tak\w+ part|took part|participat\w+|joins?|joined|joining)\b"
)
#: Behind a people, up to the end of the trigger: `the Fijian “Calm Strait” exercise`.
_OF_OWNER = re.compile(
    r" (?:[a-z-]+ ){0,2}(?:[“\"‘'][^”\"’']{2,40}[”\"’'] )?(?:[a-z-]+ ){0,2}(?:[Ee]xercises?|drills?)"
)


def _unnamed(scene: Scene, name: Span | None, actors: Sequence[Actor]) -> list[Actor]:
    """Return a side more, where the text means one that it does not name or does not say whose it is.

    `Troops of nine nations took part`, `under our command`, `between the Rifles and the Fijian army`.
    """
    text, own = scene.text, own_actor(scene.cast, scene.hit.start)
    if own.country in countries(actors):
        own = replace(own, country=None)
    elif _OURS.search(text, scene.start, max([scene.end, *(end for _, end in _account(scene)[:1])])):
        return [own]
    if any(_is_between(scene, a) for a in scene.actors if a.kind == "body" and a.country is None):
        return [own]
    is_behind = min(a.start for a in actors) >= scene.hit.end
    if is_behind and _ACTIVE.match(text, scene.hit.start) and is_with(scene, actors):
        return meant_ship(scene, countries(actors)) or [other_side(scene, actors)]
    if is_behind and own.country is None and _WITH_GUESTS.search(text, scene.hit.end, scene.end):
        return [own]
    if is_behind and _JOINS.search(text[scene.start : scene.hit.start + 24]):
        return [own]
    release = scene.cast.release
    later = release.following(scene.end, _ACCOUNT)
    is_joint = name is not None or _JOINT.search(scene.text, scene.start, scene.end) is not None
    for start, end in ((scene.start, scene.end), *(later if is_joint else ())):
        told = _COUNTED.search(scene.text, start, end)
        if told and not _names_other(scene, (start, end)) and _count(told["n"]) > len(countries(actors)):
            return [own]
    return []


#: What somebody does with those who are named behind it.
_ACTIVE = re.compile(r"(?:conduct|held|hold|carr|exercised|trained|practi[cs]ed|perform|execut|undert|rehears)\w*")
#: Those of the publisher, of whom nobody says so: `The frigate joins the exercise`.
_JOINS = re.compile(
    r"(?i)\b(?:the|a|our|its) (?:\w+ )?(?:frigate|ship|ships|vessel|corvette|destroyer|submarine|unit|contingent"
    r"|platoon|company|squadron|detachment|battalion|team|aircraft|crew)\b[^.;,]{0,30}"
    r"\b(?:joins?|joined|takes? part|took part|participat\w+)\b"
)
#: The publisher's own side, where it is only meant.
_OURS = re.compile(
    r"\b(?:our|Our) (?:\w+ ){0,2}(?:hosting|command|navy|army|air force|forces|troops|soldiers|ships?|country)\b"
)


def _is_between(scene: Scene, actor: Actor) -> bool:
    """Tell whether a body is one of two that practise: `between the Rifles and`, `between A and the Rifles`."""
    text = scene.text
    ahead = text[max(scene.start, actor.start - 90) : actor.start]
    return scene.hit.end <= actor.start and _AND_BODY.search(ahead + "|" + text[actor.end : actor.end + 20]) is not None


_AND_BODY = re.compile(r"\b(?:between|among) (?:the )?\|(?: \([^)]*\))?,? and\b|\bbetween [^,;.]{3,80} and (?:the )?\|")


_NUMBERS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
)
_COUNTED = re.compile(
    rf"(?i)\b(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)}|\w+teen|twenty|thirty|a dozen|dozens of)(?: [a-z]+){{0,2}} "
    r"(?:countries|nations|states|allies|partners|navies|armies|air forces)\b"
)


def _count(word: str) -> int:
    """Return the number that a word says; of large ones, one that is large."""
    low = word.casefold()
    if low.isdigit():
        return int(low)
    return _NUMBERS.index(low) + 2 if low in _NUMBERS else _MANY


_MANY = 12  # states: more than any text lists


_DRILLS = re.compile(r"(?i)\b(?:exercises?|drills?|manoeuvres?|maneuvers?|war ?games?)\b")
_BY_NAME = Trigger("", "exercise", "drill", "unknown", "planned")
_OWN_DRILLS = re.compile(r"(?:-\w+)? (?:\w+ ){0,3}(?:exercises|drills)\b")


@cache
def _forces_of() -> re.Pattern[str]:
    terms = read_terms("engagement_words.tsv")
    forces = alternation([*terms["force"], *terms["troop"]])
    return re.compile(rf"(?i)\b{forces} (?:of|from) (?:[^,.;]{{2,50}} and (?:of|from) )?(?:the )?$")


#: What is held is a conference about an exercise: `the Mid Planning Conference for the 15th`.
_PREPARED = re.compile(r"(?i)\bplanning (?:conference|meeting|workshop)s? (?:for|of|on) (?:the )?(?:[\w-]+ ){0,6}$")
#: What there may be: `there's potential for exercises`, `a legal basis for exercises`.
_POSSIBLE = re.compile(r"\b(?:potential for|(?:legal )?basis for|den(?:y|ies|ied)|refuted|rumou?rs)\b[^.;]*$")


def _is_topic(scene: Scene) -> bool:
    """Tell whether exercises are only spoken of, or somebody trained with no forces beside."""
    text, cue = scene.text, scene.text[scene.hit.start : scene.hit.end]
    if _HELD_EVERY.search(text, scene.start, scene.end) or _OF_POWER.match(text, scene.hit.end):
        return True
    if _TRAIN.search(cue):
        return not cased_words("force", "troop").search(text, scene.start, scene.end)
    is_many = cue.endswith(("ises", "drills", "manoeuvres", "maneuvers", "raining", "rainings"))
    return is_many and _SPOKEN_OF.search(text, scene.start, scene.hit.start) is not None


#: What a person or state exercises: `asked him to exercise his authority`.
_OF_POWER = re.compile(
    r" (?:of )?(?:(?:his|her|its|their|our|my|the|full|effective|greater|maximum|utmost|sovereign) )*"
    r"(?:authority|rights?|powers?|control|restraint|caution|sovereignty|jurisdiction|influence|vigilance|leadership"
    r"|judge?ment|discretion|freedoms?|veto|functions?|duties|patience)\b"
)
_TRAIN = re.compile(r"\btrain(?:ed)? |^trained|^exercised$")
#: `The exercise is held every year since 2010`.
_HELD_EVERY = re.compile(
    r"\b(?:is|are|has been|have been) (?:usually |regularly )?(?:held|conducted|organi[sz]ed|carried out)"
    r" (?:annually|biennially|yearly|every|each|regularly|once|twice|alternately)\b"
)
#: What is said before exercises of which somebody speaks: `discussed training and`.
_SPOKEN_OF = re.compile(
    r"\b(?:discuss\w*|spoke|spoken|talk\w*|review\w*|views on|prospects|raised|conversation|areas? of|fields? of"
    r"|such as"
    r"|in the form of|possibilit\w+|opportunit\w+|interest in|agreed (?:on|to)|invitation to)\b"
    r"(?:(?!\b(?:after|during|following|held|conducted|carried)\b)[^.;])*$"
)
#: An exercise of one state.
_NATIONAL = re.compile(
    r"\b(?:exclusively|purely|solely|(?:with|under|by|its) (?:own |national )(?:means|elements|command|forces|units)"
    r"|national (?:[a-z-]+ ){0,2}(?:exercises?|drills?)|(?:exercises?|drills?) of its own"
    r"|(?:its|their|his) own (?:[a-z-]+ ){0,3}(?:exercises?|drills?)"
    r"|(?:readiness|certification|qualification) (?:exercises?|drills?) of (?:the|its))\b"
)
#: Where a title says that it is an exercise's: `The closing ceremony was held with`.
_CEREMONY = re.compile(r"(?i)(?:opening|closing) ceremony")
#: Exercises without forces.
_CYBER = re.compile(r"(?i)\bcyber(?:-attack)? exercises?$")
#: Exercises in general: `exercises like Calm Strait`.
_LIKE = re.compile(r" (?:like|such as)\b")
_JOINT = re.compile(r"(?i)\b(?:joint|combined|bilateral|trilateral|multinational|international|multilateral)\b")
_MULTI = re.compile(r"(?i)\b(?:multinational|international|multilateral)\b")
#: The same, or with forces of whom another sentence says whose they are: `drills with a platoon of the Rifles`.
_JOINTLY = re.compile(
    rf"{_JOINT.pattern}|\bwith (?:an? |the |two |three )?(?:\w+ ){{0,2}}"
    r"(?:platoon|company|battalion|units?|troops|soldiers|ships?)\b"
)
#: How a text goes on to say who else takes part.
_INCLUDES = re.compile(
    r"\b(?:also )?(?:includes?|included|including|involves?|involved|brings? together|brought together)\b"
    r"|\b(?:take|took|taking) part\b"
    r"|\bparticipat(?:e|es|ed|ing|ion of)\b|\bjoined\b|\bsent\b"
    r"|\bparticipants (?:are|were|come|came|from|include)|\bparticipating\b|\bparticipation\b"
)
_ACCOUNT = 2  # sentences after that which tells of an exercise, in which its forces may be named
_WHOLE_ACCOUNT = 8  # the same, where the document is about the exercise
_LEAD = 400  # characters at the start of a document that say what it is about


def _account(scene: Scene) -> list[Span]:
    """Return the sentences after a trigger's that go on to tell of its exercise."""
    release = scene.cast.release
    is_named = scene.hit.trigger is _BY_NAME or _exercise_name(scene) or _DRILLS.search(release.title)
    is_about = scene.hit.start < _LEAD and is_named
    later = release.following(scene.end, _WHOLE_ACCOUNT)
    gaps = [i for i, (start, _) in enumerate(later) if _ITEM.match(scene.text, start)]
    later = later[: gaps[0]] if gaps else later
    if scene.hit.start >= _LEAD:  # of several activities each has a paragraph
        later = [s for s in later if "\n\n" not in scene.text[scene.end : s[0]]]
    if not is_about:
        later = later[:_ACCOUNT]
    return [s for s in later if not _names_other(scene, s)]


#: What starts an item of a list: each tells of something else.
_ITEM = re.compile(r"(?:[a-z]|\d{1,2}|[ivx]+)[.)] |[-–•*▪] ?")


def _later_forces(scene: Scene) -> Iterator[Actor]:
    """Yield forces that the sentences after a trigger's name."""
    text = scene.text
    for i, sentence in enumerate(_account(scene)):
        is_told = _INCLUDES.search(text, *sentence) is not None
        if i >= _ACCOUNT and not is_told and scene.hit.trigger is not _BY_NAME:
            continue
        actors = [a for a in find_actors(scene.cast, *sentence) if a.country]
        for group in groups(text, actors):
            is_list = is_told and len(countries(group)) > 2 and not _observes(text, group)
            is_theirs = is_list or _has_forces(text, group[0])
            yield from (actor for actor in group if is_theirs or _is_force(text, actor))


def _is_force(text: str, actor: Actor) -> bool:
    """Tell whether an actor is a force, or a people or state with the word for one behind it."""
    if actor.kind == "body":
        return cased_words("force").search(text, actor.start, actor.end) is not None
    is_side = actor.kind == "people" or (actor.kind == "state" and not _ABOUT.search(ahead(text, actor, 16)))
    return is_side and force_words("force", "troop").match(text, own_end(actor)) is not None


def _observes(text: str, group: Sequence[Actor]) -> bool:
    """Tell whether those of a list only watch: `observers from Chile`, `Chile and Fiji sent observers`."""
    behind = re.split(r"[,.;]", text[group[-1].end : group[-1].end + _CLOSE], maxsplit=1)[0]
    return _OBSERVE.search(ahead(text, group[0], 40)) is not None or _OBSERVE.search(behind) is not None


def _names_other(scene: Scene, sentence: Span) -> bool:
    """Tell whether a sentence is about another exercise than that which a trigger's sentence names."""
    text, release = scene.text, scene.cast.release
    own = {text[m.start : m.end] for m in release.within(scene.start, scene.end) if m.label == "EVENT"}
    others = {text[m.start : m.end] for m in release.within(*sentence) if m.label == "EVENT"}
    named = others if _DRILLS.search(text, *sentence) else set()
    if not own:  # an exercise without a name is none that has one, unless the document is about it
        return bool(named) and scene.hit.start > _LEAD
    return bool(named) and not any(one.split()[0] in name for one in own for name in named)


def _also(scene: Scene) -> Iterator[Actor]:
    """Yield the forces of other states of which the next sentences say that they take part too."""
    text = scene.text
    is_of_many = _MULTI.search(text, scene.start, scene.end) is not None
    for start, end in _account(scene):
        is_told = _INCLUDES.search(text, start, end) is not None
        if not (is_told or is_of_many) or _OTHER_EXERCISE.search(text, start, end):
            continue
        actors = [a for a in find_actors(scene.cast, start, end) if a.country and a.kind != "person"]
        for group in groups(text, actors):
            is_theirs = _has_forces(text, group[0]) or _is_force(text, group[-1])
            if is_theirs or (is_told and len(group) > 1 and not _observes(text, group)):
                yield from (a for a in group if a.kind != "office")


#: A sentence that is about another exercise, or about years.
_OTHER_EXERCISE = re.compile(r"\b(?:last year|previous|another|since \d{4}|in \d{4}|next year|regularly)\b")
_OBSERVE = re.compile(r"(?<!and )\bobserv")
#: `India's observation of the exercise`, `France and Somalia have sent observers`.
_OBSERVES = re.compile(r"(?:['’]s? | \w+ \w+ | \w+ )observ")


def _named_once(text: str, actors: Iterable[Actor]) -> list[Actor]:
    """Return actors without the short names in brackets right behind the long ones: `Royal Navy (RN)`."""
    listed = list(actors)
    ends = {(a.end, a.country) for a in listed}
    return [a for a in listed if (a.start - 2, a.country) not in ends or text[a.start - 2 : a.start] != " ("]


def _is_near(scene: Scene, group: Sequence[Actor]) -> bool:
    """Tell whether a list of states stands near a trigger: one of forces may stand further off."""
    is_force = _has_forces(scene.text, group[0]) or (group[0].kind == "body" and _is_force(scene.text, group[0]))
    reach = _OF_FORCES if is_force else _NEARER
    return min(abs(actor.start - scene.hit.start) for actor in group) < reach


#: What says that a state practises, though a preposition governs it: `with the participation of Chile`.
_TAKES_PART = re.compile(
    r"\b(?:participation (?:of|from|by)|nation of|Republic of|participants from|joined by|together with|alongside"
    r"|hosted by|led by|between|contingents (?:of|from)"
    r"|(?:personnel|pilots|servicemen|technicians|divers|gunners|crews)(?: and [a-z ]+)? (?:of|from)) (?:the )?$"
)


#: Of what two peoples say whose it is: `the Fijian-Tongan agreement`.
_OF_TIES = re.compile(
    r" (?:[a-z-]+ ){0,2}(?:agreements?|treaty|borders?|relations|ties|friendship|cooperation|partnership"
    r"|alliance|dialogue|talks)\b"
)
#: What governs a force that practises: `by units of the`.
_OF_BODY = re.compile(r"\b(?:of|by|from|with|between|and) (?:the )?$")


def _practise(text: str, group: Sequence[Actor]) -> bool:
    """Tell whether the states of a list practise: of one that a preposition governs, its forces, or two by a hyphen."""
    first = group[0]
    if _OBSERVE.search(ahead(text, first, 40)) or _OBSERVES.match(text, group[-1].phrase[1]):
        return False
    if group[-1].kind == "people" and _OF_TIES.match(text, group[-1].phrase[1]):
        return False
    is_free = not _ABOUT.search(ahead(text, first, 10)) or _TAKES_PART.search(ahead(text, first, 60)) is not None
    is_body = first.kind == "body" and _is_force(text, first) and _OF_BODY.search(ahead(text, first, 12)) is not None
    return (
        is_free
        or is_body
        or _has_forces(text, first)
        or (_is_pair(text, group) and _OF_PAIR.match(text, group[-1].end) is not None)
    )


def _has_forces(text: str, actor: Actor) -> bool:
    """Tell whether forces of an actor are meant: `the navies of Chile and Peru`."""
    return _forces_of().search(ahead(text, actor, 90)) is not None


def _is_of_other(scene: Scene, actor: Actor) -> bool:
    """Tell whether another exercise stands between the trigger and an actor."""
    start, end = min(actor.end, scene.hit.end), max(actor.start, scene.hit.start)
    between = scene.text[start : max(start, end)]
    own = _OWN_DRILLS.match(scene.text, actor.end)
    is_owner = own is not None and own.end() > scene.hit.end
    return is_owner or ";" in between or _DRILLS.search(between) is not None


def _is_pair(text: str, group: Sequence[Actor]) -> bool:
    """Tell whether a hyphen joins two of a list: `the India-Nepal exercise`."""
    return any(text[a.phrase[1] : b.phrase[0]] in ("-", "–") for a, b in pairwise(group))
