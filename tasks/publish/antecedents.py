"""Whom a pronoun or an office stands for: the people whom the document names, weighed against each other.

The quotes stage says whom the text alone suggests, without knowing what names people. Here that is one trait among
others: how far away somebody is named, whether as the subject, who spoke last, which offices stand beside the name. The
weights are those of config/lexicons/antecedents.tsv, fitted by `communique train antecedents`.

Order: the people of the document, who spoke last, for an office nobody as well → traits of each → the greatest sum of
weights, if it is greater by a margin than that of whom the text suggests.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Literal, NamedTuple

from tasks.lexicons import read_rows
from tasks.names import long_titles, lower_words, name_words
from tasks.publish.mentions import Mention, Office, title_words

FILE = "antecedents.tsv"
MARGIN = 0.5  # in the logarithm of odds; null or what the text suggests rather than a guess

_GENDERS = {"he": "m", "him": "m", "she": "f", "her": "f"}
_OF_TWO = {"the former": -2, "the latter": -1}
_OPENERS = frozenset({"the", "a", "an", "his", "her", "its", "their"})
_FAR = 4  # sentences: beyond that it is all the same how many
_MANY = 3  # people named in between
_LEAD = 12  # characters beside titles and bodies before the subject of a sentence
_APPOSED = 6  # characters between a name and the office after it
_LONG = 2  # words of an office that says little of who holds it
_AKIN = 3  # letters that a people and its country share
_LETTERS = re.compile(r"(?<=[a-z.])(?: [A-Z][A-Z.]{0,4})+$")  # after a rank: `Vicealmirante C.G. DEM.`
_BESIDE_TITLES = frozenset({"TITLE", "ORG", "UNIT", "GPE", "NORP"})
_FITS = ("other office", "office word", "office head", "office bare", "office full")  # the better the later

Kind = Literal["pronoun", "office"]
Weights = Mapping[tuple[str, str], float]


class Candidate(NamedTuple):
    """Who can be meant, None if nobody who is named, and what speaks for it."""

    name: str | None
    traits: frozenset[str]


class Choice(NamedTuple):
    """What stands for somebody, whom the text suggests (None: an office that it gives to nobody), who can be meant."""

    kind: Kind
    proposed: str | None
    candidates: tuple[Candidate, ...]


@cache
def load_weights() -> Weights:
    """Return the weight of each trait, by the kind of what stands for somebody."""
    return {(kind, trait): float(weight) for kind, trait, weight in read_rows(FILE, 3)}


@cache
def _forenames() -> dict[str, str]:
    return {row[0]: row[1] for row in read_rows("forenames.tsv", 2)}


@cache
def _first_names() -> dict[str, str]:
    """The gender of names that tell it where they stand first: further on they can be surnames."""
    return {row[0]: row[1] for row in read_rows("forenames_us.tsv", 2)}


def kind_of(speaker: str, speaker_kind: str) -> Kind | None:
    """Tell what can stand for somebody who is named elsewhere.

    Args:
        speaker: A speaker as written.
        speaker_kind: What the text alone takes it for: a vocabulary of quotes.

    Example:
        >>> [kind_of(one, "person") for one in ("She", "the captain", "The Minister", "Ana Ruiz")]
        ['pronoun', 'office', 'office', None]
    """
    words = speaker.split()
    if speaker.lower() in _GENDERS:
        return "pronoun"
    if speaker_kind == "role":
        return "office"
    if speaker_kind != "person" or len(words) < 2 or words[0].lower() not in _OPENERS:
        return None
    return "office" if words[-1][0].islower() or words[-1].lower() in title_words() else None


class Antecedents:
    """The people of a document and who has spoken so far.

    Args:
        mentions: Its mentions, by start.
        name_of: Says the fullest name of a mention of a person.
        offices: Its stated offices.
        sentences: Where its sentences start, in order, and their paragraphs.
    """

    def __init__(
        self,
        mentions: Sequence[Mention],
        name_of: Callable[[Mention], str],
        offices: Sequence[Office],
        sentences: Sequence[tuple[int, int]],
    ) -> None:
        self._mentions = mentions
        self._name_of = name_of
        self._stated = offices
        self._sentences = sentences
        self._starts = [start for start, _ in sentences]
        self._last: str | None = None
        self._earlier: set[str] = set()
        self._called: dict[str, str] = {}  # the gender of a pronoun that stood for somebody

    def note(self, name: str | None, speaker: str | None) -> None:
        """Keep in mind who spoke, and by which pronoun."""
        if name:
            if self._last:
                self._earlier.add(self._last)
            self._last = name
            if speaker and (gender := _GENDERS.get(speaker.lower())):
                self._called.setdefault(name, gender)

    def known(self, name: str) -> Sequence[Mention]:
        """Return the mentions of a person."""
        return self._by_name.get(name, ())

    def of_two(self, speaker: str, at: int) -> Mention | None:
        """Return whom `the former` or `the latter` at an offset is: of the last two people of the nearest sentence.

        That is the same sentence or the one before, if it names two.
        """
        place = _OF_TWO.get(speaker.lower())
        here = self._sentence(at)
        for sentence in (here, here - 1) if place else ():
            named = {n: m for n, m in self._people if m.start < at and self._sentence(m.start) == sentence}
            if len(named) > 1:
                return list(named.values())[place or 0]
        return None

    def choice(self, kind: Kind, speaker: str, at: int, proposed: str | None) -> Choice:
        """Return who can be meant by a pronoun or an office at an offset, `proposed` being whom the text suggests."""
        names = list(self._by_name)
        if kind == "pronoun" and self._last and self._last not in names:
            names.append(self._last)
        if proposed and proposed not in names and proposed not in self._no_people:
            names.append(proposed)
        found = []
        for name in names:
            traits = self._traits(name, at, proposed)
            traits.add(
                self._gender_trait(name, speaker) if kind == "pronoun" else _fit(speaker, self._offices.get(name, ()))
            )
            found.append(Candidate(name, frozenset(traits - {""})))
        if kind == "office":
            fits = {trait for one in found for trait in one.traits}
            found.append(Candidate(None, frozenset(_traits_of_nobody(speaker, fits))))
        return Choice(kind, proposed, tuple(found))

    @cached_property
    def _people(self) -> list[tuple[str, Mention]]:
        """The mentions of people with their names."""
        people = (mention for mention in self._mentions if mention.label == "PERSON" and not mention.is_address)
        return [(self._name_of(mention), mention) for mention in people]

    @cached_property
    def _places(self) -> list[int]:
        return [mention.start for _, mention in self._people]

    @cached_property
    def _by_name(self) -> dict[str, list[Mention]]:
        by_name: dict[str, list[Mention]] = {}
        for name, mention in self._people:
            by_name.setdefault(name, []).append(mention)
        return by_name

    @cached_property
    def _no_people(self) -> frozenset[str]:
        """What is mentioned as something other than a person."""
        return frozenset(name for m in self._mentions if m.label != "PERSON" for name in (m.text, m.name))

    def _sentence(self, at: int) -> int:
        return max(0, bisect_right(self._starts, at) - 1)

    def _traits(self, name: str, at: int, proposed: str | None) -> set[str]:
        traits = set()
        if name == proposed:
            traits.add("proposed")
        if name == self._last:
            traits.add("spoke last")
        elif name in self._earlier:
            traits.add("spoke before")
        mentions = self._by_name.get(name, [])
        before = [mention for mention in mentions if mention.start < at]
        if not mentions:
            return traits | {"no mention"}
        if mentions[0].start == self._places[0]:
            traits.add("first")
        if not before:
            return traits | {"later only"}
        own, here = self._sentence(before[-1].start), self._sentence(at)
        low, high = bisect_right(self._places, before[-1].start), bisect_left(self._places, at)
        between = {other for other, _ in self._people[low:high]} - {name}
        traits |= {f"distance {min(here - own, _FAR)}", f"named since {min(len(between), _MANY)}"}
        if before[-1].start in self._subjects:
            traits.add("subject")
        if self._sentences[own][1] == self._sentences[here][1]:
            traits.add("same paragraph")
        return traits

    @cached_property
    def _subjects(self) -> frozenset[int]:
        """Where people are named who open a sentence, but for titles and bodies before the name."""
        first: dict[int, Mention] = {}
        for _, mention in self._people:
            first.setdefault(self._sentence(mention.start), mention)
        found = set()
        for sentence, mention in first.items():
            start = self._starts[sentence] if self._starts else 0
            beside = (m for m in self._mentions if start <= m.start < mention.start and m.label in _BESIDE_TITLES)
            if mention.start - start - sum(m.end - m.start for m in beside) <= _LEAD:
                found.add(mention.start)
        return frozenset(found)

    def _gender_trait(self, name: str, pronoun: str) -> str:
        first, *others = name.split()
        given = others[-1] if others and first.isupper() and len(first) > 2 else first  # `RUIZ Ana`
        known = (_first_names().get(given.casefold()) if others else None, *map(_forenames().get, name_words(name)))
        gender = self._called.get(name) or next(filter(None, known), None)
        return "" if not gender else "agrees" if gender == _GENDERS[pronoun.lower()] else "disagrees"

    @cached_property
    def _offices(self) -> dict[str, list[Office]]:
        """The offices of people: as stated, those before the name in its sentence, and the one right after it."""
        found: dict[str, list[Office]] = {}
        for office in self._stated:
            found.setdefault(office.person, []).append(office)
        names = {mention.start: name for name, mention in self._people}
        run: list[Mention] = []
        last: tuple[str, Mention] | None = None
        for mention in self._mentions:
            if name := names.get(mention.start):
                own = [m for m in run if self._sentence(m.start) == self._sentence(mention.start)]
                owners = " ".join(m.text for m in own if m.label != "TITLE")
                offices = (Office(name, m.text, owners) for m in own if m.label == "TITLE")
                found.setdefault(name, []).extend(offices)
                run, last = [], (name, mention)
                continue
            run.append(mention)
            if mention.label == "TITLE" and last and mention.start - last[1].end <= _APPOSED:
                found.setdefault(last[0], []).append(Office(last[0], mention.text, ""))
        return found


def _traits_of_nobody(speaker: str, others: set[str]) -> set[str]:
    """Return what speaks for an office that nobody of the document holds, given the traits of all who could."""
    words = speaker.split()
    traits = {"none", f"none, {next((fit for fit in _FITS[:0:-1] if fit in others), 'nothing')}"}
    if words[0].lower() in {"a", "an"}:
        traits.add("none indefinite")
    if words[0].lower() == "the":
        traits.add("none definite")
    if len(words) > _LONG:
        traits.add("none long")
    if words[-1].lower().endswith("s"):
        traits.add("none plural")
    return traits


def _fit(speaker: str, offices: Sequence[Office]) -> str:
    """Return how well somebody's offices fit one that is mentioned.

    Example:
        >>> envoy = [Office("Ana Ruiz", "Special Envoy", "Fiji"), Office("Ana Ruiz", "Capt.", "")]
        >>> [_fit(office, envoy) for office in ("the captain", "the Fijian envoy", "the young envoy", "the mayor")]
        ['office bare', 'office full', 'office head', 'other office']
        >>> _fit("the vice admiral", [Office("Ana Ruiz", "Vicealmirante C.G. DEM.", "")])
        'office full'
    """
    words = lower_words(speaker)
    if words[:1] and words[0] in _OPENERS:
        words = words[1:]
    of = words.index("of") if "of" in words[1:] else len(words)
    head, rest = long_titles(words[:of]), long_titles(words[of:])
    if not head or not offices:
        return "no office"
    beside = [word for word in (*head[:-1], *rest) if word not in {"the", "of", "and", "for"}]
    best = 0
    for office in offices:
        title = long_titles(lower_words(_LETTERS.sub("", office.title)))
        if head[-1] not in title:
            continue
        known = (*title, *long_titles(lower_words(office.owner)))
        is_last = title[-1] == head[-1]
        if beside and all(any(word[:_AKIN] == other[:_AKIN] for other in known) for word in beside):
            best = max(best, 4)
        else:
            best = max(best, (2 if beside else 3) if is_last else 1)
    return _FITS[best]


def choose(choice: Choice, weights: Weights) -> str | None:
    """Return who is meant: the likeliest, but whom the text suggests if nobody is likelier by the margin.

    Example:
        >>> near, far = Candidate("Ana Ruiz", frozenset({"distance 0"})), Candidate("Wu Lei", frozenset({"distance 4"}))
        >>> he = Choice("pronoun", "Wu Lei", (near, far))
        >>> choose(he, {("pronoun", "distance 0"): 2.0}), choose(he, {})
        ('Ana Ruiz', 'Wu Lei')
    """
    kind, proposed, candidates = choice
    sums = {one.name: sum(weights.get((kind, trait), 0.0) for trait in one.traits) for one in candidates}
    best = max(sums, key=lambda name: sums[name], default=proposed)
    if best == proposed or proposed not in sums:
        return best
    return best if sums[best] - sums[proposed] > MARGIN else proposed
