"""JSON: an object a line, an array of objects, an object that wraps one; several of them one after another.

Commas before closing brackets and behind lines are taken out, and the log says so.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import ijson
from ijson.common import ObjectBuilder

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.commas import WithoutCommas, drop_commas
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values, as_record, excerpt, read_lines, too_large
from tasks.ingest.streams import SAMPLE, Recoded, peek, peek_encoding
from tasks.settings import Limits

logger = logging.getLogger(__name__)

_BLANKS = b"\xef\xbb\xbf \t\r\n"
_DEPTH = 4  # objects in objects in which a list of records, or its text, is looked for
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
    start, stream, _ = peek(stream)
    first_line = start.lstrip(_BLANKS).partition(b"\n")[0].strip()
    if first_line in (b"[", b"{") or first_line.startswith(b"[{"):
        yield from _read_json(stream, name, limits)  # as it should be named
        return
    number = repaired = 0
    for line in read_lines(stream, limits):
        if isinstance(line, RecordRejected):
            yield number, line
        elif line.strip(b" \t\r\n\0"):
            values, is_repaired = _parse_line(line, encoding)
            repaired += is_repaired
            yield number, values
        else:
            continue
        number += 1
    if repaired:
        logger.warning("%s: %d lines with a comma too many, read without it", name, repaired)
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the file holds no records")


def _parse_line(line: bytes, encoding: str) -> tuple[Values | RecordRejected, bool]:
    """Return the object of a line, or why there is none; and whether a comma was taken out."""
    try:
        return as_record(json.loads(line.decode(encoding))), False
    except UnicodeDecodeError as error:
        return RecordRejected(RejectCode.BAD_ENCODING, f"not {encoding}: {error.reason}", excerpt(line)), False
    except RecursionError:
        return RecordRejected(RejectCode.TOO_DEEP, "its values lie too deep in one another", excerpt(line)), False
    except ValueError as error:
        bare, _, _ = drop_commas(line.strip().rstrip(b","))
        if (value := _load(bare, encoding)) is not None:
            return as_record(value), True
        return RecordRejected(RejectCode.BAD_RECORD, f"not JSON: {error}", excerpt(line)), False


def _load(data: bytes, encoding: str) -> object | None:
    try:
        value: object = json.loads(data.decode(encoding))
    except (ValueError, RecursionError):
        return None
    return value


def _read_json(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read an array of objects, an object that holds one, a single object, or any of these one after another."""
    start, stream, _ = peek(stream)
    first_line, _, more = start.lstrip(_BLANKS).partition(b"\n")
    if first_line.startswith(b"{") and more.lstrip()[:1] == b"{":
        values, _ = _parse_line(first_line, "utf-8")
        if isinstance(values, Mapping):
            yield from _read_jsonl(stream, name, limits)
            return
    stream, encoding = peek_encoding(stream)
    if encoding != "utf-8":
        stream = io.BufferedReader(Recoded(stream, encoding))
    if len(start) < SAMPLE:  # the whole file: an object may be told from a list of objects by looking at it
        data = stream.read()
        whole = _load(drop_commas(data)[0], "utf-8")
        if isinstance(whole, dict):
            yield from enumerate(_find_records(whole))
            return
        stream = io.BufferedReader(io.BytesIO(data))
    bare = WithoutCommas(stream, limits.record_bytes)
    yield from (_stream_objects if _is_sequence(start) else _stream_json)(io.BufferedReader(bare, 1 << 16), limits)
    if bare.dropped:
        logger.warning("%s: %d commas before a closing bracket, read without them", name, bare.dropped)


def _is_sequence(start: bytes) -> bool:
    """Tell objects that stand one after another, on several lines each, from one that wraps a list."""
    text = start.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and text[end:].lstrip()[:1] == "{"


def _find_records(values: Values) -> Sequence[Values]:
    """Return the objects of a list that an object wraps, or the object if it is a record that has a list.

    The text tells: it is the longest string of all, in the list's objects or beside the list.
    """
    inner: list[Values] = max(
        _lists(values, _DEPTH), key=lambda objects: max(map(_longest_string, objects)), default=[]
    )
    return inner if inner and max(map(_longest_string, inner)) > _longest_string(values) else [values]


def _lists(values: Values, depth: int) -> Iterator[list[Values]]:
    """Yield the lists of objects in an object, and in the objects in it."""
    for value in values.values():
        if isinstance(value, list) and value and all(isinstance(o, dict) for o in value):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _lists(value, depth - 1)


def _longest_string(values: Values, depth: int = _DEPTH) -> int:
    """Return the length of the longest string in an object, also one in the objects in it, not in its lists."""
    lengths = (
        len(v) if isinstance(v, str) else _longest_string(v, depth - 1) if isinstance(v, dict) and depth else 0
        for v in values.values()
    )
    return max(lengths, default=0)


class _Element:
    """An element that is being read, within the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._builder = ObjectBuilder()
        self._size = 0
        self._reason: RecordRejected | None = None  # why it is refused

    def add(self, event: str, value: Any) -> None:
        """Take what the parser says of it."""
        if event == _TOO_DEEP:
            self._reason = _too_deep(self._limits)
        if self._reason is not None:
            return
        self._builder.event(event, value)
        self._size += len(value) if isinstance(value, str) else 1
        if self._size > self._limits.record_bytes:
            self._reason = too_large(self._limits, b"")

    def end(self) -> Values | RecordRejected:
        """Return it, or why it is refused."""
        return self._reason or as_record(self._builder.value)


def _too_deep(limits: Limits) -> RecordRejected:
    return RecordRejected(RejectCode.TOO_DEEP, f"deeper than ingest.limits.nesting = {limits.nesting}")


def _stream_objects(stream: IO[bytes], limits: Limits) -> Iterator[Item]:
    """Yield objects that stand one after another, or what lists in them hold."""
    number = 0
    element: _Element | None = None
    try:
        for prefix, event, value in _read_events(stream, limits):
            if element is None and event == "start_map":
                element = _Element(limits)
            if element is None:
                continue
            element.add(event, value)
            if event == "end_map" and not prefix:
                values = element.end()
                for found in [values] if isinstance(values, RecordRejected) else _find_records(values):
                    yield number, found
                    number += 1
                element = None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield number, RecordRejected(RejectCode.BAD_RECORD, f"the JSON cannot be read further: {error}")


def _stream_json(stream: IO[bytes], limits: Limits) -> Iterator[Item]:
    """Yield the elements of the first array of objects, at the top or one level below it; of each that is appended."""
    number = 0
    element: _Element | None = None
    item = ""
    try:
        for prefix, event, value in _read_events(stream, limits):
            if element is None and prefix.count(".") <= 1 and prefix.endswith("item") and (not item or prefix == item):
                if event == "start_map":
                    item, element = prefix, _Element(limits)
                elif event in ("string", "number", "boolean", "null") and prefix == "item":
                    yield number, as_record(value)
                    number += 1
            if event == "string" and "." not in prefix and len(value) > _OWN_TEXT:
                message = "an object that has a text of its own beside lists of objects; write one object a line"
                yield number, RecordRejected(RejectCode.BAD_RECORD, message, value[:EXCERPT])
                return
            if element is not None:
                element.add(event, value)
                if event == "end_map" and prefix == item:
                    yield number, element.end()
                    number, element = number + 1, None
            elif event == _TOO_DEEP:
                raise _too_deep(limits)
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
    for event, value in ijson.basic_parse(tokens, use_float=True, multiple_values=True, buf_size=_CHUNK):
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


READERS: dict[str, Reader] = {
    **dict.fromkeys(("jsonl", "ndjson", "jl", "jsonlines"), _read_jsonl),
    "json": _read_json,
}
