"""Lost spaces: which paragraphs and words are glued, and where their spaces belong.

Order for a paragraph: gate → decoder → edits. What the gate lets pass is not looked at again, so that text that is fine
comes out as it is.
"""

from __future__ import annotations

import re
from functools import cache
from math import exp, log
from typing import NamedTuple

from tasks.edits import Edit, apply_edits
from tasks.normalize.lattice import Decoder
from tasks.normalize.model import RestoreModel, load_model

_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[A-Za-z]{1,14}[.,:;!?)\"”]*")
_ADDRESS = re.compile(r"(?i)https?:|www\.|@|[a-z]\.(?:com|org|net|gov|mil|int|edu|co|uk|cn|ru|au|in|lk)\b|/.*/|\\|_")
_LONGEST_ADDRESS = 200
_LONG_TOKEN = 16  # letters from which a token outside the vocabulary may be several words
_LONG_RUN = 20  # letters without a break from which it is
_GLUED_SHARE = 0.35  # of a paragraph's letters in long tokens
_STRAY_APOSTROPHE = re.compile(r'(?<=[^\W\d_])"(?=(?:s|t|re|ve|ll|d|m)(?![^\W_]))')
# Sureness from the cost a letter and the length, fitted on glued paragraphs (benchmarks/RESULTS.md).
_SURE_BASE, _SURE_COST, _SURE_LENGTH = 13.02, 3.51, 1.30


class Restored(NamedTuple):
    """What became of a paragraph.

    Attributes:
        edits: Of kinds insert_space and apostrophe; offsets into the paragraph.
        glued_letters: Letters in what was glued.
        score: How sure the restoration is, 0 to 1.
    """

    edits: list[Edit]
    glued_letters: int
    score: float


@cache
def _decoder(repair_quotes: bool) -> Decoder:
    return Decoder(load_model(), repair_quotes)


def _is_address(token: str) -> bool:
    return len(token) <= _LONGEST_ADDRESS and bool(_ADDRESS.search(token))


def _is_known(token: str, model: RestoreModel) -> bool:
    bare = token.strip("\"'“”‘’.,:;!?()[]–—-")
    return bare in model.index or bare.lower() in model.index


def _is_long(token: str, model: RestoreModel) -> bool:
    """Tell a token that may be several words."""
    if len(token) < _LONG_TOKEN or sum(map(str.isalpha, token)) < _LONG_TOKEN or _is_address(token):
        return False
    return not all(_is_known(part, model) for part in re.split(r"[-–—/’']", token) if part)


def find_glued(paragraph: str, model: RestoreModel) -> list[tuple[int, int]]:
    """Return the spans of a paragraph that have lost spaces: all of it, single tokens, or none.

    Args:
        paragraph: A line of text.
        model: Knows the words.
    """
    tokens = [match.span() for match in _TOKEN.finditer(paragraph)]
    if not tokens:
        return []
    if len(tokens) == 1:
        token = paragraph[tokens[0][0] : tokens[0][1]]
        harmless = _PLAIN.fullmatch(token) or _is_known(token, model) or _is_address(token)
        return [] if harmless or sum(map(str.isalpha, token)) < 5 else tokens
    long = [(start, end) for start, end in tokens if _is_long(paragraph[start:end], model)]
    letters = sum(map(str.isalpha, paragraph))
    in_long = sum(sum(map(str.isalpha, paragraph[start:end])) for start, end in long)
    if letters and in_long / letters > _GLUED_SHARE:
        return [(tokens[0][0], tokens[-1][1])]
    return [span for span in long if max(map(len, _LETTERS.findall(paragraph[slice(*span)])), default=0) >= _LONG_RUN]


def restore_spaces(paragraph: str, *, repair_quotes: bool = True) -> Restored:
    """Put the lost spaces of a paragraph back, and apostrophes in place of double marks that stand for them.

    Args:
        paragraph: A line of text.
        repair_quotes: Whether marks are repaired.

    Example:
        >>> restored = restore_spaces('HemetwithPresidentPutinduringthevisit.')
        >>> apply_edits('HemetwithPresidentPutinduringthevisit.', restored.edits)
        'He met with President Putin during the visit.'
    """
    model = load_model()
    edits: list[Edit] = []
    glued_letters = 0
    worst = 1.0
    spans = find_glued(paragraph, model)
    for start, end in spans:
        tokens = [match.span() for match in _TOKEN.finditer(paragraph, start, end)]
        bare = "".join(paragraph[s:e] for s, e in tokens)
        origin: list[int] = []
        fixed: list[int] = []
        for s, e in tokens:
            if origin:
                fixed.append(len(origin))
            origin.extend(range(s, e))
        decoded = _decoder(repair_quotes).decode(bare, fixed)
        kept = set(fixed)
        found = [Edit("insert_space", origin[at], origin[at], " ") for at in decoded.spaces if at not in kept]
        found += [Edit("apostrophe", origin[at], origin[at] + 1, "'") for at in decoded.apostrophes]
        if not found:
            continue
        edits += found
        letters = sum(map(str.isalpha, bare))
        glued_letters += letters
        worst = min(worst, _sureness(decoded.cost, len(bare)))
    edits.sort(key=lambda edit: edit.raw_start)
    if repair_quotes and not edits:
        edits = [Edit("apostrophe", m.start(), m.end(), "'") for m in _STRAY_APOSTROPHE.finditer(paragraph)]
    return Restored(edits, glued_letters, worst)


def _sureness(cost: float, length: int) -> float:
    return 1 / (1 + exp(-(_SURE_BASE - _SURE_COST * cost / max(1, length) - _SURE_LENGTH * log(max(1, length)))))


def restore_line(line: str) -> str:
    """Return a line with its spaces and apostrophes restored.

    Example:
        >>> restore_line('PresidentXiJinping"sRussiavisitlastmonth')
        "President Xi Jinping's Russia visit last month"
        >>> restore_line("The frigate called at Colombo.")
        'The frigate called at Colombo.'
    """
    return apply_edits(line, restore_spaces(line).edits)
