"""Names as every stage reads them: small words, parts, the fullest form, what makes two names equal, acronyms.

Order: the forms that go with names (config/lexicons/names.tsv) → endings that are no part of a name → the words of a
name → which of several is the fullest → a personal name as it is compared over documents → acronyms, and whether a name
has one.

Entities and quotations ask some of this in two ways, each its own: words with or without suffix and full stops, the
fullest name by first and last word or by frequency, acronyms by the beginnings of words, by letters in order or by
initials. They stand side by side here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from tasks.lexicons import alternation, read_shared, read_terms

Reader = Literal["rank", "document", "part", "mention", "link", "office", "speaker", "key"]

POSSESSIVES = ("'s", "’s")
INITIALS = r"(?:[^\W\d_]\.){2,}"  # U.S., K.D.
_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_LONGEST = 12  # words of a name that an acronym can stand for


def name_forms(kind: Literal["particle", "suffix", "elder", "address", "order"], reader: Reader) -> tuple[str, ...]:
    """Return the forms of a kind that one of the readers of names.tsv takes."""
    return read_shared("names.tsv", reader)[kind]


@cache
def _suffix() -> re.Pattern[str]:
    return re.compile(rf",? {alternation(name_forms('suffix', 'part'))}$")


@cache
def _last_suffix() -> re.Pattern[str]:
    suffixes = name_forms("suffix", "document")
    after_comma = (suffix for suffix in suffixes if suffix.endswith("."))
    return re.compile(rf" {alternation(suffixes)}$|, {alternation(after_comma)}$")


@cache
def _full() -> re.Pattern[str]:
    word = r"[^\W\d_a-z]\S*"
    return re.compile(rf"{word}(?: (?:{alternation(name_forms('particle', 'document'))} )*{word})+")


def bare(word: str) -> str:
    """Return a word without a possessive ending.

    Example:
        >>> bare("Tan’s"), bare("forces’")
        ('Tan', 'forces')
    """
    if word.endswith(POSSESSIVES):
        return word[:-2]
    return word[:-1] if word.endswith(("'", "’")) else word


def without_suffix(name: str) -> str | None:
    """Return a full personal name without its suffix, None if it is a part of one or none at all.

    Example:
        >>> without_suffix("Ludwig van Berg, Jr."), without_suffix("Berg"), without_suffix("the admiral")
        ('Ludwig van Berg', None, None)
    """
    return _last_suffix().sub("", name) if _full().fullmatch(name) else None


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a personal name, folded, without suffix and full stops.

    Example:
        >>> name_words("Joseph L. Votel III")
        ('joseph', 'l', 'votel')
    """
    return tuple(_suffix().sub("", name).casefold().replace(".", "").split())


@lru_cache(maxsize=100_000)
def lower_words(text: str) -> tuple[str, ...]:
    """Return the words of a name or an office in small letters, without possessive endings.

    Example:
        >>> lower_words("Russia’s Defence Minister")
        ('russia', 'defence', 'minister')
    """
    return tuple(bare(word).lower() for word in _WORDS.findall(text))


@cache
def _short_titles() -> dict[str, str]:
    """Return what abbreviated, joined and foreign words of offices and ranks stand for: `short` of offices.tsv."""
    pairs = (form.partition("=") for form in read_terms("offices.tsv")["short"])
    return {short: full for short, _, full in pairs}


def long_titles(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of an office, in small letters, without abbreviations, ranks in English and in words apart.

    Example:
        >>> long_titles(["lt.", "gen"]), long_titles(["contraalmirante"])
        (('lieutenant', 'general'), ('rear', 'admiral'))
    """
    return tuple(part for word in words for part in _short_titles().get(word.rstrip("."), word).split())


def is_part(short: Iterable[str], full: Iterable[str], *, by_initials: bool = False) -> bool:
    """Tell whether a name is a shorter form of another: its words stand in the other in that order.

    Args:
        short: Words of the name.
        full: Words of the other.
        by_initials: Whether a letter stands for a word that starts with it.

    Example:
        >>> is_part(["joseph", "l", "votel"], ["joseph", "leonard", "votel"], by_initials=True)
        True
    """
    left = iter(full)
    return all(
        any(
            word.rstrip(".") == other.rstrip(".")
            or (by_initials and len(word.rstrip(".")) == 1 and other.startswith(word.rstrip(".")))
            for other in left
        )
        for word in short
    )


def fullest_forms(names: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Return the fullest of the names that begin and end alike and differ by what stands between, by their words.

    Example:
        >>> fullest_forms(["Joseph Votel", "Joseph L. Votel"])["joseph", "votel"]
        'Joseph L. Votel'
    """
    written: dict[tuple[str, ...], str] = {}
    for name in names:
        words = name_words(name)
        if words not in written or (written[words].isupper() and not name.isupper()):
            written[words] = name
    by_ends: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for words in written:
        by_ends.setdefault((words[0], words[-1]), []).append(words)
    fullest: dict[tuple[str, ...], str] = {}
    for group in by_ends.values():
        longest = max(group, key=lambda words: (len(words), sum(map(len, words))))
        for words in group:
            fullest[words] = written[longest if is_part(words, longest, by_initials=True) else words]
    return fullest


def longest_form(name: str, forms: Mapping[str, int]) -> str:
    """Return the longest form of a personal name, of several the most frequent; none in capitals if another does.

    Args:
        name: The name, which is returned if no form has more words.
        forms: Names of the same person, and how often each is there.

    Example:
        >>> longest_form("Votel", {"Joseph Votel": 2, "Joseph L. Votel": 1, "JOSEPH VOTEL": 3})
        'Joseph L. Votel'
    """
    size = len(lower_words(name))
    longer = [form for form in forms if len(lower_words(form)) > size]
    most = max((forms[form] for form in longer), default=0)
    return max(longer, key=lambda form: (not form.isupper(), forms[form] == most, len(lower_words(form))), default=name)


class PersonName(NamedTuple):
    """A personal name as it is compared over documents.

    Attributes:
        words: Its words in the written order, folded, each once; without titles, middle initials and suffix.
        initials: Its middle initials.
        suffix: jr, iii and the like; empty if there is none.
        is_doubled: Whether a word stands twice, as where it was written in two orders: then the order says nothing.
    """

    words: tuple[str, ...]
    initials: str = ""
    suffix: str = ""
    is_doubled: bool = False

    @property
    def is_full(self) -> bool:
        """Whether it has two words at least that are neither particles nor initials: a surname alone has not."""
        particles = name_forms("particle", "speaker")
        return sum(len(word) > 1 and word not in particles for word in self.words) > 1

    @property
    def is_elder(self) -> bool:
        """Whether it says that it is the elder's of two: without that it would be somebody else's."""
        return self.suffix in _elder()

    @property
    def order(self) -> tuple[str, ...]:
        """Its words in one spelling, in the written order."""
        return tuple(map(_spell, self.words))

    @property
    def key(self) -> tuple[str, ...]:
        """What two writings of one name have in common: its words in one spelling, the surname first or last."""
        return first_rotation(self.order)

    def __str__(self) -> str:
        return " ".join(filter(None, (*self.words[:1], *self.initials, *self.words[1:], self.suffix)))


def first_rotation(words: Sequence[str]) -> tuple[str, ...]:
    """Return the rotation of some words that the alphabet has first.

    Example:
        >>> first_rotation(["wang", "yi"]) == first_rotation(["yi", "wang"])
        True
        >>> first_rotation("omar bin ali".split()) == first_rotation("ali bin omar".split())
        False
    """
    return min(((*words[n:], *words[:n]) for n in range(len(words))), default=())


@cache
def _elder() -> frozenset[str]:
    return frozenset(fold(form).rstrip(".") for form in name_forms("elder", "key"))


_TOKENS = re.compile(r"[^\W\d_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼʻʾʿ")
_LETTER = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER (?:DOTLESS )?([A-Z])(?: WITH .*)?")


def fold(text: str) -> str:
    """Return a text without case and diacritics.

    Example:
        >>> fold("Čaputová, Łukasz YILDIRIM Yıldırım")
        'caputova, lukasz yildirim yildirim'
    """
    plain = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return "".join(c if c.isascii() else _without_stroke(c) for c in plain)


@cache
def _without_stroke(letter: str) -> str:
    hit = _LETTER.fullmatch(unicodedata.name(letter, ""))
    return hit[1].lower() if hit else letter


@cache
def _spelling_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    rules = []
    for old, _, new in (rule.partition("=") for rule in read_terms("transliteration.tsv")["spelling"]):
        edges = (r"(?<=\w)" if old.startswith("-") else r"\b", r"(?=\w)" if old.endswith("-") else r"\b")
        rules.append((re.compile(edges[0] + re.escape(old.strip("-")) + edges[1]), new.strip("-")))
    return tuple(rules)


@lru_cache(maxsize=100_000)
def _spell(word: str) -> str:
    """Return the one spelling of a folded word that is transliterated in several: `sergey` is `sergei`."""
    for old, new in _spelling_rules():
        word = old.sub(new, word)
    return word


@cache
def _titles() -> frozenset[tuple[str, ...]]:
    """Return what stands before a name and is no part of it, as folded words."""
    offices, ranks = read_terms("offices.tsv"), read_terms("military.tsv")["rank"]
    forms = (*offices["head"], *offices["rank"], *ranks, *name_forms("address", "key"))
    return frozenset(tuple(_TOKENS.findall(fold(form).translate(_APOSTROPHES))) for form in forms)


@lru_cache(maxsize=100_000)
def read_name(name: str) -> PersonName | None:
    """Read a personal name as it is compared over documents; None if nothing is left of it, or it has a digit.

    A numeral after a single name is a part of that: it tells rulers apart, not sons from fathers.

    Example:
        >>> read_name("Gen. José A. Peña-Ortiz, Jr.")
        PersonName(words=('jose', 'pena', 'ortiz'), initials='a', suffix='jr', is_doubled=False)
        >>> read_name("Wang Yi").key == read_name("YI WANG").key
        True
        >>> read_name("Yuriy Lind").key == read_name("Yury Lind").key
        True
        >>> read_name("King Abdullah II").words, read_name("Putin").is_full, read_name("Hill Sr.").words
        (('abdullah', 'ii'), False, ('hill',))
    """
    if any(c.isdigit() for c in name):
        return None
    words = _TOKENS.findall(fold(bare(name)).translate(_APOSTROPHES))
    title = 1
    while title:
        title = next((n for n in range(min(4, len(words) - 1), 0, -1) if tuple(words[:n]) in _titles()), 0)
        words = words[title:]
    suffixes = {fold(form).rstrip(".") for form in name_forms("suffix", "part")}
    least = 2 if words[-1:] and words[-1] in _elder() else 3
    suffix = words.pop() if len(words) >= least and words[-1] in suffixes else ""
    middle = range(1, len(words) - 1)
    initials = "".join(words[i] for i in middle if len(words[i]) == 1)
    whole = [word for i, word in enumerate(words) if i not in middle or len(word) > 1]
    kept = tuple(dict.fromkeys(whole))
    return PersonName(kept, initials, suffix, len(kept) < len(whole)) if kept else None


def joined_names(text: str) -> tuple[str, ...]:
    """Return the names that a text joins; a text that joins none is one.

    Example:
        >>> joined_names("Ann Hill, Bo Lind and Cy Marsh"), joined_names("Ann Hill, Jr.")
        (('Ann Hill', 'Bo Lind', 'Cy Marsh'), ('Ann Hill, Jr.',))
    """
    if " and " not in text and " & " not in text:
        return (text,)
    return tuple(part for part in re.split(r",? and | & |, ", text) if part)


def looks_like_name(text: str) -> bool:
    """Tell whether a text reads as a full personal name: capitalised but for particles, no small word in front.

    Example:
        >>> looks_like_name("Ludwig van Berg"), looks_like_name("The message"), looks_like_name("Both Leaders")
        (True, False, False)
    """
    words = text.split()
    small = {*read_terms("name_heads.tsv")["small_word"], *name_forms("particle", "speaker")}
    return len(words) > 1 and all(
        word not in small if i == 0 else not word[0].islower() or word in small for i, word in enumerate(words)
    )


def spells(acronym: str, name: str) -> bool:
    """Tell whether an acronym is made of the beginnings of a name's words, no capitalised one left out but the first.

    The first may be a country's: `U.S. Central Command (CENTCOM)`.

    Example:
        >>> [spells("MND", "Ministry of National Defense"), spells("CENTCOM", "U.S. Central Command")]
        [True, True]
        >>> [spells("ISIL", "Islamic State of Iraq and the Levant"), spells("MOD", "Ministry of Defence")]
        [True, True]
        >>> [spells("NATO", "North Sea"), spells("US", "Use of Ships at Sea"), spells("UN", "Ulan Nights Group")]
        [False, False, False]
    """
    letters = re.sub(r"[\W_]", "", acronym).casefold()
    words = [word for word in (re.sub(r"\W", "", part) for part in re.split(r"[\s/–—-]+", name)) if word]

    def fits(at: int, rest: str) -> bool:
        if at == len(words):
            return not rest
        word = words[at].casefold()
        taken = next((n for n in range(len(word), 0, -1) if rest.startswith(word[:n])), 0)
        may_skip = words[at][0].islower()
        return any(fits(at + 1, rest[n:]) for n in range(taken, 0, -1)) or (may_skip and fits(at + 1, rest))

    if len(letters) < 2 or len(words) > _LONGEST or sum(word[0].isupper() for word in words) < 2:
        return False
    return fits(0, letters) or (len(words) > 2 and fits(1, letters))


def abbreviates(acronym: str, name: str) -> bool:
    """Tell whether the letters of an acronym are found in order in a name, the first one at the start of a word.

    Looser than `spells`: enough for what kind of thing an acronym is, not for what it stands for.

    Example:
        >>> abbreviates("DESRON", "Destroyer Squadron"), abbreviates("NATO", "Defense Department")
        (True, False)
    """
    letters = [c for c in acronym.casefold() if c.isalpha()]
    words = re.findall(r"\w+", name.casefold())
    for i, word in enumerate(words):
        if word[0] != letters[0]:
            continue
        text = iter("".join(words[i:]))
        if all(letter in text for letter in letters):
            return True
    return False


def initials_of(name: str) -> frozenset[str]:
    """Return the initials of a name in small letters: of its capitalised words, of all, with all of a first acronym.

    Example:
        >>> sorted(initials_of("U.S. Department of Agriculture"))
        ['uda', 'udoa', 'usda']
    """
    words = [word for word in re.split(r"[\s-]+", name) if word]
    every = [word[0] for word in words]
    capitals = [letter for letter in every[1:] if letter.isupper()]
    first = words[0].replace(".", "") if words[0].isupper() else every[0]
    short = [letter for letter in every if letter.isupper()]
    return frozenset("".join(letters).lower() for letters in (short, every, [first, *capitals]))
