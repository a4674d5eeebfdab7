"""A dataset in object storage: the same keys under an address, commits by conditional puts, a lease for a lock.

What is put is written locally before, and goes as one object: nobody sees a part of it. A commit goes where nothing is
(If-None-Match). Whoever writes holds a lease, an object that they renew (If-Match); one that was not renewed in its
time is taken over, by the clock of the service and no other. Whoever lost theirs is told before the next commit,
removal or list of views is written.
"""

from __future__ import annotations

import io
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.errors import DatasetBusy, StorageFailed
from tasks.objects import connect, find_objects, look_at, named_failures, open_object, split_address

LEASE_S = 60.0
_LOCK, _CLOCK = "_lock", "_lock-clock"
_RENEWALS = 4  # in the time of a lease
_WHOLE = 64 << 20  # bytes of a file that is put by one request; larger ones go in parts
_PART = 16 << 20


class ObjectStore:
    """A place in object storage.

    Args:
        address: Such as s3://bucket/prefix.
        lease_s: Seconds after which a lease that was not renewed is taken over.
    """

    def __init__(self, address: str, lease_s: float = LEASE_S) -> None:
        self._address = address
        self._bucket, self._prefix = split_address(address)
        self._lease_s = lease_s
        self._lease: _Lease | None = None

    def names(self) -> set[str]:
        """Return the names at the top, of folders and of objects."""
        connection = connect(self._bucket, hasty=True)
        import obstore

        with named_failures(self._address):
            found = obstore.list_with_delimiter(connection, self._prefix or None)
        paths = [*found["common_prefixes"], *(meta["path"] for meta in found["objects"])]
        return {path.rpartition("/")[2] for path in paths if path != self._prefix}

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a folder, sorted; nothing if there is none."""
        start = len(self._address) + 1
        yield from sorted(found.address[start:] for found in find_objects(self.locate(prefix)))

    def read(self, key: str) -> bytes:
        """Return an object. Raises FileNotFoundError."""
        content, _ = self._read(key)
        return content

    def open(self, key: str) -> io.BufferedReader:
        """Open an object to read it from its start to its end. Raises FileNotFoundError."""
        return open_object(look_at(self.locate(key)))

    def size(self, key: str) -> int:
        """Return the bytes of an object. Raises FileNotFoundError."""
        return look_at(self.locate(key)).size

    def put(self, key: str, source: Path) -> None:
        """Put a local file, which goes away, under a key, in place of what is there."""
        if source.stat().st_size > _WHOLE:
            self._put(key, source, use_multipart=True, chunk_size=_PART)
        else:
            self._put(key, source.read_bytes(), use_multipart=False)
        source.unlink()

    def write(self, key: str, content: bytes) -> None:
        """Put bytes under a key, in place of what is there."""
        self._check_lease()
        self._put(key, content, use_multipart=False)

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Put bytes under a key that is free. Returns False, and changes nothing, if it is not."""
        from obstore.exceptions import AlreadyExistsError

        self._check_lease()
        try:
            self._put(key, content, hasty=True, mode="create")
        except AlreadyExistsError:
            return self.read(key) == content  # of a request whose answer was lost, and that was made again
        return True

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""
        import obstore

        self._check_lease()
        with named_failures(self.locate(key)), suppress(FileNotFoundError):
            obstore.delete(connect(self._bucket), self._key(key))

    def locate(self, key: str) -> str:
        """Return the address under which Parquet readers find an object."""
        return f"{self._address}/{key}"

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Hold the dataset for writing. Yields whether a lease that had run out was taken over.

        Raises:
            DatasetBusy: Somebody else holds it; the message names them.
        """
        lease, is_taken_over = self._take()
        self._lease = lease
        thread = threading.Thread(target=lease.keep_renewing, daemon=True)
        thread.start()
        try:
            yield is_taken_over
        finally:
            self._lease = None
            lease.end()
            thread.join()
            lease.release()

    def is_held(self) -> bool:
        """Tell whether somebody holds the dataset for writing."""
        try:
            holder, found = self._read_lease()
        except FileNotFoundError:
            return False
        return bool(holder.name) and _age(found, datetime.now(UTC)) <= holder.seconds

    def _key(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _read(self, key: str) -> tuple[bytes, Any]:
        """Return an object, and what the service says of it."""
        import obstore

        with named_failures(self.locate(key)):
            found = obstore.get(connect(self._bucket), self._key(key))
            return bytes(found.bytes()), found.meta

    def _put(self, key: str, content: bytes | Path, *, hasty: bool = False, **how: Any) -> dict[str, str]:
        """Put an object. Returns by what it is known if it is to be replaced on condition."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        connection = connect(self._bucket, hasty=hasty)
        try:
            result = obstore.put(connection, self._key(key), content, **how)
        except (AlreadyExistsError, PreconditionError):
            raise
        except Exception:
            with named_failures(self.locate(key)):
                raise
        return {name: value for name, value in result.items() if isinstance(value, str)}

    def _check_lease(self) -> None:
        if self._lease is not None:
            self._lease.check()

    def _read_lease(self) -> tuple[_Holder, Any]:
        content, found = self._read(_LOCK)
        try:
            return _Holder(**json.loads(content)), found
        except (ValueError, TypeError) as error:
            raise StorageFailed(f"{self.locate(_LOCK)}: not the lease of a dataset: {error}") from error

    def _take(self) -> tuple[_Lease, bool]:
        """Take the lease: where there is none, where it was given back, or where it has run out."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        mine = _Holder(f"{socket.gethostname()}, process {os.getpid()}", uuid.uuid4().hex, self._lease_s)
        mode: Any = "create"
        is_taken_over = False
        with suppress(FileNotFoundError):
            holder, found = self._read_lease()
            if holder.name:
                left = holder.seconds - _age(found, self._now())
                if left >= 0:
                    raise DatasetBusy(
                        f"{self._address}: another run ({holder.name}) is writing to this dataset; wait until it has"
                        f" finished, or, if it was killed, {left + 1:.0f} s"
                    )
                is_taken_over = True
            mode = {name: found[name] for name in ("e_tag", "version") if found[name]}
        since = _clock()
        try:
            version = self._put(_LOCK, mine.to_json(), hasty=True, mode=mode)
        except (AlreadyExistsError, PreconditionError) as error:
            raise DatasetBusy(f"{self._address}: another run has begun to write to this dataset just now") from error
        return _Lease(self, mine, version, since), is_taken_over

    def _now(self) -> datetime:
        """Return the time by the clock of the service, which dates what is put."""
        self._put(_CLOCK, b"", use_multipart=False)
        now: datetime = self._read(_CLOCK)[1]["last_modified"]
        self.delete(_CLOCK)
        return now


@dataclass(frozen=True)
class _Holder:
    """What a lease says: who holds it (nobody: empty), by which token, for how many seconds.

    The count of its renewals makes each another content. Were they one, whoever found the lease run out could take it
    over by what the service calls that content, though it has been renewed meanwhile.
    """

    name: str
    token: str
    seconds: float
    renewals: int = 0

    def to_json(self) -> bytes:
        return json.dumps(vars(self)).encode() + b"\n"


class _Lease:
    """A lease that is held.

    Args:
        store: Where.
        holder: What it says.
        version: By what its present content is known to the service.
        since: When the request was made that it rests on.
    """

    def __init__(self, store: ObjectStore, holder: _Holder, version: dict[str, str], since: float) -> None:
        self._store = store
        self._holder = holder
        self._version = version
        self._since = since
        self._is_lost = False
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def keep_renewing(self) -> None:
        """Renew it until it is ended or lost. A service that does not answer is asked again."""
        while not self._ended.wait(self._holder.seconds / _RENEWALS) and not self._is_lost:
            with suppress(StorageFailed, DatasetBusy, FileNotFoundError):
                self._renew()

    def check(self) -> None:
        """See that it is held, and for half its time yet, in which a request is answered or given up.

        Raises:
            DatasetBusy: It is lost.
            StorageFailed: It could not be renewed.
        """
        if self._is_lost or _clock() - self._since > self._holder.seconds / 2:
            self._renew()

    def end(self) -> None:
        """Renew it no more."""
        self._ended.set()

    def release(self) -> None:
        """Give it back, if it is still held."""
        with suppress(StorageFailed, DatasetBusy, FileNotFoundError):
            self._renew(is_last=True)

    def _renew(self, *, is_last: bool = False) -> None:
        from obstore.exceptions import PreconditionError

        with self._lock:
            since = _clock()
            name = "" if is_last else self._holder.name
            self._holder = replace(self._holder, name=name, renewals=self._holder.renewals + 1)
            try:
                if self._is_lost:
                    raise PreconditionError
                self._version = self._store._put(_LOCK, self._holder.to_json(), hasty=True, mode=self._version)
            except PreconditionError as error:
                found, meta = self._store._read_lease()
                if self._is_lost or found.token != self._holder.token:
                    self._is_lost = True
                    raise DatasetBusy(
                        f"{self._store._address}: this run did not renew its lease in time, and another"
                        f" ({found.name or 'that has ended'}) took the dataset over; what was committed stays."
                        " Give the same command again when that run has finished"
                    ) from error
                # Of a renewal whose answer was lost, and that was made again.
                self._version = {name: meta[name] for name in ("e_tag", "version") if meta[name]}
            self._since = since


def _clock() -> float:
    """Return seconds that go on while the machine sleeps, where the system has such a clock."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _age(found: Any, now: datetime) -> float:
    age: float = (now - found["last_modified"]).total_seconds()
    return age
