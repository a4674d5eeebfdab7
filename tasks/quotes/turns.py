r"""Finds the turns of interviews and transcripts by their labels: `Q:`, `GEN. RYDER:`, `Tan Kefei:`, `Q ` and the like.

A label stands at the start of a line. Many lines start with words and a colon, so the labels of a document are weighed
together: one in capitals or of a known kind, or one that comes back, makes it a transcript.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tasks.names import bare
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, split_name
from tasks.quotes.quotation import Quotation

_LABEL = re.compile(r"[^\S\n]*([^\W\d_][^:\n.?!\"“”]{0,110}(?:\.[^:\n.?!\"“”]{1,60}){0,4}?)[^\S\n]*:(?!//)")
_BARE = re.compile(r"[^\S\n]*([QA])\.?(?:[^\S\n]+(?=\S)|[^\S\n]*\n)")
_NOTE = re.compile(r"\s*\([^()]*\)\s*$")
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_MAX_WORDS = 14
_FIRST_LINES = 3  # where one label in capitals is enough
_END = re.compile(r"END\b|\\?###|\* \* \*")
_ASIDE = re.compile(r"See also\b|<[a-z]+|\d{1,2}[:.]\d\d\s*[AaPp]\.?\s?[Mm]\b")


class Line(NamedTuple):
    """A paragraph without blanks at its edges."""

    start: int
    end: int
    number: int


class _Label(NamedTuple):
    start: int
    end: int
    content: int
    line: int
    strength: int  # 2: makes a transcript by itself, 1: if it comes back or others do, 0: never


def read_lines(text: str) -> list[Line]:
    r"""Return the paragraphs of a text that are not blank.

    Example:
        >>> read_lines("a\n\n b ")
        [Line(start=0, end=1, number=0), Line(start=4, end=5, number=2)]
    """
    lines: list[Line] = []
    at = 0
    for number, raw in enumerate(text.split("\n")):
        body = raw.strip()
        if body:
            start = at + raw.index(body[0]) if not raw[0].strip() else at
            lines.append(Line(start, start + len(body), number))
        at += len(raw) + 1
    return lines


def _weigh(label: str, lexicon: Lexicon) -> int:
    """Return how surely a line's opening words are the label of a turn."""
    words = _WORD.findall(label)
    lower = label.lower().strip()
    first = lower.split(" ", 1)[0] if lower else ""
    if not words or len(words) > _MAX_WORDS or lexicon.has(lower, "nolabel") or lexicon.has(first, "nolabel"):
        return 0
    if lexicon.has(lower, "label"):
        return 2
    if not label.isupper() and lexicon.has(first, "preposition", "boundary", "opener"):
        return 0
    if any(lexicon.has(word, "cue") for word in lower.split()):
        return 0  # `Mr Tan said:` leads into a statement
    if "," in label and not label.isupper() and not lexicon.has(words[0].lower(), "title"):
        return 0
    small = [
        w
        for w in words
        if w[0].islower() and not lexicon.has(w, "preposition", "title", "determiner", "particle") and w != "and"
    ]
    has_title = any(lexicon.has(w.lower(), "title", "honorific") for w in words)
    if label.isupper():
        is_phrase = len(words) > 3 or any(lexicon.has(w.lower(), "boundary", "preposition") for w in words)
        return 2 if has_title else int(not is_phrase and not words[0].endswith("ING"))
    if len(small) > 1 or (small and not has_title):
        return 0
    if any(lexicon.has(w.lower(), "boundary") and w != "and" for w in words):
        return 0
    part = split_name(words, lexicon)
    if has_title and part.name_start < len(words):
        return 2 if len(words) - part.name_start >= 2 else 1
    return 1 if 1 < len(words) <= 4 and not small else 0


def _read_labels(text: str, lines: Sequence[Line], lexicon: Lexicon) -> Iterator[_Label]:
    for i, line in enumerate(lines):
        match = _BARE.match(text, line.start, min(line.end + 1, line.start + 200))
        if match:
            yield _Label(match.start(1), match.end(1), match.end(), i, 2 if match.group(1) == "Q" else 1)
            continue
        match = _LABEL.match(text, line.start, min(line.end, line.start + 200))
        if not match or text[match.end(1) - 1 : match.end() + 1].replace(":", "").isdigit():  # `END 3:10 P.M.`
            continue
        start, end = match.span(1)
        note = _NOTE.search(text[start:end])
        if note:
            end = start + note.start()
        strength = _weigh(text[start:end], lexicon)
        if strength == 1 and i <= _FIRST_LINES and text[start:end].isupper() and end - start > 2:
            strength = 2
        if strength:
            yield _Label(start, end, match.end(), i, strength)


def _label_mention(text: str, label: _Label, lexicon: Lexicon) -> Mention:
    words = [(m.start() + label.start, m.end() + label.start) for m in _WORD.finditer(text[label.start : label.end])]
    forms = [bare(text[s:e]) for s, e in words]
    part = split_name(forms, lexicon)
    title = " ".join(w for w in forms[part.title_start : part.name_start] if not lexicon.has(w.lower(), "honorific"))
    return Mention(label.start, label.end, text[label.start : label.end], "label", label.start, title or None)


def find_turns(text: str, lines: Sequence[Line], lexicon: Lexicon) -> list[Quotation]:
    """Return the turns of a transcript, or nothing if the text is none."""
    labels = list(_read_labels(text, lines, lexicon))
    bare_labels = Counter(text[label.start] for label in labels if _is_bare(label))
    if bare_labels["A"] * 2 <= bare_labels["Q"] or not bare_labels["Q"]:  # where answers have labels, so have as many
        labels = [label for label in labels if not (_is_bare(label) and text[label.start] == "A")]  # `A` is an article
    counts = Counter(text[label.start : label.end].lower() for label in labels)
    strong = {text[label.start : label.end].lower() for label in labels if label.strength == 2}
    again = {form for form, count in counts.items() if count > 1}
    if not strong and len(again) < 1:
        return []
    names = {form.split()[-1] for form in strong}
    bold = any(text[label.start : label.end].isupper() for label in labels if label.strength == 2)
    labels = [
        label
        for label in labels
        if (form := text[label.start : label.end].lower()) in strong
        or form in again
        or form.split()[-1] in names
        or (bold and text[label.start : label.end].isupper())
    ]
    turns: list[Quotation] = []
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        stop = following.line if following else len(lines)
        segments: list[tuple[int, int]] = []
        for i in range(label.line, stop):
            start = label.content if i == label.line else lines[i].start
            while start < lines[i].end and text[start].isspace():
                start += 1
            if start >= lines[i].end:
                continue
            if i > label.line and _END.match(text, start):
                break
            if i > label.line and _ASIDE.match(text, start):
                continue
            segments.append((start, lines[i].end))
        if segments:
            turns.append(Quotation("turn", tuple(segments), None, _label_mention(text, label, lexicon), "turn"))
    return turns


def _is_bare(label: _Label) -> bool:
    return label.end - label.start == 1
