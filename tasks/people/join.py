"""Which people of different documents are one, and their keys.

Order: full names that a lexicon's id or a document links make one group → a group is divided by what contradicts: the
country, the suffix, the middle initial, the order of the words where one document has both orders for two people, the
id, posts that one person does not hold together → each part has a key. A person with a surname alone is nobody's but
the document's.

Where a group is divided, who lacks the mark goes to the part that has nearly all who bear it, and else stays apart: no
key is better than a wrong one. Keys depend on names, ids and what contradicts, not on the order of batches.

A surname with an office that another of that surname has, and this person under the full name never, is not this
person's, whatever the document seems to say: `First Lady Ann Hill` and, in her document, `President Hill`.

Complexity: O(n log n) in the number of different names, not of documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from tasks.names import PersonName
from tasks.people.posts import Post, part_by_posts

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
        posts: The posts stated, sorted.
    """

    name: PersonName
    person_id: str | None
    country: str | None
    posts: tuple[Post, ...] = ()


def join_people(
    counts: Mapping[Profile, int],
    links: Collection[Link],
    apart: Collection[Link],
    country_of: Callable[[str | None], str | None],
    post_of: Callable[[str], Post | None] = lambda _: None,
    days: Mapping[Profile, Collection[int]] = MappingProxyType({}),
) -> dict[Profile, str]:
    """Return the key of each profile; profiles with one key are one person.

    Args:
        counts: Documents by profile; every name is full.
        links: Names that documents link, the shorter first.
        apart: Names that one document has for two people: a name and a longer form of it, or twice the key of a name
            that stands in two orders.
        country_of: Returns the country that a lexicon has for an id, if any.
        post_of: Returns the post that a lexicon has for an id, if any.
        days: The days of documents, as ordinals, of profiles with posts.

    Example:
        >>> ann = PersonName(("ann", "hill"))
        >>> gbr, can = Profile(ann, None, "iso:GBR"), Profile(ann, None, "iso:CAN")
        >>> sorted(join_people({gbr: 2, can: 1}, (), (), lambda _: None).values())
        ['name:ann-hill/CAN', 'name:ann-hill/GBR']
    """
    own = _pool_names(counts)
    marks: tuple[Callable[[Profile], str | None], ...] = (
        lambda p: p.country or country_of(p.person_id),
        lambda p: own.get(p.person_id or "", p.name).suffix or ("" if p.person_id else None),
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
            person_id = min(known, default=None)
            for post, same in _divide_by_posts(part, counts, days, post_of(person_id or "")):
                own_key = person_id or path if post is True else f"{path}/{post}" if post else path
                keys |= dict.fromkeys(same, own_key)
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
    ordered = sorted(profiles, key=lambda p: (p.name, p.person_id or "", p.country or "", p.posts))
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


def _divide_by_posts(
    whole: Sequence[Profile],
    counts: Mapping[Profile, int],
    days: Mapping[Profile, Collection[int]],
    known: Post | None,
) -> Iterator[tuple[Post | bool, list[Profile]]]:
    """Yield the parts of a group whose posts contradict, each with True for whose the key is, a post, or False.

    The key is theirs whose post is like the known one, or who have nearly all documents with posts; where they have
    nearly all, those without go there.
    """
    stated: dict[tuple[Post, ...], list[int]] = {}
    for profile in whole:
        stated.setdefault(profile.posts, []).extend(days.get(profile, ()))
    stated.pop((), None)
    people = part_by_posts(stated) if len(stated) > 1 else []
    if len(people) < 2:
        yield True, list(whole)
        return
    of_post = {post: n for n, posts in enumerate(people) for post in posts}
    parts: dict[int, list[Profile]] = {}
    for profile in whole:
        parts.setdefault(of_post[profile.posts[0]] if profile.posts else -1, []).append(profile)
    without = parts.pop(-1, [])
    sizes = {n: sum(counts[profile] for profile in part) for n, part in parts.items()}
    most = next((n for n, size in sizes.items() if size >= _NEARLY_ALL * sum(sizes.values())), None)
    like = [n for n, posts in enumerate(people) if known and any(post.sphere == known.sphere for post in posts)]
    main = like[0] if len(like) == 1 else most
    if most is not None and most == main:
        parts[most] += without
    elif without:
        yield False, without
    for n, part in parts.items():
        yield n == main or people[n][0], part
