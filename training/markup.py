"""Annotated releases as text with their annotation in it: config/training/written.

Blocks are parted by a line `===`. In a block: head lines `key: value` (id, publisher, published_on, title), a line
`---`, the text, a line `---`, a line for each quotation. In the text `<LABEL>` … `</LABEL>` stand around a name,
`<q1>`, `<s1>`, `<c1>` around content, speaker and cue of the first quotation; content and cue may come in pieces. A
quotation's line is `1 direct | Full Name`: its number, its type, who speaks (`-`: not known).
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.schemas import LABELS, QUOTE_TYPES

_BLOCK, _PART = re.compile(r"(?m)^===\n"), re.compile(r"(?m)^---(?:\n|$)")
_TAG = re.compile(r"<(/?)([A-Z]+|[qsc]\d+)>")
_HEAD = re.compile(r"(id|publisher|published_on|title): (.+)")
_QUOTE = re.compile(r"(\d+) (\w+) \| (.+)")
_UNKNOWN = "-"

Span = tuple[int, int]


def read_marked(path: Path) -> list[dict[str, Any]]:
    """Read releases with their annotation in them, as the gold files have it: `read_releases`.

    Returns:
        id, publisher, published_on, title, text, entities (start, end, label), quotes (type, content, speaker,
        speaker_name, cue); offsets in code points of the text.

    Raises:
        InputError: A tag is unknown, stands in one of its like, or has no other end; a quotation has no line, a line
            no quotation.
    """
    releases: list[dict[str, Any]] = []
    for number, block in enumerate(filter(str.strip, _BLOCK.split(path.read_text(encoding="utf-8"))), 1):
        try:
            releases.append(parse_marked(block))
        except ValueError as error:
            raise InputError(f"{path}: release {number}: {error}") from error
    return releases


def parse_marked(block: str) -> dict[str, Any]:
    """Return a release out of a block.

    Raises:
        ValueError: It is malformed.

    Example:
        >>> text = "<s1><PERSON>Roe</PERSON></s1> <c1>said</c1> <q1>no</q1>."
        >>> release = parse_marked(f"id: a\\n---\\n{text}\\n---\\n1 indirect | Roe")
        >>> release["text"], release["entities"], release["quotes"][0]["content"]
        ('Roe said no.', [(0, 3, 'PERSON')], [(9, 11)])
    """
    head, marked, *tail = [part.removesuffix("\n") for part in _PART.split(block, maxsplit=2)] + [""]
    release: dict[str, Any] = {}
    for line in head.splitlines():
        key, value = _match(_HEAD, line).groups()
        release[key] = value
    text, spans = _take_tags(marked)
    quotes = [_make_quote(line, spans) for line in tail[0].splitlines()]
    if left := [tag for tag in spans if not tag.isupper()]:
        raise ValueError(f"no line for the quotation of {', '.join(left)}")
    entities = sorted((start, end, label) for label, found in spans.items() for start, end in found)
    return release | {"text": text, "entities": entities, "quotes": sorted(quotes, key=lambda quote: quote["content"])}


def _match(form: re.Pattern[str], line: str) -> re.Match[str]:
    if match := form.fullmatch(line.strip()):
        return match
    raise ValueError(f"cannot be read: {line!r}")


def _take_tags(marked: str) -> tuple[str, dict[str, list[Span]]]:
    """Return the text without its tags, and the spans of each."""
    text, at, started = "", 0, dict[str, int]()
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for match in _TAG.finditer(marked):
        text += marked[at : match.start()]
        at = match.end()
        is_end, tag = match.groups()
        if tag.isupper() and tag not in LABELS:
            raise ValueError(f"<{tag}> is no label")
        if is_end:
            if tag not in started:
                raise ValueError(f"</{tag}> closes nothing at {text[-40:]!r}")
            spans[tag].append((started.pop(tag), len(text)))
        elif tag in started or (tag.isupper() and any(map(str.isupper, started))):
            raise ValueError(f"<{tag}> stands in another at {text[-40:]!r}")
        else:
            started[tag] = len(text)
    if started:
        raise ValueError(f"not closed: {', '.join(started)}")
    return text + marked[at:], dict(spans)


def _make_quote(line: str, spans: dict[str, list[Span]]) -> dict[str, Any]:
    """Return a quotation, whose spans are taken out of `spans`."""
    number, kind, name = _match(_QUOTE, line).groups()
    if kind not in QUOTE_TYPES or f"q{number}" not in spans:
        raise ValueError(f"no such type, or no <q{number}>: {line!r}")
    content, speaker, cue = (spans.pop(f"{part}{number}", []) for part in "qsc")
    speaker_name = None if name == _UNKNOWN else name
    return {"type": kind, "content": content, "speaker": speaker, "speaker_name": speaker_name, "cue": cue}
