"""The frames of cues: what may follow a reporting expression, and where the content that it governs then starts.

    quote   marked speech, before or after it: `said, "..."`, `"...," said Tan`
    that    a that-clause
    bare    a clause without `that`
    np      a noun phrase with content: `stressed the need`
    to      an infinitive
    npto    somebody and an infinitive: `urged both sides to return`
    addr    somebody first, then a that-clause: `told the meeting that`
    inf     counts in the infinitive as well: `used a loudspeaker to call for`
    noun    is a noun as well: counts after a pronoun or an auxiliary, or before `that`
    stance  with one of the nouns of the kind `stance`: `expressed confidence`; stands alone
    how     an indirect question
    source  who said it: `according to the ministry`

Order: over adverbs and days to the first word that counts → the openings, one after another, as far as the cue has
their frames; the first that finds a start decides. A frame that opens content is a function and a row of `OPENINGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast, get_args

from tasks.quotes.tokens import Token

Frame = Literal["quote", "that", "bare", "np", "to", "npto", "addr", "inf", "noun", "stance", "how", "source"]
FRAMES: tuple[Frame, ...] = get_args(Frame)

_TAIL = 7  # tokens of a phrase that says where something was said
_ADJUNCT = 16  # tokens between a cue and its `that`
_INFINITIVE = 14  # tokens between `urged` and `to`
_CURRENCIES = frozenset("$£€")
_INSERTING = _CURRENCIES | frozenset(",([")  # marks after which a clause with `that` can still follow


def check_frames(names: Iterable[str]) -> frozenset[Frame]:
    """Return the frames of a cue.

    Raises:
        ValueError: There is none, one is unknown, or `stance` does not stand alone.

    Example:
        >>> sorted(check_frames("quote that".split()))
        ['quote', 'that']
    """
    frames = frozenset(names)
    if unknown := sorted(frames.difference(FRAMES)):
        raise ValueError(f"no frame {', '.join(map(repr, unknown))}; known: {', '.join(FRAMES)}")
    if not frames or ("stance" in frames and len(frames) > 1):
        raise ValueError("a cue without a frame" if not frames else "a cue with the frame stance and others")
    return cast(frozenset[Frame], frames)


@dataclass(frozen=True, slots=True)
class After:
    """What stands after a cue.

    Attributes:
        tokens: The unit.
        first: The first token of the cue.
        at: The token at which content could start; not the last one.
        frames: Those of the cue.
    """

    tokens: Sequence[Token]
    first: int
    at: int
    frames: frozenset[Frame]

    @property
    def token(self) -> Token:
        """The token at which content could start."""
        return self.tokens[self.at]

    @property
    def is_phrase(self) -> bool:
        """Tell whether a word or a sum of money stands there, not a mark or the `and` of `advise and assist`."""
        token = self.token
        return token.form != "q" and not token.has("addition") and (token.form != "p" or token.text in _CURRENCIES)

    @property
    def is_place(self) -> bool:
        """Tell whether only a few words are left that say where: `he said in a news release`."""
        rest = self.tokens[self.at : -1]
        return self.token.has("adjunct") and len(rest) < _TAIL and all(token.form == "w" for token in rest)


class Opening(NamedTuple):
    """How some frames open content.

    Attributes:
        method: What the quotation says of how it was found.
        frames: The frames, one of which a cue has to have.
        find: Returns where the content starts, or None.
        is_phrase: The content is a phrase, which ends before any other verb.
        is_clause: The content is a clause beyond doubt, whoever is named as its source.
    """

    method: str
    frames: frozenset[Frame]
    find: Callable[[After], int | None]
    is_phrase: bool = False
    is_clause: bool = False


class Start(NamedTuple):
    """The token at which the content that a cue governs starts, and how it is opened."""

    at: int
    opening: Opening


def _stance(after: After) -> int | None:
    token = after.token
    if token.lower == "that" or (token.has("preposition") and token.lower != "of"):
        return after.at if token.lower == "to" else after.at + 1
    return None


def _how(after: After) -> int | None:
    return after.at if after.token.has("interrogative") else None


def _to(after: After) -> int | None:
    return after.at if after.token.lower == "to" else None


def _that(after: After) -> int | None:
    """Find `that`, also after somebody who is told, or after when and where."""
    token, tokens, at = after.token, after.tokens, after.at
    if token.lower == "that":
        return at + 1
    is_mark = token.form == "q" or (token.form == "p" and token.text not in _INSERTING)
    leads = token.has("adjunct") or token.text == "," or "addr" in after.frames
    if is_mark or token.has("addition") or not leads:
        return None
    return next((i + 1 for i in range(at, min(at + _ADJUNCT, len(tokens) - 1)) if tokens[i].lower == "that"), None)


def _npto(after: After) -> int | None:
    to = any(token.lower == "to" for token in after.tokens[after.at + 1 : after.at + _INFINITIVE])
    return after.at if to and after.is_phrase and after.token.lower not in {"to", "about", "for"} else None


def _bare(after: After) -> int | None:
    if "np" in after.frames or after.token.lower in {"to", "that"}:  # `adding to the jobs`
        return None
    return after.at if after.is_phrase and not after.is_place else None


def _np(after: After) -> int | None:
    if after.first and after.tokens[after.first - 1].has("future"):
        return None  # `the minister will announce new measures`
    if not after.is_phrase or ("bare" in after.frames and after.is_place):
        return None
    return None if after.token.has("preposition", "boundary") else after.at


def _frames(*names: Frame) -> frozenset[Frame]:
    return frozenset(names)


OPENINGS = (
    Opening("indirect-stance", _frames("stance"), _stance, is_phrase=True),
    Opening("indirect-how", _frames("how", "np", "bare"), _how),
    Opening("indirect-to", _frames("to"), _to, is_phrase=True),
    Opening("indirect-that", _frames("that", "addr"), _that, is_clause=True),
    Opening("indirect-request", _frames("npto"), _npto, is_phrase=True),
    Opening("indirect-bare", _frames("bare"), _bare),
    Opening("indirect-noun", _frames("np"), _np, is_phrase=True),
)


def find_start(tokens: Sequence[Token], first: int, last: int, frames: frozenset[Frame]) -> Start | None:
    """Return where the content starts that a cue governs, or None if none follows.

    Args:
        tokens: A unit.
        first: The first token of the cue.
        last: Its last token.
        frames: Its frames.
    """
    at = last + 1
    while at < len(tokens) - 1 and _is_passed(tokens, at):
        at += 1
    if at >= len(tokens) - 1:
        return None
    after = After(tokens, first, at, frames)
    for opening in OPENINGS:
        if not frames.isdisjoint(opening.frames):
            start = opening.find(after)
            if start is not None:
                return Start(start, opening)
    return None


def _is_passed(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether an adverb or `on Monday` stands at a token."""
    token = tokens[at]
    return (
        token.is_adverb
        or (token.has("parted") and tokens[at + 1].has("day"))
        or (token.has("day") and tokens[at - 1].has("parted"))
    )
