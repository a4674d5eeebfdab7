"""The plan of a run: which files the input consists of, which cannot be read, and which are read together.

Inputs → every file once, with its name in the dataset → its size and hash → units. What is there and cannot be read is
part of the plan: it is counted and named, and the rest goes on.
"""

from __future__ import annotations

import errno
import glob
import hashlib
import logging
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from tasks.errors import InputError
from tasks.ingest.hashes import ContentHashes, remembered_hashes, state_of, state_of_object
from tasks.ingest.streams import CONTAINERS, split_suffixes
from tasks.objects import Found, find_objects, is_address, look_at, open_object, split_address
from tasks.settings import IngestSettings

logger = logging.getLogger(__name__)

_SMALL = 1_000_000
_MOST = 4
_DATASET_MARKS = frozenset({"_manifest", "_dataset.json", "_lock"})
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_LINKS = {errno.ENOENT: "a link that leads nowhere", errno.ELOOP: "links that lead in a circle"}


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A file of the input.

    Attributes:
        path: Where it is: a path, or an address in object storage.
        uri: Its name in the dataset: the path from the folder that holds the INPUT.
        size: Bytes.
        sha256: Hash of its content.
        mtime_ns: When it was modified, as the file system or the service tells, in nanoseconds.
        inode: Its number in the file system; 0 for an object.
        etag: What the service calls the content of an object.
    """

    path: str
    uri: str
    size: int
    sha256: str
    mtime_ns: int
    inode: int
    etag: str = ""

    @property
    def found(self) -> Found:
        """The object that it is."""
        return Found(self.path, self.size, self.etag, self.mtime_ns)

    def open(self) -> IO[bytes]:
        """Open it to be read from its start to its end."""
        return open_object(self.found) if is_address(self.path) else Path(self.path).open("rb")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder of the input that cannot be read.

    Attributes:
        uri: Its name in the dataset, as for UnitFile.
        reason: Why, in words.
        hides: For a folder: how the names of files begin that may lie in it unseen.
    """

    uri: str
    reason: str
    hides: tuple[str, ...] = ()

    def covers(self, uri: str) -> bool:
        """Tell whether a file of this name may be there, unseen: that it is not planned does not say it was removed."""
        return uri == self.uri or uri.startswith(self.hides)


@dataclass(frozen=True)
class Plan:
    """What the input consists of.

    Attributes:
        files: In the order in which they are read, which depends on nothing but names.
        unreadable: What is passed over.
    """

    files: tuple[UnitFile, ...]
    unreadable: tuple[Unreadable, ...]


@dataclass(frozen=True)
class Unit:
    """Files that are read by one task."""

    files: tuple[UnitFile, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something found: `base` is the input that it belongs to, `reason` why it cannot be read.

    `hides` of a folder says whether a glob looks into it, which names files without it; `found` is what an object is.
    """

    base: str
    path: str
    reason: str | None = None
    hides: Literal["nothing", "what is below", "anything"] = "nothing"
    found: Found | None = None


def plan_input(
    inputs: Sequence[str], settings: IngestSettings, *, leave_out: str | os.PathLike[str] | None = None, now: datetime
) -> Plan:
    """Find the files of the input.

    Hidden files and datasets of this program are left out.

    Args:
        inputs: Files, folders, globs, addresses of objects or of what they lie under.
        settings: How dumps are read.
        leave_out: A folder or address that is no input wherever it lies: that of the output.
        now: The present time; hashes of what has not changed since an earlier run are taken from the cache.

    Raises:
        InputError: An INPUT does not exist, cannot be opened, or is the output.
    """
    output = _place(leave_out)
    files: list[UnitFile] = []
    unreadable: list[Unreadable] = []
    for root, entries in groupby(_name_entries(inputs, output), lambda pair: _root(pair[0])):
        with remembered_hashes(root, now) as hashes:
            for entry, uri in entries:
                found = _describe(entry, uri, hashes)
                if isinstance(found, UnitFile):
                    files.append(found)
                else:
                    logger.warning("%s: %s; not read", found.uri, found.reason)
                    unreadable.append(found)
    return Plan(tuple(files), tuple(unreadable))


def check_inputs(inputs: Sequence[str], *, leave_out: str | os.PathLike[str] | None = None) -> None:
    """See that every INPUT is there, without reading any: before anything is started that takes long.

    Raises:
        InputError: As `plan_input` does.
    """
    output = _place(leave_out)
    for given in inputs:
        if is_address(given):
            _check_objects(given, output)
        else:
            next(_expand(given, output), None)


def group_files(files: Sequence[UnitFile], settings: IngestSettings) -> Iterator[Unit]:
    """Cut files into units, in their order.

    Large files and archives are units of their own. Small files are read together; where a unit ends depends on the
    names of the files, so that a file more or less in a folder of thousands changes one unit and not all.

    Args:
        files: Files of a plan.
        settings: How many small files make a unit.
    """
    small: list[UnitFile] = []
    for file in files:
        _, suffix = split_suffixes(file.path)
        if file.size > _SMALL or suffix in CONTAINERS:
            yield Unit((file,))
            continue
        small.append(file)
        ends = int.from_bytes(hashlib.sha256(file.uri.encode()).digest()[:8]) % settings.unit_files
        if ends == 0 or len(small) >= _MOST * settings.unit_files:
            yield Unit(tuple(small))
            small = []
    if small:
        yield Unit(tuple(small))


def changed_since(file: UnitFile) -> str | None:
    """Return in words what has become of a file since it was planned; None if nothing has.

    A file whose number alone is another has changed if its content has: some network file systems number anew.
    """
    if is_address(file.path):
        return _changed_object(file)
    try:
        found = Path(file.path).stat()
    except FileNotFoundError:
        return "has vanished since the run began"
    except OSError as error:
        return f"cannot be read any more: {error.strerror}"
    if not stat.S_ISREG(found.st_mode):
        return "is no file any more"
    if not os.access(file.path, os.R_OK):
        return "cannot be read any more: Permission denied"
    if found.st_size != file.size:
        return f"has changed since the run began: it had {file.size:,} bytes and has {found.st_size:,}"
    if found.st_mtime_ns != file.mtime_ns:
        return "has changed since the run began"
    if found.st_ino != file.inode:
        try:
            _, sha256 = _hash(file.path)
        except OSError as error:
            return f"cannot be read any more: {error.strerror}"
        if sha256 != file.sha256:
            return "has changed since the run began: it was replaced"
    return None


def _changed_object(file: UnitFile) -> str | None:
    try:
        found = look_at(file.path)
    except FileNotFoundError:
        return "has vanished since the run began"
    except OSError as error:
        return f"cannot be read any more: {error}"
    return None if found == file.found else "has changed since the run began"


def _place(output: str | os.PathLike[str] | None) -> str | None:
    """Return where the output lies, links resolved."""
    return output if output is None or is_address(output) else os.path.realpath(output)  # type: ignore[return-value]


def _name_entries(inputs: Sequence[str], output: str | None) -> list[tuple[_Entry, str]]:
    """Return everything found in the input once with its name, sorted by path within each input."""
    named: dict[str, tuple[_Entry, str]] = {}
    for given in inputs:
        for entry in sorted(_expand(given, output), key=lambda entry: entry.path):
            uri = entry.path.removeprefix(_above(entry.base))
            named.setdefault(entry.path, (entry, uri))
    taken: dict[str, int] = {}
    for _, uri in named.values():
        taken[uri] = taken.get(uri, 0) + 1
    # Files of the same name from two inputs are told apart by their whole path.
    return [(entry, _printable(uri if taken[uri] == 1 else entry.path.lstrip("/"))) for entry, uri in named.values()]


def _printable(uri: str) -> str:
    """Return a name that can be stored, though it is not UTF-8."""
    return uri.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _root(entry: _Entry) -> str:
    """Return the folder by which hashes are kept."""
    return entry.base if entry.base != entry.path else _above(entry.base)[:-1] or "/"


def _expand(given: str, output: str | None) -> Iterator[_Entry]:
    """Yield what an INPUT consists of, with absolute paths."""
    if is_address(given):
        yield from _expand_objects(given, output)
        return
    if os.path.lexists(given):
        yield from _expand_named(given, output)
        return
    unlisted = list(_find_unlisted(given))
    matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207 - absolute patterns too
    if not matches and not unlisted:
        raise InputError(f"{given}: no such file or folder, and no file matches it")
    walked: set[Path] = set()
    for match in matches:
        base = os.path.realpath(match)
        if not walked.isdisjoint(Path(base).parents) or (output and _is_in(base, output)):
            continue
        if stat.S_ISDIR(_mode(base)):
            walked.add(Path(base))
            yield from _walk(base, output)
        else:
            yield _look_at(match, base)
    yield from unlisted


def _expand_named(given: str, output: str | None) -> Iterator[_Entry]:
    """Yield what an INPUT that is there consists of. What is named and cannot be opened ends the run."""
    base = os.path.realpath(given)
    if base == output:
        raise InputError(f"{given}: is both INPUT and --out")
    is_folder = stat.S_ISDIR(_mode(base))
    if not is_folder and (reason := _look_at(given, base).reason):
        raise InputError(f"{given}: {reason}, cannot be read")
    if not os.access(base, os.R_OK | os.X_OK if is_folder else os.R_OK):
        raise InputError(f"{given}: {os.strerror(errno.EACCES)}")
    yield from _walk(base, output) if is_folder else [_Entry(base, base)]


def _check_objects(given: str, output: str | None) -> None:
    """See that there is an object, or one below. A service that does not answer is not waited for."""
    base = "/".join(filter(None, split_address(given)))
    if base == output:
        raise InputError(f"{given}: is both INPUT and --out")
    try:
        if next(find_objects(base, hasty=True), None) is None:
            look_at(base, hasty=True)
    except (FileNotFoundError, ValueError) as error:  # or the client cannot name it
        raise InputError(f"{given}: no such object, and none lies under it") from error


def _expand_objects(given: str, output: str | None) -> Iterator[_Entry]:
    """Yield the objects that an address stands for: that of its name, or all that lie under it.

    Hidden ones and datasets are left out, and what services put in the place of folders.
    """
    _check_objects(given, output)
    base = "/".join(filter(None, split_address(given)))
    objects = list(find_objects(base))
    if not objects:
        yield _Entry(base, base, found=look_at(base))
        return
    below = {found.address[len(base) + 1 :]: found for found in objects if found.address != base}
    folders = {key.rpartition("/")[0] for key in below}
    folders |= {str(above) for folder in folders for above in PurePosixPath(folder).parents}
    datasets = {
        "/".join(parts[:number])
        for parts in (key.split("/") for key in below)
        for number, part in enumerate(parts)
        if part in _DATASET_MARKS
    }
    for folder in sorted(datasets):
        logger.warning("%s: is a dataset of communique, not read", f"{base}/{folder}".rstrip("/"))
    for key, found in below.items():
        parts = key.split("/")
        above = {"/".join(parts[:number]) for number in range(len(parts))}
        is_folder = not found.size and (key in folders or not _is_there(found))
        is_hidden = any(part.startswith(".") for part in parts)
        if is_folder or is_hidden or above & datasets or (output and _is_in(found.address, output)):
            continue
        yield _Entry(base, found.address, found=found)


def _is_there(found: Found) -> bool:
    """Tell whether an object of this name is there: `name/` is listed as `name`, too."""
    try:
        return look_at(found.address) == found
    except FileNotFoundError:
        return False


def _find_unlisted(pattern: str) -> Iterator[_Entry]:
    """Yield the folders that a glob looks into and that cannot be listed: it passes them over in silence."""
    parts = pattern.split("/")
    for number, part in enumerate(parts):
        if not glob.has_magic(part):
            continue
        above = parts[: number + (part == "**")]
        for folder in glob.glob("/".join([*above, ""]) if above else "./", recursive=True):  # noqa: PTH207
            try:
                os.scandir(folder).close()
            except OSError as error:
                base = os.path.realpath(folder)
                yield _Entry(base, base, _explain(error), hides="anything")


def _walk(base: str, output: str | None) -> Iterator[_Entry]:
    """Yield what lies under a folder. Hidden files and datasets are left out."""
    waiting = [base]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                items = list(listing)
        except OSError as error:
            yield _Entry(base, folder, _explain(error), hides="what is below")
            continue
        if not _DATASET_MARKS.isdisjoint(item.name for item in items):
            logger.warning("%s: is a dataset of communique, not read", folder)
            continue
        for item in items:
            if item.name.startswith(".") or item.path == output:
                continue
            if _is_folder(item):
                waiting.append(item.path)
            elif _is_file(item):
                yield _Entry(base, item.path)
            elif not item.is_symlink():
                yield _look_at(item.path, item.path, base)
            elif (entry := _follow(item.path, base)) is not None:
                yield entry


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_dir(follow_symlinks=False)
    except OSError:  # of a file system that does not list kinds; whoever looks at it next says why
        return False


def _is_file(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_file(follow_symlinks=False)
    except OSError:
        return False


def _follow(path: str, base: str) -> _Entry | None:
    """Return what is to be done about a link; None if it leads to a folder that is walked anyway."""
    target = os.path.realpath(path)
    mode = _mode(target)
    hides: Literal["nothing", "what is below"] = "what is below" if stat.S_ISDIR(mode) else "nothing"
    if mode and not _is_in(target, base):
        return _Entry(base, path, "a link that leads out of the input folder", hides)
    if not stat.S_ISDIR(mode):
        return _look_at(path, path, base)
    is_hidden = any(name.startswith(".") for name in Path(target).relative_to(base).parts)
    return _Entry(base, path, "a link to a hidden folder", hides) if is_hidden else None


def _look_at(path: str, real: str, base: str | None = None) -> _Entry:
    """Return the entry of what is no folder, with the reason why it cannot be read if it is no file."""
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        is_link = error.errno in _LINKS and Path(path).is_symlink()
        return _Entry(base or real, real, _LINKS[error.errno or 0] if is_link else _explain(error))
    reason = None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "neither a file nor a folder")
    return _Entry(base or real, real, reason)


def _mode(path: str) -> int:
    """Return what a path is, as the file system tells; 0 if it does not."""
    try:
        return Path(path).stat().st_mode
    except OSError:
        return 0


def _inside(folder: str) -> str:
    """Return how the paths begin of what lies in a folder."""
    return f"{folder.rstrip('/')}/"


@lru_cache(maxsize=1)
def _above(base: str) -> str:
    """Return what the name of a file lacks of its path: the folder that holds the input."""
    return f"{base.rpartition('/')[0]}/"


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(_inside(folder))


def _describe(entry: _Entry, uri: str, hashes: ContentHashes) -> UnitFile | Unreadable:
    """Return a file with its hash, or why there is none."""
    if entry.reason is not None:
        hidden = {"nothing": (), "what is below": (f"{uri}/", f"{entry.path[1:]}/"), "anything": ("",)}[entry.hides]
        return Unreadable(uri, entry.reason, hidden)
    if entry.found is not None:
        return _describe_object(entry.found, uri, hashes)
    try:
        found = Path(entry.path).stat()
        sha256 = hashes.find(entry.path, state_of(found))
        if sha256 is None:
            found, sha256 = _hash(entry.path)
            hashes.remember(entry.path, state_of(found), sha256, max(found.st_mtime_ns, found.st_ctime_ns))
    except OSError as error:
        return Unreadable(uri, _explain(error))
    return UnitFile(entry.path, uri, found.st_size, sha256, found.st_mtime_ns, found.st_ino)


def _describe_object(found: Found, uri: str, hashes: ContentHashes) -> UnitFile | Unreadable:
    state = state_of_object(found)
    sha256 = hashes.find(found.address, state)
    try:
        if sha256 is None:
            with open_object(found) as source:
                sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            hashes.remember(found.address, state, sha256)
    except OSError as error:
        return Unreadable(uri, _explain(error))
    return UnitFile(found.address, uri, found.size, sha256, found.modified_ns, 0, found.etag)


def _hash(path: str) -> tuple[os.stat_result, str]:
    """Return what the file system says of a file and the hash of its content, read after that."""
    # Were a FIFO put in its place since it was looked at, to open it would not return.
    with open(path, "rb", opener=_open_unwaiting) as source:
        found = os.fstat(source.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no file any more", path)
        return found, hashlib.file_digest(source, "sha256").hexdigest()


def _open_unwaiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _explain(error: OSError) -> str:
    return error.strerror or type(error).__name__
