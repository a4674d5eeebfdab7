"""What the join of quotes with entities and roles reads: mentions of entities and stated offices."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tasks.lexicons import read_terms
from tasks.names import lower_words, name_forms


@cache
def addresses() -> frozenset[str]:
    """Return the forms of address that stand before a name, folded."""
    return frozenset(form.casefold() for form in name_forms("address", "speaker"))


@cache
def suffixes() -> frozenset[str]:
    """Return what ends a name after a comma: `Jr`."""
    return frozenset(name_forms("suffix", "part"))


@cache
def orders() -> frozenset[str]:
    """Return the letters after a name."""
    return frozenset(name_forms("order", "speaker"))


@cache
def title_words() -> frozenset[str]:
    """Return the words of offices, ranks and ratings, in small letters."""
    military = read_terms("military.tsv")
    forms = (*read_terms("offices.tsv")["head"], *military["rank"], *military["rating"])
    return frozenset(word for form in forms for word in lower_words(form))


class Mention(NamedTuple):
    """A mention of an entity, in half-open offsets; `row` is where it stands in its table."""

    row: int
    label: str
    text: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    canonical: str | None
    sentence: str | None = None

    @property
    def name(self) -> str:
        """The fullest form of the name in the document, of a person without a form of address and without orders."""
        name = self.canonical or self.text
        if self.label == "PERSON":
            words = name.split()
            while len(words) > 1 and words[0].casefold() in addresses():
                del words[0]
            while len(words) > 2 and words[-1] in orders() and not words[0].isupper():
                del words[-1]
            if len(words[-1]) > 1 and words[-1].capitalize() not in suffixes():
                words[-1] = words[-1].rstrip(".")
            name = " ".join(words)
        return name

    @property
    def is_address(self) -> bool:
        """Whether it is a form of address alone, taken for a name: `Sir`."""
        form = self.text.casefold().rstrip(".")
        return form in addresses() or f"{form}." in addresses()


class Office(NamedTuple):
    """A stated role: the fullest form of who holds it, its title and whose it is, in words."""

    person: str
    title: str
    owner: str
