"""What countries are called, in the report and in the explorer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from tasks.lexicons import read_rows


@cache
def country_names() -> dict[str, str]:
    """Return what countries are called: the project's own name, else a short one, else an alias of its own list.

    Example:
        >>> country_names()["DOM"]
        'Dominican Republic'
    """
    forms: dict[str, list[str]] = defaultdict(list)
    for code, kind, form in read_rows("countries.tsv", 3):
        if kind == "name":
            forms[code].append(form)
    found = {code: min(known, key=lambda form: _unfit(form, known)) for code, known in forms.items()}
    own = list(reversed(read_rows("countries_extra.tsv", 3)))  # of several the first stays
    has_plain = {code for code, known in forms.items() if any(map(_is_plain, known))}
    found |= {c: form for c, kind, form in own if kind == "alias" and _is_plain(form) and c not in has_plain}
    return found | {code: form for code, kind, form in own if kind == "name"}


def _is_plain(form: str) -> bool:
    return not (" of " in form or "." in form or form.startswith("The ") or form.isupper())


def _unfit(form: str, known: Sequence[str]) -> tuple[bool, bool, int, str]:
    """Return what is less the better a form is a short name: one that is misspelt stands in no other."""
    return not _is_plain(form), not any(form in other for other in known if form != other), len(form), form
