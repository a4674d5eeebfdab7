"""Readers: from the bytes of a member to its records, each a mapping from the dump's own names to its values.

A reader yields (number of the record, mapping or refusal) and raises `RecordRejected` where the member cannot
be read further. None of them holds more of a member in memory than a record or a block, except where the format is one
document.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO, Any

import ijson
import openpyxl
import trafilatura
import yaml
from ijson.common import ObjectBuilder
from trafilatura.settings import Document
from trafilatura.xml import xmltotxt

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.arrow import read_parquet_rows
from tasks.ingest.encoding import decode_text
from tasks.ingest.streams import SAMPLE, Recoded, copy_seekable, peek, peek_encoding, split_suffixes
from tasks.settings import Limits

Values = Mapping[str, object]
Item = tuple[int | None, Values | RecordRejected]
Reader = Callable[[IO[bytes], str, Limits], Iterator[Item]]

_EXCERPT = 200
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.I)
_BLOCK = re.compile(r"<blockquote\b", re.I)
_OTHER_BLOCK = re.compile(r"<(?:pre|code)\b", re.I)  # the extraction takes these for quotations too
_DELIMITERS = ",\t;|"
_OWN_TEXT = 2000  # characters that no description of a list of releases has


class Blocks(tuple[tuple[int, int], ...]):
    """Spans of a record's text that the page sets off as block quotations."""

    __slots__ = ()


def read_member(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read the records of a member, by the suffix of its name.

    Args:
        stream: Its bytes, no longer compressed.
        name: Its name.
        limits: The largest record.

    Raises:
        RecordRejected: UNKNOWN_FORMAT, or the member cannot be read further.
    """
    _, suffix = split_suffixes(name)
    reader = _READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise RecordRejected(RejectCode.UNKNOWN_FORMAT, f"no format with the suffix {suffix!r}; known are {known}")
    return reader(stream, name, limits)


def _read_all(stream: IO[bytes], limits: Limits) -> bytes:
    data = stream.read(limits.record_bytes + 1)
    if len(data) > limits.record_bytes:
        raise _too_large(limits, data)
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise RecordRejected(RejectCode.EMPTY, "the file is empty" if not data else "the file holds nothing but blanks")
    return data


def _too_large(limits: Limits, data: bytes) -> RecordRejected:
    return RecordRejected(
        RejectCode.TOO_LARGE, f"larger than ingest.limits.record_bytes = {limits.record_bytes:,}", _excerpt(data)
    )


def _excerpt(data: bytes) -> str:
    return data[:_EXCERPT].decode("utf-8", "replace")


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.split(".")[0]


def _read_txt(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield 0, {"id": _stem(name), "text": decode_text(_read_all(stream, limits))}


def _read_md(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    text = decode_text(_read_all(stream, limits))
    values: dict[str, object] = {"id": _stem(name)}
    if front := _FRONT_MATTER.match(text):
        values |= _parse_front_matter(front.group(1))
        text = text[front.end() :].lstrip("\r\n")
    yield 0, values | {"text": text}


def _parse_front_matter(block: str) -> dict[str, object]:
    """Read the scalars of a YAML block as strings; a block that is no YAML line by line."""
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        loaded = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
    if not isinstance(loaded, dict):
        return {}
    return {str(k).strip(): v.strip().strip("\"'") for k, v in loaded.items() if isinstance(v, str)}


def _read_html(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    data = _read_all(stream, limits)
    text = _decode_html(data)
    page = trafilatura.bare_extraction(text, with_metadata=True, include_comments=False, include_tables=True)
    if not isinstance(page, Document) or not (page.text or "").strip():
        raise RecordRejected(RejectCode.NO_TEXT, "no main text in the page", _excerpt(data))
    values = {"id": _stem(name), "title": page.title, "date": page.date, "url": page.url, "text": page.text}
    blocks = _find_blocks(page) if _BLOCK.search(text) and not _OTHER_BLOCK.search(text) else Blocks()
    yield 0, values | ({"blocks": blocks} if blocks else {})


def _find_blocks(page: Document) -> Blocks:
    """Return where the block quotations of a page stand in its text, as whole lines; what is not found is left out."""
    text, at, spans = page.text or "", 0, list[tuple[int, int]]()
    for quote in page.body.iter("quote"):
        block = xmltotxt(deepcopy(quote), False).strip()
        start = text.find(block, at) if block else -1
        end = start + len(block)
        if start >= 0 and text[start - 1 : start] in {"", "\n"} and text[end : end + 1] in {"", "\n"}:
            spans.append((start, end))
            at = end
    return Blocks(spans)


def _decode_html(data: bytes) -> str:
    if declared := _META_CHARSET.search(data[:4096]):
        try:
            return data.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_text(data)


def _read_lines(stream: IO[bytes], limits: Limits) -> Iterator[bytes | RecordRejected]:
    """Yield the lines of a stream, each at most as long as a record may be; the rest of a longer one is passed over."""
    while line := stream.readline(limits.record_bytes + 1):
        if len(line) <= limits.record_bytes:
            yield line
            continue
        yield _too_large(limits, line)
        while line and not line.endswith(b"\n"):
            line = stream.readline(SAMPLE)


def _read_jsonl(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    stream, encoding = peek_encoding(stream)
    if encoding.startswith(("utf-16", "utf-32")):
        stream = io.BufferedReader(Recoded(stream, encoding))
        encoding = "utf-8"
    number = 0
    for line in _read_lines(stream, limits):
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
        return RecordRejected(RejectCode.BAD_ENCODING, f"not {encoding}: {error.reason}", _excerpt(line))
    except (ValueError, RecursionError) as error:
        return RecordRejected(RejectCode.BAD_RECORD, f"not JSON: {error}", _excerpt(line))
    return _as_record(value)


def _as_record(value: object) -> Values | RecordRejected:
    if isinstance(value, dict):
        return value
    kind = type(value).__name__
    return RecordRejected(RejectCode.BAD_RECORD, f"not a JSON object but a {kind}", str(value)[:_EXCERPT])


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
                    yield number, _as_record(value)
                    number += 1
            if event == "string" and "." not in prefix and len(value) > _OWN_TEXT:
                message = "an object that has a text of its own beside lists of objects; write one object a line"
                yield number, RecordRejected(RejectCode.BAD_RECORD, message, value[:_EXCERPT])
                return
            if builder is not None:
                builder.event(event, value)
                if event == "end_map" and prefix == item:
                    yield number, _as_record(builder.value)
                    number, builder = number + 1, None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        yield number, RecordRejected(RejectCode.BAD_RECORD, f"the JSON cannot be read further: {error}")
        return
    if not number:
        yield None, RecordRejected(RejectCode.EMPTY, "the file holds no records")


def _read_csv(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    stream, encoding = peek_encoding(stream)
    csv.field_size_limit(limits.record_bytes)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    lines = io.TextIOWrapper(stream, encoding, errors=errors, newline="")
    header = lines.readline(1 << 16)
    delimiter = "\t" if split_suffixes(name)[1] == "tsv" else max(_DELIMITERS, key=header.count)
    columns = next(csv.reader([header], delimiter=delimiter), [])
    number = 0
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield number, RecordRejected(RejectCode.BAD_RECORD, f"line {rows.line_num + 1}: {error}")
            rows = csv.reader(lines, delimiter=delimiter)
            number += 1
            continue
        if not any(field.strip() for field in row):
            continue
        yield number, _as_row(columns, row)
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the table holds no rows")


def _as_row(columns: Sequence[str], row: Sequence[str]) -> Values | RecordRejected:
    excerpt = " | ".join(row)[:_EXCERPT].encode("utf-8", "replace").decode()
    if len(row) != len(columns):
        message = f"{len(row)} fields where the header names {len(columns)}"
        return RecordRejected(RejectCode.BAD_RECORD, message, excerpt)
    if any("\udc80" <= c <= "\udcff" for field in row for c in field if not field.isascii()):
        return RecordRejected(RejectCode.BAD_ENCODING, "not utf-8", excerpt)
    return dict(zip(columns, row, strict=True))


def _read_xlsx(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    file = copy_seekable(stream)
    with zipfile.ZipFile(file) as parts:
        for info in parts.infolist():
            if info.file_size > max(50_000_000, limits.compression_ratio * info.compress_size):
                raise RecordRejected(RejectCode.BOMB, f"{info.filename}: expands to {info.file_size:,} bytes")
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    number = 0
    for sheet in workbook.worksheets:
        rows = sheet.iter_rows(values_only=True)
        columns = [str(value) if value is not None else "" for value in next(rows, ())]
        for row in rows:
            if any(value is not None and str(value).strip() for value in row):
                cells = itertools.zip_longest(columns, map(_cell, row), fillvalue="")
                yield number, {column: value for column, value in cells if column}
                number += 1
    workbook.close()
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the workbook holds no rows")


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _read_parquet(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    number = 0
    for row in read_parquet_rows(copy_seekable(stream)):
        yield number, {name: _cell(value) for name, value in row.items()}
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the table holds no rows")


_READERS: dict[str, Reader] = {
    "txt": _read_txt,
    "text": _read_txt,
    "md": _read_md,
    "markdown": _read_md,
    "html": _read_html,
    "htm": _read_html,
    "jsonl": _read_jsonl,
    "ndjson": _read_jsonl,
    "json": _read_json,
    "csv": _read_csv,
    "tsv": _read_csv,
    "xlsx": _read_xlsx,
    "parquet": _read_parquet,
}


def as_text(value: Any) -> str | None:
    """Return a value of a dump as text; None for what is empty. A list is taken as paragraphs.

    Example:
        >>> as_text(["One.", "Two."]), as_text(7), as_text("  "), as_text({"a": 1})
        ('One.\\nTwo.', '7', None, None)
    """
    if isinstance(value, list):
        return "\n".join(part for part in map(as_text, value) if part) or None
    if value is None or isinstance(value, bool | dict | bytes) or value != value:
        return None
    text = value if isinstance(value, str) else str(value)
    return text if text.strip() else None
