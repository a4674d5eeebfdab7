"""Web archives: the responses of a WARC, each by its own format, and the texts of a WET."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.encoding import decode_text
from tasks.ingest.formats.html import read_html
from tasks.ingest.formats.record import Inner, Item, Reader, Values, excerpt, needs, too_large
from tasks.settings import Limits

_HEADER = 1 << 16  # bytes of a header
_PAGES = ("text/html", "application/xhtml+xml")
_SUFFIXES = {
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/json": "json",
    "text/csv": "csv",
    "application/rss+xml": "xml",
    "application/atom+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}


class _Told:
    """A stream that cannot be wound back, and tells where it is: FastWARC asks for that."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at


def _read_warc(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read what was fetched (response, resource) or made of it (conversion); what is said about it is no record."""
    with needs("warc", "web archives"):
        from fastwarc import warc
    kinds = warc.WarcRecordType.response | warc.WarcRecordType.resource | warc.WarcRecordType.conversion
    number = -1
    records = warc.ArchiveIterator(
        _Told(stream), record_types=kinds, auto_decode="all", stream_detect=False, max_header_len=_HEADER
    )
    for number, record in enumerate(records):
        data = record.reader.read(limits.record_bytes + 1)
        address = record.headers.get("WARC-Target-URI", "").strip("<>")
        try:
            if len(data) > limits.record_bytes:
                raise too_large(limits, data)
            if _is_cut(record, data):
                raise RecordRejected(RejectCode.TRUNCATED, "the file ends within the page", excerpt(data))
            for found in _read_record(record, data, address, f"{name}-{number}", limits):
                yield number, found
        except RecordRejected as reason:
            yield number, RecordRejected(reason.code, f"{address}: {reason.message}", reason.excerpt)
    if number < 0:
        raise RecordRejected(RejectCode.EMPTY, "the archive holds no page")


def _is_cut(record: Any, data: bytes) -> bool:
    """Tell that there is less than the record says, where it says how much there is to read."""
    coded = record.http_headers is not None and {"content-encoding", "transfer-encoding"} & {
        name.lower() for name in record.http_headers.asdict()
    }
    return not coded and len(data) < record.content_length


def _read_record(record: Any, data: bytes, address: str, name: str, limits: Limits) -> Iterator[Values | Inner]:
    http = record.http_headers
    if http is not None and http.status_code not in (200, 203):
        raise RecordRejected(RejectCode.NO_TEXT, f"the server's answer is {http.status_code}", excerpt(data))
    kind = (record.http_content_type if http is not None else record.headers.get("Content-Type")) or "text/html"
    key = (record.record_id or "").strip("<>")
    kind = kind.split(";")[0].strip().lower()
    if record.headers.get("WARC-Type") == "conversion":
        yield {"id": key, "url": address, "text": decode_text(data)}
    elif kind in _PAGES:
        for _, values in read_html(io.BytesIO(data), name, limits):
            if isinstance(values, Mapping):
                yield {**values, "id": key, "url": values["url"] or address}
    elif kind in _SUFFIXES:
        yield Inner(f"{name}.{_SUFFIXES[kind]}", io.BytesIO(data))
    else:
        raise RecordRejected(RejectCode.UNKNOWN_FORMAT, f"no page and no document but {kind}")


READERS: dict[str, Reader] = {"warc": _read_warc, "wet": _read_warc}
