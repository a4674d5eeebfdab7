"""Whether a place of the model is land or water, or a site, and no town: by the words in it and beside it.

Order: its last word (`Suwałki Gap`, `Zion Church`) → its first, as other languages have it (`Río Segovia`, `Plaza
Murillo`) → what it is called in small letters beside it (`the Znauri valley`, `the hill of Oqtepa`) → an article before
a place that is no country's, with nothing behind it (`fled across the Ene.`).

Where nothing is found behind `in`, `from` and the like, or behind a place and `and`, a capitalised word that English
hardly has is a place's name (`born in Poljče`): the frequent words of models/words are what English has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

from tasks.entities.lexicon import Mention, country_forms, has_no_english
from tasks.entities.merge import no_names
from tasks.lexicons import alternation, read_terms

_PLACES = frozenset({"GPE", "LOC"})
_ARTICLE = re.compile(r"\b[Tt]he $")
_SMALL = r"at|on|in|to|with|from|by|near|as|is|was|were|are|had|has"
_ALONE = re.compile(rf"(?:\.(?:\s|$|”|\")|,(?! [A-Z])|;|$|\n| (?:and|or) (?![A-Z])| (?:{_SMALL})(?!\w))")
_WORD = r"[^\W\d_a-z][^\W\d_]+(?:['’][^\W\d_]+)*"
_END = rf"(?=[.,;:)]|$|\n| (?:{_SMALL}|and|for|have|after|before|during|where|which|who|since|until|said)(?!\w))"
_NAME = rf"(?P<name>{_WORD}(?: {_WORD}){{0,2}}){_END}"
_LEADS = re.compile(r"\b(?:[Ii]n|[Aa]t|[Ff]rom|[Nn]ear|[Oo]utside) $")
_LED = re.compile(rf" (?:in|at|near|from|outside|of) {_NAME}")
_ALSO = re.compile(rf"(?:,|,? and) {_NAME}")
_PARTS = re.compile(r"(?P<part>.+?) (?P<link>of|in) (?:the )?(?P<whole>[A-ZÀ-Ž].*)")
_NEAR = 24  # characters before a place that are looked at


@cache
def _heads(label: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of last and of first words of places that have a label."""
    terms = read_terms("place_heads.tsv")
    last, first = alternation(terms[f"last.{label}"]), alternation(terms[f"first.{label}"])
    flags = re.IGNORECASE if label == "FAC" else 0
    return re.compile(rf".+[ -]{last}$", flags), re.compile(rf"{first} [A-ZÀ-Ž]", flags)


@cache
def _beside() -> tuple[re.Pattern[str], re.Pattern[str]]:
    terms = read_terms("place_heads.tsv")
    behind, before = alternation(terms["behind"]), alternation(terms["before"])
    return re.compile(rf" {behind}(?!\w)"), re.compile(rf"(?<!\w){before} of (?:the )?$")


@cache
def _has_part() -> re.Pattern[str]:
    """Return the pattern of names of a part of something."""
    return re.compile(rf".+ {alternation(read_terms('place_heads.tsv')['part'])}")


@cache
def _not_alone() -> frozenset[str]:
    """Return names of states that bear an article."""
    return frozenset(country_forms()) | frozenset(read_terms("place_heads.tsv")["with_article"])


def settle_place(text: str, mention: Mention) -> Mention:
    """Return a mention of the model with the label that the words in and beside a place say.

    Args:
        text: The line.
        mention: What the model found in it.

    Example:
        >>> text = "The Ems Gap and Río Alva lie off the hill of Orta, the Eno, by Zion Church."
        >>> found = [Mention(*span, "GPE", "model") for span in ((4, 11), (16, 24), (45, 49), (55, 58), (63, 74))]
        >>> [settle_place(text, mention).label for mention in found]
        ['LOC', 'LOC', 'LOC', 'LOC', 'FAC']
    """
    if mention.label not in _PLACES:
        return mention
    name = text[mention.start : mention.end]
    if name in country_forms():
        return mention
    for label in ("LOC", "FAC"):
        last, first = _heads(label)
        if last.match(name) or first.match(name):
            return mention._replace(label=label)
    if mention.label != "GPE":
        return mention
    behind, before = _beside()
    line = text[max(0, mention.start - _NEAR) : mention.start]
    is_land = behind.match(text, mention.end) or before.search(line)
    if not is_land and name not in _not_alone() and " " not in name and not name.isupper() and _ARTICLE.search(line):
        is_land = _ALONE.match(text, mention.end)
    return mention._replace(label="LOC") if is_land else mention


def part_place(text: str, mention: Mention) -> list[Mention]:
    """Return a place of the model that is two, one in the other, as both; of what is told to be in a state, the state.

    Example:
        >>> text = "West Coast of the United States, al-Shabaab in Somalia, Gulf of Oman"
        >>> found = [Mention(*span, "GPE", "model") for span in ((0, 31), (33, 54), (56, 68))]
        >>> [text[part.start:part.end] for mention in found for part in part_place(text, mention)]
        ['West Coast', 'United States', 'Somalia', 'Gulf of Oman']
    """
    name = text[mention.start : mention.end]
    if mention.label not in _PLACES or name in country_forms() or (hit := _PARTS.fullmatch(name)) is None:
        return [mention]
    whole = mention._replace(start=mention.start + hit.start("whole"))
    is_state = hit.group("whole") in country_forms()
    if hit.group("link") == "in":
        return [whole] if is_state else [mention]
    if not _has_part().fullmatch(hit.group("part")):
        return [mention]
    part = mention._replace(end=mention.start + hit.end("part"), label="LOC")
    return [part, whole if is_state else whole._replace(label=mention.label)]


def settle_places(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Return the model's mentions of a line with its places as `part_place` and `settle_place` have them."""
    return [settle_place(text, part) for mention in mentions for part in part_place(text, mention)]


def _is_unknown(hit: re.Match[str], mentions: Sequence[Mention]) -> bool:
    """Return whether a name is found by nothing else, and its words are none of English."""
    start, end = hit.span("name")
    name = hit.group("name")
    if name in no_names() or any(not word[1:].islower() for word in name.split()):
        return False
    return has_no_english(name) and not any(m.start < end and start < m.end for m in mentions)


def find_unknown(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Find places by what leads to them and by being no words of English, where nothing else was found.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> text = "He came from Portsoy, lives in Poljče and Vrbnje, in Opposition."
        >>> [text[m.start:m.end] for m in find_unknown(text, [])]
        ['Portsoy', 'Poljče', 'Vrbnje']
    """
    hits = (hit for hit in _LED.finditer(text) if _is_unknown(hit, mentions))
    found = [Mention(*hit.span("name"), "GPE", "rule:place") for hit in hits]
    places = [m.end for m in mentions if m.label == "GPE"]
    for end in [*places, *(m.end for m in found)]:
        if (also := _ALSO.match(text, end)) is not None and _is_unknown(also, [*mentions, *found]):
            found.append(Mention(*also.span("name"), "GPE", "rule:place"))
    return found


def settle_towns(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return mentions with what seems a person, of one word, as a town where the place that it lies in follows.

    Args:
        text: The line.
        mentions: What was found in it, sorted and free of overlaps.

    Example:
        >>> found = [Mention(3, 8, "PERSON", "model"), Mention(10, 15, "GPE", "model")]
        >>> [mention.label for mention in settle_towns("At Donna, Texas, it rained.", found)]
        ['GPE', 'GPE']
    """
    settled = list(mentions)
    for i, (mention, place) in enumerate(pairwise(mentions)):
        if (
            mention.label == "PERSON"
            and place.label == "GPE"
            and text[mention.end : place.start] == ", "
            and " " not in text[mention.start : mention.end]
            and _LEADS.search(text, max(0, mention.start - _NEAR), mention.start)
        ):
            settled[i] = mention._replace(label="GPE")
    return settled
