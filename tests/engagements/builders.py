"""Documents for the rules of engagements: text with its mentions marked.

`[PERSON Ivan Orlov|person:x]` is a mention with its label, text and key; the mark is taken out and its offsets are kept.
"""

from __future__ import annotations

import re
from datetime import date

from tasks.engagements.find import Engagement, find_engagements
from tasks.engagements.release import Mention, Release, Span

_MARK = re.compile(r"\[([A-Z]+) ([^\]|]+)(?:\|([^\]]*))?\]")
_ISO = {
    "Russia": "RUS", "Russian": "RUS", "Turkey": "TUR", "Turkish": "TUR", "Tonga": "TON", "Tongan": "TON", "Oman": "OMN",
    "Estonia": "EST", "Latvia": "LVA", "Fiji": "FJI", "Ukraine": "UKR", "Germany": "DEU", "Afghan": "AFG", "Chile": "CHL",
}  # fmt: skip
#: A Thursday.
DAY = date(2024, 5, 16)


def release(marked: str, published: date | None = DAY, country: str | None = "RUS", **more: object) -> Release:
    """Return a document; a sentence ends with a full stop and a blank or line break."""
    mentions: list[Mention] = []
    text = ""
    at = 0
    for hit in _MARK.finditer(marked):
        text += marked[at : hit.start()]
        label, name, key = hit.groups()
        iso = _ISO.get(name)
        own = f"iso:{iso}" if iso and key is None else key
        value = key if label == "DATE" else None
        number = f"e{len(mentions)}"
        mentions.append(Mention(len(text), len(text) + len(name), label, number, name, None if value else own, value))
        text += name
        at = hit.end()
    text += marked[at:]
    ends = [*(hit.end() for hit in re.finditer(r"\.\s+|\n", text)), len(text)]
    sentences: list[Span] = []
    start = 0
    for end in ends:
        if text[start:end].strip():
            sentences.append((start, start + len(text[start:end].rstrip())))
        start = end
    return Release(text, published=published, country=country, sentences=sentences, mentions=mentions, **more)  # type: ignore[arg-type]


def tell(marked: str, **more: object) -> list[tuple[str, str, list[str], str]]:
    """Return type, status, countries without prefix, and evidence of what a document tells."""
    own = release(marked, **more)  # type: ignore[arg-type]
    return [say(one, own) for one in find_engagements(own)]


def say(one: Engagement, own: Release) -> tuple[str, str, list[str], str]:
    """Return an engagement in short."""
    sides = sorted(side.removeprefix("iso:") for side in one.countries)
    return one.type, one.status, sides, own.text[slice(*one.evidence)]
