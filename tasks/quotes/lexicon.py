"""The words that quotations are found by: config/lexicons/cues.tsv.

A row is `kind`, `forms` (separated by `|`) and, for cues, `frames` (separated by spaces; tasks/quotes/frames.py says
what each means). The kinds of words are those of `tasks.quotes.tokens.Kind`. Two rows hold pairs, `form=value`: `alias`
(an office under another name) and `count` (a word that says how many speak). Small words of names and abbreviations are
those of names.tsv and abbreviations.tsv, which all stages share; cues.tsv may add to them.

Order: rows, each checked → cues by their first word, kinds by word → small words of names, abbreviations, names of
countries and genders of names, of other lexicons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import cast, get_args

from tasks.errors import ConfigError
from tasks.lexicons import read_rows, read_shared
from tasks.names import name_forms
from tasks.quotes.frames import Frame, check_frames
from tasks.quotes.tokens import Kind, Kinds

_KINDS: frozenset[str] = frozenset(get_args(Kind))
_PAIRS = ("alias", "count")
_NONE: Kinds = frozenset()
_TITLE: Kinds = frozenset({"title"})
_OFFICE: Kinds = frozenset({"title", "second", "portfolio"})


@dataclass(frozen=True)
class Cue:
    """A reporting expression: its words in lower case and the frames that it allows."""

    words: tuple[str, ...]
    frames: frozenset[Frame]

    @property
    def is_participle(self) -> bool:
        """Tell whether the verb is an -ing form, which leans on the subject of the clause before."""
        return self.words[0].endswith("ing")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What cues.tsv holds, ready to look up, in lower case.

    Attributes:
        cues: Reporting expressions by their first word, the longest first.
        kinds: The kinds of each word.
        aliases: Offices under other names → the office: `top diplomat`, foreign minister.
        counts: Words that say how many speak.
        places: The names of countries.tsv as written.
        genders: m or f, of pronouns, titles and forenames.
    """

    cues: Mapping[str, tuple[Cue, ...]]
    kinds: Mapping[str, Kinds]
    aliases: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    genders: Mapping[str, str] = field(default_factory=dict)

    def kinds_of(self, word: str) -> Kinds:
        """Return the kinds of a word; one that is made of titles is a title: `lieutenant-commander`."""
        found = self.kinds.get(word, _NONE)
        if found or "-" not in word:
            return found
        parts = [self.kinds.get(part, _NONE) for part in word.split("-")]
        return _TITLE if "title" in parts[-1] and all(not part.isdisjoint(_OFFICE) for part in parts) else _NONE

    def has(self, word: str, *kinds: Kind) -> bool:
        """Tell whether a word is of one of some kinds.

        Example:
            >>> parse_lexicon("pronoun\\the|she").has("he", "title", "pronoun")
            True
        """
        found = self.kinds.get(word)
        return not (self.kinds_of(word) if found is None else found).isdisjoint(kinds)

    def forms(self, kind: Kind) -> tuple[str, ...]:
        """Return the words of a kind."""
        return self._forms.get(kind, ())

    @cached_property
    def _forms(self) -> dict[Kind, tuple[str, ...]]:
        found: dict[Kind, list[str]] = {}
        for word, kinds in self.kinds.items():
            for kind in kinds:
                found.setdefault(kind, []).append(word)
        return {kind: tuple(words) for kind, words in found.items()}


def parse_lexicon(text: str, place: str = "cues.tsv") -> Lexicon:
    r"""Parse the text of cues.tsv.

    Args:
        text: The text.
        place: What the file is called in messages.

    Raises:
        ConfigError: A row has an unknown kind, no forms, an unknown frame, a cue without a frame or a pair without
            its value; the message names file and line.

    Example:
        >>> parse_lexicon("cue\tsay|said\tquote that\npronoun\the|she\t\n").cues["said"][0].frames == {"quote", "that"}
        True
    """
    cues: dict[str, list[Cue]] = {}
    kinds: dict[str, set[Kind]] = {}
    pairs: dict[str, dict[str, str]] = {kind: {} for kind in _PAIRS}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, rest = line.partition("\t")
        forms, _, last = rest.partition("\t")
        try:
            frames = _read_frames(kind, last)
            for form in _read_forms(kind, forms):
                words = tuple(form.lower().split())
                if kind == "cue":
                    cues.setdefault(words[0], []).append(Cue(words, frames))
                    kinds.setdefault(words[0], set()).add("cue")
                elif kind in pairs:
                    name, value = _read_pair(kind, " ".join(words))
                    pairs[kind][name] = value
                else:
                    kinds.setdefault(" ".join(words), set()).add(cast(Kind, kind))
        except ValueError as error:
            raise ConfigError(f"{place}, line {number}: {error}") from None
    return Lexicon(
        {first: tuple(sorted(found, key=lambda c: -len(c.words))) for first, found in cues.items()},
        {word: frozenset(found) for word, found in kinds.items()},
        pairs["alias"],
        {word: int(value) for word, value in pairs["count"].items()},
    )


def _read_forms(kind: str, forms: str) -> list[str]:
    if kind not in _KINDS and kind not in _PAIRS:
        raise ValueError(f"no kind {kind!r}; known: {', '.join(sorted([*_KINDS, *_PAIRS]))}")
    if not all(form.strip() for form in forms.strip().split("|")):
        raise ValueError(f"{kind} with an empty form: {forms!r}")
    return forms.strip().split("|")


def _read_pair(kind: str, form: str) -> tuple[str, str]:
    name, _, value = form.partition("=")
    if not name or not value or (kind == "count" and not value.isdecimal()):
        raise ValueError(f"{kind} without its value: {form!r}")
    return name, value


def _read_frames(kind: str, words: str) -> frozenset[Frame]:
    """Read the third column, which cues have and nothing else has."""
    frames = words.split()
    if kind != "cue":
        if frames:
            raise ValueError(f"{kind} with frames, which only cues have: {words!r}")
        return frozenset()
    return check_frames(frames)


def _shared_forms() -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """Yield the kinds of words that other stages read as well, and their forms."""
    yield "particle", name_forms("particle", "speaker")
    yield "suffix", name_forms("suffix", "speaker")
    yield "honorific", name_forms("address", "speaker")
    yield "postnominal", name_forms("order", "speaker")
    for forms in read_shared("abbreviations.tsv", "token").values():
        yield "abbreviation", forms


@cache
def load_lexicon(path: Path) -> Lexicon:
    """Read a lexicon once a process.

    Raises:
        ConfigError: The file is unreadable or malformed.
    """
    try:
        lexicon = parse_lexicon(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    kinds = dict(lexicon.kinds)
    for kind, forms in _shared_forms():
        for form in forms:
            kinds[form.lower()] = kinds.get(form.lower(), _NONE) | {kind}
    places = frozenset(form for _, _, form in read_rows("countries.tsv", 3))
    genders: dict[str, str] = {row[0]: row[1] for row in read_rows("forenames.tsv", 2)}
    genders |= dict.fromkeys(lexicon.forms("male"), "m") | dict.fromkeys(lexicon.forms("female"), "f")
    return replace(lexicon, kinds=kinds, places=places, genders=genders)
