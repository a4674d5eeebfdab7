"""Inner loops compiled by numba, the result kept in the user's cache."""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit

_IS_PLACE_SET = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


@cache
def _folder(source: str) -> str:
    """Return a folder for one version of a file: numba stumbles over what another version left."""
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "communique" / "numba"
    return str(place / hashlib.sha256(Path(source).read_bytes()).hexdigest()[:12])


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, and keep the result on disk if there is a place for it."""
    if not _IS_PLACE_SET:
        numba.config.CACHE_DIR = _folder(inspect.getfile(function))  # type: ignore[attr-defined]
    try:
        return njit(function, cache=True, nogil=True)
    except RuntimeError:  # neither the package nor a home can be written to
        return njit(function, nogil=True)
