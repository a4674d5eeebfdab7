r"""Finds statements: a lead-in with a cue and a colon, or a heading, before paragraphs of speech without marks."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.quotes.attribution import attribute_before
from tasks.quotes.direct import cue_span
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line
from tasks.quotes.quotation import Quotation, Span
from tasks.quotes.speakers import subject_after
from tasks.quotes.units import Unit, find_cues

_BULLET = " \t-–—•*·"


def find_statements(text: str, units: Sequence[Unit], lines: Sequence[Line], lexicon: Lexicon) -> list[Quotation]:
    """Return the statements that lead-ins open.

    Args:
        text: The document.
        units: Its units.
        lines: Its paragraphs that are not blank.
        lexicon: The lexicon.
    """
    headed = _read_headed(text, units, lines, lexicon)
    if headed:
        return [headed]
    by_number = {line.number: i for i, line in enumerate(lines)}
    found: list[Quotation] = []
    done = -1
    for unit in units:
        colon = next((i for i, t in enumerate(unit.tokens[:60]) if t.text == ":"), None)
        line = by_number.get(unit.paragraph)
        if colon is None or line is None or line <= done or unit.start < done:
            continue
        lead = unit.tokens[: colon + 1]
        cues = [cue for cue in find_cues(lead, lexicon) if "quote" in cue.cue.frames]
        attribution = attribute_before(lead, len(lead), cues, lexicon) if cues else None
        if not attribution:
            continue
        inside = unit.tokens[colon + 1 :]
        if any(token.form == "q" for token in inside):
            continue
        segments: list[Span] = []
        if inside:
            segments.append((inside[0].start, lines[line].end))
        names = [] if not attribution.source else _last_words(attribution.source.text, attribution.source.kind)
        for i in range(line + 1, len(lines)):
            body = text[lines[i].start : lines[i].end]
            if _ends(body, names, lexicon):
                break
            start = lines[i].start + len(body) - len(body.lstrip(_BULLET))
            segments.append((start, lines[i].end))
            done = i
        if segments:
            cue = cue_span(lead, attribution.cue)
            found.append(Quotation("statement", tuple(segments), cue, attribution.source, "statement"))
    return found


def _read_headed(text: str, units: Sequence[Unit], lines: Sequence[Line], lexicon: Lexicon) -> Quotation | None:
    """Read `Statement by Minister Ana Ruiz on the Harbour` above a text in the first person: all of it is hers."""
    if len(lines) < 2 or not units or units[0].paragraph != lines[0].number:
        return None
    tokens = units[0].tokens
    at = next((i for i, t in enumerate(tokens[:3]) if t.has("own")), None)
    if at is None or at + 2 >= len(tokens) or not tokens[at + 1].has("by"):
        return None
    named = subject_after(tokens, at + 2, lexicon)
    body = [unit for unit in units if unit.start >= lines[1].start]
    first_person = any(token.has("first") for unit in body for token in unit.tokens)
    if not named or named[0].kind != "name" or not first_person or any(t.form == "q" for u in body for t in u.tokens):
        return None
    stop = next(
        (i for i in range(1, len(lines)) if _ends(text[lines[i].start : lines[i].end], [], lexicon)), len(lines)
    )
    segments = tuple((line.start, line.end) for line in lines[1:stop])
    cue = (tokens[at].start, tokens[at].end)
    return Quotation("statement", segments, cue, named[0], "statement-headed") if segments else None


def _last_words(name: str, kind: str) -> list[str]:
    return [name.split()[-1]] if kind == "name" else ([name] if kind == "role" else [])


def _ends(body: str, names: Sequence[str], lexicon: Lexicon) -> bool:
    """Tell whether a paragraph is past the statement: an appendix, marked speech, or words about the speaker."""
    lower = body.lower()
    if body[0] in '"“”«<' or lower.startswith(lexicon.endings):
        return True
    return any(name.lower() in lower for name in names)
