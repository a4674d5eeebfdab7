"""PDF: the text layer, page by page. A file of images has none and is refused: nothing here reads images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Lock
from typing import IO, Any

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats.record import Item, Reader, needs, stem, too_large
from tasks.ingest.streams import copy_seekable
from tasks.settings import Limits

_PAGES = 5000
_HYPHEN = re.compile("[\x02\ufffe](?:\r\n)?")  # what PDFium writes for a hyphen at the end of a line
_PASSWORD = 4  # FPDF_ERR_PASSWORD
#: PDFium may not be called by two threads at a time, in one process.
_ONE_AT_A_TIME = Lock()


def _read_pdf(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    with needs("pdf", "PDF files"):
        import pypdfium2 as pdfium
    file = copy_seekable(stream)
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as error:
            code = RejectCode.ENCRYPTED if error.err_code == _PASSWORD else RejectCode.UNREADABLE
            raise RecordRejected(code, f"no PDF that can be opened: {error}") from error
        try:
            title = document.get_metadata_value("Title")
            text = "\n".join(_pages(document, limits))
        finally:
            document.close()
    if not text.strip():
        raise RecordRejected(RejectCode.NO_TEXT, "a PDF without a text layer: its pages are images")
    yield 0, {"id": stem(name), "title": title, "text": text}


def _pages(document: Any, limits: Limits) -> Iterator[str]:
    """Yield the text of each page, its lines as they stand.

    Raises:
        RecordRejected: TOO_LARGE: there are more pages, or there is more text, than a record may have.
    """
    if len(document) > _PAGES:
        raise RecordRejected(RejectCode.TOO_LARGE, f"{len(document):,} pages; a document may have {_PAGES:,}")
    size = 0
    for number in range(len(document)):
        page = document[number]
        layer = page.get_textpage()
        text = _HYPHEN.sub("-\n", layer.get_text_range()).replace("\r\n", "\n").strip()
        layer.close()
        page.close()
        size += len(text)
        if size > limits.record_bytes:
            raise too_large(limits, text.encode("utf-8", "replace"))
        if text:
            yield text


READERS: dict[str, Reader] = {"pdf": _read_pdf}
