"""Where things lie in a dataset. The only module that knows keys, but for that of the lock, which the stores see to.

DATASET/<table>/source=<id>/<segment>-<hash8>.parquet    rows of batches that were published together; never overwritten
DATASET/<view>/<hash8>.parquet        a view over the whole dataset, named in _manifest/_views.json
DATASET/_index/<segment>-<hash8>.parquet   batch_id, doc_id and signature of every document kept
DATASET/_index/copies.sqlite          the same, to look copies up in; made from these files where it is missing
DATASET/_manifest/<number>.json       the commits: what the dataset consists of
DATASET/_runs/<run_id>.json   DATASET/_dataset.json   DATASET/_lock   DATASET/_staging/

Of a dataset in object storage, _staging and copies.sqlite lie in a folder of the user's cache.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tasks.objects import is_address
from tasks.publish.objects import ObjectStore
from tasks.publish.store import LocalStore, Store
from tasks.resources import cache_folder
from tasks.schemas import TABLES

_DATA_FILE = re.compile(r".*/[0-9a-f]{16}-[0-9a-f]{8}\.parquet")
_VIEW_FILE = re.compile(r".*/[0-9a-f]{8}\.parquet")
_COMMIT = re.compile(r"_manifest/([0-9]{8,})\.json")


class Layout:
    """The keys of one dataset, and the store that they are keys of.

    Args:
        root: The dataset's folder, or its address in object storage. It need not exist.

    Attributes:
        root: The same, as messages name it.
        name: Its last part.
        local: A folder for what is local by nature. It need not exist.
        staging: For what is not complete.
        copies: The database in which copies are looked up.
    """

    card = "_dataset.json"
    views = "_manifest/_views.json"
    replaced = "_manifest/_replaced.json"

    def __init__(self, root: Path | str) -> None:
        self.store: Store
        if isinstance(root, str) and is_address(root):
            self.root = root.rstrip("/")
            self.local = cache_folder() / "datasets" / hashlib.sha256(self.root.encode()).hexdigest()[:16]
            self.store = ObjectStore(self.root)
        else:
            self.local = Path(root)
            self.root = str(self.local)
            self.store = LocalStore(self.local)
        self.name = self.root.rpartition("/")[2] if is_address(self.root) else Path(root).resolve().name
        self.staging = self.local / "_staging"
        self.copies = self.local / "_index" / "copies.sqlite"

    def run_file(self, run_id: str) -> str:
        """Return the key of the ledger of a run."""
        return f"_runs/{run_id}.json"

    def run_files(self) -> Iterator[str]:
        """Yield the keys of the ledgers that are there."""
        yield from (key for key in self.store.list("_runs") if key.endswith(".json"))

    def data_file(self, table: str, source_id: str, segment_id: str, digest: str) -> str:
        """Return the key of a data file, from the hash of its content."""
        return f"{table}/source={source_id}/{segment_id}-{digest[:8]}.parquet"

    def index_file(self, segment_id: str, digest: str) -> str:
        """Return the key of a segment's index, from the hash of its content."""
        return f"_index/{segment_id}-{digest[:8]}.parquet"

    def view_file(self, view: str, digest: str) -> str:
        """Return the key of a view's file, from the hash of its content."""
        return f"{view}/{digest[:8]}.parquet"

    def commit_file(self, number: int) -> str:
        """Return the key of a commit."""
        return f"_manifest/{number:08d}.json"

    def data_files(self) -> Iterator[str]:
        """Yield the keys of all files that a segment could own: documents first, then what refers to them."""
        for folder in (*TABLES, "_index"):
            yield from (key for key in self.store.list(folder) if _DATA_FILE.fullmatch(key))

    def view_files(self, view: str) -> Iterator[str]:
        """Yield the keys of all files that a view could own."""
        yield from (key for key in self.store.list(view) if _VIEW_FILE.fullmatch(key))

    def commit_numbers(self) -> list[int]:
        """Return the numbers of the commits that are there, ascending."""
        found = (_COMMIT.fullmatch(key) for key in self.store.list("_manifest"))
        return sorted(int(match[1]) for match in found if match)

    def write_json(self, key: str, value: object) -> None:
        """Write a JSON object, keys sorted, so that equal values give equal bytes."""
        self.store.write(key, to_json(value))


def to_json(value: object) -> bytes:
    """Return JSON with sorted keys, for people and for equal bytes."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
