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
from tasks.errors import RecordRejected, RejectCode
from tasks.ingest.duplicates import DuplicateIndex, signature
from tasks.ingest.fields import map_fields, unknown_columns
from tasks.ingest.formats import Values, read_member
from tasks.ingest.language import identify_language
from tasks.ingest.plan import UnitFile
from tasks.ingest.sources import Source
from tasks.ingest.streams import Refusal, name_damage, open_members
from tasks.settings import IngestSettings
from tasks.tables import Row

logger = logging.getLogger(__name__)

_EXCERPT = 200
_WARNINGS = 20


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
        text = row.get("raw_text")
        if text is None:
            refusals.append(row)
        else:
            records.append(row)
            size += len(text)
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
    dates = 0
    for member, number, found in _read_file(file, settings):
        place: Row = {"uri": file.uri, "member": member, "record": number}
        try:
            if isinstance(found, RecordRejected):
                raise found
            strangers = [name for name in unknown_columns(found, source) if name not in warned]
            if strangers:
                warned.update(strangers)
                logger.warning(
                    "%s: columns that source %s does not know: %s", file.uri, source.id, ", ".join(strangers)
                )
            row = _record(found, source, settings) | place
        except RecordRejected as reason:
            row = _refusal(reason) | place
        else:
            if row["published_raw"] and row["published_on"] is None:
                dates += 1
                if dates <= _WARNINGS:
                    where = ", ".join(str(part) for part in (file.uri, member, number) if part is not None)
                    logger.warning("%s: no listed date format fits %r", where, row["published_raw"][:60])
        yield row
    if dates > _WARNINGS:
        logger.warning("%s: %d more dates fit no listed format", file.uri, dates - _WARNINGS)


def _read_file(
    file: UnitFile, settings: IngestSettings
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
            try:
                with name_damage(member.name):
                    for number, found in read_member(member.stream, member.name, settings.limits):
                        yield member.path, number, found
            except RecordRejected as reason:
                yield member.path, None if number is None else number + 1, reason
                if reason.code is RejectCode.BOMB:
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
        message = f"larger than ingest.limits.record_bytes = {settings.limits.record_bytes:,}"
        raise RecordRejected(RejectCode.TOO_LARGE, message, text[:_EXCERPT])
    language = identify_language(text, settings.languages)
    if language not in settings.languages:
        kept = ", ".join(settings.languages)
        raise RecordRejected(RejectCode.LANGUAGE, f"its language is {language!r}, kept is {kept}", text[:_EXCERPT])
    return {
        "doc_id": hashlib.sha256(f"{source.id}\0{text}".encode()).hexdigest()[:20],
        "external_id": _clean_optional(fields.external_id),
        "source_id": source.id,
        "title": _clean_optional(fields.title),
        "url": _clean_optional(fields.url),
        "published_on": fields.published_on,
        "published_raw": _clean_optional(fields.published_raw),
        "kind": fields.kind,
        "kind_basis": fields.kind_basis,
        "language": language,
        "raw_text": text,
        "country": source.country,
        "blocks": [{"raw_start": start, "raw_end": end} for start, end in fields.blocks] or None,
    }


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
