"""Files of the input in, tables of records and refusals out.

Order, for each file: members → records → fields → limits → language. Everything that was read is a row of one table or
the other.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks import schemas
from tasks.errors import CommuniqueError, RecordRejected, RejectCode
from tasks.ingest.duplicates import DuplicateIndex, signature
from tasks.ingest.fields import map_fields, unknown_columns
from tasks.ingest.formats import Values, as_text, read_member
from tasks.ingest.language import identify_language
from tasks.ingest.plan import UnitFile
from tasks.ingest.sources import Source
from tasks.ingest.streams import BudgetSpent, Refusal, name_damage, open_members
from tasks.settings import IngestSettings
from tasks.tables import Row

logger = logging.getLogger(__name__)

_EXCERPT = 200
_USUAL = 10_000  # characters
_NAMED = 20  # unknown columns, in a warning
_SAID = 300  # characters of what is said of an error


def read_batches(file: UnitFile, source: Source, settings: IngestSettings) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Read a file of the input, a batch at a time.

    Args:
        file: The file.
        source: The publisher's column map.
        settings: Languages, limits and the size of a batch.

    Yields:
        Records (`schemas.INGESTED`) and refusals (`schemas.REFUSALS`), together at most `batch_records` rows; nothing
        for a file without a record.
    """
    records: list[Row] = []
    refusals: list[Row] = []
    size = number = 0
    for row in _read_rows(file, source, settings):
        if "raw_text" in row:
            records.append(row)
            size += len(row["raw_text"]) + _beside(row)
        else:
            refusals.append(row)
        if len(records) + len(refusals) >= settings.batch_records or size >= settings.batch_bytes:
            yield _tables(source, number, records, refusals)
            records, refusals, size, number = [], [], 0, number + 1
    if records or refusals:
        yield _tables(source, number, records, refusals)


def index_records(records: pa.Table) -> pa.Table:
    """Return what is kept of records to find copies of them: a table with schemas.INDEX, a row a record."""
    signatures = pa.array(map(signature, records["raw_text"].to_pylist()), pa.list_(pa.uint32()))
    return pa.table([records["batch_id"], records["doc_id"], signatures], schema=schemas.INDEX)


def decide_copies(index: pa.Table, seen: DuplicateIndex) -> tuple[pa.Table, dict[str, str]]:
    """Decide for each record whether it is kept, and which earlier document it nearly equals.

    Args:
        index: Table with schemas.INDEX.
        seen: The records before these; the kept ones are added.

    Returns:
        A table with schemas.DECISIONS, a row a record, and for each batch a hash of its rows.
    """
    keep: list[bool] = []
    near: list[str | None] = []
    digests: dict[str, Any] = {}
    for batch_id, doc_id, hashes in zip(*(index[name].to_pylist() for name in index.column_names), strict=True):
        is_new = not seen.seen(doc_id)
        keep.append(is_new)
        near.append(seen.near(doc_id, hashes) if is_new else None)
        if is_new:
            seen.add(batch_id, doc_id, hashes)
        digests.setdefault(batch_id, hashlib.sha256()).update(repr((keep[-1], near[-1])).encode())
    decisions = pa.table([pa.array(keep, pa.bool_()), pa.array(near, pa.string())], schema=schemas.DECISIONS)
    return decisions, {batch_id: digest.hexdigest()[:16] for batch_id, digest in digests.items()}


def _tables(source: Source, number: int, records: list[Row], refusals: list[Row]) -> tuple[pa.Table, pa.Table]:
    """Return the tables of a batch; its key is a hash of what was read, and of where in the file that stands."""
    total = hashlib.sha256(f"{source.id}\0{number}".encode())
    for row in (*records, *refusals):
        said = [value for name, value in row.items() if name != "raw_text"]  # its hash is in doc_id
        total.update(repr(said).encode("utf-8", "surrogatepass"))
    batch_id = total.hexdigest()[:16]
    for row in (*records, *refusals):
        row["batch_id"] = batch_id
    return (
        pa.Table.from_pylist(records, schema=schemas.INGESTED),
        pa.Table.from_pylist(refusals, schema=schemas.REFUSALS),
    )


def _read_rows(file: UnitFile, source: Source, settings: IngestSettings) -> Iterator[Row]:
    warned: set[str] = set()
    unread: dict[str, tuple[str, int]] = {}  # for each column with dates that are not read: the first of them, how many
    for member, number, found in _read_file(file, source, settings):
        place: Row = {"uri": file.uri, "member": member, "record": number}
        try:
            if isinstance(found, RecordRejected):
                raise found
            strangers = [name for name in unknown_columns(found, source) if name not in warned]
            if strangers:
                warned.update(strangers)
                names = ", ".join(" ".join(name.split()) for name in strangers[:_NAMED])
                logger.warning("%s: columns that source %s does not know: %s", file.uri, source.id, names)
            row = _record(found, source, settings) | place
            if row["published_raw"] and row["published_on"] is None:
                column = next(
                    (str(name) for name, value in found.items() if as_text(value) == row["published_raw"]), ""
                )
                where = ", ".join(str(part) for part in (member, number) if part is not None)
                example, n_before = unread.get(column, (f"{row['published_raw'][:60]!r} ({where})", 0))
                unread[column] = example, n_before + 1
        except RecordRejected as reason:
            row = _refusal(reason) | place
        except (CommuniqueError, MemoryError, ImportError, OSError):
            raise
        except (
            Exception
        ) as error:  # values can be anything; whatever comes of them, a record does not fail its neighbours
            row = _refusal(_judge(error)) | place
        yield row
    for column, (example, n_dates) in unread.items():
        message = "%s: column %r: not read as a date: %d, such as %s; date_formats of the source may say what they are"
        logger.warning(message, file.uri, column, n_dates, example)


def _judge(error: Exception) -> RecordRejected:
    if isinstance(error, RecursionError):
        return RecordRejected(RejectCode.TOO_DEEP, "its values lie too deep in one another")
    return RecordRejected(RejectCode.BAD_RECORD, f"its values cannot be read: {type(error).__name__}: {error}"[:_SAID])


def _read_file(
    file: UnitFile, source: Source, settings: IngestSettings
) -> Iterator[tuple[str | None, int | None, Values | RecordRejected]]:
    """Yield (member, number of the record, values or refusal). Damage ends the member, not the file.

    Raises:
        OSError: The file cannot be opened or read on. That is no damage: it may be there at the next run.
    """
    with file.open() as stream:
        for member in open_members(stream, Path(file.path).name, file.size, settings.limits):
            if isinstance(member, Refusal):
                yield member.path, None, member.reason
                continue
            number: int | None = None
            is_empty = True
            try:
                with name_damage(member.name):
                    for inner, number, found in read_member(member.stream, member.name, settings.limits, source):
                        is_empty = False
                        yield "/".join(filter(None, (member.path, inner))) or None, number, found
                    if is_empty:
                        raise RecordRejected(RejectCode.EMPTY, f"{member.name}: no records")
            except RecordRejected as reason:
                yield member.path, None if number is None else number + 1, reason
                if isinstance(reason, BudgetSpent):
                    return


def _record(values: Values, source: Source, settings: IngestSettings) -> Row:
    fields = map_fields(values, source)
    text = fields.text
    if not text.isascii():
        try:
            size = len(text.encode("utf-8"))
        except UnicodeEncodeError as error:
            message = f"half a surrogate pair at character {error.start}"
            raise RecordRejected(RejectCode.BAD_ENCODING, message, _clean(text[:_EXCERPT])) from error
    else:
        size = len(text)
    if size > settings.limits.record_bytes:
        raise RecordRejected(RejectCode.TOO_LARGE, _too_large(settings), text[:_EXCERPT])
    language = identify_language(text, settings.languages)
    if language not in settings.languages:
        kept = ", ".join(settings.languages)
        raise RecordRejected(RejectCode.LANGUAGE, f"its language is {language!r}, kept is {kept}", text[:_EXCERPT])
    row: Row = {
        "doc_id": hashlib.sha256(f"{source.id}\0{text}".encode()).hexdigest()[:20],
        "external_id": _clean_optional(fields.external_id),
        "source_id": source.id,
        "title": _clean_optional(fields.title),
        "url": _clean_optional(fields.url),
        "published_on": fields.published_on,
        "published_raw": _clean_optional(fields.published_raw),
        "kind": fields.kind,
        "kind_basis": fields.kind_basis,
        "publisher": _clean_optional(fields.publisher),
        "language": language,
        "raw_text": text,
        "country": source.country,
        "blocks": [{"raw_start": start, "raw_end": end} for start, end in fields.blocks] or None,
    }
    if size + _beside(row) > settings.limits.record_bytes:
        raise RecordRejected(RejectCode.TOO_LARGE, _too_large(settings), text[:_EXCERPT])
    return row


def _too_large(settings: IngestSettings) -> str:
    return f"larger than ingest.limits.record_bytes = {settings.limits.record_bytes:,}"


def _beside(row: Row) -> int:
    """Return the characters beside a record's text that count: those of values longer than any title or address is."""
    values = (row[name] or "" for name in ("external_id", "title", "url", "published_raw"))
    return sum(len(value) for value in values if len(value) > _USUAL)


def _clean(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")


def _clean_optional(value: str | None) -> str | None:
    return None if value is None else _clean(value)


def _refusal(reason: RecordRejected) -> Row:
    return {
        "stage": "ingest",
        "code": reason.code.value,
        "message": _clean(reason.message),
        "excerpt": _clean(reason.excerpt[:_EXCERPT]) or None,
    }
