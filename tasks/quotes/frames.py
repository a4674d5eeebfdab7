"""The frames of cues: what may follow a reporting expression, and where the content that it governs then starts.

    quote   marked speech, before or after it: `said, "..."`, `"...," said Tan`
    that    a that-clause
    bare    a clause without `that`
    clause  the same, but only with a verb in it, since the cue takes nouns as well: `reported the pier was safe`
    np      a noun phrase with content: `stressed the need`
    mark    the same, but only with words in marks in it: `praised the work as "fast"`
    to      an infinitive
    npto    somebody and an infinitive: `urged both sides to return`
    npas    something and what it is taken for: `described the pier as safe`
    npfor   somebody and what is wanted: `asked the President for aid`
    npof    somebody and what is said: `assured the Minister of support`
    addr    somebody first, then a clause: `told the meeting that it rained`
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

Frame = Literal[
    "quote", "that", "bare", "clause", "np", "mark", "to", "npto", "npas", "npfor", "npof", "addr", "inf", "noun",
    "stance", "how", "source",
]  # fmt: skip
FRAMES: tuple[Frame, ...] = get_args(Frame)

_TAIL = 7  # tokens of a phrase that says where something was said
_ADJUNCT = 16  # tokens between a cue and its `that`
_INFINITIVE = 14  # tokens between `urged` and `to`
_CLAUSE = 30  # tokens of a clause in which its verb stands
_ADDRESSEE = 6  # tokens of somebody who is told
_COURTESY = 4  # tokens of `his sincere condolences`
_ASIDE = 8  # tokens between commas that part a cue from what it governs: `noted, with a smile, the need`
_OBJECT = 20  # tokens of something that is described or marked
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
    def is_future(self) -> bool:
        """Tell whether it has not been said yet: `the minister will announce new measures`."""
        return self.first > 0 and self.tokens[self.first - 1].has("future")

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


def has_verb(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a clause that starts at a token has a verb: `the pier was safe`, not `a safe pier`."""
    if tokens[at].has("finite"):
        return True  # `it's too early`
    i, high = at + 1, min(len(tokens) - 1, at + _CLAUSE)
    while i < high:
        token, before = tokens[i], tokens[i - 1]
        if token.has("relative") or (token.lower == "that" and i > at + 1):
            if before.text != ",":
                return False
            i = next((k for k in range(i, high) if tokens[k].text == ","), high)
        elif token.text.islower() and (token.has("finite") or _is_past(token, before, tokens[i + 1])):
            return True
        elif token.text in {";", ":"} or (token.has("boundary") and not token.has("finite", "addition")):
            return False
        elif token.has("addition") and (before.text == "," or tokens[i + 1].has("finite", "past", "act")):
            return False  # what else the speaker did
        i += 1
    return False


def _is_past(token: Token, before: Token, following: Token) -> bool:
    """Tell `the ship arrived` and `the ship carries the crew` from `a damaged ship` and `the ships`."""
    if before.form != "w" or before.has("determiner", "preposition", "addition") or following.lower == "by":
        return False
    if token.lower.endswith("ed"):
        return not following.has("preposition") or before.is_capital or before.has("pronoun")
    is_present = token.lower.endswith("s") and not token.lower.endswith("ss")
    return is_present and following.has("determiner") and not token.has("determiner", "preposition", "adverb")


def _owns(tokens: Sequence[Token], at: int) -> bool:
    """Tell `told her soldiers they were safe` from `told her they were safe`."""
    if not tokens[at].has("determiner") or at + 1 >= len(tokens):
        return False
    following = tokens[at + 1]
    is_noun = following.form == "w" and following.text.islower() and following.lower not in {"that", "to"}
    return is_noun and not following.has(
        "pronoun", "determiner", "preposition", "finite", "adverb", "boundary", "auxiliary", "interrogative", "adjunct"
    )


def addressee_end(tokens: Sequence[Token], at: int) -> int:
    """Return the token after somebody who is told: `reporters`, `the meeting`, `them`; `at` if nobody is."""
    if tokens[at].has("object") and not _owns(tokens, at):
        return at + 1
    high = min(len(tokens) - 1, at + _ADDRESSEE)
    end = at + 1 if tokens[at].has("determiner") else at
    first = end
    while end < high and tokens[end].form == "w":
        if tokens[end].has("pronoun", "determiner", "preposition", "finite"):
            break
        if end > first and tokens[end].is_capital != tokens[end - 1].is_capital:
            break  # `reporters Kyiv would hold`
        end += 1
    return end if end > first else at


def _told(after: After) -> int | None:
    """Find a clause after somebody who is told: `told reporters the pier was safe`."""
    if not after.is_phrase or after.token.has("preposition", "boundary"):
        return None
    tokens = after.tokens
    at = addressee_end(tokens, after.at)
    while at < len(tokens) - 1 and _is_passed(tokens, at):
        at += 1
    starts = at > after.at and at < len(tokens) - 2 and tokens[at].form == "w" and tokens[at].lower != "to"
    opens = starts and (tokens[at].has("determiner", "pronoun") or tokens[at].is_capital)
    return at if opens and has_verb(tokens, at) else None


def _clause(after: After) -> int | None:
    if not after.is_phrase or after.is_place or after.token.has("preposition") or after.token.lower in {"to", "that"}:
        return None
    if "np" in after.frames and after.is_future:
        return None
    return after.at if has_verb(after.tokens, after.at) else None


def _find_word(after: After, word: str, reach: int) -> int | None:
    """Return where a preposition stands after something or somebody, in the same clause."""
    for i in range(after.at, min(after.at + reach, len(after.tokens) - 1)):
        if after.tokens[i].lower == word:
            return i
        if after.tokens[i].text in {";", ":"} or after.tokens[i].has("relative"):
            return None
    return None


def _npas(after: After) -> int | None:
    if after.token.form == "p":
        return None
    is_named = after.token.has("object") and after.tokens[after.at + 1].has("determiner")  # `called it a success`
    return after.at if is_named or _find_word(after, "as", _OBJECT) is not None else None


def _npfor(after: After) -> int | None:
    if not after.is_phrase or after.token.has("preposition"):
        return None
    return after.at if (_find_word(after, "for", _ADDRESSEE) or 0) > after.at else None


def _npof(after: After) -> int | None:
    at = _find_word(after, "of", _ADDRESSEE) if after.is_phrase else None
    is_said = at is not None and at > after.at and not after.tokens[at + 1].is_capital  # `the Government of Fiji`
    return at + 1 if at and is_said else None


def _mark(after: After) -> int | None:
    """Find something with words in marks that are no name."""
    if after.token.form == "p" or after.token.has("boundary"):
        return None
    for i in range(after.at, min(after.at + _OBJECT, len(after.tokens))):
        token = after.tokens[i]
        is_next = token.has("cue") and after.tokens[i - 1].has("addition")
        if is_next or token.text in {";", ":"} or token.has("relative"):
            return None
        if token.form == "q" or token.is_said:
            return after.at
    return None


def _npto(after: After) -> int | None:
    if not after.is_phrase or after.token.lower in {"to", "not", "by"}:
        return None
    for i, token in enumerate(after.tokens[after.at : after.at + _INFINITIVE], after.at):
        if token.lower == "not" and after.tokens[min(i + 1, len(after.tokens) - 1)].lower == "to":
            continue
        if token.lower in {"to", "about", "for", "on", "during", "not"} or token.text in {";", ":"}:
            return after.at if token.lower == "to" else None  # `advised the army on ways to train`
    return None


def _bare(after: After) -> int | None:
    if "np" in after.frames or after.token.lower in {"to", "that", "of"}:  # `adding to the jobs`
        return None
    return after.at if after.is_phrase and not after.is_place else None


def _np(after: After) -> int | None:
    if after.is_future or not after.is_phrase or ("bare" in after.frames and after.is_place):
        return None
    is_courtesy = any(token.has("courtesy") for token in after.tokens[after.at : after.at + _COURTESY])
    return None if is_courtesy or after.token.has("preposition", "boundary") else after.at


def _frames(*names: Frame) -> frozenset[Frame]:
    return frozenset(names)


OPENINGS = (
    Opening("indirect-stance", _frames("stance"), _stance, is_phrase=True),
    Opening("indirect-how", _frames("how", "np", "bare"), _how),
    Opening("indirect-to", _frames("to"), _to, is_phrase=True),
    Opening("indirect-that", _frames("that", "addr"), _that, is_clause=True),
    Opening("indirect-npto", _frames("npto"), _npto, is_phrase=True),
    Opening("indirect-addr", _frames("addr"), _told),
    Opening("indirect-bare", _frames("bare"), _bare),
    Opening("indirect-clause", _frames("clause"), _clause),
    Opening("indirect-npas", _frames("npas"), _npas, is_phrase=True),
    Opening("indirect-npof", _frames("npof"), _npof, is_phrase=True),
    Opening("indirect-npfor", _frames("npfor"), _npfor, is_phrase=True),
    Opening("indirect-np", _frames("np"), _np, is_phrase=True),
    Opening("indirect-mark", _frames("mark"), _mark, is_phrase=True),
)


def find_start(tokens: Sequence[Token], first: int, last: int, frames: frozenset[Frame]) -> Start | None:
    """Return where the content starts that a cue governs, or None if none follows.

    Args:
        tokens: A unit.
        first: The first token of the cue.
        last: Its last token.
        frames: Its frames.
    """
    if _is_denied(tokens, first):
        return None
    at = last + 1
    at = _over_aside(tokens, at)
    while at < len(tokens) - 1 and _is_passed(tokens, at):
        at += 1
    if at >= len(tokens) - 1 or (tokens[at].has("determiner") and tokens[at + 1].lower == "following"):
        return None
    after = After(tokens, first, at, frames)
    for opening in OPENINGS:
        if not frames.isdisjoint(opening.frames):
            start = opening.find(after)
            if start is not None:
                return Start(start, opening)
    return None


def _is_denied(tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a cue is denied: `did not say when`, `declined to say when`."""
    for i in range(first - 1, max(-1, first - 4), -1):
        if tokens[i].has("denial"):
            return True
        if not tokens[i].has("auxiliary", "adverb"):
            return False
    return False


def _over_aside(tokens: Sequence[Token], at: int) -> int:
    """Return the token after an aside between commas, or `at` if none starts there."""
    if at + 2 >= len(tokens) or tokens[at].text != "," or not tokens[at + 1].has("preposition", "adverb"):
        return at
    high = min(at + 2 + _ASIDE, len(tokens) - 1)
    return next((i + 1 for i in range(at + 2, high) if tokens[i].text == ","), at)


def _is_passed(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether an adverb, `Monday` or `on Monday` stands at a token."""
    token = tokens[at]
    return (
        token.is_adverb
        or (token.has("day") and (tokens[at + 1].form == "p" or tokens[at + 1].has("determiner")))
        or (token.text.isdigit() and tokens[at - 1].has("day"))
        or (token.has("parted") and tokens[at + 1].has("day"))
        or (token.has("day") and tokens[at - 1].has("parted"))
    )
