"""Where things lie in a dataset. The only module that knows paths.

DATASET/<table>/source=<id>/year=<YYYY>/<batch>.parquet
DATASET/<view>/<hash8>.parquet       a view over the whole dataset, named in _manifest/_views.json
DATASET/_index/<batch>.parquet       doc_id and signature of every record read, for finding duplicates later
DATASET/_manifest/<batch>.json       written last
DATASET/_runs/<run_id>.json   DATASET/_dataset.json   DATASET/_lock   DATASET/_staging/
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tasks.errors import name_file
from tasks.schemas import TABLES

#: The year of documents without a day, and of tables that have none. Hive's own name for a missing key,
#: `__HIVE_DEFAULT_PARTITION__`, makes `pandas.read_parquet(folder)` fail (pyarrow cannot infer its type).
UNDATED = 0
_BATCH_FILE = re.compile(r"[0-9a-f]{16}\.parquet")
_VIEW_FILE = re.compile(r"[0-9a-f]{8}\.parquet")


class Layout:
    """The paths of one dataset.

    Args:
        root: The dataset's folder. It need not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifests = root / "_manifest"
        self.index = root / "_index"
        self.runs = root / "_runs"
        self.staging = root / "_staging"
        self.views = root / "_manifest" / "_views.json"
        self.lock = root / "_lock"
        self.card = root / "_dataset.json"

    def data_file(self, table: str, source_id: str, year: int | None, batch_id: str) -> str:
        """Return the path of a data file, relative to the dataset."""
        return f"{table}/source={source_id}/year={UNDATED if year is None else year}/{batch_id}.parquet"

    def view_file(self, view: str, digest: str) -> str:
        """Return the path of a view's file, relative to the dataset."""
        return f"{view}/{digest[:8]}.parquet"

    def view_files(self, view: str) -> Iterator[str]:
        """Yield the paths of all files on disk that a view could own, relative to the dataset."""
        for path in sorted((self.root / view).glob("*.parquet")):
            if _VIEW_FILE.fullmatch(path.name):
                yield path.relative_to(self.root).as_posix()

    def index_file(self, batch_id: str) -> str:
        """Return the path of a batch's index, relative to the dataset."""
        return f"_index/{batch_id}.parquet"

    def manifest_file(self, batch_id: str) -> Path:
        """Return the path of a batch's manifest."""
        return self.manifests / f"{batch_id}.json"

    def data_files(self) -> Iterator[str]:
        """Yield the paths of all files on disk that a batch could own, relative to the dataset."""
        for folder in [self.root / name for name in TABLES] + [self.index]:
            for path in sorted(folder.rglob("*.parquet")):
                if _BATCH_FILE.fullmatch(path.name):
                    yield path.relative_to(self.root).as_posix()


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that readers see the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with name_file(partial), partial.open("w", encoding="utf-8") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    partial.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file atomically, keys sorted, so that equal values give equal bytes."""
    write_atomically(path, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
