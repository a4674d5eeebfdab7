"""What belongs to a name and stands at its edges: year and parties before it, year, number or `Ltd` behind it.

Order: the form of a company behind its name → the year that an act is for or of, the full stop of `Calif.` → the
edition behind an event → the parties before a treaty, an event or a body (`China-Vietnam`) → the year before a treaty
(`1951 Mutual Defense Treaty`). What lies within goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tasks.entities.lexicon import Mention, country_forms
from tasks.labels import LABELS
from tasks.lexicons import alternation, read_terms

_EDITION = re.compile(
    r"(?: (?:[Mm]ilitary )?Exercise(?!\w))?"
    r"(?:[- ](?:(?:19|20)\d\d(?![/–-]\d)(?!\w)|[’'‘]?\d\d(?:-\d)?(?![\w%°])(?![:.,]\d)(?! [a-z]+s\b)))?"
)
_FISCAL = re.compile(r" for (?:Fiscal Year|FY) ?20\d\d(?!\w)")
_ENACTED = re.compile(r"(?<=Act|Law),? (?:19|20)\d\d(?![\w–/-])(?! (?:budget|fiscal))")
_YEAR = re.compile(r"(?:(?:Fiscal Year|FY) ?)?(?:19|20)\d\d $")


@cache
def _parties() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return parties that stand before a name, and one that is joined to the party that a name starts with."""
    party = alternation((*country_forms(), "NATO", "EU", "ASEAN", "Sino", "UN", "African Union"))
    first, more = rf"(?<![\w-]){party}", rf"(?: ?[-–] ?{party})"
    return re.compile(rf"{first}{more}{{1,2}} $"), re.compile(rf"{first}{more}?[-–]$")


@cache
def _states() -> frozenset[str]:
    """Return short names of states that end in a full stop."""
    return frozenset(form for form in read_terms("defence_names.tsv")["us_state_short"] if form.endswith("."))


@cache
def _company() -> re.Pattern[str]:
    return re.compile(rf",? {alternation(read_terms('name_heads.tsv')['company_form'])}(?!\w)")


def _start(text: str, mention: Mention) -> int:
    start = mention.start
    if not LABELS[mention.label].has_parties:
        return start
    line = text[max(0, start - 60) : start]
    if "-" not in line and "–" not in line and mention.label != "AGREEMENT":
        return start
    before, joined = _parties()
    is_joined = line[-1:] in ("-", "–") and text.startswith(tuple(country_forms()), start)
    if (parties := (joined if is_joined else before).search(line)) is not None:
        start -= len(parties.group())
    if mention.label == "AGREEMENT" and (year := _YEAR.search(text, max(0, start - 17), start)) is not None:
        start = year.start()
    return start


def widen(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Let names take in what stands at their edges; sorted, free of overlaps.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "Balikatan 2024 follows the 1951 U.S.-Philippines Mutual Defense Treaty, not Cobra Gold in 2023."
        >>> spans = ((0, 9, "EVENT"), (27, 31, "DATE"), (32, 36, "GPE"), (37, 48, "GPE"), (49, 70, "AGREEMENT"))
        >>> [text[m.start : m.end] for m in widen(text, [Mention(*span, "model") for span in spans])]
        ['Balikatan 2024', '1951 U.S.-Philippines Mutual Defense Treaty']
    """
    ends = {m.start: m.end for m in mentions}
    done: list[Mention] = []
    for mention in mentions:
        if done and done[-1].end > mention.start:
            continue
        start, end = _start(text, mention), mention.end
        if mention.label == "ORG" and (form := _company().match(text, end)) is not None:
            end = form.end()
        if mention.label == "AGREEMENT" and (year := _FISCAL.match(text, end) or _ENACTED.match(text, end)) is not None:
            end = year.end()
        if mention.label == "GPE" and f"{text[start:end]}." in _states() and text.startswith(".", end):
            end += 1
        if mention.label == "EVENT" and (edition := _EDITION.match(text, end)) is not None:
            behind = [at for at in range(end, edition.end()) if at in ends]
            end = edition.end() if all(ends[at] <= edition.end() for at in behind) else end
        while done and done[-1].end > start:
            if done[-1].start < start:
                start = mention.start
                break
            done.pop()
        done.append(mention._replace(start=start, end=end))
    return done
