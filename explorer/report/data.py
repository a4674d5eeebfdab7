"""A dataset as the report asks it: DuckDB over the files that are committed, and the questions of queries.sql.

List the files → open views over them → note what the commits say was read → pick the releases → ask. What runs is
what `sql` returns, to the character.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from explorer.report.scope import Scope
from flows.upkeep import list_files, sql_views
from flows.views import find_stale
from tasks.errors import ConfigError, DatasetError
from tasks.objects import is_address
from tasks.publish.layout import Layout
from tasks.publish.log import Snapshot, read_snapshot

if TYPE_CHECKING:
    import duckdb

_HEAD = re.compile(r"^-- (\w+): (.+)\n", re.MULTILINE)
_MEMORY = "2GB"  # beyond it DuckDB goes on in a temporary folder
Row = TypeVar("Row", bound=NamedTuple)


class Query(NamedTuple):
    """A question of queries.sql: what it answers, and how."""

    answers: str
    sql: str


@cache
def read_queries() -> dict[str, Query]:
    """Return the questions by name."""
    _, *parts = _HEAD.split(Path(__file__).with_name("queries.sql").read_text(encoding="utf-8"))
    return {
        name: Query(answers, sql.strip())
        for name, answers, sql in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


def check_extra() -> None:
    """Check that what the report needs is installed.

    Raises:
        ConfigError: DuckDB is not.
    """
    try:
        import duckdb  # noqa: F401
    except ImportError as error:
        raise ConfigError("a report needs DuckDB: pip install 'communique[explore]'") from error


class Data:
    """The releases of a dataset that a report is about. To be closed.

    Args:
        layout: The dataset.
        scope: What is asked for.
        files: Its tables and views, each with its files; None: those that are committed.

    Attributes:
        name: What the dataset is called.
        scope: What is asked for.
        snapshot: The state that it is in.
        files: As above.
        stale: Views that were made from something else than what is there.

    Raises:
        ConfigError: DuckDB is not installed, the dataset lies in object storage, or a source is not in it.
        DatasetError: It cannot be read.
    """

    def __init__(self, layout: Layout, scope: Scope, files: Mapping[str, Sequence[str]] | None = None) -> None:
        check_extra()
        import duckdb

        if is_address(layout.root):
            raise ConfigError(f"{layout.root}: a report is made of a dataset in a folder; copy it to one first")
        self.name = layout.name
        self.scope = scope
        self.snapshot: Snapshot = read_snapshot(layout)
        scope.check(segment.source_id for segment in self.snapshot.segments.values())
        self.files = list_files(layout) if files is None else files
        self.stale = {name for stage in find_stale(layout, self.snapshot, None) for name in stage.yields}
        self.values = {"scope": scope.of_releases(), "sources": scope.of_sources(), "unit": "month", "coarse": "year"}
        self._folder = TemporaryDirectory(prefix="communique-report-")
        self._database: duckdb.DuckDBPyConnection = duckdb.connect(
            config={"memory_limit": _MEMORY, "temp_directory": self._folder.name, "preserve_insertion_order": False}
        )
        for statement in sql_views(self.files):
            self._run(statement)
        self._run("CREATE TEMP TABLE read (source VARCHAR, records BIGINT)")
        for source, records in sorted(self._read().items()):
            self._run("INSERT INTO read VALUES (?, ?)", [source, records])

    def __enter__(self) -> Data:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def _read(self) -> dict[str, int]:
        """Return the records read by source, as the commits say."""
        found: dict[str, int] = {}
        for segment, batch in self.snapshot.batches.values():
            found[segment.source_id] = found.get(segment.source_id, 0) + batch.records
        return found

    def has(self, table: str) -> bool:
        """Tell whether the dataset has a table with rows, or a view that was made."""
        return bool(self.files.get(table))

    def set_units(self, unit: str, coarse: str) -> None:
        """Set the lengths of a period that questions speak of."""
        self.values |= {"unit": unit, "coarse": coarse}

    def sql(self, name: str) -> str:
        """Return a question as it is asked."""
        text = read_queries()[name].sql
        for key, value in self.values.items():
            text = text.replace(f"{{{key}}}", value)
        return text

    def prepare(self, name: str) -> None:
        """Make a table that questions are about."""
        self._run(self.sql(name))

    def ask(self, name: str, row: type[Row]) -> list[Row]:
        """Ask a question.

        Args:
            name: Its name.
            row: What a row of the answer is: its columns in order.
        """
        return [row(*values) for values in self._run(self.sql(name)).fetchall()]

    def _run(self, statement: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        import duckdb

        try:
            return self._database.execute(statement, list(values))
        except duckdb.Error as error:
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise DatasetError(f"{self.name}: cannot be read; if a run is changing it, try again: {reason}") from error
