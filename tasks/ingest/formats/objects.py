"""JSON: an object a line, an array of objects, an object that wraps one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

import ijson
from ijson.common import ObjectBuilder

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values, as_record, excerpt, read_lines
from tasks.ingest.streams import SAMPLE, Recoded, peek, peek_encoding
from tasks.settings import Limits

_OWN_TEXT = 2000  # characters that no description of a list of releases has


def _read_jsonl(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    stream, encoding = peek_encoding(stream)
    if encoding.startswith(("utf-16", "utf-32")):
        stream = io.BufferedReader(Recoded(stream, encoding))
        encoding = "utf-8"
    number = 0
    for line in read_lines(stream, limits):
        if isinstance(line, RecordRejected):
            yield number, line
        elif line.strip(b" \t\r\n\0"):
            yield number, _parse_line(line, encoding)
        else:
            continue
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the file holds no records")


def _parse_line(line: bytes, encoding: str) -> Values | RecordRejected:
    try:
        value = json.loads(line.decode(encoding))
    except UnicodeDecodeError as error:
        return RecordRejected(RejectCode.BAD_ENCODING, f"not {encoding}: {error.reason}", excerpt(line))
    except (ValueError, RecursionError) as error:
        return RecordRejected(RejectCode.BAD_RECORD, f"not JSON: {error}", excerpt(line))
    return as_record(value)


def _read_json(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read an array of objects, an object that holds one, a single object, or objects one after another."""
    start, stream, _ = peek(stream)
    first_line, _, more = start.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if first_line.startswith(b"{") and more.lstrip()[:1] == b"{" and isinstance(_parse_line(first_line, "utf-8"), dict):
        yield from _read_jsonl(stream, name, limits)
        return
    stream, encoding = peek_encoding(stream)
    if encoding != "utf-8":
        stream = io.BufferedReader(Recoded(stream, encoding))
    if len(start) < SAMPLE:  # the whole file: an object may be told from a list of objects by looking at it
        data = stream.read()
        values = _parse_line(data, "utf-8")
        if isinstance(values, Mapping):
            yield from enumerate(_find_records(values))
            return
        stream = io.BufferedReader(io.BytesIO(data))
    yield from _stream_json(stream)


def _find_records(values: Values) -> Sequence[Values]:
    """Return the objects of a list that an object wraps, or the object if it is a record that has a list.

    The text tells: it is the longest string of all, in the list's objects or beside the list.
    """
    lists = (v for v in values.values() if isinstance(v, list) and v and all(isinstance(o, dict) for o in v))
    inner: list[Values] = max(lists, key=lambda records: max(map(_longest_string, records)), default=[])
    return inner if inner and max(map(_longest_string, inner)) > _longest_string(values) else [values]


def _longest_string(values: Values) -> int:
    return max((len(v) for v in values.values() if isinstance(v, str)), default=0)


def _stream_json(stream: IO[bytes]) -> Iterator[Item]:
    """Yield the elements of the first array of objects, at the top or one level below it."""
    number = 0
    builder: ObjectBuilder | None = None
    item = ""
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True):
            if builder is None and prefix.count(".") <= 1 and prefix.endswith("item") and (not item or prefix == item):
                if event == "start_map":
                    item, builder = prefix, ObjectBuilder()
                elif event in ("string", "number", "boolean", "null") and prefix == "item":
                    yield number, as_record(value)
                    number += 1
            if event == "string" and "." not in prefix and len(value) > _OWN_TEXT:
                message = "an object that has a text of its own beside lists of objects; write one object a line"
                yield number, RecordRejected(RejectCode.BAD_RECORD, message, value[:EXCERPT])
                return
            if builder is not None:
                builder.event(event, value)
                if event == "end_map" and prefix == item:
                    yield number, as_record(builder.value)
                    number, builder = number + 1, None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield number, RecordRejected(RejectCode.BAD_RECORD, f"the JSON cannot be read further: {error}")
        return
    if not number:
        yield None, RecordRejected(RejectCode.EMPTY, "the file holds no records")


READERS: dict[str, Reader] = {"jsonl": _read_jsonl, "ndjson": _read_jsonl, "json": _read_json}
