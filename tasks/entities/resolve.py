"""One set of mentions out of several sources.

Conflicts: (1) a DATE, MONEY or QUANTITY rule replaces overlapping mentions of the model with the same label; (2) of two
other overlapping mentions the longer stands; (3) at equal length a rule stands before the model; (4) the lexicon adds
only where nothing else stands. Before that, a title that starts with a country or people loses it ("Russian" is NORP,
"Defence Minister" the TITLE).
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.entities.lexicon import Mention, find_countries


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
