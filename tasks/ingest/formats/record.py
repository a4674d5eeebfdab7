"""What readers share: what they yield, the limits that they keep, values as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO, Any, NamedTuple

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.sources import Source
from tasks.ingest.streams import SAMPLE
from tasks.settings import Limits

Values = Mapping[str, object]


class Inner(NamedTuple):
    """A file inside a record, such as an attachment: it is read by its own format, under its name."""

    name: str
    stream: IO[bytes]


#: The number of a record, and its values by the dump's own names, a file inside it, or why it is refused.
Item = tuple[int | None, Values | Inner | RecordRejected]
#: From the bytes of a member, its name and the limits to its records.
Reader = Callable[[IO[bytes], str, Limits], Iterator[Item]]
#: The same, where the source says what is read.
QueriedReader = Callable[[IO[bytes], str, Limits, Source], Iterator[Item]]

EXCERPT = 200  # characters


class Blocks(tuple[tuple[int, int], ...]):
    """Spans of a record's text that the page sets off as block quotations."""

    __slots__ = ()


class Paragraph(NamedTuple):
    """A paragraph of a document: its text, whether it is set in, and the addresses that it leads to."""

    text: str
    is_indented: bool = False
    links: tuple[str, ...] = ()


class Paragraphs(tuple[Paragraph, ...]):
    """The paragraphs that a record's text is made of: what a source's rules for entries read."""

    __slots__ = ()


def read_all(stream: IO[bytes], limits: Limits) -> bytes:
    """Return what a stream holds; refuse what is larger than a record may be, and what is blank."""
    data = stream.read(limits.record_bytes + 1)
    if len(data) > limits.record_bytes:
        raise too_large(limits, data)
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise RecordRejected(RejectCode.EMPTY, "the file is empty" if not data else "the file holds nothing but blanks")
    return data


def too_large(limits: Limits, data: bytes) -> RecordRejected:
    """Return the refusal of a record that is too large."""
    return RecordRejected(
        RejectCode.TOO_LARGE, f"larger than ingest.limits.record_bytes = {limits.record_bytes:,}", excerpt(data)
    )


def excerpt(data: bytes) -> str:
    """Return the start of a record for a person."""
    return data[:EXCERPT].decode("utf-8", "replace")


def stem(name: str) -> str:
    """Return a file's name without its suffixes: the id of its record where nothing else says one."""
    return PurePosixPath(name.replace("\\", "/")).name.split(".")[0]


def read_lines(stream: IO[bytes], limits: Limits) -> Iterator[bytes | RecordRejected]:
    """Yield the lines of a stream, each at most as long as a record may be; the rest of a longer one is passed over."""
    while line := stream.readline(limits.record_bytes + 1):
        if len(line) <= limits.record_bytes:
            yield line
            continue
        yield too_large(limits, line)
        while line and not line.endswith(b"\n"):
            line = stream.readline(SAMPLE)


def as_record(value: object) -> Values | RecordRejected:
    """Return a value of JSON as a record, if it is an object."""
    if isinstance(value, dict):
        return value
    kind = type(value).__name__
    return RecordRejected(RejectCode.BAD_RECORD, f"not a JSON object but a {kind}", str(value)[:EXCERPT])


def as_cell(value: object) -> object:
    """Return a value of a table's cell as a dump would write it: days and times as ISO 8601 has them."""
    return value.isoformat() if isinstance(value, datetime | date) else value


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


@contextmanager
def needs(extra: str, what: str) -> Iterator[None]:
    """Refuse what is read with a library that is not there, where the block imports it.

    Args:
        extra: The extra of this package that brings it.
        what: What is read with it.

    Raises:
        RecordRejected: UNKNOWN_FORMAT; names the extra.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"{what} are read with the extra {extra}: pip install 'communique[{extra}]'"
        raise RecordRejected(RejectCode.UNKNOWN_FORMAT, message) from error
