"""The ports that warships call at, each with its country.

Order: the places behind a trigger, as the entities or the lexicon of ports have them → of a list the first of each
country → where none stands behind it, the one right before it → the country: the place's own, the lexicon's, that of
the people whose port it is said to be, that which the report is from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tasks.engagements.countries import country_of
from tasks.engagements.release import Mention, Span
from tasks.engagements.scene import Scene
from tasks.engagements.where import country_of_place
from tasks.lexicons import read_rows

_PLACES = frozenset({"GPE", "FAC", "LOC"})
_WORD = re.compile(r"[^\W\d_]+")
_AT_ONCE = 60  # characters to a port
_NEXT_PORT = re.compile(r"(?:,|,? and|,? then|,? before)(?: (?:in|at|then|on to|to))? ")
#: Behind a port's name, what it lies in: `Port Klang, Malaysia`.
_LIES_IN = re.compile(r", (?:in )?|,? in (?:the )?")
_DATELINE = re.compile(r",? ?(?:\(|[–—-]|,|\.|\d|[A-Z][a-z]+ \d)")
#: Of whose port that is the text names the country: `the Vietnamese port of Cam Ranh`.
_PORT_OF = re.compile(r"(?:['’]s)? (?:\w+ ){0,2}(?:sea)?port (?:city )?(?:of )?$")


@cache
def _forms() -> dict[str, str]:
    return {form: f"iso:{iso}" for form, iso in read_rows("ports.tsv", 2)}


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    """Return the names of ports by their first words, the longest first."""
    found: dict[str, list[str]] = {}
    for form in sorted(_forms(), key=len, reverse=True):
        found.setdefault(_WORD.findall(form)[0], []).append(form)
    return {word: tuple(forms) for word, forms in found.items()}


def _known(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the stretches that name a port of the lexicon."""
    for word in _WORD.finditer(text, start, end):
        for form in _by_word().get(word[0], ()):
            stop = word.start() + len(form)
            if stop <= end and text.startswith(form, word.start()) and not text[stop : stop + 1].isalnum():
                yield word.start(), stop
                break


def _places(scene: Scene, start: int, end: int) -> list[Mention]:
    """Return the places in a stretch, those that only the lexicon of ports knows among them, from left to right."""
    mentions = scene.cast.release.within(start, end)
    places = [m for m in mentions if m.label in _PLACES]
    for span in _known(scene.text, start, end):
        if not any(m.start < span[1] and span[0] < m.end for m in places):
            places.append(next((m for m in mentions if m[:2] == span), Mention(*span, "LOC", "")))
    return sorted(places)


def find_ports(scene: Scene, at: int, is_visit: bool) -> list[tuple[Mention, str]]:
    """Return the ports of a list behind an offset, the first of each country; else the one right before the trigger.

    Args:
        scene: The trigger.
        at: Where the list may start.
        is_visit: Whether the trigger says that the port is a foreign one: `goodwill visit`.
    """
    text = scene.text
    listed: list[Mention] = []
    last = at
    for place in _places(scene, at, min(scene.end, at + 4 * _AT_ONCE)):
        gap = text[last : place.start]
        lies_in = listed and _LIES_IN.fullmatch(gap)
        if not lies_in and not (_NEXT_PORT.fullmatch(gap) if listed else len(gap) < _AT_ONCE and ";" not in gap):
            break
        listed.append(place)
        last = place.end
    if not listed and not text.endswith((" in", " at", " into", " off"), scene.hit.start, scene.hit.end):
        listed = _places(scene, max(scene.start, scene.hit.start - _AT_ONCE), scene.hit.start)[-1:]
    ports: dict[str, Mention] = {}
    for place in listed:
        if country := country_of_port(scene, place, is_visit):
            ports.setdefault(country, place)
    return [(place, country) for country, place in ports.items()]


def country_of_port(scene: Scene, port: Mention, is_visit: bool) -> str | None:
    """Return the country of a port; of one that no lexicon has, that of the place where the report is from."""
    release, text = scene.cast.release, scene.text
    if found := country_of_place(release, port):
        return found
    if known := next(_known(text, port.start, port.end), None):
        return _forms()[text[slice(*known)]]
    for owner in release.within(max(scene.start, port.start - 40), port.start)[-1:]:
        if owner.label in ("NORP", "GPE") and _PORT_OF.fullmatch(text[owner.end : port.start]):
            return country_of(owner, text)
    first = next(iter(release.mentions), None)
    is_ours = port.label == "FAC" or is_visit
    if is_ours and first and first.label == "GPE" and first.start < _AT_ONCE and first.end <= scene.hit.start:
        return country_of_place(release, first) if _DATELINE.match(text, first.end) else None
    return None
