"""The engagements of a document.

Order: people and their countries → the sentences of the body, those of the headline last → triggers of a sentence, type
by type → the frame of each says who takes part → status, days, place → mentions of one engagement are put together →
the dump's title, for what the text does not say → what belongs to a visit or gathering → levels and roles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tasks.countries import countries_in
from tasks.engagements.actors import Actor, Cast, find_actors, nearest, own_actor, read_cast, surname
from tasks.engagements.calls import may_call
from tasks.engagements.countries import body_in
from tasks.engagements.crews import Crews
from tasks.engagements.drills import is_that_drill, name_words, named_drills
from tasks.engagements.frames import ANAPHORA, FRAMES, SIGHT
from tasks.engagements.levels import Holder, level_of, level_of_title
from tasks.engagements.lexicon import Hit, match_triggers, triggers, words, words_in
from tasks.engagements.release import Mention, Release, Span
from tasks.engagements.scene import Draft, Part, Scene, countries
from tasks.engagements.ships import Fleet, may_have_ships, ship_words
from tasks.engagements.status import read_status, settle_status
from tasks.engagements.topics import end_of_account, find_agreements, find_initiator, find_inviter, find_subjects
from tasks.engagements.when import NEVER, When, assume_published, find_when, open_ended
from tasks.engagements.where import country_of_place, find_near, find_place, is_residence
from tasks.spans import merge_spans

_OLD = timedelta(days=9)  # what was longer before publication is background
_OF_FORCES = frozenset({"operation", "exercise"})
_TALKS = frozenset({"meeting", "call"})
_OF_CREWS = frozenset({"transfer", "training", "visit"})
_OF_OTHERS = frozenset({"meeting", "call", "exercise", "agreement", "port_call"})
_LASTING = frozenset({"visit", "exercise", "conference", "port_call"})
_WITHOUT_PLACE = frozenset({"call", "agreement", "transfer"})
_TITLED = frozenset({"meeting", "call", "visit"})
_SPOKEN_OF = frozenset({"meeting", "call", "conference"})
_TALKED = frozenset({"rule:about"})
_PLACED = frozenset({"meeting", "conference", "agreement"})  # their place may stand in another sentence
_NOUNS = frozenset({"trip", "between", "about", "visit_of"})
_HEADLINE = 400  # characters of a text in which its headline is


@dataclass(frozen=True)
class Engagement:
    """An engagement as a document tells it; spans are half-open offsets into its text.

    Attributes:
        type, status, mention, modality, level: As in `schemas.ENGAGEMENTS`.
        sentence: The sentence that tells it.
        evidence: From the trigger to the outermost participant in that sentence.
        cue: The trigger.
        parts: Who takes part.
        sides: The country of each side, the publisher's first, None for one that is not known.
        name: Name of the gathering, exercise or document.
        place: Where.
        place_country: Country of that.
        when: The interval.
        host: Country of the host.
        invited_by, initiated_by: Who did, and the country.
        subjects, agreements: What was discussed and agreed.
        goods: Amounts that are handed over.
        part_of: Index of the engagement that it belongs to.
        method: What found it.
    """

    type: str
    status: str
    mention: str
    modality: str
    sentence: Span
    evidence: Span
    cue: Span | None
    parts: tuple[Part, ...]
    sides: tuple[str | None, ...]
    method: str
    when: When = NEVER
    level: str = "unknown"
    name: Span | None = None
    place: Mention | None = None
    place_country: str | None = None
    host: str | None = None
    invited_by: tuple[Span, str] | None = None
    initiated_by: tuple[Span, str] | None = None
    subjects: tuple[Span, ...] = ()
    agreements: tuple[Span, ...] = ()
    goods: frozenset[str] = frozenset()
    part_of: int | None = None

    @property
    def countries(self) -> frozenset[str]:
        """The sides that are known."""
        return frozenset(side for side in self.sides if side)

    def people(self, country: str | None = None) -> set[str]:
        """Return the names of those who take part, of one side or all."""
        return {p.actor.name for p in self.parts if p.actor.name and country in (None, p.actor.country)}


def find_engagements(release: Release, types: Collection[str] | None = None) -> list[Engagement]:
    """Find the engagements that a document tells, each once, in the order of their evidence.

    Args:
        release: The document.
        types: The types that are wanted; None: all.
    """
    if not release.mentions and not release.title:
        return []
    told = _find_all(release, types)
    if not told and not any(hit.trigger.type in _TITLED for hit in release.title_triggers):
        return []
    cast = _without_guests(read_cast(release))
    release = cast.release
    found: list[Engagement] = []
    focus = _title_focus(cast)
    hosts: frozenset[str] = frozenset()
    body, headline = _part_headline(release)
    fleet = Fleet(cast)
    crews = Crews(cast, fleet)
    for sentence in (*body, *headline):
        is_talked_of = False
        hits = told.get(sentence)
        for one in _read_sentence(cast, sentence, hits, focus, hosts, found, crews) if hits else ():
            hosts = hosts or _hosts_of(cast, one)
            talked = countries(focus)
            is_matter = len(talked) > 1 and one.countries != talked  # somebody's visit, of which two others talk
            is_visit = one.type == "visit" and (is_talked_of or is_matter)
            if (
                one.mention == "news"
                and one.type in _DISCUSSED
                and len(one.sides) > 1
                and one.countries
                and not is_visit
            ):
                focus = [part.actor for part in one.parts]
                is_talked_of = is_talked_of or one.type in _TALKS
            _add(release, found, one)
        if found:
            _add_company(cast, found, sentence)
    _add_title(cast, found, types)
    visits = [one for one in found if one.type in ("visit", "conference")]
    found = [one for one in found if visits or _is_placed(one)]
    return [_settle(cast, one) for one in _tie(found)]


def _without_guests(cast: Cast) -> Cast:
    """Return a cast without turns that are no voice of the publisher: of other states' officials and of askers."""
    turns = cast.release.turns
    if not turns:
        return cast
    askers = _askers(cast) if len(turns) > 1 else set()
    guests = [(turn.start, turn.end) for turn in turns if turn.speaker in askers]
    if cast.own is not None:
        surnames: dict[str, set[str | None]] = {}
        for name, person in cast.people.items():
            surnames.setdefault(surname(name).casefold(), set()).add(person.country)
        guests += [
            (turn.start, turn.end)
            for turn in turns
            if turn.speaker and not surnames.get(surname(turn.speaker).casefold(), {cast.own}) & {cast.own, None}
        ]
    if not guests:
        return cast
    return replace(cast, release=replace(cast.release, silent=merge_spans([*cast.release.silent, *guests])))


def _askers(cast: Cast) -> set[str]:
    """Return who does nothing but ask in a transcript: most of their turns have a question, and they hold no office."""
    asked: dict[str, list[bool]] = {}
    for turn in cast.release.turns:
        asked.setdefault(turn.speaker, []).append("?" in cast.release.text[turn.start : turn.end])
    officials = {surname(name).casefold() for name, person in cast.people.items() if person.title}
    return {
        speaker
        for speaker, own in asked.items()
        if speaker and sum(own) > len(own) / 2 and surname(speaker).casefold() not in officials
    }


def _title_focus(cast: Cast) -> list[Actor]:
    """Return those of two sides whom a title names that tells of talks: the publisher's own and the others."""
    kinds = {hit.trigger.type for hit in cast.release.title_triggers} & _TITLED
    if not kinds or words("private").search(cast.release.title):
        return []
    named = _named_in_title(cast)
    others = [a for a in named if a.country and a.country != cast.own and a.name]
    found = [actor for a in others if (actor := nearest(cast, {a.name or ""}, 0)) is not None]
    meant = {a.country for a in named if a.country and a.country != cast.own}
    if not found and len(meant) == 1 and ("visit" in kinds or _names_holder(cast.release.title)):
        country = meant.pop()
        heads = {n for n, p in cast.people.items() if p.country == country and level_of_title(p.title) == "head"}
        found = [nearest(cast, heads, 0) or replace(own_actor(cast, 0), country=country)]
    if len({a.country for a in found}) != 1:
        return []
    home = [a for a in named if a.name and a.country == cast.own]
    own = nearest(cast, {home[0].name or ""}, 0) if home else None
    return [own or own_actor(cast, found[0].start), *found]


def _is_placed(one: Engagement) -> bool:
    """Tell whether a plan has an occasion: a day or a place."""
    return (
        one.status != "planned" or one.type not in _TALKS or one.when is not NEVER or one.place is not None
        or one.method == "title"
    )  # fmt: skip


def _part_headline(release: Release) -> tuple[list[Span], list[Span]]:
    """Return the sentences of the body and of the headline: lines at the start that no full stop ends."""
    sentences = release.sentences
    n = 0
    while n < len(sentences) > 1 and sentences[n][0] < _HEADLINE:
        if release.text[slice(*sentences[n])].rstrip()[-1:] in '.!?”"’:;':
            break
        n += 1
    return list(sentences[n:]), list(sentences[:n])


def _find_all(release: Release, types: Collection[str] | None) -> dict[Span, list[Hit]]:
    """Return the triggers of each sentence that has any.

    Where a sentence mentions nobody and no place, only talks, exercises, port calls and papers are told: of those of
    whom the document told before. Where no sentence has the word for a ship, nobody calls at a port.
    """
    wanted = frozenset(types) if types is not None else frozenset(trigger.type for trigger in triggers())
    if "port_call" in wanted and not may_have_ships(release):
        wanted -= {"port_call"}
    drills = named_drills(release) if "exercise" in wanted else {}
    found: dict[Span, list[Hit]] = {}
    for sentence in release.sentences if drills else release.telling:
        open_ = release.telling.get(sentence, frozenset()) & wanted
        if not (open_ or sentence in drills) or release.is_silent(*sentence):
            continue
        if not release.within(*sentence):
            open_ &= _OF_OTHERS
        if "port_call" in open_ and not may_call(release, sentence):
            open_ -= {"port_call"}
        hits = [*match_triggers(release.text, *sentence, open_)] if open_ else []
        if "port_call" in open_:  # what a ship pays is no visit of officials
            hits.sort(key=lambda hit: hit.trigger.type != "port_call")
        if sentence in drills and not any(hit.trigger.type == "exercise" for hit in hits):
            hits += drills[sentence]  # an exercise without a trigger is told by its name
        if hits:
            found[sentence] = hits
    return found


def _read_sentence(
    cast: Cast,
    sentence: Span,
    triggers: Sequence[Hit],
    focus: Sequence[Actor],
    hosts: frozenset[str],
    before: Sequence[Engagement] = (),
    crews: Crews | None = None,
) -> Iterator[Engagement]:
    """Yield the engagements that a sentence with some triggers tells, after those that were told before."""
    release = cast.release
    start, end = sentence
    hits = [hit for hit in triggers if not release.is_silent(hit.start)]
    if not hits:
        return
    actors = [a for a in find_actors(cast, start, end) if not release.is_silent(a.start)]
    seated = crews.seat(sentence) if crews and any(hit.trigger.type == "meeting" for hit in hits) else None
    used: list[tuple[int, int, str]] = []
    forces = _told_forces(before)
    for hit in hits:
        if any(s < hit.end and hit.start < e and not _both(hit.trigger.type, kind) for s, e, kind in used):
            continue
        frame = FRAMES.get(hit.trigger.frame)
        if frame is None or _is_in_passing(release.text, start, hit.start, hit.end):
            continue
        told = False
        at_home, present = seated if seated and hit.trigger.type == "meeting" else (cast, actors)
        fleet = crews.fleet if crews else None
        stay = crews.guests(sentence) if crews and hit.trigger.type in _OF_CREWS else None
        for draft in frame(Scene(at_home, hit, start, end, present, focus, hosts, not before, fleet, forces, stay)):
            if (one := _judge(cast, draft, hit, (start, end), actors)) is not None:
                told = True
                is_open = present is not actors and one.place is None and one.status == "planned"
                if crews and is_open and (port := crews.port(sentence, one.countries)):  # the stay is the occasion
                    one = replace(one, place=port[0], place_country=port[1])
                if cast.own is None:  # nobody is at home: who is met next is of whom the sentence told before
                    hosts = hosts or _hosts_of(cast, one)
                yield one
        if told:
            used.append((hit.start, hit.end, hit.trigger.type))


def _told_forces(before: Sequence[Engagement]) -> Sequence[Sequence[Actor]]:
    """Return who takes part in the exercises and port calls of two sides and more that were told, the last first."""
    of_forces = [one for one in before if one.type in ("exercise", "port_call") and len(one.sides) > 1]
    return [[part.actor for part in one.parts] for one in reversed(of_forces)]


def _hosts_of(cast: Cast, one: Engagement) -> frozenset[str]:
    """Return with whom an engagement that is news is, as far as that is known."""
    if one.mention != "news" or len(one.sides) < 2:
        return frozenset()
    return frozenset({one.host} if one.host else one.countries) - {cast.own}


#: `sent greetings to the participants in the`, `When visiting Lima, he said`.
_GUESTS = re.compile(
    r"\b(?:greet|congratulat|message|telegram)\w*\b.*\bparticipants (?:of|in|at) (?:the |a )?(?:[\w-]+ ){0,2}$"
)
_WHEN = re.compile(r"(?i)\b(?:when|while|before|after) $")
_SOMEBODY = re.compile(r"[^,.;]{1,40}, (?:he|she|they)\b")


def _is_in_passing(text: str, sentence: int, start: int, end: int) -> bool:
    """Tell whether a trigger only says at what others were, or when somebody did something else."""
    before = text[sentence:start]
    return ("participants" in before and _GUESTS.search(before) is not None) or (
        _WHEN.search(before[-8:]) is not None
        and text[start:end].endswith("ing")
        and _SOMEBODY.match(text, end) is not None
    )


def _both(one: str, other: str) -> bool:
    """Tell whether the same words may tell two engagements: `travelled to Lima for the summit`."""
    return {one, other} == {"visit", "conference"}


_CALL = re.compile(r"\b(?:tele)?phoned?\b|\bcall with\b|[’']s call\b|\bcall to\b", re.IGNORECASE)
_ON_CALL = re.compile(
    r"\b(?:[Dd]uring|[Ii]n|[Oo]n|[Oo]ver) (?:[\w’'-]+ ){0,3}(?:tele)?phone (?:call|conversation|talk)s?\b"
)
#: Talks of a title: whoever spoke with whom did it there.
_FACE_TO_FACE = re.compile(r"\b(?:[Mm]eeting|[Tt]alks|[Nn]egotiations|met)\b")
_SPOKEN = re.compile(r"conversation|discuss|exchange|held (?:\w+ )?consultations")


def _as_call(release: Release, draft: Draft, cue: str, sentence: int) -> Draft:
    """Return talks as a call where the title or what leads to the trigger says that they were one, or as none."""
    if draft.type == "call" and cue.startswith(("spoke", "speaks")) and _is_of_title(release, draft):
        return replace(draft, type="meeting", modality="in_person")
    if draft.type != "meeting" or not _SPOKEN.search(cue):
        return draft
    is_call = _CALL.search(release.title) or (draft.cue and _ON_CALL.search(release.text, sentence, draft.cue[0]))
    return replace(draft, type="call", modality="phone") if is_call else draft


def _is_of_title(release: Release, draft: Draft) -> bool:
    """Tell whether a title tells of talks face to face with those of a draft: they spoke with each other there."""
    title = release.title
    if not _FACE_TO_FACE.search(title) or _CALL.search(title):
        return False
    others = countries(part.actor for part in draft.parts) - {f"iso:{release.country}"}
    return bool(others) and others <= set(countries_in(title))


_GIVEN = re.compile(r"(?:\w+ed|gave|sent|sold|handed over|donation of)\b")
_VIDEO = re.compile(
    r"\bm(?:et|eets?) virtually\b|\b[Vv]irtual (?:\w+ )?(?:[Mm]eeting|talks|[Ss]ummit)|\b(?:by|via) video"
    r"|\bvideo ?conference"
)
_FORMAT = re.compile(
    r"\b(?:summit|Summit|trilateral|quadrilateral|(?<!Maritime )(?<!Countermeasures )(?<!Task )Group|Forum|Council"
    r"|Dialogue|conference|Conference)\b"
)


_DRILL = re.compile(r"(?i)(?:joint|bilateral|multinational|trilateral|combined|annual|exercise|drill)")
#: What says that it is one exercise, no exercises in general.
_ONE = re.compile(r"\b(?:an?|this) (?:[\w-]+ ){0,3}$")
_OF_BODY = re.compile(r" (?:leaders|heads of|members|member states|countries|foreign ministers|defence ministers)\b")
_USUAL = re.compile(
    r"\b(?:existing|already conducts?|routine(?:ly)?|strengthening|expand\w*|number of"
    r"|(?:further )?(?:increas|enhanc|deepen|improv)ing|(?:increase|enhance|deepen|improve|strengthen)) "
    r"[^.;]{0,40}\b(?:exercises?|drills)\b"
)
_MARGINS = re.compile(r"\b(?:sidelines|margins) of [^,;]*")


def _named_gathering(release: Release, sentence: Span) -> bool:
    """Tell whether a title or the sentences around one speak of a gathering by name or format."""
    near = _MARGINS.sub("", release.text[max(0, sentence[0] - 250) : sentence[1]])
    return _FORMAT.search(near) is not None or _FORMAT.search(release.title) is not None


_COMPANY = re.compile(
    r"\b(?:joined by|[Aa]ccompanied by|[Aa]ccompanying|[Tt]aking part|took part|attended by"
    r"|participation of|participated in the|[Aa]ttending|in attendance"
    r"|[Aa]lso present|were (?:also )?present|delegation (?:includes|included|comprises|comprised))\b"
)
#: Every form of the pattern has one of these.
_COMPANY_STEMS = ("joined by", "ccompan", "king part", "ook part", "ttend", "participa", "present", "delegation")
_TRAVELS = re.compile(r"(?i)joined|accompan|delegation")
_FAR = 2500  # characters from a visit to who else travels
_CLOSE = 500  # characters from an engagement to who else was there


def _add_company(cast: Cast, found: list[Engagement], sentence: Span) -> None:
    """Add the officials whom a sentence names as present to what was told right before: `He is joined by A and B`."""
    told = cast.release.text[slice(*sentence)]
    if not any(stem in told for stem in _COMPANY_STEMS):  # most sentences: far cheaper than the pattern
        return
    hit = _COMPANY.search(cast.release.text, *sentence)
    if hit is None or cast.release.is_silent(hit.start()):
        return
    there = [a for a in find_actors(cast, *sentence) if a.kind == "person" and a.title]
    for i, one in enumerate(found):
        is_theirs = one.type == "meeting" or (one.type == "visit" and _TRAVELS.search(hit.group()) is not None)
        reach = _FAR if one.type == "visit" else _CLOSE
        if one.mention != "news" or not is_theirs or not 0 <= sentence[0] - one.sentence[0] < reach:
            continue
        home = next((p.actor.country for p in one.parts if "visitor" in p.roles), cast.own)
        named = one.people()
        more = [replace(a, country=a.country or home) for a in there if a.name not in named]
        like = {p.actor.country: p.roles for p in one.parts}
        found[i] = replace(one, parts=(*one.parts, *(Part(a, like[a.country]) for a in more if a.country in like)))


def _judge(cast: Cast, draft: Draft, hit: Hit, sentence: Span, actors: Sequence[Actor]) -> Engagement | None:
    """Return a draft as an engagement with status, days and place; None where it tells nothing that is or will be."""
    release, text = cast.release, cast.release.text
    draft = _as_call(release, draft, text[hit.start : hit.end], sentence[0])
    status: str | None = read_status(text, *sentence, hit.start, hit.end, draft.licence, hit.trigger.frame in _NOUNS)
    if status is None:
        return None
    if draft.status and status != "cancelled":
        status = draft.status
    if status == "cancelled" and draft.type != "visit" and "unable to" in text[sentence[0] : hit.start]:
        return None
    if re.search(r"\b(?:Before|During|Prior to) (?:the )?$", text[max(0, hit.start - 14) : hit.start]):
        status = "ongoing"
    if draft.type == "transfer" and status in ("held", "ongoing") and not _GIVEN.match(text[hit.start : hit.end]):
        status = "planned"
    if draft.type == "meeting" and _VIDEO.search(
        text, max(sentence[0], hit.start - 40), min(sentence[1], hit.end + 90)
    ):
        draft = replace(draft, type="call", modality="video")
    if (
        draft.type == "meeting"
        and len(countries(p.actor for p in draft.parts)) > 2
        and _named_gathering(release, sentence)
    ):
        draft = replace(draft, type="conference")
    if draft.type == "meeting" and any(
        _OF_BODY.match(text, p.actor.end) for p in draft.parts if p.actor.kind == "body"
    ):
        draft = replace(draft, type="conference")
    phrases = [part.actor.phrase for part in draft.parts if part.actor.kind in ("person", "office", "body")]
    phrases += [a.phrase for a in actors if a.kind in ("person", "office")]
    if draft.name:
        phrases.append(draft.name)
    at = (hit.start, hit.end)
    if draft.place and draft.place.start > hit.end:  # of several places each has its own days
        at = draft.place.start, draft.place.end
    is_topic = hit.trigger.frame == "about"  # what follows is what they talked about
    when = find_when(release, (sentence[0], hit.start) if is_topic else sentence, at, phrases, status == "planned")
    if is_topic and when.precision == "year":
        when = NEVER
    status = settle_status(status, draft.type, when.first, when.last, release.published)  # type: ignore[arg-type]
    if draft.type in _LASTING:
        when = open_ended(when, text[hit.start : hit.end], text[slice(*sentence)], status == "ongoing")
    if draft.type == "agreement" and text.startswith("between", hit.end - 7):  # its ratification is what is told
        when = NEVER
    mention = _mention(release, hit, when, status)
    place = draft.place
    if place is None and draft.type not in _WITHOUT_PLACE:
        place = find_place(release, (sentence[0], hit.start) if is_topic else sentence, (hit.start, hit.end), phrases)
    if mention == "background" and when is NEVER and place is None and draft.type != "visit":
        return None
    if draft.type == "exercise":
        is_bare = when is NEVER and not place and not draft.name and _DRILL.match(text, hit.start) is not None
        is_bare = is_bare and _ONE.search(text, max(sentence[0], hit.start - 45), hit.start) is None
        is_of_title = text.startswith("The exercise ", hit.start - 4) and _DRILL.search(release.title) is not None
        if (is_bare and not is_of_title and status != "cancelled") or _USUAL.search(text, *sentence):
            return None
    where = country_of_place(release, place)
    told = end_of_account(release, sentence) if draft.type in _DISCUSSED else sentence[1]
    inviter = find_inviter(release, actors, *sentence)
    if inviter and draft.type == "visit":
        draft = replace(draft, parts=_invited(draft.parts, inviter))
    inside = [a for p in draft.parts if (a := p.actor).start >= sentence[0] and a.end <= sentence[1]]
    evidence = min([hit.start, *(a.start for a in inside)]), max([hit.end, *(a.end for a in inside)])
    draft = replace(draft, parts=tuple(_resolve(cast, draft, part) for part in draft.parts))
    return Engagement(
        draft.type,
        status,
        mention,
        draft.modality,
        sentence,
        evidence,
        draft.cue,
        draft.parts,
        _order_sides(cast, draft.parts),
        draft.method,
        when,
        name=draft.name,
        place=place,
        place_country=where,
        host=draft.host,
        invited_by=(inviter.phrase, inviter.country) if inviter and inviter.country else None,
        initiated_by=find_initiator(release, actors, *sentence),
        goods=_goods(release, hit.start, sentence[1]) if draft.type == "transfer" else frozenset(),
        subjects=tuple(find_subjects(release, sentence[0], told)),
        agreements=tuple(find_agreements(release, sentence[0], told)),
    )


_NUMBER = re.compile(r"\b(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|dozens|one million)\b(?= )")


def _goods(release: Release, start: int, end: int) -> frozenset[str]:
    """Return the amounts and makes that a stretch names."""
    made = {release.text[m.start : m.end] for m in release.within(start, end) if m.label in ("MONEY", "EQUIPMENT")}
    return frozenset(made or _NUMBER.findall(release.text, start, end))


def _invited(parts: Sequence[Part], inviter: Actor) -> tuple[Part, ...]:
    """Return parts with who invited in place of the state that is visited."""
    return tuple(
        Part(inviter, part.roles) if part.actor.kind == "state" and part.actor.country == inviter.country else part
        for part in parts
    )


def _resolve(cast: Cast, draft: Draft, part: Part) -> Part:
    """Return a part with the person of the document who holds its office, where there is but one."""
    actor = part.actor
    is_office = actor.kind == "office" and not actor.is_plural and actor.title is not None
    is_people = draft.type in _TALKS and actor.kind in ("people", "state") and actor.country is not None
    if not (is_office or is_people) or actor.end == actor.start:
        return part
    wanted = level_of_title(actor.title) if is_office else "head"
    of_side = {name: person.title or "" for name, person in cast.people.items() if person.country == actor.country}
    holders = {
        name for name, title in of_side.items() if is_office and title.casefold() == (actor.title or "").casefold()
    }
    if not holders and wanted != "unknown":
        holders = {name for name, title in of_side.items() if level_of_title(title) == wanted}
    if len({surname(name).casefold() for name in holders}) != 1:
        return part
    return Part(nearest(cast, holders, actor.start) or actor, part.roles)


def _order_sides(cast: Cast, parts: Sequence[Part]) -> tuple[str | None, ...]:
    sides = list(dict.fromkeys(part.actor.country for part in parts))
    return tuple(sorted(sides, key=lambda side: side != cast.own))


def _mention(release: Release, hit: Hit, when: When, status: str) -> str:
    """Return whether a trigger tells news or what was before."""
    text = release.text
    if status == "planned":
        return "news"
    before = text[max(0, hit.start - 40) : hit.start]
    if when.last and release.published:
        return "background" if when.last < release.published - _OLD else "news"
    near = text[max(0, hit.start - 25) : hit.start]
    if words("vague").search(near) or words("vague").search(text[hit.start : hit.end]):
        return "background"
    if re.search(r"\bhad (?:\w+ )?$", before) and hit.trigger.frame in ("with", "go"):
        return "background"
    if re.search(r"\b(?:since|following) (?:\w+ ){0,3}$", before):
        return "background"
    return "news"


def _is_same(release: Release, one: Engagement, other: Engagement) -> bool:
    """Tell whether two mentions in a document are of one engagement."""
    if one.type == other.type == "exercise":
        return _is_one_drill(release.text, one, other)
    is_more = other.method in _TALKED and other.status == one.status
    if one.type != other.type and not (one.type in _SPOKEN_OF and other.type in _TALKS and is_more):
        return False
    if is_more and one.type in _SPOKEN_OF and other.countries <= one.countries and other.when is NEVER:
        return True
    if (
        one.type == other.type
        and one.type in _OF_FORCES
        and (one.countries <= other.countries or other.countries <= one.countries)
    ):
        return True
    if one.type == other.type == "port_call" and one.countries == other.countries and one.sentence == other.sentence:
        return True
    if one.type == other.type == "transfer" and one.goods and other.goods and not one.goods & other.goods:
        return False
    if one.type == other.type == "conference" and one.name and other.name:
        return bool(one.countries & other.countries) and one.mention == other.mention
    if (
        one.countries != other.countries
        and not _may_equal(one, other)
        and not (one.type in _TALKS and (other.countries < one.countries or one.countries < other.countries))
        and not (one.type == "port_call" and one.host == other.host and other.countries < one.countries)
    ):
        return False
    if one.type == "port_call" and one.status == other.status and other.place and other.place.label == "FAC":
        return True  # a pier of the port that was told
    if one.mention != other.mention and "background" in (one.mention, other.mention):
        return other.when is NEVER and not other.place
    if _apart(one.when, other.when):
        return False
    if one.type == "visit" and one.host and other.host and one.host != other.host:
        return False
    if one.type in _TALKS and other.method not in _TALKED and any(_differ(one, other, c) for c in one.countries):
        return False
    is_told = one.type in _TALKS and (other.method not in _TALKED or other.when is not NEVER)
    return not (is_told and {one.status, other.status} == {"held", "planned"})


def _is_one_drill(text: str, one: Engagement, other: Engagement) -> bool:
    """Tell whether two mentions are of one exercise: of one name, of the same sides, or the later is `the exercise`."""
    is_named = False
    if one.name and other.name:
        is_named = bool(name_words(text, one.name) & name_words(text, other.name))
        if not is_named and (one.countries != other.countries or _apart(one.when, other.when)):
            return False
    is_that = other.cue is not None and other.name is None and is_that_drill(text, other.cue, other.sentence[0])
    is_old = "background" in (one.mention, other.mention) and one.mention != other.mention
    is_old = is_old and not (is_that and other.when.precision == "day")
    if (is_old or {one.status, other.status} == {"held", "planned"}) and (
        _apart(one.when, other.when) or (is_old and one.when is NEVER and other.when is not NEVER)
    ):
        return False
    if one.countries <= other.countries or other.countries <= one.countries:
        return True
    return is_named or is_that


def _apart(one: When, other: When) -> bool:
    """Tell whether two intervals share no day."""
    if not (one.first and one.last and other.first and other.last):
        return False
    return one.last < other.first or other.last < one.first


def _may_equal(one: Engagement, other: Engagement) -> bool:
    """Tell whether two mentions may be of the same sides, where one does not know all of its own."""
    small, large = sorted((one, other), key=lambda e: len(e.countries))
    return None in small.sides and small.countries < large.countries and len(large.sides) == len(small.sides)


def _differ(one: Engagement, other: Engagement, country: str) -> bool:
    """Tell whether two mentions name people of a side, and none of them both."""
    first, second = one.people(country), other.people(country)
    return bool(first and second) and not {surname(name) for name in first} & {surname(name) for name in second}


def _add(release: Release, found: list[Engagement], one: Engagement) -> None:
    """Add an engagement, or what it says more of one that is there."""
    for i, other in enumerate(found):
        if _is_same(release, other, one):
            found[i] = _join(other, one)
            return
    found.append(one)


def _is_finer(one: When, other: When) -> bool:
    """Tell whether an interval of days lies in one of months or years."""
    if (
        one.precision != "day"
        or other.precision == "day"
        or not (one.first and one.last and other.first and other.last)
    ):
        return False
    return other.first <= one.first and one.last <= other.last


def _n_named(one: Engagement) -> int:
    """Return how many sides are named in the sentence that tells an engagement."""
    return len(
        {p.actor.country for p in one.parts if one.sentence[0] <= p.actor.start < p.actor.end <= one.sentence[1]}
    )


def _join(first: Engagement, later: Engagement) -> Engagement:
    """Return what two mentions say together; where both say something, the first holds."""
    dated = first.when if first.when is not NEVER and not _is_finer(later.when, first.when) else later.when
    is_fuller = first.type == later.type == "operation" and first.countries < later.countries
    is_named = (
        first.method in _TALKED
        and later.cue
        and first.countries <= later.countries
        and _n_named(first) < 2 <= _n_named(later)
    )
    if is_fuller or is_named:
        first = replace(
            first,
            evidence=later.evidence,
            sentence=later.sentence,
            cue=later.cue,
            method=later.method,
            parts=later.parts,
            sides=later.sides,
        )
    if first.type == later.type == "exercise" and not later.countries <= first.countries:
        first = _with_sides(first, later)
    named = first.people()
    more = (
        tuple(
            p
            for p in later.parts
            if p.actor.kind == "person" and p.actor.name not in named and p.actor.country in first.countries
        )
        if later.sentence == first.sentence
        else ()
    )
    return replace(
        first,
        when=dated,
        parts=(*first.parts, *more),
        place=first.place or later.place,
        place_country=first.place_country or later.place_country,
        name=first.name or later.name,
        host=first.host or later.host,
        invited_by=first.invited_by or later.invited_by,
        initiated_by=first.initiated_by or later.initiated_by,
        subjects=tuple(sorted({*first.subjects, *later.subjects})),
        agreements=tuple(sorted({*first.agreements, *later.agreements})),
    )


def _with_sides(first: Engagement, later: Engagement) -> Engagement:
    """Return an engagement with the sides that a later mention has more; one that is not known may be of those."""
    sides = dict.fromkeys((*first.sides, *later.sides))
    if None in first.sides and None in sides:
        del sides[None]
    parts = [p for p in first.parts if p.actor.country in sides]
    parts += [p for p in later.parts if p.actor.country in sides and p.actor.country not in first.countries]
    return replace(first, sides=tuple(sides), parts=tuple(parts))


def _add_title(cast: Cast, found: list[Engagement], types: Collection[str] | None) -> None:
    """Add what only the dump's title says, anchored in the first sentence that names the other side."""
    release = cast.release
    if words("private").search(release.title):
        return
    title = release.title.lower()
    wanted = _TITLED if types is None else _TITLED & frozenset(types)
    hits = [h for h in release.title_triggers if h.trigger.type in wanted and h.trigger.frame != "about"]
    if not hits:
        return
    hit = hits[0]
    kind = hit.trigger.type
    seen = release.title[hit.end : hit.end + 45]
    is_active = title.startswith(("visited", "visits", "visiting"), hit.start)
    if is_active and (not countries_in(seen) or SIGHT.search(seen)):
        return  # `visited an exhibition in Lima`
    if kind == "visit" and words_in(title, [(0, len(title))])[0] & ship_words():
        return  # what a ship does is no visit of officials
    if kind == "meeting" and not _WITH.search(title):  # `The Council held a meeting`
        return
    named = _named_in_title(cast)
    others = {a.country for a in named if a.country and a.country != cast.own}
    if cast.own is None and not re.search(r"\b(?:with|to|by)\b", title):
        return
    if len(others) != 1 or any(one.type == kind and others <= one.countries and one.mention == "news" for one in found):
        return
    for start, end in _part_headline(release)[0]:
        actors = [a for a in find_actors(cast, start, end) if not release.is_silent(a.start)]
        people = [a for a in actors if a.kind in ("person", "office")]
        foreign = [a for a in people if a.country in others and not _OF_STATE.search(a.title or "")]
        if any(_FORMER.search(release.text, a.phrase[0] - 60 if a.phrase[0] > 60 else 0, a.start) for a in foreign):
            return
        if not foreign and _names_holder(release.title):
            foreign = _meant(cast, (start, end), actors, next(iter(others)))
        if not foreign:
            continue
        home = [a for a in actors if a.country == cast.own][:1] or [own_actor(cast, foreign[0].start)]
        status = read_status(title, 0, len(title), hit.start, hit.end, hit.trigger.licence)
        if status is None:
            return
        if _DURING.search(title):
            status = "ongoing"
        elif (
            status == "held"
            and not _TOLD.search(title)
            and (_TO.search(title) or words("planned").search(release.text, start, end))
        ):
            status = "planned"
        modality = hit.trigger.modality
        if kind == "meeting" and re.search(r"\bvirtual\b", title):
            kind, modality = "call", "video"
        parts = tuple(Part(a) for a in (*home, *foreign[:1]))
        evidence = min(p.actor.start for p in parts), max(p.actor.end for p in parts)
        _add(
            release,
            found,
            Engagement(
                kind, status, "news", modality, (start, end), evidence, None, parts,
                _order_sides(cast, parts), "title",
                subjects=tuple(find_subjects(release, start, end)),
            ),
        )  # fmt: skip
        return


def _names_holder(title: str) -> bool:
    """Tell whether a title says with which office-holder: `Meeting with President of Chile Ana Ruiz`."""
    with_ = re.split(r"\b(?:with|by|to|of|received|receives|meets|met)\b", title, maxsplit=1)
    return len(with_) > 1 and level_of_title(with_[1]) not in ("unknown", "working", "command")


def _meant(cast: Cast, sentence: Span, actors: Sequence[Actor], country: str) -> list[Actor]:
    """Return a side that a sentence means or names beside the publisher's: `the two leaders`, `A and B agree`."""
    named = [a for a in actors if a.country == country]
    if named and any(a.country == cast.own for a in actors):
        return named[:1]
    hit = ANAPHORA.search(cast.release.text[slice(*sentence)])
    return [replace(own_actor(cast, sentence[0] + hit.end()), country=country)] if hit else []


_DURING = re.compile(r"\b(?:before|during|at|prior to) (?:the |their |a )?(?:\w+ ){0,3}(?:meeting|talks)\b")
_TOLD = re.compile(r"\b(?:met|had|held|spoke|visited|received|arrived|telephoned|called|attended|readout)\b")
_WITH = re.compile(r"\b(?:with|between|and|met|receiv\w+|welcom\w+|talks|negotiations)\b|[’']s meeting")
_TO = re.compile(r"\bto (?:visit|meet|travel|host|receive|welcome)\b")
_DISCUSSED = ("meeting", "call", "visit", "conference")
_OF_STATE = re.compile(r"(?i)government|authorities|leadership")


#: `political scientist and former US secretary of state`, before a name.
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x-)[^.;,]*$")
_ASIDE = re.compile(r"\b(?:at|on the (?:margins|sidelines) of|before|after|following|during) .*$")


def _named_in_title(cast: Cast) -> list[Actor]:
    """Return the people of the text whom the title names too."""
    found: list[Actor] = []
    for name, person in cast.people.items():
        if surname(name) in cast.release.title:
            found.append(Actor(0, 0, "person", person.country, (0, 0), name=name))
    title = cast.release.title
    for name in sorted(cast.people, key=len, reverse=True):
        if " " in name:
            title = title.replace(name, "")
        if surname(name) in title:  # a forename may name a people: `Minister German Gref`
            title = re.sub(rf"(?<!of )(?<!of the )\b[A-Z]\w+ {re.escape(surname(name))}\b", "", title)
    sides = [country for country in countries_in(title) if country != cast.own]
    sides = sides or [body for body in (body_in(_ASIDE.sub("", title)),) if body]
    return found + [Actor(0, 0, "state", country, (0, 0)) for country in sides]


def _tie(found: list[Engagement]) -> list[Engagement]:
    """Return engagements in order, those of a visit tied to it, with the days that it lends them."""
    found = sorted(found, key=lambda one: (one.evidence, one.type))
    visits = [(i, one) for i, one in enumerate(found) if one.type == "visit"]
    tied: list[Engagement] = []
    for one in found:
        if one.type in ("meeting", "agreement"):
            for i, visit in visits:
                if visit.countries <= one.countries and visit.mention == one.mention:
                    is_one_day = visit.when.first is not None and visit.when.first == visit.when.last
                    lends = one.when is NEVER and (one.status == "held" or (one.type == "meeting" and is_one_day))
                    when = visit.when if lends else one.when
                    one = replace(one, part_of=i, host=one.host or visit.host, when=when)
                    if one.place is None:
                        one = replace(one, place=visit.place, place_country=visit.place_country)
                    break
        tied.append(one)
    return tied


def _settle(cast: Cast, one: Engagement) -> Engagement:
    """Return an engagement with the days, host, roles and level that follow from everything else."""
    when = one.when
    is_now = one.status == "held" or (one.status == "ongoing" and one.type in _TALKS)
    if when is NEVER and one.mention == "news" and is_now:
        when = assume_published(cast.release)
    if one.place is None and one.type in _PLACED and one.mention == "news":
        place = find_near(cast.release, one.sentence, one.countries)
        one = replace(one, place=place, place_country=country_of_place(cast.release, place))
    host = one.host
    if host is None and one.type not in ("call", "transfer", "deployment"):
        host = _host(cast, one)
    parts = tuple(_with_role(one, part, host) for part in one.parts)
    sides: dict[int, list[Holder]] = {}
    for actor in (part.actor for part in parts):
        holder = Holder(actor.title, actor.kind == "person", actor.kind == "state", actor.start == actor.end)
        sides.setdefault(one.sides.index(actor.country), []).append(holder)
    return replace(one, when=when, host=host, parts=parts, level=level_of(one.type, sides))


def _host(cast: Cast, one: Engagement) -> str | None:
    """Return the side on whose territory or in whose building an engagement was."""
    if one.place_country in one.countries:
        return one.place_country
    if one.type == "operation" and one.place_country is None:  # a coalition is a guest wherever it is
        states = [side for side in one.countries if side.startswith("iso:")]
        return states[0] if len(states) == 1 < len(one.countries) else None
    if one.place and is_residence(cast.release, one.place) and cast.own in one.countries:
        return cast.own
    return None


def _with_role(one: Engagement, part: Part, host: str | None) -> Part:
    roles = list(part.roles)
    if not roles and host and one.type in ("meeting", "conference"):
        roles.append("host" if part.actor.country == host else "visitor")
    if one.invited_by and part.actor.country == one.invited_by[1] and one.type == "visit":
        roles.append("inviter")
    if one.initiated_by and part.actor.country == one.initiated_by[1]:
        roles.append("initiator")
    return Part(part.actor, tuple(roles))
