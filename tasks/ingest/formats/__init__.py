"""Readers: from the bytes of a member to its records, each a mapping from the dump's own names to its values.

A reader yields (number of the record, mapping, file inside it or refusal) and raises `RecordRejected` where the member
cannot be read further. None of them holds more of a member in memory than a record or a block, except where the format
is one document. Each module of this package names the suffixes that it reads in its READERS, or, where a source says
what is read of a file, in its QUERIED.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import SEEK_END
from typing import IO

from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.content import guess_suffix, name_textless
from tasks.ingest.formats import (
    captions,
    database,
    feeds,
    html,
    mail,
    objects,
    packages,
    pdf,
    tables,
    text,
    webarchives,
    workbooks,
)
from tasks.ingest.formats.entries import cut_entries
from tasks.ingest.formats.record import Blocks, Inner, Paragraphs, QueriedReader, Reader, Values, as_text
from tasks.ingest.sources import Source
from tasks.ingest.streams import Refusal, name_damage, open_members, peek, split_suffixes
from tasks.settings import Limits

__all__ = ["QUERIED", "READERS", "Blocks", "Paragraphs", "Values", "as_text", "read_member"]

#: Reader by suffix. Modules are named one by one: the fingerprint of a stage follows what is used.
READERS: dict[str, Reader] = {
    **captions.READERS,
    **feeds.READERS,
    **html.READERS,
    **mail.READERS,
    **objects.READERS,
    **packages.READERS,
    **pdf.READERS,
    **tables.READERS,
    **workbooks.READERS,
    **text.READERS,
    **webarchives.READERS,
}
#: Reader by suffix, of files of which the source says what is read.
QUERIED: dict[str, QueriedReader] = {**database.QUERIED}

_TABLES = frozenset({"csv", "tsv", "txt", "text"})  # may be one of a kind that holds no text

#: The path of a file inside a record, or None; the number of a record; its values or why it is refused.
Found = tuple[str | None, int | None, Values | RecordRejected]


def read_member(stream: IO[bytes], name: str, limits: Limits, source: Source, depth: int = 0) -> Iterator[Found]:
    """Read the records of a member, by the suffix of its name, or by its content where that names no format.

    Args:
        stream: Its bytes, no longer compressed.
        name: Its name.
        limits: What it may cost.
        source: The publisher, which says what is read of a database.
        depth: How many records it lies in.

    Raises:
        RecordRejected: UNKNOWN_FORMAT, NO_TEXT for a kind that holds none, or the member cannot be read further.
    """
    _, suffix = split_suffixes(name)
    if suffix in _TABLES or not _is_known(suffix):
        start, stream, _ = peek(stream)
        if what := name_textless(name, start):
            raise RecordRejected(RejectCode.NO_TEXT, f"{what}, without their text")
        suffix = suffix if _is_known(suffix) else _guess(suffix, start)
    entries = 0
    items = (
        QUERIED[suffix](stream, name, limits, source) if suffix in QUERIED else READERS[suffix](stream, name, limits)
    )
    for number, found in items:
        if isinstance(found, Inner):
            yield from _read_inner(found, limits, source, depth + 1)
        elif source.entries is not None and not isinstance(found, RecordRejected):
            for entry in cut_entries(found, source.entries):
                yield None, entries, entry
                entries += 1
        else:
            yield None, number, found


def _is_known(suffix: str) -> bool:
    return suffix in READERS or suffix in QUERIED


def _guess(suffix: str, start: bytes) -> str:
    """Return the suffix that a file should have; one that says something is believed where the content says nothing."""
    guess = guess_suffix(start)
    if _is_known(guess) and (guess != "txt" or not suffix.isalpha()):
        return guess
    known = ", ".join(sorted({*READERS, *QUERIED}))
    raise RecordRejected(RejectCode.UNKNOWN_FORMAT, f"no format with the suffix {suffix!r}; known are {known}")


def _read_inner(inner: Inner, limits: Limits, source: Source, depth: int) -> Iterator[Found]:
    if depth > limits.archive_depth:
        message = f"{inner.name}: files lie more than {limits.archive_depth} deep in one another"
        yield inner.name, None, RecordRejected(RejectCode.TOO_DEEP, message)
        return
    size = inner.stream.seek(0, SEEK_END)
    inner.stream.seek(0)
    for member in open_members(inner.stream, inner.name, size, limits):
        path = f"{inner.name}/{member.path}" if member.path else inner.name
        if isinstance(member, Refusal):
            yield path, None, member.reason
            continue
        try:
            with name_damage(member.name):
                for below, at, found in read_member(member.stream, member.name, limits, source, depth):
                    yield f"{path}/{below}" if below else path, at, found
        except RecordRejected as reason:
            yield path, None, reason
