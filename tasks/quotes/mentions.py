"""What a source is called in a text, and how names are cut into title and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.quotes.lexicon import Lexicon


class Mention(NamedTuple):
    """A source. Offsets are into the text.

    `kind` is name, pronoun, role, institution, document, group, label or other. `outer_start` is where its title
    starts, `title` the title as stated, `affiliation` the organisation or country as stated, `role` the apposition in
    full, `members` those who speak together, for a group, `honorific` Mr, Mrs and the like.
    """

    start: int
    end: int
    text: str
    kind: str
    outer_start: int
    title: str | None = None
    affiliation: str | None = None
    role: str | None = None
    members: tuple[Mention, ...] = ()
    honorific: str | None = None


class NamePart(NamedTuple):
    """A run of capitalised words cut into what stands before the title, title and name: token indices in the run."""

    title_start: int
    name_start: int


def bare(word: str) -> str:
    """Return a word without a possessive ending.

    Example:
        >>> bare("Tan’s"), bare("forces’")
        ('Tan', 'forces')
    """
    for ending in ("'s", "’s", "'", "’"):
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


def split_name(run: Sequence[str], lexicon: Lexicon) -> NamePart:
    """Cut a run of words such as `Russian Defense Minister Sergei Shoigu` into modifier, title and name.

    Example:
        >>> words = {"title": {"minister"}, "honorific": {"mr"}, "portfolio": {"defense"}, "preposition": {"of"}}
        >>> lexicon = Lexicon({}, {kind: frozenset(forms) for kind, forms in words.items()})
        >>> split_name("Russian Defense Minister Sergei Shoigu".split(), lexicon)
        NamePart(title_start=1, name_start=3)
        >>> split_name("Minister of Russia Sergei Shoigu".split(), lexicon)
        NamePart(title_start=0, name_start=3)
    """
    lower = [bare(word.lower()) for word in run]
    last = max((i for i, word in enumerate(lower) if word in lexicon.words["title"]), default=-1)
    polite = max((i for i, word in enumerate(lower) if word in lexicon.words["honorific"]), default=-1)
    if polite > last:
        return NamePart(polite, polite + 1)
    if last < 0:
        return NamePart(0, 0)
    first = last
    while first > 0 and (lower[first - 1] in lexicon.words["title"] or lower[first - 1] in lexicon.words["portfolio"]):
        first -= 1
    name = last + 1
    while name < len(run) and run[name].isdigit():
        name += 1
    of = [i for i in range(name, len(run)) if lower[i] in lexicon.words["preposition"] or lower[i] in {"and", "the"}]
    if of:  # the office goes on after the title word: `of Defense Sergei Shoigu`, `for the Middle East Tobias Ellwood`
        name = of[-1] + 2
        while name < len(run) and lower[name] in lexicon.words["portfolio"]:
            name += 1
        name = len(run) if len(run) - name < 2 else name
    return NamePart(first, name)
