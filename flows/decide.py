"""What has to be done about the files of the input, given what of them is published. Nothing is read or sent here.

A file is what is kept, read or removed. Rows of a file whose later stages alone changed are made again from what is
published. Files whose rows lie in the same segment are one job, since a segment is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.stages import before_publish, can_be_redone, with_successors
from tasks.ingest.plan import UnitFile
from tasks.publish.log import Batch, Segment, Snapshot


@dataclass(frozen=True)
class Job:
    """Segments that one commit replaces, with what is read for it.

    Attributes:
        segments: Their keys, in order.
        redo: Stages that are done again over the rows that stay, in order, by segment; none where rows are only moved.
        reads: Files that are read.
        drops: Batches that go: of files that are read, unless they come out the same, and of files that went away.
    """

    segments: tuple[str, ...]
    redo: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reads: tuple[UnitFile, ...] = ()
    drops: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What has to be done, in order: jobs, then what is new.

    Attributes:
        jobs: What replaces segments.
        new: Files of which nothing is published, and those whose reading was interrupted.
        changed: Files whose content is another than that which is published.
        kept: Files of which all is published.
        gone: Names of files that are published and no more in the input.
    """

    jobs: tuple[Job, ...]
    new: tuple[UnitFile, ...]
    changed: tuple[UnitFile, ...]
    kept: tuple[UnitFile, ...]
    gone: tuple[str, ...]


def decide(
    files: Sequence[UnitFile],
    snapshot: Snapshot,
    source_id: str,
    fingerprints: Mapping[str, str],
    *,
    is_expected: Callable[[str], bool] = lambda uri: False,
    prune: bool = False,
) -> Decision:
    """Decide over the files of an input.

    Args:
        files: The files, in order.
        snapshot: The dataset.
        source_id: The publisher that they are read as.
        fingerprints: What each stage would make its tables with, by name.
        is_expected: Tells of the name of a published file whether it would be in the input if it were still there.
        prune: Whether the rows of files that went away go, too.

    Returns:
        A file is read where nothing is published of it, its content changed, a batch is missing, or a stage changed
        that works on the dump itself or has refused documents of it (they are not in the dataset). Where only later
        stages changed, the segment is redone.
    """
    mine = {key: segment for key, segment in snapshot.segments.items() if segment.source_id == source_id}
    published = batches_of_files(mine.values())
    changed_stages = {key: find_changed(segment, fingerprints) for key, segment in mine.items()}
    new: list[UnitFile] = []
    changed: list[UnitFile] = []
    kept: list[UnitFile] = []
    reads: dict[str, UnitFile] = {}
    for file in files:
        own = published.get(file.uri, {})
        known = snapshot.inputs.get((source_id, file.uri))
        stale = any(_has_to_be_read(changed_stages[key], batch) for key, batch in own.values())
        if known is not None and known.sha256 != file.sha256:
            changed.append(file)
        if known is None and not any(changed_stages[key] for key, _ in own.values()):
            new.append(file)
        elif known is None or stale or known.sha256 != file.sha256 or own.keys() != set(known.batches):
            reads[file.uri] = file
        else:
            kept.append(file)
    planned = {file.uri for file in files}
    missing = (uri for source, uri in snapshot.inputs if source == source_id and uri not in planned)
    gone = tuple(sorted(uri for uri in missing if is_expected(uri)))
    drops = {uri: frozenset(published.get(uri, {})) for uri in (*reads, *(gone if prune else ()))}
    jobs = tuple(_group(mine, published, drops, reads, changed_stages))
    touching = {uri for job in jobs for uri in (file.uri for file in job.reads)}
    new += [file for uri, file in reads.items() if uri not in touching]  # nothing of it is there to be replaced
    return Decision(jobs, tuple(new), tuple(changed), tuple(kept), gone)


def find_changed(segment: Segment, fingerprints: Mapping[str, str]) -> tuple[str, ...]:
    """Return the stages whose tables of a segment would be made otherwise now, and those that follow them, in order."""
    return with_successors({name for name, value in fingerprints.items() if segment.fingerprints.get(name) != value})


def _has_to_be_read(changed: Collection[str], batch: Batch) -> bool:
    return any(
        stage.name in changed and (not can_be_redone(stage) or bool(batch.rejects_by_stage.get(stage.name)))
        for stage in before_publish()
    )


def _can_be_redone(changed: Collection[str]) -> bool:
    """Tell whether rows can be made anew from what is published; those whose file is gone stay as they are if not."""
    return all(can_be_redone(stage) for stage in before_publish() if stage.name in changed)


def batches_of_files(segments: Iterable[Segment]) -> dict[str, dict[str, tuple[str, Batch]]]:
    """Return for each file its batches by key, each with the key of its segment."""
    found: dict[str, dict[str, tuple[str, Batch]]] = {}
    for segment in segments:
        for batch in segment.batches:
            found.setdefault(batch.uri, {})[batch.batch_id] = (segment.segment_id, batch)
    return found


def _group(
    segments: Mapping[str, Segment],
    published: Mapping[str, Mapping[str, tuple[str, Batch]]],
    drops: Mapping[str, frozenset[str]],
    reads: Mapping[str, UnitFile],
    changed: Mapping[str, tuple[str, ...]],
) -> Iterable[Job]:
    """Yield jobs, by their first segment: segments that a file connects are one."""
    first = {key: key for key in segments}

    def find(key: str) -> str:
        while first[key] != key:
            first[key] = first[first[key]]
            key = first[key]
        return key

    order = {key: at for at, key in enumerate(segments)}
    files: dict[str, list[str]] = {}
    for uri in drops:
        keys = sorted({key for key, _ in published.get(uri, {}).values()}, key=order.__getitem__)
        for key in keys[1:]:
            one, other = sorted((find(keys[0]), find(key)), key=order.__getitem__)
            first[other] = one
    for uri in drops:
        for key, _ in list(published.get(uri, {}).values())[:1]:
            files.setdefault(find(key), []).append(uri)
    members: dict[str, list[str]] = {}
    for key in segments:
        members.setdefault(find(key), []).append(key)
    for root, keys in members.items():
        redo = {key: changed[key] for key in keys if changed[key] and _can_be_redone(changed[key])}
        own = files.get(root, [])
        if own or redo:
            gone: frozenset[str] = frozenset().union(*(drops[uri] for uri in own))
            yield Job(tuple(keys), redo, tuple(reads[uri] for uri in own if uri in reads), gone)
