"""The manifest of a batch: what it consists of and what it was made from. A batch without one is not in the dataset."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import DatasetError
from tasks.publish.layout import Layout, write_atomically


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataFile(_Record):
    """A file of the batch: path relative to the dataset, rows, bytes, SHA-256 of the content."""

    path: str
    rows: int
    size: int
    sha256: str


class InputFile(_Record):
    """A file of the input: its name in the dataset's provenance columns, bytes, SHA-256 of the content."""

    uri: str
    size: int
    sha256: str


class Manifest(_Record):
    """A published batch.

    Attributes:
        batch_id: Key of the batch.
        source_id: The publisher.
        unit_id: The unit of the input that it was read from.
        number: Its place in the unit, from 0.
        n_batches: How many batches the unit has.
        inputs: The files of the unit.
        fingerprints: For each stage, a hash of its code, settings and resources.
        decisions: Hash of what was set aside as a duplicate, and of what.
        records: Records read: documents + duplicates + rejects.
        rejects_by_stage: Rows of `rejects`, by stage.
        near_duplicates: Documents with near_duplicate_of set.
        rows: Rows by table.
        files: The files of the batch.
    """

    batch_id: str
    source_id: str
    unit_id: str
    number: int
    n_batches: int
    inputs: tuple[InputFile, ...]
    fingerprints: dict[str, str]
    decisions: str
    records: int
    rejects_by_stage: dict[str, int]
    near_duplicates: int
    rows: dict[str, int]
    files: tuple[DataFile, ...]


def write_manifest(layout: Layout, manifest: Manifest) -> None:
    """Write a manifest atomically."""
    path = layout.manifest_file(manifest.batch_id)
    write_atomically(path, manifest.model_dump_json(indent=1) + "\n")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        DatasetError: It is unreadable or not a manifest of this version.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(f"{path}: not a manifest: {error}") from error


def read_manifests(layout: Layout) -> dict[str, Manifest]:
    """Read all manifests of a dataset, by batch_id, in order."""
    if not layout.manifests.is_dir():
        return {}
    found = [read_manifest(path) for path in sorted(layout.manifests.glob("[0-9a-f]*.json"))]
    return {manifest.batch_id: manifest for manifest in found}
