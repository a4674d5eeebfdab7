"""What pyarrow reads of a dump: Parquet and Arrow, and zstd, which Python before 3.14 has no reader for.

The one module of ring 1 that imports Arrow. What it returns is rows and bytes; no table leaves it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import RecordRejected, RejectCode
from tasks.settings import Limits
from tasks.tables import rows_of

Sizes = npt.NDArray[np.int64]

_ROWS = 1024  # read at a time, at most
_BLOCK = 4_000_000  # bytes read at a time, about
_ROW_COST = 64  # bytes that a row is charged with beside its values, so that rows of nothing come to an end


def open_zstd(stream: IO[bytes]) -> IO[bytes]:
    """Return what a zstd stream holds, as it is read."""
    opened: IO[bytes] = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
    return opened


def read_parquet_rows(file: IO[bytes], limits: Limits) -> Iterator[dict[str, object] | RecordRejected]:
    """Yield the rows of a Parquet file by the names of its columns, or why a row is refused.

    A value that many rows share stands in the file once, so a file of some kilobytes may hold any number of bytes.
    Columns are read as such a file has them, values and which row has which; a row is put together after its bytes
    have been counted.

    Args:
        file: The file; seekable.
        limits: How large a row may be, and how many times the file its rows.

    Raises:
        RecordRejected: BOMB: the rows are more than the file may hold.
    """
    allowed = _allowed(file, limits)
    with _enough_memory():
        plain = pq.ParquetFile(file).metadata
        _check_lists(plain, allowed)
        columns = [plain.schema.column(number) for number in range(plain.num_columns)]
        shared = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
        file.seek(0)
        n_bytes = sum(plain.row_group(number).total_byte_size for number in range(plain.num_row_groups))
        n_rows = min(_ROWS, max(1, _BLOCK * plain.num_rows // max(1, n_bytes)))
        rows = pq.ParquetFile(file, read_dictionary=shared).iter_batches(batch_size=n_rows)
        yield from _unpack(rows, allowed, limits)


def read_arrow_rows(file: IO[bytes], limits: Limits) -> Iterator[dict[str, object] | RecordRejected]:
    """Yield the rows of an Arrow file (Feather is one) or of an Arrow stream by the names of its columns.

    Args:
        file: The file; seekable.
        limits: How large a row may be, and how many times the file its rows.

    Raises:
        RecordRejected: BOMB: its rows share values, or hold runs of them, beyond that.
    """
    allowed = _allowed(file, limits)
    is_file = file.read(6) == b"ARROW1"
    file.seek(0)
    with _enough_memory():
        if is_file:
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
        else:
            batches = iter(pa.ipc.open_stream(file))
        yield from _unpack(batches, allowed, limits)


def _allowed(file: IO[bytes], limits: Limits) -> int:
    """Return how many bytes the rows of a file may have; the file is at its start then."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return limits.most_expanded(size)


@contextmanager
def _enough_memory() -> Iterator[None]:
    """Refuse a file for which Arrow lacks memory: it asks at once for what data say that they need."""
    try:
        yield
    except MemoryError as error:
        raise RecordRejected(RejectCode.UNREADABLE, f"asks for more memory than there is: {error}") from error


def _unpack(
    batches: Iterator[pa.RecordBatch], allowed: int, limits: Limits
) -> Iterator[dict[str, object] | RecordRejected]:
    """Yield the rows of batches, each put together after its bytes have been counted."""
    spent = 0
    for batch in batches:
        batch.validate(full=True)  # offsets that a damaged file holds would be followed out of memory
        sizes = sum((_measure(column) for column in batch.columns), np.zeros(len(batch), np.int64))
        for start, end in _cut(sizes, limits.record_bytes):
            spent += int(sizes[start:end].sum()) + _ROW_COST * (end - start)
            if spent > allowed:
                raise RecordRejected(
                    RejectCode.BOMB, f"expands to more than {limits.compression_ratio} times its bytes"
                )
            if sizes[start] > limits.record_bytes:
                message = f"larger than ingest.limits.record_bytes = {limits.record_bytes:,}"
                yield RecordRejected(RejectCode.TOO_LARGE, message)
                continue
            for row in range(start, end, _ROWS):
                yield from rows_of(pa.Table.from_batches([batch.slice(row, min(_ROWS, end - row))]))


def _check_lists(metadata: Any, allowed: int) -> None:
    """Refuse lists that have more members than the file may hold: a row may have any number of them."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for number in range(group.num_columns):
            if metadata.schema.column(number).max_repetition_level and group.column(number).num_values > allowed // 8:
                raise RecordRejected(RejectCode.BOMB, f"{group.column(number).num_values:,} values in lists")


def _measure(array: pa.Array) -> Sizes:
    """Return how many bytes each value of an array has, about."""
    kind = array.type
    sizes: Sizes
    if pa.types.is_dictionary(kind):
        lengths = np.append(_measure(array.dictionary), 0)
        sizes = lengths[array.indices.fill_null(len(lengths) - 1).to_numpy(zero_copy_only=False)]
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        parts = (array.keys, array.items) if pa.types.is_map(kind) else (array.values,)
        inner = np.sum([_measure(part) + 1 for part in parts], axis=0)
        sizes = np.diff(np.concatenate([[0], inner.cumsum()])[array.offsets.to_numpy()])
    elif pa.types.is_struct(kind):
        sizes = sum((_measure(part) for part in array.flatten()), np.zeros(len(array), np.int64))
    elif pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_string(kind):
        sizes = pc.binary_length(array).fill_null(0).cast(pa.int64()).to_numpy(zero_copy_only=False)
    else:
        sizes = np.ones(len(array), np.int64)
    return sizes


def _cut(sizes: Sizes, most: int) -> Iterator[tuple[int, int]]:
    """Yield spans of rows that are at most so many bytes together; a row that is larger alone."""
    start = total = 0
    for end, size in enumerate(sizes.tolist()):
        if total + size > most and end > start:
            yield start, end
            start, total = end, 0
        total += size
    if len(sizes):
        yield start, len(sizes)
