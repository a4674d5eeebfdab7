"""Tables of Delta Lake over the files of a dataset, for readers that ask for them. Parquet and the log stay the truth.

Order, for each table: its files get a second name in the folder of the export, a hard link, so no byte is copied and
none of the dataset is touched → what came and what went since the last export is one transaction. Where nothing did,
nothing is written. A transaction carries the number of the dataset's commit; Delta Lake keeps that and does not go by
it, so what is registered is compared with what is committed, and a transaction that another one came before is refused.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from tasks.errors import ConfigError, DatasetBusy, DatasetError
from tasks.objects import is_address
from tasks.publish.layout import Layout
from tasks.publish.log import DataFile, read_snapshot
from tasks.publish.views import read_views
from tasks.schemas import TABLES, VIEWS, Table

if TYPE_CHECKING:
    from deltalake import DeltaTable, Schema
    from deltalake.transaction import AddAction

_PARTITION = "source"
_LOOKS = 5


@dataclass(frozen=True)
class Exported:
    """A table of an export.

    Attributes:
        table: Its name.
        version: Its version in Delta Lake.
        rows: Its rows.
        come: Files that came with this export.
        gone: Files that went.
    """

    table: str
    version: int
    rows: int
    come: int
    gone: int


def export_delta(layout: Layout, folder: Path, *, now: datetime) -> Iterator[Exported]:
    """Register the committed files of each table and view of a dataset as a table of Delta Lake, FOLDER/<table>.

    Args:
        layout: The dataset.
        folder: A folder on the same file system, to which this dataset alone is exported.
        now: The present time: files that go are marked with it.

    Raises:
        ConfigError: The extra is not installed, or the folder will not do.
        DatasetBusy: The dataset or the export is written to by somebody else.
    """
    try:
        import deltalake  # noqa: F401 - before anything is made
    except ImportError as error:
        raise ConfigError('an export needs the extra: pip install "communique[delta]"') from error
    if is_address(layout.root) or is_address(str(folder)):
        raise ConfigError("only a local dataset is exported, and to a local folder")
    root, target = layout.local.resolve(), folder.resolve()
    if target == root or root in target.parents:
        raise ConfigError(f"{folder}: lies in the dataset; choose another folder for the export")
    dataset = f"communique:{root}"
    tables = TABLES | VIEWS
    known = {name: _open(target / name, dataset) for name in tables}
    number, files = _link_files(layout, target)
    for name, table in tables.items():
        yield _register(target / name, known[name], table, files[name], number, dataset, now)


def _open(folder: Path, dataset: str) -> DeltaTable | None:
    """Return the table of an earlier export, None if there is none."""
    from deltalake import DeltaTable

    if not DeltaTable.is_deltatable(str(folder)):
        return None
    found = DeltaTable(folder)
    if found.transaction_version(dataset) is None:
        raise ConfigError(f"{folder}: a table of Delta Lake that is no export of {dataset.partition(':')[2]}")
    return found


def _link_files(layout: Layout, folder: Path) -> tuple[int, dict[str, tuple[DataFile, ...]]]:
    """Give the committed files a second name. Returns the number of the commit, and the files by table."""
    for _ in range(_LOOKS):
        snapshot, views = read_snapshot(layout), read_views(layout)
        files = {name: tuple(snapshot.files(name)) for name in TABLES}
        files |= {name: (views[name],) if name in views else () for name in VIEWS}
        try:
            for file in (file for found in files.values() for file in found):
                _link(layout.local / file.path, folder / file.path)
        except FileNotFoundError:  # a run has replaced it since the log was read
            continue
        return snapshot.number, files
    raise DatasetBusy(f"{layout.root}: its files go while they are looked at; try again when no run writes to it")


def _link(file: Path, name: Path) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, name)
    except FileExistsError:  # since an earlier export: names have the hash of the content
        return
    except OSError as error:
        if error.errno in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
            message = f"{name.parent}: no hard link to a file of the dataset; choose a folder on its file system"
            raise ConfigError(message) from error
        raise


def _register(
    folder: Path,
    there: DeltaTable | None,
    table: Table,
    files: tuple[DataFile, ...],
    number: int,
    dataset: str,
    now: datetime,
) -> Exported:
    """Let a table of Delta Lake consist of some files, by one transaction on what it is or a table of its own."""
    from deltalake.exceptions import DeltaError
    from deltalake.transaction import CommitProperties, RemoveAction, Transaction, create_table_with_add_actions

    schema, partitions = _schema_of(table)
    wanted = {file.path.partition("/")[2]: file for file in files}
    properties = CommitProperties(app_transactions=[Transaction(dataset, number)], max_commit_retries=0)
    rows = sum(file.rows for file in files)
    try:
        if there is None:
            added = [_add(folder, path, file, partitions) for path, file in wanted.items()]
            folder.mkdir(parents=True, exist_ok=True)
            create_table_with_add_actions(
                str(folder), schema, added, partition_by=partitions, name=table.name, commit_properties=properties
            )
            return Exported(table.name, 0, rows, len(added), 0)
        _add_columns(there, schema)
        known = _files_of(there)
        added = [_add(folder, path, wanted[path], partitions) for path in sorted(wanted.keys() - known.keys())]
        moment = int(now.timestamp() * 1000)
        removed = [
            RemoveAction(path, True, moment, known[path], _partition_of(path, partitions))
            for path in sorted(known.keys() - wanted.keys())
        ]
        if added or removed:
            there.create_write_transaction(
                [*added, *removed], "append", schema, partition_by=partitions, commit_properties=properties
            )
            there.update_incremental()
    except DeltaError as error:
        raise DatasetError(f"{folder}: the export is not written: {error}; give the same command again") from error
    return Exported(table.name, there.version(), rows, len(added), len(removed))


def _add_columns(there: DeltaTable, schema: Schema) -> None:
    """Add the columns that a later version of the program has appended."""
    known = {field.name for field in there.schema().fields}
    new = [field for field in schema.fields if field.name not in known]
    if new:
        there.alter.add_columns(new)


def _files_of(there: DeltaTable) -> dict[str, int]:
    """Return the files that a table of Delta Lake consists of, with their sizes."""
    found = pa.table(there.get_add_actions(flatten=True))
    return dict(zip(found["path"].to_pylist(), found["size_bytes"].to_pylist(), strict=True))


def _add(folder: Path, path: str, file: DataFile, partitions: list[str]) -> AddAction:
    from deltalake.transaction import AddAction

    modified = int((folder / path).stat().st_mtime * 1000)
    stats = json.dumps({"numRecords": file.rows})
    return AddAction(path, file.size, _partition_of(path, partitions), modified, True, stats)


def _partition_of(path: str, partitions: list[str]) -> dict[str, str | None]:
    """Return the values that stand in a path.

    Example:
        >>> _partition_of("source=kremlin/0-0.parquet", ["source"]), _partition_of("0.parquet", [])
        ({'source': 'kremlin'}, {})
    """
    return {name: path.partition(f"{name}=")[2].partition("/")[0] for name in partitions}


def _schema_of(table: Table) -> tuple[Schema, list[str]]:
    """Return the columns of a table, with what its files' paths say, and which columns these are."""
    from deltalake import Schema

    partitions = [_PARTITION] if table.name in TABLES else []
    fields = [
        pa.field(f.name, _plain(f.type), metadata={"comment": (f.metadata or {}).get(b"description", b"").decode()})
        for f in table.schema
    ]
    fields += [pa.field(name, pa.string(), metadata={"comment": "publisher"}) for name in partitions]
    return Schema.from_arrow(pa.schema(fields)), partitions


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return a type without what Delta Lake does not know: dictionaries, names of list items."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _plain(f.type)) for f in (kind.field(i) for i in range(kind.num_fields))])
    return kind
