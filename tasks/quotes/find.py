"""Finds the quotations of a text.

Order: capitals are set where a text has none or only such → marks are paired → turns of a transcript, if it is one →
units → statements → unit by unit, marked speech, then unmarked speech → attributions of the model, if one is wanted →
what speakers of turns quote → sources are resolved over the document. Later rules leave alone what earlier ones took.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.quotes.attribution import attribute_trailing
from tasks.quotes.direct import Discourse, cue_span, find_direct
from tasks.quotes.indirect import find_indirect
from tasks.quotes.leads import read_lead
from tasks.quotes.letters import add_starts, set_capitals
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.lines import Line, read_lines
from tasks.quotes.marks import Marked, pair_marks
from tasks.quotes.mentions import Mention
from tasks.quotes.merge import merge_attributions
from tasks.quotes.model.tagger import Tagger
from tasks.quotes.quotation import Quotation, Span
from tasks.quotes.resolve import Directory, resolve_sources
from tasks.quotes.statements import find_statements
from tasks.quotes.turns import find_turns
from tasks.quotes.units import Unit, cut_units, find_cues
from tasks.quotes.voices import Source
from tasks.quotes.within import is_plain_report, may_report

_HEADLINE_WORDS = 30
_SCRAP = 3  # tokens below which a unit is no sentence
_MAX_UNIT = 2000  # tokens; what is longer is no sentence, and is read piece by piece


def find_quotations(
    text: str,
    starts: Sequence[int],
    title: str | None,
    lexicon: Lexicon,
    tagger: Tagger | None = None,
    blocks: Sequence[Span] = (),
    partings: Sequence[int] = (),
) -> list[tuple[Quotation, Source]]:
    """Return the quotations of a text in order, each with its resolved source.

    Args:
        text: The document.
        starts: Where its sentences start, sorted.
        title: Its title, which names people as well.
        lexicon: The lexicon.
        tagger: The model, if attributions of every kind are wanted.
        blocks: What the page sets off as block quotations, in order.
        partings: Where something stood that no speech goes beyond, sorted.
    """
    starts = add_starts(text, starts, lexicon)
    text = set_capitals(text, lexicon)
    pairs = pair_marks(text)
    lines = read_lines(text, partings)
    units = [piece for unit in cut_units(text, pairs, starts, lexicon) for piece in _cut_long(unit)]
    found = find_turns(text, lines, title, lexicon)
    limit = (found[0].source or found[0]).start if found else len(text)
    if not found or found[0].start > (lines[0].end if lines else 0):
        before = [unit for unit in units if unit.end <= limit]
        shown = [line for line in lines if line.end <= limit]
        statements = find_statements(text, before, shown, lexicon, blocks)
        blocked = sorted(span for quotation in statements for span in quotation.segments)
        found = [*_find_speech(text, before, shown, pairs, blocked, lexicon), *statements, *found]
    turns = [quotation for quotation in found if quotation.kind == "turn"]
    if tagger:
        found = merge_attributions(text, units, found, tagger.find(text[:limit]), lexicon)
    found += _find_within(text, turns, units, lines, pairs, lexicon)
    if not found:
        return []
    found.sort(key=lambda quotation: (quotation.start, quotation.within is not None, quotation.segments))
    headings = frozenset(line.number for line in lines if _is_heading(text, line))
    title_units = cut_units(title, [], [], lexicon) if title else []
    directory = Directory(units, headings, title_units, lexicon)
    resolved = zip(found, resolve_sources(text, found, directory, lexicon), strict=True)
    return [(quotation, source) for quotation, source in resolved if not _is_guess(quotation, source)]


def _is_guess(quotation: Quotation, source: Source) -> bool:
    """Tell whether an office inside a turn was given to a person: nothing near it says whose it is."""
    mention = quotation.source
    return quotation.within is not None and mention is not None and mention.kind == "role" and source.kind == "person"


def _find_within(
    text: str,
    turns: Sequence[Quotation],
    units: Sequence[Unit],
    lines: Sequence[Line],
    pairs: Sequence[Marked],
    lexicon: Lexicon,
) -> Iterator[Quotation]:
    """Yield what speakers of turns say that others said."""
    starts, line_ends = [unit.start for unit in units], [line.end for line in lines]
    for turn in turns:
        shown = lines[bisect_right(line_ends, turn.start) : bisect_left(line_ends, turn.end) + 1]
        first = max(0, bisect_right(starts, turn.start) - 1)
        last = bisect_right(starts, turn.end)
        inside = [unit for unit in (_clip(unit, turn) for unit in units[first:last]) if unit]
        for quotation in _find_speech(text, inside, shown, pairs, [], lexicon, is_inside=True):
            if is_plain_report(text, quotation, lexicon):
                yield replace(quotation, within=turn.start)


def _clip(unit: Unit, turn: Quotation) -> Unit | None:
    """Return the part of a unit that stands in a turn, without its label."""
    start, end = turn.start, turn.end
    if start <= unit.start and unit.end <= end:
        return unit
    tokens = tuple(token for token in unit.tokens if start <= token.start and token.end <= end)
    return Unit(tokens, unit.paragraph) if tokens else None


def _lacks_source(quotation: Quotation) -> bool:
    return quotation.kind == "direct" and quotation.cue is None and quotation.source is None


def _give_source(found: list[Quotation], source: Mention) -> None:
    """Give a source that is named last to the paragraphs of speech before it."""
    for i in range(len(found) - 1, -1, -1):
        if not _lacks_source(found[i]):
            break
        is_carried = i < len(found) - 1
        found[i] = replace(found[i], source=source, is_carried=is_carried, method="direct-trailing")


def _cut_long(unit: Unit) -> list[Unit]:
    tokens = unit.tokens
    if len(tokens) <= _MAX_UNIT:
        return [unit]
    return [Unit(tokens[i : i + _MAX_UNIT], unit.paragraph) for i in range(0, len(tokens), _MAX_UNIT)]


def _is_heading(text: str, line: Line) -> bool:
    body = text[line.start : line.end].rstrip("\"”’' ")
    return body[-1:] not in {".", ":", "!", "?", ",", ";"} and body.count(" ") < _HEADLINE_WORDS


def _find_speech(
    text: str,
    units: Sequence[Unit],
    lines: Sequence[Line],
    pairs: Sequence[Marked],
    blocked: Sequence[tuple[int, int]],
    lexicon: Lexicon,
    *,
    is_inside: bool = False,
) -> list[Quotation]:
    """Read the units outside turns and statements or, in a turn, those inside it that can be a plain report."""
    numbers = {line.number: i for i, line in enumerate(lines)}
    blocked_starts = [start for start, _ in blocked]
    state, found = Discourse(), list[Quotation]()
    for number, unit in enumerate(units):
        at = bisect_right(blocked_starts, unit.start) - 1
        if at >= 0 and unit.start < blocked[at][1]:
            continue
        paragraph = numbers.get(unit.paragraph, -1)
        trailing = attribute_trailing(unit.tokens, lexicon) if state.unit == number - 1 else None
        if trailing and found and found[-1] is state.last and _lacks_source(found[-1]):
            _give_source(found, trailing)
            continue
        if state.unit == number - 1 and len(unit.tokens) < _SCRAP:
            state.unit = number  # a piece of a sentence, cut off at an abbreviation
        has_speech = "q" in [token.form for token in unit.tokens]
        if not has_speech and (paragraph < 0 or _is_heading(text, lines[paragraph])):
            continue
        ends_in_colon = unit.tokens[-1].text == ":"
        is_read = has_speech or ends_in_colon or not is_inside or may_report(text, unit.tokens)
        cues = find_cues(unit.tokens, lexicon) if is_read else []
        if not has_speech and ends_in_colon:
            lead = read_lead(unit.tokens, lexicon)
            state.lead = (cue_span(unit.tokens, lead.attribution.cue), lead.attribution) if lead else None
            if lead:
                continue
        if not cues and not has_speech:
            state.lead = None
            continue
        direct = find_direct(text, unit, number, paragraph, pairs, cues, state, lexicon)
        if direct.extends:
            found.pop()
        found += direct.found
        free = [cue for cue in cues if cue.first not in direct.used]
        if not ends_in_colon:
            state.lead = None
        found += find_indirect(text, unit.tokens, free, direct.taken, direct.last, lexicon)
    return found
