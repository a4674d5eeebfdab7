"""The decoder: where spaces stand in a paragraph, and which double marks stand for apostrophes."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.normalize.kernel import LONGEST, REPAIRED_MARK, UNKNOWN_PIECE, UNKNOWN_START, Terms, search, space_out
from tasks.normalize.model import RestoreModel, make_trie
from tasks.normalize.pieces import UNKNOWNS, unknown_shape

TERM_COST = 1.0  # nats, of a term of weight 1


class Decoded(NamedTuple):
    """What the decoder decided.

    Attributes:
        spaces: For each character whether a space stands before it, uint8.
        apostrophes: Offsets of double marks that stand for apostrophes.
        log_probability: Of this reading among all, at most 0.
        unknown: Where the pieces start that are outside the vocabulary.
    """

    spaces: npt.NDArray[np.uint8]
    apostrophes: list[int]
    log_probability: float
    unknown: list[int]


def make_terms(entries: Iterable[tuple[str, float]]) -> Terms:
    """Return terms that the decoder keeps whole: names of any number of words, designators, terms.

    Args:
        entries: Terms as they are written, spaces included, and their weights; a weight is a factor on the odds. Of two
            terms that differ in their spaces only the weightier counts. Terms of more than 64 characters, or with
            characters beyond Latin-1, are left out.
    """
    best: dict[str, tuple[float, str]] = {}
    for written, weight in entries:
        bare = "".join(written.split())
        if bare and len(bare) <= LONGEST and max(bare) < "\u0100":
            best[bare] = max(best.get(bare, (weight, written)), (weight, written))
    words = sorted(best)
    pieces = np.zeros(len(words), dtype=np.int32)
    costs = np.zeros(len(words), dtype=np.float32)
    spaces = np.zeros(len(words), dtype=np.uint64)
    for i, bare in enumerate(words):
        weight, written = best[bare]
        pieces[i] = UNKNOWN_PIECE + UNKNOWNS.index(unknown_shape(bare))
        costs[i] = TERM_COST - log(weight)
        at = 0
        for word in written.split()[:-1]:
            at += len(word)
            spaces[i] |= np.uint64(1 << at)
    return Terms(make_trie(words, np.arange(len(words), dtype=np.int32)), pieces, costs, spaces)


def write_spaced(text: str, spaces: npt.NDArray[np.uint8]) -> str:
    """Return a text with a space before each character that has one, but for the first.

    Example:
        >>> write_spaced("Hemet", np.array([1, 0, 1, 0, 0], np.uint8))
        'He met'
    """
    spaced: npt.NDArray[np.uint32] = space_out(_read_codes(text), spaces)
    return spaced.tobytes().decode("utf-32-le", "surrogatepass")


def _read_codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


class Decoder:
    """Puts pieces together.

    Args:
        model: The costs.
        terms: Names and terms that are kept whole.
    """

    def __init__(self, model: RestoreModel, terms: Terms) -> None:
        self._model = model
        self._terms = terms

    def decode(
        self,
        text: str,
        gaps: npt.NDArray[np.uint8],
        *,
        insert_cost: float,
        delete_cost: float,
        repair_quotes: bool,
        seen: npt.NDArray[np.uint8],
    ) -> Decoded:
        """Find the most probable way to space a text. Time is linear in its length.

        Args:
            text: A paragraph without its spaces, not empty.
            gaps: For each character whether a space stands before it.
            insert_cost: Nats that a space costs where none stands.
            delete_cost: Nats that it costs to take a space out.
            repair_quotes: Whether a double mark may stand for an apostrophe.
            seen: For each piece whether it is a name that the text has had before.
        """
        codes = _read_codes(text)
        spaces, repaired = np.zeros(len(codes), np.uint8), np.zeros(len(codes), np.uint8)
        model = self._model
        cost, total = search(
            codes, gaps, model.tables, model.trie, model.characters, self._terms, seen, float(insert_cost),
            float(delete_cost), repair_quotes, spaces, repaired,
        )  # fmt: skip
        marks = np.flatnonzero(repaired == REPAIRED_MARK).tolist() if repair_quotes and '"' in text else []
        unknown = (repaired == UNKNOWN_START).nonzero()[0].tolist()
        return Decoded(spaces, marks, min(0.0, total - cost), unknown)
