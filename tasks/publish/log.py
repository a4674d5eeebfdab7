"""The log of a dataset: its commits, each of which adds segments and takes others away, all at once.

A commit is one object that is put where none is: what it says is in the dataset wholly or not at all, and of two
writers one is refused. Who reads the log from its start, or from the last commit that says everything, knows which
files are in the dataset; no row is ever in it twice. Commits before such a one are deleted.

A segment holds the rows of batches, a file for each table; a batch holds records of one file of the input, which are
kept, made again and removed together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import DatasetBusy, DatasetError
from tasks.publish.layout import Layout

#: Every so many commits one says everything, so that the log stays short.
EVERYTHING = 32
_LOOKS = 5


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataFile(_Record):
    """A file of the dataset: its key, rows, bytes, SHA-256 of the content."""

    path: str
    rows: int
    size: int
    sha256: str

    @property
    def table(self) -> str:
        """The table whose rows it holds; `_index` for an index."""
        return self.path.partition("/")[0]


class Batch(_Record):
    """A batch that is published.

    Attributes:
        batch_id: Its key.
        uri: The file of the input.
        decisions: Hash of what was set aside as a copy, and of what.
        records: Records read: documents + duplicates + rejects.
        near_duplicates: Documents with near_duplicate_of set.
        rejects_by_stage: Rows of `rejects`, by stage.
        rows: Rows by table, where there are any.
        unsure: Rows that say themselves that they are unsure, by table: documents with is_uncertain, entities with a
            score under a half, quotes without a known speaker or with such a score.
    """

    batch_id: str
    uri: str
    decisions: str
    records: int
    near_duplicates: int = 0
    unsure: dict[str, int] = {}
    rejects_by_stage: dict[str, int] = {}
    rows: dict[str, int] = {}


class Segment(_Record):
    """Batches that are published together.

    Attributes:
        segment_id: Its key.
        source_id: The publisher.
        fingerprints: For each stage, a hash of its code, settings and resources.
        size: Bytes of raw text.
        batches: In order.
        files: One for each table that has rows, and the index.
    """

    segment_id: str
    source_id: str
    fingerprints: dict[str, str]
    size: int
    batches: tuple[Batch, ...]
    files: tuple[DataFile, ...]

    def rows(self, table: str) -> int:
        """Return the rows of a table."""
        return sum(file.rows for file in self.files if file.table == table)


class InputFile(_Record):
    """A file of the input that was read to its end.

    Attributes:
        source_id: The publisher it was read as.
        uri: Its name in the dataset's columns: the path from the folder that holds the INPUT.
        size: Bytes.
        sha256: Hash of its content.
        batches: Its batches, in order.
    """

    source_id: str
    uri: str
    size: int
    sha256: str
    batches: tuple[str, ...]


class Commit(_Record):
    """A step from one state of the dataset to the next.

    Attributes:
        number: Its place in the log, from 1.
        run_id: The run that made it; None for upkeep.
        add: Segments that come.
        remove: Segments that go.
        inputs: Files that were read to their end, in place of what was said of them before.
        forget: Files of whom nothing is left: source_id and uri.
    """

    number: int
    run_id: str | None
    add: tuple[Segment, ...] = ()
    remove: tuple[str, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    forget: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """What a dataset consists of after a commit.

    Attributes:
        number: The commit; 0 for a dataset without any.
        segments: By key, in the order in which their rows came: what replaces others stands where the first of these
            did.
        inputs: Files of the input by source_id and uri.
    """

    number: int = 0
    segments: dict[str, Segment] = field(default_factory=dict)
    inputs: dict[tuple[str, str], InputFile] = field(default_factory=dict)

    def after(self, commit: Commit) -> Snapshot:
        """Return the state after one more commit."""
        gone = set(commit.remove)
        place = next((at for at, key in enumerate(self.segments) if key in gone), len(self.segments))
        before = dict(islice(self.segments.items(), place))
        come = {segment.segment_id: segment for segment in commit.add}
        behind = {key: segment for key, segment in islice(self.segments.items(), place, None) if key not in gone}
        inputs = {key: file for key, file in self.inputs.items() if key not in set(commit.forget)}
        return replace(
            self,
            number=commit.number,
            segments=before | come | behind,
            inputs=inputs | {(file.source_id, file.uri): file for file in commit.inputs},
        )

    @cached_property
    def batches(self) -> dict[str, tuple[Segment, Batch]]:
        """All batches by key, each with the segment that holds it."""
        return {batch.batch_id: (segment, batch) for segment in self.segments.values() for batch in segment.batches}

    def files(self, table: str | None = None) -> Iterator[DataFile]:
        """Yield the files of all segments in order, or those of a table."""
        for segment in self.segments.values():
            yield from (file for file in segment.files if table in (None, file.table))

    def digest(self, tables: Collection[str] | None = None) -> str:
        """Return a hash over its files, or over those of some tables; their order does not count."""
        names = sorted(f"{f.path} {f.sha256}" for f in self.files() if tables is None or f.table in tables)
        return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def read_snapshot(layout: Layout) -> Snapshot:
    """Return the present state of a dataset, whatever is written to it meanwhile.

    Raises:
        DatasetError: A commit is damaged or missing.
    """
    fault: Exception | None = None
    for _ in range(_LOOKS):  # a listing may miss what comes while it is made, and what it has may go before it is read
        numbers = layout.commit_numbers()
        if not numbers:
            return Snapshot()
        start = max((n for n in numbers if n % EVERYTHING == 0), default=1)
        wanted = list(range(start, numbers[-1] + 1))
        if numbers[numbers.index(start) if start in numbers else 0 :] != wanted:
            missing = sorted(set(wanted) - set(numbers))
            fault = DatasetError(f"{layout.root}: commit {missing[0]} is missing, of {numbers[-1]}")
            continue
        snapshot = Snapshot()
        try:
            for number in wanted:
                snapshot = snapshot.after(_read_commit(layout, number))
        except FileNotFoundError as error:
            fault = error
            continue
        return snapshot
    raise DatasetError(f"{layout.root}: its commits cannot be read: {fault}")


def _read_commit(layout: Layout, number: int) -> Commit:
    key = layout.commit_file(number)
    try:
        commit = Commit.model_validate_json(layout.store.read(key))
    except FileNotFoundError:
        raise
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{layout.store.locate(key)}: not a commit: {error}") from error
    if commit.number != number:
        raise DatasetError(f"{layout.store.locate(key)}: it says that it is commit {commit.number}")
    return commit


def append_commit(
    layout: Layout,
    snapshot: Snapshot,
    run_id: str | None,
    *,
    add: Iterable[Segment] = (),
    remove: Iterable[str] = (),
    inputs: Iterable[InputFile] = (),
    forget: Iterable[tuple[str, str]] = (),
) -> Snapshot:
    """Bring a dataset from one state to the next. Files of the segments that come have to lie in the store.

    Args:
        layout: The dataset.
        snapshot: The state that it is in.
        run_id: Who does it; None for upkeep.
        add: Segments that come.
        remove: Keys of segments that go.
        inputs: Files that were read to their end.
        forget: Files of whom nothing is left.

    Returns:
        The next state.

    Raises:
        DatasetBusy: Somebody else has brought it to another state.
    """
    number = snapshot.number + 1
    commit = Commit(
        number=number, run_id=run_id, add=tuple(add), remove=tuple(remove), inputs=tuple(inputs), forget=tuple(forget)
    )
    after = snapshot.after(commit)
    if number % EVERYTHING == 0:
        everything = {"add": tuple(after.segments.values()), "inputs": tuple(after.inputs.values())}
        commit = commit.model_copy(update=everything | {"remove": (), "forget": ()})
    content = commit.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n"
    if not layout.store.put_if_absent(layout.commit_file(number), content):
        raise DatasetBusy(f"{layout.root}: somebody else has written commit {number}; give the same command again")
    return after


def remove_what_is_replaced(layout: Layout, snapshot: Snapshot, keep_s: int, now: datetime) -> int:
    """Delete data files that no segment owns, documents first, and commits that a later one repeats.

    Args:
        layout: The dataset.
        snapshot: The state that it is in.
        keep_s: Seconds for which files stay that no segment owns any more, for readers who hold an older list.
        now: The present time.

    Returns:
        How many data files were deleted.
    """
    owned = {file.path for file in snapshot.files()}
    orphans = [key for key in layout.data_files() if key not in owned]
    waiting: dict[str, str] = {}
    if keep_s > 0:
        before = read_replaced(layout)
        moment = now.isoformat(timespec="seconds")
        since = {key: min(before.get(key, moment), moment) for key in orphans}  # the clock may have been set back
        waiting = {key: at for key, at in since.items() if datetime.fromisoformat(at) + timedelta(seconds=keep_s) > now}
    if waiting:
        layout.write_json(layout.replaced, waiting)
    else:
        layout.store.delete(layout.replaced)
    orphans = [key for key in orphans if key not in waiting]
    for key in orphans:
        layout.store.delete(key)
    last = snapshot.number - snapshot.number % EVERYTHING
    for number in layout.commit_numbers():
        if number < last:
            layout.store.delete(layout.commit_file(number))
    return len(orphans)


def read_replaced(layout: Layout) -> dict[str, str]:
    """Return the data files that no segment owns and that stay for a while, with the time since when."""
    try:
        found: dict[str, str] = json.loads(layout.store.read(layout.replaced))
    except (FileNotFoundError, ValueError):
        return {}
    return found
