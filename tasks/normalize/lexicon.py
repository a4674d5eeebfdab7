"""The stage's word lists, from config/lexicons."""

from __future__ import annotations

from functools import cache

from tasks.errors import ConfigError
from tasks.resources import find_resource


@cache
def _rows(name: str) -> list[list[str]]:
    path = find_resource(name, "config/lexicons")
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    width = len(lines[0].split("\t")) if lines else 0
    rows = [line.split("\t") for line in lines[1:]]
    if not rows or any(len(row) != width for row in rows):
        raise ConfigError(f"{path}: not a table of {width} columns")
    return rows


@cache
def load_abbreviations(kind: str) -> frozenset[str]:
    """Return the forms of a kind: title, word or starter."""
    return frozenset(form for row_kind, form in _rows("abbreviations.tsv") if row_kind == kind)


@cache
def load_stubs() -> frozenset[str]:
    """Return the lines that belong to a page and not to a release, without spaces, in lower case."""
    return frozenset(form for (form,) in _rows("stubs.tsv"))
