"""Learn the restoration's language resource from spaced text.

Order: cut the texts into pieces → choose the vocabulary (words of the texts, names of the lists, words of an open list
of frequencies) → count pairs and triples of neighbours → smooth with absolute discounting (Ney, Essen and Kneser 1994;
single pieces by the number of their contexts, as in Kneser and Ney 1995) → keep the pairs and triples that gain most
over what remains without them → learn how unknown words are spelt → write arrays. The same files give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq
import wordninja
from pydantic import BaseModel, ConfigDict

from tasks.errors import ConfigError
from tasks.normalize.kernel import (
    BACKOFF_STEP,
    COST_STEP,
    NO_TRIPLES,
    PAIR_BITS,
    PAIR_MASK,
    PAIR_STEP,
    SPELLING_STEP,
    fill_table,
)
from tasks.normalize.model import VOCABULARY, write_vocabulary
from tasks.normalize.pieces import (
    ALPHABET,
    BOUNDARY,
    DOTTED,
    FIXED,
    OTHER,
    PIECE,
    UNKNOWN_UPPER,
    UNKNOWNS,
    fold_marks,
    letter_code,
    number_shape,
    unknown_shape,
)
from tasks.resources import find_data, find_resource
from tasks.settings import read_toml

MIN_MARK_COUNT = 20
SHORT, MIN_SHORT_COUNT = 3, 100  # letters of lower-case words that are mostly slips where they are rare
DISCOUNT = 0.75
LONGEST = 24
MOST_RARE = 30  # occurrences of a word that tells how unknown ones are spelt
LOAD = 0.8  # of the hash tables
NAME_COST = 15.5  # nats, of a name that only a list knows
BORROWED_COST = 1.5  # nats, on top of what an open list says of a word that the texts lack
BLEND = 2.0  # weight of the other way of joining in the counts of single pieces
ACRONYM_STRENGTH = 10.0  # acronyms follow no spelling: their letters count more by themselves
SPLIT_FORCE = 0.8  # power of the odds by which a split of what is one word is discouraged
SPLIT_RISK = 1e-3  # share of the word's own probability from which a split competes with it
WAY_STRENGTH = 2.0  # of the overall share of joined pieces in a context's own
MIN_BORROWED = 3e-8  # frequency
MOST_BORROWED = 15.0  # nats, of a word that wordninja alone knows
GLUED_RATIO = 1000  # times that two words stand apart for each time that they are written as one: a slip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Texts(_Section):
    """Files to learn from, and how often they count."""

    path: str
    weight: int


class Lines(_Section):
    """Lines written for the purpose, with the names of lists in braces."""

    weight: int
    text: list[str]


class Phrases(_Section):
    """What the texts lack: config/training/restore_phrases.toml."""

    lists: dict[str, list[str]]
    lines: list[Lines]


class Names(_Section):
    """A list of names: which columns of a CSV file hold them."""

    path: str
    columns: list[str]


class Recipe(_Section):
    """What goes into the resource: config/training/restore.toml."""

    words: str
    phrases: str
    min_count: int
    pairs: int
    triples: int
    texts: list[Texts]
    names: list[Names]


def read_recipe(name: str = "restore.toml") -> Recipe:
    """Read a recipe, the shipped one or a user's."""
    return Recipe.model_validate(read_toml(find_resource(name, "config/training")))


class _Numbering(defaultdict[str, int]):
    """Numbers strings in the order in which they come."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def read_texts(path: Path) -> Iterator[str]:
    """Yield the training texts of a file, a paragraph a line.

    Args:
        path: Parquet with the columns split and text (rows with split = train), JSON Lines with the key text, or a
            gzipped CoNLL-U treebank with `# text` comments.
    """
    if path.suffix == ".parquet":
        for batch in pq.ParquetFile(path).iter_batches(256, columns=["split", "text"]):
            yield from batch.filter(pc.equal(batch["split"], "train"))["text"].to_pylist()
    elif path.suffix == ".jsonl":
        yield from (json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())
    else:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (line.removeprefix("# text = ").rstrip("\n") for line in lines if line.startswith("# text = "))


def expand_phrases(phrases: Phrases) -> Iterator[str]:
    """Yield the lines with every value of their lists, the shorter lists repeated; `{n}` counts.

    Example:
        >>> phrases = Phrases(lists={"hull": ["CG", "DDG"]}, lines=[Lines(weight=1, text=["({hull} {n})"])])
        >>> list(expand_phrases(phrases))
        ['(CG 5)', '(DDG 42)']
    """
    count = 0
    places: Counter[str] = Counter()

    def fill(match: re.Match[str]) -> str:
        nonlocal count
        name = match.group(1)
        if name == "n":
            count += 1
            return str((5, 42, 112, 7, 68, 20, 203)[(count - 1) % 7] + count // 7 % 10)
        places[name] += 1
        return phrases.lists[name][(places[name] - 1) % len(phrases.lists[name])]

    for lines in phrases.lines:
        for text in lines.text:
            longest = max((len(phrases.lists[name]) for name in re.findall(r"{([a-z_]{2,})}", text)), default=1)
            for _ in range(lines.weight * longest):
                yield re.sub(r"{([a-z_]+)}", fill, text)


def _read_stream(data: Path, recipe: Recipe, numbering: _Numbering) -> npt.NDArray[np.uint32]:
    """Return the pieces of all texts as numbers; `numbering` learns their strings."""
    stream = array("I", [numbering[BOUNDARY]])

    def pieces_of(text: str) -> list[int]:
        folded = " " + fold_marks(text).replace("\n", "\n ") + "\n"
        return [numbering[piece] for piece in PIECE.findall(folded.replace("  ", " "))]

    for source in recipe.texts:
        own = array("I")
        for file in find_data(data, source.path):
            for text in read_texts(file):
                own.extend(pieces_of(text))
        for _ in range(source.weight):
            stream.extend(own)
    phrases = Phrases.model_validate(read_toml(find_resource(recipe.phrases, "config/training")))
    for text in expand_phrases(phrases):
        stream.extend(pieces_of(text))
    return np.frombuffer(stream, dtype=np.uint32)


def _read_names(data: Path, lists: list[Names]) -> Counter[str]:
    """Return the words of the lists of names, with the number of names that have them."""
    words: Counter[str] = Counter()
    for source in lists:
        for file in find_data(data, source.path):
            with file.open(encoding="utf-8-sig", newline="") as lines:
                names = {row[column] for row in csv.DictReader(lines) for column in source.columns}
            for name in names:
                words.update(w.title() if w.isupper() and len(w) > 3 else w for w in re.findall(r"[^\W\d_]+", name))
    return words


def _is_slip(word: str, count: float, pairs: dict[tuple[str, str], int]) -> bool:
    """Tell a word that is two words whose space got lost in the text that was learned from."""
    splits = ((word[:i], word[i:]) for i in range(1, len(word)))
    return any(pairs.get(split, 0) > GLUED_RATIO * count for split in splits)


def _choose_vocabulary(
    numbering: _Numbering, raw: npt.NDArray[np.uint32], counts: Ints, names: Counter[str], recipe: Recipe
) -> tuple[list[str], Ints, dict[str, float]]:
    """Return the vocabulary, the token of every numbered string, and the costs of words that the texts lack.

    A token is twice the number of a piece, plus one behind a space.
    """
    total: Counter[str] = Counter()
    for piece, number in numbering.items():
        total[piece.removeprefix(" ")] += int(counts[number])
    frequent = _count_words_apart(numbering, raw, counts)

    def name(piece: str) -> str:
        if piece[0].isdecimal():
            return number_shape(piece)
        if piece.isalpha():
            least = 1 if piece in names else recipe.min_count
            if piece.islower() and len(piece) <= SHORT:
                least = MIN_SHORT_COUNT
            kept = total[piece] >= least and len(piece) <= LONGEST and max(piece) < "\u0100"
            return piece if kept and not _is_slip(piece, total[piece], frequent) else unknown_shape(piece)
        if len(piece) > 1 and piece != BOUNDARY:
            return piece if total[piece] >= recipe.min_count else DOTTED
        return piece if total[piece] >= MIN_MARK_COUNT and piece < "\uffff" else OTHER

    named: Counter[str] = Counter()
    names_of = {piece: BOUNDARY if piece == BOUNDARY else name(piece) for piece in total}
    for piece, count in total.items():
        named[names_of[piece]] += count
    borrowed = _borrow_words(recipe.words, named, total, frequent)
    for word in names:
        if word not in named and 3 <= len(word) <= LONGEST and max(word) < "\u0100":
            borrowed.setdefault(word, NAME_COST)
    vocabulary = [*FIXED, *sorted({*named, *borrowed}.difference(FIXED))]
    index = {piece: i for i, piece in enumerate(vocabulary)}
    tokens = np.zeros(len(numbering), dtype=np.int64)
    for piece, number in numbering.items():
        tokens[number] = 2 * index[names_of[piece.removeprefix(" ")]] + piece.startswith(" ")
    return vocabulary, tokens, borrowed


def _count_words_apart(numbering: _Numbering, raw: npt.NDArray[np.uint32], counts: Ints) -> dict[tuple[str, str], int]:
    """Return how often two frequent words stand beside each other."""
    strings = list(numbering)
    is_word = np.array([s.removeprefix(" ").isalpha() for s in strings]) & (counts >= GLUED_RATIO)
    both = is_word[raw[:-1]] & is_word[raw[1:]]
    keys = (raw[:-1][both].astype(np.int64) << 32) | raw[1:][both]
    found, times = np.unique(keys, return_counts=True)
    apart: dict[tuple[str, str], int] = defaultdict(int)
    for key, n in zip(found.tolist(), times.tolist(), strict=True):
        if n > GLUED_RATIO:
            apart[strings[key >> 32].removeprefix(" "), strings[key & 0xFFFFFFFF].removeprefix(" ")] += n
    return apart


def _borrow_words(
    source: str, named: Counter[str], total: Counter[str], apart: dict[tuple[str, str], int]
) -> dict[str, float]:
    """Return the costs of words that the texts lack, from `source` where it knows them, else from wordninja."""
    costs: dict[str, float] = {}
    size = sum(total.values())

    def usable(word: str) -> bool:
        return SHORT < len(word) <= LONGEST and word.isascii() and word.isalpha() and word not in named

    if source == "wordfreq":
        try:
            from wordfreq import get_frequency_dict
        except ImportError as error:
            message = 'words = "wordfreq" needs the extra train: pip install "communique[train]"'
            raise ConfigError(f"{message}, or name another list in the recipe") from error

        frequencies = get_frequency_dict("en", "large")
        for word, frequency in frequencies.items():
            slip = _is_slip(word, frequency * size, apart) or any(
                frequencies.get(word[:i], 0) * frequencies.get(word[i:], 0) > frequency for i in range(1, len(word))
            )
            if frequency >= MIN_BORROWED and usable(word) and not slip:
                costs[word] = float(-np.log(frequency)) + BORROWED_COST
    for word, cost in wordninja.DEFAULT_LANGUAGE_MODEL._wordcost.items():
        if usable(word) and cost < MOST_BORROWED and word not in costs and not _is_slip(word, 1, apart):
            costs[word] = float(cost) + BORROWED_COST
    return costs


def context_of(vocabulary: list[str]) -> Ints:
    """Return for every token the token that it is as a context: before words it does not matter how they are joined."""
    tokens = np.arange(2 * len(vocabulary), dtype=np.int64)
    letters = np.array([p.isalpha() or p in UNKNOWNS for p in vocabulary])
    return np.where(np.repeat(letters, 2), tokens | 1, tokens)


def _count(keys: Ints) -> tuple[Ints, Ints]:
    """Return the distinct keys, sorted, and how often each occurs. Sorts in place."""
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(np.concatenate((starts, [len(keys)])))


def _spell_costs(words: set[str]) -> npt.NDArray[np.uint8]:
    """Return the cost of a letter after three others in words outside the vocabulary, by class of word.

    Learned from rare words, each counted once: shape (class, ALPHABET, ALPHABET, ALPHABET, ALPHABET), 0 for the ends
    of a word, in steps of SPELLING_STEP nats.
    """
    seen = np.zeros((len(UNKNOWNS), ALPHABET, ALPHABET, ALPHABET, ALPHABET))
    for word in words:
        kind = UNKNOWNS.index(unknown_shape(word))
        codes = [0, 0, 0, *map(letter_code, word), 0]
        for at in range(len(codes) - 3):
            seen[kind, codes[at], codes[at + 1], codes[at + 2], codes[at + 3]] += 1
    lower = (seen.sum((1, 2, 3)) + 1) / (seen.sum((1, 2, 3, 4)) + ALPHABET)[:, None]
    acronyms = np.arange(len(UNKNOWNS)) == UNKNOWNS.index(UNKNOWN_UPPER)
    for axes, strength in (((1, 2), 4.0), ((1,), 6.0), ((), 8.0)):
        weight = np.where(acronyms, ACRONYM_STRENGTH * strength, strength).reshape(-1, *(1,) * (4 - len(axes)))
        own = seen.sum(axes) if axes else seen
        lower = (own + weight * lower[:, None]) / (own.sum(-1, keepdims=True) + weight)
    return _levels(-np.log(lower), SPELLING_STEP)


def train_restore(data: Path, out: Path, recipe: Recipe) -> None:
    """Learn what the recipe names and write the resource.

    Args:
        data: The folder that holds what the recipe names.
        out: Folder to write vocabulary.txt and the arrays to.
        recipe: What to learn from.

    Raises:
        InputError: A file that the recipe names is not under `data`.
    """
    numbering = _Numbering()
    names = _read_names(data, recipe.names)
    raw = _read_stream(data, recipe, numbering)
    counts = np.bincount(raw, minlength=len(numbering))
    vocabulary, tokens, borrowed = _choose_vocabulary(numbering, raw, counts, names, recipe)
    contexts = context_of(vocabulary)
    stream = tokens[raw]
    occurrences = np.bincount(stream, minlength=2 * len(vocabulary))
    singles, keys, pair_prob = _count_pairs(vocabulary, contexts, stream, borrowed, recipe.pairs)
    keys, pair_prob = _discourage_splits(vocabulary, keys, pair_prob, singles, occurrences)
    backoff, triple_keys, triple_prob = _count_triples(contexts, stream, singles, keys, pair_prob, recipe.triples)

    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.npy"):
        old.unlink()
    write_vocabulary(out / VOCABULARY, vocabulary)
    np.save(out / "single.npy", _levels(-np.log(singles.single), COST_STEP))
    np.save(out / "rest.npy", _levels(-np.log(singles.rest[:, None] * singles.ways), COST_STEP))
    np.save(out / "spelling.npy", _spell_costs(_rare_words(numbering, counts, names)))
    levels = np.minimum(_levels(-np.log(np.maximum(backoff, 1e-6)), BACKOFF_STEP), NO_TRIPLES - 1)
    levels = np.where(backoff < 1, levels, NO_TRIPLES).astype(np.uint16)
    values = _steps(pair_prob, PAIR_STEP, PAIR_MASK) | levels << np.uint16(PAIR_BITS)
    np.save(out / "pairs.npy", fill_table(keys, values, int(len(keys) / LOAD)))
    triple_values = _steps(triple_prob, COST_STEP, 255)
    np.save(out / "triples.npy", fill_table(triple_keys, triple_values, int(len(triple_keys) / LOAD)))


def _rare_words(numbering: _Numbering, counts: Ints, names: Iterable[str]) -> set[str]:
    """Return the words that tell how unknown words are spelt: rare ones of the texts, and all names."""
    bare = ((piece.removeprefix(" "), counts[number]) for piece, number in numbering.items())
    rare = {word for word, count in bare if word.isalpha() and count <= MOST_RARE}
    return {word for word in rare.union(names) if 2 <= len(word) <= LONGEST}


class _Singles(NamedTuple):
    """What remains where no pair is known.

    Attributes:
        single: Probability of each token, among those joined or those behind a space.
        rest: Share of each context that falls back.
        ways: Probability of joined and of spaced, by context, shape (contexts, 2).
    """

    single: Floats
    rest: Floats
    ways: Floats

    def of(self, behind: Ints, token: Ints) -> Floats:
        """Return the probability of falling back to each token from each context."""
        probabilities: Floats = self.rest[behind] * self.ways[behind, token & 1] * self.single[token]
        return probabilities


def _count_pairs(
    vocabulary: list[str], contexts: Ints, stream: Ints, borrowed: dict[str, float], most: int
) -> tuple[_Singles, Ints, Floats]:
    """Return what to fall back to, the pairs that are kept (context << 20 | token, sorted) and their probabilities.

    Falling back from a context tells first whether a space follows, then which piece. Pieces that were never joined,
    or never apart, borrow from the other way. Words that the texts lack keep the costs that they came with.
    """
    size = 2 * len(vocabulary)
    keys, pairs = _count((contexts[stream[:-1]] << 20) | stream[1:])
    left, right = keys >> 20, keys & (1 << 20) - 1
    spread = np.bincount(right, minlength=size).astype(np.float64).reshape(-1, 2)
    share_joined = spread.sum(0)[0] / spread.sum()
    overall = spread.sum(1, keepdims=True) * [share_joined, 1 - share_joined]
    blended = spread + BLEND * overall / np.maximum(overall + spread, 1e-9) + 0.01
    single = (blended / blended.sum(0)).reshape(-1)
    index = {piece: i for i, piece in enumerate(vocabulary)}
    for word, cost in borrowed.items():
        single[2 * index[word]] = np.exp(-cost - BORROWED_COST)
        single[2 * index[word] + 1] = np.exp(-cost)
    ways = np.zeros((size, 2))
    np.add.at(ways, (left, right & 1), 1)  # kinds of pieces, not occurrences: what falls back is what is rare
    ways += WAY_STRENGTH * ways.sum(0) / ways.sum()
    ways /= ways.sum(1, keepdims=True)

    total = np.bincount(left, weights=pairs, minlength=size)
    share = (pairs - DISCOUNT) / total[left]
    singles = _Singles(single, _left_over(left, share, size), ways)
    below = singles.of(left, right)
    gain = pairs * (np.log(share + below) - np.log(below))
    kept = _most_gainful(gain, pairs, most)
    keys, left, right, share = keys[kept], left[kept], right[kept], share[kept]
    singles = singles._replace(rest=_left_over(left, share, size))
    return singles, keys, share + singles.of(left, right)


def _count_triples(
    contexts: Ints, stream: Ints, singles: _Singles, keys: Ints, pair_prob: Floats, most: int
) -> tuple[Floats, Ints, Floats]:
    """Return what of each pair falls back (1: no triples), the kept triples (pair << 20 | token) and their chances."""

    def find(behind: Ints, token: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        wanted = (behind << 20) | token
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return at, keys[at] == wanted

    pair_at, known = find(contexts[stream[:-2]], stream[1:-1])
    triple_keys, triples = _count((pair_at[known] << 20) | stream[2:][known])
    pair, last = triple_keys >> 20, triple_keys & (1 << 20) - 1
    middle = contexts[keys[pair] & (1 << 20) - 1]
    at, known = find(middle, last)
    lower = np.where(known, pair_prob[at], singles.of(middle, last))
    total = np.bincount(pair, weights=triples, minlength=len(keys))
    share = (triples - DISCOUNT) / total[pair]
    backoff = _left_over(pair, share, len(keys))
    gain = triples * (np.log(share + backoff[pair] * lower) - np.log(lower))
    kept = _most_gainful(gain, triples, most)
    pair, last, share, lower = pair[kept], last[kept], share[kept], lower[kept]
    backoff = _left_over(pair, share, len(keys))
    return backoff, (keys[pair] << 20) | last, share + backoff[pair] * lower


def _left_over(context: Ints, share: Floats, size: int) -> Floats:
    """Return what the shares of each context leave."""
    left: Floats = np.clip(1 - np.bincount(context, weights=share, minlength=size), 1e-6, 1)
    return left


def _most_gainful(gain: Floats, times: Ints, most: int) -> Ints:
    """Return the places, ascending, of what occurs more than once and gains most, at most so many."""
    gain = np.where(times > 1, gain, -np.inf)
    kept = np.sort(np.argsort(-gain, kind="stable")[:most])
    return kept[gain[kept] > 0]


def _discourage_splits(
    vocabulary: list[str],
    keys: Ints,
    pair_prob: Floats,
    singles: _Singles,
    occurrences: Ints,
) -> tuple[Ints, Floats]:
    """Make pairs of words less probable that are more often written as one word: air space, a lone.

    A context that leads to the first word says little about whether the two are one, so the model by itself splits too
    many. Pairs that are not among the kept ones are added where the split would compete with the whole.

    Args:
        vocabulary: The pieces.
        keys: The kept pairs, sorted.
        pair_prob: Their probabilities.
        singles: What to fall back to.
        occurrences: Of each token, by token.

    Returns:
        Pairs and probabilities, sorted by pair.
    """
    index = {piece: i for i, piece in enumerate(vocabulary)}
    total = occurrences.sum()
    place = {key: i for i, key in enumerate(keys.tolist())}
    pair_prob = pair_prob.copy()
    added: dict[int, float] = {}
    for number, word in enumerate(vocabulary):
        times = occurrences[2 * number] + occurrences[2 * number + 1]
        if not word.isalpha() or len(word) < 4 or times < 2:
            continue
        for cut in range(1, len(word)):
            first, second = index.get(word[:cut]), index.get(word[cut:])
            if first is None or second is None or word[cut].isupper():
                continue
            behind, token = 2 * first + 1, 2 * second + 1
            key = (behind << 20) | token
            at = place.get(key)
            fallback = singles.rest[behind] * singles.ways[behind, 1] * singles.single[token]
            probability = fallback if at is None else pair_prob[at]
            apart = probability * (occurrences[behind] + occurrences[behind - 1])
            ratio = times / (apart + 0.5)
            if ratio <= 1 or probability * singles.single[behind] * total < SPLIT_RISK * times:
                continue
            discouraged = probability * ratio**-SPLIT_FORCE
            if at is None:
                added[key] = discouraged
            else:
                pair_prob[at] = discouraged
    keys = np.concatenate((keys, np.array(list(added), dtype=np.int64)))
    pair_prob = np.concatenate((pair_prob, np.array(list(added.values()))))
    order = np.argsort(keys, kind="stable")
    return keys[order], pair_prob[order]


def _levels(costs: Floats, step: float) -> npt.NDArray[np.uint8]:
    levels: npt.NDArray[np.uint8] = np.clip(np.rint(costs / step), 0, 255).astype(np.uint8)
    return levels


def _steps(probabilities: Floats, step: float, most: int) -> npt.NDArray[np.uint16]:
    steps: npt.NDArray[np.uint16] = np.clip(np.rint(-np.log(probabilities) / step), 1, most).astype(np.uint16)
    return steps
