"""Tokens: what a rule sees of a word, its kinds included."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal[
    "abbreviation",
    "act",
    "addition",
    "adjunct",
    "adverb",
    "anaphor",
    "answering",
    "attributed",
    "auxiliary",
    "boundary",
    "by",
    "collective",
    "content",
    "courtesy",
    "cue",
    "day",
    "denial",
    "determiner",
    "document",
    "end",
    "female",
    "feminine",
    "finite",
    "first",
    "forward",
    "future",
    "head",
    "hedge",
    "honorific",
    "indefinite",
    "institution",
    "interrogative",
    "issuing",
    "joint",
    "label",
    "leading",
    "linker",
    "male",
    "message",
    "mouthpiece",
    "narrative",
    "nolabel",
    "object",
    "opener",
    "opposite",
    "outlet",
    "own",
    "owner",
    "owning",
    "parted",
    "particle",
    "passive",
    "past",
    "personal",
    "piece",
    "plural",
    "portfolio",
    "postnominal",
    "preposition",
    "proceeding",
    "pronoun",
    "qualifier",
    "rank",
    "relative",
    "request",
    "role",
    "second",
    "self",
    "service",
    "sole",
    "spokes",
    "stance",
    "style",
    "suffix",
    "surname",
    "title",
    "titled",
    "unnamed",
    "voice",
]
Kinds = frozenset[Kind]


class Token(NamedTuple):
    """A word, a punctuation mark or a stretch in quote marks.

    Attributes:
        text: As it stands.
        lower: In small letters; nothing for a stretch in quote marks.
        start: Offset in the text.
        end: Offset after it.
        form: w, a word; p, a punctuation mark; q, speech in marks; s, a title or irony in marks.
        kinds: The kinds of words in cues.tsv that it is of; "cue" for the first word of a reporting expression.
        bare: `lower` without a possessive ending.
        bare_kinds: The kinds of that.
        is_small: A word in small letters only: no name starts with it.
        mark: For a stretch in quote marks, its index.
    """

    text: str
    lower: str
    start: int
    end: int
    form: Literal["w", "p", "q", "s"]
    kinds: Kinds
    bare: str
    bare_kinds: Kinds
    is_small: bool = False
    mark: int = -1

    def has(self, *kinds: Kind) -> bool:
        """Tell whether it is of one of some kinds, as it stands."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def is_said(self) -> bool:
        """Tell whether a few words in marks are somebody's words rather than a name: they start small."""
        return self.form == "s" and self.text[1:2].islower()

    @property
    def is_adverb(self) -> bool:
        """Tell whether it is an adverb that starts no noun phrase, as `all` and `both` can."""
        return "adverb" in self.kinds and "determiner" not in self.kinds

    @property
    def is_capital(self) -> bool:
        """Tell whether it can be a word of a name."""
        return self.form == "s" or (self.form == "w" and (self.text[0].isupper() or self.text[0].isdigit()))
