"""Lexicons: tab-separated files in config/lexicons.

A file starts with comment lines (`# `) that state origin, licence and columns; most have rows of `kind, form`. Where
stages or rules share a list and do not take the same forms of it, a third column names those that take the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tasks.errors import ConfigError
from tasks.resources import find_resource


def read_rows(name: str, columns: int) -> list[tuple[str, ...]]:
    """Read a lexicon.

    Args:
        name: A file in config/lexicons, or a path.
        columns: How many columns it has.

    Raises:
        ConfigError: It is missing, or a row has not so many columns.
    """
    path = find_resource(name, "config/lexicons")
    rows: list[tuple[str, ...]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("# "):
            row = tuple(line.split("\t"))
            if len(row) != columns:
                raise ConfigError(f"{path}:{number}: {columns} columns expected, {len(row)} found")
            rows.append(row)
    return rows


@cache
def read_terms(name: str, columns: int = 2) -> dict[str, tuple[str, ...]]:
    """Read a lexicon of `kind, form` rows as forms by kind, once a process; further columns are left out."""
    terms: dict[str, list[str]] = {}
    for kind, form, *_ in read_rows(name, columns):
        terms.setdefault(kind, []).append(form)
    return {kind: tuple(forms) for kind, forms in terms.items()}


@cache
def read_shared(name: str, reader: str) -> dict[str, tuple[str, ...]]:
    """Read a lexicon of `kind, form, readers` rows as the forms by kind that one of its readers takes."""
    terms: dict[str, list[str]] = {}
    for kind, form, readers in read_rows(name, 3):
        if reader in readers.split():
            terms.setdefault(kind, []).append(form)
    return {kind: tuple(forms) for kind, forms in terms.items()}


def read_values(name: str) -> list[tuple[str, ...]]:
    """Read the `kind, form, value` rows of a lexicon and of values.tsv that have a value."""
    return [row for row in (*read_rows(name, 3), *read_rows("values.tsv", 3)) if row[2] != "-"]


def read_lines(name: str) -> list[str]:
    """Read the entries of a lexicon that has one a line.

    Raises:
        ConfigError: It is missing.
    """
    lines = find_resource(name, "config/lexicons").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]


def alternation(forms: Iterable[str]) -> str:
    r"""Return a regular expression for any of the forms, the longest first.

    Example:
        >>> alternation(("Sgt.", "Staff Sgt."))
        '(?:Staff\\ Sgt\\.|Sgt\\.)'
    """
    return "(?:" + "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))) + ")"
