"""Who holds an office that is the label of a turn, as the text outside of the turns says it beside names.

A transcript labels its turns by offices (`BRIGADE COMMANDER`) and says above or below them who was there: `With Colonel
Ana Ruiz, Commander of the brigade, and Major General Wu Lei, Chief of Defence`. The words of such a list seldom are all
mentions of entities, so they are read here.

Order: clauses with people in them → what stands before and after each name → the pieces that can be offices, and what
the verb beside a name makes of its bearer → the one person whose pieces hold the head of a label and all its other
words; of those a list names, the one who is left for the one label that is left.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from tasks.lexicons import read_terms
from tasks.names import POSSESSIVES, is_part, long_titles, lower_words, name_words, spells
from tasks.publish.mentions import Mention, title_words

FILE = "labels.tsv"

_CLAUSES = re.compile(r"[^;\n•]+")
_PARTED = re.compile(r",? and |, ")
_LAST_AND = ", and "
_PIECES = re.compile(r"[,()\[\]:]| [–—-] ")
_WORD = re.compile(r"[^\W_][\w.'’/-]*|[,()\[\]:]")
_ASKED = re.compile(r"^[QA]\d{1,3}\.? (?=[^\W\d_])")
_NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?$|[\s.]*\d+$")
_OPENS = re.compile(r"\s*(?:,|\(|\b(?:is|was|as|of|from|for)\b)")
_SAID = re.compile(r"^(?:,? (?:also|now|who|is|was|as|acting|then|the|an?|his|her|its|and|in)\b)+ ?")
_BY = re.compile(r"([\w’' -]+?)(?: (?:is|was|are|were|being))? (\w+) by\b[^,;]*$")
_ELLIPSIS = re.compile(r"\b([\w-]+) one by\b[^,;]*$")
_COLON = re.compile(r"[^:]{0,60}:")
_LEAST = 4  # letters that akin words share
_TAIL = 2  # letters at the end of the shorter of two akin words that may differ
_HEAD_LOW = 3  # words of an office in small letters up to its head
_INTERVIEW = 2  # who talk in an interview
_OWNED = 6  # words after the verb that says what somebody leads

EQUAL, WITHIN, SHORT = 3, 2, 1  # how well what stands beside a name fits a label


class Piece(NamedTuple):
    """What can be an office, in small letters without small words: all of it, and what is before whose it is."""

    words: tuple[str, ...]
    head: tuple[str, ...]


class Claim(NamedTuple):
    """What stands beside a name: pieces that can be offices; whether a list of those who speak has it."""

    person: str
    pieces: tuple[Piece, ...]
    is_listed: bool


class Label(NamedTuple):
    """A label as an office: its words in small letters without small words, and which of them is the head."""

    words: tuple[str, ...]
    head: str


@cache
def _forms(kind: str) -> frozenset[str]:
    return frozenset(read_terms(FILE)[kind])


@cache
def _same() -> dict[str, str]:
    """Return the first of the words that mean one, by each of them."""
    return {word: group.split()[0] for group in read_terms(FILE)["same"] for word in group.split()}


@cache
def _acts() -> dict[str, str]:
    """Return what a verb makes of whom it has for a subject."""
    pairs = (form.partition("=") for form in read_terms(FILE)["act"])
    return {verb: head for verb, _, head in pairs}


@cache
def _compounds() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(form.split()) for form in read_terms(FILE)["compound"])


@cache
def _titles() -> frozenset[str]:
    return title_words() - _forms("small") - _forms("owner")


@cache
def _posts() -> frozenset[str]:
    """Return the words of offices that are no ranks."""
    return _titles() - {word for form in read_terms("military.tsv")["rank"] for word in lower_words(form)}


class Holders:
    """Who is said to hold which office outside of the turns.

    Args:
        mentions: The mentions of the document, by start.
        stretches: The sentences and parts of sentences outside of turns: where each starts, and its text.
        turns: The labels of its turns, as written, where each starts, and where its turn starts and ends.
    """

    def __init__(
        self,
        mentions: Sequence[Mention],
        stretches: Sequence[tuple[int, str]],
        turns: Sequence[tuple[str, int, int, int]],
    ) -> None:
        self._people = [m for m in mentions if m.label == "PERSON" and not m.is_address and not _is_office(m)]
        self._starts = [mention.start for mention in self._people]
        self._stretches = stretches
        self._turns = turns
        self._found: dict[str, str | None] = {}

    def holder(self, label: str, *, is_office: bool = False) -> str | None:
        """Return the one person who is said to hold the office of a label; `is_office`: see read_label."""
        key = _key(label)
        if key not in self._found:
            self._found[key] = self._holder(label, is_office=is_office) or self._left(key)
        return self._found[key]

    def _holder(self, label: str, *, is_office: bool = False) -> str | None:
        office = read_label(label, is_office=is_office)
        if office is None or self._is_told_by_label(office):
            return None
        levels: dict[int, set[str]] = {}
        heads = {word for claim in self._claims for piece in claim.pieces for word in piece.head}
        for claim in self._claims:
            level = _fit(office, claim, is_shared=office.head in heads)
            if level and not self._is_named_in(label, claim.person):
                levels.setdefault(level, set()).add(claim.person)
        best = _without_short(levels.get(max(levels, default=0), set()))
        if is_stated(label) and max(levels, default=0) < EQUAL:
            return None
        return best[0] if len(best) == 1 else None

    def _is_told_by_label(self, office: Label) -> bool:
        """Tell whether a label has a name with the office, its own or that of other turns: `MINISTER RUIZ`."""
        labels = (_content(long_titles(lower_words(label))) for label in self._named_labels)
        return any(set(office.words) <= set(words) for words in labels)

    @cached_property
    def _named_labels(self) -> list[str]:
        """The labels in which people are named."""
        return [label for label, at, *_ in self._turns if self._people_in(at, at + len(label))]

    def _is_named_in(self, label: str, person: str) -> bool:
        """Tell whether the turns of a label name a person: nobody names himself."""
        spans = ((start, end) for other, _, start, end in self._turns if _key(other) == _key(label))
        return any(mention.name == person for start, end in spans for mention in self._people_in(start, end))

    def _people_in(self, start: int, end: int) -> list[Mention]:
        return self._people[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    @cached_property
    def are_two(self) -> bool:
        """Tell whether two talk, one of whom may have a name with the label once: `Journalist (Ana Ruiz)`."""
        labels = {label.casefold() for label, *_ in self._turns}
        keys = {_key(label) for label in labels}
        return len(keys) == _INTERVIEW and len(labels - keys) <= 1

    @cached_property
    def _claims(self) -> list[Claim]:
        return [claim for start, text in self._stretches for claim in self._read(start, text)]

    def _read(self, start: int, text: str) -> Iterator[Claim]:
        """Yield what a stretch of text says of the people in it."""
        first = lower_words(text)[:3]
        is_list = any(word in _forms("list") for word in first) and (bool(_COLON.match(text)) or first[0] == "with")
        for clause in _CLAUSES.finditer(text):
            low = start + clause.start()
            people = self._people_in(low, start + clause.end())
            if not people:
                continue
            spans = [(m.start - low, min(m.end - low, len(clause[0]))) for m in people]
            for mention, (before, after) in zip(people, _parts_beside(clause[0], spans), strict=True):
                pieces = (*_pieces_before(before), *_pieces_after(after))
                yield Claim(mention.name, tuple(dict.fromkeys(pieces)), is_list)
            yield from _led(clause[0], spans, people, is_list=is_list)

    def _left(self, key: str) -> str | None:
        """Return the one of a list who is left for a label, if no other office is left either."""
        listed = _without_short({claim.person for claim in self._claims if claim.is_listed})
        labels = {_key(label): label for label, *_ in self._turns if read_label(label)}
        labels = {own: one for own, one in labels.items() if not any(_has_name(name_words(own), n) for n in listed)}
        if len(listed) < 2 or key not in labels:
            return None
        taken = {own: self._holder(label) for own, label in labels.items()}
        spoken = [name_words(_key(label)) for label, *_ in self._turns]
        free = [n for n in listed if n not in taken.values() and not any(_has_name(words, n) for words in spoken)]
        open_ = [own for own, person in taken.items() if person is None]
        if len(free) != 1 or open_ != [key] or len(taken) < 2 or self._is_named_in(labels[key], free[0]):
            return None
        said = (
            word for claim in self._claims if claim.person == free[0] for piece in claim.pieces for word in piece.head
        )
        return None if any(word in _posts() for word in said) else free[0]


def read_label(label: str, *, is_office: bool = False) -> Label | None:
    """Read a label as an office, None if it has none.

    Args:
        label: The label.
        is_office: Whether it is known to be an office, though its one word is no title: `GOC`.

    Example:
        >>> read_label("CHIEF OF DEFENCE STAFF"), read_label("COMMANDER, CJOC").head, read_label("Harbour News")
        (Label(words=('head', 'defence', 'staff'), head='head'), 'commander', None)
    """
    whole = _key(label)
    words = long_titles(lower_words(whole))
    if not words:
        return None
    first = long_titles(lower_words(re.split(r"[,(]", whole, maxsplit=1)[0]))
    of = next((i for i, word in enumerate(first) if i and word in _forms("small")), len(first))
    titles = {*_titles(), *_same(), *_forms("stated")}
    head = next((word for word in reversed(first[:of]) if word in titles), None)
    if head is None and is_office and len(words) == 1 and not whole.isdigit():
        head = words[0]
    if head is None:
        return None
    return Label(_content(words), _same().get(head, head))


def is_stated(label: str) -> bool:
    """Tell whether a label is no office, but can be said to be somebody: `Moderator`."""
    return _key(label) in _forms("stated")


def words_before_names() -> frozenset[str]:
    """Return the words that stand before a name as an office does: `Moderator`, `I'm`."""
    return _forms("stated") | _forms("self")


def _key(label: str) -> str:
    return _NOTE.sub("", _ASKED.sub("", label)).casefold()


def _content(words: Sequence[str]) -> tuple[str, ...]:
    """Return words without the small ones, each as the first of those that mean the same."""
    return tuple(_same().get(word, word) for word in (w.rstrip(".") for w in words) if word not in _forms("small"))


def _is_office(mention: Mention) -> bool:
    """Tell whether a mention of a person is a word such as `Moderator`."""
    return mention.text.casefold() in {*_titles(), *_forms("stated"), *_same()}


def _has_name(label: Sequence[str], person: str) -> bool:
    return bool(set(label) & set(name_words(person)))


def _without_short(names: set[str]) -> list[str]:
    """Return names without those that are short for another."""
    words = {name: name_words(name) for name in names}
    return sorted(n for n in names if not any(o != n and is_part(words[n], words[o]) for o in names))


def _parts_beside(clause: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each name of a clause and is said of it."""
    cuts = [0]
    first = clause[: spans[0][0]]
    leads = first.rstrip().endswith((",", ":")) and any(w in _titles() for w in lower_words(first))
    for (_, end), (start, _) in pairwise(spans):
        cuts.append(end if leads else end + _cut(clause[end:start]))
    for (start, end), low, high in zip(spans, cuts, [*cuts[1:], len(clause)], strict=True):
        yield clause[low:start], clause[end:high]


def _cut(between: str) -> int:
    """Return where what is said of one of two people ends."""
    if not _OPENS.match(between):
        return 0
    if (at := between.rfind(_LAST_AND)) >= 0 or between.startswith(" and "):
        return max(at, 0)
    ends = [match.start() for match in _PARTED.finditer(between)]
    is_apart = bool(ends) and not between[ends[-1] :].strip(" ,and")  # the office between is that of the first
    return len(between) if is_apart else ends[-1] if ends else 0


def _pieces_before(before: str) -> Iterator[Piece]:
    """Yield the pieces right before a name that can be offices, back to a word that is no part of one."""
    at = len(before)
    words = list(_WORD.finditer(before))
    for i in range(len(words) - 1, -1, -1):
        word = words[i][0]
        following = words[i + 1][0].lower() if i + 1 < len(words) else ""
        is_part_of = not word[0].islower() or word in _forms("small") or word.rstrip(".") in _titles()
        is_part_of = is_part_of or word in _forms("opposite") or (i > 0 and words[i - 1][0].lower() in _forms("small"))
        if not is_part_of and following not in _titles():
            break
        at = words[i].start()
    yield from _split(before[at:])


def _pieces_after(after: str) -> Iterator[Piece]:
    """Yield the pieces after a name that can be offices: in apposition, in brackets, after `is`, whose he is."""
    verb, _, rest = after.lstrip(" ,").partition(" ")
    verb, rest = _skip_age(verb, rest)
    if verb in {"who", "also"}:
        verb, _, rest = rest.partition(" ")
    if verb in _acts():
        words = lower_words(_PIECES.split(rest, maxsplit=1)[0])[:_OWNED]
        yield _made(_acts()[verb], *long_titles(words))
    if not _OPENS.match(after):
        return
    for piece in _PIECES.split(after):
        own = _SAID.sub("", f" {piece.strip()}").strip()
        if not own or own.isdigit():
            continue
        if own[0].islower() and not own.startswith(("of ", "from ", "for ")) and not _is_low_office(own):
            return
        if own.startswith("of ") and " and of " in own:
            return  # `Ana Ruiz and Wu Lei of Fiji and of Tonga`
        yield from _split(own)


def _is_low_office(text: str) -> bool:
    """Tell whether words in small letters open with an office: `battalion commander`, not `inspected the commander`."""
    words = text.split()[:_HEAD_LOW]
    head = next((i for i, word in enumerate(words) if word.rstrip(".,").lower() in _titles()), len(words))
    return head < len(words) and not any(
        not word[0].islower() or word in _forms("small") or word.endswith("ed") for word in words[: head + 1]
    )


def _skip_age(verb: str, rest: str) -> tuple[str, str]:
    """Return a verb and what follows, after an age: `, 27, commands`."""
    if verb.rstrip(",").isdigit():
        verb, _, rest = rest.partition(" ")
    return verb, rest


def _split(text: str) -> Iterator[Piece]:
    """Yield the words of pieces of text, those that `and` joins as one and apart."""
    for piece in _PIECES.split(text):
        parts = piece.split(" and ")
        for part in (piece, *(parts if len(parts) > 1 else ())):
            if words := _content(long_titles(lower_words(part))):
                yield Piece(words, _content(_head_part(part)))


def _head_part(text: str) -> tuple[str, ...]:
    """Return the words of an office without whose it is: `envoy` of `Fiji's Envoy to Tonga`."""
    head: list[str] = []
    for word in text.split():
        if head and word.lower() in _forms("owner"):
            break
        head = [] if word.endswith(POSSESSIVES) else [*head, *(w for w in [word] if w.lower() not in _forms("small"))]
    return long_titles(lower_words(" ".join(head)))


def _made(head: str, *words: str) -> Piece:
    """Return what somebody is said to be by a verb."""
    first = _same().get(head, head)
    return Piece((first, *_content(words)), (first,))


def _led(clause: str, spans: Sequence[tuple[int, int]], people: Sequence[Mention], *, is_list: bool) -> Iterator[Claim]:
    """Yield what people are said to be by what is done by them: `the Fijian team is led by Ana Ruiz`."""
    verb, noun, low = "", "", 0
    for mention, (start, end) in zip(people, spans, strict=True):
        before, low = clause[low:start], end
        if (match := _BY.search(before)) and match[2] in _acts():
            verb = _acts()[match[2]]
            words = _content(lower_words(match[1]))
            noun = words[-1] if words else ""
            yield Claim(mention.name, (_made(verb, *words),), is_list)
        elif verb and (match := _ELLIPSIS.search(before)):
            yield Claim(mention.name, (_made(verb, match[1].lower(), noun),), is_list)


def _fit(label: Label, claim: Claim, *, is_shared: bool) -> int:
    """Return how well what stands beside a name fits a label, 0 to 3.

    Args:
        label: The label.
        claim: What stands beside the name.
        is_shared: Whether the head of the label stands beside any name, so that a counterpart can share it.
    """
    best = 0
    every = [word for piece in claim.pieces for word in piece.words]
    others = [word for word in label.words if word != label.head]
    for piece in claim.pieces:
        is_opposite = is_shared and any(word in _forms("opposite") for word in piece.head)
        if not is_opposite and not _heads(piece.head, label):
            continue
        own = [word for word in piece.words if word != label.head and word not in _forms("opposite")]
        if not is_opposite and all(_is_among(word, every, claim) for word in others):
            is_equal = len(own) == len(others) and all(_is_among(word, own, claim) for word in others)
            best = max(best, EQUAL if is_equal else WITHIN)
        elif own and _is_among(others[-1], own, claim) and all(_is_among(word, others, claim) for word in own):
            best = max(best, SHORT)  # `the Fijian Minister`: the Minister of Ports of Fiji
    return best


def _heads(words: Sequence[str], label: Label) -> bool:
    """Tell whether the head of a label is that of an office: no deputy's, no part of another, none after it."""
    if label.head not in words:
        return False
    at = words.index(label.head)
    seconds = _forms("second") - {*label.words}
    others = (word for word in words[at + 1 :] if word not in label.words and word in _posts())
    return not seconds.intersection(words) and not any(others) and not _is_compound(words, at, label)


def _is_compound(piece: Sequence[str], at: int, label: Label) -> bool:
    """Tell whether the head is a part of another office: the general of a secretary general."""
    pairs = (tuple(piece[i : i + 2]) for i in (at - 1, at) if i >= 0)
    return any(pair in _compounds() and not set(pair) <= set(label.words) for pair in pairs)


def _is_among(word: str, words: Sequence[str], claim: Claim) -> bool:
    """Tell whether a word or one akin to it is among words, or letters stand for a piece beside the name."""
    if any(_is_akin(word, other) for other in words):
        return True
    return len(word) > 2 and any(spells(word.upper(), " ".join(piece.words).title()) for piece in claim.pieces)


def _is_akin(word: str, other: str) -> bool:
    """Tell whether two words are forms of one: a people and its country, a singular and its plural.

    Example:
        >>> _is_akin("turkish", "turkey"), _is_akin("command", "commodore")
        (True, False)
    """
    if word == other:
        return True
    least = max(_LEAST, min(len(word), len(other)) - _TAIL)
    return word[:least] == other[:least]
