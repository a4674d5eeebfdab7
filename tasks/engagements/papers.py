"""Frames of gatherings, documents and goods.

gather   A attends the Lisbon Defence Forum: a row as soon as one side is said to
sign     A and B signed an agreement; a Russian-Afghan statement was signed
give     A will provide B with vehicles; A's donation of a battery to B
course   instructors of A gave a course to sailors of B; cadets of B attended one in A
teach    A trains forces of B
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from tasks.engagements.actors import Actor, groups, own_actor
from tasks.engagements.countries import country_of, find_body
from tasks.engagements.lexicon import cased_words, words
from tasks.engagements.release import Span
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.lexicons import alternation, read_terms

_SPEAKING = frozenset({"person", "office", "body", "state"})
_PAPERS = re.compile(r"\b(?:between|with|and|by) (?:the )?$")


@cache
def _gathering() -> re.Pattern[str]:
    """Return the pattern of a gathering's name: words in capitals, and what it ends with."""
    ends = alternation(read_terms("engagement_words.tsv")["gathering"])
    word = r"(?:\d{4}|\d{1,2}(?:st|nd|rd|th)|[A-Z][\w.’'&/+–-]*|of|the|on|for|and|[a-z]+(?= [A-Z]))"
    return re.compile(
        r"(?:(?:the|an?|this year[’']s|next year[’']s|upcoming|first|second|third|annual) )*"
        rf"(?P<name>(?:{word} ){{1,9}}{ends})(?!\w)"
    )


#: Gatherings of no officials.
_OF_TRADE = re.compile(
    r"\b(?:Business|Media|Investment|Press|News|Party|Education|Workforce|Youth|Women|Science|Scientific|Teachers|Church)\b"
)


def find_gathering(scene: Scene, reach: int = 45) -> Span | None:
    """Return the name of a gathering right after the trigger."""
    text, end = scene.text, scene.hit.end
    for start in (m.start() for m in re.finditer(r"(?<!\w)(?=[A-Z\d])", text[end : min(scene.end, end + reach)])):
        hit = _gathering().match(text, end + start, scene.end)
        if (
            hit
            and not _OF_TRADE.search(text, hit.start(), hit.end() + 40)
            and re.search(r"[A-Z]", hit["name"])
            and not re.search(r"[.;:]", text[end : end + start])
        ):
            return hit.span("name")
    for mention in scene.cast.release.within(end, min(scene.end, end + reach + 60)):
        if (
            mention.label == "EVENT"
            and mention.start - end < reach
            and not re.search(r"[;:]", text[end : mention.start])
        ):
            name = text[mention.start : mention.end]
            if cased_words("gathering").search(name):
                return mention.start, mention.end
    return None


#: Of whose states none is a side: `G20`.
_GROUP = re.compile(r"\bG\d+\b")


def gather(scene: Scene) -> list[Draft]:
    """`A will attend the Lisbon Defence Forum`, `A hosts the NATO summit`."""
    text = scene.text
    cue = text[scene.hit.start : scene.hit.end].split()[0]
    host = cue.startswith(("host", "co-host", "conven"))
    name = find_gathering(scene, 150 if host else 12 if cue == "At" else 45)
    if name is None:
        return []
    doing = _SPEAKING if host else _SPEAKING - {"state"}
    subject = scene.subject()
    if cue == "At":  # `At the Lisbon Forum in May, A announced`
        subject = next(
            groups(text, [a for a in scene.after(140) if a.start > name[1] and a.kind in ("person", "office")]), []
        )
        if not subject:
            return []
    members = [scene.at_home(a) for a in subject if a.kind in doing]
    members = [a for a in members if a.country or a.kind != "person"]
    members = [replace(a, country=a.country or scene.cast.own) for a in members]
    parts = [Part(a, ("host",) if host else ("member",)) for a in members]
    for mention in scene.cast.release.within(*name):
        country = country_of(mention, text)
        if mention.label == "ORG" and country and country.startswith("org:"):
            body = Actor(
                mention.start,
                mention.end,
                "body",
                country,
                (mention.start, mention.end),
                mention,
                organisation=text[mention.start : mention.end],
            )
            parts.append(Part(body, ("member",)))
    named = find_body(_GROUP.sub(lambda hit: " " * len(hit[0]), text[slice(*name)]))
    if named and not any(p.actor.kind == "body" for p in parts):
        key, start, end = named
        span = name[0] + start, name[0] + end
        parts.append(Part(Actor(*span, "body", key, span, organisation=text[slice(*span)]), ("member",)))
    with_ = [a for a in scene.after() if a.kind in ("person", "office") and a.start >= name[1]]
    if with_ and re.search(r"\bwith (?:the )?$", text[max(name[1], with_[0].phrase[0] - 12) : with_[0].phrase[0]]):
        parts += [Part(a, ("member",)) for a in with_ if a.country]
    is_own = any(a.start == a.end for a in subject)
    if not countries(p.actor for p in parts) and not (host and is_own):
        return []
    return [
        scene.make(
            _unique(parts), name=name, method="rule:gather", host=members[0].country if host and members else None
        )
    ]


def _unique(parts: list[Part]) -> list[Part]:
    found: dict[object, Part] = {}
    for part in parts:
        found.setdefault(part.actor.name or (part.actor.country, part.actor.start), part)
    return list(found.values())


def sign(scene: Scene) -> list[Draft]:
    """`A and B signed a protocol`, `a Russian-Afghan statement was signed`, `we signed the agreement with Fiji`."""
    text = scene.text
    cue = text[scene.hit.start : scene.hit.end]
    is_ratified = any(re.search(r"(?i)\bratif", t) for t in (scene.cast.release.title, text[scene.start : scene.end]))
    if cue.endswith("between") and not is_ratified:
        return []
    if _LONG_AGO.search(text, scene.start, scene.hit.start):
        return []
    names = [m for m in scene.cast.release.within(scene.start, scene.end) if m.label == "AGREEMENT"]
    near = [m for m in names if abs(m.start - scene.hit.end) < 150]
    name = (near[0].start, near[0].end) if near else None
    if not name and not words("document").search(text, scene.start, scene.end):
        return []
    actors = [a for a in scene.actors if a.kind in _SPEAKING or a.kind == "people"]
    around = [a for a in actors if abs(a.start - scene.hit.end) < 200]
    subject = [a for a in scene.subject() if a.country or (a.start == a.end and scene.cast.own is None)]
    with_ = [a for a in scene.after(200) if a.country and _PAPERS.search(text[max(0, a.phrase[0] - 14) : a.phrase[0]])]
    sides = [*subject, *with_]
    is_passive = cue.endswith(("signed", "exchanged")) and len(countries(sides)) < 2
    if subject and with_ and not countries(subject):
        return scene.draft((Part(a, ("signer",)) for a in sides), name=name, method="rule:sign")
    is_passive = is_passive and _PASSIVE.search(cue) is not None and len(countries(scene.focus)) == 2
    if is_passive and countries(around) <= countries(scene.focus):
        return scene.draft((Part(_state_of(scene, a), ("signer",)) for a in scene.focus), name=name, method="rule:sign")
    if len(countries(sides)) < 2:
        sides = [a for a in around if a.country and a.kind in ("person", "office", "people", "state")]
        if len(countries(sides)) != 2:
            return []
    return scene.draft((Part(a, ("signer",)) for a in sides), name=name, method="rule:sign")


def _state_of(scene: Scene, actor: Actor) -> Actor:
    """Return the state that an actor is of, where the text names it nearest: a paper is its, whoever signs."""
    named = [m for m in scene.cast.release.mentions if m.label == "GPE" and m.key == actor.country]
    if not named:
        return actor
    near = min(named, key=lambda m: abs(m.start - scene.hit.start))
    return Actor(near.start, near.end, "state", actor.country, (near.start, near.end), near)


#: `on the tenth anniversary of the signing of`.
_LONG_AGO = re.compile(r"\b(?:anniversary of|(?:years|decades) (?:since|after|of)) (?:the )?$")
_PASSIVE = re.compile(r"\b(?:was|were|been|be) (?:\w+ )?(?:signed|exchanged)$")
_PROMISE = re.compile(
    r"\b(?:will|intend|plan|offer|pledg|commit|agree|direct|announc|authori[sz]|decided|approv|has|have|had|is|are"
    r"|to be|was|were)"
)


def _is_promise(scene: Scene) -> bool:
    """Tell whether a trigger says that something is given or promised, not what it would be good for."""
    before = scene.text[max(scene.start, scene.hit.start - 60) : scene.hit.start]
    cue = scene.text[scene.hit.start : scene.hit.end]
    if _TALK.search(scene.text, max(scene.start, scene.hit.start - 120), scene.hit.start):
        return False
    if re.search(r"\bcontinu\w+ (?:to )?(?:\w+ )?$|\bcontinued (?:to )?$", before):
        return False
    if re.search(r"\bto $", before):
        return _PROMISE.search(before[-45:]) is not None
    if cue.endswith("ing"):
        return re.search(r"\b(?:is|are|be|been|in|also|of) (?:\w+ )?$", before) is not None
    if re.search(r"assistance|aid|package|supply|sale", cue):
        return _ANNOUNCED.search(scene.text, max(scene.start, scene.hit.start - 90), scene.hit.start) is not None
    return True


#: `for the people of Chile`: Chile.
_PEOPLE = re.compile(
    r"(?:the )?(?:people|[Gg]overnments?|armed forces|(?:[A-Z][\w’'-]+ ){0,3}[A-Z][\w’'-]+) of (?:the )?$"
)
_TALK = re.compile(
    r"\b(?:discuss|committed to|commitment to|cooperation to|basis for|private sector|welcomed|appreciat"
    r"|thank|efforts?|instructed|urg|stress|importance|need for)"
)
_ANNOUNCED = re.compile(r"\b(?:announc|approv|authori[sz]|direct|pledg|deliver|dispatch|send|sent|agreed on|committed)")


def give(scene: Scene) -> list[Draft]:
    """`A will provide B with vehicles`, `A's donation of a battery to B`, `A will send aid to B`."""
    text, release = scene.text, scene.cast.release
    if not _is_promise(scene):
        return []
    tail = text[scene.hit.start : min(scene.end, scene.hit.end + 220)]
    if _NO_GOODS.match(text, scene.hit.end) or _ON_PAPER.search(text, scene.start, scene.hit.start):
        return []
    if scene.text.startswith(("transferred", "handed over"), scene.hit.start) and _PERSONS.search(
        text, scene.start, scene.hit.start
    ):
        return []
    has_money = any(m.label in ("MONEY", "EQUIPMENT") for m in release.within(scene.start, scene.end))
    by = _by(scene)
    goods = text[scene.start : scene.hit.start] if by else tail
    if not (has_money or words("materiel").search(goods)):
        return []
    givers = by or _crew(scene) or [a for a in scene.subject() if a.kind in _SPEAKING]
    givers = [replace(a, country=a.country or scene.cast.own) for a in givers]
    receivers: list[Actor] = []
    for actor in scene.after(220):
        if (
            actor.kind not in ("state", "office", "people", "body")
            or actor.country is None
            or actor.country in countries(givers)
        ):
            continue
        before = _PEOPLE.sub("", text[scene.hit.end : actor.phrase[0]])[-14:]
        is_object = len(_PEOPLE.sub("", text[scene.hit.end : actor.phrase[0]])) <= 5
        if is_object or re.search(r"\b(?:to|for|in|assist|help|support) (?:the |help |assist |support )*$", before):
            receivers.append(actor)
            break
    if not receivers and scene.stay and countries(givers) == {scene.stay[0]}:
        receivers = [replace(own_actor(scene.cast, scene.hit.end), country=scene.stay[1])]
    if not receivers:
        return []
    return scene.draft([*(Part(a, ("giver",)) for a in givers), *(Part(a, ("receiver",)) for a in receivers)])


#: What is given and is no goods: `gave a course to`.
_NO_GOODS = re.compile(
    r" (?:the |an? |their |his |her )?(?:[\w-]+ ){0,3}?(?:courses?|training|lectures?|briefings?|presentations?"
    r"|lessons?|approvals?|access|permission|rights?|tours?|reception|demonstrations?|speech|statement|interview|orders?)\b"
)
#: What is delivered by a paper that is spoken of.
_ON_PAPER = re.compile(r"\b(?:agreement|contract|talks|negotiations|schedule)\b[^.;]{0,60} (?:on|of|for) (?:the )?$")
#: Who is handed over and is no goods.
_PERSONS = re.compile(
    r"\b(?:migrants|refugees|detainees|prisoners|suspects|patients|survivors|victims|fishermen|pirates|persons|people) "
    r"[^,;]{0,30}$"
)
_BY_WHOM = re.compile(r"[^.;,]{0,40}?\bby (?:the |its |an? )?")
_CREW = re.compile(r"\b(?:crews?(?: members)?|sailors|ship(?:['’]s company)?|vessel|frigate|cutter)\b")
_BESIDE = 14  # characters between `by` and who it names


def _by(scene: Scene) -> list[Actor]:
    """Return by whom something is given: `donated by the Embassy of A to`, `handed over by the crew`."""
    by = _BY_WHOM.match(scene.text, scene.hit.end, scene.end)
    if by is None or not scene.text[scene.hit.start : scene.hit.end].endswith(("ed", "ed over", "given", "sent")):
        return []
    if scene.stay and (crew := _CREW.match(scene.text, by.end())):
        return [Actor(*crew.span(), "body", scene.stay[0], crew.span())]
    return [a for a in scene.after() if -4 <= a.phrase[0] - by.end() < _BESIDE and a.kind in _SPEAKING][:1]


def _crew(scene: Scene) -> list[Actor]:
    """Return the crew of a foreign ship that stands before a trigger, with nobody else between."""
    if scene.stay is None:
        return []
    last = max((a.phrase[1] for a in scene.before()), default=scene.start)
    crew = [*_CREW.finditer(scene.text, max(scene.start, scene.hit.start - 40), scene.hit.start)]
    if not crew or crew[-1].start() < last:
        return []
    return [Actor(*crew[-1].span(), "body", scene.stay[0], crew[-1].span())]


#: Who takes a course does, who gives one does.
_TAKES = re.compile(r"(?:attend|complet|receiv|underw|underg|graduat|finish|join|follow)")
_INSTRUCTORS = re.compile(
    r"(?: \w+){0,2} (?:instructors|trainers|teachers|advisers|advisors|experts|mentors)\b"
    r"|[^.;]{0,30}Training (?:Mission|Team)"
)
_WITH = re.compile(r" (?:together )?(?:with|alongside)\b")


@cache
def _trainees() -> re.Pattern[str]:
    terms = read_terms("engagement_words.tsv")
    forms = alternation([*terms["trainee"], *terms["troop"], *terms["force"]])
    return re.compile(rf"(?i)\b{forms} (?:of|from) (?:the )?$")


def course(scene: Scene) -> list[Draft]:
    """`Instructors of A gave a course to sailors of B`, `cadets of B attended the course in A`."""
    text, hit = scene.text, scene.hit
    if _WITH.match(text, hit.end) or _TALK.search(text, max(scene.start, hit.start - 60), hit.start):
        return []
    takes = _TAKES.match(text, hit.start) is not None
    before, after = scene.before(120), scene.after(120)
    pupils = [a for a in (before if takes else after) if _is_trained(scene, a)][:1]
    teachers = [a for a in (after if takes else [*reversed(before)]) if a.country and _teaches(scene, a)][:1]
    teachers = teachers or _by(scene)
    if pupils and not teachers:
        stay = scene.stay if scene.stay and pupils[0].country == scene.stay[1] else None
        where = _place_of_course(scene) if takes else None
        country = stay[0] if stay else where or scene.cast.own
        teachers = [replace(own_actor(scene.cast, hit.start), country=country)]
    elif teachers and not pupils:
        pupils = [own_actor(scene.cast, hit.start)]
    if not pupils or pupils[0].country in countries(teachers):
        return teach(scene)
    return scene.draft([Part(teachers[0], ("host",)), Part(pupils[0], ("visitor",))])


def _is_trained(scene: Scene, actor: Actor) -> bool:
    """Tell whether people of an actor are such as are trained: `sailors of A`, `A's cadets`."""
    if actor.country is None:
        return False
    behind = scene.text[actor.end : actor.end + 40]
    is_followed = actor.kind == "people" and cased_words("force", "trainee", "troop").match(
        behind.lstrip(" ").split(",")[0]
    )
    return (
        bool(is_followed) or _trainees().search(scene.text[max(0, actor.phrase[0] - 60) : actor.phrase[0]]) is not None
    )


def _teaches(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor gives a course: instructors of theirs do, or it is whom a sentence is about."""
    text = scene.text
    if _INSTRUCTORS.match(text, actor.end) or _INSTRUCTORS.match(text[actor.start : actor.end]):
        return True
    is_before = actor.phrase[1] <= scene.hit.start and not _TAKES.match(text, scene.hit.start)
    is_force = actor.kind == "people" and cased_words("force", "troop").search(text, actor.end, actor.end + 30)
    return is_before and (actor.kind in ("body", "state") or is_force is not None)


def _place_of_course(scene: Scene) -> str | None:
    """Return where a course is: `the course in A`."""
    place = next((m for m in scene.cast.release.within(scene.hit.end, scene.end) if m.label == "GPE"), None)
    is_in = place and scene.text.endswith((" in ", " at "), 0, place.start)
    return country_of(place, scene.text) if place and is_in else None


def teach(scene: Scene) -> list[Draft]:
    """`A trains soldiers of B`, `A is providing training for the navy of B`."""
    text = scene.text
    if _WITH.match(text, scene.hit.end) and not text.startswith("training", scene.hit.start):
        return []
    if not text.startswith(" of ", scene.hit.end) and not _is_promise(scene):
        return []
    hosts = [replace(a, country=a.country or scene.cast.own) for a in scene.subject() if a.kind in _SPEAKING]
    for actor in scene.after(70):
        gap = text[scene.hit.end : actor.phrase[0]]
        if actor.country is None or actor.country in countries(hosts) or re.search(r"[;:]|\bin\b", gap):
            continue
        ahead = text[actor.start : actor.end + 45]
        if actor.kind in ("people", "office", "body") and cased_words("force", "trainee").search(ahead):
            return scene.draft([*(Part(a, ("host",)) for a in hosts), Part(actor, ("visitor",))])
    return []
