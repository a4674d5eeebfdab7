"""What was discussed and what was agreed, verbatim, and on whose invitation or initiative."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.engagements.actors import Actor
from tasks.engagements.release import Release, Span

_SUBJECT = re.compile(
    r"\b(?:discuss(?:ed|ing)?|exchanged (?:views|opinions) on|focused on|talked about|talks on|touched (?:up)?on|"
    r"covered|considered|reviewed|addressed|spoke about|conversation (?:dealt with|covered)|on the agenda:?)"
    r"(?: also)? (?=\w)"
)
_AGREED = re.compile(
    r"\b(?:agreed (?:to|on|that)|agreement (?:to|on)|reached agreements? on|committed to|undertook to|resolved to|"
    r"decided to|signed) (?=\w)"
)
_STOP = re.compile(
    r"\.(?=\s|$)|;|\n|, (?:and )?(?:as well as )?(?:agreed|said|noted|stressed|which|who)\b|, according to\b"
)
_INVITED = re.compile(
    r"\b(?:at|on|by) the (?:kind )?invitation of (?:the |his |her )?(?:\w+ counterpart,? )?|\baccepted (?:the )?"
)
_INITIATED = re.compile(r"\b(?:[Aa]t|[Oo]n|[Bb]y) the initiative of (?:the )?")
_OWN_INITIATIVE = re.compile(r"\b(?:[Aa]t|[Oo]n) (?:the )?(?=[A-Z][\w ]{1,30}['’]s? (?:initiative|request))")
_GOES_ON = re.compile(
    r"(?:They|Both (?:sides|parties|ministers|leaders)|The (?:two|sides|parties|ministers|presidents|leaders)"
    r"|The (?:interlocutors|conversation|call|talks|discussions?)"
    r"|During (?:the|their) (?:conversation|call|talks|meeting|discussions?),) "
    r"(?:\w+ ){0,4}?(?:also )?"
    r"(?:discussed|exchanged|reviewed|considered|touched|talked|covered|agreed|focused|focussed)\b"
)
_LONGEST = 300  # characters of a passage


def _passages(release: Release, opening: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    for hit in opening.finditer(release.text, start, end):
        if release.is_silent(hit.start()):
            continue
        stop = _STOP.search(release.text, hit.end(), end)
        last = min(stop.start() if stop else end, hit.end() + _LONGEST)
        while last > hit.end() and release.text[last - 1].isspace():
            last -= 1
        if last > hit.end():
            yield hit.end(), last


def end_of_account(release: Release, sentence: Span) -> int:
    """Return where an account ends that goes on with `They discussed …` or `The two sides agreed …`.

    Example:
        >>> text = "Ann Hill met Li Wei. They discussed gas. Later Ann Hill met Paul Berg. They discussed grain."
        >>> text[: end_of_account(Release(text, sentences=[(0, 20), (21, 40), (41, 70), (71, 92)]), (0, 20))]
        'Ann Hill met Li Wei. They discussed gas.'
    """
    end = sentence[1]
    for start, stop in release.sentences:
        if start >= end:
            if _GOES_ON.match(release.text, start) is None:
                break
            end = stop
    return end


def find_subjects(release: Release, start: int, end: int) -> list[Span]:
    """Return what a stretch says was discussed.

    Example:
        >>> text = "They discussed Idlib and gas supplies. The two agreed to meet again."
        >>> [text[slice(*span)] for span in find_subjects(Release(text), 0, len(text))]
        ['Idlib and gas supplies']
        >>> [text[slice(*span)] for span in find_agreements(Release(text), 0, len(text))]
        ['meet again']
    """
    return list(_passages(release, _SUBJECT, start, end))


def find_agreements(release: Release, start: int, end: int) -> list[Span]:
    """Return what a stretch says was agreed or signed."""
    return list(_passages(release, _AGREED, start, end))


def _named_after(actors: Sequence[Actor], at: int) -> Actor | None:
    return next((a for a in actors if a.phrase[0] <= at + 6 and a.end > at and a.country), None)


def find_inviter(release: Release, actors: Sequence[Actor], start: int, end: int) -> Actor | None:
    """Return who a stretch says invited."""
    for hit in _INVITED.finditer(release.text, start, end):
        actor = _named_after(actors, hit.end())
        if actor is not None and actor.phrase[1] > actor.phrase[0]:
            return actor
    return None


def find_initiator(release: Release, actors: Sequence[Actor], start: int, end: int) -> tuple[Span, str] | None:
    """Return on whose initiative a stretch says it was, and the country."""
    for pattern in (_INITIATED, _OWN_INITIATIVE):
        for hit in pattern.finditer(release.text, start, end):
            actor = _named_after(actors, hit.end())
            if actor is not None and actor.country and actor.phrase[1] > actor.phrase[0]:
                return actor.phrase, actor.country
    return None
