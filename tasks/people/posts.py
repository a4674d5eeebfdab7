"""Offices that one person does not hold together: what tells two people of one name apart.

Order: the offices that a document states for a person → posts, those of them that take a whole person
(config/lexicons/posts.tsv) → posts that one document states together go together → of the others, those that
contradict are different people's.

Two posts of different spheres (an office of state and the head of a company, a spokesman and an envoy) contradict
where one goes on while the other is stated, before and after it within five years. So do a governor here and there at
that time, and, at any time, a soldier and a scholar. An office that is none of these says nothing.

Complexity: the square of the number of different posts of a name, which is small.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from tasks.lexicons import read_terms
from tasks.names import fold

Sphere = Literal["state", "voice", "armed", "command", "business", "body", "learning"]

_NEAR = 5 * 366  # days in which an office that goes on is stated again
_ALIKE = 0.7  # of two spellings of one place

_AT_ANY_TIME = frozenset([frozenset(["command", "learning"])])
_AT_ONE_TIME = frozenset(
    frozenset([one, other])
    for one, others in {
        "state": ("business", "learning", "command", "body", "voice"),
        "armed": ("business", "learning"),
        "command": ("business",),
        "voice": ("business", "learning", "body"),
    }.items()
    for other in others
)


class Post(NamedTuple):
    """An office that takes a whole person.

    Attributes:
        sphere: What it is an office of.
        words: The words of its title, folded.
        owner: The words of the organisation or place, folded.
    """

    sphere: Sphere
    words: tuple[str, ...]
    owner: tuple[str, ...]

    def __str__(self) -> str:
        return "-".join((*self.words, *self.owner))

    @property
    def place(self) -> tuple[str, ...] | None:
        """The place that it is the head of; None if it is no such post, or the place is not stated."""
        return self.owner or None if _has(" ".join(self.words), "place") else None


@cache
def _forms(kind: str) -> frozenset[str]:
    return frozenset(read_terms("posts.tsv")[kind])


@cache
def _ranks() -> frozenset[str]:
    return _forms("rank") | {" ".join(_words(rank)) for rank in read_terms("military.tsv")["rank"]}


@cache
def _unheld() -> frozenset[str]:
    return frozenset(map(fold, read_terms("offices.tsv")["qualifier"])) - _forms("held")


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip(".,") for word in fold(text or "").split())


def _has(text: str, kind: str) -> bool:
    return any(f" {form} " in f" {text} " for form in _forms(kind))


@lru_cache(maxsize=100_000)
def read_post(title: str, qualifier: str | None, organisation: str | None) -> Post | None:
    """Return the post that an office is, if it is one and held now.

    Example:
        >>> read_post("CEO", None, "Acme")
        Post(sphere='business', words=('ceo',), owner=('acme',))
        >>> read_post("Member", None, "Council") is read_post("Governor", "former", "Ohio") is None
        True
    """
    words, owner = _words(title), _words(organisation)
    unheld = _unheld()
    if (qualifier and fold(qualifier) in unheld) or (words and words[0] in unheld):
        return None
    sphere = _find_sphere(" ".join(words), " ".join(owner))
    return Post(sphere, words, owner) if sphere else None


def _find_sphere(title: str, owner: str) -> Sphere | None:
    if _has(title, "learning") or (title in _forms("head") and _has(owner, "institute")):
        return "learning"
    if _has(title, "voice"):
        return "voice"
    if title in _ranks() or _has(title, "command"):
        return "command"
    if _has(title, "armed") or _has(owner, "armed"):
        return "armed"
    if title in _forms("business"):
        return "business"
    if owner and title in _forms("body"):
        return "body"
    return "state" if _has(title, "state") else None


def part_by_posts(stated: Mapping[tuple[Post, ...], Collection[int]]) -> list[list[Post]]:
    """Return the posts of a name by person, who has most documents first.

    Args:
        stated: By the posts that documents state together: the days of these documents, as ordinals.

    Example:
        >>> ohio, utah = (Post("state", ("governor",), (place,)) for place in ("ohio", "utah"))
        >>> [len(part_by_posts({(ohio,): [1, 40], (utah,): [day]})) for day in (20, 60)]
        [2, 1]
    """
    days: dict[Post, list[int]] = {}
    groups: list[set[Post]] = []
    for posts, known in stated.items():
        together = set(posts)
        for post in posts:
            days.setdefault(post, []).extend(known)
        for group in [group for group in groups if group & together]:
            groups.remove(group)
            together |= group
        groups.append(together)
    sizes = {post: len(found) for post, found in days.items()}
    days = {post: sorted(set(found)) for post, found in days.items()}
    sorted_groups = [sorted(group, key=lambda post: (-sizes[post], post)) for group in groups]
    ranked = sorted(sorted_groups, key=lambda group: (-sum(sizes[post] for post in group), group))
    people: list[list[Post]] = []
    for own in ranked:
        for person in people:
            if not any(_contradict(one, other, days) for one in person for other in own):
                person += own
                break
        else:
            people.append(own)
    return people


def _contradict(one: Post, other: Post, days: Mapping[Post, Sequence[int]]) -> bool:
    spheres = frozenset([one.sphere, other.sphere])
    if spheres in _AT_ANY_TIME:
        return True
    if spheres not in _AT_ONE_TIME and not (one.place and other.place and _are_apart(one.place, other.place)):
        return False
    return _goes_on(days[one], days[other]) or _goes_on(days[other], days[one])


def _goes_on(days: Sequence[int], others: Iterable[int]) -> bool:
    """Tell whether an office is stated on days before and after one of others, and not long."""
    for day in others:
        before, after = bisect_left(days, day) - 1, bisect_right(days, day)
        if before >= 0 and after < len(days) and max(day - days[before], days[after] - day) <= _NEAR:
            return True
    return False


def _are_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two names are of different places: each has a word that the other has in no spelling."""
    return all(
        any(max(SequenceMatcher(None, word, w).ratio() for w in right) < _ALIKE for word in left)
        for left, right in ((one, other), (other, one))
    )
