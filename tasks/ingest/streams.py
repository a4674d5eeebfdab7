"""Files, compressed files and archives as streams of members, within limits; streams looked into and recoded.

Nothing is unpacked to disk under a name from an archive. An archive inside another, which has to be read from its end,
is held in an anonymous temporary file.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from tasks.errors import OF_DISKS, CommuniqueError, RecordRejected, RejectCode, name_file
from tasks.ingest.arrow import open_zstd
from tasks.ingest.content import guess_suffix
from tasks.ingest.encoding import find_encoding
from tasks.settings import Limits

COMPRESSIONS = ("gz", "bz2", "xz", "zst")
CONTAINERS = ("zip", "tar")
_SHORT = {"tgz": ("tar", "gz"), "tbz2": ("tar", "bz2"), "txz": ("tar", "xz"), "tzst": ("tar", "zst")}
_IN_MEMORY = 32_000_000
_BLOCK = 1 << 20
_MAX_COMPRESSIONS = 2
_SAID = 300  # characters of what a parser says
SAMPLE = 1 << 20  # bytes of a stream that are looked at before it is read
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\x00")

#: Types of headers that say more of the member behind them: tarfile holds such a header in memory.
_EXTENDED = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)


class Member(NamedTuple):
    """A file to read: its path inside the archives (None outside any), the name that tells its format, its bytes."""

    path: str | None
    name: str
    stream: IO[bytes]


class Refusal(NamedTuple):
    """A member that is not read, or an archive that is not read further."""

    path: str | None
    reason: RecordRejected


def split_suffixes(name: str) -> tuple[tuple[str, ...], str]:
    """Return the compressions of a file name, outermost first, and the format below them.

    Example:
        >>> split_suffixes("2021/releases.jsonl.gz"), split_suffixes("pages.tgz"), split_suffixes("README")
        ((('gz',), 'jsonl'), (('gz',), 'tar'), ((), ''))
    """
    parts = name.replace("\\", "/").rsplit("/", 1)[-1].lower().split(".")[1:]
    layers: list[str] = []
    while parts:
        last = parts.pop()
        if last in _SHORT:
            inner, outer = _SHORT[last]
            return (*layers, outer), inner
        if last not in COMPRESSIONS:
            return tuple(layers), last
        layers.append(last)
    return tuple(layers), ""


class BudgetSpent(RecordRejected):
    """A file of the input has expanded to all that it may: no more of it is read, however many members are left."""


class _Budget:
    """What one file of the input may still expand to."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self.size = max(1, size)
        self.expanded = 0
        self.members = 0

    def spend(self, n_bytes: int) -> None:
        self.expanded += n_bytes
        if excess := self._excess(self.expanded, self.size):
            raise BudgetSpent(RejectCode.BOMB, excess)

    def check(self, expanded: int, compressed: int) -> None:
        """Refuse a member that says itself that it is too large."""
        if excess := self._excess(expanded, compressed):
            raise RecordRejected(RejectCode.BOMB, excess)

    def _excess(self, expanded: int, compressed: int) -> str:
        if expanded > self.limits.expanded_bytes:
            return f"expands to more than {self.limits.expanded_bytes:,} bytes"
        if expanded > self.limits.most_expanded(compressed):
            return f"expands to more than {self.limits.compression_ratio} times its {compressed:,} bytes"
        return ""

    def count(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise BudgetSpent(RejectCode.TOO_MANY, f"the archive has more than {self.limits.members:,} members")


class _Metered(io.RawIOBase):
    """A stream that charges what is read from it to a budget."""

    def __init__(self, stream: IO[bytes], budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        # One read at a time: what came before damage is not lost with it.
        data = self._stream.read1(min(len(buffer), _BLOCK))  # type: ignore[attr-defined]
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


def _inflate(stream: IO[bytes], compression: str, budget: _Budget) -> IO[bytes]:
    opened: IO[bytes]
    if compression == "gz":
        opened = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    elif compression == "bz2":
        opened = bz2.BZ2File(stream)
    elif compression == "xz":
        opened = lzma.LZMAFile(stream)
    else:
        opened = open_zstd(stream)
    return io.BufferedReader(_Metered(opened, budget), _BLOCK)


def open_members(stream: IO[bytes], name: str, size: int, limits: Limits) -> Iterator[Member | Refusal]:
    """Yield the files to read in a file of the input: itself, or the members of an archive, at any depth.

    Each stream has to be read before the next member is asked for.

    Args:
        stream: The file, opened; seekable.
        name: Its name, which tells compression and format.
        size: Its bytes.
        limits: What it may cost.
    """
    budget = _Budget(limits, size)
    try:
        yield from _open(stream, name, None, 0, budget)
    except RecordRejected as reason:
        yield Refusal(None, reason)


def _open(stream: IO[bytes], name: str, path: str | None, depth: int, budget: _Budget) -> Iterator[Member | Refusal]:
    with name_damage(name):
        compressions, suffix = split_suffixes(name)
        if len(compressions) > _MAX_COMPRESSIONS:
            raise RecordRejected(RejectCode.TOO_DEEP, f"{name}: compressed {len(compressions)} times")
        for compression in compressions:
            stream = _inflate(stream, compression, budget)
        if not suffix:
            start, stream, _ = peek(stream)
            guess = guess_suffix(start)
            if guess in COMPRESSIONS and depth < budget.limits.archive_depth:
                bare = PurePosixPath(name).name.split(".")[0]
                yield from _open(_inflate(stream, guess, budget), bare, path, depth + 1, budget)
                return
            suffix = guess if guess in CONTAINERS else ""
        if suffix not in CONTAINERS:
            yield Member(path, name, stream)
            return
        if depth >= budget.limits.archive_depth:
            raise RecordRejected(
                RejectCode.TOO_DEEP, f"{name}: archives lie more than {budget.limits.archive_depth} deep in one another"
            )
        is_empty = True
        for member in _tar(stream, budget) if suffix == "tar" else _zip(stream, budget):
            is_empty = False
            inner = member.path if path is None else f"{path}/{member.path}"
            if isinstance(member, Refusal):
                yield Refusal(inner, member.reason)
                continue
            try:
                yield from _open(member.stream, member.name, inner, depth + 1, budget)
            except BudgetSpent:
                raise
            except RecordRejected as reason:
                yield Refusal(inner, reason)
        if is_empty:
            raise RecordRejected(RejectCode.EMPTY, f"{name}: the archive holds no files")


@contextmanager
def name_damage(name: str) -> Iterator[None]:
    """Turn what readers raise over damaged data into a refusal.

    No list of exceptions says what may come out of a parser that is given anything, so all are taken but those that
    say nothing of the data: a disk that fails or is full, memory that ends, a library that is not there, and what this
    program raises on purpose.
    """
    try:
        yield
    except (CommuniqueError, MemoryError, ImportError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in OF_DISKS:
            raise
        raise RecordRejected(*_judge(error, name)) from error


def _judge(error: Exception, name: str) -> tuple[RejectCode, str]:
    said = str(error)[:_SAID]
    if isinstance(error, EOFError | tarfile.ReadError):
        return RejectCode.TRUNCATED, f"{name}: ends too early: {said}"
    if isinstance(error, RecursionError):
        return RejectCode.TOO_DEEP, f"{name}: its parts lie too deep in one another"
    code = RejectCode.TRUNCATED if "truncated" in said.lower() else RejectCode.UNREADABLE
    return code, f"{name}: {type(error).__name__}: {said}"


def _is_unsafe(path: str) -> bool:
    return bool(_UNSAFE.search(path))


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_litter(path: str) -> bool:
    """Tell what operating systems leave in archives: hidden files and resource forks."""
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].startswith(".")


def _tar(stream: IO[bytes], budget: _Budget) -> Iterator[Member | Refusal]:
    class Header(tarfile.TarInfo):
        """A header that is refused before what it announces is held in memory."""

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str | None, errors: str) -> Header:
            header = super().frombuf(buf, encoding, errors)  # type: ignore[arg-type]
            most = budget.limits.header_bytes if header.type in _EXTENDED else budget.limits.expanded_bytes
            if header.size > most:  # where the archive ends before, tarfile goes on to read nothing until it is there
                raise RecordRejected(RejectCode.TOO_LARGE, f"a member or its header is of {header.size:,} bytes")
            return header

    with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header) as archive:
        for info in archive:
            budget.count()
            path = _printable(info.name)
            if info.isdir() or _is_litter(path):
                continue
            if _is_unsafe(path) or not info.isfile():
                what = "its path leads out of the archive" if _is_unsafe(path) else "a link or a device"
                yield Refusal(path, RecordRejected(RejectCode.UNSAFE_PATH, f"member refused: {what}"))
                continue
            content: IO[bytes] | None = archive.extractfile(info)
            if content is None:
                continue
            if info.issparse():  # its holes are no bytes of the archive
                try:
                    budget.check(info.size, sum(size for _, size in info.sparse))  # type: ignore[union-attr, misc]
                except RecordRejected as reason:
                    yield Refusal(path, reason)
                    continue
                content = io.BufferedReader(_Metered(content, budget), _BLOCK)
            yield Member(path, path, content)


def _zip(stream: IO[bytes], budget: _Budget) -> Iterator[Member | Refusal]:
    file = copy_seekable(stream)
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise RecordRejected(RejectCode.TRUNCATED, f"no directory at the end of the archive: {error}") from error
    for info in archive.infolist():
        budget.count()
        path = _printable(info.filename)
        if path.endswith("/") or _is_litter(path):
            continue
        if not path or _is_unsafe(path):
            reason = f"member refused: {'its path leads out of the archive' if path else 'it has no name'}"
            yield Refusal(path, RecordRejected(RejectCode.UNSAFE_PATH, reason))
            continue
        if info.flag_bits & 1:
            yield Refusal(path, RecordRejected(RejectCode.ENCRYPTED, "member refused: it is encrypted"))
            continue
        try:
            budget.check(info.file_size, info.compress_size)
            with name_damage(path):
                content = archive.open(info)
        except RecordRejected as reason_:
            yield Refusal(path, reason_)
            continue
        with content:
            yield Member(path, path, io.BufferedReader(_Metered(content, budget), _BLOCK))


def copy_seekable(stream: IO[bytes]) -> IO[bytes]:
    """Return the stream itself if it is a file, else a copy of the rest of it in an anonymous temporary file."""
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO):
        return stream
    copy = tempfile.SpooledTemporaryFile(_IN_MEMORY)
    while block := stream.read(_BLOCK):
        with name_file(Path(tempfile.gettempdir())):
            copy.write(block)
    copy.seek(0)
    return copy


class Recoded(io.RawIOBase):
    """A stream in another encoding as UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
        self._left = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer; return how many bytes there were."""
        if not self._left:
            self._left = self._text.read(8192).encode("utf-8", "replace")
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


class _Replayed(io.RawIOBase):
    """A stream whose start has been read already."""

    def __init__(self, start: bytes, stream: IO[bytes]) -> None:
        self._start = start
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._start:
            data, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        else:
            data = self._stream.read1(len(buffer))  # type: ignore[attr-defined]
        buffer[: len(data)] = data
        return len(data)


def peek(stream: IO[bytes]) -> tuple[bytes, IO[bytes], Exception | None]:
    """Return the start of a stream, and the stream from its start on.

    Where the data are damaged within the start, the damage comes up again when the reader gets there.
    """
    parts: list[bytes] = []
    damage: Exception | None = None
    size = 0
    try:
        while size < SAMPLE and (block := stream.read1(min(1 << 16, SAMPLE - size))):  # type: ignore[attr-defined]
            parts.append(block)
            size += len(block)
    except Exception as error:  # whatever a decompressor raises; kept for the reader
        damage = error
    start = b"".join(parts)
    rest: IO[bytes] = stream if damage is None else _Damaged(damage)  # type: ignore[assignment]
    return start, io.BufferedReader(_Replayed(start, rest), 1 << 16), damage


class _Damaged:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def read1(self, _size: int = -1) -> bytes:
        raise self._error


def peek_encoding(stream: IO[bytes]) -> tuple[IO[bytes], str]:
    """Return the stream from its start on, and its encoding, told from its first lines."""
    start, stream, damage = peek(stream)
    if len(start) < SAMPLE and not start.strip(b" \t\r\n\0") and damage is None:
        raise RecordRejected(
            RejectCode.EMPTY, "the file is empty" if not start else "the file holds nothing but blanks"
        )
    encoding = find_encoding(start)
    if encoding == "utf-8-sig":
        stream.read(3)
        return stream, "utf-8"
    if not encoding.startswith("utf"):
        lines = [line for line in start.splitlines() if not line.isascii()]
        broken = sum(not _is_utf8(line) for line in lines)
        if broken < 2 or 2 * broken <= len(lines):  # one bad line among good ones says nothing about the file
            encoding = "utf-8"
    return stream, encoding


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
