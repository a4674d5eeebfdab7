"""The words that quotations are found by: config/lexicons/cues.tsv.

A row is `kind`, `forms` (separated by `|`) and, for cues, `frames` (separated by spaces): what may follow the word.

    quote   marked speech, before or after it: `said, "..."`, `"...," said Tan`
    that    a that-clause
    bare    a clause without `that`
    np      a noun phrase with content: `stressed the need`
    to      an infinitive
    npto    somebody and an infinitive: `urged both sides to return`
    addr    somebody first, then a that-clause: `told the meeting that`
    inf     counts in the infinitive as well: `used a loudspeaker to call for`
    noun    is a noun as well: counts after a pronoun or an auxiliary, or before `that`
    stance  with one of the nouns of the kind `stance`: `expressed confidence`
    how     an indirect question
    source  who said it: `according to the ministry`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from tasks.errors import ConfigError
from tasks.lexicons import read_rows


@dataclass(frozen=True)
class Cue:
    """A reporting expression: its words in lower case and the frames that it allows."""

    words: tuple[str, ...]
    frames: frozenset[str]

    @property
    def is_participle(self) -> bool:
        """Tell whether the verb is an -ing form, which leans on the subject of the clause before."""
        return self.words[0].endswith("ing")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What cues.tsv holds, ready to look up, in lower case.

    `places` are the names of countries.tsv as written; `genders` those of pronouns, titles and forenames.
    """

    cues: Mapping[str, tuple[Cue, ...]]
    words: Mapping[str, frozenset[str]]
    places: frozenset[str] = frozenset()
    genders: Mapping[str, str] = field(default_factory=dict)

    def has(self, kind: str, word: str) -> bool:
        """Tell whether a word is of a kind.

        Example:
            >>> Lexicon({}, {"pronoun": frozenset({"he"})}).has("pronoun", "he")
            True
        """
        return word in self.words[kind]


KINDS = (
    "abbreviation",
    "act",
    "addition",
    "adjunct",
    "adverb",
    "alias",
    "auxiliary",
    "boundary",
    "by",
    "collective",
    "content",
    "count",
    "day",
    "determiner",
    "document",
    "end",
    "female",
    "first",
    "future",
    "head",
    "honorific",
    "institution",
    "interrogative",
    "label",
    "leading",
    "linker",
    "male",
    "message",
    "nolabel",
    "opener",
    "own",
    "owner",
    "owning",
    "particle",
    "parted",
    "passive",
    "past",
    "plural",
    "portfolio",
    "postnominal",
    "preposition",
    "pronoun",
    "qualifier",
    "relative",
    "role",
    "second",
    "self",
    "stance",
    "suffix",
    "title",
)


def parse_lexicon(text: str) -> Lexicon:
    r"""Parse the text of cues.tsv.

    Raises:
        ConfigError: A row has an unknown kind or no forms.

    Example:
        >>> parse_lexicon("cue\tsay|said\tquote that\npronoun\the|she\t\n").cues["said"][0].frames == {"quote", "that"}
        True
    """
    cues: dict[str, list[Cue]] = {}
    words: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, rest = line.partition("\t")
        forms, _, frames = rest.partition("\t")
        if not forms.strip() or (kind != "cue" and kind not in words):
            raise ConfigError(f"cues.tsv, line {number}: not a kind with forms: {line!r}")
        for form in forms.strip().split("|"):
            parts = tuple(form.lower().split())
            if kind == "cue":
                cues.setdefault(parts[0], []).append(Cue(parts, frozenset(frames.split())))
            else:
                words[kind].add(" ".join(parts))
    longest_first = {first: tuple(sorted(found, key=lambda c: -len(c.words))) for first, found in cues.items()}
    return Lexicon(longest_first, {kind: frozenset(found) for kind, found in words.items()})


@cache
def load_lexicon(path: Path) -> Lexicon:
    """Read a lexicon once a process.

    Raises:
        ConfigError: The file is unreadable or malformed.
    """
    try:
        lexicon = parse_lexicon(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    places = frozenset(form for _, _, form in read_rows("countries.tsv", 3))
    genders: dict[str, str] = {row[0]: row[1] for row in read_rows("forenames.tsv", 2)}
    for gender, kind in (("m", "male"), ("f", "female")):
        genders |= dict.fromkeys(lexicon.words[kind], gender)
    return replace(lexicon, places=places, genders=genders)
