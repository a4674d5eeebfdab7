"""What pyarrow reads of a dump: Parquet and Arrow, and zstd, which Python before 3.14 has no reader for.

The one module of ring 1 that imports Arrow. What it returns is rows and bytes; no table leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import SEEK_END
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import RecordRejected, RejectCode
from tasks.settings import Limits

_ROWS = 64  # read at a time
_GRACE = 10_000_000  # bytes below which no ratio is suspicious

#: What the readers here raise over damaged data, beside OSError and ValueError.
ArrowDamage: type[Exception] = pa.ArrowException


def open_zstd(stream: IO[bytes]) -> IO[bytes]:
    """Return what a zstd stream holds, as it is read."""
    opened: IO[bytes] = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
    return opened


def read_parquet_rows(file: IO[bytes]) -> Iterator[dict[str, object]]:
    """Yield the rows of a Parquet file by the names of its columns.

    Args:
        file: The file; seekable.
    """
    for batch in pq.ParquetFile(file).iter_batches(batch_size=_ROWS):
        yield from batch.to_pylist()


def read_arrow_rows(file: IO[bytes], limits: Limits) -> Iterator[dict[str, object]]:
    """Yield the rows of an Arrow file (Feather is one) or of an Arrow stream by the names of its columns.

    Args:
        file: The file; seekable.
        limits: What it may expand to.

    Raises:
        RecordRejected: BOMB: its rows share values, or hold runs of them, beyond that.
    """
    is_file = file.read(6) == b"ARROW1"
    most = max(_GRACE, limits.compression_ratio * file.seek(0, SEEK_END))
    file.seek(0)
    spent = 0
    try:
        if is_file:
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
        else:
            batches = iter(pa.ipc.open_stream(file))
        for batch in batches:
            batch.validate(full=True)  # offsets that a damaged file holds would be followed out of memory
            for start in range(0, batch.num_rows, _ROWS):
                for row in batch.slice(start, _ROWS).to_pylist():
                    spent += sum(len(value) if isinstance(value, str | bytes) else 1 for value in row.values())
                    if spent > most:
                        raise RecordRejected(RejectCode.BOMB, f"expands to more than {most:,} bytes")
                    yield row
    except MemoryError as error:  # Arrow asks at once for what damaged data say that they need
        raise RecordRejected(RejectCode.UNREADABLE, f"asks for more memory than there is: {error}") from error
