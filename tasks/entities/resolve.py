"""The fullest form of each name in its document, and its key where a lexicon knows one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.entities.lexicon import Mention, country_forms

_ACRONYM = re.compile(r"[A-Z][A-Z0-9&-]{1,9}")
_SMALL = re.compile(r"[A-Z]")


class Resolved(NamedTuple):
    """The fullest form of a name in its document, and its key where a lexicon knows one."""

    canonical: str
    canonical_id: str | None


def _initials(name: str) -> str:
    return "".join(_SMALL.findall(name))


def resolve_names(text: str, mentions: Sequence[Mention]) -> list[Resolved]:
    """Resolve every mention of a document, in order.

    A bracketed acronym right after a name whose capitals spell it stands for that name; a part of a person's name
    stands for the one person whose name ends (or else begins) with it; a form of a country stands for its longest.
    Where
    two would do, the mention stands for itself.

    Example:
        >>> text = "Ministry of National Defense (MND) ... MND"
        >>> spans = [(0, 28), (30, 33), (39, 42)]
        >>> {r.canonical for r in resolve_names(text, [Mention(s, e, "ORG", "model") for s, e in spans])}
        {'Ministry of National Defense'}
    """
    values = [" ".join(text[m.start : m.end].split()) for m in mentions]
    long_forms: dict[str, str] = {}
    for i in range(1, len(mentions)):
        gap = text[mentions[i - 1].end : mentions[i].start]
        if gap == " (" and _ACRONYM.fullmatch(values[i]) and _initials(values[i - 1]).endswith(values[i]):
            long_forms.setdefault(values[i], values[i - 1])
    people = sorted({value for value, m in zip(values, mentions, strict=True) if m.label == "PERSON" and " " in value})
    by_last: dict[str, set[str]] = {}
    by_first: dict[str, set[str]] = {}
    for name in people:
        words = name.casefold().split()
        for i in range(1, len(words)):
            by_last.setdefault(" ".join(words[i:]), set()).add(name)
            by_first.setdefault(" ".join(words[:i]), set()).add(name)
    forms = country_forms()
    longest: dict[str, str] = {}
    for value, mention in zip(values, mentions, strict=True):
        if mention.label == "GPE" and value in forms:
            iso = forms[value][0]
            longest[iso] = max(longest.get(iso, ""), value, key=len)

    resolved: list[Resolved] = []
    for value, mention in zip(values, mentions, strict=True):
        known = forms.get(value)
        if known is not None and mention.label == known[1]:
            resolved.append(Resolved(longest[known[0]] if known[1] == "GPE" else value, f"iso:{known[0]}"))
        elif mention.label == "PERSON":
            named = by_last.get(value.casefold()) or by_first.get(value.casefold()) or set()
            resolved.append(Resolved(next(iter(named)) if len(named) == 1 else value, None))
        else:
            resolved.append(Resolved(long_forms.get(value, value), None))
    return resolved
