r"""Finds statements: a lead-in with a cue and a colon, or a heading, before paragraphs of speech without marks."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.quotes.attribution import attribute_before
from tasks.quotes.direct import cue_span
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.quotation import Quotation, Span
from tasks.quotes.turns import Line
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
        if any(token.kind == "q" for token in inside):
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


def _last_words(name: str, kind: str) -> list[str]:
    return [name.split()[-1]] if kind == "name" else ([name] if kind == "role" else [])


def _ends(body: str, names: Sequence[str], lexicon: Lexicon) -> bool:
    """Tell whether a paragraph is past the statement: an appendix, marked speech, or words about the speaker."""
    lower = body.lower()
    if body[0] in '"“”«<' or any(lower.startswith(form) for form in lexicon.words["end"]):
        return True
    return any(name.lower() in lower for name in names)
