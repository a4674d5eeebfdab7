"""Who stands where beside a trigger: a function for each frame of engagements.tsv.

with       A met B; A held talks with B; A and B spoke by phone
between    talks between A and B; a meeting of A with B; Russian-Turkish talks
about      A and B discussed Idlib; the talks, which A and B held
receive    A received B: B comes to A
received   A was received by B: A comes to B
ring       A called me
greet      we look forward to welcoming B to Estonia
go         A visited Estonia and Latvia: a row for each
back       A has returned from Estonia
visited    the ministry was visited by A
board      A went on board the frigate of B
commission session of the Russian-Turkish commission
trip       A's visit to Estonia; a visit to Estonia by A; A will pay a visit to Estonia

Those of gatherings, documents and goods stand in papers.py, those of forces in forces.py, of exercises in
drills.py, of port calls in calls.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tasks.countries import countries_in
from tasks.engagements.actors import Actor, find_actors, groups
from tasks.engagements.calls import CALLS
from tasks.engagements.countries import country_of, is_capital, is_state
from tasks.engagements.drills import drill
from tasks.engagements.forces import clash, join, leave, send
from tasks.engagements.levels import level_of_title
from tasks.engagements.lexicon import words, words_in
from tasks.engagements.papers import course, gather, give, sign, teach
from tasks.engagements.release import Mention
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.engagements.ships import ship_words
from tasks.engagements.where import country_of_place

#: Offices that are no state's.
_OF_NO_STATE = re.compile(r"\b(?:[Oo]pposition|[Pp]atriarch|Catholicos|[Aa]rchbishop|[Rr]ector)\b")
_TRADE = re.compile(
    r"\b(?:journalist|presenter|anchor|correspondent|businessman|businesswoman|entrepreneur|writer|singer|actor|actress|composer"
    r"|conductor|scientist|professor|athlete|surgeon|lawyer|publisher|editor) $"
)
_PARTED = re.compile(r"\b(?:separate|separately|respectively|meetings|calls|talks with each|in turn)\b")
_ADVERB = 16  # characters after a list in which `separately` may stand


def _sides(subject: Sequence[Actor], objects: Sequence[Actor], scene: Scene) -> list[Part]:
    """Return both groups as parts.

    A subject that is of no side is the publisher's; of the object's own side, it is not who is meant.
    """
    own = scene.cast.own
    if own not in countries(objects):
        if own and countries(subject) <= countries(objects) and len(countries(subject)) == 1:
            subject = [scene.own()]
        subject = [replace(actor, country=actor.country or own) for actor in subject]
    return [*(Part(actor) for actor in subject), *(Part(actor) for actor in objects)]


def _actors_only(scene: Scene, actors: Sequence[Actor]) -> list[Actor]:
    """Return who can talk: people, and whoever is of a side."""
    talk = [
        a
        for a in _beside_colleague(scene, actors)
        if a.country or a.kind == "office" or (a.kind == "person" and a.title)
    ]
    return [a for a in talk if not _OF_NO_STATE.search(a.title or "") and not _has_trade(scene.text, a)]


#: `Lind and his Fijian colleague`.
_AND_HIS = re.compile(r" and (?:his|her) (?=[A-Z])")


def _beside_colleague(scene: Scene, actors: Sequence[Actor]) -> list[Actor]:
    """Return actors, a bare name before `and his Fijian colleague` on the publisher's side."""
    first, *others = [*actors] or [scene.own()]
    if others and first.kind == "person" and not first.country and _AND_HIS.match(scene.text, first.phrase[1]):
        return [replace(first, country=scene.cast.own), *others]
    return [*actors]


def _has_trade(text: str, actor: Actor) -> bool:
    """Tell whether a name has an occupation before it and no office: `French journalist Marc Lind`."""
    return actor.kind == "person" and _TRADE.search(text[max(0, actor.start - 24) : actor.start]) is not None


def _abroad(scene: Scene, actors: Sequence[Actor]) -> list[Actor]:
    """Return actors with the country where they are met, or that the document has its own officials visit."""
    own = scene.cast.own
    meant: set[str | None] = {*scene.hosts}
    if not meant and own:  # of whom a title names, nobody else can tell the guests from those at home
        meant = {a.country for a in scene.focus if a.country != own}
    before = [m for m in scene.cast.release.within(scene.start, scene.hit.start) if m.label == "GPE"]
    if before and (
        _THERE.search(scene.text, before[-1].end, scene.hit.start)
        or _ON_VISIT.search(scene.text[scene.start : before[-1].start])
    ):
        meant = {country_of_place(scene.cast.release, before[-1])}
    hosts = {host for host in meant if host and host.startswith("iso:")}
    if len(hosts) != 1:
        return list(actors)
    host = next(iter(hosts))
    return [
        replace(a, country=host)
        if a.country is None and a.title and not _BODY_NAME.fullmatch(a.organisation or "")
        else a
        for a in actors
    ]


#: A body of which nobody says whose it is: `the Commander of EUFOR`.
_BODY_NAME = re.compile(r"[A-Z]{4,}")


_AIRPORT = re.compile(r"\b[Aa]t (?:the |\w+ ){0,6}(?:[Aa]irport|[Aa]irfield)\b|\bcame off the plane\b")


def _is_at_airport(scene: Scene) -> bool:
    """Tell whether someone is met on arrival: a greeting, no talks."""
    is_met = scene.text[scene.hit.start : scene.hit.end].split()[-1] in ("met", "greeted", "welcomed", "by")
    return is_met and _AIRPORT.search(scene.text, scene.start, min(scene.end, scene.hit.end + 140)) is not None


def _is_owner(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor stands for what is theirs: `called the president's visit a success`."""
    return re.match(r"['’]s? ", scene.text[actor.phrase[1] : actor.phrase[1] + 3]) is not None


def _is_former(scene: Scene, actor: Actor) -> bool:
    is_said = re.search(r"(?i)\b(?:former |ex-)$", scene.text[max(scene.start, actor.phrase[0] - 8) : actor.phrase[0]])
    return is_said is not None or (actor.title or "").lower().startswith(("former ", "ex-"))


_TITLED = re.compile(r"(?: \w+)? with [A-Z]")
#: `will travel to Lima, where he will meet the president`.
_ON_VISIT = re.compile(
    r"\b(?:[Dd]uring|[Oo]n) (?:an?|his|her|the) (?:[\w-]+ ){0,3}(?:visit|trip|stay) (?:to|in) (?:the )?$"
    r"|\b[Ww]hile (?:in|visiting) (?:the )?$"
)
_THERE = re.compile(r"\bwhere (?:he|she|they|the [A-Z][\w ]{3,30}) ")


def meet_with(scene: Scene) -> list[Draft]:
    """`A met B`, or `A and B met`."""
    if _is_at_airport(scene) or scene.text.startswith(" by ", scene.hit.end):
        return []
    objects = [a for a in _abroad(scene, _actors_only(scene, scene.objects())) if not _is_former(scene, a)]
    if objects and (_NO_SIDE.search(scene.text, scene.hit.end, objects[0].phrase[0]) or _is_owner(scene, objects[-1])):
        return []
    if objects and " by " in scene.text[scene.hit.end : objects[0].phrase[0]]:  # `to meet realities laid down by A`
        return []
    subject = [a for a in _actors_only(scene, scene.subject()) if not _is_former(scene, a)]
    if not subject and any(level_of_title(a.title) in ("head", "minister") for a in objects):
        subject = [replace(a, country=scene.cast.own) for a in scene.subject() if a.kind == "person"]
    if not countries(objects) and countries(subject) - {scene.cast.own} and any(a.title for a in objects):
        objects = [scene.at_home(a) for a in objects]
        return scene.draft([*(Part(a) for a in subject), *(Part(a) for a in objects)])
    is_official = any(a.kind in ("person", "office") or (a.country or "").startswith("org:") for a in objects)
    others = None if is_official else _WITH_OTHERS.match(scene.text, scene.hit.end)
    if others and _NO_SIDE.search(others[0]):  # `the presidents met with Russian and French business leaders`
        return []
    if not scene.after(40) and scene.is_first and _TITLED.match(scene.text, scene.hit.end):  # whom only the title knows
        return scene.draft(Part(a) for a in scene.focus)
    if not countries(objects):
        if re.search(r"\b(?:with|to|on|in|at)$", scene.text[scene.hit.start : scene.hit.end]):
            return []
        return _together(scene, subject)
    if objects[0].kind == "people" or (objects[0].kind == "state" and not _names_sides(scene, objects)):
        return _together(scene, subject)
    if objects[0].kind == "body" and scene.text.startswith(" of ", scene.hit.end):
        return _together(scene, subject)  # `hold a meeting of the heads of state of the Council`
    sides = sorted(countries(objects))
    if len(sides) == 1:  # who is listed with others is of their side
        objects = [replace(a, country=a.country or sides[0]) for a in objects]
    foreign = sorted(countries(objects) - {scene.cast.own})
    if len(foreign) > 1 and _PARTED.search(scene.text, scene.hit.start, objects[-1].phrase[1] + _ADVERB):
        parted = [[a for a in objects if a.country == country] for country in foreign]
        return [draft for own in parted for draft in scene.draft(_sides(subject, own, scene))]
    return scene.draft([*_sides(subject, objects, scene), *_attending(scene, objects[-1].end)])


_ATTENDED = re.compile(r"\b(?:participation of|attended by|accompanied by|took part|joined by)\b")


def _attending(scene: Scene, at: int) -> list[Part]:
    """Return the officials whom a sentence names as present beside those who talk."""
    hit = _ATTENDED.search(scene.text, at, scene.end)
    return [Part(a) for a in scene.actors if hit and a.start > hit.end() and a.kind == "person" and a.country]


def commission(scene: Scene) -> list[Draft]:
    """`The 22nd session of the Chilean-Fijian commission`: of the two states that its name says."""
    start, end = scene.hit.start, scene.hit.end
    named = [m for m in scene.cast.release.within(start, end) if m.label in ("NORP", "GPE")]
    pair = countries_in(scene.text[start:end].replace("–", "-"))
    if len(pair) != 2:
        return []
    parts: list[Part] = []
    for country in pair:
        mention = next((m for m in named if country_of(m, scene.text) == country), None)
        span = (mention.start, mention.end) if mention else (end, end)
        parts.append(Part(Actor(*span, "state" if mention else "office", country, span, mention)))
    return scene.draft(parts)


ANAPHORA = re.compile(
    r"\b(?:[Tt]wo|[Bb]oth|[Tt]hree|[Tt]he) (?:\w+ |countries[’'] ){0,2}?(?:[Ll]eaders|[Pp]residents|[Mm]inisters"
    r"|[Pp]rime [Mm]inisters"
    r"|[Ss]ecretaries|[Cc]hiefs|[Oo]fficers|[Cc]ommanders|[Gg]enerals|[Aa]dmirals|[Aa]mbassadors|politicians"
    r"|sides|delegations|parties|heads|officials|counterparts|interlocutors|teams|ministries)\b"
    r"|^(?:They|Both)\b(?= (?:\w+ ){0,4}$)|\b[Ll]eaders will\b|\b[Tt]he two(?= (?:also |then |later )?$)"
)
_FAR = 60  # characters between whom a sentence means and its trigger
_AHEAD_OF = re.compile(r" (?:will|are (?:due|expected|scheduled)|is (?:due|expected|scheduled))\b")
_TALKS = re.compile(
    r"(?i)(?:the|their) (?:\w+ )?(?:talks|meetings?|negotiations|consultations|conversation|discussions?)$"
)


def _together(scene: Scene, subject: Sequence[Actor]) -> list[Draft]:
    """`A and B held talks`, or `the two leaders held talks`."""
    if subject and _NO_SIDE.search(scene.text, subject[-1].phrase[1], scene.hit.start):
        return []  # `Russian and French businesspeople met`
    both = [scene.at_home(a) for a in subject]
    sides = countries(both) if len(both) > 2 else {a.country for a in both if a.country or a.title}
    if len(sides) < 2:
        return _resume(scene)
    return scene.draft([*(Part(a) for a in both), *_attending(scene, scene.hit.end)])


_PAIR = 600  # characters before a sentence in which those stand whom it means


def _pair(scene: Scene) -> list[Actor]:
    """Return the officials whom the sentences before name, the last of each side, if those are two."""
    before = find_actors(scene.cast, max(0, scene.start - _PAIR), scene.start)
    named = [scene.at_home(a) for a in before if a.kind in ("person", "office") and a.title and not a.is_plural]
    last = {a.country: a for a in named}
    return list(last.values()) if len(last) == 2 and None not in last else []


def _resume(scene: Scene) -> list[Draft]:
    """`The two leaders will hold talks`, `during the talks`: those of whom the document told before."""
    if len(countries(scene.focus)) < 2 and (scene.cast.own or not countries(scene.focus) or not scene.is_first):
        return _resume_pair(scene)
    is_talks = _TALKS.search(scene.text[scene.hit.start : scene.hit.end]) and _AHEAD_OF.match(scene.text, scene.hit.end)
    meant = [*ANAPHORA.finditer(scene.text[scene.start : scene.hit.start])]
    is_meant = is_talks or (meant and scene.hit.start - scene.start - meant[-1].end() < _FAR)
    return scene.draft((Part(a) for a in scene.focus), method="rule:about") if is_meant else []


def _resume_pair(scene: Scene) -> list[Draft]:
    """`The two generals held talks`: two officials whom the sentences before name, though they told of no talks."""
    meant = [hit for hit in ANAPHORA.finditer(scene.text[scene.start : scene.hit.start]) if _TWO.search(hit[0])]
    is_near = meant and scene.hit.start - scene.start - meant[-1].end() < _FAR
    if not is_near or scene.text.startswith("the ", scene.hit.start):  # `the two were at the meeting`
        return []
    return scene.draft((Part(a) for a in _pair(scene)), method="rule:about")


#: What says that those whom a document named are of two sides.
_TWO = re.compile(r"\b(?:[Tt]wo|[Bb]oth)\b")


def _names_sides(scene: Scene, objects: Sequence[Actor]) -> bool:
    """Tell whether a state after the trigger is whom it is held with: `talks with Japan`, not `met in Japan`."""
    gap = scene.text[scene.hit.end : objects[0].phrase[0]]
    return (
        re.search(
            r"\b(?:with|between|among|meetings? of|talks of|leaders of|presidents of|ministers of) (?:the |both )?$",
            scene.text[scene.hit.start : scene.hit.end] + gap,
        )
        is not None
    )


def meet_between(scene: Scene) -> list[Draft]:
    """`talks between A and B`, `A's meeting with B`, `Russian-Turkish talks`."""
    text, hit = scene.text, scene.hit
    if _UNREAL_TALKS.search(text, hit.start, hit.end + _ADVERB) or _AS_TOPIC.search(text, scene.start, hit.start):
        return []
    joint = re.match(r"(?: \w+){0,3}? (?P<word>with|between|of|among) ", text[hit.end : hit.end + 40])
    word = (re.search(r"\b(with|between|of|among)$", text[hit.start : hit.end]) or joint or [""])[0].split()
    objects = _actors_only(scene, scene.objects(60)) if word else []
    if objects and (_GOES_ON.match(text, objects[-1].phrase[1]) or _is_of_body(scene, word, objects)):
        return []
    if objects and objects[-1].kind == "people" and _ADJECTIVE.match(text, objects[-1].phrase[1]):
        return []
    if objects and (
        _NO_SIDE.search(text, hit.start, objects[-1].phrase[1] + _ADVERB) or _ABOUT_PAPER.match(text, hit.start)
    ):
        return []
    objects = [
        a for a in objects if a.kind not in ("state", "people") or not text.startswith(("’s ", "'s "), a.phrase[1])
    ]
    if objects and word[-1] in ("between", "among", "of") and len(countries(objects)) > 1:
        return scene.draft(Part(a) for a in objects)
    if objects and word[-1] in ("with", "between"):
        others = [a for a in scene.after() if a not in objects and _is_joined(scene, objects, a)]
        return scene.draft(_sides(_owner(scene) or _teller(scene) or scene.subject(), [*objects, *others], scene))
    if word:
        return []
    named = [a for a in scene.before(40) if a.kind in ("people", "state")][-2:]
    if len(countries(named)) > 1 and text[named[0].end : named[1].start] in ("-", "–", " and "):
        return scene.draft(Part(a) for a in named)
    subject = _actors_only(scene, scene.subject())
    if len(countries(subject)) < 2:  # `Remarks by A and B before bilateral meeting`
        subject = next(reversed([*groups(text, scene.before(60))]), [])
    return scene.draft(Part(a) for a in subject) if len(countries(subject)) > 1 else []


_WITH_OTHERS = re.compile(r" with (?:[\w’'-]+ ){0,4}[\w-]+")
#: Who meets is no official: `a meeting between regions of A and B`.
_NO_SIDE = re.compile(
    r"\b(?:regions|cities|people|rectors|companies|business\w*|entrepreneurs|partners|investors|universities|students|youth"
    r"|scientists|professors|teachers|journalists|reporters|media|peoples|members of the public)\b"
)


#: `consultations should continue with the envoy`.
_UNREAL_TALKS = re.compile(r" (?:should|must|could|would|might|may)\b")
_AS_TOPIC = re.compile(
    r"\b(?:[Rr]egarding|[Cc]oncerning|issue of|question of|in the context of|(?:subject|matter) of(?: direct)?) "
    r"(?:the |their |his |her )?$"
)


def _is_of_body(scene: Scene, word: Sequence[str], objects: Sequence[Actor]) -> bool:
    """Tell whether a body is not whom talks are with: `the meeting of the Council`, `talks with NATO allies`."""
    if word[-1] == "of":
        return objects[0].kind == "body"
    return objects[-1].kind == "body" and _MEMBERS.match(scene.text, objects[-1].phrase[1]) is not None


#: A people that says of what kind somebody is: `with prominent Scottish scientific figures`.
_ADJECTIVE = re.compile(r" (?!(?:about|and|as|at|during|for|in|of|on|to|took|were|will|which|who)\b)[a-z]")
_MEMBERS = re.compile(r" (?:allies|partners|members?|member states|countries|states|nations)\b")


#: `Negotiations with Fiji are advancing as planned`.
_GOES_ON = re.compile(r" (?:is|are) (?:now |still )?(?:advancing|progressing|continuing|ongoing|going on)\b")


#: Negotiations that go on for years: `talks with A on a free trade agreement`.
_ABOUT_PAPER = re.compile(
    r"(?:talks|negotiations)\b[^.;]{0,80}\bon (?:signing|an?|the) [^.;]{0,60}\b(?:agreement|zone|treaty|prices)"
)


def _teller(scene: Scene) -> list[Actor]:
    """Return who tells of a thing of theirs: A in `A informed B of his meeting with C`."""
    before = [a for a in scene.before() if a.kind in ("person", "office")]
    is_own = re.search(
        r"\b(?:informed|told|briefed)\b.* (?:his|her) (?:\w+ ){0,3}$", scene.text[scene.start : scene.hit.start]
    )
    return before[:1] if is_own else []


def _is_joined(scene: Scene, objects: Sequence[Actor], actor: Actor) -> bool:
    gap = scene.text[objects[-1].phrase[1] : actor.phrase[0]]
    return re.fullmatch(r",? (?:and|as well as|and with) (?:\w+ ){0,2}", gap) is not None


def _owner(scene: Scene) -> list[Actor]:
    """Return whose a thing is: `President Lind's meeting`, `Mr Lind’s two-day visit`."""
    for actor in reversed(scene.before(60)):
        if re.fullmatch(r"(?:['’]s?)(?: [\w-]+){0,4} ?", scene.text[actor.phrase[1] : scene.hit.start]):
            return [actor]
    return []


def meet_about(scene: Scene) -> list[Draft]:
    """`A and B discussed`: both stand before the trigger, together."""
    subject = _actors_only(scene, scene.subject())
    home = [scene.at_home(a) for a in subject]
    if scene.hit.trigger.pattern.startswith("(?:the|The") and len(countries(home)) < 2:
        subject = _actors_only(scene, scene.objects(30))
    subject = [scene.at_home(a) for a in subject if a.kind != "people"]
    if len(countries(subject)) > 1 and not _PARTED.search(scene.text, scene.start, scene.hit.start):
        return scene.draft(Part(a) for a in subject)
    return _resume(scene)


_OF_STATE = re.compile(r"(?i:government|authorities)")


def receive(scene: Scene) -> list[Draft]:
    """`A received B`: A is the host."""
    if _is_at_airport(scene):
        return []
    guests = [
        a
        for a in _objects_alone(scene) or _late_objects(scene)
        if (
            a.kind == "person"
            or (a.kind == "office" and not _OF_STATE.search(a.title or ""))
            or _is_delegation(scene, a)
        )
        and not _is_former(scene, a)
    ]
    subject = scene.subject()
    hosts = [scene.at_home(a) for a in subject if a.kind in ("person", "office", "state")]
    if not hosts and all(a.country in (None, scene.cast.own) for a in subject):  # `the CNS received`
        hosts = [replace(a, country=scene.cast.own) for a in subject]
    if not countries(guests) or not hosts or countries(guests) & countries(hosts):
        return []
    if _is_owner(scene, guests[-1]):  # what is theirs is received
        return []
    if not countries(hosts) and _ON_BOARD.match(scene.text, scene.hit.end):  # a ship's own ambassador, mostly
        return []
    host = hosts[0].country
    return scene.draft([*(Part(a, ("host",)) for a in hosts), *(Part(a, ("visitor",)) for a in guests)], host=host)


_ON_BOARD = re.compile(r" (?:on board|aboard)\b")


def _objects_alone(scene: Scene) -> list[Actor]:
    """Return whom a trigger has as its object, not who did what is: `welcomed the statement by the President`.

    Nor who sent it: `received congratulations from the President`.
    """
    objects = scene.objects()
    gap = _SENT.sub(" ", scene.text[scene.hit.end : objects[0].phrase[0]]) if objects else ""
    return [] if len(gap) > _NEAR or " by " in gap or re.search(r"\bfrom (?:the )?$", gap) else objects


_NEAR = 25  # characters from a trigger to its object
#: Whom an office or state sends: `received the delegation headed by`, `received members of the delegation of`.
_SENT = re.compile(
    r" (?:the )?members of (?:the |a )$|(?: (?:the |a )?members of)? (?:the |an? )?(?:[a-z-]+ ){0,3}delegation"
    r"(?: of| from|,? (?:led|headed|chaired) by)(?: the| its)? $"
)
_ADVERBS = re.compile(
    r"(?:,? (?:today|yesterday|earlier today|(?:on|this|last) [A-Z]\w+(?:,? \w+ \d{1,2}(?:, \d{4})?"
    r"|,? \d{1,2} \w+(?: \d{4})?)?(?: \(\d+\))?|on (?:this|the) occasion|on board(?: [\w“”\"’'-]+){0,4}"
    r"|on \d{1,2} \w+(?: \d{4})?|this \w+"
    r"|(?:at|in) (?:the |his |her )?[\w’'-]+(?: [\w’'-]+){0,5}))+,?(?: the| a| an| his| her)? "
)


def _late_objects(scene: Scene) -> list[Actor]:
    """Return who stands after adverbs: `received on Monday at the ministry's headquarters the Ambassador of Chile`."""
    objects = scene.objects()
    gap = _SENT.sub(" ", scene.text[scene.hit.end : objects[0].phrase[0]]) if objects else ""
    return objects if _ADVERBS.fullmatch(gap) else []


def be_received(scene: Scene) -> list[Draft]:
    """`A was received by B`: B is the host."""
    if _is_at_airport(scene):
        return []
    hosts = [scene.at_home(a) for a in _by_whom(scene) if _is_host(scene, a)]
    guests = scene.subject()
    is_of_guests = not countries(hosts) and any(a.title for a in hosts) and countries(guests) - {scene.cast.own}
    if is_of_guests and not _is_sailing(scene, guests):  # of a publisher whose country nobody says
        return scene.draft([*(Part(a, ("visitor",)) for a in guests), *(Part(a, ("host",)) for a in hosts)])
    if not countries(hosts) or countries(guests) & countries(hosts) or _is_sailing(scene, guests):
        return []
    host = hosts[0].country
    return scene.draft([*(Part(a, ("visitor",)) for a in guests), *(Part(a, ("host",)) for a in hosts)], host=host)


_LED_BY = re.compile(r"\b(?:leadership|command|representatives|officials|officers|chiefs?|heads?|commanders?)\b[^,;]*$")


def _is_host(scene: Scene, actor: Actor) -> bool:
    """Tell whether an actor receives others: somebody, or the leaders of a body."""
    if actor.kind != "body":
        return actor.kind in ("person", "office")
    return _LED_BY.search(scene.text[scene.hit.end : actor.phrase[0]]) is not None


_BY = re.compile(r"[^;:]*?\bby (?:the |his |her |its |an? )?")


def _by_whom(scene: Scene) -> list[Actor]:
    """Return the list of actors behind `by`: `received yesterday in his office by the Chief of Navy`."""
    by = _BY.match(scene.text, scene.hit.end, scene.end)
    if scene.text.endswith(" by", scene.hit.start, scene.hit.end) or by is None:
        return scene.objects(40)
    behind = [a for a in scene.after() if a.phrase[1] > by.end()]
    group = next(groups(scene.text, behind), [])
    reach = 60 if group and group[0].kind == "body" else 25
    return group if group and group[0].phrase[0] - by.end() < reach else []


_TOWARDS = re.compile(
    r"(?:\b(?:to|in|at|the|both|neighbou?ring|capital|city|of|of the|here|also|again|official|officially|Republic of)\b"
    r"|[ ,]"
    r"|today|yesterday)*"
)
_STAY = re.compile(
    r"(?:,? (?:and|then|as well as|before|before visiting|followed by|and then)|,)(?: to| in)?(?: the)? "
)


#: Places to which own troops or guests are taken: no visit to a state.
SIGHT = re.compile(
    r"(?i)\b(?:exhibition|school|theatre|museum|air ?base|base|camp|cemetery|memorial|academy|monument|cathedral"
    r"|university|garrison)\b"
)


def _destinations(scene: Scene, at: int) -> list[Mention]:
    """Return the first place of each country listed: `Turkey on 4 April and Uzbekistan on 5-6 April`."""
    text = scene.text
    places: list[Mention] = []
    found: dict[str, Mention] = {}
    for mention in scene.cast.release.within(at, scene.end):
        if mention.label == "DATE" and places:
            at = mention.end
            continue
        gap = text[at : mention.start]
        is_own = re.match(
            r" (?:service members|troops|soldiers|forces|personnel|servicemen)", text[mention.end : mention.end + 20]
        )
        if (
            re.search(r"\bfrom\b", gap)
            or mention.label not in ("GPE", "FAC", "LOC")
            or is_own
            or SIGHT.search(text[mention.start : mention.end])
        ):
            break
        if (
            re.sub(r"\b(?:on|from|in)\b", "", gap).strip(" ")
            and not (_STAY.fullmatch(gap) if places else _TOWARDS.fullmatch(gap))
            and not re.fullmatch(r",? on ?| from ?", gap)
        ):
            break
        country = country_of_place(scene.cast.release, mention)
        places.append(mention)
        found.setdefault(country or (places[0].start == mention.start and "?") or "", mention)
        at = mention.end
    return [place for country, place in found.items() if country and (country != "?" or len(found) == 1)]


def _visits(scene: Scene, visitors: Sequence[Actor], places: Sequence[Mention]) -> list[Draft]:
    """Return a visit for each country that is not the visitors' own."""
    found: list[Draft] = []
    visitors = [scene.at_home(a) for a in visitors if a.kind in ("person", "office") or len(visitors) == 1]
    for place in places:
        own = scene.cast.own
        country = country_of_place(scene.cast.release, place)
        if country is None and (not countries(visitors) or own in countries(visitors)):
            continue  # where visitors are strangers, a place that no lexicon has lies at home
        if not countries(visitors) and own is None and not _stands_for_state(scene, place):
            continue  # whose city it is, nobody can say: the publisher's own, or a foreign one
        country = country or own
        if country in countries(visitors):
            continue
        named = _state_behind(scene, place, country)
        state = Actor(named.start, named.end, "state", country, (named.start, named.end), named)
        parts = [*(Part(a, ("visitor",)) for a in visitors), Part(state, ("host",))]
        found += scene.draft(parts, place=place, host=country)
    return found


def _stands_for_state(scene: Scene, place: Mention) -> bool:
    """Tell whether a place is a state or its capital, or one that a state is named behind."""
    is_named = is_state(place) or is_capital(place)
    return is_named or _state_behind(scene, place, country_of_place(scene.cast.release, place)) is not place


def _state_behind(scene: Scene, place: Mention, country: str | None) -> Mention:
    """Return the state that a city's name is followed by, else the place itself: `Munich, Germany`."""
    for other in scene.cast.release.within(place.end, min(len(scene.text), place.end + 40))[:1]:
        if scene.text[place.end : other.start] == ", " and other.key == country:
            return other
    return place


def _is_crowd(scene: Scene) -> bool:
    """Tell whether people without an office travel: `tourists that come to Peru`, `a million Russians visited Peru`."""
    before = scene.text[max(scene.start, scene.hit.start - 80) : scene.hit.start]
    tail = re.split(r"[,;]", re.sub(r", including [^,;]*,", "", before))[-1]
    last = scene.before(6)
    return words("crowd").search(tail) is not None or bool(last and last[-1].kind in ("people", "state"))


def go(scene: Scene) -> list[Draft]:
    """`A visited Estonia and Latvia`."""
    if _is_crowd(scene):
        return []
    adverb = _ON_A_DAY.match(scene.text, scene.hit.end)
    places = _destinations(scene, adverb.end() if adverb else scene.hit.end)
    visitors = [a for a in scene.subject() if a.kind in ("person", "office")]
    return _visits(scene, visitors, places) if places and visitors and not _is_sailing(scene, visitors) else []


#: `visited on Tuesday, 4 May | Lima`.
_ON_A_DAY = re.compile(
    r",? (?:today|yesterday|this (?:morning|afternoon|evening|week|[A-Z]\w+)|(?:on|last) [A-Z]\w+day"
    r"(?:,? \d{1,2} [A-Z]\w+)?|on \d{1,2} [A-Z]\w+),?(?= )"
)


def come_back(scene: Scene) -> list[Draft]:
    """`The minister has returned from Estonia`: somebody who is named does, with an office."""
    is_named = any(a.title and scene.start <= a.start < a.end for a in scene.subject())
    return go(scene) if is_named else []


#: What goes somewhere as a whole: `the Unit will visit Lima`.
_BODY = re.compile(
    r"\b(?:[Uu]nit|[Gg]roup|[Ss]quadron|[Ff]leet|[Cc]rew|[Cc]adets|[Ss]ailors|[Mm]arines|[Cc]ontingent|[Ii]t"
    r"|[Ss]oldiers|[Tt]roops|[Ss]ervicemen|[Pp]eacekeepers|[Pp]ersonnel)\b"
)


def _is_sailing(scene: Scene, visitors: Sequence[Actor]) -> bool:
    """Tell whether a ship or unit goes somewhere, no official: nobody is named, and it stands before the trigger."""
    if any(scene.start <= a.start < a.end for a in visitors):
        return False
    text, at = scene.text, scene.hit.start
    if any(a.end < scene.start for a in scene.ships) and _THEY.search(text, scene.start, at):
        return True
    people = [hit.end() for hit in _SOMEBODY.finditer(text, scene.start, at)]
    start = people[-1] if people else scene.start  # whoever stands nearer
    last = [a for a in scene.before() if a.start >= start][-1:]
    return (
        _BODY.search(text, start, at) is not None
        or bool(words_in(text[start:at], [(0, at - start)])[0] & ship_words())
        or any(m.label in ("EQUIPMENT", "UNIT") for m in scene.cast.release.within(start, at))
        or (bool(last) and last[0].kind == "body")
    )


_SOMEBODY = re.compile(r"\b(?:I|[Ww]e|[Hh]e|[Ww]ho|[Oo]ur|President|Minister|Secretary)\b")
_THEY = re.compile(r"\b(?:[Ss]he|[Tt]hey)\b")


def board(scene: Scene) -> list[Draft]:
    """`The minister visited the frigate`: a foreign ship is whose it is, wherever it lies."""
    hit = scene.hit
    ship = next((a for a in scene.ships if hit.end <= a.start < min(scene.end, hit.end + _ADVERB) and a.country), None)
    country = ship.country if ship else scene.stay[0] if scene.stay else None
    home = scene.stay[1] if scene.stay else scene.cast.own
    visitors = [a for a in scene.subject() if a.kind in ("person", "office") and scene.start <= a.start < a.end]
    visitors = [a for a in visitors if a.title and not a.is_plural]
    known = {a.country for a in visitors if a.kind == "person" or a.phrase != (a.start, a.end)}
    is_envoy = any(words("envoy").search(a.title or "") for a in visitors)
    if not visitors or country is None or country in known or (is_envoy and None in known):
        return go(scene)
    visitors = [replace(a, country=a.country or home) if a.kind == "person" else a for a in visitors]
    if {country, None} & {a.country for a in visitors}:
        return go(scene)
    span = (ship.start, ship.end) if ship else (hit.end, hit.end)
    host = ship or Actor(*span, "office", country, span)
    return scene.draft([*(Part(a, ("visitor",)) for a in visitors), Part(host, ("host",))], host=country)


def trip(scene: Scene) -> list[Draft]:
    """`A's visit to Estonia`, `the visit to Estonia by A`, `A will pay a visit to Estonia`, `the visit of A`."""
    text, hit = scene.text, scene.hit
    after = text[hit.start : scene.end]
    by = re.match(r"(?:\w+ ){1,6}?(?:by|of) (?:the )?(?=[A-Z\w])", after[:120])
    visitors = _owner(scene)
    at = 0
    if not visitors and by:
        start = hit.start + by.end()
        visitors = [a for a in scene.actors if 0 <= a.phrase[0] - start + 4 <= 12 and a.kind in ("person", "office")][
            :1
        ]
        at = visitors[0].phrase[1] - hit.start if visitors else 0
    to = re.match(r"(?:[\w-]+ ){0,5}?(?:to|visit) (?:the |neighbou?ring )?(?=[A-Z])", after[:80]) if not at else None
    if at and to is None:
        to = re.match(r"(?:[\w-]+ ){1,2}to (?:the )?(?=[A-Z])", after[:at])
        at = 0 if to else at
    to = to or re.match(r"(?: \w+){0,2} to (?:the |neighbou?ring )?(?=[A-Z])", after[at : at + 80])
    places = _destinations(scene, hit.start + at + to.end()) if to else []
    if not places:  # `who is in Estonia on a visit`
        places = [
            m
            for m in scene.cast.release.within(scene.start, hit.start)
            if m.label == "GPE" and _is_in(text, m, hit.start)
        ]
    own = scene.cast.own
    if visitors and re.search(r"[A-Z]", text[visitors[0].phrase[1] : hit.start]):  # `A's latest Middle East tour`
        own = None
    if visitors and not places and own and own not in countries(visitors) and countries(visitors):
        host = scene.own() if scene.own().country == own else visitors[0]
        parts = [Part(host, ("host",)), *(Part(a, ("visitor",)) for a in visitors)]
        return scene.draft(parts, host=own)
    own = scene.cast.own
    if not visitors:
        visitors = [a for a in scene.subject() if a.kind in ("person", "office")]
    if _HIS.search(text[scene.start : hit.start]) and {country_of_place(scene.cast.release, p) for p in places} == {
        own
    }:
        guests = [a for a in (*scene.before(), *scene.focus) if a.kind == "person" and a.country not in (None, own)]
        visitors = [] if _is_his_own(scene) else guests[:1]
    if not places and visitors and _comes(scene, visitors):
        return _guests(scene, visitors)
    return _visits(scene, visitors, places) if places and visitors and not _is_sailing(scene, visitors) else []


_COMES = re.compile(
    r"\b(?:arriv(?:ed|es|ing)|came|comes|is|are|was|were)(?: today| here| yesterday| currently)?"
    r"(?: in (?:the|our) (?:country|capital))?,? ?$"
)
_HERE = re.compile(r" to (?:the|our|this) (?:country|[Rr]epublic|[Kk]ingdom|[Mm]inistry)\b(?! of\b)")


def _comes(scene: Scene, visitors: Sequence[Actor]) -> bool:
    """Tell whether somebody of a foreign state comes to where the publisher is: `arrived for an official visit`."""
    cue, ahead = scene.hit.start, scene.text[max(scene.start, scene.hit.start - 70) : scene.hit.start]
    is_named = any(a.start < a.end and a.phrase[1] <= cue for a in visitors) and None not in {
        a.country for a in visitors
    }
    is_foreign = is_named and scene.cast.own not in countries(visitors)
    is_here = _HERE.match(scene.text, scene.hit.end) is not None
    return is_foreign and (
        is_here or (_COMES.search(re.sub(r"\b(?:on|for) (?:an? )?(?:[\w-]+ ){0,3}$", "", ahead)) is not None)
    )


def _guests(scene: Scene, visitors: Sequence[Actor]) -> list[Draft]:
    """Return the visit of guests to the side with which the document had them before, else to the publisher's."""
    met = countries(scene.focus) - countries(visitors) if countries(visitors) <= countries(scene.focus) else set()
    host = replace(scene.own(), country=met.pop()) if len(met) == 1 else scene.own()
    parts = [Part(host, ("host",)), *(Part(a, ("visitor",)) for a in visitors)]
    return scene.draft(parts, host=host.country)


def be_visited(scene: Scene) -> list[Draft]:
    """`The ministry was visited by a delegation of A`."""
    visitors = [
        a for a in _by_whom(scene) if a.country and (a.kind in ("person", "office") or _is_delegation(scene, a))
    ]
    before = [m for m in scene.cast.release.within(scene.start, scene.hit.start) if m.label in ("GPE", "FAC")]
    if before and (places := _destinations(scene, before[-1].start)):
        return _visits(scene, visitors, places[:1]) if visitors else []
    return _guests(scene, visitors) if visitors and scene.cast.own not in countries(visitors) else []


def _is_delegation(scene: Scene, body: Actor) -> bool:
    """Tell whether those whom a body sends stand before its name: `a delegation of the Ministry of Defence`."""
    ahead = scene.text[max(scene.hit.end, body.phrase[0] - 40) : body.phrase[0]]
    return (
        body.kind == "body" and words("officials").search(re.sub(r"\bdelegation\b", "delegations", ahead)) is not None
    )


def _is_his_own(scene: Scene) -> bool:
    """Tell whether the publisher's side goes on as the subject: `After his visit to Tomsk, the President went`."""
    ahead = [a for a in scene.after(80) if a.kind in ("person", "office")][:1]
    is_home = [a for a in ahead if a.country == scene.cast.own and not scene.before()]
    return any(scene.text[a.phrase[0] - 6 : a.phrase[0]].endswith((", ", ", the ")) for a in is_home)


_HIS = re.compile(r"\b(?:his|her|their) (?:[\w-]+ ){0,3}$")


def greet(scene: Scene) -> list[Draft]:
    """`We look forward to welcoming B to Estonia`: B comes to Estonia."""
    guests = [a for a in scene.objects(25) if a.kind in ("person", "office")]
    if not countries(guests):
        return []
    to = re.match(r"(?:, [^,]{0,60})?,? to (?:the )?", scene.text[guests[-1].phrase[1] : scene.end])
    places = _destinations(scene, guests[-1].phrase[1] + to.end()) if to else []
    own = scene.cast.own
    if not places and own and own not in countries(guests) and _AHEAD.search(scene.text, scene.start, scene.hit.end):
        hosts = [scene.at_home(a) for a in scene.subject() if a.kind in ("person", "office")] or [scene.own()]
        parts = [*(Part(a, ("host",)) for a in hosts), *(Part(a, ("visitor",)) for a in guests)]
        return scene.draft(parts, host=own)
    hosts = [scene.at_home(a) for a in scene.subject() if a.kind in ("person", "office") and a.start < a.end]
    return [_hosted(draft, hosts) for draft in _visits(scene, guests, places[:1])]


def _hosted(draft: Draft, hosts: Sequence[Actor]) -> Draft:
    """Return a visit with those who welcome in place of their state."""
    if not hosts or countries(hosts) != {draft.host}:
        return draft
    guests = tuple(part for part in draft.parts if part.actor.country != draft.host)
    return replace(draft, parts=(*(Part(a, ("host",)) for a in hosts), *guests))


_AHEAD = re.compile(r"\b(?:will|look(?:s|ing)? forward to|pleased to|delighted to) welcom(?:e|ing)$")


def ring(scene: Scene) -> list[Draft]:
    """`A called me`: the publisher's side is called."""
    callers = [a for a in scene.subject() if a.country and a.country != scene.cast.own]
    return scene.draft([Part(scene.own()), *(Part(a) for a in callers)]) if callers else []


def _is_in(text: str, place: Mention, at: int) -> bool:
    """Tell whether a place stands right before a trigger, and is where somebody is."""
    return (
        at - place.end <= 1 and re.search(r"\bin (?:the )?$", text[max(0, place.start - 8) : place.start]) is not None
    )


Frame = Callable[[Scene], list[Draft]]
FRAMES: Mapping[str, Frame] = {
    "with": meet_with,
    "between": meet_between,
    "about": meet_about,
    "receive": receive,
    "received": be_received,
    "greet": greet,
    "ring": ring,
    "go": go,
    "back": come_back,
    "board": board,
    "commission": commission,
    "visited": be_visited,
    "trip": trip,
    "gather": gather,
    "sign": sign,
    "give": give,
    "course": course,
    "teach": teach,
    "drill": drill,
    "join": join,
    **CALLS,
    "send": send,
    "leave": leave,
    "clash": clash,
}
