r"""Finds statements: paragraphs of speech without marks below a lead-in or a heading that says whose they are.

Order: a heading (`Statement by Minister Ruiz`) → lead-ins, each with the paragraphs below it. A statement ends for
certain at another lead-in, at marked speech, at notes to editors and the like, at a heading, at a line that only says
who spoke, and where its speaker is named. Up to there it goes on as long as it speaks in the first or second person;
after that, up to the first paragraph that reads as narration. A text that is announced as a whole at the start of a
document, or that narrates from its first paragraph, is taken whole. Where the page sets the paragraphs below a lead-in
off as a block, the block is the statement; one without a lead-in is a statement if a line at its end says whose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tasks.quotes.attribution import attribute_trailing
from tasks.quotes.direct import cue_span
from tasks.quotes.leads import Lead, read_lead
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line
from tasks.quotes.mentions import Mention
from tasks.quotes.quotation import Quotation, Span
from tasks.quotes.speakers import subject_after, subject_before
from tasks.quotes.tokens import Token
from tasks.quotes.units import Unit, find_cues

_BULLET = re.compile(r"[^\w\"“”‘’'«»„(\[$£€#@+]+")
_HEADING_WORDS = 16
_STOPS = frozenset('.:!?,;…"”’»')
_FIRST_LINES = 6  # among which a heading stands that says whose the document is, and a lead-in to all of it
_OWN = 5  # tokens before which `Statement` stands in a heading
_GAP = 3  # tokens between `Statement` and `by`
_INTERLUDE = 2  # paragraphs of narration inside a statement in the first person
_OFFICE = 8  # tokens before the name in a heading
_NOTE = 40  # characters of a line that `Background` or `Ends` may start


class _Paragraph(NamedTuple):
    """A line, the units in it, and what is known of it."""

    line: Line
    body: str
    units: Sequence[Unit]


def find_statements(
    text: str, units: Sequence[Unit], lines: Sequence[Line], lexicon: Lexicon, blocks: Sequence[Span] = ()
) -> list[Quotation]:
    """Return the statements that lead-ins and headings open.

    Args:
        text: The document.
        units: Its units.
        lines: Its paragraphs that are not blank.
        lexicon: The lexicon.
        blocks: What the page sets off as block quotations, in order.
    """
    by_number: dict[int, list[Unit]] = {}
    for unit in units:
        by_number.setdefault(unit.paragraph, []).append(unit)
    paragraphs = [_Paragraph(line, text[line.start : line.end], by_number.get(line.number, [])) for line in lines]
    leads = {
        i: (unit, lead)
        for i, paragraph in enumerate(paragraphs)
        for unit in paragraph.units
        if (lead := read_lead(unit.tokens, lexicon)) and _opens_speech(unit.tokens[lead.colon + 1 :])
    }
    starts = [line.start for line in lines]
    ends = {bisect_left(starts, start): bisect_left(starts, end) for start, end in blocks}
    found: list[Quotation] = []
    done = -1
    headed = _read_headed(paragraphs, leads, lexicon)
    if headed:
        found.append(headed)
        done = next(i for i, line in enumerate(lines) if line.end >= headed.end)
    for i, (unit, lead) in leads.items():
        if i > done:
            block = ends.pop(i + 1, None)
            statement, done = _read_led(paragraphs, i, unit, lead, leads, block, lexicon)
            if statement:
                found.append(statement)
    taken = {start for quotation in found for start, _ in quotation.segments}
    for first, end in ends.items():
        if first < end and not taken.intersection(starts[first:end]):
            found += _read_block(paragraphs, first, end, lexicon)
    return found


def _read_led(
    paragraphs: Sequence[_Paragraph],
    at: int,
    unit: Unit,
    lead: Lead,
    leads: Mapping[int, object],
    block: int | None,
    lexicon: Lexicon,
) -> tuple[Quotation | None, int]:
    """Read the statement below a lead-in; return it and the number of its last paragraph.

    `block` is the paragraph after the block that the page sets off there.
    """
    inside = unit.tokens[lead.colon + 1 :]
    source = lead.attribution.source
    if any(t.form == "q" for t in inside):
        return None, at
    named = _pattern_of(source, lexicon) if source else None
    end = at + 1
    while end < len(paragraphs) and end not in leads and not _ends(paragraphs, end, named, lexicon):
        end += 1
    if block is not None and end > at + 1:
        end = block - bool(_read_trailing(paragraphs[block - 1], lexicon))
    body = paragraphs[at + 1 : end]
    is_at_head = at <= _FIRST_LINES and all(_is_heading(p.body) for p in paragraphs[:at])
    is_whole = block is not None or (lead.announces and is_at_head)
    taken = _count_spoken(body, is_whole, bool(inside), lexicon)
    segments: list[Span] = [(inside[0].start, paragraphs[at].line.end)] if inside else []
    segments += [_span(paragraph) for paragraph in body[:taken]]
    if not segments:
        return None, at
    last = at + taken
    trailing = _read_trailing(paragraphs[last + 1], lexicon) if last + 1 < len(paragraphs) else None
    if trailing and (not source or source.kind == "pronoun"):
        source = trailing
    cue = cue_span(unit.tokens, lead.attribution.cue)
    return Quotation("statement", tuple(segments), cue, source, "statement"), last + bool(trailing)


def _read_block(paragraphs: Sequence[_Paragraph], first: int, end: int, lexicon: Lexicon) -> list[Quotation]:
    """Read a block without marks that its last line, or the line below it, says the speaker of."""
    inside = _read_trailing(paragraphs[end - 1], lexicon)
    source = inside or (_read_trailing(paragraphs[end], lexicon) if end < len(paragraphs) else None)
    body = paragraphs[first : end - bool(inside)]
    if not source or not body or any(t.form == "q" for p in body for u in p.units for t in u.tokens):
        return []
    return [Quotation("statement", tuple(map(_span, body)), None, source, "statement-block")]


def _opens_speech(inside: Sequence[Token]) -> bool:
    """Tell a colon before speech, by what stands behind it in its sentence, from one in the midst of a clause."""
    return not inside or not inside[0].text[0].islower()


def _count_spoken(body: Sequence[_Paragraph], is_whole: bool, is_inline: bool, lexicon: Lexicon) -> int:
    """Return how many of the paragraphs below a lead-in belong to its statement.

    Args:
        body: The paragraphs up to the first that certainly does not.
        is_whole: All of them are announced.
        is_inline: The statement starts on the line of its lead-in.
        lexicon: The lexicon.
    """
    voices = [_has_voice(paragraph) for paragraph in body]
    reports = [not voice and _reports(p, lexicon) for p, voice in zip(body, voices, strict=True)]
    narrates = [not voice and _narrates(p) for p, voice in zip(body, voices, strict=True)]
    if is_whole or (not is_inline and body and narrates[0] and not any(voices)):
        return len(body)
    count, interlude = 0, 0
    for i, voice in enumerate(voices):
        interlude = interlude + 1 if narrates[i] and i else 0
        if interlude > _INTERLUDE or (reports[i] and i):
            break
        if voice:
            count = i + 1
    if is_inline:
        return count
    count = max(count, min(1, len(body)))
    while count < len(body) and not narrates[count] and not reports[count]:
        count += 1
    return count


def _read_headed(paragraphs: Sequence[_Paragraph], leads: Mapping[int, object], lexicon: Lexicon) -> Quotation | None:
    """Read `Statement by Minister Ana Ruiz on the Harbour` above a text that is hers.

    Such a text speaks in the first person, or the heading names who speaks for an institution.
    """
    for at, paragraph in enumerate(paragraphs[:_FIRST_LINES]):
        if at in leads:
            return None
        tokens = paragraph.units[0].tokens if paragraph.units else ()
        own = next((i for i, t in enumerate(tokens[:_OWN]) if t.has("own")), None)
        if own is None or paragraph.body[-1] in ".?!" or any(t.has("joint") for t in tokens[:own]):
            continue
        by = next((i for i in range(own + 1, min(own + 1 + _GAP, len(tokens))) if _opens_name(tokens, i)), None)
        if by is None:
            continue
        first = at + 1
        if by + 1 == len(tokens) and first < len(paragraphs) and paragraphs[first].units:
            named = subject_after(paragraphs[first].units[0].tokens, 0, lexicon)  # `STATEMENT BY` alone on its line
            first += 1
        else:
            named = _named_after(tokens, by + 1, lexicon)
        while first < len(paragraphs) and _is_heading(paragraphs[first].body):
            first += 1
        if not named or named[0].kind not in {"name", "role", "institution"} or first in leads:
            return None
        end = first
        while end < len(paragraphs) and not _is_note(paragraphs[end].body, lexicon) and end not in leads:
            if paragraphs[end].line.is_parted and end > first:
                break
            end += 1
        while end > first and _is_heading(paragraphs[end - 1].body):
            end -= 1
        body = paragraphs[first:end]
        if not any(t.has("first") for p in body for u in p.units for t in u.tokens):
            speaks_for = named[0].kind == "institution" or any(t.has("mouthpiece") for t in tokens)
            reported = next((i for i, p in enumerate(body) if _reports(p, lexicon)), len(body))
            body = body[:reported] if speaks_for else []
        if not body or any(t.form == "q" for p in body for u in p.units for t in u.tokens):
            return None
        cue = (tokens[own].start, tokens[own].end)
        return Quotation("statement", tuple(map(_span, body)), cue, named[0], "statement-headed")
    return None


def _named_after(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Mention, int] | None:
    """Return who stands in a heading: the name behind `Harbour Office spokesperson`, where one stands there."""
    for i in range(at, min(at + _OFFICE, len(tokens) - 1)):
        if tokens[i].has("mouthpiece"):
            named = subject_after(tokens, i + 2 if tokens[i + 1].text == "," else i + 1, lexicon)
            if named and named[0].kind == "name":
                return named
    return subject_after(tokens, at, lexicon)


def _opens_name(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].has("by") or (tokens[at].lower == "to" and tokens[at - 1].has("attributed"))


def _span(paragraph: _Paragraph) -> Span:
    """Return the span of a paragraph without the mark of a list."""
    bullet = _BULLET.match(paragraph.body)
    return paragraph.line.start + (bullet.end() if bullet else 0), paragraph.line.end


def _pattern_of(source: Mention, lexicon: Lexicon) -> re.Pattern[str] | None:
    """Return what finds a speaker in the paragraphs below: the last word of a name, an office."""
    words = source.text.split()
    if source.kind == "role" and len(words) > 1 and lexicon.has(words[0].lower(), "determiner"):
        words = words[1:]
    if source.kind not in {"name", "role"}:
        return None
    name = words[-1] if source.kind == "name" else " ".join(words)
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def _ends(paragraphs: Sequence[_Paragraph], at: int, named: re.Pattern[str] | None, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph is certainly past the statement."""
    paragraph = paragraphs[at]
    if paragraph.line.is_parted:
        return True
    tokens = [token for unit in paragraph.units for token in unit.tokens]
    if not tokens or tokens[0].form == "q" or _is_note(paragraph.body, lexicon) or _read_trailing(paragraph, lexicon):
        return True
    if named and named.search(paragraph.body):
        return True
    if any(t.form == "q" for t in tokens) and any(t.has("cue") for t in tokens):
        return True
    is_listed = paragraphs[at - 1].body.endswith(":") or _BULLET.match(paragraph.body)
    return not is_listed and _is_heading(paragraph.body)


def _is_heading(body: str) -> bool:
    return body[-1] not in _STOPS and body.count(" ") < _HEADING_WORDS


def _is_note(body: str, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph opens what a release has at its end, such as notes to editors."""
    bullet = _BULLET.match(body)
    lower = body[bullet.end() if bullet else 0 :].lstrip("(").lower()
    for ending in lexicon.forms("end"):
        if lower.startswith(ending):
            after = lower[len(ending) : len(ending) + 1]
            if not after.isalnum() and (" " in ending or len(body) < _NOTE or after in {":", "."}):
                return True
    return False


def _read_trailing(paragraph: _Paragraph, lexicon: Lexicon) -> Mention | None:
    return attribute_trailing(paragraph.units[0].tokens, lexicon) if paragraph.units else None


def _has_voice(paragraph: _Paragraph) -> bool:
    """Tell whether a paragraph speaks in the first or second person, or says what must be, outside quote marks."""
    return any(
        token.has("voice") and (not token.text.isupper() or (token.text == "I" and not unit.tokens[i - 1].is_capital))
        for unit in paragraph.units
        for i, token in enumerate(unit.tokens)
    )


def _narrates(paragraph: _Paragraph) -> bool:
    """Tell whether a paragraph ends in the past: speech about the past comes back to what is, or is to be."""
    return bool(paragraph.units) and _is_past(paragraph.units[-1].tokens)


def _is_past(tokens: Sequence[Token]) -> bool:
    """Tell whether the first finite verb is in the past: `they sailed`, not `the ships based here will sail`."""
    is_past = False
    for i, token in enumerate(tokens):
        if token.form != "w" or token.is_capital:
            continue
        if token.has("narrative", "past"):
            return True
        if token.has("auxiliary"):
            return False
        is_verb = i > 0 and tokens[i - 1].form == "w" and not tokens[i - 1].has("determiner", "preposition", "boundary")
        is_past = is_past or (is_verb and token.lower.endswith("ed") and "-" not in token.text)
    return is_past


def _reports(paragraph: _Paragraph, lexicon: Lexicon) -> bool:
    """Tell whether a paragraph gives the words of somebody in the third person."""
    for unit in paragraph.units:
        for cue in find_cues(unit.tokens, lexicon):
            subject = subject_before(unit.tokens, cue.first, lexicon) if not cue.is_passive else None
            if "source" in cue.cue.frames or (subject and subject[0].kind in {"name", "role", "pronoun", "group"}):
                return True
    return False
