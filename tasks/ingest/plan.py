"""The plan of a run: which files the input consists of, and which of them are read together."""

from __future__ import annotations

import glob
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import InputError
from tasks.ingest.streams import CONTAINERS, split_suffixes
from tasks.settings import IngestSettings

logger = logging.getLogger(__name__)

_SMALL = 1_000_000
_MOST = 4


@dataclass(frozen=True)
class UnitFile:
    """A file of the input.

    Attributes:
        path: Where it is.
        uri: Its name in the dataset: the path from the folder that holds the INPUT.
        size: Bytes.
        sha256: Hash of its content.
    """

    path: str
    uri: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Unit:
    """Files that are read by one task. `unit_id` is made from their names and contents."""

    unit_id: str
    files: tuple[UnitFile, ...]


def plan_units(inputs: Sequence[str], settings: IngestSettings) -> Iterator[Unit]:
    """Cut the input into units, in an order that depends on nothing but names.

    Large files and archives are units of their own. Small files are read together; where a unit ends depends on the
    names of the files, so that a file more or less in a folder of thousands changes one unit and not all.

    Args:
        inputs: Files, folders, globs.
        settings: How many small files make a unit.

    Raises:
        InputError: An input does not exist, or a file cannot be read.
    """
    small: list[UnitFile] = []
    for path, uri in _name_files(inputs):
        file = _describe(path, uri)
        _, suffix = split_suffixes(path.name)
        if file.size > _SMALL or suffix in CONTAINERS:
            yield _unit([file])
            continue
        small.append(file)
        ends = int.from_bytes(hashlib.sha256(uri.encode("utf-8", "surrogateescape")).digest()[:8]) % settings.unit_files
        if ends == 0 or len(small) >= _MOST * settings.unit_files:
            yield _unit(small)
            small = []
    if small:
        yield _unit(small)


def _unit(files: list[UnitFile]) -> Unit:
    names = "".join(f"{file.uri}\0{file.sha256}\n" for file in files)
    return Unit(hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16], tuple(files))


def _name_files(inputs: Sequence[str]) -> list[tuple[Path, str]]:
    """Return every file of the input once with its name, sorted by name within each input."""
    named: dict[Path, str] = {}
    for given in inputs:
        for base, path in sorted(_expand(given), key=lambda pair: pair[1].as_posix()):
            named.setdefault(path, path.relative_to(base.parent).as_posix())
    taken: dict[str, int] = {}
    for uri in named.values():
        taken[uri] = taken.get(uri, 0) + 1
    # Files of the same name from two inputs are told apart by their whole path.
    return [(path, uri if taken[uri] == 1 else path.as_posix().lstrip("/")) for path, uri in named.items()]


def _expand(given: str) -> Iterator[tuple[Path, Path]]:
    """Yield (the input, a file of it), both absolute."""
    start = Path(given)
    if start.exists():
        matches = [start]
    else:
        matches = [Path(match) for match in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207 - absolute patterns too
        if not matches:
            raise InputError(f"{given}: no such file or folder, and no file matches it")
    for match in matches:
        match = match.resolve()
        if match.is_dir():
            yield from ((match, path) for path in _walk(match))
        elif match.is_file():
            yield match, match
        else:
            raise InputError(f"{match}: neither a file nor a folder")


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder. Hidden files, links out of the folder and datasets are left out."""
    for parent, folders, files in os.walk(folder):
        if "_manifest" in folders or "_dataset.json" in files:
            logger.warning("%s: is a dataset of communique, not read", parent)
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            path = Path(parent, name)
            if name.startswith("."):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                logger.warning("%s: a link that leads out of the input folder, not read", path)
                continue
            if path.is_file():
                yield path


def _describe(path: Path, uri: str) -> UnitFile:
    total, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as source:
            while block := source.read(1 << 20):
                total.update(block)
                size += len(block)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    # A name that is not UTF-8 has to be stored nevertheless.
    printable = uri.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return UnitFile(str(path), printable, size, total.hexdigest())
