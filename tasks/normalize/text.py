"""A whole text, as one list of edits.

Order: markup → characters → boilerplate lines → wrapped lines and their hyphens → words in pieces → blanks around the
marks of lines that were cut into tokens → quote marks and spaces by paragraph, but for those that lost their
ligatures → gaps of one width.
"""

from __future__ import annotations

from typing import NamedTuple

from tasks.edits import Edit, apply_edits, compose_edits
from tasks.markup import read_markup
from tasks.normalize.characters import repair_characters
from tasks.normalize.lattice import Decoder
from tasks.normalize.ligatures import find_lost_ligatures
from tasks.normalize.lines import find_stubs
from tasks.normalize.restore import Restored, restore_paragraphs
from tasks.normalize.sentences import split_paragraphs
from tasks.normalize.spaces import find_gaps, find_padding, find_split_words
from tasks.normalize.wraps import find_hyphens, find_wraps

_GLUED, _SPACED = 0.8, 0.0


class Normalized(NamedTuple):
    """A text and how it came about.

    Attributes:
        text: The restored text.
        edits: Turn the raw text into it.
        condition: spaced, partly or glued.
        score: How sure the restoration is, 0 to 1: the mean over paragraphs, weighted by letters; 0 for one that misses
            ligatures.
    """

    text: str
    edits: list[Edit]
    condition: str
    score: float


#: What is repaired before paragraphs are looked at, one after the other.
_REPAIRS = (read_markup, repair_characters, find_stubs, find_wraps, find_hyphens, find_split_words, find_padding)


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
    edits: list[Edit] = []
    text = raw
    for repair in _REPAIRS:
        edits, text = _add(raw, edits, text, repair(text))
    if not restore:
        edits, text = _add(raw, edits, text, find_gaps(text))
        return Normalized(text, edits, "spaced", 1.0)

    repairs: list[Edit] = []
    letters = 0
    glued = sure = 0.0
    spans = list(split_paragraphs(text))
    paragraphs = [text[start:end] for start, end in spans]
    found = restore_paragraphs(paragraphs, decoder=decoder, repair_quotes=repair_quotes)
    lost = find_lost_ligatures(text)
    for (start, end), paragraph, restored in zip(spans, paragraphs, found, strict=True):
        if any(start <= at < end for at in lost):
            restored = Restored([], 0.0, 0.0)
        repairs += [e._replace(raw_start=e.raw_start + start, raw_end=e.raw_end + start) for e in restored.edits]
        own = sum(map(str.isalpha, paragraph))
        letters += own
        glued += restored.lost * own
        sure += restored.score * own
    edits, text = _add(raw, edits, text, repairs)
    edits, text = _add(raw, edits, text, find_gaps(text))
    share = glued / letters if letters else 0.0
    condition = "spaced" if share <= _SPACED else "glued" if share >= _GLUED else "partly"
    return Normalized(text, edits, condition, sure / letters if letters else 1.0)


def _add(raw: str, edits: list[Edit], text: str, more: list[Edit]) -> tuple[list[Edit], str]:
    """Return all edits, and what they make of the raw text, given what came before and what is done to its text."""
    if not more:
        return edits, text
    edits = compose_edits(raw, edits, more)
    return edits, apply_edits(raw, edits)
