"""One set of mentions of a line out of what the model, the rules and the lexicons propose.

Conflicts, the rule:
1. A form stands before everything that it overlaps: ranks before a name, ship prefixes, hull numbers, designators,
   dates, amounts, measures, numbered formations. A form gives way to a longer mention with its own label that
   holds it (`Burke-class` in `Arleigh Burke-class`), except for dates, amounts and measures.
   What a form leaves of a model's mention stays (`Rear Adm. Kirk`: TITLE and the PERSON that is left) if it is a person.
2. Of a name of the lexicons or of a pattern and a mention of the model, the longer stands, at equal length the name.
3. Countries and peoples come last: they add where nothing stands, and correct the label of a mention of the model
   that covers exactly the same words.
Before that a title that starts with a country or people loses it ("Russian" is NORP, "Defence Minister" the TITLE).
"""

from __future__ import annotations

from collections.abc import Iterable

from tasks.entities.lexicon import Mention, find_countries

_MEASURED = ("DATE", "MONEY", "QUANTITY")


def overlaps(a: Mention, b: Mention) -> bool:
    """Return whether two mentions share a character."""
    return a.start < b.end and b.start < a.end


def _longest_first(mention: Mention) -> tuple[int, bool, int, str]:
    return (mention.start - mention.end, mention.method == "model", mention.start, mention.label)


def _choose(candidates: Iterable[Mention], chosen: list[Mention]) -> None:
    for mention in candidates:
        if not any(overlaps(mention, other) for other in chosen):
            chosen.append(mention)


def _rest(text: str, mention: Mention, forms: Iterable[Mention]) -> Mention | None:
    """Return what forms leave of the end of a model's person, None if nothing or no person."""
    over = [form for form in forms if overlaps(mention, form)]
    if not over or mention.label != "PERSON":
        return mention if not over else None
    start = max(form.end for form in over)
    rest = trim(text, mention._replace(start=min(start, mention.end)))
    return rest if rest and text[rest.start].isupper() else None


def merge_mentions(
    text: str,
    model: Iterable[Mention],
    forms: Iterable[Mention],
    names: Iterable[Mention],
    countries: Iterable[Mention],
) -> list[Mention]:
    """Resolve conflicts by the rule in the module's docstring; the result is sorted and free of overlaps.

    Args:
        text: The line.
        model: What the model found.
        forms: What rules found that go by an unmistakable form.
        names: What patterns and lexicons of names found.
        countries: Names of countries and peoples.

    Example:
        >>> text = "Rear Adm. Kirk met Syrian Arab Coalition leaders in Oslo."
        >>> model = [Mention(0, 14, "PERSON", "model"), Mention(19, 40, "ORG", "model"), Mention(52, 56, "ORG", "model")]
        >>> forms, countries = [Mention(0, 9, "TITLE", "rule:rank")], [Mention(19, 25, "NORP", "lexicon")]
        >>> merged = merge_mentions(text, model, forms, [Mention(52, 56, "GPE", "name")], countries)
        >>> [(m.label, text[m.start:m.end]) for m in merged]
        [('TITLE', 'Rear Adm.'), ('PERSON', 'Kirk'), ('ORG', 'Syrian Arab Coalition'), ('GPE', 'Oslo')]
    """
    model, forms, names = list(model), list(forms), list(names)
    wider = [
        form
        for form in forms
        if form.label not in _MEASURED
        for m in (*model, *names)
        if m.label == form.label and m.start <= form.start and form.end <= m.end and m[:2] != form[:2]
    ]
    chosen: list[Mention] = []
    _choose(sorted((form for form in forms if form not in wider), key=_longest_first), chosen)
    measured = {m.label for m in chosen if m.label in _MEASURED}
    left = [rest for m in model if (rest := _rest(text, m, chosen)) is not None]
    left = [m for m in left if m.label not in measured or not any(overlaps(m, c) for c in chosen)]
    known = {country[:2]: country for country in countries}
    left = [known.get(m[:2], m) for m in left]
    _choose(sorted([*left, *names], key=_longest_first), chosen)
    _choose(sorted(wider), chosen)
    _choose(sorted(known.values()), chosen)
    return sorted(chosen)


def trim(text: str, mention: Mention) -> Mention | None:
    """Take a leading "the", a possessive ending, quote marks, closing punctuation and blanks off; None if nothing is left.

    Example:
        >>> trim("the Navy's", Mention(0, 10, "ORG", "model"))
        Mention(start=4, end=8, label='ORG', method='model')
    """
    start, end = mention.start, mention.end
    value = text[start:end]
    if value[:4].lower() == "the ":
        start += 4
    while start < end and (text[start].isspace() or text[start] in "\"“”'‘(,;:-–—\u200e"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "\"“”,;:(-–—\u200e"):
        end -= 1
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    if text[start:end].endswith(")") and "(" not in text[start:end]:
        end -= 1
    if mention.label not in _MEASURED and mention.label != "TITLE" and end < len(text) and text[start:end].count("(") > text[start:end].count(")"):
        end += text[end] == ")"
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
