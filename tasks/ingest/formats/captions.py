"""Captions: WebVTT and SubRip. Cues are joined into paragraphs; a new one begins where another person speaks.

Lines → cues → their text without tags → paragraphs. Who speaks is a tag (`<v Name>`) or a label before the text; what
marks a change alone (`- `, `>> `) begins a paragraph too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import IO

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.encoding import decode_text
from tasks.ingest.formats.record import Item, Reader, excerpt, read_all, stem
from tasks.settings import Limits

_TIMING = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")
_HEADER = re.compile(r"WEBVTT(?:[ \t]+-?[ \t]*(.{1,300}))?")
_VOICE = re.compile(r"<v(?:\.[\w.-]{1,50})?[ \t]+([^<>]{1,100})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,100}>|<[\d:.]{5,15}>|\{\\[^{}\n]{1,100}\}")
_CHANGE = re.compile(r"(?:-|–|—|>{2,3})[ \t]*")
_LABEL = re.compile(r"[A-Z][\w.' -]{1,60}:[ \t]")


def _read_captions(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    data = read_all(stream, limits)
    text = decode_text(data).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = _join(_cues(text.split("\n")))
    if not paragraphs:
        raise RecordRejected(RejectCode.NO_TEXT, "no caption with a text", excerpt(data))
    header = _HEADER.match(text)
    title = header.group(1) if header else None
    yield 0, {"id": stem(name), "title": title, "kind": "transcript", "text": "\n".join(paragraphs)}


def _cues(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines of each cue. Notes, styles and what stands before the first timing are none."""
    cue: list[str] | None = None
    for line in lines:
        if _TIMING.match(line):
            if cue and cue[-1].strip().isdigit():  # the number of the next cue, with no blank line before it
                cue.pop()
            yield cue or []
            cue = []
        elif not line.strip():
            yield cue or []
            cue = None
        elif cue is not None:
            cue.append(line)
    yield cue or []


def _join(cues: Iterator[list[str]]) -> list[str]:
    """Return the paragraphs. A line that the cue before had too, as captions that roll have it, counts once."""
    paragraphs: list[list[str]] = []
    before: list[str] = []
    speaker = None
    for cue in cues:
        if not cue:
            continue
        for line in cue:
            voice = _VOICE.search(line)
            name = " ".join(html.unescape(voice.group(1)).split()) if voice else None
            bare = html.unescape(_TAG.sub("", line)).strip()
            change = _CHANGE.match(bare)
            bare = bare[change.end() :] if change else bare
            if not bare or line in before:
                continue
            if name and name != speaker:
                paragraphs.append([f"{name}: {bare}"])
            elif not paragraphs or change or _LABEL.match(bare):
                paragraphs.append([bare])
            else:
                paragraphs[-1].append(bare)
            speaker = name or (None if change else speaker)
        before = cue
    return [" ".join(lines) for lines in paragraphs]


READERS: dict[str, Reader] = {"vtt": _read_captions, "srt": _read_captions}
