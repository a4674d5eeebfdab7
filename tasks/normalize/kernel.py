"""The inner loops of the restoration, compiled by numba and cached on disk: the trie, the hash tables, the search.

The search is Viterbi's (Viterbi 1967) over pieces, with the last two pieces as context. Beside the cost of the best
path each state carries the summed probability of all paths into it, which tells at the end how probable the best one
is. The text is searched in sections, so that memory is bounded and time linear.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.compiled import compiled, compiled_inner, compiled_into
from tasks.normalize.pieces import (
    ALPHABET,
    APOSTROPHE,
    BOUNDARY,
    CLOSE,
    DOTTED,
    FIXED,
    NUMBERS,
    OPEN,
    OPEN_SINGLE,
    UNKNOWN_LOWER,
)

COST_STEP = 0.08
PAIR_STEP, PAIR_BITS, PAIR_MASK = 0.12, 7, 127
BACKOFF_STEP = 0.15
SPELLING_STEP = 0.06
NO_TRIPLES = 31
LETTER, UPPER, DIGIT, MARK = 1, 2, 4, 8  # kinds of characters

STATES = 3  # kept at a position
FLOOR = 5.0  # nats behind the best state of a position beyond which a state is not followed
LONGEST = 64  # characters of a piece
SECTION = 2048  # characters after which the search commits, but for the last BACK
BACK = 64
AHEAD, BEHIND = 24, 4.5  # characters and nats by which a path may lie behind another
UNKNOWN_BEHIND = 6.0  # the same of an unknown word
LONG_BEHIND, LONG_PIECE = 7.5, 4  # the same of one that ends with a piece of so many characters: `missile strikes`
USUAL_COST = 2.0  # nats a character, of text of known words, rather more than less
HOPELESS = 20.0  # nats behind such a path at which an unknown word is given up
LONGEST_WORD, LONGEST_UNKNOWN = 24, 20
PROBED = 8  # slots of a table that are looked at together

CASE_COST = 1.5  # nats: a word known in lower case only, written with a capital
CAPITALS_COST, MORE_CAPITALS_COST = 7.0, 0.7  # a word in capitals; behind another one
BEHIND_ACRONYM_COST = 4.0  # a word in capitals behind one that is known in capitals
SEEN_COST = 7.5  # nats, at most, of a name that the text has had before
INFLECTED_COST = 4.0  # a known word with an s that makes it an unknown one
LONGEST_ACRONYM, LONG_ACRONYM_COST = 6, 1.5  # letters, and nats for each beyond
CODE_COST = 14.0  # a contract or serial number: W911XK20C0006
CAMEL_COST = 12.0  # a capital inside an unknown word
PLURAL_COST = 2.0  # VBIEDs
DOTTED_COST = 3.0  # a letter of an unknown dotted abbreviation
LONE_LETTER_COST = 12.0
SPLIT_NUMBER_COST = 4.0  # digits that follow each other without belonging together
APOSTROPHE_COST = 1.5  # a double mark that stands for an apostrophe
UNPAIRED_COST = 5.0
LEFT_OPEN_COST = 2.5

# Traits of a piece: it starts or stops with a letter, is joined to what stands before it, leads what stands behind it,
# is of a script without spaces, is a word in capitals, an acronym, an opening, closing or repaired mark,
# a name that the text has had before, a hyphen: such a name is joined to it.
STARTS, STOPS, JOINS, LEADS, WIDE, CAPITALS, ACRONYM, OPENS, CLOSES, REPAIRED, SEEN, HYPHEN = (
    1 << n for n in range(12)
)
WORD = STARTS | STOPS
_KEPT = STOPS | LEADS | WIDE | CAPITALS | ACRONYM | HYPHEN  # traits that matter to the next piece
_REPAIRED_WAY, _UNKNOWN_WAY = 2, 4
REPAIRED_MARK, UNKNOWN_START = _REPAIRED_WAY >> 1, _UNKNOWN_WAY >> 1
_CHILDREN, _FIRST, _END = 8, 16, 40  # bits of a node of a trie: see `build_trie`
MOST_NODES, MOST_ENDS = (1 << 24) - 1, (1 << 23) - 1
_QUOTE, _SINGLE, _CURLY, _HYPHEN, _STOP = 34, 39, 0x2019, 45, 46
_CHARS = 1 << 16
SCRIPTS = 0x2E80  # code point from which scripts have neither case nor spaces

# Numbers of the pieces that the search names; unknown words and whole numbers take several in a row.
BOUNDARY_PIECE, UNKNOWN_PIECE = FIXED.index(BOUNDARY), FIXED.index(UNKNOWN_LOWER)
DOTTED_PIECE, NUMBER_PIECE = FIXED.index(DOTTED), FIXED.index(NUMBERS[0])
YEAR_PIECE, COMMA_PIECE, POINT_PIECE = map(FIXED.index, NUMBERS[-3:])
OPEN_PIECE, CLOSE_PIECE = FIXED.index(OPEN), FIXED.index(CLOSE)
OPEN_SINGLE_PIECE, APOSTROPHE_PIECE = FIXED.index(OPEN_SINGLE), FIXED.index(APOSTROPHE)


class Characters(NamedTuple):
    """What the search knows of a character, by code point below 2 ** 16.

    Attributes:
        kinds: Bits LETTER, UPPER, DIGIT (0 to 9) and MARK (belongs to the character before it), uint8.
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
    """

    single: npt.NDArray[np.uint8]
    rest: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.uint32]
    triples: npt.NDArray[np.uint32]
    spelling: npt.NDArray[np.uint8]


class Terms(NamedTuple):
    """Names and terms beside the vocabulary: each is one piece of the search.

    Attributes:
        trie: The terms without spaces, by their numbers: see `build_trie`.
        pieces: The piece whose contexts each term has, int32.
        costs: Of each term beyond its piece, nats, float32.
        spaces: For each term a bit for each of its first 64 offsets: whether a space stands there, uint64.
    """

    trie: npt.NDArray[np.int64]
    pieces: npt.NDArray[np.int32]
    costs: npt.NDArray[np.float32]
    spaces: npt.NDArray[np.uint64]


#: log(1 + exp(-gap)) for gaps in steps of a sixteenth, up to _APART.
_APART = 10.0
_TOGETHER = np.log1p(np.exp(-(np.arange(_APART * 16 + 1) + 0.5) / 16))

#: A state: cost of the best path and of all paths together in nats, key of its last two pieces if triples follow it
#: (else -1), cost of a triple that is not known, last token, where its last piece starts and from which state, the
#: piece's number among the terms (else -1), traits that matter to what follows, and bits: a space stands before the
#: piece, it is a repaired mark, it is outside the vocabulary.
_STATE = np.dtype(
    [
        ("cost", np.float64),
        ("total", np.float64),
        ("context", np.int64),
        ("backoff", np.float32),
        ("last", np.int32),
        ("origin", np.int32),
        ("origin_state", np.int32),
        ("term", np.int32),
        ("flags", np.uint16),
        ("way", np.uint16),
    ],
    align=True,
)
#: A position: the lowest cost of its states, and how many it has.
_POSITION = np.dtype([("reach", np.float64), ("count", np.int64)], align=True)
#: A character: code point, spaces before it and those to the left of it together, code point in lower case, kind,
#: whether a space stands before, number of the letter; what it costs behind the three before it, and the end behind it,
#: inside an unknown word in small letters.
_CHARACTER = np.dtype(
    [
        ("code", np.uint32),
        ("gaps_before", np.int32),
        ("lower", np.uint16),
        ("kind", np.uint8),
        ("gap", np.uint8),
        ("letter", np.uint8),
        ("spelled", np.uint8),
        ("ended", np.uint8),
    ],
    align=True,
)
#: A piece that may start at a place: its own cost in nats, its number, its number among the terms (else -1), where it
#: ends in the section, and what it is: bits of STARTS to HYPHEN.
_PIECE = np.dtype(
    [("own", np.float64), ("piece", np.int32), ("term", np.int32), ("end", np.int32), ("traits", np.int32)], align=True
)
#: A state followed through a piece: what it costs but for the pair, the keys of the pair and the triple (-1 for none)
#: and what their tables hold where a search for them starts, cost in steps where there is no such pair, which piece it
#: is and from which state, traits of the new state, whether a space stands before the piece.
_STEP = np.dtype(
    [
        ("cost", np.float64),
        ("pair", np.int64),
        ("triple", np.int64),
        ("pair_entry", np.uint32),
        ("triple_entry", np.uint32),
        ("single", np.int32),
        ("piece", np.int32),
        ("origin_state", np.int32),
        ("flags", np.uint16),
        ("spaced", np.uint16),
    ],
    align=True,
)
_MOST_PIECES = 3 * LONGEST + 2 * LONGEST_WORD  # that start at a place, and rather more


class _Lattice(NamedTuple):
    """The states at each position of a section, and scratch space.

    Attributes:
        states: Of _STATE, shape (position, STATES).
        positions: Of _POSITION.
        known: For each length of a word from the present place: twice the number of the known word, plus one if it is
            written so; -1 if there is none. At 0 whether any word was found.
        pieces: Of _PIECE: those that may start at the present place.
        steps: Of _STEP: its states followed through them.
    """

    states: Any
    positions: Any
    known: Any
    pieces: Any
    steps: Any


class _Section(NamedTuple):
    base: Any
    size: Any
    insert_cost: Any
    delete_cost: Any
    repair: Any


class _Place(NamedTuple):
    base: Any
    at: Any
    is_first: Any
    is_spaced: Any
    insert_cost: Any
    delete_cost: Any
    repair: Any


@compiled
def build_trie(data, bounds, numbers):
    """Return sorted, distinct words as a tree, its root first.

    A node holds, from its lowest bits, the character that leads to it (8), how many children it has (8), where they
    start (24) and one more than the number of the word that ends there (23, 0 if none does). Children lie side by side,
    sorted by character, and those of a node shortly behind it, so that a walk stays within few cache lines.

    Args:
        data: The words' bytes, one after another, uint8.
        bounds: Where each word starts, and where the last one ends, int64.
        numbers: The number of each word, int32.
    """
    most = len(data) + 2
    low, high, depth = np.zeros(most, np.int32), np.zeros(most, np.int32), np.zeros(most, np.int32)
    nodes = np.zeros(most, np.int64)
    waiting = np.zeros(most, np.int32)
    high[0] = len(numbers)
    size, n_waiting = 1, 1
    while n_waiting:
        n_waiting -= 1
        node = waiting[n_waiting]
        at, stop, d = low[node], high[node], depth[node]
        if at < stop and bounds[at + 1] - bounds[at] == d:
            nodes[node] |= (np.int64(numbers[at]) + 1) << _END
            at += 1
        first = size
        while at < stop:
            label = data[bounds[at] + d]
            until = at + 1
            while until < stop and data[bounds[until] + d] == label:
                until += 1
            low[size], high[size], depth[size], nodes[size] = at, until, d + 1, label
            size += 1
            at = until
        nodes[node] |= (np.int64(first) << _FIRST) | (np.int64(size - first) << _CHILDREN)
        for child in range(size - 1, first - 1, -1):
            waiting[n_waiting] = child
            n_waiting += 1
    return nodes[:size].copy()


@compiled_inner
def _child(trie, node, label):
    """Return the child of a node to which a character leads, or -1."""
    low = (node >> _FIRST) & MOST_NODES
    high = low + ((node >> _CHILDREN) & 0xFF)
    while high - low > 8:
        middle = (low + high) >> 1
        if trie[middle] & 0xFF <= label:
            low = middle
        else:
            high = middle
    for at in range(low, high):
        if trie[at] & 0xFF == label:
            return trie[at]
    return np.int64(-1)


@compiled_inner
def _mix(key):
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)


@compiled
def fill_table(keys, values, slots):
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


@compiled_inner
def _slot(table, key):
    """Return where the search for a key starts."""
    return np.int64(((_mix(key) >> np.uint64(32)) * np.uint64(len(table))) >> np.uint64(32))


@compiled_inner
def _find(table, key, entry):
    """Return the value of a key, or 0. Once in a million slots a key is taken for another.

    Args:
        table: The table.
        key: The key.
        entry: What stands where the search for it starts.
    """
    if entry == 0:
        return np.int64(0)
    wanted = np.uint32(_mix(key) & np.uint64(0xFFFFF))
    if entry >> np.uint32(12) == wanted:
        return np.int64(entry & np.uint32(0xFFF))
    slots = len(table)
    slot = _slot(table, key) + 1
    while slot + PROBED <= slots:
        stop = PROBED
        for i in range(PROBED - 1, -1, -1):  # all of them at once, without a branch
            entry = table[slot + i]
            stop = i if entry == 0 or entry >> np.uint32(12) == wanted else stop
        if stop < PROBED:
            return np.int64(table[slot + stop] & np.uint32(0xFFF))
        slot += PROBED
    while True:
        slot = slot if slot < slots else 0
        entry = table[slot]
        if entry == 0 or entry >> np.uint32(12) == wanted:
            return np.int64(entry & np.uint32(0xFFF))
        slot += 1


@compiled
def pair_cost(tables, behind, token):
    """Return what a token costs behind another, in nats.

    Args:
        tables: The costs.
        behind: The token before it; of a word twice its number plus one.
        token: The token.
    """
    key = (np.int64(behind) << 20) | np.int64(token)
    value = _find(tables.pairs, key, tables.pairs[_slot(tables.pairs, key)])
    if value:
        return (value & PAIR_MASK) * PAIR_STEP
    return (np.int64(tables.rest[behind, token & 1]) + np.int64(tables.single[token])) * COST_STEP


@compiled_inner
def _add(pieces, n, end, piece, own, traits):
    """Enter a piece that may start at the present place, outside the terms, and return how many there are."""
    pieces[n].end, pieces[n].piece, pieces[n].own, pieces[n].traits, pieces[n].term = end, piece, own, traits, -1
    return n + 1


@compiled_into
def _look_up(grid, tables, place, first, last):
    """Follow every state at a place through some of the pieces, up to what the tables hold, and return how many steps.

    The search spends most of its time waiting for the tables: what is asked for in one loop comes together.
    """
    at = place.at
    floor = grid.positions[at].reach + FLOOR
    n = 0
    for i in range(first, last):
        piece = grid.pieces[i]
        end, traits = piece.end, piece.traits
        limit = np.inf
        if grid.positions[end].count == STATES:
            limit = grid.positions[end].reach + FLOOR - min(0.0, place.insert_cost, place.delete_cost)
        for k in range(grid.positions[at].count):
            state = grid.states[at, k]
            if state.cost > floor:
                continue
            was = state.flags
            price = piece.own
            flags = traits & _KEPT | was & OPENS
            if traits & OPENS:
                price += UNPAIRED_COST if was & OPENS else 0.0
                flags |= OPENS
            elif traits & CLOSES:
                price += 0.0 if was & OPENS else UNPAIRED_COST
                flags &= ~OPENS
            if traits & CAPITALS:
                if was & CAPITALS:
                    price += MORE_CAPITALS_COST
                else:
                    price += BEHIND_ACRONYM_COST if was & ACRONYM else CAPITALS_COST
            elif traits & ACRONYM:
                flags |= was & CAPITALS
            low, high = 0, 1
            if place.is_first or (traits & STARTS and was & STOPS):
                low = 1
            elif traits & JOINS or was & LEADS or (traits & WIDE and was & WIDE):
                high = 0
            if state.cost + price > limit:  # would be turned away
                continue
            behind = np.int64(state.last)
            for spaced in range(low, high + 1):
                cost = price
                if not place.is_first:
                    if spaced and not place.is_spaced:
                        cost += place.insert_cost
                    elif place.is_spaced and not spaced:
                        cost += place.delete_cost
                token = np.int64(2 * piece.piece + spaced)
                step = grid.steps[n]
                n += 1
                step.cost = cost
                step.piece, step.origin_state, step.flags, step.spaced = i, k, flags, spaced
                step.pair = (behind << 20) | token
                step.pair_entry = tables.pairs[_slot(tables.pairs, step.pair)]
                step.single = np.int32(tables.rest[behind, spaced]) + np.int32(tables.single[token])
                step.triple = -1
                if state.context >= 0:
                    step.triple = (state.context << 20) | token
                    step.triple_entry = tables.triples[_slot(tables.triples, step.triple)]
    return n


@compiled_into
def _enter(grid, tables, at, n):
    """Enter so many steps into states where they end; the dearest state gives way where there are too many.

    Args:
        grid: The lattice.
        tables: The costs.
        at: Where they start.
        n: How many there are.
    """
    found, value = np.int64(-1), np.int64(0)
    for j in range(n):
        step = grid.steps[j]
        piece = grid.pieces[step.piece]
        end, traits = piece.end, piece.traits
        origin = grid.states[at, step.origin_state]
        if step.pair != found:
            found, value = step.pair, _find(tables.pairs, step.pair, step.pair_entry)
        if value:
            pair = (value & PAIR_MASK) * PAIR_STEP
            level = value >> PAIR_BITS
        else:
            pair = step.single * COST_STEP
            level = np.int64(NO_TRIPLES)
        if step.triple >= 0:
            triple = _find(tables.triples, step.triple, step.triple_entry) if value else np.int64(0)
            if triple:
                pair = triple * COST_STEP
            else:
                pair += origin.backoff
        if traits & SEEN and (origin.flags & HYPHEN == 0) == (step.spaced != 0):
            pair = min(pair, SEEN_COST)
        cost = origin.cost + (step.cost + pair)
        total = origin.total + (step.cost + pair)
        n_states = grid.positions[end].count
        if n_states == STATES and cost > grid.positions[end].reach + FLOOR:
            continue
        is_letters = traits & WORD == WORD or UNKNOWN_PIECE <= piece.piece < DOTTED_PIECE
        last = 2 * piece.piece + 1 if is_letters else 2 * piece.piece + step.spaced
        context = step.pair if level != NO_TRIPLES else np.int64(-1)
        chosen, dearest = -1, 0
        for i in range(n_states):
            state = grid.states[end, i]
            if state.last == last and state.context == context and state.flags == step.flags:
                state.total = _join(total, state.total)
                chosen = i
                break
            if state.cost > grid.states[end, dearest].cost:
                dearest = i
        if chosen >= 0:
            if cost >= grid.states[end, chosen].cost:
                continue
        else:
            chosen = dearest
            if n_states < STATES:
                chosen = n_states
                grid.positions[end].count = n_states + 1
            elif cost >= grid.states[end, dearest].cost:
                continue
            state = grid.states[end, chosen]
            state.total = total
            state.last = last
            state.context = context
            state.backoff = level * BACKOFF_STEP
            state.flags = step.flags
        state = grid.states[end, chosen]
        state.cost = cost
        state.origin = at
        state.origin_state = step.origin_state
        state.way = step.spaced
        if traits & REPAIRED:
            state.way |= _REPAIRED_WAY
        if UNKNOWN_PIECE <= piece.piece < NUMBER_PIECE and piece.term < 0:
            state.way |= _UNKNOWN_WAY
        state.term = piece.term
        if cost < grid.positions[end].reach:
            grid.positions[end].reach = cost


@compiled
def space_out(codes, spaces):
    """Return a text with its spaces, code points, uint32; arguments as those of `search`. The first gets none."""
    size = len(codes)
    for i in range(1, len(codes)):
        size += spaces[i]
    spaced = np.empty(size, np.uint32)
    at = 0
    for i in range(len(codes)):
        if i > 0 and spaces[i]:
            spaced[at] = 32
            at += 1
        spaced[at] = codes[i]
        at += 1
    return spaced


@compiled
def search(codes, gaps, tables, trie, chars, terms, seen, insert_cost, delete_cost, repair, spaces, repaired):
    """Find the most probable way to space a text.

    Args:
        codes: The text without its spaces, code points, uint32.
        gaps: Whether a space stands before each character, uint8.
        tables: The costs.
        trie: The vocabulary: see `build_trie`.
        chars: What is known of characters.
        terms: Names and terms beside the vocabulary.
        seen: For each piece whether it is a name that the text has had before, uint8.
        insert_cost: Nats that a space costs where none stands.
        delete_cost: Nats that it costs to take a space out.
        repair: Whether a double mark may stand for an apostrophe.
        spaces: Takes, for each character, whether a space stands before it, uint8.
        repaired: Takes, for each character, bits: REPAIRED_MARK for a double mark that stands for an apostrophe,
            UNKNOWN_START for the first one of a piece outside the vocabulary, uint8.

    Returns:
        The cost of the path and the cost of all paths together (never more), both in nats.
    """
    n = len(codes)
    width = min(n, SECTION) + LONGEST + 2
    grid = _Lattice(
        np.empty((width, STATES), _STATE),
        np.empty(width, _POSITION),
        np.empty(LONGEST_WORD + 1, np.int32),
        np.empty(_MOST_PIECES, _PIECE),
        np.empty(_MOST_PIECES * STATES * 2, _STEP),
    )
    text = np.empty(n + 1, _CHARACTER)
    _read(text, codes, gaps, tables, chars)
    for i in range(width):
        grid.positions[i].count = 0
        grid.positions[i].reach = np.inf
    grid.positions[0].count = 1
    grid.states[0, 0].cost = 0.0
    grid.states[0, 0].total = 0.0
    grid.positions[0].reach = 0.0
    grid.states[0, 0].context = -1
    grid.states[0, 0].last = 2 * BOUNDARY_PIECE
    grid.states[0, 0].backoff = 0.0
    grid.states[0, 0].flags = 0
    base = 0
    while True:
        size = min(n - base, SECTION)
        section = _Section(base, size, insert_cost, delete_cost, repair)
        _follow(grid, tables, trie, chars, terms, seen, text, section)
        if base + size == n:
            best, final, total = _finish(grid, tables, size)
            _trace(grid, terms, base, size, best, spaces, repaired)
            return final, total
        stop, state = _find_commit(grid, size)
        _trace(grid, terms, base, stop, state, spaces, repaired)
        _restart(grid, stop, state)
        base += stop


@compiled_inner
def _follow(grid, tables, trie, chars, terms, seen, text, section):
    """Follow all pieces that may start at the places of a section, from left to right."""
    base, size, insert_cost, delete_cost, repair = section
    for at in range(size):
        if grid.positions[at].count == 0:
            continue
        cheapest = grid.positions[at].reach
        nearest = np.inf
        for i in range(at + 1, min(at + 1 + AHEAD, size + 1)):
            if grid.positions[i].reach < nearest:
                nearest = grid.positions[i].reach
        if nearest + BEHIND < cheapest and (nearest + LONG_BEHIND < cheapest or not _ends_long(grid, at)):
            continue
        p = base + at
        place = _Place(base, at, p == 0, text[p].gap != 0, insert_cost, delete_cost, repair)
        last = 0
        for part in range(2 if text[p].kind & LETTER else 1):  # what is unknown depends on how far the known ones reach
            first = last
            if part == 0:
                last = _find_known(grid, trie, chars, terms, seen, text, place)
            else:
                last = _find_unknown(grid, tables, text, place, first)
            _enter(grid, tables, at, _look_up(grid, tables, place, first, last))


@compiled_inner
def _ends_long(grid, at):
    """Tell whether a path into a position ends with a piece that is not short."""
    for k in range(grid.positions[at].count):  # noqa: SIM110 - numba compiles no generators
        if at - grid.states[at, k].origin >= LONG_PIECE:
            return True
    return False


@compiled_inner
def _finish(grid, tables, size):
    """Return the best state at the end of the text, its cost, and that of all states together."""
    best, final, total = 0, np.inf, np.inf
    for k in range(grid.positions[size].count):
        end = pair_cost(tables, grid.states[size, k].last, 2 * BOUNDARY_PIECE)
        if grid.states[size, k].flags & OPENS:
            end += LEFT_OPEN_COST
        if grid.states[size, k].cost + end < final:
            best, final = k, grid.states[size, k].cost + end
        total = _join(grid.states[size, k].total + end, total)
    return best, final, total


@compiled_inner
def _find_commit(grid, size):
    """Return the position and state to which the best path out of a section is taken for good."""
    stop = size
    while grid.positions[stop].count == 0:
        stop += 1
    state = 0
    for k in range(grid.positions[stop].count):
        if grid.states[stop, k].cost < grid.states[stop, state].cost:
            state = k
    while stop > size - BACK:
        before = np.int64(grid.states[stop, state].origin)
        state = np.int64(grid.states[stop, state].origin_state)
        stop = before
    return stop, state


@compiled_inner
def _restart(grid, stop, state):
    """Empty the lattice but for one state, which moves to its start."""
    cost, total = grid.states[stop, state].cost, grid.states[stop, state].total
    context, last = grid.states[stop, state].context, grid.states[stop, state].last
    backoff, flags = grid.states[stop, state].backoff, grid.states[stop, state].flags
    grid.positions.count[:] = 0
    grid.positions.reach[:] = np.inf
    grid.positions[0].count = 1
    grid.states[0, 0].cost = grid.positions[0].reach = cost
    grid.states[0, 0].total = total
    grid.states[0, 0].context, grid.states[0, 0].last = context, last
    grid.states[0, 0].backoff, grid.states[0, 0].flags = backoff, flags


@compiled_inner
def _join(a, b):
    """Return the cost of two exclusive events together, to a few hundredths of a nat."""
    low, gap = (a, b - a) if a < b else (b, a - b)
    return low - _TOGETHER[int(gap * 16)] if gap < _APART else low


@compiled_inner
def _trace(grid, terms, base, at, state, spaces, repaired):
    while at > 0:
        start, way, term = grid.states[at, state].origin, grid.states[at, state].way, grid.states[at, state].term
        spaces[base + start] = way & 1
        repaired[base + start] = way >> 1  # REPAIRED_MARK, UNKNOWN_START
        if term >= 0:
            for i in range(1, min(at - start, 64)):
                spaces[base + start + i] = (terms.spaces[term] >> np.uint64(i)) & np.uint64(1)
        at, state = np.int64(start), np.int64(grid.states[at, state].origin_state)


@compiled_into
def _read(text, codes, gaps, tables, chars):
    """Lay out what is known of each character of the text, and that nothing stands behind its end."""
    n = len(codes)
    text[0].gaps_before = 0
    text[n].code, text[n].kind = 0, 0
    behind = np.int64(0)  # the last three letters, as a number
    for i in range(n):
        code = codes[i]
        text[i].code = code
        text[i].gap = gaps[i]
        text[i + 1].gaps_before = text[i].gaps_before + gaps[i]
        letter = np.int64(ALPHABET - 1)
        text[i].kind, text[i].lower = 0, 0
        if code < _CHARS:
            text[i].kind, text[i].lower = chars.kinds[code], chars.lower[code]
            letter = np.int64(chars.letters[code])
        text[i].letter = letter
        text[i].spelled = tables.spelling[behind * ALPHABET + letter]
        behind = (behind * ALPHABET + letter) % ALPHABET**3
        text[i].ended = tables.spelling[behind * ALPHABET]


@compiled_into
def _find_known(grid, trie, chars, terms, seen, text, place):
    """Find the pieces that may start at a place, but for unknown words, and return how many there are."""
    p = place.base + place.at
    end, code, kind = place.at + 1, text[p].code, text[p].kind
    n = _find_terms(grid.pieces, terms, text, place)
    if kind & LETTER:
        n = _find_words(grid, trie, seen, text, place, n)
        if text[p + 1].code == _STOP or text[p + 1].kind & (UPPER | DIGIT):
            n = _find_abbreviations(grid, trie, text, place, n)
    elif kind & DIGIT:
        n = _find_numbers(grid.pieces, text, place, n)
    elif code == _QUOTE:
        n = _add(grid.pieces, n, end, OPEN_PIECE, 0.0, OPENS | LEADS)
        n = _add(grid.pieces, n, end, CLOSE_PIECE, 0.0, CLOSES | JOINS)
        if place.repair:
            n = _add(grid.pieces, n, end, APOSTROPHE_PIECE, APOSTROPHE_COST, REPAIRED)
    elif code in (_SINGLE, _CURLY):
        n = _add(grid.pieces, n, end, APOSTROPHE_PIECE, 0.0, 0)
        if code == _SINGLE:
            n = _add(grid.pieces, n, end, OPEN_SINGLE_PIECE, 0.0, LEADS)
    else:
        piece = chars.pieces[code] if code < _CHARS else 1
        traits = 0
        if piece == OPEN_PIECE:
            traits = OPENS | LEADS
        elif piece == CLOSE_PIECE:
            traits = CLOSES | JOINS
        elif piece == OPEN_SINGLE_PIECE or code == 40 or code == 91:  # ( [
            traits = LEADS
        elif kind & MARK or code == 41 or code == 93 or code == 44 or code == 59:  # ) ] , ;
            traits = JOINS
        elif code == _HYPHEN:
            traits = HYPHEN
        elif code >= SCRIPTS:
            traits = WIDE
        n = _add(grid.pieces, n, end, piece, 0.0, traits)
    return n


@compiled_inner
def _deleted(text, place, length):
    """Return what it costs to take out the spaces inside a piece of so many characters."""
    p = place.base + place.at
    return (text[p + length].gaps_before - text[p + 1].gaps_before) * place.delete_cost


@compiled_into
def _find_terms(pieces, terms, text, place):
    p, n = place.base + place.at, 0
    node = terms.trie[0]
    for i in range(min(len(text) - 1 - p, LONGEST)):
        if text[p + i].code > 255:
            break
        node = _child(terms.trie, node, text[p + i].code)
        if node < 0:
            break
        term = (node >> _END) - 1
        if term < 0:
            continue
        own = np.float64(terms.costs[term])
        for j in range(1, i + 1):
            has_space = (terms.spaces[term] >> np.uint64(j)) & np.uint64(1) != 0
            if text[p + j].gap and not has_space:
                own += place.delete_cost
            elif has_space and not text[p + j].gap:
                own += place.insert_cost
        traits = STARTS if text[p].kind & LETTER else 0
        traits |= STOPS if text[p + i].kind & LETTER else 0
        n = _add(pieces, n, place.at + i + 1, terms.pieces[term], own, traits)
        pieces[n - 1].term = term
    return n


@compiled_inner
def _find_numbers(pieces, text, place, n):
    p, at = place.base + place.at, place.at
    limit = min(len(text) - 1 - p, LONGEST)
    end = 1
    while end < limit and text[p + end].kind & DIGIT:
        end += 1
    is_century = False
    if end > 1:
        is_century = (text[p].code == 49 and text[p + 1].code == 57) or (text[p].code == 50 and text[p + 1].code == 48)
    for i in range(1, end + 1):
        is_year = i == 4 and is_century
        piece = YEAR_PIECE if is_year else NUMBER_PIECE + min(i, 7) - 1
        if i == end or text[p + i].gap:
            n = _add(pieces, n, at + i, piece, _deleted(text, place, i), 0)
        elif is_year:  # 2016 and 15 strikes
            n = _add(pieces, n, at + i, piece, _deleted(text, place, i) + SPLIT_NUMBER_COST, 0)
    more, piece = end, COMMA_PIECE
    while end <= 3 and more + 3 < limit and text[p + more].code == 44 and _are_digits(text, p + more + 1, 3):
        if more + 4 < limit and text[p + more + 4].kind & DIGIT:
            break
        more += 4
    if more == end and more + 1 < limit and text[p + more].code == 46 and text[p + more + 1].kind & DIGIT:
        piece = POINT_PIECE
        more += 2
        while more < limit and text[p + more].kind & DIGIT:
            more += 1
    if more > end:
        n = _add(pieces, n, at + more, piece, _deleted(text, place, more), 0)
    return n


@compiled_inner
def _are_digits(text, start, n):
    for i in range(start, start + n):  # noqa: SIM110 - numba compiles no generators
        if not text[i].kind & DIGIT:
            return False
    return True


@compiled_into
def _find_words(grid, trie, seen, text, place, n):
    """Follow known words: as written, in lower case, with a capital where all is capitals, and with an s.

    Leaves in the grid which lengths are known words, for `_find_unknown`.
    """
    p, at = place.base + place.at, place.at
    for i in range(1, LONGEST_WORD + 1):
        grid.known[i] = -1
    grid.known[0] = 0
    exact, folded, title, n_upper, longest = trie[0], trie[0], trie[0], 0, 0
    for i in range(min(len(text) - 1 - p, LONGEST_WORD)):
        code = text[p + i].code
        if not text[p + i].kind & LETTER or code > 255:
            break
        is_upper = text[p + i].kind & UPPER != 0
        low = text[p + i].lower if is_upper else code
        if low > 255:
            break
        n_upper += is_upper
        longest = i + 1
        if n_upper == 0:  # the three are one
            exact = _child(trie, exact, code)
            folded, title = exact, exact
        else:  # the others count where all is capitals, and in lower case that which starts with the only one
            exact = _child(trie, exact, code) if exact >= 0 else -1
            is_folded = n_upper == i + 1 or (n_upper == 1 and text[p].kind & UPPER != 0)
            folded = _child(trie, folded, low) if is_folded and folded >= 0 else -1
            is_title = title >= 0 and n_upper == i + 1
            title = (exact if i == 0 else _child(trie, title, low)) if is_title else -1
        if exact < 0 and folded < 0 and title < 0:
            break
        all_upper = i > 0 and n_upper == i + 1
        own = 0.0
        number, traits = -1, WORD
        if exact >> _END > 0:
            number = (exact >> _END) - 1
            grid.known[i + 1] = 2 * number + 1
            if all_upper:
                traits |= ACRONYM
            if seen[number]:
                traits |= SEEN
        elif all_upper:
            number = (folded >> _END) - 1 if folded >= 0 else -1
            if number < 0 and title >= 0:
                number = (title >> _END) - 1
            traits |= CAPITALS
        elif n_upper == 1 and text[p].kind & UPPER and folded >= 0:
            number = (folded >> _END) - 1
            if number >= 0:
                grid.known[i + 1] = 2 * number
            own = CASE_COST
        if number >= 0:
            grid.known[0] = 1
            n = _add(grid.pieces, n, at + i + 1, number, _deleted(text, place, i + 1) + own, traits)
    for i in range(4, longest):
        if grid.known[i] >= 0 and grid.known[i + 1] < 0 and text[p + i].code == 115:
            own = _deleted(text, place, i + 1) + INFLECTED_COST
            n = _add(grid.pieces, n, at + i + 1, grid.known[i] >> 1, own, WORD)
    return n


@compiled_inner
def _find_abbreviations(grid, trie, text, place, n):
    """Follow dotted abbreviations, and numbers with letters in them, of contracts and the like."""
    p, at = place.base + place.at, place.at
    limit = min(len(text) - 1 - p, LONGEST)
    node, pairs = trie[0], 0
    while 2 * pairs + 1 < limit and text[p + 2 * pairs].kind & LETTER and text[p + 2 * pairs + 1].code == 46:
        if node >= 0:
            node = _child(trie, node, text[p + 2 * pairs].code) if text[p + 2 * pairs].code < 256 else -1
        if node >= 0:
            node = _child(trie, node, 46)
        pairs += 1
        if pairs > 1:
            grid.known[0] = 1
            number = (node >> _END) - 1 if node >= 0 else -1
            own = _deleted(text, place, 2 * pairs)
            if number < 0:
                number = DOTTED_PIECE
                own += DOTTED_COST * pairs
            n = _add(grid.pieces, n, at + 2 * pairs, number, own, STARTS)
    if text[p].kind & UPPER:
        end, n_digits, turns = 1, 0, 0
        while end < limit and text[p + end].kind & (UPPER | DIGIT):
            is_digit = text[p + end].kind & DIGIT != 0
            n_digits += is_digit
            turns += is_digit != (text[p + end - 1].kind & DIGIT != 0)
            end += 1
        if n_digits >= 4 and turns >= 3:
            own = _deleted(text, place, end) + CODE_COST
            n = _add(grid.pieces, n, at + end, UNKNOWN_PIECE + 2, own, STARTS)
    return n


@compiled_into
def _find_unknown(grid, tables, text, place, n):
    """Follow words outside the vocabulary, up to where the case changes or the letters end."""
    p, at = place.base + place.at, place.at
    limit = min(len(text) - 1 - p, LONGEST_UNKNOWN)
    upper = text[p].kind & UPPER != 0
    acronym = upper and limit > 1 and text[p + 1].kind & UPPER != 0
    shape = 2 if acronym else 1 if upper else 0
    before = shape * ALPHABET**3  # the last three letters, as a number
    cost = 0.0
    bound = np.inf  # what a path over known words will have cost at the same place, about
    camel = False
    for i in range(limit):
        kind = text[p + i].kind
        if not kind & LETTER:
            break
        if i and (kind & UPPER != 0) != acronym:
            if acronym:
                if text[p + i].code == 115 and i > 1:  # VBIEDs
                    grid.known[0] = 1
                    own = cost + tables.spelling[before * ALPHABET] * SPELLING_STEP + PLURAL_COST
                    own += _deleted(text, place, i + 1)
                    n = _add(grid.pieces, n, at + i + 1, UNKNOWN_PIECE + shape, own, WORD)
                break
            is_camel = (
                not camel and upper and i > 1 and i + 1 < limit and text[p + i + 1].kind & (LETTER | UPPER) == LETTER
            )
            if not is_camel:
                break
            camel = True
            if i != 2 or text[p].code != 77 or text[p + 1].code != 99:  # Mc
                cost += CAMEL_COST
        letter = np.int64(text[p + i].letter)
        is_inside = shape == 0 and i > 2
        cost += (text[p + i].spelled if is_inside else tables.spelling[before * ALPHABET + letter]) * SPELLING_STEP
        if acronym and i >= LONGEST_ACRONYM:
            cost += LONG_ACRONYM_COST
        before = shape * ALPHABET**3 + (before * ALPHABET + letter) % ALPHABET**3
        bound = min(bound + USUAL_COST, grid.positions[at + i + 1].reach)
        if grid.positions[at].reach + cost > bound + HOPELESS:
            break
        if i and not (i < LONGEST_WORD and grid.known[i + 1] & 1 and grid.known[i + 1] >= 0):
            ended = text[p + i].ended if is_inside else tables.spelling[before * ALPHABET]
            own = cost + ended * SPELLING_STEP + _deleted(text, place, i + 1)
            if grid.positions[at].reach + own < bound + UNKNOWN_BEHIND:
                grid.known[0] = 1
                n = _add(grid.pieces, n, at + i + 1, UNKNOWN_PIECE + shape, own, WORD)
    if grid.known[0] == 0:
        piece = UNKNOWN_PIECE + (1 if upper else 0)
        n = _add(grid.pieces, n, at + 1, piece, LONE_LETTER_COST, WORD)
    return n
