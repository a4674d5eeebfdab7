"""Formulas that differ in a word, and which of them took the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple


class Use(NamedTuple):
    """When a formula is used: its words, first and last day, documents."""

    forms: tuple[str, ...]
    first: date | None
    last: date | None
    documents: int


class Variant(NamedTuple):
    """A formula that has another word in one place: its key, the word of the one, the word of the other."""

    key: str
    word: str
    other: str


def find_variants(formulas: Mapping[str, Use]) -> dict[str, list[Variant]]:
    """Return the formulas that differ from each in one word that is no name, the most used first.

    Example:
        >>> old, new = (Use(("firmly", word, "it"), None, None, 5) for word in ("opposes", "rejects"))
        >>> find_variants({"a": old, "b": new})["a"]
        [Variant(key='b', word='opposes', other='rejects')]
    """
    alike: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for key, use in formulas.items():
        for at, form in enumerate(use.forms):
            if not form.isupper():
                alike.setdefault((at, (*use.forms[:at], *use.forms[at + 1 :])), []).append(key)
    found: dict[str, list[Variant]] = {}
    for (at, _), keys in alike.items():
        for key in keys:
            for other in keys if len(keys) > 1 else ():
                if other != key:
                    found.setdefault(key, []).append(Variant(other, formulas[key].forms[at], formulas[other].forms[at]))
    return {key: sorted(set(v), key=lambda v: (-formulas[v.key].documents, v.key)) for key, v in found.items()}


def find_successor(use: Use, variants: Sequence[Variant], formulas: Mapping[str, Use]) -> Variant | None:
    """Return the variant that came into use after a formula had gone out of it, the earliest; None if none did."""

    def come_later() -> Iterator[tuple[date, int, str, Variant]]:
        for variant in variants:
            first = formulas[variant.key].first
            if use.last and first and first > use.last:
                yield first, -formulas[variant.key].documents, variant.key, variant

    return min(come_later(), default=(None, 0, "", None))[3]
