r"""Finds what can be the label of a turn: `Q:`, `GEN. RYDER:`, `Teri Moss, Jane's Defence:`, `[02:50] ANA RUIZ:`.

A label stands at the start of a line, or after the end of a sentence where lines were joined. Its words say how likely
it is one; whether a document has turns at all is for `tasks.quotes.turns` to decide.

Order: line by line, a time and marks of emphasis before it → the form in which it is set off: by a colon, a letter, a
time, a full stop, a dash, or alone on its line → labels in the middle of the line, by its other colons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import Literal, NamedTuple

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line
from tasks.quotes.mentions import split_name

Place = Literal["line", "glued", "inside"]
Shape = Literal["colon", "letter", "time", "stop", "dash", "alone", "style"]

_TIME = r"(?:[\[(]\d{1,2}:\d\d(?::\d\d)?[\])]|\d{1,2}:\d\d(?::\d\d)?)"
_BEFORE = re.compile(rf"[*_]{{0,3}}(?:{_TIME}[^\S\n]*)?(?=\w)")
_WORDS = r"[^\W_][^:：\n.?!\"“”]{0,110}(?:\.[^:：\n.?!\"“”]{1,60}){0,4}?"
_COLON = re.compile(rf"({_WORDS}\.?)(?:[^\S\n]*{_TIME})?[*_]{{0,3}}[^\S\n]*[:：](?!//)(?!(?<=\d[:：])\d)[*_]{{0,3}}")
_TIMED = re.compile(
    rf"({_WORDS})[^\S\n]*(?:[\[(]\d{{1,2}}:\d\d(?::\d\d)?[\])](?=\s)|\s\d{{1,2}}:\d\d(?::\d\d)?$)", re.M
)
_LETTER = re.compile(r"([QA])(?:\d{1,3})?\.?(?:[^\S\n]+(?=\S)|[^\S\n]*$)", re.M)
_LETTERED = re.compile(r"[QA]\.?(?:\d{1,3}[^\S\n]+(?=[^\W\d_a-z])|[^\S\n]?(?=\([^()\n]+\)[^\S\n]*[:：]))")
_ANSWERED = re.compile(
    r"A\.?[^\S\n]?\(([^\W\d_a-z][^()\n]{2,60})\)[^\S\n]*:?[^\S\n]*(?=\S)"
)  # `A. (Col. Ruiz) It sails.`
_REPLIED = re.compile(  # `Answer (Col. Ruiz): It sails.`
    r"(?P<word>[^\W\d_]{3,})\.?[^\S\n]?\((?P<who>[^\W\d_a-z][^()\n]{1,60})\)[^\S\n]*[:：]"
)
_INITIAL = re.compile(r"[QA]\.[^\S\n]?[^\W\d_a-z]{2,}(?:[ ’'-][^\W\d_a-z]{2,}){0,2}[:：]")  # `A. RUIZ:` is no answer
_WHOLE = re.compile(r"([^\W_][^:：\n?!\"“”]{60,260})[:：]$", re.M)
_ANGLED = re.compile(r"<(?P<kind>[A-Z]\w*)>[^\S\n]*(?:\([^\S\n]*(?P<who>[^()\n]{2,60})\)[^\S\n]*)?")
_NUMBERED = re.compile(r"\d{1,2}[.)][^\S\n]*")
_STOP = re.compile(
    r"((?:[A-Z][\w'’-]*\.?\s){1,3}[^\W\d_a-z][^\W\d_a-z'’-]+(?:\sof\s[A-Z]\w+)?)\.\s(?=[^\W_a-z\d]|[\[(“\"])"
)
_DASH = re.compile(r"([^\W\d_][^:\n.?!\"“”–—]{2,60}?)\s[–—-]\s(?=\S)")
_MARK = re.compile("[:：]")
_ENDS = re.compile(r"(?:[?!…]|(?<!\b[A-Z])\.)[)\]\"”’']*\s*")
_ACRONYM = re.compile(r"[A-Z]\.$")
_NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?\s*$")
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_SET_OFF = re.compile(r"[.)] [–—-] ")  # a label before the colon: `Ana RUIZ. – To Mr Hale: it sails.`
_MAX_WORDS = 14
_MAX_NAME = 6
_MAX_UNNAMED = 3  # words in small letters of a label without a name
_MAX_OUTLET = 3  # words of an outlet before the name of a reporter
_MAX_REPORTER = 4
_REACH = 120  # characters before a colon in which a label starts
_STARTS = 5  # ends of sentences that are looked at in them
_ALONE = 60  # characters of a label that has a line of its own


class Rank(IntEnum):
    """How surely some words are a label, by themselves."""

    NEVER = 0
    POSSIBLE = 1  # a capitalised word: an outlet, a surname
    LIKELY = 2  # a name, an office
    SURE = 3  # `Question`, a name with its title


class Label(NamedTuple):
    """What can be a label.

    Attributes:
        outer: Offset of the time or number before it, else of its first word.
        start: Offset of its first word.
        end: Offset after its last word; a time or a note such as `(laughs)` after it is no part of it.
        content: Offset from which its turn is read.
        line: Index of its line.
        rank: How surely its words are a label.
        form: Its letters and digits in small letters, without what is in brackets: it comes back in this form.
        place: At the start of a line, after the end of a sentence without a space, or with one.
        shape: How it is set off.
    """

    outer: int
    start: int
    end: int
    content: int
    line: int
    rank: Rank
    form: str
    place: Place
    shape: Shape


def words_of(label: str) -> list[str]:
    """Return the words of a label, without what is in brackets at its end.

    Example:
        >>> words_of("Daniel Brok (Wall Street Journal)")
        ['Daniel', 'Brok']
    """
    return _WORD.findall(_NOTE.sub("", label))


def rank_words(label: str, lexicon: Lexicon) -> Rank:
    """Return how surely some words before a colon are the label of a turn."""
    words = words_of(label)
    lower = [word.lower() for word in words]
    if (
        not words
        or _SET_OFF.search(label)
        or len(words) > _MAX_WORDS
        or lexicon.has(" ".join(lower), "nolabel")
        or lexicon.has(lower[0], "nolabel")
    ):
        return Rank.NEVER
    if lexicon.has(" ".join(lower).rstrip(".0123456789 "), "label"):
        return Rank.SURE
    is_bold = label.isupper()
    if not is_bold and lexicon.has(lower[0], "preposition", "boundary", "opener"):
        return Rank.NEVER
    says = (
        lexicon.has(word, "cue")
        and not lexicon.has(before, "owner")  # `of State`
        and not (is_bold and lexicon.has(word, "particle"))  # `ANA DO ROSARIO`
        for before, word in pairwise(lower)
    )
    is_office = lexicon.has(lower[-1], "title") and not lower[0].endswith(("s", "d"))  # `State Minister`
    if any(says) or (lexicon.has(lower[0], "cue") and not is_bold and not is_office):
        return Rank.NEVER  # `Mr Tan said:` leads into a statement
    if lexicon.has(lower[0], "label") and not is_bold:  # `Reporter from Harbour TV`, `Question from Reuters`
        return Rank.LIKELY if _is_capital(words[-1]) else Rank.NEVER
    has_title = any(lexicon.has(word, "title", "honorific") for word in lower)
    if is_bold:
        is_phrase = len(words) > 3 or any(lexicon.has(word, "boundary", "preposition") for word in lower)
        if has_title:
            return Rank.SURE
        if _is_outlet_with_reporter(label, lexicon):
            return Rank.LIKELY
        first, _, outlet = label.partition("/")  # `ANA RUIZ/HARBOUR RADIO`
        if outlet and " " in first and not label[len(first) - 1].isspace():
            return rank_words(first, lexicon)
        return Rank.NEVER if is_phrase or words[0].endswith("ING") else Rank.LIKELY
    first, _, rest = label.partition(",")
    if rest and first.isupper() and first.isalpha() and rank_words(rest.strip(), lexicon) is Rank.SURE:
        return Rank.SURE  # `DGHO, Gen. Wu Lei`
    if rest and not lexicon.has(lower[0], "title"):  # `Teri Moss, Jane's Defence`
        named = rank_words(first, lexicon) if _is_capital(rest.strip()) and len(words_of(first)) < len(words) else 0
        return Rank(max(named - 1, Rank.NEVER))
    small = [
        w for w in words if w[0].islower() and not lexicon.has(w, "preposition", "title", "determiner", "particle")
    ]
    small = [w for w in small if w != "and"]
    if _is_unnamed(words, lexicon):
        return Rank.LIKELY
    if len(small) > 1 or (small and not has_title):
        return Rank.NEVER
    if any(lexicon.has(word, "boundary") and word != "and" for word in lower):
        return Rank.NEVER
    name = split_name(words, lexicon).name_start
    if has_title and name < len(words):
        return Rank.SURE if len(words) - name >= 2 else Rank.LIKELY
    if has_title or 1 < len(words) <= 4:
        return Rank.NEVER if small else Rank.LIKELY
    return Rank.POSSIBLE if len(words) <= _MAX_NAME and not small and not label.islower() else Rank.NEVER


def _is_unnamed(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Tell whether a label is somebody without a name: `Senior military official`, `Ministry sources`."""
    rest = [word.lower() for word in words[1:]]
    is_small = 0 < len(rest) <= _MAX_UNNAMED and all(word == own for word, own in zip(words[1:], rest, strict=True))
    return (
        is_small
        and lexicon.has(rest[-1], "unnamed")
        and not any(lexicon.has(word, "cue", "determiner", "boundary", "preposition", "auxiliary") for word in rest)
    )


def _is_outlet_with_reporter(label: str, lexicon: Lexicon) -> bool:
    """Tell whether a label in capitals is an outlet and who asks for it: `HARBOUR RADIO, ANA RUIZ`."""
    outlet, _, name = label.partition(", ")
    words = words_of(name)
    is_short = 0 < len(words_of(outlet)) <= _MAX_OUTLET and 1 < len(words) <= _MAX_REPORTER and "," not in name
    return is_short and not any(
        lexicon.has(word.lower(), "boundary", "preposition", "outlet", "institution", "portfolio")
        for word in (*words_of(outlet)[:1], *words)
        if not lexicon.has(word.lower(), "particle")
    )


def _is_capital(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit()


def read_labels(text: str, lines: Sequence[Line], lexicon: Lexicon) -> list[Label]:
    """Return what can be a label in a text, in order.

    Args:
        text: The document.
        lines: Its paragraphs that are not blank.
        lexicon: The lexicon.
    """
    found: list[Label] = []
    alone: list[Label] = []
    for i, line in enumerate(lines):
        label = _read_start(text, line, i, lexicon)
        if label and label.shape == "alone":
            alone.append(label)
        elif label:
            found.append(label)
        taken = label.content if label and label.shape != "alone" else line.start
        found += _read_inside(text, line, i, taken, lexicon)
    return sorted([*found, *_keep_alone(alone, lines)])


def _read_start(text: str, line: Line, number: int, lexicon: Lexicon) -> Label | None:
    """Read the label at the start of a line."""
    before = _BEFORE.match(text, line.start, line.end)
    at = before.end() if before else line.start
    high = min(line.end, at + 250)

    def make(match: re.Match[str], shape: Shape, rank: Rank | None = None, group: str | int = 1) -> Label | None:
        start, end = match.span(group)
        if shape != "letter":
            end = _without_note(text, start, end)
        rank = rank_words(text[start:end], lexicon) if rank is None else rank
        form = _form(text[start:end])
        return Label(line.start, start, end, match.end(), number, rank, form, "line", shape) if rank else None

    angled = _ANGLED.match(text, at, high)
    if angled and lexicon.has(angled["kind"].lower(), "label"):  # `<Answer> (Ana Ruiz, Port Office) It sails.`
        start, end = angled.span("who" if angled["who"] else "kind")
        form = _form(text[start:end])
        return Label(line.start, start, end, angled.end(), number, Rank.SURE, form, "line", "colon")
    has_colon = _MARK.search(text, at, high) is not None
    numbered = _NUMBERED.match(text, at, high) if has_colon else None
    if numbered and (match := _COLON.match(text, numbered.end(), high)):
        is_generic = lexicon.has(match.group(1).lower().rstrip(".0123456789 "), "label")
        return make(match, "colon", Rank.SURE) if is_generic else None
    lettered = _LETTERED.match(text, at, high) if has_colon else None
    if lettered and (match := _COLON.match(text, at, high)):  # `Q1 Ana Ruiz:`, `Q (Harbour News):`
        rest = text[lettered.end() : match.end(1)]
        if rest.endswith(")") or rank_words(rest, lexicon) >= Rank.LIKELY:
            return make(match, "colon", Rank.SURE)
    if (match := _REPLIED.match(text, at, high)) and lexicon.has(match["word"].lower(), "answering"):
        return make(match, "colon", Rank.SURE, "who")
    if (match := _ANSWERED.match(text, at, high)) and rank_words(match.group(1), lexicon) >= Rank.LIKELY:
        return make(match, "colon", Rank.SURE)
    if not _INITIAL.match(text, at, high) and (match := _LETTER.match(text, at, high)):
        return make(match, "letter", Rank.SURE if match.group(1) == "Q" else Rank.LIKELY)
    if has_colon and (match := _COLON.match(text, at, high)):
        return make(match, "colon")
    if has_colon and (match := _TIMED.match(text, at, high)):
        return make(match, "time")
    if (match := _WHOLE.match(text, at, line.end)) and _is_plate(match.group(1), lexicon):
        return make(match, "colon", Rank.SURE)
    if (match := _STOP.match(text, at, high)) and _is_heard(match.group(1), lexicon):
        return make(match, "stop")
    if (match := _DASH.match(text, at, high)) and _NOTE.sub("", match.group(1)).isupper():
        label = make(match, "dash")
        return label if label and label.rank is Rank.SURE else None
    if line.end - at <= _ALONE and _is_capital(text[at]) and text[line.end - 1] not in ".?!:;,":
        body = text[at : line.end]
        rank = rank_words(body, lexicon)
        label = Label(line.start, at, line.end, line.end, number, rank, _form(body), "line", "alone")
        return label if rank >= Rank.LIKELY else None
    return None


def _is_plate(line: str, lexicon: Lexicon) -> bool:
    """Tell whether a long line is a name with its offices, and nothing is said of it: `Col. Wu Lei, head of it`."""
    says = any(lexicon.has(word.lower(), "cue", "auxiliary", "finite", "past") for word in words_of(line))
    first, _, offices = line.partition(",")
    return bool(offices) and not says and rank_words(first, lexicon) is Rank.SURE


def _is_heard(label: str, lexicon: Lexicon) -> bool:
    """Tell whether a label is written as in the records of hearings: `General BRANDT`, `The CHAIRMAN`."""
    words = label.split()
    return not words[0].isupper() and lexicon.has(words[0].lower(), "title", "honorific", "determiner")


def _read_inside(text: str, line: Line, number: int, taken: int, lexicon: Lexicon) -> Iterator[Label]:
    """Yield the labels in the middle of a line."""
    for colon in (mark.start() for mark in _MARK.finditer(text, taken, line.end)):
        low = max(taken, colon - _REACH)
        starts = [match.end() for match in _ENDS.finditer(text, low, colon)][-_STARTS:]
        best: Label | None = None
        for start in starts:
            match = _COLON.match(text, start, colon + 1)
            if not match or not text[start].isupper():
                continue
            end = _without_note(text, start, match.end(1))
            rank = rank_words(text[start:end], lexicon)
            if rank and (best is None or rank > best.rank):
                is_glued = (
                    not text[start - 1].isspace() and not _ACRONYM.search(text, low, start)
                ) or match.end() >= line.end
                place: Place = "glued" if is_glued else "inside"
                best = Label(start, start, end, match.end(), number, rank, _form(text[start:end]), place, "colon")
        if best:
            taken = best.content
            yield best


def _keep_alone(labels: Sequence[Label], lines: Sequence[Line]) -> list[Label]:
    """Return the labels that have lines of their own: those with words below them, where two come back in turn."""
    below = {label.line + 1 for label in labels}
    kept = [label for label in labels if label.line + 1 < len(lines) and label.line not in below]
    counts = Counter(_unnumbered(label) for label in kept)
    again = [form for form, count in counts.items() if count > 1]
    return [label for label in kept if counts[_unnumbered(label)] > 1] if len(again) > 1 else []


def _unnumbered(label: Label) -> str:
    """Return the form of a label, without its number if it is sure: `Question 2` comes back after `Question 1`."""
    return label.form.rstrip("0123456789") if label.rank is Rank.SURE else label.form


def _without_note(text: str, start: int, end: int) -> int:
    """Return where a label ends: before `(laughs)`, after `(Harbour News)`."""
    note = _NOTE.search(text[start:end])
    if note and not note.group().strip()[1:2].isupper():
        end = start + note.start()
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _form(label: str) -> str:
    return "".join(character for character in _NOTE.sub("", label).casefold() if character.isalnum())
