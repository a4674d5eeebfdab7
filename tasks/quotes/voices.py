"""Who speaks under the labels of a transcript: `GEN. MERCER`, `Answer`, `Minister`, `Reuters`.

Order: each label is read and told by its turns to ask or to answer → a name is written out → an office goes to the one
person who holds it by another label or by the head of the document → `Answer` to the one person who answers by other
labels or by the head → a journalist is who the turn says, else an outlet is an institution.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from tasks.names import initials_of, long_titles, lower_words
from tasks.quotes.lexicon import Lexicon
from tasks.quotes.mentions import split_name
from tasks.quotes.nameplates import Nameplate, is_generic, read_nameplate
from tasks.quotes.offices import SURE, Offices
from tasks.quotes.people import People, Person
from tasks.quotes.quotation import Quotation
from tasks.quotes.tokens import Kind

SpeakerKind = Literal["person", "role", "institution", "unknown"]

_PERSON = r"[^\W\d_a-z][\w’'-]+(?: (?:[a-z]{2,3}[ -])?[^\W\d_a-z][\w’'.-]*){1,3}"
_OUTLET = r"[^\W\d_a-z][\w’'&.-]*(?: (?:and |of |for )?[^\W_a-z][\w’'&.-]*){0,4}"
_BRACKETED = re.compile(rf"\(({_PERSON}), ({_OUTLET})\)")
_INTRODUCED = re.compile(
    rf"(?:^|[.!?] +)(?:(?:[^\W\d_a-z](?:\w*|\w{{0,3}}\.) ){{0,2}}[^\W\d_a-z]\w*, )??"  # `Mr. Secretary, `
    rf"(?:I am |I[’']m |[Mm]y name is |[Tt]his is |[Ii]t[’']s )?"
    rf"({_PERSON})(?:,| from| of| with)(?: the| from)? "
    rf"({_OUTLET})[.?!]"
)
_PRESENTED = re.compile(  # `This is Ruiz, Harbour News.`
    rf"(?:^|[.!?] +)(?:I am|I[’']m|[Mm]y name is|[Tt]his is) ([^\W\d_a-z][\w’'-]+)"
    rf"(?:,| from| of| with)(?: the)? ({_OUTLET})[.,?!]"
)
_FROM = re.compile(  # `Madam Minister, Ana from Harbour News.`
    rf"(?:[^\W\d_a-z][\w.]* ){{0,2}}[^\W\d_a-z][\w.]*, ([^\W\d_a-z][\w’'-]+) (?:from|with)(?: the)? ({_OUTLET})[.?!]"
)
_PLAIN = r"[^\W\d_a-z][\w’'-]+(?: (?:[a-z]{2,3} )?(?:[^\W\d_a-z]\.|[^\W\d_a-z][\w’'-]+)){1,3}"
_INTERVIEWER = re.compile(  # `Ana Ruiz of Harbour News asked him`, `was speaking to Ana Ruiz`, `Interview by Ana Ruiz`
    rf"({_PLAIN})(?:,? (?:of|from|for) [^.,;:\n]{{2,40}}?)? (?:asked|interviewed|questioned) "
    rf"|(?:[Ii]nterview(?:ed)?|[Qq]uestions|[Rr]ecorded)(?: [^.\n]{{1,90}},)? by ({_PLAIN})"
    rf"|\b[Oo]ur (?:correspondent|reporter|editor),? ({_PLAIN})"
    rf"|\b(?:was|is|were) (?:speaking|talking) (?:to|with) ({_PLAIN})"
)
_FOLLOWS = re.compile(r"(?:(?:[Aa]nd|[Jj]ust|[Oo]ne|[Aa]|quick|[Mm]y) )*[Ff]ollow(?:ing)?[- ]?up\b")
_SELF = re.compile(rf"\b(?:I am|I[’']m|[Mm]y name is) ({_PERSON})(?=[,.;:]| and | from | of | with )")
_BELOW = re.compile(r"\(([^\W\d_a-z][^()\n]{3,60})\)\n")  # on the line below a label
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?\.?$")
_DEFINED = (  # `AR = Ana Ruiz, WL = Wu Lei`, `A.R. is Ana Ruiz;`
    r"(?<!\w){}(?: ?[=:–—-] ?| (?:is|stands for) )(?:[Tt]he )?([^.;)\n]{{2,90}}?)"
    r"(?=[;)\n]|, [^\W_a-z]\w*\.? ?=|\.\s|\.?$)"
)
_ANSWERED = re.compile(rf"\b[Aa]nswered by:? ({_PLAIN})")
_ANSWERS = re.compile(
    r"\bThe ([^\W_a-z][^,.;:\n]{3,60}?) (?:answers|answered) (?:the |your |some )?(?:[a-z]+ )?questions\b"
)
_GREETED = re.compile(rf"({_PERSON}), [a-z]")  # `Ana Ruiz, when does it sail?`
_CALLED = re.compile(r"(?:^|[.!?)] +|\n)([^\W\d_a-z][^\W\d_]+)[?.]$")  # `Ana?` before a question
_GIVEN = re.compile(r"\b(?:start with|begin with|over to|go to|turn to|back to|go ahead,) ([^\W\d_a-z][^\W\d_]+)[?.]$")
_ACRONYM = re.compile(r"[A-Z]{2,6} \S")
_VOWEL = re.compile("[AEIOUYÀ-Þ]")
_MOST_LETTERS = 4  # of a label that are somebody's initials
_MOST_SPEAKERS = 50  # labels that are initials: of more, the text around is not searched for each
_TWO = 2  # labels of an interview
_SHORT = 2  # letters that can be the initials of many
_OPENING = 160  # characters in which a journalist says who it is
_LAST = 160  # characters at the end of a turn in which it asks
_BESIDE = 2  # characters between an office and the name after it
_POLITE = 16  # characters of an article and forms of address before the name on the next line: `THE HON.`
_FIRST = 400  # characters in which those who answer are named first


class Source(NamedTuple):
    """A resolved source."""

    name: str | None
    kind: SpeakerKind
    title: str | None
    affiliation: str | None


class Voices:
    """The speakers of a transcript.

    Args:
        text: The document.
        turns: Its turns, in order.
        people: Its people.
        offices: Their offices.
        lexicon: The lexicon.
    """

    def __init__(
        self, text: str, turns: Sequence[Quotation], people: People, offices: Offices, lexicon: Lexicon
    ) -> None:
        self._text = text
        self._people = people
        self._offices = offices
        self._lexicon = lexicon
        self._plates: dict[str, Nameplate] = {}
        self._turns: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._head = len(text)
        self._all = turns
        self._starts = [turn.start for turn in turns]
        for turn in turns:
            self._head = min(self._head, turn.source.start if turn.source else turn.start)
            if not turn.source:
                continue
            label = turn.source.text
            if label not in self._plates:
                self._plates[label] = read_nameplate(label, lexicon)
            self._turns[label] += 1
            self._asked[label] += "?" in text[max(turn.segments[-1][0], turn.end - _LAST) : turn.end]
        self._askers = {
            self._full(plate.name) for label, plate in self._plates.items() if plate.name and self._asks(label)
        }
        self._heads = [person for person in people.known if person.at < self._head and self._is_someone(person)]
        end = turns[-1].end if turns else len(text)
        self._feet = [person for person in people.known if person.at >= end and self._is_someone(person)]
        self._known = self._read_known()
        self._holders = self._read_holders()
        self._told = self._read_told()
        self._found: dict[str, Source] = {}

    def speaker(self, turn: Quotation) -> Source:
        """Return who speaks in a turn."""
        if not turn.source:
            return self._unlabelled(turn)
        label = turn.source.text
        plate = self._plates[label]
        if label not in self._found:
            self._found[label] = self._resolve(label, plate)
        source = self._found[label]
        if source.kind in {"person", "role"}:
            return source
        asker = self._introduced(turn, plate) or self._called(turn, plate) or self._interviewer(plate)
        return asker or self._follows(turn, plate) or source

    def _unlabelled(self, turn: Quotation) -> Source:
        """Return who speaks in a turn that has no label: the one who asks or who answers, as the text around says."""
        is_answer = bisect_left(self._starts, turn.start) % 2 == 1
        asker = self._only_asker
        found = self._only_answerer if is_answer else Source(asker, "person", None, None) if asker else None
        return found or Source(None, "unknown", None, None)

    @cached_property
    def _only_answerer(self) -> Source | None:
        return self._answerer() or self._stated_answerer()

    def _resolve(self, label: str, plate: Nameplate) -> Source:
        if told := self._told.get(_alone(label)) or self._by_initials.get(label):
            return self._person(told)
        if plate.is_generic:
            if not self._lexicon.has(label.lower().rstrip("0123456789. "), "answering"):
                return Source(label, "unknown", None, None)
            return self._only_answerer or Source(label, "role", None, None)
        if self._asks(label) and (reporter := self._reporter(label)):
            return Source(reporter, "person", None, label)
        short = self._spelt(label) if label.isupper() and label.isalpha() else None
        if short and not self._is_named_by(label, short):
            return self._person(short)
        if plate.name is None:
            held = self._holder(label) or self._greeted(label)
            return held or Source(label, "role", plate.title, plate.affiliation)
        return self._named(label, plate)

    def _spelt(self, letters: str) -> str | None:
        """Return the one person whose office or name some letters stand for: `SRSG`, or `AMR` of Ana María Ruiz."""
        names = {self._people.full_name(person.name) for person in self._people.known if " " in person.name}
        own = {
            name for name in names if len(letters) > _SHORT and letters.lower() in initials_of(name.replace("-", " "))
        }
        return self._offices.acronym_holder(letters) or (own.pop() if len(own) == 1 else None)

    def _read_told(self) -> dict[str, str]:
        """Return who a label is as one of its turns says, in brackets or `My name is`, by the label alone."""
        told: dict[str, set[str]] = {}
        for label, plate in self._plates.items():
            alone = _alone(label)
            is_apart = plate.name and not set(lower_words(plate.name)) & set(lower_words(alone))
            if plate.name and is_apart and alone != label.lower():
                told.setdefault(alone, set()).add(self._full(plate.name))
        for turn in self._all:
            label = turn.source.text if turn.source else ""
            name = self._own_name(turn) if label and self._plates[label].name is None else None
            if name:
                told.setdefault(_alone(label), set()).add(self._full(name))
        return {alone: names.pop() for alone, names in told.items() if len(names) == 1 and self._is_sole(alone)}

    def _own_name(self, turn: Quotation) -> str | None:
        """Return the name by which who speaks in a turn introduces himself, or that stands in brackets above it."""
        below = _BELOW.match(self._text, turn.start, turn.end)
        if below and (
            name := read_nameplate(f"{turn.source.text if turn.source else ''} ({below[1]})", self._lexicon).name
        ):
            return name
        match = _SELF.search(self._text, turn.start, min(turn.start + _OPENING, turn.end))
        return match[1] if match and match[1] not in self._lexicon.places and not self._is_titled(match[1]) else None

    def _is_sole(self, alone: str) -> bool:
        """Tell whether a label is one person all through: no `Question`, unless only two talk."""
        return (
            not is_generic(alone, self._lexicon)
            or self._lexicon.has(alone, "sole")
            or len({_alone(label) for label in self._plates}) <= _TWO
        )

    @cached_property
    def _by_initials(self) -> dict[str, str]:
        """The people whose initials are labels, as the text says or as two labels at least spell them."""
        letters = {label: parts for label in self._plates if (parts := _letters_of(label))}
        if len(letters) > _MOST_SPEAKERS:
            return {}
        outside = f"{self._text[: self._head]}\n{self._text[self._all[-1].end :] if self._all else ''}"
        stated = {label: name for label in letters if (name := self._defined(label, outside))}
        around = {*self._people.named_before(self._head, -2)}
        around |= {*self._people.named_before(len(self._text), self._all[-1].end)} if self._all else set()
        spelt: dict[str, str] = {}
        for label, parts in letters.items():
            names = [name for name in around if _starts(parts, name)]
            if len(names) == 1:
                spelt[label] = names[0]
        return (spelt if len(set(spelt.values())) > 1 else {}) | stated

    def _defined(self, label: str, outside: str) -> str | None:
        """Return the person that some letters stand for as the text says: `AR = Ana Ruiz`, `A.R. is Ana Ruiz`."""
        match = re.search(_DEFINED.format(re.escape(label)), outside)
        part = match[1].rpartition(", ")[2] if match else ""
        words = part.split()
        at = split_name(words, self._lexicon).name_start
        name = self._full(" ".join(words[at:])) if at < len(words) else ""
        return name if _starts(_letters_of(label), name) else None

    def _asks(self, label: str) -> bool:
        return self._asked[label] * 2 >= self._turns[label] and self._asked[label] > 0

    @cached_property
    def _lower(self) -> str:
        """The document in small letters, if that leaves its offsets as they are."""
        lower = self._text.lower()
        return lower if len(lower) == len(self._text) else self._text

    # Names

    def _named(self, label: str, plate: Nameplate) -> Source:
        name = plate.name or label
        kind = self._kind_of(label, plate)
        full = self._full(name)
        if kind != "person" or full not in self._known:
            return self._named_beside(label) or Source(
                full if kind == "person" else label, kind, None, plate.affiliation
            )
        title, affiliation = self._known[full]
        return Source(full, "person", plate.title or title, plate.affiliation or affiliation)

    def _full(self, name: str) -> str:
        """Return the fullest form of a name in the document, in the usual capitals."""
        words, longest = lower_words(name), self._people.full_name(name)
        is_full = len(words) > 1 and not self._lexicon.has(words[0], "particle")
        if is_full and lower_words(longest)[:1] != words[:1]:
            longest = name  # two names that stand side by side in a heading
        if longest == name:
            longest = self._people.name_starting(words) or name
        if longest == name and len(name.split()) == 2 and _ACRONYM.match(name):
            longest = self._behind_acronym(*name.split()) or name
        if longest == name:
            alike = self._by_last.get(words[-1], ()) if words else ()
            longer = (other for own, other in alike if len(own) > len(words) and own[-len(words) :] == words)
            longest = next(longer, name)
        return self._people.usual_form(longest)

    @cached_property
    def _by_last(self) -> dict[str, list[tuple[Sequence[str], str]]]:
        """The names of labels, of two words and more, by the last, with all of their words."""
        found: dict[str, list[tuple[Sequence[str], str]]] = {}
        for plate in self._plates.values():
            if plate.name and len(words := lower_words(plate.name)) > 1:
                found.setdefault(words[-1], []).append((words, plate.name))
        return found

    def _behind_acronym(self, acronym: str, surname: str) -> str | None:
        """Return whose office an acronym before a surname stands for: `DASD RUIZ`, Deputy Assistant Secretary Ruiz."""
        plates = ((p.name, label) for label, p in self._plates.items() if p.name and p.title)
        titled = [
            (p.name, f"{p.mention.before} {p.mention.affiliation or ''}".strip()) for p in self._people.named(surname)
        ]
        names = {
            self._people.full_name(name)
            for name, title in (*plates, *titled)
            if lower_words(name)[-1:] == lower_words(surname)
            and " " in name
            and (_initials_of(acronym, title) or _is_cut(acronym, title))
        }
        return names.pop() if len(names) == 1 else None

    def _kind_of(self, label: str, plate: Nameplate) -> SpeakerKind:
        """Tell a person from an outlet, as far as the label says."""
        name = plate.name or label
        words = name.split()
        full = self._full(name)
        is_known = full in self._known or len(full.split()) > len(words)
        is_polite = any(self._lexicon.has(word.lower(), "honorific") for word in label.split())
        if plate.title or plate.affiliation or is_known or is_polite:
            return "person"
        lower = [word.lower() for word in words]
        is_bold = name.isupper()
        has_acronym = not is_bold and any(len(word.rstrip(".")) > 1 and word.isupper() for word in words)
        if has_acronym or label.lower().startswith("the ") or any(self._lexicon.has(word, "outlet") for word in lower):
            return "institution"
        if not self._asks(label) or len(self._askers) < 2:
            return "person"
        if len(words) == 1:
            is_acronym = len(name) < 4 or not _VOWEL.search(name) or any(map(str.isdigit, name))
            return "institution" if not is_bold or is_acronym else "unknown"
        if words[0] in self._lexicon.places:
            return "institution"
        return "person" if is_bold or lower[0] in self._lexicon.genders else "unknown"

    def _read_known(self) -> dict[str, tuple[str | None, str | None]]:
        """Return title and affiliation of the people of the document and of its labels."""
        known: dict[str, tuple[str | None, str | None]] = {}
        for person in self._people.known:
            if person.title and self._is_someone(person):
                name = self._people.usual_form(self._people.full_name(person.name))
                known.setdefault(name, (person.mention.title, person.mention.affiliation))
        for plate in self._plates.values():
            if plate.name and plate.title:
                known.setdefault(self._full(plate.name), (plate.title, plate.affiliation))
        return known

    # Offices

    def _read_holders(self) -> dict[str, str]:
        """Return who holds an office by a label that has both."""
        found: dict[str, set[str]] = {}
        for plate in self._plates.values():
            if plate.name and plate.title:
                found.setdefault(plate.title.lower(), set()).add(self._full(plate.name))
        return {office: next(iter(names)) for office, names in found.items() if len(names) == 1}

    def _holder(self, label: str) -> Source | None:
        """Return the one person who holds an office."""
        stated = self._offices.in_order(long_titles(lower_words(label)))
        words = tuple(word for word in stated if not self._lexicon.has(word, "determiner", "honorific"))
        by_label = {name for office, name in self._holders.items() if set(words) <= set(lower_words(office))}
        if len(by_label) == 1:
            return self._person(by_label.pop())
        if beside := self._named_beside(label):
            return beside
        levels: dict[int, set[str]] = {}
        for person in (*self._heads, *self._feet):
            title = _before_owner(person.title or (), self._lexicon)
            if title and title[-1:] == words[-1:]:
                level = self._offices.fit(words, person._replace(title=title))
                levels.setdefault(level, set()).add(self._people.full_name(person.name))
        best = max(levels, default=0)
        if best:
            return self._person(levels[best].pop()) if len(levels[best]) == 1 else None
        name = self._offices.holder("prime minister" if label.lower() == "pm" else label, SURE)
        return self._person(name) if name and not self._is_named_by(label, name) else None

    def _is_named_by(self, label: str, name: str) -> bool:
        """Tell whether the turns of a label name a person: nobody names himself."""
        turns = [turn for turn in self._all if turn.source and turn.source.text == label]
        starts = [turn.start for turn in turns]
        for person in self._people.named(name):
            at = bisect_right(starts, person.at) - 1
            if at >= 0 and person.at < turns[at].end and person.title:
                return True
        return False

    def _named_beside(self, label: str) -> Source | None:
        """Return who is named beside a label outside turns, as in `DG ISPR Maj. Gen. Wu Lei`, or on the line above."""
        lower, form = self._lower, label.lower()
        if " " not in form:
            return self._held_by_letters(label) if label.isupper() else None
        at = lower.find(form, 0, self._head)
        if at < 0:
            at = lower.find(form, self._all[-1].end)
        if at < 0:
            return None
        end = at + len(form)
        following = next((p for p in self._people.known if p.at >= end and self._is_someone(p)), None)
        if following and self._is_beside(following, end):
            return self._person(self._people.full_name(following.name))
        is_line = self._text[max(0, at - 1) : at] in {"", "\n"} and self._text[end : end + 1] in {"", "\n"}
        above = [person for person in self._heads if 0 <= person.at < at] if is_line else []
        if above and self._text.count("\n", above[-1].at, at) == 1:
            return self._person(self._people.full_name(above[-1].name))
        return None

    def _held_by_letters(self, letters: str) -> Source | None:
        """Return the one person before whom an office in letters stands: `The DGHO, Gen. Wu Lei`."""
        names = set[str]()
        for person in self._people.known:
            before = self._text[max(0, person.mention.outer_start - len(letters) - 2) : person.mention.outer_start]
            if self._is_someone(person) and before.rstrip(", ") == letters:
                names.add(self._people.full_name(person.name))
        return self._person(names.pop()) if len(names) == 1 else None

    def _is_beside(self, person: Person, end: int) -> bool:
        """Tell whether nothing but a title stands between an office and a name, which may open the next line."""
        gap = self._text[end : person.mention.start]
        if gap.startswith("\n"):
            polite = (self._lexicon.has(word, "determiner", "honorific") for word in lower_words(gap))
            return len(gap) < _POLITE and "\n" not in gap[1:] and all(polite)
        return len(gap.replace(person.mention.title or "", "").strip()) < _BESIDE and not {*"\n;"} & {*gap}

    def _person(self, name: str) -> Source:
        full = self._people.usual_form(name)
        return Source(full, "person", *self._known.get(full, (None, None)))

    # Who answers

    def _answerer(self) -> Source | None:
        """Return the one person who answers."""
        by_label = {
            self._full(plate.name)
            for label, plate in self._plates.items()
            if plate.name and not self._asks(label) and self._kind_of(label, plate) == "person"
        }
        if by_label:
            return self._person(by_label.pop()) if len(by_label) == 1 else None
        for end in (_FIRST, self._head):
            asker = self._only_asker
            head = [p for p in self._heads if p.at < end and self._people.full_name(p.name) != asker]
            alone = (person for person in head if person.title and self._is_alone(person))
            spokes = (p for p in head if p.title and any(self._lexicon.has(word, "spokes") for word in p.title))
            for people in (alone, spokes, (person for person in head if person.title), head):
                names = self._names_of(people)
                if names:
                    return self._person(names.pop()) if len(names) == 1 else None
        names = self._names_of(person for person in self._feet if person.title)
        return self._person(names.pop()) if len(names) == 1 else None

    def _is_alone(self, person: Person) -> bool:
        """Tell whether a line holds nothing but a person's title and name."""
        start, end = person.mention.phrase
        before, after = self._text[max(0, start - 1) : start], self._text[end : end + 1]
        return person.at >= 0 and before in {"", "\n"} and after in {"", "\n"}

    def _is_someone(self, person: Person) -> bool:
        """Tell a person from a capitalised word that a title seems to stand beside."""
        kinds: tuple[Kind, ...] = ("outlet", "portfolio", "institution", "document", "message", "own")
        is_titled = person.mention.outer_start < person.mention.start
        return (is_titled or len(person.words) > 1) and not any(
            self._lexicon.has(word, *kinds) for word in person.words
        )

    def _names_of(self, people: Iterable[Person]) -> set[str]:
        return {self._people.full_name(person.name) for person in people}

    def _greeted(self, label: str) -> Source | None:
        """Return the one person whom the turns before those of an office address by the full name."""
        before = (
            turn for turn, following in pairwise(self._all) if following.source and following.source.text == label
        )
        greetings = (_GREETED.match(self._text, turn.start, turn.end) for turn in before)
        greeted = (match[1] for match in greetings if match)
        names = {
            name for name in greeted if not self._is_titled(name) and name.lower().split()[0] in self._lexicon.genders
        }
        return self._person(self._people.full_name(names.pop())) if len(names) == 1 else None

    def _is_titled(self, name: str) -> bool:
        return any(self._lexicon.has(word, "title", "honorific", "pronoun") for word in lower_words(name))

    # Who asks

    def _called(self, turn: Quotation, plate: Nameplate) -> Source | None:
        """Return the journalist whom the turn before calls by the forename at its end: `We have time for one. Ana?`."""
        at = bisect_right(self._starts, turn.start) - 1
        if not at or not plate.is_generic or not turn.source or not self._asks(turn.source.text):
            return None
        before = self._text[self._all[at - 1].start : self._all[at - 1].end][-_LAST:]
        match = _CALLED.search(before)
        given = match if match and match[1].lower() in self._lexicon.genders else _GIVEN.search(before)
        return Source(given[1], "person", None, plate.affiliation) if given else None

    def _interviewer(self, plate: Nameplate) -> Source | None:
        """Return who asks all the questions, where the text above or below them says so."""
        return Source(self._only_asker, "person", None, None) if plate.is_generic and self._only_asker else None

    @cached_property
    def _only_asker(self) -> str | None:
        if self._plates and sum(self._asks(label) for label in self._plates) != 1:
            return None
        found = set[str]()
        for outside in (self._text[: self._head], self._text[self._all[-1].end :]):
            for match in _INTERVIEWER.finditer(outside):
                name = next(filter(None, match.groups()))
                title, _ = self._known.get(self._full(name), (None, None))
                is_asking = all(self._lexicon.has(word, "label") for word in lower_words(title or ""))
                if not self._is_titled(name) and is_asking:
                    found.add(self._full(name))
        return found.pop() if len(found) == 1 else None

    def _follows(self, turn: Quotation, plate: Nameplate) -> Source | None:
        """Return who asked before a turn that says it follows up."""
        at = bisect_right(self._starts, turn.start) - 1
        if not plate.is_generic or not _FOLLOWS.match(self._text, turn.start):
            return None
        for before in reversed(self._all[:at]):
            if before.source and self._asks(before.source.text):
                plate = self._plates[before.source.text]
                return self._introduced(before, plate) or self._called(before, plate)
        return None

    def _reporter(self, outlet: str) -> str | None:
        """Return the one journalist whom the text around the turns has for an outlet: `(PN) reporter Ana Ruiz`."""
        form = re.compile(rf"(?<!\w){re.escape(outlet)}\)?(?:['’]s)? ([a-z]+) ({_PLAIN})")
        outside = (self._text[: self._head], self._text[self._all[-1].end :])
        found = {hit[2] for text in outside for hit in form.finditer(text) if self._lexicon.has(hit[1], "title")}
        is_one = len(found) == 1 and not any(" and " in name for name in found)
        return self._full(found.pop()) if is_one else None

    def _stated_answerer(self) -> Source | None:
        """Return who answers as the text says: `Answered by: Ana Ruiz`, `The Port Squadron answers your questions`."""
        names = {hit[1] for hit in _ANSWERED.finditer(self._text)}
        if len(names) == 1:
            return self._person(self._full(names.pop()))
        bodies = {hit[1] for hit in _ANSWERS.finditer(self._text[: self._head])}
        firsts = [body.split()[0] for body in bodies]
        is_body = len(firsts) == 1 and not (firsts[0].isalpha() and self._is_titled(firsts[0]))  # an unnamed spokesman
        return Source(bodies.pop(), "institution", None, None) if is_body else None

    def _introduced(self, turn: Quotation, plate: Nameplate) -> Source | None:
        """Return the journalist whom a question names at its start: `Ana Ruiz, Harbour News. When does it sail?`."""
        start = turn.start
        opening = self._text[start : min(start + _OPENING, turn.segments[0][1])]
        match = _BRACKETED.match(opening) or _FROM.match(opening) or _PRESENTED.search(opening)
        match = match or _INTRODUCED.search(opening)
        if not match:
            return None
        name, outlet = match.groups()
        if any(self._lexicon.has(part.split()[0].lower(), "title", "honorific") for part in (name, outlet)):
            return None
        return Source(name, "person", None, plate.affiliation or outlet)


def _alone(label: str) -> str:
    """Return a label in small letters without what is in brackets at its end."""
    return _BRACKET.sub("", label).lower()


def _letters_of(label: str) -> tuple[str, ...]:
    """Return the parts of a label that can be somebody's initials: `AR`, `A.R.`, `M.Th.`.

    Example:
        >>> _letters_of("AR"), _letters_of("M.Th."), _letters_of("Ana")
        (('A', 'R'), ('M', 'Th'), ())
    """
    if label.isalpha() and label.isupper() and len(label) <= _MOST_LETTERS:
        return tuple(label)
    parts = tuple(re.split(r"[.\s]+", label.strip(".")))
    is_short = 1 < len(parts) <= _MOST_LETTERS and all(part.isalpha() and len(part) <= _SHORT for part in parts)
    return parts if is_short and "." in label and all(part[0].isupper() for part in parts) else ()


def _starts(parts: Sequence[str], name: str) -> bool:
    """Tell whether letters begin the words of a name, the first and the last of them at least.

    Example:
        >>> _starts("AR", "Ana Ruiz"), _starts("AR", "Ana María Ruiz"), _starts("AR", "Ivo Ruiz")
        (True, True, False)
    """
    words = iter(name.replace("-", " ").split())
    first, *rest = parts or ("",)
    opens = bool(parts) and next(words, "").startswith(first)
    return opens and len(rest) > 0 and all(any(word.startswith(part) for word in words) for part in rest)


def _before_owner(title: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the office in `spokesperson of the ministry`."""
    return title[: next((i for i, word in enumerate(title) if i and lexicon.has(word, "owner")), len(title))]


def _is_cut(short: str, title: str) -> bool:
    """Tell whether a word is the beginning of one of a title: `COMMO` of a commodore."""
    return any(word.upper().startswith(short) for word in title.split())


def _initials_of(acronym: str, title: str) -> bool:
    """Tell whether the letters of an acronym begin words of a title, in order: `DASD` of a deputy assistant secretary.

    Example:
        >>> [_initials_of(acronym, "Deputy Assistant Secretary of Defense") for acronym in ("DASD", "ANA")]
        [True, False]
    """
    initials = iter(word[0].upper() for word in title.split())
    return all(letter in initials for letter in acronym)
