"""What the rules of engagements read of a document: its text with the mentions, offices and quotations found before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from tasks.engagements.lexicon import Hit, find_triggers, open_words, words_in

Span = tuple[int, int]


class Mention(NamedTuple):
    """A row of entities: half-open offsets, label, key of the row, fullest form, key beyond the document, date."""

    start: int
    end: int
    label: str
    entity_id: str
    canonical: str | None = None
    key: str | None = None
    date_value: str | None = None


class Office(NamedTuple):
    """A row of roles: the phrase that states it, the office, where it is held, and the country's key."""

    start: int
    end: int
    title: str
    organisation: str | None = None
    organisation_id: str | None = None
    country_id: str | None = None


class Turn(NamedTuple):
    """A turn of a transcript: half-open offsets and who speaks, as the transcript has it."""

    start: int
    end: int
    speaker: str


@dataclass(frozen=True)
class Release:
    """A document.

    Attributes:
        text: The restored text.
        title: The dump's title; empty if there is none.
        published: Day of publication.
        country: ISO 3166-1 alpha-3 code of the publisher, where its source has one.
        sentences: Half-open offsets of the sentences, ascending.
        mentions: Its mentions, ascending and free of overlaps.
        offices: Offices by the entity_id of who holds them.
        silent: Stretches in which nothing is told in the publisher's own voice, ascending: direct quotations,
            questions, what is no part of the release.
        turns: Turns of a transcript, with who speaks, ascending.
    """

    text: str
    title: str = ""
    published: date | None = None
    country: str | None = None
    sentences: Sequence[Span] = ()
    mentions: Sequence[Mention] = ()
    offices: Mapping[str, Sequence[Office]] = field(default_factory=dict)
    silent: Sequence[Span] = ()
    turns: Sequence[Turn] = ()

    def within(self, start: int, end: int) -> Sequence[Mention]:
        """Return the mentions that lie in a stretch."""
        return self.mentions[bisect_left(self._starts, start) : bisect_right(self._ends, end)]

    @cached_property
    def words(self) -> Mapping[Span, frozenset[str]]:
        """The words of each sentence, in small letters."""
        return dict(zip(self.sentences, words_in(self.text, self.sentences), strict=True))

    @cached_property
    def telling(self) -> Mapping[Span, frozenset[str]]:
        """The types of which each sentence can have a trigger, by its words; sentences of none are left out."""
        types = open_words(frozenset().union(*self.words.values()))
        open_ = frozenset(types)
        found = ((sentence, own & open_) for sentence, own in self.words.items())
        return {sentence: frozenset().union(*(types[word] for word in own)) for sentence, own in found if own}

    @cached_property
    def title_triggers(self) -> Sequence[Hit]:
        """The triggers of the title in small letters."""
        return list(find_triggers(self.title.lower()))

    def following(self, at: int, most: int) -> list[Span]:
        """Return the first sentences from an offset on that count."""
        rest = range(bisect_left(self.sentences, at, key=lambda span: span[0]), len(self.sentences))
        return list(islice((s for n in rest if not self.is_silent((s := self.sentences[n])[0])), most))

    def preceding(self, at: int, most: int) -> list[Span]:
        """Return the last sentences up to an offset that count, the last of them last."""
        rest = reversed(range(bisect_right(self.sentences, at, key=lambda span: span[1])))
        return list(islice((s for n in rest if not self.is_silent((s := self.sentences[n])[0])), most))[::-1]

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def _ends(self) -> Sequence[int]:
        return [mention.end for mention in self.mentions]

    def sentence_of(self, start: int, end: int) -> Span | None:
        """Return the sentence that holds a stretch."""
        i = bisect_right(self.sentences, start, key=lambda span: span[0]) - 1
        return self.sentences[i] if i >= 0 and end <= self.sentences[i][1] else None

    def is_silent(self, start: int, end: int | None = None) -> bool:
        """Tell whether an offset, or a whole stretch from it on, lies in one that does not count."""
        i = bisect_right(self.silent, start, key=lambda span: span[0]) - 1
        return i >= 0 and (start + 1 if end is None else end) <= self.silent[i][1]
