"""Frames of forces.

drill    forces of A and B held exercise Calm Strait
join     Afghan and coalition forces conducted an operation; coalition aircraft struck
call_at  a frigate of A berthed at Manila
send     A deploys, relieves or withdraws forces abroad: one side
leave    a ship of A left for a mission; soldiers of A came home from one: one side
clash    aircraft of A intercepted aircraft of B
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor, find_actors, groups, own_actor
from tasks.engagements.countries import body_in, country_of
from tasks.engagements.lexicon import Hit, Trigger, cased_words, words_in
from tasks.engagements.ports import find_ports
from tasks.engagements.release import Release, Span
from tasks.engagements.scene import Draft, Part, Scene, countries, is_one_state
from tasks.engagements.ships import flag_of, is_navy, ship_words
from tasks.engagements.where import country_of_place, find_place
from tasks.lexicons import alternation, read_terms

_NEARER = 130  # characters to a state or people that practises
_OF_FORCES = 260  # characters to a list of states whose forces do
_NEAR = 160  # characters to each side of a trigger
_ABOUT = re.compile(
    r"\b(?:against|about|on|towards?|off|near|of|over|in|from|[Ff]ollowing|[Aa]fter|[Bb]efore|across) (?:the |both )?$"
)
_COALITION = re.compile(
    r"\b(?:[Cc]oalition(?: [a-z]+){0,3}? (?:forces?|troops|aircraft|soldiers|service members?|patrol|partners?)|ISAF"
    r"|international (?:security )?force"
    r"|[Cc]oalition(?= strike| air)|combined (?:security )?force)"
)


_NOT_OF_NAME = "(?:as|at|by|for|from|in|of|on|to|well|were|was|who|with)"


@cache
def _force(*kinds: str) -> re.Pattern[str]:
    terms = read_terms("engagement_words.tsv")
    forms = alternation([form for kind in kinds for form in terms[kind]])
    return re.compile(rf"(?:['’]s?|-[a-z]+)?(?:,? (?:and )?(?!{_NOT_OF_NAME}\b)[\w-]+){{0,5}}? (?P<force>{forms})\b")


def _own_end(actor: Actor) -> int:
    return actor.mention.end if actor.mention else actor.end


_NAMED_FORCE = re.compile(
    r" (?:(?:[A-Z]\w+ ){1,3}(?:Forces|Force|Army|Navy|Police)"
    r"|forces|police|troops|soldiers|army|navy|air force|marines)\b"
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


def _forces(scene: Scene, *kinds: str) -> Iterator[Actor]:
    """Yield bodies, and peoples and states that name forces by words of some kinds, near a trigger."""
    text = scene.text
    for actor in scene.actors:
        if actor.country is None or abs(actor.start - scene.hit.start) > _NEAR:
            continue
        if re.search(r"\b[Ii]n (?:the )?$", text[max(0, actor.start - 7) : actor.start]):
            continue
        if actor.kind == "body":
            yield actor
        elif actor.kind in ("people", "state", "office") and _force("force", *kinds).match(text, _own_end(actor)):
            whole = _NAMED_FORCE.match(text, _own_end(actor))
            yield replace(actor, kind="people", end=whole.end() if whole else _own_end(actor))


def drill(scene: Scene) -> list[Draft]:
    """`The armies of A and B held exercise Calm Strait`, `Russian-French exercises`."""
    if _PREPARED.search(scene.text, scene.start, scene.hit.start) or _LIKE.match(scene.text, scene.hit.end):
        return []
    if _POSSIBLE.search(scene.text, scene.start, scene.hit.start):
        return []
    name = _exercise_name(scene)
    text = scene.text
    sides = list(_forces(scene, "troop"))
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
        together += _meant_ship(scene, countries(together)) or [_other_side(scene, together)]
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
    if not is_patrol and not _TOGETHER.search(
        text, max(scene.start, hit.start - _NEAR), min(scene.end, hit.end + _NEAR)
    ):
        return []
    sides = [*_ships_near(scene), *_forces(scene, "troop")]
    sides += [a for a in scene.actors if a.kind == "state" and a.country and _RIDERS.search(_ahead(text, a, 60))]
    sides = [a for a in sides if not _ABOUT_WHOM.search(_ahead(text, a, 24))]
    first = min(sides, key=lambda a: a.start, default=None)
    if first and _is_with(scene, [first]):
        sides += _doer(scene, countries(sides)) or ([_other_side(scene, sides)] if len(countries(sides)) == 1 else [])
    return scene.draft(Part(a, ("member",)) for a in sides)


def _doer(scene: Scene, but: Collection[str]) -> list[Actor]:
    """Return the ship that a sentence is about, or whose crew it is about, of another country than some."""
    named = [a for a in scene.ships if a.end <= scene.start and a.country and a.country not in but and not is_navy(a)]
    is_crew = re.search(r"\bcrew\b", scene.text[scene.start : scene.hit.end]) is not None
    return _meant_ship(scene, but) or (named[-1:] if is_crew else [])


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
    start, end = max(scene.start, scene.hit.start - _NEAR), min(scene.end, scene.hit.end + 60)
    coalition = _coalition(scene, start, end)
    ships = [a for a in _ships_near(scene) if a.end <= scene.hit.start and (a.country or "").startswith("iso:")]
    units = [replace(a, country=scene.cast.own) for a in scene.actors if _is_unit(scene, a)]
    own = [
        a
        for a in (*_forces(scene), *units)
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
    ahead = re.search(r"\b[Gg]overnment of (?:the )?$", scene.text[max(scene.start, actor.start - 18) : actor.start])
    return replace(actor, start=actor.start - len(ahead[0])) if ahead else actor


def _is_unit(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor right before the trigger is a unit of which nobody says whose it is: the publisher's."""
    is_near = 0 <= scene.hit.start - actor.end < _NEAR
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
                is_force = actor.kind in ("people", "state") and _force("force", "troop").match(text, _own_end(actor))
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
            is_force = _force("force", "troop").match(text, _own_end(group[-1])) or _has_forces(text, group[0])
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
    start, end = max(scene.start, scene.hit.start - _NEAR), min(scene.end, scene.hit.end + _NEAR)
    return [a for a in scene.ships if start <= a.start < a.end <= end and a.country and not _in_phrase(scene, a)]


def _in_phrase(scene: Scene, ship: Actor) -> bool:
    """Tell whether a navy only says where somebody holds an office: `the Commander of the French Navy`."""
    people = (a for a in scene.actors if a.kind in ("person", "office"))
    return any(a.phrase[0] <= ship.start and ship.end <= a.phrase[1] for a in people)


def _meant_ship(scene: Scene, but: Collection[str] = ()) -> list[Actor]:
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
_CALLS = 160  # characters from a ship to what it does
#: Those on board, who go ashore.
_CREW = re.compile(
    r"\b(?:crews?|sailors?|cadets?|officers?|midshipmen|commander|captain|admiral|personnel|delegation|marines|company|band"
    r"|leadership|soldiers)\b"
)
#: What is told of a ship in passing: `, which are on their way home,`.
_ASIDE = re.compile(r",? (?:which|led|commanded|carrying|with|mission-deployed|under|part)\b[^,]*,")
_ABOARD = re.compile(
    r"(?i)\b(?:crew|officers?|commander|captain|sailors|cadets|members|company|aboard|on board)(?: of)? (?:the )?$"
)
#: What a ship pays, whatever its port is called: nobody visits one's own.
_VISIT = re.compile(r"(?i)visits?$|calls?$|stops?$|stopover$|call(?:s|ed)? (?:at|in)$")
_RECEIVED = re.compile(r"(?:welcom|receiv|host)")
#: Where a ship is, said of it right behind its name: `The frigate Lind is in Lagos`.
_STANDS = re.compile(r"(?:was|is|are|were) (?:now |currently )?in$|(?:was|is|are|were) (?:now |currently )?in ")
_HOME = re.compile(r"\b(?:stationed|based|home ?port|homeported|home\b|return(?:ed|ing|s)?|(?:came|come) back)")


def _may_sail(scene: Scene) -> bool:
    """Tell whether a sentence may be about a ship: by a word, a mention, or what stands for one."""
    text = scene.text
    if words_in(text, scene.start, scene.end) & ship_words():
        return True
    mentions = scene.cast.release.within(scene.start, scene.end)
    return (
        any(m.label in ("EQUIPMENT", "UNIT") for m in mentions)
        or _SHE.search(text, scene.start, scene.hit.start) is not None
    )


def _caller(scene: Scene) -> list[Actor]:
    """Return the ship that does what a trigger says: the last before it, or that which `the ship` stands for."""
    text, at = scene.text, scene.hit.start
    if _RECEIVED.match(text, at):
        return [a for a in scene.ships if 0 <= a.start - scene.hit.end < 30 and a.end <= scene.end][:1]
    before = [a for a in scene.ships if scene.start <= a.start and a.end <= at and at - a.end < _CALLS]
    before = [a for a in before if not _in_phrase(scene, a) and not _ABOARD.search(text, scene.start, a.start)]
    by = [
        a
        for a in scene.ships
        if a.start >= scene.hit.end and re.search(r"\b[Bb]y (?:the |an? )?$", text[: a.start][-8:])
    ]
    if not before and not by:
        return _meant_ship(scene)
    ship = (before or by)[-1]
    if _STANDS.match(text, at) and text[ship.end : at].strip():
        return []
    between = _ASIDE.sub("", text[ship.end : at]) if before else ""
    return [] if _CREW.search(between) or _HOME.search(between) else [ship]


def call_at(scene: Scene) -> list[Draft]:
    """`A frigate of A berthed at Manila`, `the ships called at Busan and Manila`: foreign ports, a row a state."""
    text, hit = scene.text, scene.hit
    ships = _caller(scene) if _may_sail(scene) else []
    cue = text[hit.start : hit.end]
    is_visit = _VISIT.search(cue) is not None
    if (
        not ships
        or not (ships[0].country or is_visit)
        or _HOME.search(text, max(scene.start, hit.start - 20), hit.end + 12)
    ):
        return []
    at = ships[0].end if _RECEIVED.match(cue) else hit.end
    found: list[Draft] = []
    for port, country in find_ports(scene, at, is_visit):
        if country not in countries(ships):
            span = port.start, port.end
            host = Actor(*span, "state", country, span, port if port.entity_id else None)
            parts = [*(Part(a, ("visitor",)) for a in ships), Part(host, ("host",))]
            drafts = scene.draft(parts, place=port, host=country)
            if not drafts and is_visit and not countries(ships):  # whose ship it is, nobody says, but it is a guest
                drafts = [scene.make(parts, place=port, host=country)]
            found += drafts
    return found


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
    tail = text[hit.end : min(scene.end, hit.end + _NEAR)]
    if not _MISSION.search(tail) or _NO_MISSION.search(tail) or tail.startswith(" with "):
        return []
    senders = _leavers(scene)
    if not senders:
        return []
    places = [
        m
        for m in scene.cast.release.within(hit.end, min(scene.end, hit.end + _NEAR))
        if m.label in ("GPE", "LOC") and country_of(m, text) not in countries(senders)
    ]
    place = places[0] if places else None
    host = country_of(place, text) if place else None
    return [scene.make([Part(a, ("member",)) for a in senders], place=place, host=host)]


_WHERE = re.compile(r"\b(?:against|about|on|towards?|near|over|in|from|to|with|after|by) (?:the )?$")


def _leavers(scene: Scene) -> list[Actor]:
    """Return the ship, or the forces of one state, that do what a trigger says."""
    text, at = scene.text, scene.hit.start
    forces = [a for a in _forces(scene, "troop") if a.end <= at and not _WHERE.search(_ahead(text, a, 12))]
    equipped = {m.start - 1 for m in scene.cast.release.within(scene.start, at) if m.label == "EQUIPMENT"}
    forces += [a for a in scene.before() if a.kind == "people" and a.end in equipped]
    ships = [
        a for a in scene.ships if scene.start <= a.start and a.end <= at and a.country and not _in_phrase(scene, a)
    ]
    found = [*forces, *ships]
    if not found and (_THE_SHIP.search(text, scene.start, at) or _SHE.search(text, scene.start, at)):
        found = _meant_ship(scene)
    states = [a for a in scene.before(12) if a.kind == "state" and text.endswith("send", at, scene.hit.end)]
    found = states or found
    return found[-1:] if len(countries(found)) == 1 else []


def clash(scene: Scene) -> list[Draft]:
    """`Fighters of A intercepted two aircraft of B`."""
    sides = [a for a in _forces(scene) if a.kind in ("people", "body")]
    return scene.draft(Part(a) for a in sides) if len(countries(sides)) == 2 else []
