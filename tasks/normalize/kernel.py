"""The inner loops of the restoration, compiled by numba and cached on disk: the trie, the hash tables, the search.

The search is Viterbi's (Viterbi 1967) over pieces, with the last two pieces as context. Beside the cost of the best
path each state carries the summed probability of all paths into it, which tells at the end how probable the best one
is. The text is searched in sections, so that memory is bounded and time linear.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

COST_STEP = 0.08
PAIR_STEP, PAIR_BITS, PAIR_MASK = 0.12, 7, 127
BACKOFF_STEP = 0.15
SPELLING_STEP = 0.06
NO_TRIPLES = 31
LETTER, UPPER, DIGIT, JOINS = 1, 2, 4, 8

STATES = 4  # kept at a position
FLOOR = 8.0  # nats behind the best state of a position beyond which a state is not followed
LONGEST = 64  # characters of a piece
SECTION = 4096  # characters after which the search commits, but for the last BACK
BACK = 128
AHEAD, BEHIND = 24, 5.0  # characters and nats by which a path may lie behind another
USUAL_COST = 2.0  # nats a character, of text of known words, rather more than less
LONGEST_WORD, LONGEST_UNKNOWN = 24, 20

CASE_COST = 1.5  # nats: a word known in lower case only, written with a capital
CAPITALS_COST, MORE_CAPITALS_COST = 7.0, 0.7  # a word in capitals; behind another one
BEHIND_ACRONYM_COST = 4.0  # a word in capitals behind one that is known in capitals
INFLECTED_COST = 4.0  # a known word with an s that makes it an unknown one
UNKNOWN_COST = 0.0  # being outside the vocabulary, beyond what the tables say
LONGEST_ACRONYM, LONG_ACRONYM_COST = 6, 1.5  # letters, and nats for each beyond
CODE_COST = 14.0  # a contract or serial number: W911XK20C0006
CAMEL_COST = 12.0  # a capital inside an unknown word
PLURAL_COST = 2.0  # VBIEDs
DOTTED_COST = 3.0  # a letter of an unknown dotted abbreviation
LONE_LETTER_COST = 12.0
SPLIT_NUMBER_COST = 4.0  # digits that follow each other without belonging together
APOSTROPHE_COST = 1.0  # a double mark that stands for an apostrophe
UNPAIRED_COST = 5.0
LEFT_OPEN_COST = 1.0

PLAIN, OPENS, CLOSES, REPAIRED = range(4)
NO_CAPITALS, AS_WRITTEN, FOLDED = range(3)
_LETTERS, _OPEN, _CAPITALS, _OPENING, _WIDE, _ACRONYM = 1, 2, 4, 8, 16, 32  # flags of a state
_CATALAN_DOT, _QUOTE, _SINGLE, _CURLY = 46, 34, 39, 0x2019

#: Numbers of the pieces that the search names: the order of `pieces.FIXED`.
BOUNDARY_PIECE, UNKNOWN_PIECE, DOTTED_PIECE, NUMBER_PIECE = 0, 2, 5, 6
YEAR_PIECE, COMMA_PIECE, POINT_PIECE = 13, 14, 15
OPEN_PIECE, CLOSE_PIECE, OPEN_SINGLE_PIECE, APOSTROPHE_PIECE = 16, 17, 18, 19


class Trie(NamedTuple):
    """Words as a tree: the children of a node lie side by side, sorted by character.

    Attributes:
        first: For each node its first child, int32; the children end where those of the next node start.
        labels: The character that leads to each node, Latin-1, uint8.
        ends: The number of the word that ends at each node, or -1, int32.
    """

    first: npt.NDArray[np.int32]
    labels: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int32]


class Characters(NamedTuple):
    """What the search knows of a character, by code point below 2 ** 16.

    Attributes:
        kinds: Bits LETTER, UPPER, DIGIT (0 to 9) and JOINS (belongs to the character before it), uint8.
        lower: Code point in lower case, uint16.
        letters: Number of the letter in the table of spellings, uint8.
        pieces: Piece that the character is on its own, int32.
    """

    kinds: npt.NDArray[np.uint8]
    lower: npt.NDArray[np.uint16]
    letters: npt.NDArray[np.uint8]
    pieces: npt.NDArray[np.int32]


class Tables(NamedTuple):
    """Costs: see `model` for what each holds.

    Attributes:
        single: uint8, by token.
        rest: uint8, by context and whether a space follows.
        pairs: Hash table, uint32; a value holds the cost in 7 bits and that of falling back in 5.
        triples: Hash table, uint32; a value is the cost.
        spelling: uint8, flat.
        is_letters: bool, by piece.
    """

    single: npt.NDArray[np.uint8]
    rest: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.uint32]
    triples: npt.NDArray[np.uint32]
    spelling: npt.NDArray[np.uint8]
    is_letters: npt.NDArray[np.bool_]


class Terms(NamedTuple):
    """Names and terms beside the vocabulary: each is one piece of the search.

    Attributes:
        trie: The terms without spaces; ends are numbers of terms.
        pieces: The piece whose contexts each term has, int32.
        costs: Of each term beyond its piece, nats, float32.
        spaces: For each term a bit for each of its first 64 offsets: whether a space stands there, uint64.
    """

    trie: Trie
    pieces: npt.NDArray[np.int32]
    costs: npt.NDArray[np.float32]
    spaces: npt.NDArray[np.uint64]


class _Lattice(NamedTuple):
    cost: Any
    total: Any
    context: Any
    last: Any
    backoff: Any
    flags: Any
    origin: Any
    origin_state: Any
    way: Any
    term: Any
    count: Any
    reach: Any
    is_known: Any
    numbers: Any


@njit(cache=True)
def build_trie(data, bounds, numbers):  # type: ignore[no-untyped-def]
    """Return the arrays of a `Trie` of sorted, distinct words.

    Args:
        data: The words' bytes, one after another, uint8.
        bounds: Where each word starts, and where the last one ends, int64.
        numbers: The number of each word, int32.
    """
    most = len(data) + 2
    low, high = np.zeros(most, np.int32), np.zeros(most, np.int32)
    depth = np.zeros(most, np.int32)
    first, ends = np.zeros(most + 1, np.int32), np.full(most, -1, np.int32)
    labels = np.zeros(most, np.uint8)
    high[0] = len(numbers)
    size, node = 1, 0
    while node < size:
        at, stop, d = low[node], high[node], depth[node]
        first[node] = size
        if at < stop and bounds[at + 1] - bounds[at] == d:
            ends[node] = numbers[at]
            at += 1
        while at < stop:
            label = data[bounds[at] + d]
            until = at + 1
            while until < stop and data[bounds[until] + d] == label:
                until += 1
            low[size], high[size], depth[size], labels[size] = at, until, d + 1, label
            size += 1
            at = until
        node += 1
    first[size] = size
    return first[: size + 1].copy(), labels[:size].copy(), ends[:size].copy()


@njit(cache=True)
def _child(trie, node, label):  # type: ignore[no-untyped-def]
    low, high = trie.first[node], trie.first[node + 1]
    while high - low > 6:
        middle = (low + high) >> 1
        if trie.labels[middle] <= label:
            low = middle
        else:
            high = middle
    for at in range(low, high):
        if trie.labels[at] == label:
            return at
    return -1


@njit(cache=True)
def _mix(key):  # type: ignore[no-untyped-def]
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)


@njit(cache=True)
def fill_table(keys, values, slots):  # type: ignore[no-untyped-def]
    """Lay keys into an open-addressing table; probing goes to the next slot.

    Args:
        keys: int64, distinct.
        values: Uint16 for each key, from 1 to VALUES.
        slots: Size of the table, more than keys.

    Returns:
        uint32: 20 bits of the key's hash, 12 of its value; 0 where nothing is.
    """
    table = np.zeros(slots, np.uint32)
    for i in range(len(keys)):
        mixed = _mix(keys[i])
        slot = np.int64(((mixed >> np.uint64(32)) * np.uint64(slots)) >> np.uint64(32))
        while table[slot]:
            slot = slot + 1 if slot + 1 < slots else 0
        table[slot] = np.uint32(((mixed & np.uint64(0xFFFFF)) << np.uint64(12)) | np.uint64(values[i]))
    return table


@njit(cache=True)
def _find(table, key):  # type: ignore[no-untyped-def]
    """Return the value of a key, or 0. Once in a million slots a key is taken for another."""
    slots = len(table)
    mixed = _mix(key)
    slot = np.int64(((mixed >> np.uint64(32)) * np.uint64(slots)) >> np.uint64(32))
    wanted = np.uint32(mixed & np.uint64(0xFFFFF))
    while True:
        entry = table[slot]
        if entry == 0:
            return np.int64(0)
        if entry >> np.uint32(12) == wanted:
            return np.int64(entry & np.uint32(0xFFF))
        slot = slot + 1 if slot + 1 < slots else 0


@njit(cache=True)
def _push(grid, end, cost, total, context, last, backoff, flags, origin, k, way, term):  # type: ignore[no-untyped-def]
    """Enter a path into a state at a position; the dearest state gives way where there are too many."""
    n = grid.count[end]
    worst = 0
    for i in range(n):
        if grid.last[end, i] == last and grid.context[end, i] == context and grid.flags[end, i] == flags:
            grid.total[end, i] = _join(total, grid.total[end, i])
            if cost >= grid.cost[end, i]:
                return
            worst = i
            n = -1
            break
        if grid.cost[end, i] > grid.cost[end, worst]:
            worst = i
    if n >= 0:
        if n < STATES:
            worst = n
            grid.count[end] = n + 1
        elif cost >= grid.cost[end, worst]:
            return
        grid.total[end, worst] = total
        grid.last[end, worst] = last
        grid.context[end, worst] = context
        grid.backoff[end, worst] = backoff
        grid.flags[end, worst] = flags
    grid.cost[end, worst] = cost
    grid.origin[end, worst] = origin
    grid.origin_state[end, worst] = k
    grid.way[end, worst] = way
    grid.term[end, worst] = term
    if cost < grid.reach[end]:
        grid.reach[end] = cost


@njit(cache=True)
def _relax(  # type: ignore[no-untyped-def]
    grid, tables, at, end, piece, own, starts, stops, role, capitals, joins, opening, wide, term,
    is_first, is_spaced, insert_cost, delete_cost,
):  # fmt: skip
    """Follow every state at a position through one piece.

    Args:
        grid: The lattice.
        tables: The costs.
        at: Where the piece starts, end: where it ends, in the section.
        piece: Its number; own: its own cost.
        starts: Whether it starts with a letter; stops: whether it ends with one.
        role: Of a quote mark; capitals: whether it is a word in capitals, AS_WRITTEN or FOLDED.
        joins: Whether it must be joined to what stands before it; opening: whether what follows must be joined to it.
        wide: Whether it is of a script without spaces.
        term: Its number among the terms, or -1.
        is_first: Whether the text starts here.
        is_spaced: Whether a space stands here; insert_cost, delete_cost: what changing that costs.
    """
    floor = grid.reach[at] + FLOOR
    for k in range(grid.count[at]):
        before = grid.cost[at, k]
        if before > floor:
            continue
        was = grid.flags[at, k]
        price = own
        is_open = was & _OPEN
        if role == OPENS:
            if is_open:
                price += UNPAIRED_COST
            is_open = _OPEN
        elif role == CLOSES:
            if not is_open:
                price += UNPAIRED_COST
            is_open = 0
        if capitals == FOLDED:
            if was & _CAPITALS:
                price += MORE_CAPITALS_COST
            else:
                price += BEHIND_ACRONYM_COST if was & _ACRONYM else CAPITALS_COST
        flags = is_open
        if stops:
            flags |= _LETTERS
        if capitals == FOLDED:
            flags |= _CAPITALS
        elif capitals == AS_WRITTEN:
            flags |= _ACRONYM | (was & _CAPITALS)
        if opening:
            flags |= _OPENING
        if wide:
            flags |= _WIDE
        low, high = 0, 1
        if is_first or (starts and was & _LETTERS):
            low = 1
        elif joins or was & _OPENING or (wide and was & _WIDE):
            high = 0
        behind = np.int64(grid.last[at, k])
        for spaced in range(low, high + 1):
            cost = price
            if not is_first:
                if spaced and not is_spaced:
                    cost += insert_cost
                elif is_spaced and not spaced:
                    cost += delete_cost
            token = np.int64(2 * piece + spaced)
            key = (behind << 20) | token
            value = _find(tables.pairs, key)
            level = value >> PAIR_BITS
            if value:
                pair = (value & PAIR_MASK) * PAIR_STEP
            else:
                pair = (np.int64(tables.rest[behind, spaced]) + tables.single[token]) * COST_STEP
                level = NO_TRIPLES
            if grid.context[at, k] >= 0:
                value = _find(tables.triples, (grid.context[at, k] << 20) | token)
                if value:
                    pair = value * COST_STEP
                else:
                    pair += grid.backoff[at, k]
            cost += pair
            last = 2 * piece + 1 if tables.is_letters[piece] else token
            context = key if level != NO_TRIPLES else np.int64(-1)
            _push(
                grid, end, before + cost, grid.total[at, k] + cost, context, last, level * BACKOFF_STEP, flags, at, k,
                spaced | (role << 1) | (16 if UNKNOWN_PIECE <= piece < NUMBER_PIECE else 0), term,
            )  # fmt: skip


@njit(cache=True)
def search(codes, gaps, tables, trie, chars, terms, insert_cost, delete_cost, repair, spaces, roles):  # type: ignore[no-untyped-def]
    """Find the most probable way to space a text.

    Args:
        codes: The text without its spaces, code points, uint32.
        gaps: Whether a space stands before each character, uint8.
        tables: The costs.
        trie: The vocabulary.
        chars: What is known of characters.
        terms: Names and terms beside the vocabulary.
        insert_cost: Nats that a space costs where none stands.
        delete_cost: Nats that it costs to take a space out.
        repair: Whether a double mark may stand for an apostrophe.
        spaces: Takes, for each character, whether a space stands before it, uint8.
        roles: Takes, for each character, what a quote mark does (REPAIRED: stands for an apostrophe), uint8.

    Returns:
        The cost of the path, the cost of all paths together (never more), both in nats, and the number of its pieces
        that are outside the vocabulary.
    """
    n = len(codes)
    width = min(n, SECTION) + LONGEST + 2
    grid = _Lattice(
        np.empty((width, STATES), np.float64),
        np.empty((width, STATES), np.float64),
        np.empty((width, STATES), np.int64),
        np.empty((width, STATES), np.int32),
        np.empty((width, STATES), np.float32),
        np.empty((width, STATES), np.uint8),
        np.empty((width, STATES), np.int32),
        np.empty((width, STATES), np.int8),
        np.empty((width, STATES), np.uint8),
        np.empty((width, STATES), np.int32),
        np.zeros(width, np.int8),
        np.full(width, np.inf),
        np.zeros(LONGEST_WORD + 1, np.uint8),
        np.zeros(LONGEST_WORD + 1, np.int32),
    )
    kind = np.zeros(n + 2, np.uint8)
    for i in range(n):
        kind[i] = chars.kinds[codes[i]] if codes[i] < 65536 else np.uint8(0)
    inner = np.zeros(n + 2, np.int32)
    for i in range(n):
        inner[i + 1] = inner[i] + gaps[i]
    inner[n + 1] = inner[n]
    grid.count[0] = 1
    grid.cost[0, 0] = grid.total[0, 0] = grid.reach[0] = 0.0
    grid.context[0, 0] = -1
    grid.last[0, 0] = 2 * BOUNDARY_PIECE
    grid.backoff[0, 0] = 0.0
    grid.flags[0, 0] = 0
    base = 0
    unknown = np.int64(0)
    while True:
        size = min(n - base, SECTION)
        for at in range(size):
            if grid.count[at] == 0:
                continue
            cheapest = grid.reach[at]
            nearest = np.inf
            for i in range(at + 1, min(at + 1 + AHEAD, size + 1)):
                if grid.reach[i] < nearest:
                    nearest = grid.reach[i]
            if nearest + BEHIND < cheapest:
                continue
            _expand(grid, tables, trie, chars, terms, codes, kind, gaps, inner, base, at, insert_cost, delete_cost, repair)
        if base + size == n:
            best, final, total = _finish(grid, tables, size)
            return final, total, unknown + _trace(grid, terms, base, size, best, spaces, roles)
        stop, state = _find_commit(grid, size)
        unknown += _trace(grid, terms, base, stop, state, spaces, roles)
        _restart(grid, stop, state)
        base += stop


@njit(cache=True)
def _finish(grid, tables, size):  # type: ignore[no-untyped-def]
    """Return the best state at the end of the text, its cost, and that of all states together."""
    best, final, total = 0, np.inf, np.inf
    for k in range(grid.count[size]):
        behind = np.int64(grid.last[size, k])
        value = _find(tables.pairs, (behind << 20) | np.int64(2 * BOUNDARY_PIECE))
        if value:
            end = (value & PAIR_MASK) * PAIR_STEP
        else:
            end = (np.int64(tables.rest[behind, 0]) + tables.single[2 * BOUNDARY_PIECE]) * COST_STEP
        if grid.flags[size, k] & _OPEN:
            end += LEFT_OPEN_COST
        if grid.cost[size, k] + end < final:
            best, final = k, grid.cost[size, k] + end
        total = _join(grid.total[size, k] + end, total)
    return best, final, total


@njit(cache=True)
def _find_commit(grid, size):  # type: ignore[no-untyped-def]
    """Return the position and state to which the best path out of a section is taken for good."""
    stop = size
    while grid.count[stop] == 0:
        stop += 1
    state = 0
    for k in range(grid.count[stop]):
        if grid.cost[stop, k] < grid.cost[stop, state]:
            state = k
    while stop > size - BACK:
        before = np.int64(grid.origin[stop, state])
        state = np.int64(grid.origin_state[stop, state])
        stop = before
    return stop, state


@njit(cache=True)
def _restart(grid, stop, state):  # type: ignore[no-untyped-def]
    """Empty the lattice but for one state, which moves to its start."""
    cost, total = grid.cost[stop, state], grid.total[stop, state]
    context, last = grid.context[stop, state], grid.last[stop, state]
    backoff, flags = grid.backoff[stop, state], grid.flags[stop, state]
    grid.count[:] = 0
    grid.reach[:] = np.inf
    grid.count[0] = 1
    grid.cost[0, 0] = grid.reach[0] = cost
    grid.total[0, 0] = total
    grid.context[0, 0], grid.last[0, 0] = context, last
    grid.backoff[0, 0], grid.flags[0, 0] = backoff, flags


@njit(cache=True)
def _join(a, b):  # type: ignore[no-untyped-def]
    """Return the cost of two exclusive events together."""
    low, gap = (a, b - a) if a < b else (b, a - b)
    return low - np.log1p(np.exp(-gap)) if gap < 12.0 else low


@njit(cache=True)
def _trace(grid, terms, base, at, state, spaces, roles):  # type: ignore[no-untyped-def]
    unknown = np.int64(0)
    while at > 0:
        start, way, term = grid.origin[at, state], grid.way[at, state], grid.term[at, state]
        spaces[base + start] = way & 1
        roles[base + start] = (way >> 1) & 3
        if term >= 0:
            for i in range(1, min(at - start, 64)):
                spaces[base + start + i] = (terms.spaces[term] >> np.uint64(i)) & np.uint64(1)
        unknown += np.int64(way >> 4)
        at, state = np.int64(start), np.int64(grid.origin_state[at, state])
    return unknown


@njit(cache=True)
def _expand(grid, tables, trie, chars, terms, codes, kind, gaps, inner, base, at, insert_cost, delete_cost, repair):  # type: ignore[no-untyped-def]
    """Follow all pieces that may start at a position."""
    n = len(codes)
    p = base + at
    limit = min(n - p, LONGEST)
    code = codes[p]
    is_first, is_spaced = p == 0, gaps[p] == 1
    none, yes = False, True

    # Terms.
    node = 0
    for i in range(limit):
        if codes[p + i] > 255:
            break
        node = _child(terms.trie, node, codes[p + i])
        if node < 0:
            break
        term = terms.trie.ends[node]
        if term >= 0:
            own = terms.costs[term]
            for j in range(1, i + 1):
                if gaps[p + j] and not (terms.spaces[term] >> np.uint64(j)) & np.uint64(1):
                    own += delete_cost
                elif not gaps[p + j] and (terms.spaces[term] >> np.uint64(j)) & np.uint64(1):
                    own += insert_cost
            _relax(
                grid, tables, at, at + i + 1, terms.pieces[term], own, (kind[p] & LETTER) != 0,
                (kind[p + i] & LETTER) != 0, PLAIN, NO_CAPITALS, none, none, none, term,
                is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip

    if kind[p] & LETTER:
        _words(
            grid, tables, trie, chars, codes, kind, inner, base, at, limit,
            is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
        return
    if kind[p] & DIGIT:
        end = 1
        while end < limit and kind[p + end] & DIGIT:
            end += 1
        piece = NUMBER_PIECE + min(end, 7) - 1
        is_century = (code == 49 and codes[p + 1] == 57) or (code == 50 and codes[p + 1] == 48) if end > 1 else False
        if end == 4 and is_century:
            piece = YEAR_PIECE
        own = (inner[p + end] - inner[p + 1]) * delete_cost
        _relax(
            grid, tables, at, at + end, piece, own, none, none, PLAIN, NO_CAPITALS, none, none, none, -1,
            is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
        for i in range(1, end):
            if gaps[p + i] or (i == 4 and is_century and end > 4):
                piece = YEAR_PIECE if i == 4 and is_century else NUMBER_PIECE + min(i, 7) - 1
                own = (inner[p + i] - inner[p + 1]) * delete_cost
                _relax(
                    grid, tables, at, at + i, piece, own if gaps[p + i] else own + SPLIT_NUMBER_COST, none, none,
                    PLAIN, NO_CAPITALS, none, none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
                )  # fmt: skip
        more = end
        if end <= 3:
            while (
                more + 3 < limit
                and codes[p + more] == 44
                and kind[p + more + 1] & DIGIT
                and kind[p + more + 2] & DIGIT
                and kind[p + more + 3] & DIGIT
                and not (more + 4 < limit and kind[p + more + 4] & DIGIT)
            ):
                more += 4
        piece = COMMA_PIECE
        if more == end and more + 1 < limit and codes[p + more] == 46 and kind[p + more + 1] & DIGIT:
            piece = POINT_PIECE
            more += 2
            while more < limit and kind[p + more] & DIGIT:
                more += 1
        if more > end:
            own = (inner[p + more] - inner[p + 1]) * delete_cost
            _relax(
                grid, tables, at, at + more, piece, own, none, none, PLAIN, NO_CAPITALS, none, none, none, -1,
                is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip
        return
    if code == _QUOTE:
        _relax(
            grid, tables, at, at + 1, OPEN_PIECE, 0.0, none, none, OPENS, NO_CAPITALS, none, yes, none, -1,
            is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
        _relax(
            grid, tables, at, at + 1, CLOSE_PIECE, 0.0, none, none, CLOSES, NO_CAPITALS, yes, none, none, -1,
            is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
        if repair:
            _relax(
                grid, tables, at, at + 1, APOSTROPHE_PIECE, APOSTROPHE_COST, none, none, REPAIRED, NO_CAPITALS, none, none,
                none, -1, is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip
        return
    if code == _SINGLE or code == _CURLY:
        _relax(
            grid, tables, at, at + 1, APOSTROPHE_PIECE, 0.0, none, none, PLAIN, NO_CAPITALS, none, none, none, -1,
            is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
        if code == _SINGLE:
            _relax(
                grid, tables, at, at + 1, OPEN_SINGLE_PIECE, 0.0, none, none, PLAIN, NO_CAPITALS, none, yes, none, -1,
                is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip
        return
    piece = chars.pieces[code] if code < 65536 else 1
    role = OPENS if piece == OPEN_PIECE else CLOSES if piece == CLOSE_PIECE else PLAIN
    opening = role == OPENS or piece == OPEN_SINGLE_PIECE or code == 40 or code == 91
    joins = role == CLOSES or code == 41 or code == 93 or code == 44 or code == 59 or (kind[p] & JOINS) != 0
    _relax(
        grid, tables, at, at + 1, piece, 0.0, none, none, role, NO_CAPITALS, joins, opening, code >= 0x2E80, -1,
        is_first, is_spaced, insert_cost, delete_cost,
    )  # fmt: skip


@njit(cache=True)
def _words(  # type: ignore[no-untyped-def]
    grid, tables, trie, chars, codes, kind, inner, base, at, limit, is_first, is_spaced, insert_cost, delete_cost
):
    """Follow the words that may start at a letter: known ones, abbreviations, and words outside the vocabulary."""
    p = base + at
    none, yes = False, True
    found = False
    run = 1
    while run < limit and kind[p + run] & LETTER:
        run += 1
    longest = min(run, LONGEST_WORD)
    is_known, numbers = grid.is_known, grid.numbers
    is_known[:] = 0
    numbers[:] = -1

    # Known words: as written, in lower case, and with a capital where all is capitals.
    exact, folded, title = 0, 0, 0
    n_upper = 0
    for i in range(longest):
        code = codes[p + i]
        if code > 255:
            break
        is_upper = (kind[p + i] & UPPER) != 0
        n_upper += is_upper
        low = chars.lower[code] if is_upper else code
        if low > 255:
            break
        if exact >= 0:
            exact = _child(trie, exact, code)
        if folded >= 0:
            folded = _child(trie, folded, low)
        if title >= 0:
            title = _child(trie, title, code if i == 0 else low)
        if exact < 0 and folded < 0 and title < 0:
            break
        deleted = (inner[p + i + 1] - inner[p + 1]) * delete_cost
        if exact >= 0 and trie.ends[exact] >= 0:
            is_known[i + 1] = 1
            numbers[i + 1] = trie.ends[exact]
            found = True
            _relax(
                grid, tables, at, at + i + 1, trie.ends[exact], deleted, yes, yes, PLAIN,
                AS_WRITTEN if n_upper == i + 1 and i > 0 else NO_CAPITALS, none, none, none, -1,
                is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip
        elif n_upper == i + 1 and i > 0:
            number = trie.ends[folded] if folded >= 0 and trie.ends[folded] >= 0 else -1
            if number < 0 and title >= 0:
                number = trie.ends[title]
            if number >= 0:
                found = True
                _relax(
                    grid, tables, at, at + i + 1, number, deleted, yes, yes, PLAIN, FOLDED, none, none, none, -1,
                    is_first, is_spaced, insert_cost, delete_cost,
                )  # fmt: skip
        elif n_upper == 1 and kind[p] & UPPER and folded >= 0 and trie.ends[folded] >= 0:
            numbers[i + 1] = trie.ends[folded]
            found = True
            _relax(
                grid, tables, at, at + i + 1, trie.ends[folded], deleted + CASE_COST, yes, yes, PLAIN, NO_CAPITALS, none,
                none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip

    # A known word with an s.
    for i in range(4, min(longest, LONGEST_WORD - 1)):
        if numbers[i] >= 0 and not is_known[i + 1] and codes[p + i] == 115 and numbers[i + 1] < 0:
            found = True
            deleted = (inner[p + i + 1] - inner[p + 1]) * delete_cost
            _relax(
                grid, tables, at, at + i + 1, numbers[i], deleted + INFLECTED_COST, yes, yes, PLAIN, NO_CAPITALS, none,
                none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip

    # Dotted abbreviations.
    node = 0
    pairs = 0
    while 2 * pairs + 1 < limit and kind[p + 2 * pairs] & LETTER and codes[p + 2 * pairs + 1] == 46:
        if node >= 0 and codes[p + 2 * pairs] < 256:
            node = _child(trie, node, codes[p + 2 * pairs])
            if node >= 0:
                node = _child(trie, node, 46)
        else:
            node = -1
        pairs += 1
        if pairs > 1:
            found = True
            deleted = (inner[p + 2 * pairs] - inner[p + 1]) * delete_cost
            number = trie.ends[node] if node >= 0 else -1
            _relax(
                grid, tables, at, at + 2 * pairs, number if number >= 0 else DOTTED_PIECE,
                deleted if number >= 0 else deleted + DOTTED_COST * pairs, yes, none, PLAIN, NO_CAPITALS, none, none, none,
                -1, is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip

    # Numbers with letters in them, of contracts and the like.
    if kind[p] & UPPER:
        end, n_digits, turns = 1, 0, 0
        while end < limit and kind[p + end] & (UPPER | DIGIT):
            is_digit = (kind[p + end] & DIGIT) != 0
            n_digits += is_digit
            turns += is_digit != ((kind[p + end - 1] & DIGIT) != 0)
            end += 1
        if n_digits >= 4 and turns >= 3:
            deleted = (inner[p + end] - inner[p + 1]) * delete_cost
            _relax(
                grid, tables, at, at + end, UNKNOWN_PIECE + 2, CODE_COST + deleted, yes, none, PLAIN, NO_CAPITALS,
                none, none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
            )  # fmt: skip

    # Words outside the vocabulary: to where the case changes, or the letters end.
    upper = (kind[p] & UPPER) != 0
    capitals = upper and run > 1 and (kind[p + 1] & UPPER) != 0
    shape = 2 if capitals else 1 if upper else 0
    a, b, c = 0, 0, 0
    cost = UNKNOWN_COST
    cheapest = grid.reach[at]
    bound = np.inf  # what a path over known words will have cost at the same place, about
    camel = False
    for i in range(min(run, LONGEST_UNKNOWN)):
        is_upper = (kind[p + i] & UPPER) != 0
        if i and is_upper != capitals:
            if capitals:
                if codes[p + i] == 115 and i > 1:  # VBIEDs
                    deleted = (inner[p + i + 1] - inner[p + 1]) * delete_cost
                    stop = cost + tables.spelling[(((shape * 28 + a) * 28 + b) * 28 + c) * 28] * SPELLING_STEP
                    found = True
                    _relax(
                        grid, tables, at, at + i + 1, UNKNOWN_PIECE + shape, stop + deleted + PLURAL_COST, yes, yes,
                        PLAIN, NO_CAPITALS, none, none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
                    )  # fmt: skip
                break
            if camel or shape == 0 or i < 2 or i + 1 >= run or kind[p + i + 1] & UPPER:
                break
            camel = True
            if not (i == 2 and a == 0 and b == 13 and c == 3):  # Mc
                cost += CAMEL_COST
        code = codes[p + i]
        letter = chars.letters[code] if code < 65536 else np.uint8(27)
        cost += tables.spelling[(((shape * 28 + a) * 28 + b) * 28 + c) * 28 + letter] * SPELLING_STEP
        if capitals and i >= LONGEST_ACRONYM:
            cost += LONG_ACRONYM_COST
        a, b, c = b, c, letter
        bound = min(bound + USUAL_COST, grid.reach[at + i + 1])
        if i and not is_known[min(i + 1, LONGEST_WORD)]:
            stop = cost + tables.spelling[(((shape * 28 + a) * 28 + b) * 28 + c) * 28] * SPELLING_STEP
            stop += (inner[p + i + 1] - inner[p + 1]) * delete_cost
            if cheapest + stop < bound + BEHIND:
                found = True
                _relax(
                    grid, tables, at, at + i + 1, UNKNOWN_PIECE + shape, stop, yes, yes, PLAIN, NO_CAPITALS, none, none,
                    none, -1, is_first, is_spaced, insert_cost, delete_cost,
                )  # fmt: skip
    if not found:
        _relax(
            grid, tables, at, at + 1, UNKNOWN_PIECE + (1 if upper else 0), LONE_LETTER_COST, yes, yes, PLAIN, NO_CAPITALS, none,
            none, none, -1, is_first, is_spaced, insert_cost, delete_cost,
        )  # fmt: skip
