"""Documents per second, memory of each process and the share of orchestration, on dumps cut from Parquet files.

    python benchmarks/throughput.py DATA [1000 10000] [--workers 2]

DATA holds Parquet files with the columns id, title, date, url, text. Documents are taken evenly over all files.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ["id", "title", "date", "url", "text"]


def cut_dump(data: Path, n_documents: int, target: Path) -> None:
    """Write every k-th document of the files in a folder to one Parquet dump."""
    files = sorted(data.glob("*.parquet"))
    total = sum(pq.ParquetFile(file).metadata.num_rows for file in files)
    wanted = {int(i * total / n_documents) for i in range(n_documents)}
    at = 0
    writer: pq.ParquetWriter | None = None
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(2000, columns=COLUMNS):
            table = pa.Table.from_batches([batch])
            table = table.take([i for i in range(len(table)) if at + i in wanted])
            at += len(batch)
            table = table.set_column(2, "date", table["date"].cast(pa.string()))
            writer = writer or pq.ParquetWriter(target, table.schema)
            writer.write_table(table)
    if writer:
        writer.close()


def main() -> None:
    """Run the pipeline on each size and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("sizes", type=int, nargs="*", default=[1000, 10000])
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            dump, out = Path(folder, "dump.parquet"), Path(folder, "out")
            cut_dump(arguments.data, size, dump)
            command = [sys.executable, "-m", "flows.cli", "run", str(dump), "--out", str(out)]
            start = time.perf_counter()
            subprocess.run([*command, "--workers", str(arguments.workers)], check=True, stdout=subprocess.DEVNULL)
            wall = time.perf_counter() - start
            [path] = (out / "_runs").glob("*.json")
            ledger = json.loads(path.read_text())
        costs, counts = ledger["costs"], ledger["counts"]
        rest = costs["total"] - costs["work"]
        print(
            f"{size} read, {counts['documents']} documents, {wall:.0f} s, {counts['documents'] / wall:.1f} documents/s"
        )
        print(f"  CPU {costs['total']:.0f} s, {1000 * costs['total'] / size:.1f} ms a record")
        print(f"  rings 1 and 2 {costs['work']:.0f} s, all else {rest:.0f} s = {100 * rest / costs['total']:.1f} %")
        print(
            "  stages (CPU s): "
            + ", ".join(f"{k} {costs[k]:.0f}" for k in ("ingest", "normalize", "entities", "quotes", "publish"))
        )
        print(
            "  peak MB: " + ", ".join(f"{name} {value:.0f}" for name, value in ledger["peak_rss_mb"].items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
