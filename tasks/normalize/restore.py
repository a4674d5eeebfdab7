"""Lost and spurious spaces: which paragraphs are damaged, how badly, and where their spaces belong.

Order for a paragraph: gate (a paragraph of known words and usual marks is fine and is not looked at again) → how many
spaces seem lost or put in → decoder → how many it changed → decoder again with those rates → edits. The spaces that
stand are evidence: the fewer a paragraph seems to have lost, the more it takes to put one in.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import exp, log
from typing import NamedTuple

import numpy as np

from tasks.edits import Edit, apply_edits
from tasks.lexicons import read_lines
from tasks.normalize.lattice import Decoded, Decoder, make_terms
from tasks.normalize.model import RestoreModel, load_model

TERMS = "restore_terms.tsv"
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_EDGES = "\"'“”‘’«».,:;!?()[]{}–—-…*•|/&%$£€#+=<>"
_INNER = re.compile(r"(?<=[^\W_])[-–—/’'&.]+(?=[^\W_])")  # marks that join words without a space
_CLINGING = re.compile(r"[^\W\d_][,;:!?)\]”][^\W_]|[^\W_][(\[“][^\W\d_]|[a-z][.\"][A-Z]|[A-Za-z]\d+[A-Z]?[a-z]")
_NUMBER = re.compile(r"[\d.,:/%-]*\d(?:st|nd|rd|th|s|m|bn|k|km|mm|cm|kg|am|pm|hrs)?")
_ADDRESS = re.compile(r"(?i)(?:https?://|www\.)[\w./?=&%#~+:@-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_STRAY_APOSTROPHE = re.compile(r'(?<=[^\W\d_])"(?=(?:s|t|re|ve|ll|d|m)(?![^\W_]))')

_WORD_LENGTH = 5.2  # characters a word, marks included
_SPACED, _GLUED = 0.6, 0.1  # share of the expected spaces above which few are lost, below which all are
_CROWDED = 1.25  # share above which some were put in
_FEW_LOST, _FEW_PUT_IN = 0.01, 0.002  # first guesses where nothing else tells
_LEAST_LOST, _LEAST_PUT_IN = 1e-4, 1e-5
_ALL_LOST = 0.999
_SHORT = 12  # characters up to which a lone token says nothing about its spaces
# Sureness: fitted on glued paragraphs (benchmarks/RESULTS.md).
_SURE_BASE, _SURE_PROBABILITY, _SURE_UNKNOWN, _SURE_LENGTH = 3.0, 1.0, 0.3, 0.2


class Restored(NamedTuple):
    """What became of a paragraph.

    Attributes:
        edits: Of kinds insert_space, delete_space and apostrophe; offsets into the paragraph.
        lost: Share of its spaces that were lost, 0 to 1.
        score: How probable it is that all is right, 0 to 1; 1 where nothing was done.
    """

    edits: list[Edit]
    lost: float
    score: float


_FINE = Restored([], 0.0, 1.0)


@cache
def _decoder() -> Decoder:
    return Decoder(load_model(), make_terms(_read_terms()))


def _read_terms() -> list[tuple[str, float]]:
    return [(term, float(weight or 1)) for term, _, weight in (line.partition("\t") for line in read_lines(TERMS))]


@lru_cache(maxsize=200_000)
def _is_fine(token: str) -> bool:
    """Tell a token that is made of known words and usual marks."""
    if _CLINGING.search(token):
        return bool(_ADDRESS.fullmatch(token.strip(_EDGES)))
    bare = token.strip(_EDGES)
    if not bare or _NUMBER.fullmatch(bare):
        return True
    model = load_model()
    return _is_known(bare, model) or all(
        _is_known(part, model) or bool(_NUMBER.fullmatch(part)) for part in _INNER.split(bare)
    )


def _is_known(word: str, model: RestoreModel) -> bool:
    if word in model.words or f"{word}." in model.words:
        return True
    if word.islower():
        return False
    return word.lower() in model.words or (word.isupper() and (len(word) < 8 or word.title() in model.words))


def _guess_rates(length: int, n_spaces: int) -> tuple[float, float]:
    """Return which share of the spaces was lost, and of the other gaps was filled, from their number alone."""
    expected = length / _WORD_LENGTH - 1
    if expected <= 1:
        return (0.5 if not n_spaces and length > _SHORT else _FEW_LOST), _FEW_PUT_IN
    share = n_spaces / expected
    if share < _GLUED:
        return _ALL_LOST, _FEW_PUT_IN
    lost = 1 - share if share < _SPACED else _FEW_LOST
    return lost, max(_FEW_PUT_IN, (n_spaces - expected) / length) if share > _CROWDED else _FEW_PUT_IN


def restore_spaces(paragraph: str, *, repair_quotes: bool = True) -> Restored:
    """Put the lost spaces of a paragraph back, take spurious ones out, and repair marks that stand for apostrophes.

    Args:
        paragraph: A line of text.
        repair_quotes: Whether marks are repaired.

    Example:
        >>> restored = restore_spaces('HemetwithPresidentPutinduringthevisit.')
        >>> apply_edits('HemetwithPresidentPutinduringthevisit.', restored.edits)
        'He met with President Putin during the visit.'
    """
    tokens = [match.span() for match in _TOKEN.finditer(paragraph)]
    if all(_is_fine(paragraph[start:end]) for start, end in tokens):
        if repair_quotes and '"' in paragraph:
            found = [Edit("apostrophe", m.start(), m.end(), "'") for m in _STRAY_APOSTROPHE.finditer(paragraph)]
            return Restored(found, 0.0, 1.0) if found else _FINE
        return _FINE
    bare = "".join(paragraph[start:end] for start, end in tokens)
    gaps = np.zeros(len(bare), np.uint8)
    at = 0
    for start, end in tokens[:-1]:
        at += end - start
        gaps[at] = 1
    lost, put_in = _guess_rates(len(bare), len(tokens) - 1)
    decoded = _decode(bare, gaps, lost, put_in, repair_quotes)
    if lost < _ALL_LOST:
        inserted, deleted, kept = _count_changes(decoded, gaps)
        if not inserted and not deleted and not decoded.apostrophes:
            return _FINE
        lost = min(_ALL_LOST, max(_LEAST_LOST, (inserted - 0.8) / (inserted + kept + 1)))
        put_in = max(_LEAST_PUT_IN, (deleted - 0.8) / len(bare))
        decoded = _decode(bare, gaps, lost, put_in, repair_quotes)
        inserted, deleted, kept = _count_changes(decoded, gaps)
        lost = inserted / max(1, inserted + kept)
    edits = _edits_of(paragraph, tokens, gaps, decoded)
    return Restored(edits, lost, _sureness(decoded, len(bare))) if edits else _FINE


def _decode(bare: str, gaps: np.ndarray, lost: float, put_in: float, repair_quotes: bool) -> Decoded:
    return _decoder().decode(
        bare,
        gaps,
        insert_cost=-log(lost / (1 - put_in)),
        delete_cost=log((1 - lost) / put_in),
        repair_quotes=repair_quotes,
    )


def _count_changes(decoded: Decoded, gaps: np.ndarray) -> tuple[int, int, int]:
    """Return how many spaces were put in, taken out and kept."""
    inside = decoded.spaces[1:], gaps[1:]
    inserted = int(np.count_nonzero(inside[0] > inside[1]))
    deleted = int(np.count_nonzero(inside[0] < inside[1]))
    return inserted, deleted, int(np.count_nonzero(gaps)) - deleted


def _edits_of(paragraph: str, tokens: list[tuple[int, int]], gaps: np.ndarray, decoded: Decoded) -> list[Edit]:
    """Return what the decoder changed as edits of the paragraph, addresses left alone."""
    origin = np.concatenate([np.arange(start, end) for start, end in tokens])
    addresses = [match.span() for match in _ADDRESS.finditer(paragraph)]
    edits: list[Edit] = []
    for at in (np.flatnonzero(decoded.spaces[1:] != gaps[1:]) + 1).tolist():
        start, end = int(origin[at - 1]) + 1, int(origin[at])
        if not any(low < end and start < high for low, high in addresses):
            edits.append(Edit("delete_space", start, end, "") if gaps[at] else Edit("insert_space", end, end, " "))
    edits += [Edit("apostrophe", int(origin[at]), int(origin[at]) + 1, "'") for at in decoded.apostrophes]
    return sorted(edits, key=lambda edit: (edit.raw_start, edit.raw_end))


def _sureness(decoded: Decoded, length: int) -> float:
    odds = (
        _SURE_BASE
        + _SURE_PROBABILITY * decoded.log_probability
        - _SURE_UNKNOWN * decoded.unknown
        - _SURE_LENGTH * log(length)
    )
    return 1 / (1 + exp(-odds))


def restore_line(line: str) -> str:
    """Return a line with its spaces and apostrophes restored.

    Example:
        >>> restore_line('PresidentXiJinping"sRussiavisitlastmonth')
        "President Xi Jinping's Russia visit last month"
        >>> restore_line("The frigate called at Colombo.")
        'The frigate called at Colombo.'
    """
    return apply_edits(line, restore_spaces(line).edits)
