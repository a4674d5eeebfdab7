"""Lost and spurious spaces: which paragraphs are damaged, how badly, and where their spaces belong.

Order for a paragraph: gate (a paragraph of known words and usual marks is fine and is not looked at again) → how many
spaces seem lost or put in → decoder → how many it changed → decoder again with those rates → edits. The spaces that
stand are evidence: the fewer a paragraph seems to have lost, the more it takes to put one in.
"""

from __future__ import annotations

import gc
import re
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from math import exp, inf, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.edits import Edit, apply_edits, compose_edits, insert_spaces
from tasks.errors import ConfigError
from tasks.lexicons import read_lines
from tasks.normalize.cuts import find_shifts, mend_cuts
from tasks.normalize.lattice import Decoded, Decoder, make_terms, write_spaced
from tasks.normalize.model import RestoreModel, load_model
from tasks.normalize.pieces import name_marks

TERMS, NAMES = "restore_terms.tsv", "restore_names.tsv"
Flags = npt.NDArray[np.uint8]
_TOKEN = re.compile(r"\S+")
_EDGES = "\"'“”‘’«».,:;!?()[]{}–—-…*•|/&%$£€#+=<>"
_BEFORE_NAME = '"“‘('
_INNER = re.compile(r"(?<=[^\W_])[-–—/’'&.]+(?=[^\W_])")  # marks that join words without a space
_CLINGING = re.compile(r"[^\W\d_][,;:!?)\]”][^\W_]|[^\W_][(\[“][^\W\d_]|[a-z][.\"][A-Z]|[A-Za-z]\d+[A-Z]?[a-z]")
_HYPHENED = re.compile(r"[A-Z][a-z]{1,7}-(?=[a-z])")
_NUMBER = re.compile(r"[\d.,:/%-]*\d(?:st|nd|rd|th|s|m|bn|k|km|mm|cm|kg|am|pm|hrs)?")
_ADDRESS = re.compile(
    r"(?i)(?:https?://|www\.)[\w./?=&%#~+:@-]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|</?[a-z][^<>\s]{0,80}>"
)
_ADDRESS_MARKS = ("@", "<", "http", "www")
_LONG_RUN = re.compile(r"[^\W_]{0,100}[,.]?[^\W\d_]{25,200}\W{0,3}")
_STRAY_APOSTROPHE = re.compile(r'(?<=[^\W\d_])"(?=(?:s|t|re|ve|ll|d|m)(?![^\W_]))')

_LONGEST_FINE = 200  # characters of a token; no word and no usual address is longer
_WORD_LENGTH = 5.2  # characters a word, marks included
_SPACED, _GLUED = 0.5, 0.1  # share of the expected spaces above which few are lost, below which all are
_CROWDED = 1.6  # share above which some were put in
_FEW_LOST, _FEW_PUT_IN = 0.01, 0.002  # first guesses where nothing else tells
_FEWEST_ODD = 3  # tokens from whose length the share of lost spaces is guessed first
_SEEMS_LOST = 0.1  # that share, from which the guess counts
_NEAR = 0.4  # difference of a rate from its guess, as a logarithm, up to which the paragraph is not read again
_LEAST_LOST, _LEAST_PUT_IN = 1e-4, 1e-5
_ALL_LOST = 0.999
_RECENT = 8  # paragraphs whose names are remembered, fewer than 256
_MANY_SLIPS = 4  # odd tokens that give way to common words
_SLIP_SHARE, _LONE_SLIP_SHARE = 0.002, 0.02  # of the words of a text
_MOST_ODDS = 30.0
_LONGEST_LEARNED = 2000  # characters of a glued line that names are learned from; a longer one is never sure
_MOST_LEARNED = 100_000  # names, the most frequent ones
_CONFIDENT = 0.7  # score from which a restored line counts
_RESTORED = 0.5  # weight of a name in it beside one in a spaced line
_PLURAL = 0.5  # weight of F-35Bs beside F-35B
_NAME = 1e-3  # weight of a word of the lexicon of names
_LONGEST_SYLLABLE = 5  # letters
_COMMON = 12.0  # nats of a word by itself
_CLEAR = 4.0  # spaces too few or too many from which their number proves damage
_SHORT, _LONG = 12, 18  # characters up to which a lone token says nothing about its spaces; above which all are lost
_LONG_BESIDE_GLUED = 5  # the latter in a text that has lost its spaces
_ALL_GLUED = 0.9  # share of the characters of longer lines from which a text has
# Sureness: a logistic function fitted on glued paragraphs of releases (benchmarks/RESULTS.md). What another reading
# takes of the probability tells most where it is little, up to _NEARLY.
_SURE_BASE, _SURE_PROBABILITY, _SURE_NEARLY, _SURE_UNKNOWN = 2.883, 1.327, 8.125, 0.731
_NEARLY = -0.15
_UNSURE = 0.5  # below which spaces beside numbers are looked at again
_KEPT_COST = 20.0  # nats, of a space that is not in question
_LONGEST_UNIT, _LONGEST_FRONT = 3, 4  # letters behind and before a number


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


@cache
def _read_terms() -> tuple[tuple[str, float], ...]:
    rows = (line.partition("\t") for line in read_lines(TERMS))
    try:
        terms = tuple((term, float(weight or 1)) for term, _, weight in rows)
    except ValueError as error:
        raise ConfigError(f"{TERMS}: a weight is no number: {error}") from error
    if bad := [term for term, weight in terms if not 0 < weight < inf]:
        raise ConfigError(f"{TERMS}: the weight of {bad[0]!r} is not above 0")
    plurals = tuple((f"{term}s", weight * _PLURAL) for term, weight in terms if any(map(str.isdecimal, term)))
    return (*terms, *plurals, *((name, _NAME) for name in _read_names()))


def _read_names() -> list[str]:
    """Return the words of the lexicon of names that the vocabulary lacks, and acronyms, which it has for rare ones."""
    known = load_model().words
    return [name for name in read_lines(NAMES) if name.isupper() or name not in known]


@cache
def load_decoder() -> Decoder:
    """Return the decoder with the shipped resource and the lexicon of terms, made once a process."""
    return Decoder(load_model(), make_terms(_read_terms()))


def learn_names(texts: Iterable[str]) -> Decoder:
    """Return a decoder that also knows the names of texts: of spaced lines, and of glued ones that are surely restored.

    A name counts if it stands by itself twice in paragraphs that look spaced, or more often in restored ones; the order
    of the texts does not matter.

    Args:
        texts: Documents of one batch, raw.

    Example:
        >>> decoder = learn_names(["Mr Qvistbro spoke.", "Then Qvistbro left."])
        >>> glued = "MrQvistbrosaidthattheywouldsail."
        >>> apply_edits(glued, restore_paragraphs([glued], decoder=decoder)[0].edits)
        'Mr Qvistbro said that they would sail.'
    """
    words = load_model().words
    seen: Counter[str] = Counter()
    restored: Counter[str] = Counter()
    for text in texts:
        glued: list[str] = []
        for line in text.splitlines():
            tokens = line.split()
            length = sum(map(len, tokens))
            if not _guess(length, len(tokens) - 1).is_sure:
                seen.update(_names_of(tokens, words))
            elif _SHORT < length <= _LONGEST_LEARNED:
                glued.append(line)
        for line, found in zip(glued, restore_paragraphs(glued, repair_quotes=False), strict=True):
            if found.score >= _CONFIDENT:
                restored.update(_names_of(apply_edits(line, found.edits).split(), words))
    counts = {name: seen[name] + _RESTORED * restored[name] for name in seen | restored}
    often = sorted((-times, name) for name, times in counts.items() if times > 1 and len(name) > 2)
    learned = [(name, -times) for times, name in often[:_MOST_LEARNED]]
    return Decoder(load_model(), make_terms([*_read_terms(), *learned])) if learned else load_decoder()


def _names_of(tokens: Sequence[str], known: Container[str]) -> Iterator[str]:
    """Yield the capitalised words of a line that are not known."""
    if len(tokens) > 1:
        for token in tokens:
            word = token.strip(_EDGES).removesuffix("'s").removesuffix("’s")
            if word[:1].isupper() and word.isalpha() and word not in known:
                yield word


@lru_cache(maxsize=200_000)
def _is_fine(token: str) -> bool:
    """Tell a token that is made of known words and usual marks."""
    if _CLINGING.search(token):
        return bool(_ADDRESS.fullmatch(token.strip(_EDGES)))
    bare = token.strip(_EDGES)
    if not bare or _NUMBER.fullmatch(bare):
        return True
    if len(bare) == 1:
        return bare in "aéàyo" or not bare.islower()
    model = load_model()
    return _is_known(bare, model) or all(
        _is_known(part, model) or bool(_NUMBER.fullmatch(part)) for part in _INNER.split(bare)
    )


def _find_odd(tokens: Sequence[str]) -> list[int]:
    if not tokens or (max(map(len, tokens)) <= _LONGEST_FINE and all(map(_is_fine, tokens))):  # the usual case, fast
        return []
    return [i for i, token in enumerate(tokens) if len(token) > _LONGEST_FINE or not _is_fine(token)]


def _shift_spaces(words: Sequence[str], tokens: Sequence[tuple[int, int]], odd: Sequence[int]) -> list[Edit]:
    """Return edits that put a space in its place that stands a letter or two beside it: `sto phyping`."""
    model = load_model()
    edits: list[Edit] = []
    for i in sorted({j for at in odd for j in (at, at + 1) if 0 < j < len(tokens)}):
        if words[i - 1] in model.words:  # the usual case, fast
            continue
        pair = [(tokens[i - 1][0], words[i - 1]), (tokens[i][0], words[i])]
        for at, by in find_shifts(pair, model):
            if not edits or edits[-1].raw_end < tokens[i - 1][0]:
                edits += _shift(tokens[i - 1][1], at, by)
    return edits


def _shift(gap: int, at: int, by: int) -> list[Edit]:
    """Move a gap that starts at one offset and ends at another by so many letters."""
    closed = Edit("delete_space", gap, at, "")
    if by > 0:
        return [closed, Edit("insert_space", at + by, at + by, " ")]
    return [Edit("insert_space", gap + by, gap + by, " "), closed]


def _weigh(before: str, after: str) -> int:
    """Return how many odd tokens gave way to common words, less the new tokens that are none.

    A token longer than any word counts as many.
    """
    old, new = Counter(before.split()), Counter(after.split())
    gone, come = list((old - new).elements()), new - old
    odd = [gone[i] for i in _find_odd(gone)]
    return sum(_MANY_SLIPS if _LONG_RUN.fullmatch(token) else 1 for token in odd) - sum(
        [times for token, times in come.items() if not _is_common(token)]
    )


@lru_cache(maxsize=50_000)
def _is_common(token: str) -> bool:
    word = token.strip(_EDGES)
    return _is_fine(token) and (not word.isalpha() or load_model().cost(word) <= _COMMON)


def _is_known(word: str, model: RestoreModel) -> bool:
    if word in model.words or f"{word}." in model.words:
        return True
    if word.islower():
        return False
    return word.lower() in model.words or (word.isupper() and (len(word) < 8 or word.title() in model.words))


class _Guess(NamedTuple):
    """What the number of spaces alone tells: shares of spaces lost and of other gaps filled, and whether it is sure."""

    lost: float
    put_in: float
    is_sure: bool


def _guess(length: int, n_spaces: int, beside_glued: bool = False) -> _Guess:
    expected = length / _WORD_LENGTH - 1
    share = n_spaces / max(expected, 1.0)
    if not n_spaces and length > (_LONG_BESIDE_GLUED if beside_glued else _LONG):
        return _Guess(_ALL_LOST, _FEW_PUT_IN, True)
    if expected - n_spaces > _CLEAR and share < _SPACED:
        return _Guess(_ALL_LOST if share < _GLUED else 1 - share, _FEW_PUT_IN, True)
    if n_spaces - expected > _CLEAR and share > _CROWDED:
        return _Guess(_FEW_LOST, (n_spaces - expected) / length, True)
    return _Guess(_FEW_LOST if n_spaces or length <= _SHORT else 0.5, _FEW_PUT_IN, False)


def _estimate_lost(odd: Sequence[str], n_words: int) -> float:
    """Return the share of spaces that so many tokens have lost if the odd ones are as many words as they are long."""
    missing = sum(max(0.0, len(token) / _WORD_LENGTH - 1) for token in odd)
    return missing / (missing + n_words)


class Reading(NamedTuple):
    """How a paragraph could be restored, and what speaks for it.

    Attributes:
        restored: The paragraph with all that the decoder would change.
        text: What it then reads.
        otherwise: The paragraph where the decoder is not believed.
        is_sure: Whether so many spaces are missing or too many that there is no doubt.
        slips: How many odd tokens would give way to common words.
        words: Tokens of the paragraph.
    """

    restored: Restored
    text: str
    otherwise: Restored
    is_sure: bool
    slips: int
    words: int


def read_paragraph(
    paragraph: str, decoder: Decoder, names: Flags, *, repair_quotes: bool = True, beside_glued: bool = False
) -> Reading:
    """Find how the spaces and marks of a paragraph may have been.

    Args:
        paragraph: A line of text.
        decoder: Puts it together.
        names: For each piece of the vocabulary whether it is a name that the text has had before.
        repair_quotes: Whether double marks that stand for apostrophes are repaired.
        beside_glued: Whether it stands in a text that has lost all its spaces.
    """
    words = paragraph.split()
    found: list[Edit] = []
    if repair_quotes and '"' in paragraph:
        found = [Edit("apostrophe", m.start(), m.end(), "'") for m in _STRAY_APOSTROPHE.finditer(paragraph)]
    otherwise = Restored(found, 0.0, 1.0)
    as_it_is = Reading(
        otherwise, apply_edits(paragraph, found) if found else paragraph, otherwise, False, 0, len(words)
    )
    odd = _find_odd(words)
    is_lone = beside_glued and len(words) == 1 and len(words[0]) > _LONG_BESIDE_GLUED
    if not odd and not is_lone:
        return as_it_is
    if len(words) == 1:
        at = paragraph.find(words[0])
        tokens = [(at, at + len(words[0]))]
    else:
        tokens = [match.span() for match in _TOKEN.finditer(paragraph)]
    if shifts := _shift_spaces(words, tokens, odd) if len(tokens) > 1 else []:
        shifted = apply_edits(paragraph, shifts)
        reading = read_paragraph(shifted, decoder, names, repair_quotes=repair_quotes, beside_glued=beside_glued)
        restored, otherwise = (
            done._replace(edits=compose_edits(paragraph, shifts, done.edits))
            for done in (reading.restored, reading.otherwise)
        )
        return reading._replace(restored=restored, otherwise=otherwise)
    bare = name_marks("".join(words))
    gaps = np.zeros(len(bare), np.uint8)
    at = 0
    for start, end in tokens[:-1]:
        at += end - start
        gaps[at] = 1
    lost, put_in, is_sure = _guess(len(bare), len(tokens) - 1, beside_glued)
    if not is_sure and len(odd) >= _FEWEST_ODD:
        seems = _estimate_lost([words[i] for i in odd], len(words))
        lost = max(lost, seems) if seems >= _SEEMS_LOST else lost
    decoded = _decode(decoder, bare, gaps, names, lost, put_in, repair_quotes)
    if lost < _ALL_LOST:
        inserted, deleted, kept = _count_changes(decoded, gaps)
        if not inserted and not deleted and not decoded.apostrophes:
            return as_it_is
        guessed, lost = lost, min(_ALL_LOST, max(_LEAST_LOST, (inserted - 0.8) / (inserted + kept + 1)))
        put_in = max(_LEAST_PUT_IN, (deleted - 0.8) / len(bare))
        if deleted or abs(log(lost / guessed)) > _NEAR:
            decoded = _decode(decoder, bare, gaps, names, lost, put_in, repair_quotes)
    inserted, _, kept = _count_changes(decoded, gaps)
    with _collector_paused():
        edits = _edits_of(paragraph, tokens, gaps, decoded)
    if not edits:
        return as_it_is
    sureness = _sureness(decoded)
    if sureness < _UNSURE and not gaps.any():
        sureness = max(
            sureness, _sureness(_set_units_aside(decoder, bare, decoded, names, lost, put_in, repair_quotes))
        )
    restored = Restored(edits, inserted / max(1, inserted + kept), sureness)
    if len(bare) == len(paragraph) and len(edits) == inserted and not decoded.apostrophes:  # the usual case, fast
        text = write_spaced(paragraph, decoded.spaces)
    else:
        text = apply_edits(paragraph, edits)
    slips = 0 if is_sure else _weigh(paragraph, text)
    return Reading(restored, text, otherwise, is_sure, slips, len(tokens))


@lru_cache(maxsize=200_000)
def _find_name(token: str) -> int | None:
    """Return the number of the name that a token is, marks about it aside."""
    if not token[0].isupper() and token[0] not in _BEFORE_NAME:
        return None
    return load_model().names.get(token.strip(_EDGES).removesuffix("'s").removesuffix("’s"))


class TextSoFar:
    """What a text has shown: names, and how many lone slips. What is done to a paragraph depends on it.

    A name that the text has had a few paragraphs before is likelier than one that it has not (a cache,
    as in Kuhn and De Mori 1990).
    And only a text that has lone slips is believed to have another: a name that nobody knows looks like a slip, and so
    does now and then a sound word. So in a paragraph that looks spaced a change is made only where several odd tokens
    give way to common words, or the text has shown a number of slips, or is no longer than a sentence or two.
    """

    def __init__(self, paragraphs: Iterable[str] = ()) -> None:
        """Begin a text.

        Args:
            paragraphs: Those of its paragraphs that are known beforehand.
        """
        self._long = self._glued = 0  # characters of lines that are longer than a word
        for paragraph in paragraphs:
            self._measure(paragraph)
        self._words = 0
        self._slips = 0
        self._recent: deque[list[int]] = deque()
        self._times = bytearray(load_model().size)  # counted with sooner than numpy's arrays
        self.names: Flags = np.frombuffer(self._times, np.uint8)

    def _measure(self, paragraph: str) -> None:
        if len(paragraph) > _LONG:
            self._long += len(paragraph)
            if " " not in paragraph:
                self._glued += len(paragraph)

    @property
    def is_glued(self) -> bool:
        """Whether the text has lost its spaces: then its short lines have, too."""
        return self._glued > _ALL_GLUED * self._long

    def add(self, paragraph: str, reading: Reading) -> None:
        """Take a paragraph and how it can be read into account."""
        self._measure(paragraph)
        if reading.is_sure:
            paragraph = reading.text
        else:
            self._words += reading.words
            self._slips += max(0, reading.slips)
        if len(self._recent) == _RECENT:
            for name in self._recent.popleft():
                self._times[name] -= 1
        tokens = {token for token in paragraph.split() if not "a" <= token[0] <= "z"}  # no others are names
        self._recent.append([name for name in set(map(_find_name, tokens)) if name is not None])
        for name in self._recent[-1]:
            self._times[name] += 1

    def choose(self, reading: Reading) -> Restored:
        """Return what becomes of a paragraph of the text, which has been added."""
        share = self._slips / max(1, self._words)
        believed = (
            reading.is_sure
            or reading.slips >= _MANY_SLIPS
            or (reading.slips > 0 and share >= _SLIP_SHARE and self._slips >= _MANY_SLIPS)
            or (reading.slips > 0 and share >= _LONE_SLIP_SHARE)
        )
        return reading.restored if believed else reading.otherwise


def restore_paragraphs(
    paragraphs: Iterable[str], *, decoder: Decoder | None = None, repair_quotes: bool = True
) -> list[Restored]:
    """Put the lost spaces of a text back, take spurious ones out, and repair marks that stand for apostrophes.

    Args:
        paragraphs: The lines of one text.
        decoder: Puts them together; without one, that of `load_decoder`.
        repair_quotes: Whether marks are repaired.

    Example:
        >>> paragraph = 'HemetwithPresidentPutinduringthevisit.'
        >>> apply_edits(paragraph, restore_paragraphs([paragraph])[0].edits)
        'He met with President Putin during the visit.'
    """
    decoder = decoder or load_decoder()
    paragraphs = list(paragraphs)
    so_far = TextSoFar(paragraphs)
    readings = []
    for paragraph in paragraphs:
        reading = read_paragraph(
            paragraph, decoder, so_far.names, repair_quotes=repair_quotes, beside_glued=so_far.is_glued
        )
        readings.append(reading)
        so_far.add(paragraph, reading)
    return [so_far.choose(reading) for reading in readings]


def _decode(
    decoder: Decoder, bare: str, gaps: Flags, names: Flags, lost: float, put_in: float, repair_quotes: bool
) -> Decoded:
    decoded = decoder.decode(
        bare,
        gaps,
        insert_cost=-log(lost / (1 - put_in)),
        delete_cost=log((1 - lost) / put_in),
        repair_quotes=repair_quotes,
        seen=names,
    )
    if "-" in bare:
        _join_names(bare, gaps, decoded.spaces)
    mend_cuts(bare, gaps, decoded.spaces, decoded.unknown, load_model())
    return _open_marks(bare, gaps, decoded)


def _join_names(bare: str, gaps: Flags, spaces: Flags) -> None:
    """Take out what the decoder puts behind a hyphen in names of several words: `Wu Li- fang`, `Cold War- era`."""
    found = [match for match in _HYPHENED.finditer(bare) if spaces[match.end()] and not gaps[match.end()]]
    if not found:
        return
    starts = np.flatnonzero(spaces)
    for match in found:
        i = int(np.searchsorted(starts, match.start()))
        is_word = i > 0 and starts[i] == match.start()
        if is_word and (bare[starts[i - 1]].isupper() or _is_syllable(bare, starts, match.end())):
            spaces[match.end()] = 0


def _is_syllable(bare: str, starts: npt.NDArray[np.int64], at: int) -> bool:
    """Tell the second half of a given name: a short word that is not common."""
    i = int(np.searchsorted(starts, at, side="right"))
    word = bare[at : starts[i] if i < len(starts) else len(bare)]
    return len(word) <= _LONGEST_SYLLABLE and word.isalpha() and load_model().cost(word) > _COMMON


def _open_marks(bare: str, gaps: Flags, decoded: Decoded) -> Decoded:
    """Take a mark for an opening one again that would be an apostrophe behind a word without s: `that' assisting`."""
    spaces, last = decoded.spaces, len(bare) - 1
    opening = {
        at
        for at in decoded.apostrophes
        if 0 < at < last and bare[at - 1].isalpha() and bare[at - 1] not in "sS" and spaces[at + 1] and not gaps[at + 1]
    }
    for at in opening:
        spaces[at], spaces[at + 1] = 1, 0
    return decoded._replace(apostrophes=[at for at in decoded.apostrophes if at not in opening]) if opening else decoded


def _count_changes(decoded: Decoded, gaps: Flags) -> tuple[int, int, int]:
    """Return how many spaces were put in, taken out and kept."""
    n_spaces, n_gaps = int(np.count_nonzero(decoded.spaces[1:])), int(np.count_nonzero(gaps))
    if not n_gaps:
        return n_spaces, 0, 0
    kept = int(np.count_nonzero(decoded.spaces[1:] & gaps[1:]))
    return n_spaces - kept, n_gaps - kept, kept


def _may_hold_address(text: str) -> bool:
    lower = text.lower()
    return any(mark in lower for mark in _ADDRESS_MARKS)


def _edits_of(paragraph: str, tokens: list[tuple[int, int]], gaps: Flags, decoded: Decoded) -> list[Edit]:
    """Return what the decoder changed as edits of the paragraph, addresses left alone."""
    may_hold_address = _may_hold_address(paragraph)
    if len(tokens) == 1 and not decoded.apostrophes and not may_hold_address:  # the usual case, fast
        places = decoded.spaces[1:].nonzero()[0]
        return insert_spaces((places + (1 + tokens[0][0])).tolist())
    starts = np.array([start for start, _ in tokens])
    shifts = starts - np.flatnonzero(np.concatenate(([1], gaps[1:])))  # what stands where, for each token
    changed = np.flatnonzero(decoded.spaces[1:] != gaps[1:]) + 1
    token = np.cumsum(gaps, dtype=np.int64)
    ends = changed + shifts[token[changed]]
    befores = np.where(gaps[changed], changed + shifts[token[changed - 1]], ends)
    if may_hold_address:
        for match in _ADDRESS.finditer(paragraph):
            outside = (ends <= match.start()) | (befores >= match.end())
            ends, befores = ends[outside], befores[outside]
    if np.array_equal(befores, ends):
        edits = insert_spaces(ends.tolist())
    else:
        edits = [
            Edit("insert_space", end, end, " ") if start == end else Edit("delete_space", start, end, "")
            for start, end in zip(befores.tolist(), ends.tolist(), strict=True)
        ]
    if decoded.apostrophes:
        at_marks = [at + int(shifts[token[at]]) for at in decoded.apostrophes]
        repairs = [Edit("apostrophe", at, at + 1, "'") for at in at_marks if paragraph[at] == '"']
        edits = sorted(edits + repairs, key=_place)
    return edits


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Make many small objects without Python looking for cycles among them, which takes longer than to make them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _place(edit: Edit) -> tuple[int, int]:
    return edit.raw_start, edit.raw_end


def _set_units_aside(
    decoder: Decoder, bare: str, decoded: Decoded, names: Flags, lost: float, put_in: float, repair_quotes: bool
) -> Decoded:
    """Return a reading of glued text among those alone that part numbers from units and from letters as it does.

    Both ways are right: `155 mm` and `155mm`, `FY 2025` and `FY2025`. Each had no more than half of the probability.
    """
    gaps = _keep_units(bare, decoded.spaces)
    most = min(0.0, decoded.log_probability + log(2) * int(np.count_nonzero(gaps)))
    if _sureness(decoded._replace(log_probability=most)) < _UNSURE or not gaps.any():
        return decoded
    return decoder.decode(
        bare,
        gaps,
        insert_cost=-log(lost / (1 - put_in)),
        delete_cost=_KEPT_COST,
        repair_quotes=repair_quotes,
        seen=names,
    )


def _keep_units(bare: str, spaces: Flags) -> Flags:
    """Return where spaces stand between a number and its unit, or letters in capitals and their number."""
    starts = np.flatnonzero(spaces[1:]) + 1
    edges = [0, *starts.tolist(), len(bare)]
    words = [bare[start:end] for start, end in pairwise(edges)]
    kept = np.zeros(len(bare), np.uint8)
    for at, (before, word) in zip(edges[1:-1], pairwise(words), strict=True):
        unit = word.rstrip(_EDGES)
        is_unit = before[-1].isdecimal() and unit.islower() and unit.isalpha() and len(unit) <= _LONGEST_UNIT
        is_front = word[0].isdecimal() and before.isalpha() and before.isupper() and 1 < len(before) <= _LONGEST_FRONT
        kept[at] = is_unit or is_front
    return kept


def _sureness(decoded: Decoded) -> float:
    odds = (
        _SURE_BASE
        + _SURE_PROBABILITY * decoded.log_probability
        + _SURE_NEARLY * max(_NEARLY, decoded.log_probability)
        - _SURE_UNKNOWN * len(decoded.unknown)
    )
    return 1 / (1 + exp(-max(-_MOST_ODDS, odds)))


def restore_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with their spaces and apostrophes restored; what is done to one depends on it and those before it.

    Example:
        >>> list(restore_lines(['PresidentXiJinping"sRussiavisitlastmonth', "The frigate called at Colombo."]))
        ["President Xi Jinping's Russia visit last month", 'The frigate called at Colombo.']
    """
    so_far, decoder = TextSoFar(), load_decoder()
    for line in lines:
        reading = read_paragraph(line, decoder, so_far.names, beside_glued=so_far.is_glued)
        so_far.add(line, reading)
        chosen = so_far.choose(reading)
        yield reading.text if chosen is reading.restored else apply_edits(line, chosen.edits)
