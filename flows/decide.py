"""What has to be done about a unit of the input, given what of it is published. Nothing is read or sent here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.stages import before_publish, can_be_redone, with_successors
from tasks.ingest.plan import Unit
from tasks.publish.manifest import Manifest


@dataclass(frozen=True)
class Keep:
    """All of it is published as it would be made now."""


@dataclass(frozen=True)
class Redo:
    """Its text stands; stages of some batches are to be done again: names in order, by batch_id."""

    stages: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Read:
    """It has to be read, whatever is published of it."""


def decide(
    unit: Unit,
    published: Sequence[Manifest],
    fingerprints: Mapping[str, str],
    digests: Mapping[str, str] | None = None,
) -> Keep | Redo | Read:
    """Decide over a unit.

    Args:
        unit: The unit.
        published: Its batches in the dataset, in order.
        fingerprints: What each stage would make its tables with, by name.
        digests: What would be decided of copies in each batch, by batch_id; None if that is not known yet.

    Returns:
        Read where a batch is missing, where a stage changed that works on the dump itself, where a stage changed that
        has refused documents (it has to see them again, and they are not in the dataset), and where other records
        would be copies. Redo where only later stages changed. Else Keep.
    """
    if not published or len(published) != published[0].n_batches or {m.unit_id for m in published} != {unit.unit_id}:
        return Read()
    redo: dict[str, tuple[str, ...]] = {}
    for manifest in published:
        changed = changed_stages(manifest, fingerprints)
        for stage in before_publish():
            if stage.name in changed and (not can_be_redone(stage) or manifest.rejects_by_stage.get(stage.name)):
                return Read()
        if digests is not None and digests[manifest.batch_id] != manifest.decisions:
            return Read()
        if changed:
            redo[manifest.batch_id] = changed
    return Redo(redo) if redo else Keep()


def changed_stages(manifest: Manifest, fingerprints: Mapping[str, str]) -> tuple[str, ...]:
    """Return the stages whose tables of a batch would be made otherwise now, and those that follow them, in order."""
    return with_successors({name for name, value in fingerprints.items() if manifest.fingerprints.get(name) != value})
