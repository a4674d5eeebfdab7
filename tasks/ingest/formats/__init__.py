"""Readers: from the bytes of a member to its records, each a mapping from the dump's own names to its values.

A reader yields (number of the record, mapping or refusal) and raises `RecordRejected` where the member cannot
be read further. None of them holds more of a member in memory than a record or a block, except where the format is one
document. Each module of this package names the suffixes that it reads in its READERS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.formats import html, objects, sheets, text
from tasks.ingest.formats.record import Blocks, Item, Reader, Values, as_text
from tasks.ingest.streams import split_suffixes
from tasks.settings import Limits

__all__ = ["READERS", "Blocks", "Values", "as_text", "read_member"]

#: Reader by suffix. Modules are named one by one: the fingerprint of a stage follows what is imported.
READERS: dict[str, Reader] = {**html.READERS, **objects.READERS, **sheets.READERS, **text.READERS}


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
    reader = READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise RecordRejected(RejectCode.UNKNOWN_FORMAT, f"no format with the suffix {suffix!r}; known are {known}")
    return reader(stream, name, limits)
