"""Workbooks: Excel's and OpenDocument's, row by row, and those of Excel before 2007."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

import openpyxl
from lxml import etree

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.packages import open_package
from tasks.ingest.formats.record import Item, Reader, as_cell, needs, read_lines
from tasks.ingest.streams import copy_seekable
from tasks.settings import Limits

_COLUMNS = 1024  # that are read
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MEMORY = 2 << 30  # bytes that the process has which reads a workbook of Excel's old form
_SECONDS = 60  # of CPU
#: Tells of a workbook in lines of JSON: rows with the number of their sheet, then that it has ended, or a fault.
_READ_XLS = """
import io, json, resource, sys
import python_calamine as calamine

memory, seconds, most = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

def tell(**what):
    print(json.dumps(what, default=str))

try:
    book, cells = calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read())), 0
    for number in range(len(book.sheet_names)):
        sheet = book.get_sheet_by_index(number)
        cells += sheet.height * sheet.width
        if cells > most:
            tell(fault="too_many", message=f"the workbook has more than {most:,} cells")
            break
        for row in sheet.iter_rows():
            tell(sheet=number, row=row)
    else:
        tell(end=True)
except calamine.PasswordError:
    tell(fault="encrypted", message="the workbook is encrypted")
except calamine.CalamineError as error:
    tell(fault="unreadable", message=f"no workbook that can be opened: {error}")
"""
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def _read_xlsx(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    file = copy_seekable(stream)
    with zipfile.ZipFile(file) as parts:
        expanded, compressed = (sum(getattr(i, n) for i in parts.infolist()) for n in ("file_size", "compress_size"))
        if expanded > limits.most_expanded(compressed):
            raise RecordRejected(RejectCode.BOMB, f"expands to {expanded:,} bytes")
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what a sheet says of its size may be anything
    yield from _number_records((sheet.iter_rows(values_only=True) for sheet in workbook.worksheets), limits)
    workbook.close()


def _read_ods(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    with open_package(stream, limits) as package:
        if "content.xml" not in package.namelist():
            raise RecordRejected(RejectCode.BAD_RECORD, "the workbook has no part content.xml")
        try:
            with package.open("content.xml") as part:
                yield from _number_records(_ods_sheets(part), limits)
        except etree.XMLSyntaxError as error:
            raise RecordRejected(RejectCode.BAD_RECORD, f"the workbook cannot be read further: {error}") from error


def _ods_sheets(part: IO[bytes]) -> Iterator[Iterator[Sequence[object]]]:
    """Yield the rows of each sheet; each has to be read before the next is asked for."""
    tags = [f"{_TABLE}table", f"{_TABLE}table-row"]
    events = etree.iterparse(part, ("start", "end"), tag=tags, resolve_entities=False, no_network=True, huge_tree=False)

    def rows() -> Iterator[Sequence[object]]:
        for event, element in events:
            if event == "end" and element.tag == tags[0]:
                return
            if event == "end":
                yield list(itertools.islice(_ods_cells(element), _COLUMNS))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    for event, _ in events:
        if event == "start":
            yield rows()


def _ods_cells(row: etree._Element) -> Iterator[object]:
    """Yield the values of a row. A row that stands for many is one: the others would be copies of it."""
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        day = cell.get(f"{_OFFICE}date-value")
        paragraphs = ("".join(p.itertext()) for p in cell.iterchildren(f"{_TEXT}p"))
        value = day or "\n".join(paragraphs)
        times = cell.get(f"{_TABLE}number-columns-repeated", "1")
        yield from itertools.repeat(value, int(times) if times.isdecimal() and len(times) < 6 else 1)


def _read_xls(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read a workbook in a process of its own: some damaged kilobytes ask for all the memory there is."""
    with needs("sheets", "workbooks of Excel before 2007"):
        import python_calamine  # noqa: F401
    file = copy_seekable(stream)
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    command = [sys.executable, "-P", "-c", _READ_XLS, *map(str, (_MEMORY, _SECONDS, limits.sheet_cells))]
    with subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        try:
            sheets = itertools.groupby(_told_rows(child.stdout, limits), key=lambda pair: pair[0])
            yield from _number_records(((row for _, row in rows) for _, rows in sheets), limits)
        finally:
            child.kill()


def _told_rows(lines: IO[bytes], limits: Limits) -> Iterator[tuple[int, list[object]]]:
    """Yield the number of the sheet and the values of each row that the other process tells of.

    Raises:
        RecordRejected: It has found a fault, or has come to the end of its memory or time.
    """
    for line in read_lines(lines, limits):
        if isinstance(line, RecordRejected):
            raise line
        told = json.loads(line)
        if "end" in told:
            return
        if "fault" in told:
            raise RecordRejected(RejectCode(told["fault"]), told["message"])
        yield told["sheet"], [_as_written(value) for value in told["row"]]
    raise RecordRejected(RejectCode.UNREADABLE, "a workbook that takes more memory or time to read than it may")


def _as_written(value: object) -> object:
    """Return a number as people see it: the old form has no whole ones."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number_records(sheets: Iterable[Iterable[Sequence[object]]], limits: Limits) -> Iterator[Item]:
    """Yield the rows of sheets by the names that each has in its first row.

    Raises:
        RecordRejected: TOO_MANY rows or cells, blank ones with them; EMPTY where there are no rows.
    """
    number = n_rows = n_cells = 0
    for rows in sheets:
        columns: list[str] | None = None
        for row in rows:
            n_rows += 1
            n_cells += len(row)
            for what, n, most in (("rows", n_rows, limits.sheet_rows), ("cells", n_cells, limits.sheet_cells)):
                if n > most:
                    raise RecordRejected(RejectCode.TOO_MANY, f"more than ingest.limits.sheet_{what} = {most:,}")
            if columns is None:
                columns = [str(value) if value is not None else "" for value in row]
            elif any(value is not None and str(value).strip() for value in row):
                cells = itertools.zip_longest(columns, map(as_cell, row), fillvalue="")
                yield number, {column: value for column, value in cells if column}
                number += 1
    if not number:
        raise RecordRejected(RejectCode.EMPTY, "the workbook holds no rows")


READERS: dict[str, Reader] = {"xlsx": _read_xlsx, "ods": _read_ods, "xls": _read_xls}
