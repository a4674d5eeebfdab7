"""What pyarrow reads of a dump: Parquet, whose reader it is, and zstd, which Python before 3.14 has no reader for.

The one module of ring 1 that imports Arrow. What it returns is rows and bytes; no table leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 64  # read at a time

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
