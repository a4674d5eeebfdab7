"""Which people of different documents are one, and their keys.

Order: full names that a lexicon's id or a document links make one group → a group is divided by what contradicts: the
country, the suffix, the middle initial, the order of the words where one document has both orders for two people, the
id → each part has a key. A person with a surname alone is nobody's but the document's.

Where a group is divided, who lacks the mark goes to the part that has nearly all who bear it, and else stays apart: no
key is better than a wrong one. Keys depend on names, ids and what contradicts, not on the order of batches.

A surname with an office that another of that surname has, and this person under the full name never, is not this
person's, whatever the document seems to say: `First Lady Ann Hill` and, in her document, `President Hill`.

Complexity: O(n log n) in the number of different names, not of documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tasks.names import PersonName

#: The share of those who bear a mark that one part must have for those without to go there.
_NEARLY_ALL = 0.9

NameKey = tuple[str, ...]
Link = tuple[NameKey, NameKey]


class Profile(NamedTuple):
    """What one or more documents say of a person who has a full name.

    Attributes:
        name: The fullest name in the document.
        person_id: Key of a lexicon.
        country: Key of the country whose office is stated.
    """

    name: PersonName
    person_id: str | None
    country: str | None


def join_people(
    counts: Mapping[Profile, int],
    links: Collection[Link],
    apart: Collection[Link],
    country_of: Callable[[str | None], str | None],
) -> dict[Profile, str]:
    """Return the key of each profile; profiles with one key are one person.

    Args:
        counts: Documents by profile; every name is full.
        links: Names that documents link, the shorter first.
        apart: Names that one document has for two people: a name and a longer form of it, or twice the key of a name
            that stands in two orders.
        country_of: Returns the country that a lexicon has for an id, if any.

    Example:
        >>> ann = PersonName(("ann", "hill"))
        >>> gbr, can = Profile(ann, None, "iso:GBR"), Profile(ann, None, "iso:CAN")
        >>> sorted(join_people({gbr: 2, can: 1}, (), (), lambda _: None).values())
        ['name:ann-hill/CAN', 'name:ann-hill/GBR']
    """
    own = _pool_names(counts)
    marks: tuple[Callable[[Profile], str | None], ...] = (
        lambda p: p.country or country_of(p.person_id),
        lambda p: own.get(p.person_id or "", p.name).suffix or None,
        lambda p: own.get(p.person_id or "", p.name).initials[:1] or None,
        lambda p: None if p.person_id or (p.name.key, p.name.key) not in apart else " ".join(p.name.order),
        lambda p: p.person_id,
    )
    keys: dict[Profile, str] = {}
    for key, group in _group_names(counts, links, apart).items():
        parts = [(f"name:{'-'.join(key)}", group)]
        for mark in marks:
            parts = [
                (f"{path}/{value.removeprefix('iso:')}" if value else path, part)
                for path, whole in parts
                for value, part in _divide(whole, mark, counts)
            ]
        for path, part in parts:
            known = {
                p.person_id for p in part if p.person_id and p.country in (None, country_of(p.person_id) or p.country)
            }
            keys |= dict.fromkeys(part, min(known, default=path))
    return keys


class Titles:
    """The words of the offices that are stated for people under their full names.

    Args:
        stated: By key: full names, and words of the offices.
    """

    def __init__(self, stated: Iterable[tuple[str, PersonName, Collection[str]]]) -> None:
        self._own: dict[str, set[str]] = {}
        self._by_word: dict[str, dict[str, set[str]]] = {}
        for key, name, words in stated:
            self._own.setdefault(key, set()).update(words)
            for edge in {name.order[0], name.order[-1]}:
                self._by_word.setdefault(edge, {}).setdefault(key, set()).update(words)

    def contradict(self, key: str, part: PersonName, words: Collection[str]) -> bool:
        """Tell whether an office stated with a part of a name is another's of that name, and never this person's."""
        if not words or self._own.get(key, set()) & set(words):
            return False
        namesakes = (edge for word in {part.order[0], part.order[-1]} for edge in self._by_word.get(word, {}).items())
        return any(other != key and titles & set(words) for other, titles in namesakes)


def _pool_names(counts: Mapping[Profile, int]) -> dict[str, PersonName]:
    """Return the most frequent middle initials and suffix of each id: one who is known is not divided by them."""
    found: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for profile, n in counts.items():
        if profile.person_id is not None:
            initials, suffixes = found.setdefault(profile.person_id, (Counter(), Counter()))
            initials[profile.name.initials] += n if profile.name.initials else 0
            suffixes[profile.name.suffix] += n if profile.name.suffix else 0
    return {
        key: PersonName((), initials=_most_frequent(initials), suffix=_most_frequent(suffixes))
        for key, (initials, suffixes) in found.items()
    }


def _most_frequent(values: Counter[str]) -> str:
    return max(sorted(values), key=values.__getitem__, default="")


def _group_names(
    profiles: Iterable[Profile], links: Collection[Link], apart: Collection[Link]
) -> dict[NameKey, list[Profile]]:
    """Return profiles whose names are equal or linked, by the shortest of the names: a union-find over names."""
    parent: dict[NameKey, NameKey] = {}

    def find(key: NameKey) -> NameKey:
        root = key
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[key] != root:
            parent[key], key = root, parent[key]
        return root

    def unite(one: NameKey, other: NameKey) -> None:
        first, second = sorted((find(one), find(other)), key=lambda key: (len(key), key))
        parent[second] = first

    longer: dict[NameKey, set[NameKey]] = {}
    for short, long in links:
        longer.setdefault(short, set()).add(long)
    for short, found in longer.items():
        if len(found) == 1 and (short, *found) not in apart:
            unite(short, *found)
    by_id: dict[str, NameKey] = {}
    ordered = sorted(profiles, key=lambda p: (p.name, p.person_id or "", p.country or ""))
    for profile in ordered:
        if profile.person_id is not None:
            unite(by_id.setdefault(profile.person_id, profile.name.key), profile.name.key)
    groups: dict[NameKey, list[Profile]] = {}
    for profile in ordered:
        groups.setdefault(find(profile.name.key), []).append(profile)
    return groups


def _divide(
    whole: Sequence[Profile], mark: Callable[[Profile], str | None], counts: Mapping[Profile, int]
) -> Iterator[tuple[str | None, list[Profile]]]:
    """Yield the parts of a group by a mark, if some of it bear different ones."""
    parts: dict[str | None, list[Profile]] = {}
    for profile in whole:
        parts.setdefault(mark(profile), []).append(profile)
    without = parts.pop(None, [])
    if len(parts) < 2:
        yield None, list(whole)
        return
    sizes = {value: sum(counts[profile] for profile in part) for value, part in parts.items()}
    main = max(sizes, key=lambda value: (sizes[value], value or ""))
    if sizes[main] >= _NEARLY_ALL * sum(sizes.values()):
        parts[main] += without
    elif without:
        yield None, without
    yield from parts.items()
