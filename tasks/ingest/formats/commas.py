"""JSON with a comma before a closing bracket, which many writers leave there and no parser takes."""

from __future__ import annotations

import io
import re
from typing import IO

_BLANKS = b" \t\r\n"
_LOOSE = re.compile(rb",(?=[ \t\r\n]*[\]}])")
_REST = re.compile(rb'(?:[^"\\]|\\.)*+"', re.S)  # of a string
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+("|\Z)|,(?=[ \t\r\n]*[\]}])', re.S)  # strings, and commas outside of them
_BLOCK = 1 << 16


def drop_commas(data: bytes, is_inside: bool = False) -> tuple[bytes, int, bool]:
    r"""Take out the commas before closing brackets, outside of strings.

    Args:
        data: A piece of JSON that does not end within an escape, nor between such a comma and its bracket.
        is_inside: Whether it starts inside a string.

    Returns:
        The piece without them, how many there were, and whether it ends inside a string.

    Example:
        >>> drop_commas(b'[{"text": "one, ]", }, ]')
        (b'[{"text": "one, ]" } ]', 2, False)
    """
    if not _LOOSE.search(data):
        return data, 0, is_inside ^ _opens_string(data)
    rest = _REST.match(data) if is_inside else None
    if is_inside and rest is None:
        return data, 0, True
    kept: list[bytes] = []
    at, is_inside = 0, False
    for token in _TOKENS.finditer(data, rest.end() if rest else 0):
        is_inside = token.group(1) == b""
        if token.group(1) is None:
            kept.append(data[at : token.start()])
            at = token.end()
    return b"".join((*kept, data[at:])), len(kept), is_inside


def _opens_string(piece: bytes) -> bool:
    return bool(piece.replace(b"\\\\", b"").replace(b'\\"', b"").count(b'"') & 1)


class WithoutCommas(io.RawIOBase):
    """A stream of JSON in UTF-8 without the commas before closing brackets.

    Attributes:
        dropped: How many there were so far.
    """

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._most = most  # bytes that are held back at a time
        self._held = self._ready = b""
        self._is_inside = False
        self.dropped = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer; return how many bytes there were."""
        while not self._ready:
            block = self._stream.read(max(_BLOCK, len(self._held)))  # what is held back is looked at twice, not often
            data = self._held + block
            if not data:
                return 0
            end = _safe_end(data) if block and len(data) <= self._most else len(data)
            self._held = data[end:]
            self._ready, dropped, self._is_inside = drop_commas(data[:end], self._is_inside)
            self.dropped += dropped
        data, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _safe_end(data: bytes) -> int:
    """Return where a piece may be cut: not behind a backslash, and before a comma that only blanks follow."""
    bare = data.rstrip(b"\\")
    if len(bare) < len(data):
        return len(data) - (len(data) - len(bare)) % 2
    bare = data.rstrip(_BLANKS)
    return len(bare) - 1 if bare.endswith(b",") else len(data)
