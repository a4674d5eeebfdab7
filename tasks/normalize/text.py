"""A whole text: characters → boilerplate lines → quote marks and spaces by paragraph, as one list of edits."""

from __future__ import annotations

from typing import NamedTuple

from tasks.edits import Edit, apply_edits, compose_edits
from tasks.normalize.characters import repair_characters
from tasks.normalize.lattice import Decoder
from tasks.normalize.lines import find_stubs
from tasks.normalize.restore import restore_paragraphs
from tasks.normalize.sentences import split_paragraphs

_GLUED, _SPACED = 0.8, 0.0


class Normalized(NamedTuple):
    """A text and how it came about.

    Attributes:
        text: The restored text.
        edits: Turn the raw text into it.
        condition: spaced, partly or glued.
        score: How sure the restoration is, 0 to 1: the mean over paragraphs, weighted by letters.
    """

    text: str
    edits: list[Edit]
    condition: str
    score: float


def normalize_text(
    raw: str, *, restore: bool = True, repair_quotes: bool = True, decoder: Decoder | None = None
) -> Normalized:
    """Repair what is broken in a text and nothing else.

    Args:
        raw: The text as it came out of the dump.
        restore: Put lost spaces back.
        repair_quotes: Repair double marks that stand for apostrophes.
        decoder: Puts words together; without one, the shipped one.

    Example:
        >>> normalize_text("Talkswereheldintheafternoonwiththenavy.").text
        'Talks were held in the afternoon with the navy.'
    """
    edits = repair_characters(raw)
    text = apply_edits(raw, edits) if edits else raw
    if stubs := find_stubs(text):
        edits = compose_edits(raw, edits, stubs)
        text = apply_edits(raw, edits)
    if not restore:
        return Normalized(text, edits, "spaced", 1.0)

    repairs: list[Edit] = []
    letters = 0
    glued = sure = 0.0
    spans = list(split_paragraphs(text))
    paragraphs = [text[start:end] for start, end in spans]
    found = restore_paragraphs(paragraphs, decoder=decoder, repair_quotes=repair_quotes)
    for (start, _), paragraph, restored in zip(spans, paragraphs, found, strict=True):
        repairs += [e._replace(raw_start=e.raw_start + start, raw_end=e.raw_end + start) for e in restored.edits]
        own = sum(map(str.isalpha, paragraph))
        letters += own
        glued += restored.lost * own
        sure += restored.score * own
    if repairs:
        edits = compose_edits(raw, edits, repairs)
        text = apply_edits(raw, edits)
    share = glued / letters if letters else 0.0
    condition = "spaced" if share <= _SPACED else "glued" if share >= _GLUED else "partly"
    return Normalized(text, edits, condition, sure / letters if letters else 1.0)
