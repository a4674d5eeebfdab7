"""JSON: an object a line, an array of objects, an object that wraps one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import ijson
from ijson.common import ObjectBuilder

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values, as_record, excerpt, read_lines, too_large
from tasks.ingest.streams import SAMPLE, Recoded, peek, peek_encoding
from tasks.settings import Limits

_OWN_TEXT = 2000  # characters that no description of a list of releases has
_CHUNK = 1 << 19  # bytes that the parser is given at a time
_NAMED = 8  # levels that have prefixes of their own
_UNNAMED = "..."
_TOO_DEEP = "too_deep"


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
        return as_record(json.loads(line.decode(encoding)))
    except UnicodeDecodeError as error:
        return RecordRejected(RejectCode.BAD_ENCODING, f"not {encoding}: {error.reason}", excerpt(line))
    except RecursionError:
        return RecordRejected(RejectCode.TOO_DEEP, "its values lie too deep in one another", excerpt(line))
    except ValueError as error:
        return RecordRejected(RejectCode.BAD_RECORD, f"not JSON: {error}", excerpt(line))


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
    yield from _stream_json(stream, limits)


def _find_records(values: Values) -> Sequence[Values]:
    """Return the objects of a list that an object wraps, or the object if it is a record that has a list.

    The text tells: it is the longest string of all, in the list's objects or beside the list.
    """
    lists = (v for v in values.values() if isinstance(v, list) and v and all(isinstance(o, dict) for o in v))
    inner: list[Values] = max(lists, key=lambda records: max(map(_longest_string, records)), default=[])
    return inner if inner and max(map(_longest_string, inner)) > _longest_string(values) else [values]


def _longest_string(values: Values) -> int:
    return max((len(v) for v in values.values() if isinstance(v, str)), default=0)


def _stream_json(stream: IO[bytes], limits: Limits) -> Iterator[Item]:
    """Yield the elements of the first array of objects, at the top or one level below it."""
    number = size = 0
    builder: ObjectBuilder | None = None
    reason: RecordRejected | None = None  # why the element is refused that is being read
    item = ""
    try:
        for prefix, event, value in _read_events(stream, limits):
            if builder is None and prefix.count(".") <= 1 and prefix.endswith("item") and (not item or prefix == item):
                if event == "start_map":
                    item, builder, reason, size = prefix, ObjectBuilder(), None, 0
                elif event in ("string", "number", "boolean", "null") and prefix == "item":
                    yield number, as_record(value)
                    number += 1
            if event == "string" and "." not in prefix and len(value) > _OWN_TEXT:
                message = "an object that has a text of its own beside lists of objects; write one object a line"
                yield number, RecordRejected(RejectCode.BAD_RECORD, message, value[:EXCERPT])
                return
            if event == _TOO_DEEP:
                reason = RecordRejected(RejectCode.TOO_DEEP, f"deeper than ingest.limits.nesting = {limits.nesting}")
                if builder is None:
                    raise reason
            if builder is not None and reason is None:
                builder.event(event, value)
                size += len(value) if isinstance(value, str) else 1
                if size > limits.record_bytes:
                    reason = too_large(limits, b"")
            if builder is not None and event == "end_map" and prefix == item:
                yield number, reason or as_record(builder.value)
                number, builder = number + 1, None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield number, RecordRejected(RejectCode.BAD_RECORD, f"the JSON cannot be read further: {error}")
        return
    if not number:
        yield None, RecordRejected(RejectCode.EMPTY, "the file holds no records")


class _Tokens:
    """A stream for a parser that looks at a token anew with each block: a token is no larger than a record may be."""

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self.size = 0  # bytes since the parser said something

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self.size += len(block)
        if self.size > self._limits.record_bytes + _CHUNK:
            raise too_large(self._limits, block)
        return block


def _read_events(stream: IO[bytes], limits: Limits) -> Iterator[tuple[str, str, Any]]:
    """Yield what `ijson.parse` does, (prefix, event, value), in linear time: below some levels all prefixes are one.

    What lies deeper than the limit is left out; an event _TOO_DEEP stands in its place.
    """
    tokens = _Tokens(stream, limits)
    above = [""]  # what the next value in each open container is called
    depth = 0
    for event, value in ijson.basic_parse(tokens, use_float=True, buf_size=_CHUNK):
        tokens.size = 0
        if event == "start_map" or event == "start_array":
            depth += 1
            if depth > limits.nesting:
                if depth == limits.nesting + 1:
                    yield above[-1], _TOO_DEEP, None
                continue
            yield above[-1], event, value
            above.append(_below(above[-1], "item", depth))
        elif event == "end_map" or event == "end_array":
            depth -= 1
            if depth < limits.nesting:
                above.pop()
                yield above[-1], event, value
        elif depth <= limits.nesting:
            if event == "map_key":
                yield above[-2], event, value
                above[-1] = _below(above[-2], value[:EXCERPT], depth)
            else:
                yield above[-1], event, value


def _below(prefix: str, name: str, depth: int) -> str:
    if depth > _NAMED:
        return _UNNAMED
    return name if depth == 1 else f"{prefix}.{name}"


READERS: dict[str, Reader] = {"jsonl": _read_jsonl, "ndjson": _read_jsonl, "json": _read_json}
