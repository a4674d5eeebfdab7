"""Resolves who is mentioned as a source: surname → full name, pronoun and office → person, `the release` → its issuer.

Order: named runs of the document → its people, offices and institutions → quotation by quotation, what its mention
stands for, given who spoke before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property

from tasks.names import lower_words
from tasks.quotes.institutions import Institutions
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import Mention, without_determiner
from tasks.quotes.offices import EXACT, Offices
from tasks.quotes.people import Named, People, join_names
from tasks.quotes.phrases import Reader
from tasks.quotes.quotation import Quotation
from tasks.quotes.speakers import first_subject, named_runs, subject_after, subject_before
from tasks.quotes.units import MARKS, Unit
from tasks.quotes.voices import Source, SpeakerKind, Voices

_TITLE = re.compile(r"[^\W_a-z]\S*(?: (?:[^\W_a-z]\S*|[a-z]{1,4}|from|with))*")
_LEAD = 3  # sentences in which a source is introduced before its name
_ISSUED = 6  # tokens between who issues a document and the document
_MADE = 4  # tokens after a subject in which the remarks stand that it made
_SENTENCES = 4  # of the paragraph before in which a subject is looked for
_OWN = 4  # tokens before which `Statement` stands in a heading
_NEAR = 800  # characters after a quotation in which `the officer` is who spoke
_NOWHERE = 1 << 31  # beyond any document
_NEAR_ARTICLE = 3  # tokens between an article and its noun
_UNNAMED = 50  # roles that are kept in mind

Resolved = tuple[str | None, SpeakerKind]


class Directory:
    """Who and what is named in a document.

    Args:
        units: The units of the document.
        headings: Numbers of the paragraphs that are headings.
        title_units: The units of its title, where the dump has one.
        lexicon: The lexicon.
    """

    def __init__(
        self, units: Sequence[Unit], headings: frozenset[int], title_units: Sequence[Unit], lexicon: Lexicon
    ) -> None:
        named = list(_read_named(units, headings, title_units, lexicon))
        self._units = units
        self._headings = headings
        self._starts = [unit.start for unit in units]
        self._lexicon = lexicon
        self.people = People(named, units, headings, lexicon)
        self.offices = Offices(self.people, lexicon)
        self.institutions = Institutions(named, units, lexicon)
        self._issuers: dict[str, list[tuple[int, str]]] = {}
        self._subjects: dict[tuple[str, ...], tuple[str, int] | None] = {}
        self._names: dict[tuple[str, str | None, str | None], str] = {}
        self._others: dict[str, int] = {}  # where somebody without a name is first called a noun

    def full_name(self, mention: Mention) -> str:
        """Return the fullest form of a name; of people with one surname, that of whom the title before it is."""
        key = mention.text, mention.title, mention.honorific
        if key not in self._names:
            self._names[key] = self._namesake(mention)
        return self._names[key]

    def _namesake(self, mention: Mention) -> str:
        name = self.people.full_name(mention.text)
        title, honorific = lower_words(mention.title or ""), (mention.honorific or "").lower()
        if " " in mention.text or not (title or honorific):
            return name
        levels: dict[int, set[str]] = {}
        for person in self.people.named(mention.text):
            if len(person.words) > 1:
                level = self.offices.fit(title, person) if title and person.title else 0
                levels.setdefault(level, set()).add(self.people.full_name(person.name))
        namesakes = set().union(*levels.values()) if levels else set()
        if len(namesakes) < 2:
            return name
        best = levels[max(levels)] if title else {one for one in namesakes if self.people.agrees(one, honorific)}
        return next(iter(best)) if len(best) == 1 else name

    def bracketed_holder(self, acronym: str) -> str | None:
        """Return who stands behind an office with its acronym: `Special Envoy of Fiji (SEF) and Consul, Ana Ruiz`."""
        for unit in self._units:
            tokens = unit.tokens
            for i in range(1, len(tokens) - 1):
                if tokens[i].text != acronym or tokens[i - 1].text != "(" or tokens[i + 1].text != ")":
                    continue
                first = next((k for k in range(i) if tokens[k].is_capital and tokens[k].text[0] == acronym[0]), i)
                initials = iter(token.text[0] for token in tokens[first : i - 1] if token.is_capital)
                is_office = any(token.has("title") for token in tokens[first : first + 2])
                if is_office and all(letter in initials for letter in acronym):
                    named = (p for p in self.people.known if tokens[i].end < p.at < unit.end)
                    return next((self.people.full_name(person.name) for person in named), None)
        return None

    def has_other(self, noun: str, before: int) -> bool:
        """Tell whether somebody without a name is called a noun before an offset: `a senior officer`."""
        if noun not in self._others:
            self._others[noun] = next(self._read_others(noun), _NOWHERE)
        return self._others[noun] < before

    def _read_others(self, noun: str) -> Iterator[int]:
        for unit in self._units:
            for i, token in enumerate(unit.tokens):
                near = unit.tokens[max(0, i - _NEAR_ARTICLE) : i]
                if token.lower == noun and any(one.has("indefinite") for one in near):
                    yield token.start

    def author(self) -> str | None:
        """Return whose words a document in the first person is: who is in its first line, if that is no furniture."""
        first = self._units[0]
        return self.people.first_before(first.end) if not first.paragraph else None

    @cached_property
    def headed_author(self) -> str | None:
        """Return whom a heading of the document names as its author: `Statement by Minister Ana Ruiz on the pier`."""
        for unit in self._units[:_LEAD]:
            tokens = unit.tokens
            own = next((i for i, token in enumerate(tokens[:_OWN]) if token.has("own")), None)
            if unit.paragraph not in self._headings or own is None or own + 1 >= len(tokens):
                continue
            named = subject_after(tokens, own + 2, self._lexicon) if tokens[own + 1].has("by") else None
            if named and named[0].kind == "name":
                return self.people.full_name(named[0].text)
        return None

    def issuer(self) -> str | None:
        """Return the institution that the running text begins with, whose `we` it is where nobody is named."""
        body = next((unit for unit in self._units if unit.paragraph not in self._headings), None)
        subject = first_subject(body.tokens, len(body.tokens), self._lexicon) if body else None
        is_body = subject is not None and subject.kind == "institution"
        return self.institutions.full_name(subject.text, subject.start) if subject and is_body else None

    def issuer_of(self, noun: str, end: int) -> str | None:
        """Return the last institution that issues a document of a kind up to an offset: `issued a notice`."""
        if noun not in self._issuers:
            self._issuers[noun] = list(self._read_issuers(noun))
        issuers = self._issuers[noun]
        at = bisect_right(issuers, end, key=lambda issuer: issuer[0])
        return issuers[at - 1][1] if at else None

    def _read_issuers(self, noun: str) -> Iterator[tuple[int, str]]:
        """Yield where a kind of document is named with the institution that issues it: `said in a notice`, too."""
        for tokens in (unit.tokens for unit in self._units):
            for i, token in enumerate(tokens):
                if token.lower != noun:
                    continue
                near = range(i - 1, max(0, i - _ISSUED), -1)
                verb = next((k for k in near if tokens[k].has("issuing")), None)
                said = next((k - 1 for k in near if tokens[k].lower == "in" and tokens[k - 1].has("cue")), None)
                found = subject_before(tokens, verb or said or 0, self._lexicon)
                if found and found[0].kind == "institution":
                    yield token.end, self.institutions.full_name(found[0].text, found[0].start)

    def subject_before(self, at: int, since: int) -> str | None:
        """Return the person who is the subject of what stands before the sentence at `at`.

        That is the sentence before in its paragraph, or those of the paragraph before if nobody spoke in it: where the
        last quotation ends before it, at `since`.
        """
        i = bisect_right(self._starts, at) - 1
        if i < 1:
            return None
        before = self._units[i - 1]
        if before.paragraph == self._units[i].paragraph:
            return self._subject(before)
        first = i - 1
        while first > 0 and i - first < _SENTENCES and self._units[first - 1].paragraph == before.paragraph:
            first -= 1
        if self._units[first].start < since:
            return None
        subjects = (self._subject(unit) for unit in reversed(self._units[first:i]))
        return next(filter(None, subjects), None)

    def named_later(self, role: Mention) -> str | None:
        """Return who a role in the lead turns out to be: `a spokesman said`, then `Col. Wu Lei, a spokesman for`."""
        lead = self._units[min(_LEAD, len(self._units) - 1)].start
        if role.start >= lead:
            return None
        is_new = self._lexicon.has(role.text.split()[0].lower(), "indefinite")
        return (self.offices.only_holder(role.text, role.start) if is_new else None) or self._presented(role)

    def _presented(self, role: Mention) -> str | None:
        """Return whom the paragraph after the lead presents: `General Ana Ruiz made the remarks at a forum`."""
        at = max(0, bisect_right(self._starts, role.start) - 1)
        following = self._units[at + 1 : at + 1 + _LEAD]
        unit = next((one for one in following if one.paragraph > self._units[at].paragraph), None)
        subject = first_subject(unit.tokens, len(unit.tokens), self._lexicon) if unit else None
        if not unit or not subject or subject.kind != "name" or not subject.title:
            return None
        after = [token for token in unit.tokens if token.start >= subject.phrase[1]][:_MADE]
        is_made = bool(after) and after[0].has("issuing") and any(token.has("own") for token in after)
        is_known = any(-1 < person.at < role.start for person in self.people.named(subject.text))
        return self.people.full_name(subject.text) if is_made and not is_known else None

    def sentence_at(self, at: int) -> int:
        """Return where the sentence starts that an offset lies in."""
        return self._starts[max(0, bisect_right(self._starts, at) - 1)]

    def subject_beside(self, at: int) -> str | None:
        """Return the person who is named as the subject of the sentence in which a pronoun stands at `at`."""
        unit = self._units[max(0, bisect_right(self._starts, at) - 1)]
        subject = first_subject(unit.tokens, len(unit.tokens), self._lexicon) if unit.start < at else None
        is_before = subject is not None and subject.kind == "name" and subject.end < at
        return self.people.full_name(subject.text) if subject and is_before and self._is_known(subject) else None

    def _is_known(self, subject: Mention) -> bool:
        is_known = subject.title is not None or self.people.is_person(subject.text)
        return is_known and subject.text[0] not in MARKS

    def introduced(self, at: int, since: int) -> str | None:
        """Return the person who is the subject of the sentence before, in the same paragraph and after `since`."""
        i = bisect_right(self._starts, at) - 1
        if i < 1 or self._units[i - 1].paragraph != self._units[i].paragraph or self._units[i - 1].start < since:
            return None
        subject = first_subject(self._units[i - 1].tokens, len(self._units[i - 1].tokens), self._lexicon)
        is_named = subject is not None and subject.kind == "name" and self._is_known(subject)
        return self.people.full_name(subject.text) if subject and is_named else None

    def subject_that_is(self, office: tuple[str, ...], at: int) -> str | None:
        """Return the subject of the sentence before that says who is what: `Admiral Ana Ruiz was the chief guest`."""
        if office not in self._subjects:
            self._subjects[office] = next(self._subjects_of(office), None)
        name, start = self._subjects[office] or (None, at)
        return name if start < at else None

    def _subjects_of(self, office: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        for unit in self._units:
            lower = tuple(token.lower for token in unit.tokens)
            end = lower.index(office[-1]) + 1 if office[-1] in lower else 0
            if not end or lower[max(0, end - len(office)) : end] != office:
                continue
            subject = first_subject(unit.tokens, len(unit.tokens), self._lexicon)
            if subject and subject.kind == "name" and self._is_known(subject):
                yield self.people.full_name(subject.text), unit.start

    def document_title(self, text: str, at: int) -> str | None:
        """Return title or number of the last document of a kind that is named before `at`: `the white paper`."""
        first, _, noun = text.lower().rpartition(" ")
        if not first.startswith("the"):
            return None
        titled = [name for kind, name, start in self._documents if start < at and noun in (kind, "document")]
        return titled[-1] if titled else None

    @cached_property
    def _documents(self) -> list[tuple[str, str, int]]:
        """The documents with a title in marks or a number: what kind each is, its name, where it is named."""
        found: list[tuple[str, str, int]] = []
        for tokens in (unit.tokens for unit in self._units):
            for i, token in enumerate(tokens[:-1]):
                if not token.has("document"):
                    continue
                following = tokens[i + 1 + tokens[i + 1].has("titled")] if i + 2 < len(tokens) else tokens[i + 1]
                if following.form in "sq":
                    title = following.text.strip(f"{MARKS}.,")
                    if _TITLE.fullmatch(title):
                        found.append((token.lower, title, token.start))
                elif token.is_capital and following.text.isdigit() and following is tokens[i + 1]:
                    start = Reader(tokens, self._lexicon).run_start(i + 1)
                    name = " ".join(one.text for one in tokens[start : i + 2])
                    found.append((token.lower, name, token.start))
        return found

    def _subject(self, unit: Unit) -> str | None:
        subject = first_subject(unit.tokens, len(unit.tokens), self._lexicon)
        if subject and subject.kind == "name" and self.people.is_person(subject.text):
            return self.people.full_name(subject.text)
        return self.offices.holder(subject.text) if subject and subject.kind == "role" else None

    def institution_before(self, at: int) -> str | None:
        """Return the institution that is the subject of the sentence before the one at `at`."""
        i = bisect_right(self._starts, at) - 1
        if i < 1:
            return None
        unit = self._units[i - 1]
        subject = first_subject(unit.tokens, len(unit.tokens), self._lexicon)
        if not subject or subject.kind not in {"institution", "document"}:
            return None
        title = self.document_title(subject.text, subject.start) if subject.kind == "document" else None
        return title or self.institutions.full_name(subject.text, subject.start)


def _read_named(
    units: Sequence[Unit], headings: frozenset[int], title_units: Sequence[Unit], lexicon: Lexicon
) -> Iterator[Named]:
    """Yield the named runs of a document: the running text's, the title's, the headings'."""
    for in_heading in (False, True):
        if in_heading:
            yield from (Named(m, -1, True) for unit in title_units for m in named_runs(unit.tokens, lexicon))
        for unit in units:
            if (unit.paragraph in headings) == in_heading:
                yield from (Named(m, m.start, in_heading) for m in named_runs(unit.tokens, lexicon))


class Resolver:
    """Resolves the sources of a document's quotations, which come in order; it keeps in mind who spoke before.

    Args:
        directory: Who and what is named in the document.
        voices: Who speaks in its turns.
        lexicon: The lexicon.
    """

    def __init__(self, directory: Directory, voices: Voices, lexicon: Lexicon) -> None:
        self._directory = directory
        self._voices = voices
        self._lexicon = lexicon
        self._last = Source(None, "unknown", None, None)
        self._end = -1  # where the last quotation with a name ends
        self._titles: dict[str, tuple[str | None, str | None]] = {}
        self._acronyms: dict[str, str | None] = {}
        self._release: str | None = None  # who issued the document
        self._called: dict[str, str] = {}  # the pronoun that stood for a person
        self._unnamed: deque[str] = deque(maxlen=_UNNAMED)  # roles that no name is known for, as first mentioned

    def resolve(self, quotation: Quotation) -> Source:
        """Return the source of the next quotation."""
        if quotation.kind == "turn":
            source = self._voices.speaker(quotation)
        else:
            source = self._introduced(quotation) or (
                self._mentioned(quotation.source) if quotation.source else self._carried(quotation)
            )
        if source.name:
            self._last, self._end = source, quotation.end
        return source

    def _introduced(self, quotation: Quotation) -> Source | None:
        """Return who is introduced right before a quotation that would go on with who spoke before."""
        name = self._directory.introduced(quotation.start, self._end) if quotation.is_carried else None
        return Source(name, "person", *self._titles.get(name, (None, None))) if name else None

    def _carried(self, quotation: Quotation) -> Source:
        """Return who goes on speaking, where a quotation has no mention of its own."""
        last = self._last
        name = last.name if quotation.is_carried else None
        if quotation.is_carried and name is None and (author := self._directory.headed_author):
            return Source(author, "person", *self._titles.get(author, (None, None)))
        if quotation.is_carried and (name is None or last.kind == "role"):  # who was named since an unnamed source
            since = self._end if name else -1
            name = next(self._directory.people.named_before(quotation.start, since), name)
        return Source(name, last.kind if name == last.name else "person", None, None)

    def _mentioned(self, mention: Mention) -> Source:
        name, kind = self._stands_for(mention)
        title, affiliation = mention.title, mention.affiliation
        if name and kind == "role" and mention.kind == "role":
            name = self._same_role(name)
        if name and kind == "person":
            known = self._titles.get(name, (None, None))
            title, affiliation = title or known[0], affiliation or known[1]
            self._titles[name] = (title, affiliation)
        if mention.kind == "document" and name and name != mention.text:
            self._release = self._release or name
        return Source(name, kind, title, affiliation)

    def _same_role(self, role: str) -> str:
        """Return the words in which an unnamed source was first mentioned."""
        same = [earlier for earlier in self._unnamed if _is_same_role(role, earlier, self._lexicon)]
        if same and role.lower().startswith("the "):
            return self._last.name if self._last.name in same else same[0]
        self._unnamed.append(role)
        return role

    def _stands_for(self, mention: Mention) -> Resolved:
        """Return the name and the kind of source that a mention stands for."""
        match mention.kind:
            case "name":
                last = lower_words(mention.text)[-1:]
                is_outlet = mention.title is None and any(self._lexicon.has(word, "outlet") for word in last)
                name = mention.text if is_outlet else self._directory.full_name(mention)
                return name, "institution" if is_outlet else "person"
            case "group":
                known = (self._stands_for(member)[0] for member in mention.members)
                return join_names([name for name in known if name]), "person"
            case "pronoun":
                return self._pronoun(mention)
            case "role":
                return self._role(mention)
            case "document":
                return self._document(mention)
            case "institution":
                acronym = without_determiner(mention.text, self._lexicon)
                if acronym.isupper() and (holder := self._held(acronym)):
                    return holder, "person"
                return self._directory.institutions.full_name(mention.text, mention.start), "institution"
        opposite = self._opposite(mention)
        return (opposite, "person") if opposite else (mention.text, "unknown")

    def _opposite(self, mention: Mention) -> str | None:
        """Return who `his counterpart` or `the chief guest` is: who is said to be it, else the other of two people."""
        words = lower_words(without_determiner(mention.text, self._lexicon))
        if not words or not self._lexicon.has(words[-1], "opposite"):
            return None
        stated = self._directory.subject_that_is(words, mention.start) if len(words) > 1 else None
        return stated or self._directory.people.other_than(self._last.name, mention.start)

    def _held(self, acronym: str) -> str | None:
        """Return who holds the office that an acronym stands for."""
        if acronym not in self._acronyms:
            offices = self._directory.offices
            self._acronyms[acronym] = (
                offices.holder(acronym, EXACT)
                or offices.acronym_holder(acronym)
                or self._directory.bracketed_holder(acronym)
            )
        return self._acronyms[acronym]

    def _role(self, mention: Mention) -> Resolved:
        lower = mention.text.lower()
        head = lower_words(mention.text)[-1:]
        count = next((number for word, number in self._lexicon.counts.items() if word in lower.split()), 0)
        is_new = lower.partition(" ")[0] in self._lexicon.counts and not lower.startswith("both ")  # `two officials`
        is_many = bool(head) and (self._lexicon.has(head[0], "collective") or (count > 1 and head[0].endswith("s")))
        is_many = is_many and not is_new
        if is_many and self._lexicon.has(head[0].removesuffix("s"), "title") and not lower.startswith("one "):
            if not count and self._directory.people.are_more_than(2, mention.start):
                return mention.text, "role"
            return self._directory.people.first_people(count or 2) or mention.text, "person"
        if opposite := self._opposite(mention):
            return opposite, "person"
        owner = lower.partition(" ")[0]
        if head and self._lexicon.has(head[0], "style") and owner in {"his", "her"}:  # `Her Excellency`
            return self._person(mention._replace(text="he" if owner == "his" else "she"))
        person = self._directory.offices.holder(mention.text) or self._directory.named_later(mention)
        if person := person or self._taken_up(mention):
            return person, "person"
        return mention.text, "role"

    def _taken_up(self, mention: Mention) -> str | None:
        """Return who spoke last where `the officer` takes up that person, and nobody else is called that."""
        words = mention.text.lower().split()
        last = self._last
        people = self._directory.people
        if words[0] == "the" and len(words) == 2 and (holder := people.only_one(words[1], mention.start)):
            return holder
        is_foreign = words[0] == "the" and len(words) == 3 and mention.text.split()[1][0].isupper()
        if is_foreign and self._lexicon.has(words[2], "anaphor"):  # `the Fijian official`
            return people.only_from(words[1], mention.start)
        is_near = last.kind == "person" and 0 <= mention.start - self._end < _NEAR
        if not is_near or words[0] != "the" or len(words) > 2 or not self._lexicon.has(words[-1], "anaphor"):
            return None
        if any(words[-1] in role.lower().split() for role in self._unnamed) or " and " in (last.name or ""):
            return None
        return None if self._directory.has_other(words[-1], mention.start) else last.name

    def _document(self, mention: Mention) -> Resolved:
        text, words = mention.text, lower_words(mention.text)
        if self._lexicon.has(words[-1], "message"):
            return self._directory.people.main_person() or text, "person"
        named = without_determiner(text, self._lexicon).split()
        capital = [w for w in named if w[:1].isupper() and not self._lexicon.has(w.lower(), "qualifier")]
        if capital and len(words) > 1 and not text.split()[-1][:1].isupper():
            issuer = text[text.index(capital[0]) : text.rindex(capital[-1]) + len(capital[-1])]
            if issuer != text:
                return issuer, "institution"
        title = self._directory.document_title(text, mention.start) or self._directory.issuer_of(words[-1], mention.end)
        return title or self._release or self._directory.institutions.full_name(text, mention.start), "institution"

    def _pronoun(self, mention: Mention) -> Resolved:
        lower, last, people = mention.text.lower(), self._last, self._directory.people
        if self._lexicon.has(lower, "self"):
            author = self._directory.author()
            issuer = self._directory.issuer() if not author and self._lexicon.has(lower, "plural") else None
            return (issuer, "institution") if issuer else (author, "person")
        if self._lexicon.has(lower, "plural"):
            if last.name and (last.kind == "institution" or last.name.endswith("s") or " and " in last.name):
                return last.name, last.kind
            pair = people.first_people()
            return (pair, "person") if pair else (last.name, last.kind)
        if lower not in self._lexicon.genders:
            return self._thing(mention)
        name, kind = self._person(mention)
        if name and kind == "person" and " and " not in name:
            self._called.setdefault(name, lower)
        return name, kind

    def _agrees(self, name: str, pronoun: str) -> bool:
        """Tell whether a pronoun can stand for a person, as far as title, forename and earlier pronouns say."""
        genders = self._lexicon.genders
        other = genders.get(self._called.get(name, ""))
        return self._directory.people.agrees(name, pronoun) and other in {None, genders.get(pronoun)}

    def _person(self, mention: Mention) -> Resolved:
        """Return whom `he` or `she` stands for."""
        lower, last, people = mention.text.lower(), self._last, self._directory.people
        own = self._directory.subject_beside(mention.start)
        if own and self._agrees(own, lower):
            return own, "person"
        subject = self._directory.subject_before(mention.start, self._end)
        if subject and self._agrees(subject, lower):
            return subject, "person"
        named = people.only_between(self._end, self._directory.sentence_at(mention.start))
        if named and self._agrees(named, lower):
            return named, "person"
        if last.name and " and " in last.name and last.kind == "person":
            return people.main_person() or last.name.partition(" and ")[0].partition(",")[0], "person"
        if last.name and last.kind in {"person", "role"} and self._agrees(last.name, lower):
            return last.name, last.kind
        before = (name for name in people.named_before(mention.start) if self._agrees(name, lower))
        name = next(before, last.name if last.kind == "person" else None)
        return name or next(people.named_before(mention.start), None), "person"

    def _thing(self, mention: Mention) -> Resolved:
        """Return the institution or document that `it` stands for."""
        last = self._last
        name = self._directory.institution_before(mention.start)
        if not name and last.kind == "institution":
            name = last.name
        return name, "institution" if name else "unknown"


def _is_same_role(later: str, earlier: str, lexicon: Lexicon) -> bool:
    """Tell whether `the official` can be `a senior defense official` or `an official of the port`."""
    short, full = lower_words(later)[1:], lower_words(earlier)
    full = full[: next((i for i, word in enumerate(full) if i > 1 and lexicon.has(word, "linker")), len(full))]
    return bool(short) and short[-1] == full[-1] and set(short) <= set(full)


def resolve_sources(
    text: str, quotations: Sequence[Quotation], directory: Directory, lexicon: Lexicon
) -> Iterator[Source]:
    """Return the source of each quotation of a text; quotations must be in order."""
    turns = [quotation for quotation in quotations if quotation.kind == "turn"]
    voices = Voices(text, turns, directory.people, directory.offices, lexicon)
    return map(Resolver(directory, voices, lexicon).resolve, quotations)
