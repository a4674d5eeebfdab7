"""Who a quotation's speaker is, once the mentions of entities are known: the join of quotes with entities and roles.

The quotes stage reads a phrase as the speaker from the text alone, and the entities stage finds names from the text
alone. Here both meet, by offsets. Everything is a function of what the two stages yielded for one document.

Order, for each quotation: the people named in the phrase → the speaker is cut at the one that it is, its title and
affiliation are the mentions beside that → a name without a mention there, a pronoun or an office: who holds the office
by the roles, else the person or institution of that name elsewhere in the document → whom a pronoun or an office stands
for is weighed among the people of the document (tasks/publish/antecedents.py); speech that goes on without a speaker
follows it → title and affiliation as stated with the name before.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from tasks.labels import ENTITY_LABELS
from tasks.lexicons import alternation, read_rows
from tasks.names import is_part, long_titles, lower_words, name_forms, name_words, spells
from tasks.publish.antecedents import Antecedents, Choice, Weights, choose, kind_of, load_weights
from tasks.publish.holders import Holders, is_stated, words_before_names
from tasks.publish.mentions import Mention, Office, orders, title_words

_HOLDERS = frozenset(label.name for label in ENTITY_LABELS if label.has_offices)
_INSTITUTIONS = frozenset({"ORG", "UNIT"})
_PLACES = frozenset({"GPE", "NORP"})
_OWNERS = _HOLDERS | _PLACES
_BODIES = frozenset({"ORG", "UNIT", "GPE"})  # what can speak as a body
_JOINED_END = re.compile(r"[^\W_]-?$")
_JOINED_START = re.compile(r"-?[^\W_]")
_NAME = re.compile(r"[^:：;\d\"“”]+|[^:：;\d\"“”]*[\"“][^\"“”]*[\"”][^:：;\d\"“”]*")  # without half a pair of marks
_ARTICLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
_INITIAL = re.compile(r"^([^\W\d_]\.)(?=[^\W\d_]{2})")  # `A.Ruiz`
_OWNING = re.compile(r" (?:of|for|to|at) (?:the )?")
_AKIN = 3  # letters that a people and its country share
_JOINED = 3  # characters between an office and a name at most: a comma, a bracket
_OWNED = frozenset({1, 2, 4, 8})  # characters between an office and whose it is: ` of `, ` of the `
_JOINED_BY = frozenset({5, 9})  # ` and ` or ` for `, ` for the `
_NEAR = 9  # characters between a name and the office beside it at most: ` (who is `
_NOTE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?$|[\s.]*\d+$")
_CALLED = 4  # characters between a name and the label of a turn at most: a mark and line ends
_NAMESAKES = 50  # mentions by one word that a name is compared with


@cache
def _parting() -> re.Pattern[str]:
    """Return the pattern between the names of a list: `Ana Ruiz, Jr., Wu Lei and Ivo Hale`."""
    return re.compile(rf",? and |, (?!{alternation(name_forms('suffix', 'speaker'))}(?!\w))")


@cache
def _forenames() -> frozenset[str]:
    return frozenset(name for name, _ in read_rows("forenames.tsv", 2))


@cache
def _particles() -> frozenset[str]:
    return frozenset(name_forms("particle", "speaker"))


class Speaker(NamedTuple):
    """A speaker: verbatim with its place, resolved name, kind, title and affiliation."""

    text: str | None
    start: int | None
    end: int | None
    raw_start: int | None
    raw_end: int | None
    name: str | None
    kind: str
    title: str | None
    affiliation: str | None


class Linked(NamedTuple):
    """A speaker, the mention that names it, and among whom it was chosen, if a pronoun or an office stands for it."""

    speaker: Speaker
    mention: Mention | None
    choice: Choice | None = None


class Cast:
    """Who is named in a document.

    Args:
        mentions: Its mentions, by start.
        offices: Its roles.
        sentences: Where its sentences start, in order, and their paragraphs.
        weights: What speaks for whom a pronoun or an office stands for; without it, as fitted.
        turns: Where turns are, in order.
        holders: Who holds which office by the text outside of the turns.
    """

    def __init__(
        self,
        mentions: Sequence[Mention],
        offices: Sequence[Office],
        sentences: Sequence[tuple[int, int]] = ((0, 0),),
        weights: Weights | None = None,
        turns: Sequence[tuple[int, int]] = (),
        holders: Holders | None = None,
    ) -> None:
        self._mentions = mentions
        self._holders = holders
        self._weights = load_weights() if weights is None else weights
        self._antecedents = Antecedents(mentions, lambda m: self._written_out(m.name), offices, sentences)
        self._read: tuple[Linked, Linked] | None = None  # the last speaker as read, and as chosen
        self._starts = [mention.start for mention in mentions]
        self._sentence_starts = [start for start, _ in sentences]
        self._offices = offices
        self._turns = turns
        self._labelled: dict[str, str | None] = {}  # people by the labels of turns, folded
        self._stated: dict[str, tuple[str | None, str | None]] = {}

    def link(
        self, proposed: Speaker, phrase: tuple[int, int] | None, *, is_turn: bool, at: int, is_within: bool = False
    ) -> Linked:
        """Return who a proposed speaker is; quotations come in the order of the text.

        Args:
            proposed: The speaker as the text alone says.
            phrase: Offsets of the speaker with title and apposition, where it has them.
            is_turn: Whether the speaker is the label of a turn, which stays whole.
            at: Where the quotation starts.
            is_within: Whether it stands in a turn.
        """
        read = self._by_label(proposed) if is_turn else None
        read = read or self._at_place(proposed, phrase, is_turn=is_turn)
        one = self._antecedents.of_two(proposed.text or "", proposed.start or 0) if read is None else None
        if one:
            chosen = read = Linked(proposed._replace(name=self._written_out(one.name), kind="person"), one)
        elif read is None:
            read = self._elsewhere(proposed, at, is_turn=is_turn)
            chosen = read if is_turn or is_within else self._chosen(proposed, read, at)
        else:
            chosen = read
        if is_turn and chosen.speaker.kind == "unknown" and (called := self._called(proposed.start or 0)):
            chosen = Linked(chosen.speaker._replace(name=called.name, kind="person"), called)
        self._read = read, chosen
        speaker = chosen.speaker
        if speaker.kind == "person" and speaker.name in self._stated:
            title, affiliation = self._stated[speaker.name]
            speaker = speaker._replace(title=title or speaker.title, affiliation=affiliation or speaker.affiliation)
        self._antecedents.note(speaker.name, proposed.text)
        return chosen._replace(speaker=speaker)

    def _by_label(self, proposed: Speaker) -> Linked | None:
        """Return whom a label that is an office stands for: who it names in brackets, else the one who holds it."""
        text, at = proposed.text or "", proposed.start or 0
        label = _NOTE.sub("", text)
        are_two = self._holders is not None and self._holders.are_two
        is_other = proposed.kind == "unknown" and not is_stated(label)  # `Question`
        if not self._turns or not label or (is_other and not are_two):
            return None
        key, end = label.casefold(), at + len(label)
        inside = [m for m in self._within(end, proposed.end or 0) if m.label == "PERSON" and m.start >= end]
        is_one = proposed.kind in {"role", "unknown"} or self._is_titled(label, at)
        if is_one and len(inside) == 1:
            self._labelled[key] = inside[0].name
        elif key not in self._labelled and not is_other:
            self._labelled[key] = self._labelled_holder(label, at, is_office=proposed.kind in {"person", "role"})
        person = self._labelled.get(key)
        if person is None or is_part(name_words(person), name_words(proposed.name or "")):
            return None
        return Linked(proposed._replace(name=self._written_out(person), kind="person"), self._people[person][0])

    def _is_titled(self, label: str, at: int) -> bool:
        """Tell whether a label at an offset has a word of an office, and nobody's name."""
        is_office = not title_words().isdisjoint(long_titles(lower_words(label)))
        return is_office and not any(m.label == "PERSON" for m in self._within(at, at + len(label)))

    def _labelled_holder(self, label: str, at: int, *, is_office: bool) -> str | None:
        """Return the one person who holds the office of a label at an offset, as stated outside of the turns."""
        person = self._holders.holder(label, is_office=is_office) if self._holders else None
        if person or is_stated(label):
            return person
        person = self._best(label.replace(", ", " of ", 1), self._outside)
        title = next((m for m in self._within(at, at + len(label)) if m.label == "TITLE" and m.start == at), None)
        if person or title is None or title.end >= at + len(label):
            return person
        owner = label[len(title.text) :].strip(" ,")  # `GOC HARBOUR COMMAND`
        person = self._best(f"{title.text} of {owner}", self._outside)
        return person or (self._best(title.text, self._outside) if "," in label else None)

    @cached_property
    def _outside(self) -> list[Office]:
        """The offices that stand at names outside of the turns."""
        starts = [start for start, _ in self._turns]
        ends = [-1, *(end for _, end in self._turns)]
        return list(_offices_at([m for m in self._mentions if m.start >= ends[bisect_right(starts, m.start)]]))

    def _called(self, at: int) -> Mention | None:
        """Return the person whose name alone is the sentence before the label of a turn: `Ana?`."""
        i = bisect_left(self._starts, at) - 1
        if i < 0 or self._mentions[i].label != "PERSON" or at - self._mentions[i].end > _CALLED:
            return None
        sentence = bisect_right(self._sentence_starts, self._mentions[i].start) - 1
        is_alone = self._sentence_starts[sentence : sentence + 1] == [self._mentions[i].start]
        return self._mentions[i] if is_alone else None

    def _chosen(self, proposed: Speaker, read: Linked, at: int) -> Linked:
        """Return whom a pronoun or an office stands for; speech without a speaker goes on with whom that was."""
        name = read.speaker.name
        earlier, later = self._read or (read, read)
        is_same = name is not None and name == earlier.speaker.name and later.speaker.name != name
        if proposed.text is None or proposed.start is None:
            return self._replaced(read, later) if is_same else read
        kind = kind_of(proposed.text, proposed.kind)
        if kind is None or _is_group(read.speaker) or (kind == "pronoun" and not name):
            return read
        suggested = later.speaker if is_same else read.speaker
        known = suggested.name if suggested.kind == "person" or kind == "pronoun" else None
        if known and not self._antecedents.known(known):
            known = self._nearest_name(known)
        choice = self._antecedents.choice(kind, proposed.text, proposed.start, known)
        best = choose(choice, self._weights)
        is_shorter = bool(best and known) and is_part(name_words(best or ""), name_words(known or ""))
        if best == known or is_shorter:
            return (self._replaced(read, later) if is_same else read)._replace(choice=choice)
        if best is None:
            role = proposed._replace(name=proposed.text, kind="role", title=None, affiliation=None)
            return Linked(role, None, choice)
        mentions = self._antecedents.known(best)
        before = [mention for mention in mentions if mention.start < at]
        if not mentions:
            return self._replaced(read, later)._replace(choice=choice)
        person = read.speaker._replace(name=best, kind="person", title=None, affiliation=None)
        return Linked(person, before[-1] if before else mentions[0], choice)

    @staticmethod
    def _replaced(read: Linked, other: Linked) -> Linked:
        """Return a speaker with the name, kind, title and affiliation of another."""
        name, kind, title, affiliation = other.speaker[-4:]
        return Linked(read.speaker._replace(name=name, kind=kind, title=title, affiliation=affiliation), other.mention)

    def _within(self, start: int, end: int) -> list[Mention]:
        first = bisect_left(self._starts, start)
        while first > 0 and self._mentions[first - 1].end > start:
            first -= 1
        last = bisect_left(self._starts, end)
        return list(self._mentions[first:last])

    def _at_place(self, proposed: Speaker, phrase: tuple[int, int] | None, *, is_turn: bool) -> Linked | None:
        """Return the speaker cut at the name that stands in its phrase."""
        if proposed.start is None or proposed.end is None:
            return None
        near = self._within(*(phrase or (proposed.start, proposed.end)))
        inside = [m for m in near if m.start < proposed.end and m.end > proposed.start]
        if _is_group(proposed):
            return None
        if proposed.kind == "institution":
            return self._institution(proposed, inside)
        people = [m for m in inside if m.label == "PERSON" and _is_whole(m, proposed) and not m.is_address]
        people = [m for m in people if not self._is_office(m, proposed)]
        if is_turn:  # `A. Ruiz will stay.` after `A` is no name
            people = [m for m in people if m.end <= proposed.end]
        if proposed.kind == "role":
            people = [m for m in people if m.end == proposed.end] or [
                m for m in near if m.label == "PERSON" and m not in inside
            ]
        if not people:
            return self._body(proposed, inside) if proposed.kind == "person" and not is_turn else None
        own = name_words(proposed.name or "")
        person = max(people, key=lambda m: (len(set(own) & set(name_words(m.name))), m.end - m.start))
        full = self._written_out(self._fullest(proposed, person.name, is_turn=is_turn))
        if is_turn and proposed.title and full == proposed.name:
            full = self._with_forename(full)
        speaker = proposed._replace(name=full, kind="person")
        self._note(speaker.name, *_beside(person, near))
        has_order = person.start == proposed.start and set(person.text[len(proposed.text or "") :].split()) & orders()
        if not is_turn and not has_order:
            speaker = _cut(speaker, person)
        return Linked(speaker, person)

    def _is_office(self, mention: Mention, proposed: Speaker) -> bool:
        """Tell whether a speaker that looks like a name was read as the office of another: `the Raksha Mantri`."""
        name = proposed.name or ""
        is_apart = not set(name_words(mention.name)) & set(name_words(name))
        return is_apart and not proposed.title and mention.text == proposed.text and name in self._people

    def _note(self, name: str | None, title: str | None, affiliation: str | None) -> None:
        """Keep in mind what is stated of a person, here and in the quotations that follow."""
        if name and (title or affiliation):
            earlier = self._stated.get(name, (None, None))
            self._stated[name] = title or earlier[0], affiliation or earlier[1]

    def _fullest(self, proposed: Speaker, name: str, *, is_turn: bool) -> str:
        """Return the fuller of two names of a person: that of a mention, or that which the text alone gives.

        What is before a name can be its title, an address or a place: the longer one is not the fuller one then.
        """
        if proposed.kind != "person" or not proposed.name:
            return name
        words, own = name_words(proposed.name), name_words(_INITIAL.sub(r"\1 ", name))
        if not words or not own:
            return name
        title = {*lower_words(proposed.title or ""), *title_words(), *words_before_names()}
        while len(own) > 1 and own[0] in title and own[0] not in words and own[-1] not in title:
            own, name = own[1:], name.partition(" ")[2]
        is_office = set(own) <= title_words() and proposed.name in self._people  # `Raksha Mantri`
        is_cut = own[:-1] == words[:-1] and words[-1].startswith(f"{own[-1]}-")  # `Tzu` of `Tzu-wei`
        is_doubled = set(own) == set(words) and len(own) > len(words)
        if is_office or is_cut or is_doubled or not _NAME.fullmatch(name):
            return proposed.name
        if len(own) > len(words) and own[-len(words) :] == words:
            rest = own[: -len(words)]
            is_title = set(rest) <= {*lower_words(proposed.title or ""), *self._before_people, *title_words()}
            return proposed.name if is_title else name
        if not is_part(own, words, by_initials=True) and name.isupper() and len(own) == 1 < len(words):
            return proposed.name  # an acronym of the office
        if words[-1] == own[-1] and len(words) > 1 < len(own) and proposed.name in self._people:
            parts = is_part(own, words, by_initials=True), is_part(words, own, by_initials=True)
            if not any(parts):
                return proposed.name  # of two with one surname the one whose title stands there
        if words == own or not is_part(own, words, by_initials=True) or proposed.name.startswith(f"{name} of "):
            return name
        if is_turn and proposed.title and len(own) > 1 and proposed.name.isupper():
            return proposed.name  # its title has been cut off: `GENERAL ULISES CRESPO BANDALA`
        if proposed.name in self._people:
            return proposed.name
        lead = proposed.name.split()[: len(words) - len(own)]
        if len(own) > 1 and len(own[0]) == 1 and len(lead) == 1 and not {*words[:1]} & title_words():
            return proposed.name  # `A. Ruiz` of `Ana A. Ruiz`
        is_whole = len(own) > 2 or (len(own) > 1 and all(word.isupper() and len(word) > 1 for word in lead))
        before = words[: -len(own)]
        opens = not is_turn and len(own) > 1 and own[0] in _forenames()  # `Pilot Ana Ruiz`; a label has no pilots
        is_forename = opens and not _forenames().intersection(before)
        is_office = words[-len(own) :] == own and (
            is_whole
            or is_forename
            or set(before) <= self._before_people
            or (before[-1] in title_words() and len(before[-1]) > 1)
        )
        return name if is_office else proposed.name

    @cached_property
    def _before_people(self) -> frozenset[str]:
        """The words that end what is mentioned before people, and is none of their names."""
        pairs = zip(self._mentions, self._mentions[1:], strict=False)
        apart = ("PERSON", "DATE")  # `Sunday` can be a forename
        before = (m for m, n in pairs if n.label == "PERSON" and m.label not in apart and n.start - m.end <= 1)
        return frozenset(words[-1] for m in before if (words := name_words(m.text)) and not _has_forename(m, words))

    def _body(self, proposed: Speaker, inside: Sequence[Mention]) -> Linked | None:
        """Return the country or body whose name alone was taken for a person's: `Fiji said`, `The MND said`."""
        for mention in inside:
            own = _ARTICLE.sub("", proposed.text or "")
            is_acronym = mention.text.isupper() and mention.text.isalpha() and proposed.text != own
            is_whole = mention.text == own and (is_acronym or (proposed.text == proposed.name and not proposed.title))
            if is_whole and mention.label in _BODIES and not self._canonical(mention.text):
                return Linked(proposed._replace(name=mention.name, kind="institution", title=None), mention)
        return None

    def _institution(self, proposed: Speaker, inside: Sequence[Mention]) -> Linked | None:
        end = proposed.end or 0
        people = [m for m in inside if m.label == "PERSON" and not m.text.isupper() and m.end <= end]
        named = [m for m in inside if m.label in _HOLDERS and m.label not in _PLACES]
        if len(people) == 1 and not named:
            self._note(people[0].name, *_beside(people[0], inside))
            return Linked(_cut(proposed, people[0])._replace(name=people[0].name, kind="person"), people[0])
        if not named:
            return None
        most = max(named, key=lambda m: min(m.end, proposed.end or 0) - max(m.start, proposed.start or 0))
        own = proposed.name or ""
        is_owned = own.endswith(f"s {most.name}")  # `Fiji's Ministry of Ports`
        is_located = own.startswith(f"{most.name} in ")  # `Embassy of Fiji in Suva`
        name = most.name if is_owned or is_located or _capitals(most.name) > _capitals(own) else proposed.name
        return Linked(proposed._replace(name=name), most)

    def _elsewhere(self, proposed: Speaker, at: int, *, is_turn: bool) -> Linked:
        """Return the speaker whose name stands elsewhere in the document."""
        name = proposed.name
        if not name or proposed.kind == "unknown":
            return Linked(proposed, None)
        if proposed.kind == "role":
            holder = None if is_turn else self._holder(name)
            return self._named(proposed, holder, at) if holder else Linked(proposed, None)
        if _is_group(proposed):
            names = _parting().split(name)
            known = [self._fuller(one) for one in names]
            return Linked(proposed._replace(name=join_names(known)), None)
        if proposed.kind == "person":
            return self._named(proposed, self._canonical(name), at, is_turn=is_turn)
        body = self._headed(name, at)
        return Linked(proposed._replace(name=body.name), body) if body else Linked(proposed, None)

    def _headed(self, name: str, at: int) -> Mention | None:
        """Return the one body before a place that a common noun stands for: `the office` → the Ports Office."""
        head = _ARTICLE.sub("", name)
        if head == name or " " in head or not head.islower():
            return None
        named = [m for m in self._bodies.get(head, ()) if m.start < at]
        return named[-1] if len({m.name for m in named}) == 1 else None

    @cached_property
    def _bodies(self) -> dict[str, list[Mention]]:
        """The bodies by each word of their names, a plural as the singular, too: `Harbour Shipyards`."""
        bodies: dict[str, list[Mention]] = {}
        for mention in self._mentions:
            if mention.label in _INSTITUTIONS and " " in mention.name:
                words = lower_words(mention.name)
                for word in {*words, *(word.removesuffix("s") for word in words)}:
                    bodies.setdefault(word, []).append(mention)
        return bodies

    def _named(self, proposed: Speaker, name: str | None, at: int, *, is_turn: bool = False) -> Linked:
        if name is None:
            return Linked(proposed, None)
        mentions = self._people[name]
        before = [m for m in mentions if m.start < at]
        fullest = self._fullest(proposed, name, is_turn=is_turn)
        return Linked(proposed._replace(name=fullest, kind="person"), before[-1] if before else mentions[0])

    @cached_property
    def _people(self) -> dict[str, list[Mention]]:
        people: dict[str, list[Mention]] = {}
        for mention in self._mentions:
            if mention.label == "PERSON":
                people.setdefault(mention.name, []).append(mention)
        return people

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        by_word: dict[str, list[str]] = {}
        for name in self._people:
            for word in {*name_words(name), *_first_surname(name)}:
                by_word.setdefault(word, []).append(name)
        return by_word

    def _fuller(self, name: str) -> str:
        """Return the fuller form of a name that speaks with others; one in full is not looked for by its surname."""
        known = self._canonical(name) or name
        is_same = " " not in name or (" " in known and name_words(known)[:1] == name_words(name)[:1])
        return known if is_same else name

    def _canonical(self, name: str) -> str | None:
        """Return the fullest form of the one person that a name can be a part of, or that is a part of the name."""
        if name in self._people:
            return name
        words = name_words(name)
        near = self._namesakes(words)
        fits = [o for o in near if _is_short_of(words, o) or is_part(name_words(o), words)]
        return fits[0] if len(fits) == 1 else None

    def _nearest_name(self, name: str) -> str:
        """Return the name of a person that has most in common with one that is written otherwise, else that one."""
        words = name_words(name)
        near = sorted(self._namesakes(words))
        full = self._canonical(name) or max(near, key=lambda other: len({*words} & {*name_words(other)}), default=None)
        return self._written_out(full) if full else name

    def _namesakes(self, words: Sequence[str]) -> set[str]:
        return {other for word in words for other in self._by_word.get(word, ())[:_NAMESAKES]}

    def _written_out(self, name: str) -> str:
        """Return the one longer name that a name is short for: `A. Ruiz`, `Hassan bin Ali`, `Van Dijk`."""
        words = name_words(name)
        longer = [o for o in self._namesakes(words) if len(o) > len(name) and _is_short_of(words, o)]
        longer = [o for o in longer if len(name_words(o)) == len(set(name_words(o)))]  # no name twice: `Ruiz Ruiz`
        [full] = longer if len(longer) == 1 else [name]
        starts_alike = len(words) > 1 and (len(words[0]) == 1 or name_words(full)[: len(words)] == words)
        is_surname = bool(words) and words[0] in _particles() and name_words(full)[-len(words) :] == words
        return full if starts_alike or is_surname or words[-1:] == _first_surname(full) else name

    def _with_forename(self, surname: str) -> str:
        """Return the one name that ends with a surname of a title in a label: `Col. Abi Hale` is Ana Abi Hale."""
        words = name_words(surname)
        longer = {o for o in self._namesakes(words) if o != surname and name_words(o)[-len(words) :] == words}
        [full] = longer if len(longer) == 1 else [surname]
        return full if set(name_words(full)[: -len(words)]).isdisjoint(title_words()) else surname

    @cached_property
    def _beside(self) -> list[Office]:
        """The offices that stand before people, with whose they are."""
        return list(_offices_before(self._mentions))

    def _holder(self, office: str) -> str | None:
        """Return the one person who holds an office, by the roles or by what stands before the name."""
        return self._best(office, (*self._offices, *self._beside))

    def _best(self, office: str, offices: Sequence[Office]) -> str | None:
        """Return the one person whose office fits best."""
        levels: dict[int, set[str]] = {}
        for one in offices:
            level = max(_fit(office, one), _fit(office.lower(), one) if office.isupper() else 0)
            if level:
                levels.setdefault(level, set()).add(one.person)
        best = levels.get(max(levels, default=0), set())
        [person] = best if len(best) == 1 else [None]
        return person if person in self._people else None


def _has_forename(mention: Mention, words: Sequence[str]) -> bool:
    """Tell whether an office has a forename taken in: `Minister Ana`, before Ruiz."""
    return mention.label == "TITLE" and len(words) > 1 and words[-2] in title_words() and words[-1] not in title_words()


def _offices_before(mentions: Sequence[Mention]) -> Iterator[Office]:
    """Yield the offices before names, nothing between but whose they are: `the Envoy of Fiji to Tonga, Ana Ruiz`."""
    run: list[Mention] = []
    for mention in mentions:
        is_title, is_person = mention.label == "TITLE", mention.label == "PERSON"
        gap = mention.start - run[-1].end if run and mention.sentence == run[-1].sentence else 0
        if gap in _JOINED_BY and run[-1].label == "TITLE" and mention.label in _INSTITUTIONS:
            run = [run[-1], mention]  # `Minister of Ports and Coastal Affairs of Fiji`
            continue
        is_owner = mention.label in _OWNERS and gap in _OWNED
        if not gap or not (is_owner or (gap <= _JOINED and (is_title or is_person))):
            run = []
        if is_person:
            for i, title in enumerate(run):
                if title.label == "TITLE":
                    owners = (m.text for m in (*run[max(0, i - 1) : i], *run[i + 1 :]) if m.label != "TITLE")
                    yield Office(mention.name, title.text, " ".join(owners))
            run = []
        else:
            run.append(mention)


def _offices_at(mentions: Sequence[Mention]) -> Iterator[Office]:
    """Yield the offices beside names: `Envoy Ana Ruiz`, `Ana Ruiz, Envoy of Fiji`, `The envoy is Ana Ruiz`.

    Between two names an office is that of the first unless it stands right before the second, or the sentence opens
    with an office and a mark before the name: `Envoy: Ana Ruiz; Captain: Wu Lei`.
    """
    run: list[Mention] = []
    person: Mention | None = None  # who is named right before the run
    leads = False
    for mention, before in zip(mentions, [None, *mentions], strict=False):
        gap = mention.start - before.end if before and before.sentence == mention.sentence else _NEAR + 1
        if before is None or before.sentence != mention.sentence:
            leads = False
        is_person = mention.label == "PERSON"
        is_new = mention.label == "TITLE" and bool(run) and gap > _JOINED + 1  # ` is `
        if gap > _NEAR or is_new or (is_person and person and run and gap > 1 and not leads):
            yield from _offices_of(person, run)
            run, person = [], None
        elif is_person and person and not leads:
            at = _start_of_title(run)
            yield from _offices_of(person, run[:at])
            run = run[at:]
        if not is_person:
            run.append(mention)
            continue
        leads = leads or (person is None and bool(run) and gap > 1)
        yield from _offices_of(mention, run)
        run, person = [], mention
    yield from _offices_of(person, run)


def _start_of_title(run: Sequence[Mention]) -> int:
    """Return where in a run of mentions the office starts that ends it: nothing but whose it is stands in between."""
    at = len(run) - 1
    while at > 0 and run[at].start - run[at - 1].end in _OWNED - {2}:
        at -= 1
    return max(at, 0)


def _offices_of(person: Mention | None, run: Sequence[Mention]) -> Iterator[Office]:
    """Yield the offices in a run of mentions as those of a person, if there is one."""
    if person:
        owners = " ".join(m.text for m in run if m.label != "TITLE")
        yield from (Office(person.name, m.text, owners) for m in run if m.label == "TITLE")


def _fit(office: str, one: Office) -> int:
    """Return how well an office fits a role, 0 to 4: by its head, by the words beside that, by whose it is.

    Example:
        >>> minister = Office("Ana Ruiz", "Minister of Defence", "Fiji")
        >>> [_fit(office, minister) for office in ("the minister", "the Fijian minister", "the foreign minister")]
        [3, 4, 0]
        >>> _fit("the admiral", Office("Ivo Hale", "Vice Admiral", ""))
        2
        >>> _fit("the CDS", Office("Ivo Hale", "Chief of Defence Staff", ""))
        4
    """
    bare = _ARTICLE.sub("", office)
    if bare.isupper() and " " not in bare:
        return 4 if spells(bare, one.title) or spells(bare, f"{one.title} of {one.owner}") else 0
    head, rest = _split_office(bare)
    own_head, own_rest = _split_office(one.title)
    if not head or not own_head or head[-1] != own_head[-1]:
        return 0
    known = {*own_head, *own_rest, *lower_words(one.owner)}
    if not all(any(word[:_AKIN] == other[:_AKIN] for other in known) for word in (*head, *rest)):
        return 0
    is_same = set(own_head) <= {*head, *rest}
    return 2 + is_same + (is_same and len(head) + len(rest) > len(own_head))


def _split_office(office: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of an office before and after what it is of: `minister`, `defence`."""
    head, *rest = _OWNING.split(office, maxsplit=1)
    return long_titles(lower_words(head)), lower_words(rest[0]) if rest else ()


def _first_surname(name: str) -> tuple[str, ...]:
    """Return the first of two surnames that a hyphen joins: `Ana van Dijk-Hale` is `Van Dijk`, too."""
    first, _, second = name.rpartition(" ")[2].partition("-")
    return (first.casefold(),) if first[:1].isupper() and second[:1].isupper() else ()


def _is_short_of(words: Sequence[str], name: str) -> bool:
    """Tell whether a name is a shorter form of another, perhaps by its first surname alone."""
    full = name_words(name)
    first = _first_surname(name)
    return is_part(words, full, by_initials=True) or bool(first and is_part(words, (*full[:-1], *first)))


def _is_group(speaker: Speaker) -> bool:
    return speaker.kind == "person" and " and " in (speaker.name or "")


def _is_whole(mention: Mention, speaker: Speaker) -> bool:
    """Tell whether a mention in a speaker begins and ends where words do: not `Ana Ruiz` of `Ana Ruiz-Hale`."""
    text, at = speaker.text or "", speaker.start or 0
    before, after = text[: max(0, mention.start - at)], text[max(0, mention.end - at) :]
    return not _JOINED_END.search(before) and not _JOINED_START.match(after)


def _capitals(name: str) -> int:
    return sum(word[:1].isupper() for word in name.split())


def _cut(speaker: Speaker, at: Mention) -> Speaker:
    """Return a speaker whose place is that of a mention."""
    return speaker._replace(text=at.text, start=at.start, end=at.end, raw_start=at.raw_start, raw_end=at.raw_end)


def _beside(person: Mention, near: Sequence[Mention]) -> tuple[str | None, str | None]:
    """Return title and affiliation: of the mentions in a person's phrase the last before, else the first after."""
    titles = [m for m in near if m.label == "TITLE"]
    owners = [m for m in near if m.label in _INSTITUTIONS] or [m for m in near if m.label in _HOLDERS]
    return _nearest(person, titles), _nearest(person, owners)


def _nearest(person: Mention, mentions: Sequence[Mention]) -> str | None:
    before = [m for m in mentions if m.end <= person.start]
    after = [m for m in mentions if m.start >= person.end]
    return before[-1].text if before else after[0].text if after else None


def join_names(names: Sequence[str]) -> str:
    """Write names as a list.

    Example:
        >>> join_names(["Ana Ruiz", "Wu Lei", "Ivo Hale"])
        'Ana Ruiz, Wu Lei and Ivo Hale'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
