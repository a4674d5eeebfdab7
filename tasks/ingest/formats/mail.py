"""Mail: a message a file, mailboxes of them, and pages that browsers save as one.

A message is a record: subject, date, the text of its plain parts or else of its HTML. What is attached to it is a file
inside the record, read by its own format.
"""

from __future__ import annotations

import email.utils
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from pathlib import PurePosixPath
from typing import IO

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.encoding import decode_text
from tasks.ingest.formats.html import read_html
from tasks.ingest.formats.record import Inner, Item, Reader, Values, excerpt, read_all, stem, too_large
from tasks.settings import Limits

_FROM = re.compile(rb"From \S.{0,300}? \w{3} \w{3} +\d{1,2} \d\d:\d\d(?::\d\d)? .{0,20}\d{4}\s*\Z")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.M)
_FLOWING = re.compile(r"(?<!^--) \n(?!\n)", re.M)
_HEADER = re.compile(rb"^[!-9;-~]{1,80}:", re.M)
_DEPTH = 20  # parts in one another
_MULTIPARTS = 200  # the parser goes into each, and looks for the ends of all that it is in
_PARTS = 1000
_SUFFIXES = {"text/plain": "txt", "text/html": "html", "application/pdf": "pdf", "message/rfc822": "eml"}


def _read_eml(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    data = read_all(stream, limits)
    if not _HEADER.match(data):
        raise RecordRejected(RejectCode.BAD_RECORD, "no message: it does not start with a header", excerpt(data))
    for found in _read_message(data, stem(name)):
        yield 0, found


def _read_mbox(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read the messages of a mailbox: each begins with a line `From ` that names a moment, after a blank line."""
    number = -1
    for number, data in enumerate(_cut_mailbox(stream, limits)):
        if isinstance(data, RecordRejected):
            yield number, data
            continue
        for found in _read_message(data, f"{stem(name)}-{number}"):
            yield number, Inner(f"{number}/{found.name}", found.stream) if isinstance(found, Inner) else found
    if number < 0:
        raise RecordRejected(RejectCode.EMPTY, "the mailbox holds no messages")


def _cut_mailbox(stream: IO[bytes], limits: Limits) -> Iterator[bytes | RecordRejected]:
    """Yield the messages of a mailbox; why not, for one that is larger than a record may be."""
    lines: list[bytes] = []
    size, is_open, is_start = 0, False, True
    while line := stream.readline(1 << 16):
        if is_start and line.startswith(b"From ") and _FROM.match(line):
            if is_open:
                yield _close_message(lines, size, limits)
            lines, size, is_open, is_start = [], 0, True, False
            continue
        if not is_open and line.strip():
            raise RecordRejected(RejectCode.BAD_RECORD, "no mailbox: it does not start with a line From", excerpt(line))
        is_start = not line.strip()
        size += len(line)
        if size <= limits.record_bytes:
            lines.append(line)
    if is_open:
        yield _close_message(lines, size, limits)


def _close_message(lines: list[bytes], size: int, limits: Limits) -> bytes | RecordRejected:
    data = b"".join(lines)
    return _QUOTED_FROM.sub(rb"\1", data) if size <= limits.record_bytes else too_large(limits, data)


def _read_message(data: bytes, key: str) -> Iterator[Values | Inner | RecordRejected]:
    """Yield a message as a record, and the files that are attached to it."""
    if data.lower().count(b"multipart/") > _MULTIPARTS:
        message = f"the message has parts in parts more than {_MULTIPARTS} times"
        yield RecordRejected(RejectCode.TOO_DEEP, message, excerpt(data))
        return
    try:
        mail = BytesParser().parsebytes(data)
        parts = list(_parts(mail))
        plain = "\n\n".join(_decode(p) for p in parts if _is_text(p, "text/plain")).strip()
        markup = [_decode(p) for p in parts if _is_text(p, "text/html")]
        text = plain or "\n".join(markup)
    except (MessageError, RecursionError) as error:
        yield RecordRejected(RejectCode.BAD_RECORD, f"the message cannot be read: {error}", excerpt(data))
        return
    except RecordRejected as reason:
        yield reason
        return
    files = [part for part in parts if _is_file(part)]
    if text or not files:
        yield {
            "id": _header(mail, "Message-ID").strip(" <>") or key,
            "subject": _header(mail, "Subject"),
            "date": _read_date(_header(mail, "Date")),
            "text": text,
        }
    for number, part in enumerate(files):
        yield Inner(_file_name(part, number), io.BytesIO(_payload(part)))


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the parts that hold something, also messages that are attached, which hold parts of their own.

    Raises:
        RecordRejected: There are too many, or too deep in one another.
    """
    if depth > _DEPTH:
        raise RecordRejected(RejectCode.TOO_DEEP, f"parts of the message lie more than {_DEPTH} deep in one another")
    waiting = [message]
    if message.get_content_maintype() == "multipart":
        inner = message.get_payload()
        waiting = [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else []
        if len(waiting) > _PARTS:
            raise RecordRejected(RejectCode.TOO_MANY, f"the message has more than {_PARTS:,} parts")
        for part in waiting:
            yield from _parts(part, depth + 1)
    else:
        yield message


def _is_file(part: Message) -> bool:
    """Tell what is attached from what belongs to the text: images in it, signatures."""
    is_named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    is_shown = part.get_content_maintype() == "image" and (
        part["Content-ID"] or part.get_content_disposition() == "inline"
    )
    is_signature = part.get_content_subtype() in ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
    return (is_named or part.get_content_type() == "message/rfc822") and not is_shown and not is_signature


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_file(part)


def _file_name(part: Message, number: int) -> str:
    """Return the name of what is attached, without folders; one by its type where it has none."""
    name = PurePosixPath((part.get_filename() or "").replace("\\", "/").replace("\0", "")).name
    name = str(make_header(decode_header(name))) if name.startswith("=?") else name
    return name or f"attachment-{number}.{_SUFFIXES.get(part.get_content_type(), 'bin')}"


def _payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decode(part: Message) -> str:
    """Return the text of a part; lines that a mailer broke for itself, and says so, are joined (RFC 3676)."""
    data = _payload(part)
    try:
        text = data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):
        text = decode_text(data)
    text = text.replace("\r\n", "\n")
    if part.get_param("format") == "flowed":
        text = _FLOWING.sub("" if part.get_param("delsp") == "yes" else " ", text)
    return text


def _header(message: Message, name: str) -> str:
    """Return a header as text; as it stands where its encoding is none that is known."""
    value = str(message.get(name, ""))
    with suppress(LookupError, UnicodeError, ValueError, MessageError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _read_date(value: str) -> str:
    """Return a header's date in the form that RFC 5322 gives it now; as it stands if it is none."""
    try:
        return email.utils.format_datetime(email.utils.parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return value


def _read_mhtml(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """Read a page that a browser saved with what belongs to it: one record, as of its HTML."""
    data = read_all(stream, limits)
    message = BytesParser().parsebytes(data)
    page = next((part for part in _parts(message) if part.get_content_type() == "text/html"), None)
    if page is None:
        raise RecordRejected(RejectCode.NO_TEXT, "the archive of a page holds no HTML", excerpt(data))
    address = _header(page, "Content-Location") or _header(message, "Snapshot-Content-Location")
    for number, values in read_html(io.BytesIO(_payload(page)), name, limits):
        if isinstance(values, dict):
            title = values["title"] or _header(message, "Subject")
            yield number, values | {"url": values["url"] or address, "title": title}


READERS: dict[str, Reader] = {
    "eml": _read_eml,
    "mbox": _read_mbox,
    "mbx": _read_mbox,
    "mht": _read_mhtml,
    "mhtml": _read_mhtml,
}
