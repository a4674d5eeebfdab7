"""Resolves mentions inside a document: surname → full name, pronoun and role → person, `the release` → its issuer."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, split_name
from tasks.quotes.quotation import Quotation
from tasks.quotes.speakers import first_subject, named_runs, title_of
from tasks.quotes.tokens import bare
from tasks.quotes.units import Unit

_MAX_NAME = 5
_LOOK_BACK = 20  # people named before a pronoun
_SURE = 4  # how well a role has to fit a title that nothing else speaks for
_UNNAMED = 50
_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")


class Source(NamedTuple):
    """A resolved source: its name and kind (person, role, institution, unknown)."""

    name: str | None
    kind: str
    title: str | None
    affiliation: str | None


class _Person(NamedTuple):
    at: int
    words: tuple[str, ...]
    name: str
    title: tuple[str, ...] | None  # () after Mr and the like, None without any
    mention: Mention
    in_heading: bool


def _words(text: str) -> tuple[str, ...]:
    return tuple(bare(word).lower() for word in _WORDS.findall(text))


class Directory:
    """The people and institutions of a document, and who spoke last.

    Args:
        units: The units of the document.
        headings: Numbers of the paragraphs that are headings.
        title_units: The units of its title, where the dump has one.
        lexicon: The lexicon.
    """

    def __init__(
        self, units: Sequence[Unit], headings: frozenset[int], title_units: Sequence[Unit], lexicon: Lexicon
    ) -> None:
        self._units = units
        self._body = [unit for unit in units if unit.paragraph not in headings]
        self._lexicon = lexicon
        self._starts = [unit.start for unit in units]
        self._aliases = lexicon.aliases
        self._common = {t.text for unit in units for t in unit.tokens if t.form == "w" and t.text[0].islower()}
        self._people: list[_Person] = []
        self._by_institution: dict[str, dict[str, int]] = {}
        self._surnames: frozenset[str] = frozenset()
        for unit in self._body:
            self._add_all(unit, 0, False)
        self._surnames = frozenset(self._surname(person.words) for person in self._people)
        for unit in title_units:
            self._add_all(unit, -1, True)
        for unit in units:
            if unit.paragraph in headings:
                self._add_all(unit, 0, True)
        self._people.sort(key=lambda person: person.at)
        surnames = {self._surname(person.words) for person in self._people if person.title is not None}
        known = [p for p in self._people if p.title is not None or self._surname(p.words) in surnames]
        in_full = [
            p for p in self._people if self._surname(p.words) in surnames or (len(p.words) > 1 and not p.in_heading)
        ]
        self._people = known
        self._places = [person.at for person in known]
        self._families = {self._surname(person.words) for person in in_full}
        self._by_word: dict[str, list[_Person]] = {}
        for person in in_full:
            for word in {person.words[0], self._surname(person.words)}:
                self._by_word.setdefault(word, []).append(person)
        self._full: dict[tuple[str, ...], str] = {}
        self._offices: dict[str, list[_Person]] = {}
        for person in known:
            if person.title:
                self._offices.setdefault(person.title[-1], []).append(person)
        self._roles: dict[tuple[str, ...], tuple[str | None, int]] = {}
        first = [*self._body[:3], *(unit for unit in units[:3] if unit.paragraph in headings)]
        subjects = (first_subject(unit.tokens, len(unit.tokens), lexicon) for unit in first)
        named = [m.text for m in subjects if m and m.kind == "name" and self.is_person(m.text)]
        self._main = self.full_name(named[0]) if named else None

    def _add_all(self, unit: Unit, at: int, is_heading: bool) -> None:
        for mention in named_runs(unit.tokens, self._lexicon):
            start = mention.start if at >= 0 else at
            if mention.kind == "name":
                self._add_person(mention, start, is_heading)
            elif mention.kind in {"institution", "document"}:
                name = _without_determiner(mention.text, self._lexicon)
                for word in set(_words(mention.text)):
                    self._by_institution.setdefault(word, {}).setdefault(name, start)

    def _add_person(self, mention: Mention, at: int, is_heading: bool) -> None:
        name = mention.text.split()
        if is_heading:  # its words are capitalised: the name ends where a common word starts
            ends = (
                i for i, word in enumerate(name) if i and (self._is_common(word) or self._ends_name(name[i - 1], word))
            )
            stop = next(ends, len(name))
            name = name[:stop]
        if not name or len(name) > _MAX_NAME:
            return
        text = " ".join(name)
        words = _words(text)
        if any(bare(word) != word for word in name) or (is_heading and words and words[0].endswith("ing")):
            return
        polite = mention.outer_start < mention.start and mention.title is None
        if text in self._lexicon.places or (
            text.isupper() and not is_heading and not polite and mention.title is None
        ):  # a dateline
            return
        if not words or any(self._lexicon.has(word, "day") for word in words):
            return
        title = _words(mention.title) if mention.title else (() if polite else None)
        self._people.append(_Person(at, words, text, title, mention, is_heading))
        if mention.role and (role := title_of(mention.role, self._lexicon)) and _words(role) != title:
            self._people.append(_Person(at, words, text, _words(role), mention, is_heading))

    def _is_common(self, word: str) -> bool:
        return word.lower() in self._common or self._lexicon.has(word.lower(), "cue") or word.endswith("ing")

    def _ends_name(self, word: str, following: str) -> bool:
        """Tell whether a heading goes on after a surname, as in `Panetta Discuss Plans`."""
        return word.lower() in self._surnames and following.lower() not in self._surnames

    def is_person(self, name: str) -> bool:
        """Tell whether a capitalised word or run is known to name a person: with a title somewhere, or in two words."""
        words = _words(name)
        if not words or any(self._lexicon.has(word, "opener") for word in words):
            return False
        return self._surname(words) in self._families or (
            1 < len(words) <= _MAX_NAME and not name.isupper() and not any(map(self._is_common, name.split()))
        )

    def _surname(self, words: tuple[str, ...]) -> str:
        kept = [word for word in words if not self._lexicon.has(word, "suffix")]
        return kept[-1] if kept else words[-1]

    def full_name(self, name: str) -> str:
        """Return the longest form of a personal name in the document."""
        words = _words(name)
        if not words:
            return name
        if words not in self._full:
            surname = self._surname(words)
            forms: Counter[str] = Counter()
            for person in self._by_word.get(surname, []):
                fits = self._surname(person.words) == surname or len(words) == 1
                if fits and _is_part(words, person.words):
                    forms[person.name] += 1
            longer = [form for form in forms if len(_words(form)) > len(words)]
            several = max((forms[form] for form in longer), default=0)
            best = max(
                longer, key=lambda form: (not form.isupper(), forms[form] == several, len(_words(form))), default=name
            )
            self._full[words] = best
        return self._full[words]

    def person_of_role(self, role: str, least: int = 1) -> str | None:
        """Return who holds an office according to the document: `the Foreign Secretary` → Boris Johnson.

        Args:
            role: The office, with or without a determiner.
            least: How well it has to fit a title, 1 to 5.
        """
        words = _words(_without_determiner(role, self._lexicon))
        if not words:
            return None
        if words not in self._roles:
            self._roles[words] = self._match_role(self._turn(words))
        name, level = self._roles[words]
        return name if level >= least else None

    def _turn(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Put an office into the order of a title: `president of Russia` → russia president."""
        text = " ".join(words)
        for form, office in self._aliases.items():
            if text == form or text.endswith(f" {form}"):
                return (*text.removesuffix(form).split(), *office.split())
        of = next((i for i, word in enumerate(words) if self._lexicon.has(word, "owner")), 0)
        if not of:
            return words
        owner = (word for word in words[of + 1 :] if not self._lexicon.has(word, "determiner"))
        return (*owner, *words[:of])

    def _match_role(self, words: tuple[str, ...]) -> tuple[str | None, int]:
        levels: dict[int, Counter[str]] = {}
        for person in self._offices.get(words[-1], []):
            level = self._fit(words, person)
            if level:
                levels.setdefault(level, Counter())[self.full_name(person.name)] += 1
        best = max(levels, default=0)
        is_head = self._main and self._lexicon.has(words[-1], "head") and not self._is_subordinate
        if is_head and (not best or (best < _SURE and len(words) == 1)):
            return self._main, 1  # `the President` of a release that names foreign presidents with their countries
        if not best:
            return None, 0
        names = levels[best]
        return max(names, key=lambda name: names[name] + 0.5 * (name == self._main)), best

    @cached_property
    def _is_subordinate(self) -> bool:
        """Tell whether the main person has titles, but heads nothing."""
        titles = [p.title[-1] for p in self._people if p.title and self.full_name(p.name) == self._main]
        return bool(titles) and not any(self._lexicon.has(title, "head") for title in titles)

    def _fit(self, words: tuple[str, ...], person: _Person) -> int:
        """Return how well an office fits a person's title, 0 to 5."""
        title = person.title or ("",)
        affiliation = _words(person.mention.affiliation or "")
        if title == words:
            return 3 if affiliation and self._lexicon.has(words[-1], "head") else 5
        if self._lexicon.has(title[0], "second") != self._lexicon.has(words[0], "second"):
            return 0
        extra = set(words) - set(title)
        if not extra:
            return 4 if len(words) > 1 else 2
        if affiliation and all(any(_is_akin(word, other) for other in affiliation) for word in extra):
            return 4
        return 1 if not affiliation or len(words) == 1 else 0

    def main_person(self) -> str | None:
        """Return whom the document is about: the first person who is the subject of a sentence, or has a title."""
        if self._main:
            return self._main
        return next((self.full_name(p.name) for p in self._people if p.title), None)

    def first_people(self, count: int = 2) -> str | None:
        """Return the first people of the running text, joined: who `both leaders` or `the three ministers` are."""
        names: list[str] = [self._main] if self._main and " " in self._main else []
        for person in self._people:
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

    def institution(self, text: str, at: int) -> str:
        """Return the name of an institution; `the ministry` is the last one named before."""
        name = _without_determiner(text, self._lexicon)
        words = _words(name)
        if len(words) == 1 and name != text and self._lexicon.has(words[0], "institution"):
            named = self._by_institution.get(words[0], {})
            default = name if name[0].isupper() else text
            return max(
                (other for other, start in named.items() if start < at and " " in other), key=len, default=default
            )
        if not name[:1].isupper() and not any(word[:1].isupper() for word in name.split()[1:]):
            return text
        return self._written_out(name) or name

    def _written_out(self, acronym: str) -> str | None:
        """Return the name that an acronym stands for, if the document has one with these initials."""
        letters = acronym.replace(".", "").lower()
        if " " in acronym or len(letters) < 2 or not acronym[1:].isupper():
            return None
        return self._by_initials.get(letters)

    @cached_property
    def _by_initials(self) -> dict[str, str]:
        names = {name for named in self._by_institution.values() for name in named if " " in name}
        found: dict[str, str] = {}
        for name in sorted(names, key=lambda name: (len(name), name)):
            words = [word for word in re.split(r"[\s-]+", name) if word]
            short = "".join(word[0] for word in words if word[0].isupper())
            for initials in (short, "".join(word[0] for word in words), name_initials(words)):
                found[initials.lower()] = name
        return found

    def author(self) -> str | None:
        """Return whose words a document in the first person is: who is in its first line."""
        leads = self._people and self._people[0].at < self._units[0].end
        return self.full_name(self._people[0].name) if leads else None

    def subject_before(self, at: int) -> str | None:
        """Return the person who is the subject of the sentence before the one at `at`, in the same paragraph."""
        i = bisect_right(self._starts, at) - 1
        if i < 1 or self._units[i - 1].paragraph != self._units[i].paragraph:
            return None
        subject = first_subject(self._units[i - 1].tokens, len(self._units[i - 1].tokens), self._lexicon)
        if subject and subject.kind == "name" and self.is_person(subject.text):
            return self.full_name(subject.text)
        return self.person_of_role(subject.text) if subject and subject.kind == "role" else None

    def before(self, at: int, pronoun: str = "", since: int = -1) -> str | None:
        """Return the last person named before `at` and after `since`, of the gender of a pronoun if one is given."""
        i = bisect_left(self._places, at) - 1
        for person in reversed(self._people[max(0, i - _LOOK_BACK) : i + 1]):
            if person.at <= since:
                break
            name = self.full_name(person.name)
            if self.agrees(name, pronoun):
                return name
        return None

    def agrees(self, name: str, pronoun: str) -> bool:
        """Tell whether a pronoun can stand for a person, as far as titles and forenames say."""
        gender, other = self._lexicon.genders.get(pronoun), self._genders.get(name)
        return not gender or not other or gender == other

    @cached_property
    def _genders(self) -> dict[str, str]:
        """The gender of people, by full name: that of a title before, else that of the forename."""
        found: dict[str, str] = {}
        for person in self._people:
            name = self.full_name(person.name)
            stated = (person.mention.honorific or "").lower(), *_words(person.mention.title or "")
            words = [word for word in (*stated, _words(name)[0]) if word in self._lexicon.genders]
            if words:
                found.setdefault(name, self._lexicon.genders[words[0]])
        return found


def name_initials(words: Sequence[str]) -> str:
    """Return the initials of a name that starts with an acronym, whose letters all count.

    Example:
        >>> name_initials(["U.S.", "Department", "of", "Agriculture"])
        'USDA'
    """
    first = words[0].replace(".", "") if words[0].isupper() else words[0][0]
    return first + "".join(word[0] for word in words[1:] if word[0].isupper())


def join_names(names: Sequence[str]) -> str:
    """Write names as a list.

    Example:
        >>> join_names(["Ana Ruiz", "Wu Lei", "Ivo Hale"])
        'Ana Ruiz, Wu Lei and Ivo Hale'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _is_akin(word: str, other: str) -> bool:
    """Tell whether a nationality belongs to a country: `german` and `germany`."""
    return word[:3] == other[:3]


def _is_part(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Tell whether a name is a shorter form of another: its words stand in the other in that order."""
    at = 0
    for word in full:
        if at < len(short) and (word == short[at] or (word.rstrip(".") == short[at].rstrip("."))):
            at += 1
    return at == len(short)


def _without_determiner(text: str, lexicon: Lexicon) -> str:
    first, _, rest = text.partition(" ")
    return rest if rest and lexicon.has(first.lower(), "determiner") else text


def resolve_sources(quotations: Sequence[Quotation], directory: Directory, lexicon: Lexicon) -> Iterator[Source]:
    """Return the source of each quotation; quotations must be in order."""
    last = Source(None, "unknown", None, None)
    titles: dict[str, tuple[str | None, str | None]] = {}
    release: str | None = None
    at = -1  # where the last quotation ends
    unnamed: deque[str] = deque(maxlen=_UNNAMED)  # roles that no name is known for, as first mentioned
    for quotation in quotations:
        mention = quotation.source
        if mention is None:
            name = last.name if quotation.is_carried else None
            if quotation.is_carried and (name is None or last.kind == "role"):  # who was named since an unnamed source
                name = directory.before(quotation.start, since=at if name else -1) or name
            source = Source(name, last.kind if name == last.name else "person", None, None)
        else:
            name, kind = _resolve(mention, quotation, directory, lexicon, last, release)
            title, affiliation = mention.title, mention.affiliation
            if name and kind == "role" and mention.kind == "role":
                same = [role for role in unnamed if _is_same_role(name, role)]
                if same and name.lower().startswith("the "):
                    name = last.name if last.name in same else same[0]
                else:
                    unnamed.append(name)
            if name and kind == "person":
                known = titles.get(name, (None, None))
                title, affiliation = title or known[0], affiliation or known[1]
                titles[name] = (title, affiliation)
            source = Source(name, kind, title, affiliation)
            if mention.kind == "document" and name and name != mention.text:
                release = release or name
        if source.name:
            last, at = source, quotation.end
        yield source


def _is_same_role(later: str, earlier: str) -> bool:
    """Tell whether `the official` can be `a senior defense official`."""
    short, full = _words(later)[1:], _words(earlier)
    return bool(short) and short[-1] == full[-1] and set(short) <= set(full)


def _resolve(
    mention: Mention, quotation: Quotation, directory: Directory, lexicon: Lexicon, last: Source, release: str | None
) -> tuple[str | None, str]:
    lower = mention.text.lower()
    if mention.kind == "name":
        return directory.full_name(mention.text), "person"
    if mention.kind == "label":
        return _resolve_label(mention, directory, lexicon)
    if mention.kind == "group":
        known = (_resolve(member, quotation, directory, lexicon, last, release)[0] for member in mention.members)
        return join_names([name for name in known if name]), "person"
    if mention.kind == "pronoun":
        return _resolve_pronoun(lower, mention, directory, lexicon, last)
    if mention.kind == "role":
        head = _words(mention.text)[-1:]
        count = next((number for word, number in lexicon.counts.items() if word in lower.split()), 0)
        is_many = bool(head) and (lexicon.has(head[0], "collective") or (count > 1 and head[0].endswith("s")))
        plural = is_many and not lower.startswith("one ")
        if plural:
            return (directory.first_people(count or 2) or mention.text), "person"
        person = directory.person_of_role(mention.text)
        return (person, "person") if person else (mention.text, "role")
    if mention.kind == "document":
        words = _words(mention.text)
        if lexicon.has(words[-1], "message"):
            return (directory.main_person() or mention.text), "person"
        named = _without_determiner(mention.text, lexicon).split()
        capital = [w for w in named if w[:1].isupper() and not lexicon.has(w.lower(), "qualifier")]
        if capital and len(words) > 1 and not mention.text.split()[-1][:1].isupper():
            issuer = mention.text[mention.text.index(capital[0]) : mention.text.rindex(capital[-1]) + len(capital[-1])]
            if issuer != mention.text:
                return issuer, "institution"
        return release or directory.institution(mention.text, mention.start), "institution"
    if mention.kind == "institution":
        return directory.institution(mention.text, mention.start), "institution"
    return mention.text, "unknown"


def _name_only(text: str, lexicon: Lexicon) -> str:
    """Return a name without determiner, modifier and title.

    A title alone stays as it is.
    """
    words = _without_determiner(text, lexicon).split()
    return " ".join(words[split_name(words, lexicon).name_start :]) or text


def _resolve_label(mention: Mention, directory: Directory, lexicon: Lexicon) -> tuple[str, str]:
    name = _name_only(mention.text, lexicon)
    words = mention.text.split()
    lower = mention.text.lower()
    if lexicon.has(lower, "label"):
        return mention.text, "unknown"
    titled = mention.title is not None or lexicon.has(words[0].lower(), "honorific")
    last = bare(words[-1]).lower()
    if lexicon.has(last, "title") or lower == "pm":
        person = directory.person_of_role("prime minister" if lower == "pm" else lower, _SURE)
        return (person, "person") if person else (mention.text, "role")
    if not titled or len(words) > 1:
        return directory.full_name(name), "person"
    return name, "person"


def _resolve_pronoun(
    lower: str, mention: Mention, directory: Directory, lexicon: Lexicon, last: Source
) -> tuple[str | None, str]:
    if lexicon.has(lower, "self"):
        return directory.author(), "person"
    if lexicon.has(lower, "plural"):
        pair = directory.first_people()
        if last.name and (last.kind == "institution" or last.name.endswith("s") or " and " in last.name):
            return last.name, last.kind
        return (pair, "person") if pair else (last.name, last.kind)
    subject = directory.subject_before(mention.start)
    if subject and directory.agrees(subject, lower):
        return subject, "person"
    if last.name and " and " in last.name and last.kind == "person":
        return directory.main_person() or last.name.partition(" and ")[0].partition(",")[0], "person"
    if last.name and last.kind == "person" and directory.agrees(last.name, lower):
        return last.name, "person"
    return directory.before(mention.start, lower), "person"
