"""Documents that are packages of parts in a zip archive: OpenDocument text, and Word's.

The parts are looked at before one is opened: none may expand beyond what the limits give it. What was deleted or
remarked is left out; what was inserted is text, whether the change is accepted or not.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, TypeVar

from lxml import etree

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import Item, Paragraph, Paragraphs, Reader, stem
from tasks.ingest.streams import copy_seekable
from tasks.settings import Limits

_SPACES = 1000  # that one element may stand for, at most
_TITLE = "{http://purl.org/dc/elements/1.1/}title"

_ODT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODT_PARAGRAPHS = frozenset({f"{_ODT}p", f"{_ODT}h"})
_ODT_LEFT_OUT = frozenset(
    {f"{_ODT}tracked-changes", f"{_ODT}note-citation", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"}
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "‑", f"{_ODT}tab": "\t"}
_MARKS |= {f"{_ODT}line-break": "\n"}
_W_LEFT_OUT = frozenset(
    {f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_INDENT = 200  # twentieths of a point from which a paragraph is set in
_T = TypeVar("_T")
#: (event, element) of a part that is read as a stream.
_Events = Iterator[tuple[str, etree._Element]]
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def open_package(stream: IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """Open a package whose parts keep the limits.

    Raises:
        RecordRejected: BOMB, TOO_MANY, ENCRYPTED, or TRUNCATED where it is no archive.
    """
    try:
        package = zipfile.ZipFile(copy_seekable(stream))
    except zipfile.BadZipFile as error:
        raise RecordRejected(RejectCode.TRUNCATED, f"no directory at the end of the document: {error}") from error
    parts = package.infolist()
    if len(parts) > limits.members:
        raise RecordRejected(RejectCode.TOO_MANY, f"the document has more than {limits.members:,} parts")
    for part in parts:
        if part.flag_bits & 1:
            raise RecordRejected(RejectCode.ENCRYPTED, f"{part.filename}: the document is encrypted")
        if part.file_size > limits.most_expanded(part.compress_size):
            raise RecordRejected(RejectCode.BOMB, f"{part.filename}: expands to {part.file_size:,} bytes")
    return package


def _read_odt(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    with open_package(stream, limits) as package:
        paragraphs = _read_part(package, "content.xml", limits, _odt_paragraphs)
        yield 0, _as_record(name, _read_title(package, "meta.xml", limits), paragraphs)


def _read_docx(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    with open_package(stream, limits) as package:
        links = _read_part(package, "word/_rels/document.xml.rels", limits, _relations, optional=True)
        found = _read_part(package, "word/document.xml", limits, _docx_paragraphs)
        targets = dict(links)
        paragraphs = [p._replace(links=tuple(targets[link] for link in p.links if link in targets)) for p in found]
        yield 0, _as_record(name, _read_title(package, "docProps/core.xml", limits), paragraphs)


def _as_record(name: str, title: str | None, paragraphs: list[Paragraph]) -> dict[str, object]:
    if not paragraphs:
        raise RecordRejected(RejectCode.NO_TEXT, "the document holds no text")
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    return {"id": stem(name), "title": title, "text": text, "paragraphs": Paragraphs(paragraphs)}


def _read_part(
    package: zipfile.ZipFile,
    part: str,
    limits: Limits,
    read: Callable[[_Events], Iterator[_T]],
    *,
    optional: bool = False,
) -> list[_T]:
    """Return what a function makes of the elements of a part.

    Raises:
        RecordRejected: The part is missing or is no XML, or yields more text than a record may have.
    """
    if part not in package.namelist():
        if optional:
            return []
        raise RecordRejected(RejectCode.BAD_RECORD, f"the document has no part {part}")
    try:
        with package.open(part) as stream:
            events = etree.iterparse(stream, ("start", "end"), resolve_entities=False, no_network=True, huge_tree=False)
            return list(read(iter(events)))
    except etree.XMLSyntaxError as error:
        raise RecordRejected(RejectCode.BAD_RECORD, f"{part}: no XML: {error}") from error


def _read_title(package: zipfile.ZipFile, part: str, limits: Limits) -> str | None:
    titles = _read_part(
        package, part, limits, lambda events: (e.text or "" for event, e in events if e.tag == _TITLE), optional=True
    )
    return titles[-1] if titles else None


def _relations(events: _Events) -> Iterator[tuple[str, str]]:
    """Yield the key of each relation, and the address that it leads to."""
    for event, element in events:
        if event == "end" and element.get("TargetMode") == "External":
            yield element.get("Id", ""), element.get("Target", "")


def _odt_paragraphs(events: _Events) -> Iterator[Paragraph]:
    left_out = 0
    for event, element in events:
        if element.tag in _ODT_LEFT_OUT:
            left_out += 1 if event == "start" else -1
            if event == "end":
                element.clear(keep_tail=True)
        elif event == "end" and element.tag in _ODT_PARAGRAPHS:
            text = "".join(_odt_text(element)).strip()
            element.clear(keep_tail=True)
            if text and not left_out:
                yield Paragraph(text)


def _odt_text(paragraph: etree._Element) -> Iterator[str]:
    """Yield the text of a paragraph: blanks at its ends and next to others are none, but what stands for one is."""
    for event, element in etree.iterwalk(paragraph, ("start", "end")):
        if event == "start":
            yield _MARKS.get(element.tag, "")
            if element.tag == f"{_ODT}s":
                count = element.get(f"{_ODT}c", "1")
                yield " " * min(int(count) if count.isdecimal() and len(count) < 5 else 1, _SPACES)
            yield element.text or ""
        elif element is not paragraph:
            yield element.tail or ""


def _docx_paragraphs(events: _Events) -> Iterator[Paragraph]:
    """Yield the paragraphs of a document, those of tables and text boxes as well."""
    open_ones: list[_Open] = []
    left_out = 0
    for event, element in events:
        tag, is_start = element.tag, event == "start"
        if tag in _W_LEFT_OUT:
            left_out += 1 if is_start else -1
        elif tag == f"{_W}p":
            if is_start:
                open_ones.append(_Open())
            else:
                done = open_ones.pop()
                text = "".join(done.pieces).strip()
                element.clear(keep_tail=True)
                if text and not left_out:
                    yield Paragraph(text, done.is_indented, tuple(done.links))
        elif open_ones and not left_out:
            open_ones[-1].add(element, is_start=is_start)


class _Open:
    """A paragraph that has not ended."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.is_indented = False

    def add(self, element: etree._Element, *, is_start: bool) -> None:
        """Take what an element in it says."""
        if not is_start and element.tag == f"{_W}t":
            self.pieces.append(element.text or "")
        elif is_start and element.tag in _MARKS:
            if (parent := element.getparent()) is not None and parent.tag == f"{_W}r":  # and no stop of tabs
                self.pieces.append(_MARKS[element.tag])
        elif is_start and element.tag == f"{_W}hyperlink" and (key := element.get(_RELATION)):
            self.links.append(key)
        elif is_start and element.tag == f"{_W}numPr":  # an item of a list
            self.is_indented = True
        elif is_start and element.tag == f"{_W}ind":
            sides = (element.get(f"{_W}{side}", "0") for side in ("left", "start", "firstLine"))
            self.is_indented |= any(side.isdecimal() and int(side[:9]) >= _INDENT for side in sides)


READERS: dict[str, Reader] = {"odt": _read_odt, "docx": _read_docx}
