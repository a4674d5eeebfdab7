r"""Finds the turns of interviews and transcripts: who asks, who answers.

What can be a label (`tasks.quotes.labels`) is weighed over the whole document, by how labels follow each other and not
by what they are called: one that comes back with others between, one that faces a question, one whose person the head
of the document names. A list of facts (`Crew: 140`) has labels, but nothing that is spoken below them.

Order: the head → labels with words below them → is it a transcript → which labels open a turn → labels where lines were
joined → turns, each up to the next label or the foot of the document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from tasks.names import bare
from tasks.quotes.labels import Label, Rank, read_labels, words_of
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line
from tasks.quotes.mentions import Mention, split_name
from tasks.quotes.nameplates import is_generic, read_nameplate
from tasks.quotes.quotation import Quotation, Span
from tasks.quotes.styles import add_styled, is_personal, read_asked, read_dashed
from tasks.quotes.tokens import Kind

_CLOSED = re.compile(r"[.?!…:;,>–—-][\"”’'»)\]\s\\\U0001f300-\U0001faff]*$|[)\]]$")
_NOTE = re.compile(r"[(\[][^()\[\]]*[)\]][.,]?")
_LOWER = re.compile(r"\b[^\W\d_A-Z]\w*")
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_ASIDE = re.compile(r"<[a-z]+|\d{1,2}[:.]\d\d\s*[AaPp]\.?\s?[Mm]\b")
_MARKED = re.compile(r"[\"“«„‘](?:[^\"”»]*|.*[\"”»“’][.,]?(?:\s*\[.*\])?\\?)", re.S)
_BETWEEN: tuple[Kind, ...] = ("preposition", "determiner", "boundary", "particle", "owner")  # small words beside names
_LISTED = 3  # words of a name with an office, at least
_LAST = 320  # characters at the end of a turn, half of them blank at most, in which it asks
_MADE = re.compile(r"[^\W\d_a-z][a-z]+ed (?:by|on|in|at|from)\b")  # `Recorded on 5 May`
_BY = re.compile(r"\bby [^\W\d_a-z][\w’'-]+ [^\W\d_a-z][\w’'-]+")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_FULL_NAME = re.compile(r"\s*[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'.-]+){1,3}\.?\s*")
_PROSE = 8  # words, more of which in the last line above the first turn are prose
_LONG = 20  # words of a first line that is no headline though it ends in no mark
_SAMPLE = 4000  # characters in which someone says `I`
_HEADING = 9  # words, fewer of which and no mark at its end make a paragraph a heading
_FIRST_LINES = 3  # where one label in capitals is enough
_HEAD = 2000  # characters above the first label that name people


def find_turns(text: str, lines: Sequence[Line], title: str | None, lexicon: Lexicon) -> list[Quotation]:
    """Return the turns of a transcript, or nothing if the text is none.

    Args:
        text: The document.
        lines: Its paragraphs that are not blank.
        title: Its title, which names people as well.
        lexicon: The lexicon.
    """
    labels = add_styled(text, lines, _drop_articles(text, read_labels(text, lines, lexicon)), lexicon)
    script = _Script(text, lines, title or "", labels, lexicon)
    chosen = script.choose()
    if not chosen:
        dashed = read_dashed(text, lines, lexicon) or read_asked(text, lines, lexicon)
        return [Quotation("turn", tuple(spans), None, None, "turn") for spans in dashed]
    return list(_cut_turns(text, lines, chosen, lexicon))


def _drop_articles(text: str, labels: Sequence[Label]) -> list[Label]:
    """Leave out `A` without a colon unless it answers as often as `Q` asks: it is an article."""
    letters = Counter(text[label.start] for label in labels if label.shape == "letter")
    if letters["A"] * 2 > letters["Q"] > 0:
        return list(labels)
    return [label for label in labels if not (label.shape == "letter" and text[label.start] == "A")]


class _Script:
    """The labels of a document and what stands below them.

    `_labels` are those with speech below them; the others, with a fact, a headline or a quotation in marks below them,
    say nothing about the document, but are turns where it has turns.
    """

    def __init__(self, text: str, lines: Sequence[Line], title: str, labels: Sequence[Label], lexicon: Lexicon) -> None:
        self._text = text
        self._lines = lines
        self._lexicon = lexicon
        at_lines = [label for label in labels if label.place != "inside"]
        self._all = [
            one for one, after in zip(at_lines, [*at_lines, None][1:], strict=True) if not self._heads(one, after)
        ]
        forms = Counter(one.form for one in at_lines)
        self._all = [one for one in self._all if not self._lists(one) or (forms[one.form] > 1 and self._is_said(one))]
        self._inside = [label for label in labels if label.place == "inside"]
        stops = [*(label.start for label in self._all), len(text)][1:]
        self._stops = dict(zip(self._all, stops, strict=True))
        self._asks = {label: self._is_question(label) for label in self._all}
        self._labels = [label for label in self._all if self._is_speech(label)]
        self._is_lone = len(self._labels) == 1
        self._people = {word for label in self._labels if label.rank is Rank.SURE for word in self._name_of(label)}
        first = self._labels[0].start if self._labels else 0
        self._head = f" {_fold(title)} {_fold(text[max(0, first - _HEAD) : first])} "
        self._is_bold = any(
            label.rank is Rank.SURE and self._is_capital(label) and label.end - label.start > 1
            for label in self._labels
        )

    def _is_capital(self, label: Label) -> bool:
        return self._text[label.start : label.end].isupper()

    def _is_question(self, label: Label) -> bool:
        """Tell whether what stands below a label ends in a question, or a request to comment."""
        stop = self._stops[label]
        last = self._text[max(label.content, stop - _LAST) : stop].rstrip()[-_LAST // 2 :].lower()
        return "?" in last or any(request in last for request in self._lexicon.forms("request"))

    def _heads(self, label: Label, following: Label | None) -> bool:
        """Tell a headline and a line such as `Presenter: Ana Ruiz` above the text from a turn."""
        body = self._text[label.content : self._lines[label.line].end].strip()
        is_short = bool(body) and len(body.split(None, _LONG)) <= _LONG and not _CLOSED.search(body)
        is_answered = following is not None and following.line == label.line + 1
        return is_short and not is_answered and label.line < (1 if self._is_capital(label) else _FIRST_LINES)

    def _lists(self, label: Label) -> bool:
        """Tell a line that says who is there from a turn: `Witness: Admiral Ana Ruiz, Chief of the Harbour Staff`."""
        body = self._first_words(label)
        words = _WORD.findall(body)
        if self._is_capital(label) and label.rank is Rank.SURE and self._is_sentence(body):
            return False  # `COMMANDER: In 2024, at Harbour Town.`
        small = (word for word in words if not (word[0].isupper() or word[0].isdigit()))
        return (
            len(words) >= _LISTED
            and body[-1] not in ",!?"
            and all(self._lexicon.has(w, "title", *_BETWEEN) for w in small)
        )

    def _is_said(self, label: Label) -> bool:
        """Tell a turn from a line that says who a label is: `CSH: Gen. Ana Ruiz, Chief of Staff, Harbour Corps`."""
        body = self._first_words(label)
        return body[-1:] in ".…)]" or not _names_someone(body, self._lexicon)

    def _is_sentence(self, body: str) -> bool:
        """Tell an answer from a name with an office: it opens with a small word and names nobody."""
        first = body.partition(" ")[0].lower()
        is_open = self._lexicon.has(first, "preposition", "determiner")
        return is_open and body.endswith(".") and not _names_someone(body, self._lexicon)

    def _is_speech(self, label: Label) -> bool:
        """Tell what is spoken from a fact, as in `Crew: 140`, and a quotation in marks."""
        body = self._first_words(label)
        return not self._is_marked(label) and bool(_CLOSED.search(body) or (body and label.rank is Rank.SURE))

    def _is_marked(self, label: Label) -> bool:
        """Tell whether a paragraph in quote marks stands below a label."""
        return bool(_MARKED.fullmatch(self._first_words(label))) and not is_generic(
            self._text[label.start : label.end], self._lexicon
        )

    def _first_words(self, label: Label) -> str:
        """Return the first paragraph below a label."""
        body = self._text[label.content : self._lines[label.line].end].strip()
        if not body and label.line + 1 < len(self._lines):
            below = self._lines[label.line + 1]
            body = self._text[below.start : below.end]
        return body

    def _name_of(self, label: Label) -> set[str]:
        """Return the words of the name in a label, in small letters."""
        words = words_of(self._text[label.start : label.end])
        return {word.casefold() for word in words[split_name(words, self._lexicon).name_start :] if len(word) > 2}

    @cached_property
    def _small(self) -> frozenset[str]:
        """The words that the document writes in small letters: none of them is a name."""
        return frozenset(_LOWER.findall(self._text))

    def _is_named_above(self, label: Label) -> bool:
        """Tell whether the head names the person of a label."""
        words = words_of(self._text[label.start : label.end])
        name = words[split_name(words, self._lexicon).name_start :] or words
        return f" {_fold(' '.join(name))} " in self._head

    def _may_be_name(self, label: Label) -> bool:
        words = words_of(self._text[label.start : label.end])
        is_place = " ".join(words) in self._lexicon.places
        return not is_place and not all(word.lower() in self._small for word in words)

    def _faces(self, label: Label, other: Label) -> bool:
        """Tell whether a label asks and the one after it answers."""
        return label.form != other.form and self._asks[label] and not self._asks[other]

    def _is_anchor(self, label: Label) -> bool:
        """Tell whether a label alone makes a transcript: by its words, or in capitals at the head of the document."""
        is_one_of_many = not self._is_lone and is_generic(self._text[label.start : label.end], self._lexicon)
        if not self._is_dialogue and not is_one_of_many and not self._is_personal(label):
            return False
        is_first = label.line <= _FIRST_LINES and label.rank is Rank.LIKELY and label.end - label.start > 2
        is_bold = is_first and self._is_capital(label) and (self._is_lone or self._is_dialogue)
        return label.rank is Rank.SURE or is_bold

    def _is_personal(self, label: Label) -> bool:
        """Tell whether what stands below a label is said by someone to someone: it asks, or says `I`, `we`, `you`."""
        body = self._text[label.content : min(self._stops[label], label.content + _SAMPLE)]
        return "?" in body or is_personal(body, self._lexicon)

    @cached_property
    def _is_dialogue(self) -> bool:
        """Tell whether labels follow each other as people do who talk: one comes back, or answers."""
        return bool(self._returning) or any(map(self._faces, self._labels, self._labels[1:]))

    @cached_property
    def _has_speakers(self) -> bool:
        """Tell whether two labels at least are sure by their words, and one has someone speak."""
        sure = [label for label in self._labels if label.rank is Rank.SURE]
        return len(sure) > 1 and any(map(self._is_anchor, sure))

    @cached_property
    def _returning(self) -> frozenset[str]:
        """The forms that come back: after another, or if the head names the person."""
        found: set[str] = set()
        seen: set[str] = set()
        last = ""
        for label in self._labels:
            if label.form in seen and (label.form != last or self._is_named_above(label)):
                found.add(label.form)
            seen.add(label.form)
            last = label.form
        return frozenset(found)

    def _is_transcript(self) -> bool:
        """Tell whether the labels are those of speakers."""
        labels = self._labels
        if any(label.shape == "style" for label in self._all) or any(map(self._is_anchor, labels)):
            return True
        if any(label.form in self._returning and label.rank is Rank.LIKELY for label in labels):
            return True
        if self._returning and any(self._asks[label] for label in labels):
            return True
        return any(
            self._faces(asking, answering) and (answering.rank is Rank.LIKELY or self._is_named_above(answering))
            for asking, answering in pairwise(labels)
        )

    def choose(self) -> list[Label]:
        """Return the labels that open turns, in order; none if the document is no transcript."""
        speech = set(self._labels)
        marked = sum(self._is_marked(label) for label in self._all)
        if marked > len(speech) or not self._is_transcript():
            return []
        firm = [label for label in self._all if self._is_firm(label, label in speech)]
        starts = [label.start for label in firm]
        chosen: list[Label] = []
        for label in self._all:
            at = bisect_left(starts, label.start)
            following = firm[at] if at < len(firm) else None
            before = chosen[-1] if chosen else None
            if following is label or (label in speech and self._fits(label, before, following)):
                chosen.append(label)
        forms = {label.form for label in chosen}
        has_letters = any(_is_letter(label) and label.shape == "colon" for label in chosen)
        inside = (label for label in self._inside if label.form in forms or (has_letters and _is_letter(label)))
        return sorted([*chosen, *(label for label in inside if not self._presents(label))])

    def _presents(self, label: Label) -> bool:
        """Tell a label that is said to be somebody from one that opens a turn: `Moderator: Ana Ruiz`."""
        return bool(_FULL_NAME.fullmatch(self._text, label.content, self._lines[label.line].end))

    def _is_firm(self, label: Label, is_speech: bool) -> bool:
        """Tell whether a label opens a turn whatever stands around it."""
        if label.form in self._returning or label.shape == "style":
            return True
        if is_speech and (self._is_anchor(label) or self._is_named_above(label) or self._is_known(label)):
            return True
        if label.rank is not Rank.LIKELY or not (self._is_dialogue or (self._is_bold and self._has_speakers)):
            return False
        return self._is_capital(label) if self._is_bold else is_speech

    def _is_known(self, label: Label) -> bool:
        """Tell whether another label has the name with its title."""
        words = words_of(self._text[label.start : label.end])
        return words[-1].casefold() in self._people and label.rank >= Rank.POSSIBLE

    def _fits(self, label: Label, before: Label | None, after: Label | None) -> bool:
        """Tell whether a label that may be one speaks between two that are."""
        if not self._is_dialogue:
            return False
        is_between = after and (self._faces(label, after) or (before and before.form == after.form))
        is_answer = before and self._faces(before, label)
        is_at_edge = not self._is_bold and (before is None or after is None)
        return bool(is_between or is_answer or is_at_edge) and self._may_be_name(label)


def _is_letter(label: Label) -> bool:
    """Tell whether a label is `Q` or `A`, with or without a number."""
    return label.form.rstrip("0123456789") in {"q", "a"}


def _fold(text: str) -> str:
    return " ".join(word.casefold().rstrip(".") for word in map(bare, _WORD.findall(text)))


def _cut_turns(text: str, lines: Sequence[Line], labels: Sequence[Label], lexicon: Lexicon) -> list[Quotation]:
    """Return the turns that labels open."""
    turns: list[Quotation] = []
    is_framed = bool(labels) and _is_framed(text, lines[: labels[0].line])
    long = 0  # turns of more than a paragraph
    for label, following in zip(labels, [*labels, None][1:], strict=True):
        segments = _read_segments(text, lines, label, following, lexicon)
        if not following and len(labels) > 2:
            are_short = 2 * long < len(turns)
            while len(segments) > 1:
                body = text[slice(*segments[-1])]
                is_foot = are_short and (is_framed or _names_someone(body, lexicon))
                if not _is_told(body, not long, is_foot, lexicon):
                    break
                segments.pop()
        long += len(segments) > 1
        if segments:
            turns.append(Quotation("turn", tuple(segments), None, _label_mention(text, label, lexicon), "turn"))
    return turns


def _read_segments(
    text: str, lines: Sequence[Line], label: Label, following: Label | None, lexicon: Lexicon
) -> list[Span]:
    """Return the paragraphs of a turn, without the foot of the document and notes on the scene after the last."""
    segments: list[Span] = []
    stop = following.line + (following.outer > lines[following.line].start) if following else len(lines)
    for i in range(label.line, stop):
        start = label.content if i == label.line else lines[i].start
        end = min(lines[i].end, following.outer) if following else lines[i].end
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start >= end:
            continue
        if i > label.line:
            if lines[i].is_parted:
                break
            if _ASIDE.match(text, start):
                continue
            if not following and _closes(text, start, end, text[label.start : label.end], lexicon):
                break
        segments.append((start, end))
    while len(segments) > 1 and (_NOTE.fullmatch(text, *segments[-1]) or _is_heading(text[slice(*segments[-1])])):
        segments.pop()
    return segments


def _is_heading(body: str) -> bool:
    """Tell whether the last paragraph of a turn heads what follows, or parts it from that: `2. Fishing`, `* * *`."""
    is_short = len(body.split(None, _HEADING)) < _HEADING and not _CLOSED.search(body)
    return is_short or not any(map(str.isalnum, body))


def _closes(text: str, start: int, end: int, label: str, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph is no longer spoken: it names the speaker, and is said to nobody."""
    body = text[start:end]
    plate = read_nameplate(label, lexicon)
    if plate.name is None:
        is_named = " " in label and body.lower().startswith(label.lower())
    else:
        surname = plate.name.split()[-1].casefold()
        is_named = any(word[0].isupper() and bare(word).casefold() == surname for word in _WORD.findall(body))
    return is_named and not is_personal(body, lexicon)


def _is_framed(text: str, lines: Sequence[Line]) -> bool:
    """Tell whether prose stands above the first turn: what follows the last one can be prose again."""
    bodies = (text[line.start : line.end].rstrip() for line in lines[-1:])
    return any(len(body.split(None, _PROSE)) > _PROSE and body[-1] in ".:" for body in bodies)


def _names_someone(body: str, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph names people with their titles, says by whom something is, or lists who was there."""
    words = body.split()
    is_titled = any(
        lexicon.has(title.lower(), "title") and title[0].isupper() and name[0].isupper()
        for title, name in pairwise(words)
    )
    first, colon, _ = body.partition(":")
    return is_titled or bool(_BY.search(body)) or bool(colon and lexicon.has(first.lower(), "nolabel"))


def _is_told(body: str, are_single: bool, is_foot: bool, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph below the last turn is no longer spoken.

    Args:
        body: The paragraph.
        are_single: Whether all turns before have one paragraph.
        is_foot: Whether it can be the foot of the document, if it is said to nobody.
        lexicon: The lexicon.
    """
    if are_single and _is_narrated(body, lexicon):
        return True
    return (is_foot or bool(_MADE.match(body))) and not is_personal(_QUOTED.sub("", body), lexicon)


def _is_narrated(body: str, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph reports what somebody said, to nobody: `The Ministry furthermore stressed that`."""
    words = [word.lower() for word in _WORD.findall(body)]
    is_report = any(
        lexicon.has(word, "cue") and (word.endswith("ed") or word == "said") and not lexicon.has(before, "passive")
        for before, word in pairwise(words)
    )
    return is_report and not is_personal(body, lexicon)


def _label_mention(text: str, label: Label, lexicon: Lexicon) -> Mention:
    words = [(m.start() + label.start, m.end() + label.start) for m in _WORD.finditer(text[label.start : label.end])]
    forms = [bare(text[s:e]) for s, e in words]
    part = split_name(forms, lexicon)
    title = " ".join(w for w in forms[part.title_start : part.name_start] if not lexicon.has(w.lower(), "honorific"))
    return Mention(label.start, label.end, text[label.start : label.end], "label", label.start, title or None)
