"""The frame of exercises: forces of A and B held exercise Calm Strait.

Order: forces, states and ships near the trigger, each with its country → where they are of one side or none, those of
whom the document told before, whom the next sentences name, where it is held → the publisher's own side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor, find_actors, groups, own_actor
from tasks.engagements.forces import NEAR, force_words, forces_near, in_phrase, meant_ship, own_end
from tasks.engagements.lexicon import Hit, Trigger, cased_words
from tasks.engagements.release import Release, Span
from tasks.engagements.scene import Draft, Part, Scene, countries, is_one_state
from tasks.engagements.where import country_of_place, find_place
from tasks.lexicons import alternation, read_terms

_NEARER = 130  # characters to a state or people that practises
_OF_FORCES = 260  # characters to a list of states whose forces do
_ABOUT = re.compile(
    r"\b(?:against|about|on|towards?|off|near|of|over|in|from|[Ff]ollowing|[Aa]fter|[Bb]efore|across) (?:the |both )?$"
)


_NO_EXERCISE = re.compile(
    r"(?i)war\b|summit|conference|olymp|cup\b|day\b|championship|forum|expo|fair\b|show|prize|games\b|operation"
    r"|mission|climate|\bcop ?\d|\bg ?\d|earthquake|typhoon|hurricane|cyclone|election|crisis|festival|congress"
    r"|dialogue|parade|battle|revolution"
)
#: What the name of an exercise has: a number, or a word for it.
_EDITION = re.compile(r"\d|(?i:exercise|drill)")


def _exercise_name(scene: Scene) -> Span | None:
    for mention in scene.cast.release.within(scene.start, scene.end):
        if mention.label == "EVENT" and abs(mention.start - scene.hit.end) < 120:
            name = scene.text[mention.start : mention.end]
            before = scene.text[max(0, mention.start - 14) : mention.start]
            is_near = re.search(r"(?i)exercise|drill", before + name) or mention.start - scene.hit.end in range(30)
            if is_near and not _NO_EXERCISE.search(name):
                return mention.start, mention.end
    return None


def named_drills(release: Release, start: int, end: int) -> Iterator[Hit]:
    """Yield the names of exercises in a stretch as triggers, where the document speaks of exercises.

    `Calm Strait 2023 opened at Kampot` has no other word that tells it.
    """
    for mention in release.within(start, end):
        if mention.label != "EVENT":
            continue
        name = release.text[mention.start : mention.end]
        is_named = _EDITION.search(name) is not None and not _NO_EXERCISE.search(name)
        if is_named and (_DRILLS.search(release.text) or _DRILLS.search(release.title)):
            yield Hit(mention.start, mention.end, _BY_NAME)


def drill(scene: Scene) -> list[Draft]:
    """`The armies of A and B held exercise Calm Strait`, `Russian-French exercises`."""
    if _PREPARED.search(scene.text, scene.start, scene.hit.start) or _LIKE.match(scene.text, scene.hit.end):
        return []
    if _POSSIBLE.search(scene.text, scene.start, scene.hit.start):
        return []
    name = _exercise_name(scene)
    text = scene.text
    sides = list(forces_near(scene, "troop"))
    states = [a for a in scene.actors if a.country and a.kind in ("people", "state", "body")]
    near = [group for group in groups(text, states) if _is_near(scene, group)]
    named = [a for group in near if _practise(text, group) for a in group]
    named += _ships_near(scene)
    together = _named_once(text, {a.start: a for a in (*sides, *named) if not _is_of_other(scene, a)}.values())
    if len(countries(together)) < 2:
        together = _the_two(scene) or together
    if len(countries(together)) < 2 and (name or _JOINTLY.search(text, scene.start, scene.end)):
        together += [a for a in _later_forces(scene) if a.country not in countries(together)]
    elif len(countries(together)) > 1:
        together += [a for a in _also(scene) if a.country not in countries(together)]
    if len(countries(together)) < 2 and (name or _JOINT.search(text, scene.start, scene.end)):
        place = find_place(scene.cast.release, (scene.start, scene.end), (scene.hit.start, scene.hit.end), ())
        where = country_of_place(scene.cast.release, place)
        is_joint = _JOINT.search(text, scene.start, scene.end) or _JOINT.search(scene.cast.release.title)
        if is_joint and place and where and len(countries(together)) == 1 and where not in countries(together):
            span = place.start, place.end
            together.append(Actor(*span, "state", where, span, place))
    if len(countries(together)) == 1 and _is_with(scene, together):
        together += meant_ship(scene, countries(together)) or [_other_side(scene, together)]
    elif len(countries(together)) == 1 and _is_joined_by_own(scene, together):
        together.append(_other_side(scene, together))
    if not together:
        together = _abroad(scene)
    if len({a.country for a in together}) < 2:
        hosts = [a for a in scene.subject() if a.kind in ("state", "body") and a.country]
        is_host = text.startswith("host", scene.hit.start) and _JOINT.search(text, scene.start, scene.end) is not None
        is_host = is_host and name is not None and len(countries(hosts)) == 1
        return [scene.make([Part(a, ("host",)) for a in hosts], name=name, method="rule:drill")] if is_host else []
    drafts = scene.draft((Part(a, ("member",)) for a in together), name=name, method="rule:drill")
    if drafts or None not in {a.country for a in together} or is_one_state(countries(together)):
        return drafts
    return [scene.make([Part(a, ("member",)) for a in together], name=name, method="rule:drill")]


def _other_side(scene: Scene, actors: Sequence[Actor]) -> Actor:
    """Return the publisher's side; one that is not known where those named are of the country that was guessed."""
    own = own_actor(scene.cast, scene.hit.start)
    is_guessed = own.country in countries(actors) and scene.cast.release.country is None
    is_object = all(actor.start >= scene.hit.end for actor in actors)
    return replace(own, country=None) if is_guessed and is_object else own


def _is_joined_by_own(scene: Scene, actors: Sequence[Actor]) -> bool:
    """Tell whether a unit without a country practises beside the only one: `the Lind and the Fijian cutter held`."""
    text, first, last = scene.text, actors[0], actors[-1]
    if first.phrase[0] <= scene.start or last.phrase[1] > scene.hit.start:
        return False
    return _BESIDE.search(text[scene.start : first.phrase[0]]) is not None


_BESIDE = re.compile(r"^[^,.;:]{0,80}(?:[A-Z][\w’'-]+|[”\"])[”\"’']? and (?:the |an? )?(?:team of (?:the )?)?$")


#: `between the two navies`: those of whom the document told before.
_TWO = re.compile(
    r"\b(?:between|of|by) (?:the |both )?(?:two |both )?"
    r"(?:sides|navies|armies|air forces|armed forces|forces|countries|militaries|nations|states)\b"
)


#: `The two navies will practise`.
_TWO_FORCES = re.compile(r"\b(?:[Tt]he two|[Bb]oth) (?:navies|armies|air forces|armed forces|militaries|ships|crews)\b")


def _the_two(scene: Scene) -> list[Actor]:
    """Return the two states of whom the document told before, where the sentence means them."""
    if len(countries(scene.focus)) != 2 or not (
        _TWO.search(scene.text, scene.hit.end, scene.end)
        or _TWO_FORCES.search(scene.text, scene.start, scene.hit.start)
    ):
        return []
    return [replace(own_actor(scene.cast, scene.hit.start), country=side) for side in sorted(countries(scene.focus))]


def _abroad(scene: Scene) -> list[Actor]:
    """Return the publisher's side and the state to which its forces go for an exercise of several states."""
    text, release = scene.text, scene.cast.release
    if not (_JOINT.search(text, scene.hit.start, scene.hit.end) and _GO.search(text, scene.start, scene.hit.start)):
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
    r"|[Pp]latoon)\b"
    r"[^.;]{0,80}\b(?:leaves?|left|depart\w*|tak\w+ part|took part|participat\w+|joins?|joined|joining)\b"
)


_DRILLS = re.compile(r"(?i)\b(?:exercises?|drills?|manoeuvres?|maneuvers?|war ?games?)\b")
_BY_NAME = Trigger("", "exercise", "drill", "unknown", "planned")
_OWN_DRILLS = re.compile(r"(?:-\w+)? (?:\w+ ){0,3}(?:exercises|drills)\b")


@cache
def _forces_of() -> re.Pattern[str]:
    terms = read_terms("engagement_words.tsv")
    return re.compile(rf"(?i)\b{alternation([*terms['force'], *terms['troop']])} (?:of|from) (?:the )?$")


_WITH = re.compile(r"(?i)\b(?:with|alongside)(?: (?!and\b)[\w-]+){0,3} ?$")


#: What is held is a conference about an exercise: `the Mid Planning Conference for the 15th`.
_PREPARED = re.compile(r"(?i)\bplanning (?:conference|meeting|workshop)s? (?:for|of|on) (?:the )?(?:[\w-]+ ){0,3}$")
#: What there may be: `there's potential for exercises`, `a legal basis for exercises`.
_POSSIBLE = re.compile(r"\b(?:potential|(?:legal )?basis) for\b[^.;]*$")
#: Exercises in general: `exercises like Calm Strait`.
_LIKE = re.compile(r" (?:like|such as)\b")
_JOINT = re.compile(r"(?i)\b(?:joint|combined|bilateral|trilateral|multinational|international|multilateral)\b")
#: The same, or with forces of whom another sentence says whose they are: `drills with a platoon of the Rifles`.
_JOINTLY = re.compile(
    rf"{_JOINT.pattern}|\bwith (?:an? |the |two |three )?(?:\w+ ){{0,2}}"
    r"(?:platoon|company|battalion|units?|troops|soldiers|ships?)\b"
)
#: How a text goes on to say who else takes part.
_INCLUDES = re.compile(
    r"\b(?:also )?(?:includes?|included|involves?|involved|brings? together|brought together)\b"
    r"|\b(?:take|took|taking) part\b"
    r"|\bparticipat(?:e|es|ed|ing)\b|\bjoined\b|\bsent\b"
)
_ACCOUNT = 2  # sentences after that which tells of an exercise, in which its forces may be named
_WHOLE_ACCOUNT = 8  # the same, where the document is about the exercise
_LEAD = 400  # characters at the start of a document that say what it is about


def _later_forces(scene: Scene) -> Iterator[Actor]:
    """Yield forces that the sentences after a trigger's name."""
    release, text = scene.cast.release, scene.text
    is_about = _BY_NAME is scene.hit.trigger and scene.hit.start < _LEAD
    later = [s for s in release.sentences if s[0] >= scene.end and not release.is_silent(s[0])]
    later = later[: _WHOLE_ACCOUNT if is_about else _ACCOUNT]
    for sentence in later:
        if _names_other(scene, sentence):
            continue
        actors = [a for a in find_actors(scene.cast, *sentence) if a.country]
        for group in groups(text, actors):
            of_forces = _has_forces(text, group[0])
            for actor in group:
                is_force = actor.kind in ("people", "state") and force_words("force", "troop").match(
                    text, own_end(actor)
                )
                is_body = actor.kind == "body" and cased_words("force").search(text, actor.start, actor.end)
                if of_forces or is_force or is_body:
                    yield actor


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
    for start, end in [s for s in scene.cast.release.sentences if s[0] >= scene.end][:_ACCOUNT]:
        told = _INCLUDES.search(text, start, end)
        if told is None or scene.cast.release.is_silent(start) or _OTHER_EXERCISE.search(text, start, end):
            continue
        actors = [a for a in find_actors(scene.cast, start, end) if a.country and a.kind in ("people", "state")]
        for group in groups(text, actors):
            is_force = force_words("force", "troop").match(text, own_end(group[-1])) or _has_forces(text, group[0])
            if is_force or (len(group) > 1 and not _OBSERVE.search(text, group[-1].end, end)):
                yield from group


#: A sentence that is about another exercise, or about years.
_OTHER_EXERCISE = re.compile(r"\b(?:last year|previous|another|since \d{4}|in \d{4}|next year|regularly)\b")
_OBSERVE = re.compile(r"\bobserv")
#: `India's observation of the exercise`, `France and Somalia have sent observers`.
_OBSERVES = re.compile(r"(?:['’]s? | \w+ \w+ | \w+ )observ")


def _named_once(text: str, actors: Iterable[Actor]) -> list[Actor]:
    """Return actors without the short names in brackets right behind the long ones: `Royal Navy (RN)`."""
    listed = list(actors)
    ends = {(a.end, a.country) for a in listed}
    return [a for a in listed if (a.start - 2, a.country) not in ends or text[a.start - 2 : a.start] != " ("]


def _is_near(scene: Scene, group: Sequence[Actor]) -> bool:
    """Tell whether a list of states stands near a trigger: one of forces may stand further off."""
    reach = _OF_FORCES if _has_forces(scene.text, group[0]) else _NEARER
    return min(abs(actor.start - scene.hit.start) for actor in group) < reach


#: What says that a state practises, though a preposition governs it: `with the participation of Chile`.
_TAKES_PART = re.compile(
    r"\b(?:participation (?:of|from|by)|nation of|Republic of|participants from|joined by|together with|alongside"
    r"|hosted by|led by|between|contingents (?:of|from)"
    r"|(?:personnel|pilots|servicemen|technicians|divers|gunners|crews)(?: and [a-z ]+)? (?:of|from)) (?:the )?$"
)


def _practise(text: str, group: Sequence[Actor]) -> bool:
    """Tell whether the states of a list practise: of one that a preposition governs, its forces, or two by a hyphen."""
    first = group[0]
    if _OBSERVE.search(_ahead(text, first, 40)) or _OBSERVES.match(text, group[-1].phrase[1]):
        return False
    is_free = not _ABOUT.search(_ahead(text, first, 10)) or _TAKES_PART.search(_ahead(text, first, 60)) is not None
    return is_free or _has_forces(text, first) or any(_is_paired(text, actor) for actor in group)


def _is_with(scene: Scene, actors: Sequence[Actor]) -> bool:
    """Tell whether the publisher's own side practises with the only one that is named."""
    return any(_WITH.search(_ahead(scene.text, actor, 40)) for actor in actors)


def _ahead(text: str, actor: Actor, reach: int) -> str:
    return text[max(0, actor.phrase[0] - reach) : actor.phrase[0]]


def _has_forces(text: str, actor: Actor) -> bool:
    """Tell whether forces of an actor are meant: `the navies of Chile and Peru`."""
    return _forces_of().search(_ahead(text, actor, 40)) is not None


def _is_of_other(scene: Scene, actor: Actor) -> bool:
    """Tell whether another exercise stands between the trigger and an actor."""
    start, end = min(actor.end, scene.hit.end), max(actor.start, scene.hit.start)
    between = scene.text[start : max(start, end)]
    own = _OWN_DRILLS.match(scene.text, actor.end)
    is_owner = own is not None and own.end() > scene.hit.end
    return is_owner or ";" in between or _DRILLS.search(between) is not None


def _is_paired(text: str, actor: Actor) -> bool:
    """Tell whether an actor is one of two that a hyphen joins: `the India-Nepal exercise`."""
    return text[actor.phrase[1] : actor.phrase[1] + 1] in ("-", "–") or text[actor.phrase[0] - 1 : actor.phrase[0]] in (
        "-",
        "–",
    )


def _ships_near(scene: Scene) -> list[Actor]:
    """Return the ships near a trigger, in its sentence, of which somebody says whose they are."""
    start, end = max(scene.start, scene.hit.start - NEAR), min(scene.end, scene.hit.end + NEAR)
    return [a for a in scene.ships if start <= a.start < a.end <= end and a.country and not in_phrase(scene, a)]
