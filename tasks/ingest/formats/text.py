"""Plain text, and Markdown with front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import yaml

from tasks.ingest.encoding import decode_text
from tasks.ingest.formats.record import Item, Reader, read_all, stem
from tasks.settings import Limits

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)


def _read_txt(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield 0, {"id": stem(name), "text": decode_text(read_all(stream, limits))}


def _read_md(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    text = decode_text(read_all(stream, limits))
    values: dict[str, object] = {"id": stem(name)}
    if front := _FRONT_MATTER.match(text):
        values |= _parse_front_matter(front.group(1))
        text = text[front.end() :].lstrip("\r\n")
    yield 0, values | {"text": text}


def _parse_front_matter(block: str) -> dict[str, object]:
    """Read the scalars of a YAML block as strings; a block that is no YAML line by line."""
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        loaded = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
    if not isinstance(loaded, dict):
        return {}
    return {str(k).strip(): v.strip().strip("\"'") for k, v in loaded.items() if isinstance(v, str)}


READERS: dict[str, Reader] = {"txt": _read_txt, "text": _read_txt, "md": _read_md, "markdown": _read_md}
