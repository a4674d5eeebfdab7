"""The people of a document: who is named, by what names, and who can be meant at a place.

Order: named runs of the running text → those of title and headings, cut where a common word starts → people who have a
title somewhere, and people named in full → full names by any word of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from tasks.names import bare, is_part, long_titles, longest_form, lower_words, spells
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, without_determiner
from tasks.quotes.speakers import first_subject, title_of
from tasks.quotes.units import Unit

_MAX_NAME = 5
_AKIN = 4  # letters that a people and its country share
_DOUBLE = 3  # words of a name with two surnames: Ana García Fuentes
_LOOK_BACK = 20  # people named before a pronoun
_INITIAL = re.compile(r"^([^\W\d_]\.)(?=[^\W\d_]{2})")
_DIGIT = re.compile(r"\d")
_BRACKETED = re.compile(r" ?\( ?(\w+) ?\)")  # `the Chief of Staff (CS)`
_FIRST = 3  # units in which the main person is looked for


class Named(NamedTuple):
    """A named run: where it counts from, -1 for the title of the dump, and whether it stands in a heading or title."""

    mention: Mention
    at: int
    in_heading: bool


class Person(NamedTuple):
    """A person as named at one place.

    Attributes:
        at: Offset, or -1 in the title of the dump.
        words: The words of the name, in small letters.
        name: The name.
        title: The words of the title, none after Mr and the like, None without any.
        mention: The run that names the person.
        in_heading: It stands in a heading.
    """

    at: int
    words: tuple[str, ...]
    name: str
    title: tuple[str, ...] | None
    mention: Mention
    in_heading: bool


class People:
    """The people of a document.

    Args:
        named: Its named runs.
        units: Its units.
        headings: Numbers of the paragraphs that are headings.
        lexicon: The lexicon.
    """

    def __init__(
        self, named: Sequence[Named], units: Sequence[Unit], headings: frozenset[int], lexicon: Lexicon
    ) -> None:
        self._lexicon = lexicon
        self._written = {token.text for unit in units for token in unit.tokens}
        self._surnames: frozenset[str] = frozenset()
        found = [person for one in named if not one.in_heading for person in self._read(one)]
        self._surnames = frozenset(plain(self._surname(person.words)) for person in found)
        found += [person for one in named if one.in_heading for person in self._read(one)]
        found.sort(key=lambda person: person.at)
        titled = {self._surname(person.words) for person in found if person.title is not None}
        titled |= {p.words[1] for p in found if p.title is not None and len(p.words) == _DOUBLE and not p.in_heading}
        is_known = [p.title is not None or self._surname(p.words) in titled for p in found]
        self.known = [p for p, known in zip(found, is_known, strict=True) if known]
        self._met = [p for p, known in zip(found, is_known, strict=True) if known or self._is_forename(p)]
        self._places = [person.at for person in self._met]
        in_full = [p for p in found if self._surname(p.words) in titled or (len(p.words) > 1 and not p.in_heading)]
        self._families = {self._surname(person.words) for person in in_full}
        self._by_word: dict[str, list[Person]] = {}
        self._by_middle: dict[str, list[Person]] = {}  # `García` of Ana García Fuentes
        for person in in_full:
            ends = {person.words[0], self._surname(person.words)}
            for word in ends:
                self._by_word.setdefault(word, []).append(person)
            for word in set(person.words) - ends:
                self._by_middle.setdefault(word, []).append(person)
        self._by_plain: dict[str, list[Person]] = {}  # `KALNBERZA` of Sanita Kalnbērza
        for person in in_full:
            surname = self._surname(person.words)
            if not surname.isascii():
                self._by_plain.setdefault(plain(surname), []).append(person)
        self._full: dict[tuple[str, ...], str] = {}
        self._stated: dict[tuple[str, int], list[tuple[str, int]]] = {}
        self.main = self._find_main(units, headings)

    def _read(self, named: Named) -> Iterator[Person]:
        """Yield the person that a run names, once for each title."""
        mention, in_heading = named.mention, named.in_heading
        if mention.kind != "name":
            return
        name = mention.text.split()
        if len(name) > 1 and len(name[0]) == 1 and self._lexicon.has(name[0].lower(), "label"):
            del name[0]  # `Q Ana Ruiz`, the label of a turn that has no colon
        if len(name) > 2 and (self._lexicon.has(name[0].lower(), "sole") or self._is_verb(name[0])):
            del name[0]  # `Moderator Ana Ruiz`, `I'm Ana Ruiz`
        owner = next((i for i, word in enumerate(name[:_MAX_NAME]) if bare(word) != word), None) if in_heading else None
        if owner and not any(self._is_common(word) for word in name[:owner]):  # `Minister Tan Ana Mei's Remarks`
            name = [*name[:owner], bare(name[owner])]
        elif in_heading:  # its words are capitalised: the name ends where a common word starts
            ends = (
                i
                for i, word in enumerate(name)
                if i and (self._is_common(word) or self._ends_name(name[i - 1], word) or self._is_preposition(word))
            )
            name = name[: next(ends, len(name))]
            owner = next((i for i, word in enumerate(name[:-1]) if bare(word) != word), None)
            if owner is not None:  # `Minister Ana Ruiz's Remarks`
                name = [*name[:owner], bare(name[owner])]
        text = " ".join(name)
        words = lower_words(text)
        if not words or len(name) > _MAX_NAME or any(bare(word) != word for word in name) or _DIGIT.search(text):
            return
        is_polite = mention.outer_start < mention.start and mention.title is None
        is_dateline = text.isupper() and not in_heading and not is_polite and mention.title is None
        is_gerund = in_heading and words[0].endswith("ing")
        has_day = any(self._lexicon.has(word, "day") for word in words)
        if (
            is_dateline
            or is_gerund
            or (has_day and mention.title is None)
            or self._lexicon.has(words[0], "interrogative")
            or text in self._lexicon.places
            or (mention.title is None and not is_polite and self._is_field(words))
            or (in_heading and self._lexicon.has(words[-1], "own"))
        ):
            return
        title = lower_words(mention.title) if mention.title else (() if is_polite else None)
        yield Person(named.at, words, text, title, mention, in_heading)
        if mention.before not in {"", mention.title} or mention.role or any(self._is_owner(w) for w in title or ()):
            for office in sorted(self._other_offices(mention) - {title, ()}):
                yield Person(named.at, words, text, office, mention, in_heading)

    def _is_verb(self, word: str) -> bool:
        """Tell whether a word is a pronoun with its verb: `I'm`."""
        pronoun, mark, _ = word.lower().replace("’", "'").partition("'")
        return bool(mark) and self._lexicon.has(pronoun, "personal")

    def _is_forename(self, person: Person) -> bool:
        """Tell whether a name in full has no title, but opens with a forename."""
        return len(person.words) > 1 and not person.in_heading and person.words[0] in self._lexicon.genders

    def _is_field(self, words: tuple[str, ...]) -> bool:
        """Tell what an office is in charge of from a person: `Technical Cooperation`."""
        return len(words) > 1 and self._lexicon.has(words[-1], "portfolio")

    def _is_owner(self, word: str) -> bool:
        return self._lexicon.has(word, "owner")

    def _other_offices(self, mention: Mention) -> set[tuple[str, ...]]:
        """Return the offices of a run that its title does not say: before a rank, in brackets, after the name."""
        apposed, _, _ = (mention.role or "").partition(",")
        offices = set(offices_in(_BRACKETED.sub("", mention.before), self._lexicon))
        for office in (mention.before, apposed):
            acronym = _BRACKETED.search(office)
            stated = without_determiner(office[: acronym.start()], self._lexicon) if acronym else ""
            if acronym and (_is_spelt(acronym.group(1), stated) or self._is_own(acronym.group(1), stated)):
                offices.add((acronym.group(1).lower(),))
        if role := title_of(_BRACKETED.sub("", mention.role or ""), self._lexicon):
            offices.add(lower_words(role))
        return offices

    def _is_own(self, acronym: str, office: str) -> bool:
        """Tell whether letters in another language stand for an office, since they spell nothing in its words."""
        words = office.split()
        has_title = any(self._lexicon.has(word.lower(), "title") for word in words)
        is_word = len(acronym) > 2 and acronym[0].isupper() and not acronym.isdigit()
        return has_title and is_word and not any(_is_spelt(acronym, " ".join(words[i:])) for i in range(1, len(words)))

    def _find_main(self, units: Sequence[Unit], headings: frozenset[int]) -> str | None:
        """Return who is the first subject of the running text, else of a heading above it."""
        body = (unit for unit in units if unit.paragraph not in headings)
        first = [unit for unit, _ in zip(body, range(_FIRST), strict=False)]
        first += [unit for unit in units[:_FIRST] if unit.paragraph in headings]
        subjects = (first_subject(unit.tokens, len(unit.tokens), self._lexicon) for unit in first)
        named = (m.text for m in subjects if m and m.kind == "name" and self.is_person(m.text))
        name = next(named, None)
        return self.full_name(name) if name is not None else None

    def _is_common(self, word: str) -> bool:
        lower = word.lower()
        is_small = lower[0].islower() and lower in self._written and not self._lexicon.has(lower, "particle")
        return is_small or self._lexicon.has(lower, "cue") or word.endswith("ing")

    def _is_preposition(self, word: str) -> bool:
        return self._lexicon.has(word.lower(), "preposition") and not self._lexicon.has(word.lower(), "particle")

    def _ends_name(self, word: str, following: str) -> bool:
        """Tell whether a heading goes on after a surname, as in `Panetta Discuss Plans`."""
        is_surname = plain(word.lower()) in self._surnames and word.lower() not in self._lexicon.genders
        return is_surname and plain(following.lower()) not in self._surnames

    def _surname(self, words: tuple[str, ...]) -> str:
        kept = [word for word in words if not self._lexicon.has(word, "suffix")]
        return kept[-1] if kept else words[-1]

    def is_person(self, name: str) -> bool:
        """Tell whether a capitalised word or run is known to name a person: with a title somewhere, or in two words."""
        words = lower_words(name)
        if not words or _DIGIT.search(name) or any(self._lexicon.has(word, "opener") for word in words):
            return False
        is_first_surname = len(words) == 1 and words[0] in self._by_middle and not self._is_common(name)
        return (
            is_first_surname
            or self._surname(words) in self._families
            or (1 < len(words) <= _MAX_NAME and not name.isupper() and not any(map(self._is_common, name.split())))
        )

    def full_name(self, name: str) -> str:
        """Return the longest form of a personal name in the document."""
        apart = _INITIAL.sub(r"\1 ", name)  # `A.Ruiz`
        if apart != name and (full := self.full_name(apart)) != apart:
            return full
        words = lower_words(name)
        if not words:
            return name
        if words not in self._full:
            self._full[words] = self._longest(name, words)
        return self._full[words]

    def named(self, name: str) -> list[Person]:
        """Return the places that name the person of a surname or full name."""
        words = lower_words(name)
        surname = self._surname(words) if words else ""
        return [person for person in self._by_word.get(surname, []) if self._surname(person.words) == surname]

    def name_starting(self, words: tuple[str, ...]) -> str | None:
        """Return the name that starts with several words, where the surname stands first: `Chang Chien` Ming-te."""
        size = len(words)
        longer = (p.name for p in self._by_word.get(words[0], []) if size > 1 and p.words[:size] == words)
        return next((name for name in longer if len(lower_words(name)) > size), None)

    def usual_form(self, name: str) -> str:
        """Return a name in the usual capitals, where the document has it so: `WU QIAN` → Wu Qian."""
        if not name.isupper():
            return name
        words = lower_words(name)
        return next((p.name for p in self.named(name) if p.words == words and not p.name.isupper()), name)

    def _longest(self, name: str, words: tuple[str, ...]) -> str:
        surname = self._surname(words)
        forms: Counter[str] = Counter()
        for person in self._by_word.get(surname, []):
            fits = self._surname(person.words) == surname or len(words) == 1
            if fits and is_part(words, person.words, by_initials=True):
                forms[person.name] += 1
        if surname.isascii() and not any(" " in form for form in forms):
            near = self._by_plain.get(surname, [])
            forms.update(p.name for p in near if is_part(words, tuple(map(plain, p.words)), by_initials=True))
        full = longest_form(name, forms)
        if full == name and any(len(word.rstrip(".")) == 1 for word in words):
            written = {form: n for form, n in forms.items() if len(form) > len(name)}
            full = max(written, key=lambda form: written[form], default=name)  # `A. Ruiz`: Ana Ruiz
        if full == name and len(words) == 2 and len(words[0].rstrip(".")) == 1:  # `S. Dorj`: Dorj Sukh
            first = words[0].rstrip(".")
            reversed_ = {p.name for p in self._by_word.get(surname, []) if p.words[0] == surname != p.words[-1]}
            fits_ = [form for form in reversed_ if lower_words(form)[-1].startswith(first)]
            full = fits_[0] if len(fits_) == 1 else full
        if full == name and len(forms) < 2:
            forms = Counter(p.name for p in self._by_middle.get(surname, []) if is_part(words, p.words))
            full = longest_form(name, forms)
        return full

    def main_person(self) -> str | None:
        """Return whom the document is about: the first person who is the subject of a sentence, or has a title."""
        if self.main:
            return self.main
        return next((self.full_name(p.name) for p in self.known if p.title), None)

    def first_people(self, count: int = 2) -> str | None:
        """Return the first people of the running text, joined: who `both leaders` or `the three ministers` are."""
        names: list[str] = [self.main] if self.main and " " in self.main else []
        for person in self.known:
            full = self.full_name(person.name)
            if (
                full not in names
                and not person.in_heading
                and not person.name.isupper()
                and (" " in full or person.title)
            ):
                names.append(full)
            if len(names) == count:
                return join_names(names)
        return None

    def other_than(self, name: str | None, before: int) -> str | None:
        """Return the other of the two people whom the running text names with title and in full before an offset."""
        two = self._named_before(before)
        return next(other for other in two if other != name) if len(two) == 2 and name in two else None

    def are_more_than(self, count: int, before: int) -> bool:
        """Tell whether the running text names more people with titles than a number before an offset."""
        return len(self._named_before(before)) > count

    def _named_before(self, at: int) -> list[str]:
        """Return the full names of the people with titles whom the running text names before an offset, each once."""
        return [name for name, first in self._titled[:_LOOK_BACK] if first < at]

    @cached_property
    def _titled(self) -> list[tuple[str, int]]:
        """The full names of the people with titles whom the running text names, each with its first place."""
        first: dict[str, int] = {}
        for person in self.known:
            if person.title and not person.in_heading and not person.name.isupper():
                first.setdefault(self.full_name(person.name), person.at)
        return [(name, at) for name, at in first.items() if " " in name]

    def first_before(self, end: int) -> str | None:
        """Return who is named first in the document, if that is before an offset."""
        leads = self.known and self.known[0].at < end
        return self.full_name(self.known[0].name) if leads else None

    def named_before(self, at: int, since: int = -1) -> Iterator[str]:
        """Yield the people named before `at` and after `since`, the last first."""
        i = bisect_left(self._places, at) - 1
        for person in reversed(self._met[max(0, i - _LOOK_BACK) : i + 1]):
            if person.at <= since:
                break
            yield self.full_name(person.name)

    def only_one(self, noun: str, before: int) -> str | None:
        """Return the one person named before an offset whose offices, as written, have a noun: `the commander`."""
        return self._only(noun, len(noun), before)

    def only_from(self, nation: str, before: int) -> str | None:
        """Return the one person named before an offset whose office says the country of a nationality."""
        return self._only(nation, _AKIN, before)

    def _only(self, word: str, letters: int, before: int) -> str | None:
        """Return the one person named before an offset of whom a word is stated, as far as its first letters go."""
        if (word, letters) not in self._stated:
            firsts: dict[str, int] = {}
            for person in self.known:
                stated = long_titles(lower_words(_stated(person.mention)))
                if any(other[:letters] == word[:letters] for other in stated):
                    firsts.setdefault(self.full_name(person.name), person.at)
            self._stated[word, letters] = list(firsts.items())
        first = [name for name, at in self._stated[word, letters][:2] if at < before]
        return first[0] if len(first) == 1 else None

    def only_between(self, start: int, end: int) -> str | None:
        """Return the one person who is named between two offsets, None if there are none or several."""
        low, high = bisect_left(self._places, start), bisect_left(self._places, end)
        names = {self.full_name(person.name) for person in self._met[max(low, high - _LOOK_BACK) : high]}
        return names.pop() if len(names) == 1 else None

    def agrees(self, name: str, pronoun: str) -> bool:
        """Tell whether a pronoun can stand for a person, as far as titles and forenames say."""
        gender, other = self._lexicon.genders.get(pronoun), self._genders.get(name)
        return not gender or not other or gender == other

    @cached_property
    def _genders(self) -> dict[str, str]:
        """The gender of people, by full name: that of a title before, else that of the forename."""
        found: dict[str, str] = {}
        for person in self._met:
            name = self.full_name(person.name)
            stated = (person.mention.honorific or "").lower(), *lower_words(person.mention.title or "")
            words = [word for word in (*stated, lower_words(name)[0]) if word in self._lexicon.genders]
            if words:
                found.setdefault(name, self._lexicon.genders[words[0]])
            elif name.casefold().endswith(self._lexicon.forms("feminine")):
                found.setdefault(name, "f")
        return found


def _stated(mention: Mention) -> str:
    """Return all that is stated of a person beside the name."""
    return " ".join(filter(None, (mention.affiliation, mention.before, mention.role)))


def plain(word: str) -> str:
    """Return a word without the marks on its letters.

    Example:
        >>> plain("kalnbērza")
        'kalnberza'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _is_spelt(acronym: str, name: str) -> bool:
    return name[:1] == acronym[:1] and spells(acronym, name)


def offices_in(text: str, lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    """Yield the offices before a name, each in the order of a title, in small letters.

    Example:
        >>> from tasks.quotes.lexicon import parse_lexicon
        >>> lexicon = parse_lexicon("title\\tminister|general\\nrank\\tgeneral\\nportfolio\\tdefence\\nowner\\tof")
        >>> list(offices_in("Minister of Defence General", lexicon))
        [('defence', 'minister'), ('general',)]
    """
    words = lower_words(text)
    heads: list[int] = []
    is_owned = False  # what is `of` an office goes on to the next rank: `Chief of the Harbour Staff Admiral`
    for i, word in enumerate(words):
        if _ends_office(words, i, lexicon) and not (
            is_owned and i + 1 < len(words) and not lexicon.has(word, "rank", "honorific")
        ):
            heads.append(i)
            is_owned = False
        is_owned = (is_owned or (bool(heads) and lexicon.has(word, "owner"))) and not lexicon.has(word, "addition")
    starts: list[int] = []
    for head in heads:
        start = head
        while start > (heads[len(starts) - 1] + 1 if starts else 0) and lexicon.has(words[start - 1], "title"):
            start -= 1
        starts.append(start)
    low = 0  # where the words begin that no office before has taken
    for n, head in enumerate(heads):
        following = starts[n + 1] if n + 1 < len(heads) else len(words)
        has_owner = head + 1 < following and lexicon.has(words[head + 1], "owner")
        beside = words[head + 2 : following] if has_owner else words[low : starts[n]]
        low = following if has_owner else head + 1
        yield (
            *(word for word in beside if not lexicon.has(word, "determiner", "owner")),
            *words[starts[n] : head + 1],
        )


def _ends_office(words: Sequence[str], i: int, lexicon: Lexicon) -> bool:
    """Tell whether a word is the last of an office: no title follows, or a rank does: `spokesman Maj. Gen.`."""
    if not lexicon.has(words[i], "title"):
        return False
    if i + 1 == len(words) or not lexicon.has(words[i + 1], "title"):
        return True
    is_office = not lexicon.has(words[i], "rank") or lexicon.has(words[i], "anaphor")  # `Commander Major General`
    return lexicon.has(words[i], "role") and is_office and lexicon.has(words[i + 1], "rank")


def join_names(names: Sequence[str]) -> str:
    """Write names as a list.

    Example:
        >>> join_names(["Ana Ruiz", "Wu Lei", "Ivo Hale"])
        'Ana Ruiz, Wu Lei and Ivo Hale'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
