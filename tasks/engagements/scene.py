"""A sentence with a trigger, and who stands where in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from tasks.engagements.actors import FORM, Actor, Cast, groups, own_actor
from tasks.engagements.levels import level_of_title
from tasks.engagements.lexicon import Hit
from tasks.engagements.release import Mention, Span
from tasks.engagements.ships import Fleet
from tasks.engagements.status import Status
from tasks.lexicons import read_terms

_REACH = 90  # characters between a trigger and who follows it
_PREPOSITION = re.compile(
    r"\b(?:in|at|to|from|for|with|about|on|against|of|between|over|near|towards?|into|by|during|after|before|via|through"
    r"|than|including|as|under|within|across|meet|met|join|joined|visit|visited"
    r"|receive|received|welcome|welcomed|informed|told|briefed|assured)"
    r" (?:the |a |an |his |her |their |its )?(?:Mr |Mrs |Ms |Madam )?$"
)
_BREAK = re.compile(
    r"[;:]|\b(?:who|which|that|where|when|while|but|because|said|says|stressed|noted|told|for|about|regarding"
    r"|on behalf of)\b"
    r"|\.(?= [A-Z])|, (?:I|we|he|she|they)\b"
    r"|, and (?:[a-z]+ed)\b|\bto [a-z]+ "
)
#: Who leads a delegation acts for it.
_LEADS = re.compile(r"\b(?:led|headed|chaired) by (?:the |its |his |her |their )?$")
_WHERE = re.compile(r"\b(?:at|near|outside) (?:the |his |her )?$")
#: Where somebody is met, before with whom: `met today in Lima with`.
_IN = re.compile(r"\b(?:in|at) (?:the )?$")
_THEN_WITH = re.compile(r",?(?: [\w’'-]+){0,4},? with\b")
_PRONOUN = re.compile(r"(?:^|[\s“\"(])(?:I|We|They|He|She|we|they|he|she|who)\b[^.;]{0,60}$")


@dataclass(frozen=True)
class Part:
    """One who takes part, and as what."""

    actor: Actor
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """An engagement as one sentence tells it.

    Attributes:
        type: Its type.
        cue: The trigger.
        parts: Who takes part.
        method: What found it.
        modality: As the trigger says it.
        licence: Whether it may lie ahead: `planned` or `fact`.
        place: Where it was, where the frame knows.
        name: The name of the gathering, exercise or document.
        host: Whose guest the visitors are, where the frame knows.
        status: What the frame knows better than the words around the trigger: that what is told lies ahead.
    """

    type: str
    cue: Span | None
    parts: tuple[Part, ...]
    method: str
    modality: str
    licence: str = "planned"
    place: Mention | None = None
    name: Span | None = None
    host: str | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Scene:
    """A trigger in its sentence.

    Attributes:
        cast: The document's people.
        hit: The trigger.
        start, end: The sentence.
        actors: Who can take part in it, from left to right.
        focus: Who takes part in what the document told last, else those that its title names.
        is_first: Whether nothing was told before, so that the focus is what the title has.
        fleet: The warships of the document; None where nobody may ask for them.
        forces: Who takes part in the exercises and port calls that the document told, the last of them first.
        hosts: Whom the document's first engagement is with, as far as that is known.
        stay: The country of a ship of which the sentence tells, and that of the port in which it is a guest.
    """

    cast: Cast
    hit: Hit
    start: int
    end: int
    actors: Sequence[Actor]
    focus: Sequence[Actor]
    hosts: frozenset[str] = frozenset()
    is_first: bool = False
    fleet: Fleet | None = None
    forces: Sequence[Sequence[Actor]] = ()
    stay: tuple[str, str] | None = None

    @property
    def words(self) -> frozenset[str]:
        """The words of the sentence, in small letters."""
        return self.cast.release.words[self.start, self.end]

    @property
    def text(self) -> str:
        """The document's text."""
        return self.cast.release.text

    @property
    def ships(self) -> Sequence[Actor]:
        """The warships of the document, from left to right."""
        return self.fleet.ships if self.fleet else ()

    def before(self, reach: int = 10_000) -> list[Actor]:
        """Return the actors that end before the trigger."""
        return [a for a in self.actors if a.phrase[1] <= self.hit.start and self.hit.start - a.phrase[1] <= reach]

    def after(self, reach: int = 10_000) -> list[Actor]:
        """Return the actors that start after the trigger."""
        return [a for a in self.actors if a.phrase[0] >= self.hit.end and a.phrase[0] - self.hit.end <= reach]

    def objects(self, reach: int = _REACH) -> list[Actor]:
        """Return the first list of actors after the trigger, unless another clause starts before it."""
        for group in groups(self.text, self.after()):
            gap = self.text[self.hit.end : group[0].phrase[0]]
            if group[0].kind == "body" and not group[0].country and len(group) == 1:
                continue
            if group[0].kind == "body" and _WHERE.search(gap) and len(group) == 1:  # `received at the ministry`
                continue
            if group[0].kind == "state" and _IN.search(gap) and _THEN_WITH.match(self.text, group[0].phrase[1]):
                group = group[1:]
                if not group:
                    continue
                gap = self.text[self.hit.end : group[0].phrase[0]]
            gap = FORM.sub("", gap)  # `H.E. Mr. Lind` starts no sentence
            if len(gap) > reach or _BREAK.search(gap) or (group[0].kind != "state" and _WHERE.search(gap)):
                return []
            return group
        return []

    def subject(self) -> list[Actor]:
        """Return who does what the trigger says: the nearest list of actors before it that no preposition governs.

        A pronoun nearer than that stands for the publisher's side.
        """
        before = list(groups(self.text, [a for a in self.before() if not self._is_short_form(a)]))
        has_people = any(a.kind in ("person", "office") for group in before for a in group)
        for group in reversed(before):
            if len(group) > 1 and _is_where(self.text, *group[:2]):
                group = group[1:]
            first = group[0]
            if has_people and all(a.kind == "state" for a in group):
                continue
            between = self.text[group[-1].phrase[1] : self.hit.start]
            if re.match(r",? who\b[^,;]*$", between):  # whatever governs it, it is whom the clause is about
                return group
            ahead = self.text[max(self.start, first.phrase[0] - 30) : first.phrase[0]]
            governed = _PREPOSITION.search(ahead) and not _LEADS.search(ahead)
            possessive = re.match(r"['’]s?\b", self.text[group[-1].phrase[1] : group[-1].phrase[1] + 3])
            if governed or possessive or (group[-1].kind == "people" and len(group) == 1):
                continue
            if _PRONOUN.search(between) and not re.search(r"\bwho\b", between):
                return [self.own()]
            return group
        return [self.own()]

    def _is_short_form(self, actor: Actor) -> bool:
        """Tell whether a body stands in brackets, behind what it is short for: `the Royal Navy of Oman (RNO)`."""
        start, end = actor.phrase
        return actor.kind == "body" and self.text[start - 1 : start] == "(" and self.text[end : end + 1] == ")"

    def at_home(self, actor: Actor) -> Actor:
        """Return who does what a sentence tells: an office-holder of no stated side is of the publisher's."""
        if actor.country is None and actor.title and not actor.is_plural:
            return replace(actor, country=self.cast.own)
        return actor

    def own(self) -> Actor:
        """Return the publisher's side where it is only meant."""
        known = [a for a in self.focus if a.country == self.cast.own and a.kind == "person"]
        return known[0] if known and self.cast.own else own_actor(self.cast, self.hit.start)

    def draft(self, parts: Iterable[Part], **more: object) -> list[Draft]:
        """Return an engagement of some parts, if they are of two sides at least."""
        tidy = [part for part in tidy_parts(parts) if part.actor.country or _may_be_meant(part.actor)]
        known = countries(part.actor for part in tidy)
        if len({part.actor.country for part in tidy}) < 2 or known == {self.cast.own} or is_one_state(known):
            return []
        return [self.make(tidy, **more)]

    def make(self, parts: Sequence[Part], **more: object) -> Draft:
        """Return an engagement of some parts, of however many sides."""
        trigger = self.hit.trigger
        base = Draft(
            trigger.type,
            (self.hit.start, self.hit.end),
            tuple(parts),
            f"rule:{trigger.frame}",
            trigger.modality,
            trigger.licence,
        )
        return replace_fields(base, more)


def _is_where(text: str, state: Actor, other: Actor) -> bool:
    """Tell whether a state or capital only says where somebody is: `In Lima, the minister`."""
    if state.kind != "state" or other.kind not in ("person", "office") or text[state.phrase[1]] != ",":
        return False
    return re.search(r"\b(?:[Ii]n|[Aa]t) (?:the )?$", text[max(0, state.phrase[0] - 8) : state.phrase[0]]) is not None


def _may_be_meant(actor: Actor) -> bool:
    """Tell whether someone whose side is not known holds an office at least."""
    return actor.kind in ("office", "state") or level_of_title(actor.title) != "unknown"


def replace_fields(draft: Draft, more: dict[str, object]) -> Draft:
    """Return a draft with some fields changed."""
    return replace(draft, **more)  # type: ignore[arg-type]


def tidy_parts(parts: Iterable[Part]) -> list[Part]:
    """Return each person once, and bodies and states only for sides of which nobody is named."""
    listed = list(parts)
    best: dict[str | None, int] = {}
    for part in listed:
        best[part.actor.country] = max(best.get(part.actor.country, 0), _rank(part.actor))
    found: dict[object, Part] = {}
    for part in listed:
        rank = _rank(part.actor)
        if rank < best[part.actor.country]:
            continue
        key: object = part.actor.name or (part.actor.country, part.actor.start if rank == _RANKS["office"] else 0)
        if key not in found:
            found[key] = part
    return list(found.values())


def _rank(actor: Actor) -> int:
    """Return how much an actor says: who is only meant least."""
    return _RANKS[actor.kind] if actor.start < actor.end else 0


#: How much a kind of actor says: a person more than an office, a body or an office more than a state.
_RANKS = {"person": 3, "office": 2, "body": 2, "state": 1, "people": 1}


@cache
def _sovereigns() -> dict[str, str]:
    pairs = (form.split("=") for form in read_terms("engagement_words.tsv")["territory"])
    return {f"iso:{territory}": f"iso:{state}" for territory, state in pairs}


def sovereign(side: str) -> str:
    """Return the state of a territory, else the side itself."""
    return _sovereigns().get(side, side)


def is_one_state(sides: Collection[str]) -> bool:
    """Tell whether all of two and more sides are of one state: China and Hong Kong."""
    return len(sides) > 1 and len({sovereign(side) for side in sides}) == 1


def countries(actors: Iterable[Actor]) -> set[str]:
    """Return the sides that some actors are of, as far as they are known."""
    return {actor.country for actor in actors if actor.country}
