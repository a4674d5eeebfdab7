"""Tables: CSV and its kin, Parquet, Arrow."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import IO

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.arrow import read_arrow_rows, read_parquet_rows
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values, as_cell
from tasks.ingest.streams import SAMPLE, copy_seekable, peek_encoding, split_suffixes
from tasks.settings import Limits

_DELIMITERS = ",\t;|"
_HEADER_LINES = 50  # looked at to see what stands between its names


def _read_csv(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    stream, encoding = peek_encoding(stream)
    csv.field_size_limit(limits.record_bytes)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    lines = _Lines(io.TextIOWrapper(stream, encoding, errors=errors, newline=""))
    head = _read_head(lines, limits)
    if split_suffixes(name)[1] == "tsv":
        delimiter = "\t"
    else:  # the first line of a header may not have it
        delimiter = max(_DELIMITERS, key=lambda mark: (head[0].count(mark), sum(line.count(mark) for line in head)))
    source = itertools.chain(head, lines)
    is_closed = sum(line.count('"') for line in head) % 2 == 0
    columns = next(csv.reader(source if is_closed else [next(source)], delimiter=delimiter), [])
    rows = csv.reader(source, delimiter=delimiter)
    number = 0
    while True:
        lines.start_row(limits.record_bytes)
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield number, RecordRejected(RejectCode.BAD_RECORD, f"line {rows.line_num + 1}: {error}")
        except RecordRejected as reason:
            if reason.code is not RejectCode.TOO_LARGE:
                raise
            yield number, reason
        else:
            if any(field.strip() for field in row):
                yield number, _as_row(columns, row)
                number += 1
            continue
        rows = csv.reader(source, delimiter=delimiter)
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the table holds no rows")


class _Lines:
    """The lines of a table, of which a row may have several; the rest of one that is too long is passed over."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._most = self._left = 0

    def start_row(self, most: int) -> None:
        """Let the lines from here on have so many characters together."""
        self._most = self._left = most

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            start = line[:EXCERPT].encode("utf-8", "replace").decode()
            while line and not line.endswith(("\n", "\r")):
                line = self._text.readline(SAMPLE)
            raise RecordRejected(RejectCode.TOO_LARGE, f"a row of more than {self._most:,} characters", start)
        return line


def _read_head(lines: _Lines, limits: Limits) -> list[str]:
    """Return the first line, and those after it until all quotes are closed, if that is soon."""
    lines.start_row(limits.header_bytes)
    head = [next(lines, "")]
    while sum(line.count('"') for line in head) % 2 and len(head) < _HEADER_LINES:
        if sum(map(len, head)) > limits.header_bytes:
            break
        lines.start_row(limits.record_bytes)
        line = next(lines, "")
        if not line:
            break
        head.append(line)
    return head


def _as_row(columns: Sequence[str], row: Sequence[str]) -> Values | RecordRejected:
    excerpt = " | ".join(row)[:EXCERPT].encode("utf-8", "replace").decode()
    if len(row) != len(columns):
        message = f"{len(row)} fields where the header names {len(columns)}"
        return RecordRejected(RejectCode.BAD_RECORD, message, excerpt)
    if any("\udc80" <= c <= "\udcff" for field in row for c in field if not field.isascii()):
        return RecordRejected(RejectCode.BAD_ENCODING, "not utf-8", excerpt)
    return dict(zip(columns, row, strict=True))


def _read_parquet(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield from _number_rows(read_parquet_rows(copy_seekable(stream), limits))


def _read_arrow(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield from _number_rows(read_arrow_rows(copy_seekable(stream), limits))


def _number_rows(rows: Iterator[dict[str, object] | RecordRejected]) -> Iterator[Item]:
    number = 0
    for row in rows:
        yield number, row if isinstance(row, RecordRejected) else {key: as_cell(value) for key, value in row.items()}
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the table holds no rows")


READERS: dict[str, Reader] = {
    "csv": _read_csv,
    "tsv": _read_csv,
    "parquet": _read_parquet,
    **dict.fromkeys(("arrow", "arrows", "feather", "ipc"), _read_arrow),
}
