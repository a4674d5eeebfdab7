"""Finds labels that only a style sets off, as in `[Ana Ruiz] It sails.`, `– Ruiz: It sails.`, `A. RUIZ – It sails.`.

A style that a document uses once means nothing, and a list can use it often. It is that of a transcript where labels
come back with others between, where something is asked, and where who speaks says `I`, `we` or `you`.

Order: each line in each style → the style's labels, if people talk in them → the labels that can be somebody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tasks.quotes.labels import Label, Rank, rank_words
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line
from tasks.quotes.quotation import Span

_CAPITAL = r"[^\W\d_a-z]"
_NOTE = r"(?:[^\S\n]*\([^()\n]{2,60}\))?"
_STYLES = {
    "angles": re.compile(rf"<({_CAPITAL}[^<>\n]{{1,60}})>[^\S\n]*(?=\S)"),
    "brackets": re.compile(rf"\[({_CAPITAL}[^\[\]\n]{{1,60}})\][^\S\n]*(?=[^\W_]|[\"“(…–—-])"),
    "list": re.compile(rf"[–—-][^\S\n]*({_CAPITAL}[^:\n?!\"“”–—]{{1,60}}?{_NOTE})[^\S\n]*[:：][^\S\n]*(?=\S)"),
    "dash": re.compile(rf"({_CAPITAL}[^:\n?!\"“”–—]{{1,60}}?{_NOTE})[^\S\n]+[–—-][^\S\n]+(?=\S)"),
    "stop": re.compile(
        rf"((?:{_CAPITAL}\.[^\S\n]?){{2,3}}(?=[^\S\n])|(?:{_CAPITAL}[\w’'-]{{0,4}}\.[^\S\n]?|{_CAPITAL}[\w’'-]+[^\S\n])"
        rf"{{0,5}}?{_CAPITAL}[\w’'-]{{2,}}(?=\.[^\S\n]))\.?[^\S\n]+(?=\S)"
    ),
}
_ALONE = re.compile(rf"({_CAPITAL}[^:\n?!\"“”]{{1,80}})$", re.M)
_CLEAR = frozenset({"angles", "brackets", "list"})  # styles of which one label that comes back is enough
_REACH = 140  # characters of a line in which a label ends
_LEAST = 4  # labels of a style
_OWN = 2  # answers in the first person
_AGAIN = 3  # times that the one label comes that comes back
_SHARE = 3  # one of so many labels comes back at least
_MAX_WORDS = 6  # of a label, outside of brackets
_DASHED = re.compile(rf"[–—-][^\S\n]+(?=[\"“«(]?{_CAPITAL})")
_ASKED = re.compile(r"\*\*[^\n*]{8,400}\*\*$|\d{1,2}[.)][^\S\n]+[^\n]{4,400}\?$", re.M)
_OPENS = re.compile(r"(?:\*\*|\d{1,2}[.)])[^\S\n]*")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_LAST = 6  # characters at the end of a paragraph that asks
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_IN_BRACKETS = re.compile(r"\[([^\[\]\n]{1,62})\]")
_WORD = re.compile(r"[^\W_][\w.'’-]*")


def add_styled(text: str, lines: Sequence[Line], labels: Sequence[Label], lexicon: Lexicon) -> list[Label]:
    """Return labels with those of the styles in which people talk, which stand for others of the same lines.

    Args:
        text: The document.
        lines: Its paragraphs that are not blank.
        labels: What can be a label by itself.
        lexicon: The lexicon.
    """
    taken = {label.line for label in labels if label.place == "line" and label.shape in {"colon", "letter"}}
    read = {label.line: label.content for label in labels if label.place == "line"}
    styles: dict[str, list[Label]] = {}
    for number in range(len(lines)):
        for style, label in _read_line(text, lines, number):
            if style in _CLEAR or number not in taken:
                styles.setdefault(style, []).append(label)
    found: dict[int, Label] = {}
    for style, ones in styles.items():
        if len(ones) >= _LEAST:
            counts = Counter(label.form for label in ones)
            likely = [one for one in ones if _can_be(text, one, counts[one.form], style, lexicon)]
            if style == "brackets":  # a note stands after words as well: `It sails. [Laughs]`
                shown = Counter(_IN_BRACKETS.findall(text))
                likely = [one for one in likely if shown[text[one.start : one.end]] <= counts[one.form]]
            if _is_talk(text, lines, likely, lexicon, is_clear=style in _CLEAR):
                if style == "angles":  # `<Answer> (Col. Ruiz, Staff) It sails.` is read with its bracket
                    likely = [one for one in likely if read.get(one.line, 0) < one.content]
                found = {label.line: label for label in likely} | found
    others = [label for label in labels if label.place != "line" or label.line not in found]
    return sorted([*others, *found.values()])


def _read_line(text: str, lines: Sequence[Line], number: int) -> Iterator[tuple[str, Label]]:
    """Yield what the start of a line can be, with the style."""
    line = lines[number]
    opens = _opens_block(lines, number) and text[line.end - 1] not in ".,;"
    if opens and (match := _ALONE.match(text, line.start, line.end)) and (label := _label_of(text, match, number)):
        yield "alone", label
    for style, pattern in _STYLES.items():
        match = pattern.match(text, line.start, min(line.end, line.start + _REACH))
        if match and (label := _label_of(text, match, number)):
            yield style, label


def _opens_block(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line has a blank one above and none below."""
    is_first = number == 0 or lines[number].number > lines[number - 1].number + 1
    return is_first and number + 1 < len(lines) and lines[number + 1].number == lines[number].number + 1


def _label_of(text: str, match: re.Match[str], number: int) -> Label | None:
    start, end = match.span(1)
    whole = _BRACKET.sub("", text[start:end]).partition(",")[0]
    form = "".join(filter(str.isalnum, whole.casefold()))
    if not form or len(whole.split()) > _MAX_WORDS:
        return None
    return Label(match.start(), start, end, match.end(), number, Rank.SURE, form, "line", "style")


def _can_be(text: str, label: Label, count: int, style: str, lexicon: Lexicon) -> bool:
    """Tell whether words can be a label of a style, of which they are that often one."""
    whole = text[label.start : label.end]
    rank = rank_words(whole, lexicon)
    if style in {"angles", "brackets", "alone"}:
        return True
    if style in _CLEAR:
        return count > 1 or rank > Rank.NEVER
    return _is_name(text, whole, lexicon) and (count > 1 or rank >= Rank.LIKELY)


def _is_name(text: str, label: str, lexicon: Lexicon) -> bool:
    """Tell whether words can name who speaks: each has a capital, and the first is none the text has without."""
    words = [word.lower() for word in label.split()]
    if lexicon.has(words[0], "label"):
        return True
    if lexicon.has(words[0], "opener", "personal", "boundary", "preposition", "determiner"):
        return False
    is_word = not label.isupper() and f" {words[0]} " in text
    is_title = not label.endswith(".") and lexicon.has(words[0], "title", "honorific")  # but `H.E. I will.`
    if len(words) == 1 and (is_word or is_title):
        return False  # `Gen. Ruiz`, `Well – it sails`
    shown = _BRACKET.sub("", label).split()
    return "," not in shown[0] and all(
        not word[0].islower() or lexicon.has(word, "particle", "preposition") for word in shown
    )


def _is_talk(text: str, lines: Sequence[Line], labels: Sequence[Label], lexicon: Lexicon, *, is_clear: bool) -> bool:
    """Tell whether labels of one style are those of people who talk to each other."""
    forms = [label.form for label in labels]
    counts = Counter(forms)
    if sum(one != other for one, other in pairwise(forms)) < _LEAST - 1:
        return False
    returning = {form for form in forms if counts[form] > 1}
    is_again = len(returning) > 1 or (bool(returning) and (is_clear or max(counts.values()) >= _AGAIN))
    if not is_again or _SHARE * sum(form in returning for form in forms) < len(forms):
        return False
    bodies = [_first_words(text, lines, label) for label in labels]
    asking = sum("?" in body for body in bodies)
    return asking > 0 and 3 * sum("?" in body or is_personal(body, lexicon) for body in bodies) >= len(bodies)


def _first_words(text: str, lines: Sequence[Line], label: Label) -> str:
    """Return the first paragraph below a label."""
    line = lines[label.line]
    return text[label.content : (line if label.content < line.end else lines[label.line + 1]).end]


def read_dashed(text: str, lines: Sequence[Line], lexicon: Lexicon) -> list[list[Span]]:
    """Return the paragraphs of what two say in turn, if dashes alone set it off: `– Is it open?`, `– It is.`.

    What has no dash belongs to what is above it, but below the last dash nobody speaks.
    """
    opened = [(i, match.end()) for i, line in enumerate(lines) if (match := _DASHED.match(text, line.start, line.end))]
    if len(opened) < _LEAST:
        return []
    first = [text[start : lines[i].end] for i, start in opened]
    asking = ["?" in body[-_LAST:] for body in first]
    answered = sum(asks and not after for asks, after in pairwise(asking))
    if not asking[0] or answered < _AGAIN or answered < sum(asking) or sum(asking) * _SHARE < len(asking):
        return []
    if sum(asks or is_personal(body, lexicon) for asks, body in zip(asking, first, strict=True)) * 2 < len(first):
        return []
    stops = [*(i for i, _ in opened[1:]), opened[-1][0] + 1]
    return [
        [(start, lines[i].end), *((line.start, line.end) for line in lines[i + 1 : stop])]
        for (i, start), stop in zip(opened, stops, strict=True)
    ]


def read_asked(text: str, lines: Sequence[Line], lexicon: Lexicon) -> list[list[Span]]:
    """Return questions that bold type or numbers set off, each with the answer below it, if somebody answers.

    Below the first paragraph of the last answer nobody speaks, unless it goes on in the first person.
    """
    asked = [i for i, line in enumerate(lines) if _ASKED.fullmatch(text, line.start, line.end)]
    kinds = {text[lines[i].start].isdigit() for i in asked}
    if len(asked) < _AGAIN or len(kinds) > 1 or any(after == i + 1 for i, after in pairwise([*asked, len(lines)])):
        return []
    bodies = [text[lines[i].start : lines[i].end] for i in asked]
    answers = list(pairwise([*asked, len(lines)]))
    spoken = [_says_self(text[lines[i + 1].start : lines[stop - 1].end], lexicon) for i, stop in answers]
    if 2 * sum("?" in body[-_LAST:] for body in bodies) <= len(bodies) or sum(spoken) < _OWN:
        return []
    turns: list[list[Span]] = []
    for i, stop in answers:
        opens = _OPENS.match(text, lines[i].start, lines[i].end)
        end = lines[i].end - (2 if text[lines[i].start] == "*" else 0)
        told = list(lines[i + 1 : stop])
        while stop == len(lines) and len(told) > 1 and not _says_self(text[told[-1].start : told[-1].end], lexicon):
            told.pop()
        turns += [[(opens.end() if opens else lines[i].start, end)], [(line.start, line.end) for line in told]]
    return turns


def _says_self(body: str, lexicon: Lexicon) -> bool:
    """Tell whether somebody speaks of himself in a text, outside of quote marks: `I`, `we`."""
    words = _WORD.findall(_QUOTED.sub("", body))
    return any(lexicon.has(re.split("[’']", word.lower())[0], "first") for word in words)


def is_personal(body: str, lexicon: Lexicon) -> bool:
    """Tell whether something is said by someone to someone: it says `I`, `we`, `you`."""
    words = (word.lower().partition("’")[0].partition("'")[0] for word in _WORD.findall(body))
    return any(lexicon.has(word, "personal") for word in words)
