"""One set of mentions out of several sources, and the fullest form of each name.

Conflicts: (1) a DATE, MONEY or QUANTITY rule replaces overlapping mentions of the model with the same label; (2) of two
other overlapping mentions the longer stands; (3) at equal length a rule stands before the model; (4) the lexicon adds
only where nothing else stands. Before that, a title that starts with a country or people loses it ("Russian" is NORP,
"Defence Minister" the TITLE).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.entities.lexicon import Mention, country_forms, find_countries

_ACRONYM = re.compile(r"[A-Z][A-Z0-9&-]{1,9}")
_SMALL = re.compile(r"[A-Z]")


def overlaps(a: Mention, b: Mention) -> bool:
    """Return whether two mentions share a character."""
    return a.start < b.end and b.start < a.end


def merge_mentions(model: Iterable[Mention], rules: Iterable[Mention], lexicon: Iterable[Mention]) -> list[Mention]:
    """Resolve conflicts by the rule in the module's docstring; the result is sorted and free of overlaps.

    Example:
        >>> model = [Mention(0, 14, "ORG", "model")]
        >>> lexicon = [Mention(0, 7, "NORP", "lexicon"), Mention(20, 25, "GPE", "lexicon")]
        >>> [m.label for m in merge_mentions(model, [], lexicon)]
        ['ORG', 'GPE']
    """
    rules = list(rules)
    measured = [rule for rule in rules if rule.label in ("DATE", "MONEY", "QUANTITY")]
    kept = [m for m in model if not any(m.label == rule.label and overlaps(m, rule) for rule in measured)]
    ranked = sorted([*rules, *kept], key=lambda m: (m.start - m.end, m.method == "model", m.start, m.label))
    chosen: list[Mention] = []
    for mention in [*ranked, *sorted(lexicon)]:
        if not any(overlaps(mention, other) for other in chosen):
            chosen.append(mention)
    return sorted(chosen)


def trim(text: str, mention: Mention) -> Mention | None:
    """Take a leading "the", a possessive ending and blanks off; None if nothing is left.

    Example:
        >>> trim("the Navy's", Mention(0, 10, "ORG", "model"))
        Mention(start=4, end=8, label='ORG', method='model')
    """
    start, end = mention.start, mention.end
    value = text[start:end]
    if value[:4].lower() == "the ":
        start += 4
    if value.endswith(("'s", "’s")):
        end -= 2
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return mention._replace(start=start, end=end) if start < end else None


def split_title(text: str, mention: Mention) -> Mention:
    """Take the name of a country or people off the front of a title; the lexicon finds it on its own.

    Example:
        >>> split_title("Norwegian Defence Minister", Mention(0, 26, "TITLE", "model"))
        Mention(start=10, end=26, label='TITLE', method='model')
    """
    if mention.label != "TITLE":
        return mention
    value = text[mention.start : mention.end]
    first = next(iter(find_countries(value)), None)
    if first is None or first.start or value[first.end : first.end + 1] != " ":
        return mention
    return mention._replace(start=mention.start + first.end + 1)


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
