"""Putting a batch into the dataset.

Order: write every file under the staging folder → take the old manifest away, if the batch is being replaced → move the
files into place → remove files that the batch no longer has → write the manifest. Whatever is interrupted, the batch is
either described by a manifest that is true, or has none and is done again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import name_file
from tasks.publish.layout import Layout
from tasks.publish.manifest import DataFile, InputFile, Manifest, write_manifest
from tasks.schemas import INDEX, SCHEMA_VERSION, TABLES


def write_parquet(table: pa.Table, path: Path) -> DataFile:
    """Write a Parquet file, flush it to disk and return its entry; `path` in the entry is left to the caller."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {**(table.schema.metadata or {}), b"communique_schema": str(SCHEMA_VERSION).encode()}
    with name_file(path):
        pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")
        with path.open("rb+") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
    return DataFile(path=path.name, rows=table.num_rows, size=path.stat().st_size, sha256=digest)


def read_index(layout: Layout, batch_id: str) -> pa.Table:
    """Read the index of a published batch: a table with INDEX."""
    table = pq.read_table(layout.root / layout.index_file(batch_id), partitioning=None)
    return table.replace_schema_metadata(None).cast(INDEX)


def split_by_year(tables: Mapping[str, pa.Table]) -> list[tuple[str, int | None, pa.Table]]:
    """Cut tables by the year of their document.

    Returns:
        (table, year, rows), tables in the given order, years ascending, undated last. Tables whose rows belong to no
        document of the batch are undated.
    """
    documents = tables["documents"]
    years = dict(zip(documents["doc_id"].to_pylist(), pc.year(documents["published_on"]).to_pylist(), strict=True))
    parts: list[tuple[str, int | None, pa.Table]] = []
    for name, table in tables.items():
        if not table.num_rows:
            continue
        if not TABLES[name].is_of_documents:
            parts.append((name, None, table))
            continue
        row_years = [years[doc_id] for doc_id in table["doc_id"].to_pylist()]
        for year in sorted(set(row_years), key=lambda y: (y is None, y or 0)):
            rows = pa.array([i for i, y in enumerate(row_years) if y == year])
            parts.append((name, year, table.take(rows)))
    return parts


def commit_batch(
    layout: Layout,
    staging: Path,
    tables: Mapping[str, pa.Table],
    index: pa.Table,
    *,
    batch_id: str,
    source_id: str,
    unit_id: str,
    number: int,
    n_batches: int,
    inputs: tuple[InputFile, ...],
    fingerprints: Mapping[str, str],
    decisions: str,
    records: int,
) -> Manifest:
    """Put a batch into the dataset, in place of what it had before.

    Args:
        layout: The dataset.
        staging: Folder on the dataset's file system for files that are not complete.
        tables: The tables of the batch, as `assemble` makes them.
        index: Table with INDEX.
        batch_id: Key of the batch.
        source_id: The publisher.
        unit_id: The unit of the input.
        number: Place in the unit.
        n_batches: Batches of the unit.
        inputs: Files of the unit.
        fingerprints: By stage.
        decisions: Hash of the duplicate decisions.
        records: Records read.

    Returns:
        The manifest that was written.
    """
    files: list[DataFile] = []
    parts = [(layout.data_file(name, source_id, year, batch_id), part) for name, year, part in split_by_year(tables)]
    for path, part in [*parts, (layout.index_file(batch_id), index)]:
        entry = write_parquet(part, staging / path)
        files.append(entry.model_copy(update={"path": path}))

    stages = tables["rejects"]["stage"].to_pylist()
    manifest = Manifest(
        batch_id=batch_id,
        source_id=source_id,
        unit_id=unit_id,
        number=number,
        n_batches=n_batches,
        inputs=inputs,
        fingerprints=dict(sorted(fingerprints.items())),
        decisions=decisions,
        records=records,
        rejects_by_stage={stage: stages.count(stage) for stage in sorted(set(stages))},
        near_duplicates=len(tables["documents"]) - tables["documents"]["near_duplicate_of"].null_count,
        rows={name: table.num_rows for name, table in tables.items()},
        files=tuple(files),
    )
    layout.manifest_file(batch_id).unlink(missing_ok=True)
    for file in files:
        target = layout.root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        (staging / file.path).replace(target)
    keep = {file.path for file in files}
    for name in tables:
        for old in (layout.root / name).glob(f"source=*/year=*/{batch_id}.parquet"):
            if old.relative_to(layout.root).as_posix() not in keep:
                old.unlink()
    write_manifest(layout, manifest)
    return manifest


def remove_batch(layout: Layout, manifest: Manifest) -> None:
    """Take a batch out of the dataset: its manifest first, then its files."""
    layout.manifest_file(manifest.batch_id).unlink(missing_ok=True)
    for file in manifest.files:
        (layout.root / file.path).unlink(missing_ok=True)


def remove_orphans(layout: Layout, manifests: Mapping[str, Manifest]) -> int:
    """Remove data files that no manifest owns: what an interrupted run left. Returns how many there were."""
    owned = {file.path for manifest in manifests.values() for file in manifest.files}
    orphans = [path for path in layout.data_files() if path not in owned]
    for path in orphans:
        (layout.root / path).unlink()
    return len(orphans)
