"""Views: tables over the whole dataset, made from its segments and made anew when these change.

Order: write the new file → name it in _manifest/_views.json → remove the one before. A reader who takes the path from
there sees the old view or the new one, whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from tasks.errors import DatasetError
from tasks.publish.commit import write_parquet
from tasks.publish.layout import Layout
from tasks.publish.log import DataFile
from tasks.publish.table import check_vocabularies

#: Rows of a row group: a view is sorted by its key, so that who looks one up reads few.
_GROUP = 10_000


class ViewFile(DataFile):
    """The file of a view, a hash of the files that it was made from, and the fingerprint of its stage."""

    made_from: str
    fingerprint: str


_VIEWS: TypeAdapter[dict[str, ViewFile]] = TypeAdapter(dict[str, ViewFile])


def read_views(layout: Layout) -> dict[str, ViewFile]:
    """Return the views of a dataset by name.

    Raises:
        DatasetError: _views.json cannot be read.
    """
    try:
        return _VIEWS.validate_json(layout.store.read(layout.views))
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{layout.store.locate(layout.views)}: not a list of views: {error}") from error


def commit_views(
    layout: Layout, staging: Path, tables: Mapping[str, pa.Table], *, made_from: str, fingerprint: str
) -> dict[str, ViewFile]:
    """Put views into the dataset, in place of what it had before.

    Args:
        layout: The dataset.
        staging: Folder on the dataset's file system for files that are not complete.
        tables: By name in schemas.VIEWS, each with its schema.
        made_from: `Snapshot.digest` of the tables that they were made from.
        fingerprint: Of the stage that made them.

    Returns:
        All views of the dataset.

    Raises:
        DatasetError: A column with a closed set of values holds another.
    """
    check_vocabularies(tables)
    views = read_views(layout)
    for name, rows in tables.items():
        groups = (rows.slice(at, _GROUP) for at in range(0, max(len(rows), 1), _GROUP))
        entry = write_parquet(groups, rows.schema, staging / f"{name}.parquet")
        path = layout.view_file(name, entry.sha256)
        layout.store.put(path, staging / f"{name}.parquet")
        values = entry.model_dump() | {"path": path, "made_from": made_from, "fingerprint": fingerprint}
        views[name] = ViewFile.model_validate(values)
    return write_views(layout, views)


def write_views(layout: Layout, views: Mapping[str, ViewFile]) -> dict[str, ViewFile]:
    """Name the views of a dataset, and remove the files of views that are named no more."""
    before = read_views(layout)
    layout.write_json(layout.views, json.loads(_VIEWS.dump_json(dict(views))))
    owned = {view.path for view in views.values()}
    for path in (path for name in {*before, *views} for path in layout.view_files(name)):
        if path not in owned:
            layout.store.delete(path)
    return dict(views)
