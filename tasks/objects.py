"""Object storage: what lies under addresses such as s3://bucket/key, found, looked at and read.

The client is obstore, an extra, imported when an address is met for the first time. Credentials and endpoint come from
the environment, as for other programs (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …). What it says when something fails is
turned into a sentence here.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.errors import ConfigError, StorageFailed

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ObjectStore as Connection

_ADDRESS = re.compile(r"(s3|gs|az)://([^/]+)/*(.*?)/*", re.DOTALL)
_TAIL = 4 << 20  # bytes of an object that come with its size: of a Parquet file the footer, often all of it
_TAILS = 16  # that are kept: of a file that is read year by year
_AHEAD = 8 << 20  # bytes that are read at a time where a stream is read to its end
#: For what has to be known within ten seconds: whether there is such a bucket, whether a lease is still held.
_HASTY = {"timeout": "8s", "connect_timeout": "4s"}, {"max_retries": 1, "retry_timeout": timedelta(seconds=8)}
#: For what takes its time: large objects, services that ask to slow down.
_PATIENT = {"timeout": "600s", "connect_timeout": "10s"}, {"max_retries": 10, "retry_timeout": timedelta(seconds=180)}
_ENDPOINT = "AWS_ENDPOINT_URL"
#: What holds the credentials of a service, by the scheme of its addresses.
_CREDENTIALS = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
}
#: Where a service's machines ask for the credentials of their role, if the environment has none.
_ROLES = ("169.254.", "metadata.google.internal")


def is_address(place: str | os.PathLike[str]) -> bool:
    """Tell whether a place is an address in object storage, and no path.

    Example:
        >>> is_address("s3://bucket/releases"), is_address("s3/bucket"), is_address("s3://")
        (True, False, True)
    """
    return isinstance(place, str) and place.startswith(("s3://", "gs://", "az://"))


def full_place(place: str) -> str:
    """Return an address as it is, and a path from its root: other processes may stand in another folder."""
    return place if is_address(place) else str(Path(place).absolute())


def split_address(address: str) -> tuple[str, str]:
    """Return the bucket of an address, itself as an address, and the key in it.

    Raises:
        ConfigError: It names no bucket.

    Example:
        >>> split_address("s3://bucket/releases/2024/"), split_address("s3://bucket")
        (('s3://bucket', 'releases/2024'), ('s3://bucket', ''))
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ConfigError(f"{address}: names no bucket; an address is s3://BUCKET/PREFIX")
    return f"{found[1]}://{found[2]}", found[3]


def connect(bucket: str, *, hasty: bool = False) -> Connection:
    """Return the client of a bucket; the same one in the whole process. Nothing is asked of the service yet.

    Args:
        bucket: Its address.
        hasty: Whether a service that does not answer is given up within ten seconds.

    Raises:
        ConfigError: The extra is not installed, or the environment holds what cannot be used.
    """
    return _connect(bucket, hasty)


@cache
def _connect(bucket: str, hasty: bool) -> Connection:
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise ConfigError(f'{bucket} needs the extra: pip install "communique[s3]"') from error
    client, retry = _HASTY if hasty else _PATIENT
    options: dict[str, Any] = {"client_options": {"allow_http": True} | client, "retry_config": retry}
    try:
        store: Connection = from_url(bucket, **options)
    except (BaseError, ValueError) as error:
        raise ConfigError(f"{bucket}: {_first_line(error)}") from error
    return store


@contextmanager
def named_failures(address: str) -> Iterator[None]:
    """Let what object storage says when something fails be a sentence.

    Args:
        address: What it is about.

    Raises:
        FileNotFoundError: There is no such object.
        StorageFailed: Anything else.
    """
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise StorageFailed(_explain(str(error), address)) from error
        raise FileNotFoundError(2, "no such object", address) from error
    except BaseError as error:
        raise StorageFailed(_explain(str(error), address)) from error


def _explain(said: str, address: str) -> str:
    """Return in a sentence what is wrong and what to do."""
    bucket, _ = split_address(address)
    code = found[1] if (found := re.search(r"<Code>(\w+)</Code>", said)) else ""
    names = _CREDENTIALS[bucket.partition(":")[0]]
    if code == "NoSuchBucket" or "404 Not Found" in said:
        return f"{bucket}: there is no such bucket{_at_endpoint()}"
    if any(place in said for place in _ROLES):
        return f"{bucket}: no credentials; set {' and '.join(names)} in the environment"
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed") or "Moved Permanently" in said:
        return f"{bucket}: lies in another region; set AWS_REGION"
    if "401 Unauthorized" in said or "403 Forbidden" in said or code in ("AccessDenied", "InvalidAccessKeyId"):
        what = "the credentials of the environment" if os.environ.get(names[0]) else f"a request without {names[0]}"
        return f"{address}: {what} may not do that ({code or 'access denied'})"
    if "error sending request" in said or "timed out" in said:
        return f"{bucket}: the service does not answer{_at_endpoint()}; look at {_ENDPOINT} and the network"
    return f"{address}: {_first_line(said)}"


def _at_endpoint() -> str:
    endpoint = os.environ.get(_ENDPOINT)
    return f" at {endpoint}" if endpoint else ""


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Found:
    """An object.

    Attributes:
        address: Where it is.
        size: Bytes.
        etag: What the service calls this content of it.
        modified_ns: When it was put, in nanoseconds.
    """

    address: str
    size: int
    etag: str
    modified_ns: int


def look_at(address: str, *, hasty: bool = False) -> Found:
    """Return what there is to know of an object without reading it.

    Raises:
        FileNotFoundError: There is none.
        StorageFailed: The service does not say.
    """
    bucket, key = split_address(address)
    connection = connect(bucket, hasty=hasty)
    import obstore

    with named_failures(address):
        return _found(bucket, obstore.head(connection, key))


def find_objects(address: str, *, hasty: bool = False) -> Iterator[Found]:
    """Yield the objects under an address, as under a folder.

    Raises:
        StorageFailed: They cannot be listed.
    """
    bucket, prefix = split_address(address)
    connection = connect(bucket, hasty=hasty)
    import obstore

    with named_failures(address):
        for chunk in obstore.list(connection, prefix or None):
            yield from (_found(bucket, meta) for meta in chunk)


def _found(bucket: str, meta: Any) -> Found:
    modified = int(meta["last_modified"].timestamp()) * 10**9
    return Found(f"{bucket}/{meta['path']}", meta["size"], meta["e_tag"] or "", modified)


def readable(place: str) -> str | ObjectFile:
    """Return what a reader of Parquet takes: a path as it is, an object as a file. It must not change."""
    return ObjectFile(place) if is_address(place) else place


def open_object(found: Found) -> io.BufferedReader:
    """Open an object to be read to its end, in the content that was found and no other."""
    return io.BufferedReader(ObjectFile(found.address, found), 1 << 16)


class ObjectFile(io.RawIOBase):
    """An object as a file that can be read and sought in.

    Args:
        address: The object.
        found: What it was found as: it is read ahead, and what has another content by now is not read. None: it never
            changes, is not empty, and read here and there.
    """

    def __init__(self, address: str, found: Found | None = None) -> None:
        self._address = address
        self._bucket, self._key = split_address(address)
        self._found = found
        if found is None:
            self._size, self._block = _read_tail(address)
            self._start = self._size - len(self._block)
        else:
            self._size, self._block, self._start = found.size, b"", 0
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be sought in."""
        return True

    def tell(self) -> int:
        """Return the present place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read as much as fits."""
        wanted = max(0, min(len(buffer), self._size - self._at))
        done = 0
        while done < wanted:
            if not self._start <= self._at < self._start + len(self._block):
                ahead = 0 if self._found is None else _AHEAD
                self._block = self._fetch(self._at, min(self._size, self._at + max(wanted - done, ahead)))
                self._start = self._at
            part = memoryview(self._block)[self._at - self._start :][: wanted - done]
            buffer[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
        return done

    def _fetch(self, start: int, end: int) -> bytes:
        import obstore
        from obstore.exceptions import PreconditionError

        options: GetOptions = {"range": (start, end)}
        if self._found is not None and self._found.etag:
            options["if_match"] = self._found.etag
        with named_failures(self._address):
            try:
                return bytes(obstore.get(connect(self._bucket), self._key, options=options).bytes())
            except PreconditionError as error:
                raise StorageFailed(f"{self._address}: has changed while it was read") from error


@lru_cache(maxsize=_TAILS)
def _read_tail(address: str) -> tuple[int, bytes]:
    """Return the size of an object and its last bytes."""
    import obstore

    bucket, key = split_address(address)
    with named_failures(address):
        found = obstore.get(connect(bucket), key, options={"range": {"suffix": _TAIL}})
        return found.meta["size"], bytes(found.bytes())
