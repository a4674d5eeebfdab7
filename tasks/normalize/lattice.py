"""The decoder: where spaces stand in a paragraph, and which part each quote mark plays.

A Viterbi search (Viterbi 1967) over pieces. Words of the vocabulary, unknown words, numbers, abbreviations and marks
compete under the costs of pairs of neighbours; the state is the last piece and whether a quotation is open. Spaces that
the paragraph has are kept: no piece reaches across one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from tasks.normalize.model import PREFIX, RestoreModel
from tasks.normalize.pieces import (
    APOSTROPHE,
    BOUNDARY,
    CLOSE,
    DIGITS,
    NUMBER,
    OPEN,
    OPEN_SINGLE,
    OTHER,
    UNKNOWNS,
    letter_codes,
    number_shape,
    unknown_shape,
)

_STATES = 4  # kept at a position
_WINDOW = 14.0  # nats behind the best state of a position beyond which a state is dropped
_CASE_COST = 1.5  # a word known in lower case only
_UNKNOWN_COST = 2.0  # being outside the vocabulary, beyond what the model says
_UNKNOWN_LENGTH = 18
_LONE_LETTER_COST = 12.0
_AHEAD, _BEHIND = 24, 5.0  # characters and nats by which a path may lie behind another
_APOSTROPHE_COST = 1.0  # a double mark that stands for an apostrophe
_UNPAIRED_COST = 5.0
_LEFT_OPEN_COST = 1.0
_LONGEST = 40  # characters of a piece
_SECTION = 2000  # characters after which the search commits to the best path

_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.){2,}")
_LETTERS = re.compile(r"[^\W\d_]+")


class Decoded(NamedTuple):
    """What the decoder decided.

    Attributes:
        spaces: Offsets before which a space stands.
        apostrophes: Offsets of double marks that stand for apostrophes.
        cost: Of the whole, in nats.
    """

    spaces: list[int]
    apostrophes: list[int]
    cost: float


#: A piece that starts at a position: (end, number of the piece, its own cost, is it letters, role of a mark).
_Candidate = tuple[int, int, float, bool, int]
_PLAIN, _OPENS, _CLOSES, _REPAIRED = range(4)
_APART: tuple[bool, ...] = (True,)
_JOINED: tuple[bool, ...] = (False,)
_BOTH: tuple[bool, ...] = (True, False)


class Decoder:
    """Puts pieces together.

    Args:
        model: The costs.
        repair_quotes: Whether a double mark may stand for an apostrophe.
    """

    def __init__(self, model: RestoreModel, repair_quotes: bool) -> None:
        self._model = model
        self._repair = repair_quotes
        index = model.index
        self._boundary = index[BOUNDARY]
        self._other = index[OTHER]
        self._unknown = {shape: index[shape] for shape in UNKNOWNS}
        self._open, self._close = index[OPEN], index[CLOSE]
        self._apostrophe, self._open_single = index[APOSTROPHE], index[OPEN_SINGLE]

    def decode(self, text: str, fixed: Sequence[int] = ()) -> Decoded:
        """Find the cheapest way to space a text.

        Args:
            text: A paragraph without spaces.
            fixed: Offsets before which a space is known to stand, sorted.

        Returns:
            Spaces (the known ones included), apostrophes and the cost. Time and memory are linear in the length.
        """
        spaces: list[int] = []
        apostrophes: list[int] = []
        total = 0.0
        state = (2 * self._boundary + 1, False, False)  # context, is it letters, is a quotation open
        start = 0
        known = set(fixed)
        breaks = [*fixed, len(text)]
        at_break = 0
        while start < len(text):
            found = self._decode_section(text, start, state, known, breaks, at_break)
            section_spaces, section_apostrophes, cost, state, start, at_break = found
            spaces += section_spaces
            apostrophes += section_apostrophes
            total += cost
        return Decoded(spaces, apostrophes, total)

    def _decode_section(
        self, text: str, start: int, state: tuple[int, bool, bool], fixed: set[int], breaks: list[int], at_break: int
    ) -> tuple[list[int], list[int], float, tuple[int, bool, bool], int, int]:
        """Search until the paths are one again behind `_SECTION` characters, or to the end."""
        model = self._model
        cost_of, context_of, known = model.cost, model.context, model.known
        n, opening = len(text), self._open
        # For each position: state → (cost, previous position, previous state, is there a space, role).
        table: dict[int, dict[tuple[int, bool, bool], tuple[float, int, tuple[int, bool, bool] | None, bool, int]]]
        table = {start: {state: (0.0, start, None, False, _PLAIN)}}
        commit = min(n, start + _SECTION)
        reached = [inf] * (min(n - start, 2 * _SECTION) + 1 + _AHEAD)  # the lowest cost at each position
        at = start
        while at < n:
            here = table.get(at)
            if not here:
                at += 1
                continue
            if at >= commit and (max(table) == at or at - commit >= _SECTION - 64):
                break
            if len(here) > 1:
                here = table[at] = _prune(here)
            while breaks[at_break] <= at:
                at_break += 1
            must = at in fixed
            cheapest = min([entry[0] for entry in here.values()])
            ahead = reached[at + 1 - start : at + 1 - start + _AHEAD]
            if min(ahead) + _BEHIND < cheapest:
                at += 1
                continue  # a path that has come farther for less: this one is within a word
            bounds = [cost - cheapest for cost in ahead]
            for end, piece, own, is_letters, role in self._candidates(text, at, breaks[at_break], bounds):
                there = table.get(end)
                if there is None:
                    there = table[end] = {}
                token = 2 * piece
                for source, entry in here.items():
                    context, was_letters, is_open = source
                    price = entry[0] + own
                    if role == _OPENS:
                        price += _UNPAIRED_COST if is_open else 0.0
                        is_open = True
                    elif role == _CLOSES:
                        price += 0.0 if is_open else _UNPAIRED_COST
                        is_open = False
                    # Two words cannot be joined, a mark is joined to what it encloses. Else both ways are followed:
                    # the next pair sees the choice.
                    if must or (is_letters and was_letters):
                        ways = _APART
                    elif role == _CLOSES or context >> 1 == opening:
                        ways = _JOINED
                    else:
                        ways = _BOTH
                    for spaced in ways:
                        cost = known.get((context << 20) | token + spaced)
                        if cost is None:
                            cost = cost_of(context, token + spaced)
                        cost += price
                        state = (context_of[token + spaced], is_letters, is_open)
                        old = there.get(state)
                        if old is None or cost < old[0]:
                            there[state] = (cost, at, source, spaced, role)
                            if cost < reached[end - start]:
                                reached[end - start] = cost
            at += 1
        last = table[at]
        if at >= n:
            end_token = 2 * self._boundary

            def final(item: tuple[tuple[int, bool, bool], tuple[float, int, object, bool, int]]) -> float:
                (context, _, is_open), entry = item
                return entry[0] + cost_of(context, end_token) + (_LEFT_OPEN_COST if is_open else 0.0)

            best = min(last.items(), key=lambda item: (final(item), item[0]))[0]
        else:
            best = min(last.items(), key=lambda item: (item[1][0], item[0]))[0]
        return (*_trace(table, at, best, start), last[best][0], best, at, at_break)

    def _candidates(self, text: str, at: int, limit: int, bounds: Sequence[float]) -> list[_Candidate]:
        """Return the pieces that may start at an offset and end at `limit` or before.

        `bounds` holds for the offsets behind `at` the cost from which an unknown word cannot win.
        """
        index = self._model.index
        limit = min(limit, at + _LONGEST)
        char = text[at]
        if char.isalpha():
            found = self._words(text, at, limit, bounds)
            if (match := _ABBREVIATION.match(text, at, limit)) and (number := index.get(match.group())) is not None:
                found.append((match.end(), number, 0.0, False, _PLAIN))
            return found
        if char.isdigit():
            match = NUMBER.match(text, at, limit) or DIGITS.match(text, at, limit)
            if match:
                return [(match.end(), index.get(number_shape(match.group()), self._other), 0.0, False, _PLAIN)]
        if char == '"':
            found = [(at + 1, self._open, 0.0, False, _OPENS), (at + 1, self._close, 0.0, False, _CLOSES)]
            if self._repair:
                found.append((at + 1, self._apostrophe, _APOSTROPHE_COST, False, _REPAIRED))
            return found
        if char in "'’":
            return [(at + 1, self._apostrophe, 0.0, False, _PLAIN), (at + 1, self._open_single, 0.0, False, _PLAIN)]
        role = _OPENS if char == OPEN else _CLOSES if char == CLOSE else _PLAIN
        return [(at + 1, index.get(char, self._other), 0.0, False, role)]

    def _words(self, text: str, at: int, limit: int, bounds: Sequence[float]) -> list[_Candidate]:
        index, model = self._model.index, self._model
        match = _LETTERS.match(text, at, limit)
        end = match.end() if match else at + 1
        found: list[_Candidate] = []
        longest = end - at
        lengths: Sequence[int] = range(1, min(PREFIX - 1, longest) + 1)
        more = model.lengths.get(text[at : at + PREFIX].lower(), ()) if longest >= PREFIX else ()
        for length in (*lengths, *more):
            if length > longest:
                break
            word = text[at : at + length]
            number = index.get(word)
            if number is not None:
                found.append((at + length, number, 0.0, True, _PLAIN))
            elif not word.islower():
                number = index.get(word.lower())
                if number is not None:
                    found.append((at + length, number, _CASE_COST, True, _PLAIN))
        found += self._unknown_words(text, at, end, bounds)
        if not found:
            found.append((at + 1, self._unknown[unknown_shape(text[at])], _LONE_LETTER_COST, True, _PLAIN))
        return found

    def _unknown_words(self, text: str, at: int, end: int, bounds: Sequence[float]) -> list[_Candidate]:
        """Return words outside the vocabulary: up to where the case changes, or the letters end."""
        spelling, index = self._model.spelling, self._model.index
        end = min(end, at + _UNKNOWN_LENGTH)
        codes = letter_codes(text[at:end])
        upper = text[at].isupper()
        all_upper = upper and end - at > 1 and text[at + 1].isupper()
        base = (2 if all_upper else 1 if upper else 0) * 28 * 28 * 28
        a = b = 0
        cost = _UNKNOWN_COST
        found: list[_Candidate] = []
        for i, c in enumerate(codes):
            if i and text[at + i].isupper() != all_upper:
                break
            cost += spelling[base + (a * 28 + b) * 28 + c]
            a, b = b, c
            if i:
                stop = cost + spelling[base + (a * 28 + b) * 28]
                if stop < bounds[i]:
                    word = text[at : at + i + 1]
                    if word not in index:
                        found.append((at + i + 1, self._unknown[unknown_shape(word)], stop, True, _PLAIN))
        return found


def _prune(
    here: dict[tuple[int, bool, bool], tuple[float, int, tuple[int, bool, bool] | None, bool, int]],
) -> dict[tuple[int, bool, bool], tuple[float, int, tuple[int, bool, bool] | None, bool, int]]:
    best = sorted([(entry[0], state) for state, entry in here.items()])[:_STATES]
    limit = best[0][0] + _WINDOW
    return {state: here[state] for cost, state in best if cost <= limit}


def _trace(
    table: dict[int, dict[tuple[int, bool, bool], tuple[float, int, tuple[int, bool, bool] | None, bool, int]]],
    at: int,
    state: tuple[int, bool, bool],
    start: int,
) -> tuple[list[int], list[int]]:
    spaces: list[int] = []
    apostrophes: list[int] = []
    while True:
        _, previous, source, spaced, role = table[at][state]
        if source is None:
            break
        if spaced and previous > 0:
            spaces.append(previous)
        if role == _REPAIRED:
            apostrophes.append(previous)
        at, state = previous, source
    return spaces[::-1], apostrophes[::-1]
