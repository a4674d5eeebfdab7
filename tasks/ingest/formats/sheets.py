"""Tables: CSV and its kin, workbooks, Parquet, Arrow."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

import openpyxl

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.arrow import read_arrow_rows, read_parquet_rows
from tasks.ingest.formats.record import EXCERPT, Item, Reader, Values, as_cell
from tasks.ingest.streams import copy_seekable, peek_encoding, split_suffixes
from tasks.settings import Limits

_DELIMITERS = ",\t;|"


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
    excerpt = " | ".join(row)[:EXCERPT].encode("utf-8", "replace").decode()
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
                cells = itertools.zip_longest(columns, map(as_cell, row), fillvalue="")
                yield number, {column: value for column, value in cells if column}
                number += 1
    workbook.close()
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the workbook holds no rows")


def _read_parquet(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield from _number_rows(read_parquet_rows(copy_seekable(stream)))


def _read_arrow(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    yield from _number_rows(read_arrow_rows(copy_seekable(stream), limits))


def _number_rows(rows: Iterator[dict[str, object]]) -> Iterator[Item]:
    number = 0
    for row in rows:
        yield number, {name: as_cell(value) for name, value in row.items()}
        number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the table holds no rows")


READERS: dict[str, Reader] = {
    "csv": _read_csv,
    "tsv": _read_csv,
    "xlsx": _read_xlsx,
    "parquet": _read_parquet,
    **dict.fromkeys(("arrow", "arrows", "feather", "ipc"), _read_arrow),
}
