"""Who the people of one document are, from what its tables say of them.

Order: names that its mentions and rows give → names that differ in case, accents, titles or a middle initial are one →
forms that the document links (a mention and its canonical form, one key of a lexicon, a speaker and his mention) are
one → a surname alone goes to the only full name that ends with it → rows go to people → a person for whom two
countries are stated is parted, since it may be two people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.names import PersonName, first_rotation, joined_names, looks_like_name, read_name


class Mention(NamedTuple):
    """A mention of a person: a row of entities."""

    entity_id: str
    text: str
    canonical: str
    canonical_id: str | None


class Statement(NamedTuple):
    """What a row of quotes or roles says of a person.

    Attributes:
        name: The fullest form that it gives.
        entity_id: The mention that it stands on.
        person_id: Key of a lexicon.
        country: Key of the country whose office it states.
    """

    name: str
    entity_id: str | None
    person_id: str | None = None
    country: str | None = None


class Person(NamedTuple):
    """A person of one document.

    Attributes:
        name: The fullest name that the document has.
        name_as_written: The same, verbatim.
        forms: As the document writes it, verbatim, sorted.
        others: Other full names that the document links with it.
        person_id: Key of a lexicon.
        country: Key of the country of the offices stated; None if there is none.
        is_mentioned: Whether a mention has the name or a part of it, not rows of quotes alone.
        statements: Places of the rows that speak of the person, ascending.
        loose: Those of them that stand on a part of the name, or on none: `President Hill`, `she`.
        part: The part of the name on which one of them stands, verbatim; None if there is none.
    """

    name: PersonName
    name_as_written: str
    forms: tuple[str, ...]
    others: tuple[PersonName, ...]
    person_id: str | None
    country: str | None
    is_mentioned: bool
    statements: tuple[int, ...]
    loose: tuple[int, ...] = ()
    part: str | None = None


def find_people(mentions: Sequence[Mention], statements: Sequence[Statement]) -> list[Person]:
    """Return the people of a document of whom one of the statements speaks.

    A statement whose name joins several people speaks of each; one whose name is none speaks of nobody.

    Args:
        mentions: All mentions of people in the document.
        statements: Its rows of quotes and roles, in any order.

    Example:
        >>> mentions = [Mention("e1", "Tan Kefei", "Tan Kefei", None), Mention("e2", "Tan", "Tan Kefei", None)]
        >>> [(str(p.name), p.forms, p.statements) for p in find_people(mentions, [Statement("Tan", "e2")])]
        [('tan kefei', ('Tan', 'Tan Kefei'), (0,))]
    """
    names = _Names()
    for mention in mentions:
        names.add(mention.canonical, mention.text, mention.canonical_id)
    by_id = {mention.entity_id: mention for mention in mentions}
    on = [by_id.get(row.entity_id or "") for row in statements]
    spoken_of = [
        names.add_statement(row, mention.canonical if mention else None)
        for row, mention in zip(statements, on, strict=True)
    ]
    names.link()

    rows: dict[PersonName, list[int]] = {}
    for i, found in enumerate(spoken_of):
        for name in dict.fromkeys(names.find(name) for name in found):
            rows.setdefault(name, []).append(i)
    groups = names.groups()
    people = []
    for name, own in sorted(rows.items()):
        for country, part in _part_by_country(statements, own):
            person = names.describe(groups[name], country, tuple(part))
            people.append(person if not name.is_full else _with_loose(person, on))
    return people


def _with_loose(person: Person, on: Sequence[Mention | None]) -> Person:
    """Return a person with the statements that stand on no full name, given the mention of each."""
    parts: dict[int, str] = {}
    for i in person.statements:
        name = read_name(mention.text) if (mention := on[i]) else None
        if name is not None and mention is not None and not name.is_full and set(name.words) <= set(person.name.words):
            parts[i] = " ".join(mention.text.split())
    loose = tuple(i for i in person.statements if i in parts or on[i] is None)
    return person._replace(loose=loose, part=min(parts.values(), default=None))


def find_apart(people: Iterable[Person]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the names that a document has for two people, by key: one in two orders, a name and a longer form of it.

    Example:
        >>> rows = [Statement("Wang Yi", None), Statement("Yi Wang", None)]
        >>> find_apart(find_people([], rows))
        {(('wang', 'yi'), ('wang', 'yi'))}
    """
    orders = {person.name.order for person in people if person.name.is_full}
    by_key = Counter(first_rotation(own) for own in orders)
    apart = {(key, key) for key, n in by_key.items() if n > 1}
    for own in orders:
        ends = (part for n in range(1, len(own)) for part in (own[:n], own[n:]))
        apart |= {(first_rotation(part), first_rotation(own)) for part in ends if part in orders}
    return apart


def _part_by_country(statements: Sequence[Statement], rows: Sequence[int]) -> Iterable[tuple[str | None, list[int]]]:
    """Yield the rows of a person by stated country; a row that states none goes where its mention does, if anywhere."""
    stated = {i: statements[i].country for i in rows}
    countries = sorted({country for country in stated.values() if country is not None})
    if len(countries) < 2:
        yield (countries[0] if countries else None), list(rows)
        return
    of_mention: dict[str | None, set[str]] = {}
    for i, country in stated.items():
        if country is not None:
            of_mention.setdefault(statements[i].entity_id, set()).add(country)
    for i, country in stated.items():
        near = of_mention.get(statements[i].entity_id, set()) if statements[i].entity_id else set()
        if country is None and len(near) == 1:
            stated[i] = min(near)
    for country in (*countries, None):
        if part := [i for i in rows if stated[i] == country]:
            yield country, part


class _Names:
    """The names of a document, and which of them are one person's: a union-find over them."""

    def __init__(self) -> None:
        self._parent: dict[PersonName, PersonName] = {}
        self._written: dict[PersonName, dict[str, int]] = {}
        self._forms: dict[PersonName, set[str]] = {}
        self._ids: dict[PersonName, str] = {}
        self._meant: dict[PersonName, set[PersonName]] = {}

    def add(self, canonical: str, text: str, person_id: str | None) -> None:
        """Take note of a mention."""
        name = self._note(canonical, person_id)
        if name is None:
            return
        self._forms.setdefault(name, set()).add(" ".join(text.split()))
        short = read_name(text)
        if short is not None and short.is_full and short.key != name.key:
            self._note(text, person_id)
            self._unite(name, short)

    def add_statement(self, statement: Statement, canonical: str | None) -> list[PersonName]:
        """Take note of a row, and return the names of whom it speaks."""
        name = read_name(statement.name)
        parts = joined_names(statement.name)
        if len(parts) > 1 and name not in self._parent:
            found = [part for text in parts if (part := self._note_stated(text, None)) is not None]
            return found if len(found) == len(parts) else []
        mentioned = read_name(canonical) if canonical else None
        if name is not None and mentioned is not None:
            if mentioned.is_elder and not name.suffix:
                return [mentioned]
            more, less = set(mentioned.words), set(name.words)
            if less < more or (mentioned.is_full and more < less):  # `Putin`, `Senior Officer Tan Kefei`
                return [mentioned]
            if more < less and self._note_stated(statement.name, None) is not None:
                self._meant.setdefault(mentioned, set()).add(name)
        noted = self._note_stated(statement.name, statement.person_id) or mentioned
        return [noted] if noted is not None else []

    def link(self) -> None:
        """Unite names that differ in a middle initial alone, or have one key, and surnames with their full name.

        A name in two orders stays two: a document that means one person keeps to one.
        """
        by_key: dict[tuple[str, ...], list[PersonName]] = {}
        by_id: dict[str, list[PersonName]] = {}
        by_ending: dict[tuple[str, ...], set[PersonName]] = {}
        for name in self._parent:
            by_key.setdefault(name.key, []).append(name)
            if name in self._ids:
                by_id.setdefault(self._ids[name], []).append(name)
            for n in range(1, len(name.words)) if name.is_full else ():
                by_ending.setdefault(name.words[n:], set()).add(name)
        for group in by_key.values():
            orders = [group] if _agree(group) else _by_order(group)
            for part in filter(_agree, orders):
                self._unite(*part)
        for group in by_id.values():
            self._unite(*group)
        for name in [name for name in self._parent if not name.is_full]:
            ending = by_ending.get(name.words, set()) if not name.suffix else set()
            meant = {self.find(other) for other in ending | self._meant.get(name, set())}
            if len(meant) == 1:
                self._unite(name, *meant)

    def find(self, name: PersonName) -> PersonName:
        """Return the fullest name of the person who has a name."""
        root = name
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[name] != root:
            self._parent[name], name = root, self._parent[name]
        return root

    def groups(self) -> dict[PersonName, list[PersonName]]:
        """Return all names by the fullest one of the person."""
        found: dict[PersonName, list[PersonName]] = {}
        for name in self._parent:
            found.setdefault(self.find(name), []).append(name)
        return found

    def describe(self, group: Sequence[PersonName], country: str | None, statements: tuple[int, ...]) -> Person:
        """Return the person who has some names."""
        name = self.find(group[0])
        written = self._written[name]
        ids = sorted({self._ids[other] for other in group if other in self._ids})
        return Person(
            name,
            max(sorted(written), key=lambda form: (not form.isupper(), written[form])),
            tuple(sorted({form for other in group for form in (*self._forms.get(other, ()), *self._written[other])})),
            tuple(sorted(other for other in group if other.is_full and other.key != name.key)),
            ids[0] if len(ids) == 1 else None,
            country,
            any(other in self._forms for other in group),
            statements,
        )

    def _note(self, text: str, person_id: str | None) -> PersonName | None:
        name = read_name(text)
        if name is not None:
            self._parent.setdefault(name, name)
            counts = self._written.setdefault(name, {})
            form = " ".join(text.split())
            counts[form] = counts.get(form, 0) + 1
            if person_id is not None:
                self._ids[name] = min(person_id, self._ids.get(name, person_id))
        return name

    def _note_stated(self, text: str, person_id: str | None) -> PersonName | None:
        """Return the name in a row: one that a mention has, or one that reads as a full name."""
        name = read_name(text)
        return self._note(text, person_id) if name in self._parent or looks_like_name(text) else None

    def _unite(self, *names: PersonName) -> None:
        roots = {self.find(name) for name in names}
        best = max(sorted(roots), key=lambda name: (name.is_full, len(name.words), not name.is_doubled, len(str(name))))
        for root in roots:
            self._parent[root] = best


def _agree(names: Sequence[PersonName]) -> bool:
    """Tell whether names with one key may be one person's: neither order nor initials nor suffixes differ."""
    orders = {name.order for name in names if not name.is_doubled}
    initials, suffixes = {name.initials[:1] for name in names}, {name.suffix for name in names}
    return len(orders) < 2 and len(initials - {""}) < 2 and len(suffixes - {""}) < 2


def _by_order(names: Sequence[PersonName]) -> list[list[PersonName]]:
    parts: dict[tuple[str, ...], list[PersonName]] = {}
    for name in names:
        parts.setdefault(name.order, []).append(name)
    return list(parts.values())
