"""Inner loops compiled by numba, the result kept in the user's cache."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba import njit
from numba.core.cpu import CPUTargetOptions

from tasks.resources import cache_folder

# The option has no public name; a numba without it compiles all the same, to slower code.
_UNCOUNTED: dict[str, Any] = {"_nrt": False, "no_cpython_wrapper": True} if hasattr(CPUTargetOptions, "_nrt") else {}
_IS_PLACE_SET = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]


@cache
def _folder(source: str) -> str:
    """Return a folder for one version of a file: numba stumbles over what another version left."""
    return str(cache_folder() / "numba" / hashlib.sha256(Path(source).read_bytes()).hexdigest()[:12])


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called, and keep the result on disk if there is a place for it."""
    return _compile(function)


def compiled_sums(function: Callable[..., Any]) -> Any:
    """Compile a function whose sums may be added up in another order, several numbers at a time."""
    return _compile(function, fastmath={"reassoc", "contract"})


def compiled_fused(function: Callable[..., Any]) -> Any:
    """Compile a function in which a product and the sum that it goes into may be one instruction; the order stays."""
    return _compile(function, fastmath={"contract"})


def compiled_inner(function: Callable[..., Any]) -> Any:
    """Compile a function that only compiled ones call, that makes no arrays, and that is called without end.

    Numba counts the users of each array, at each call, with instructions that the processor's cores agree about: more
    work than the call's own where it takes a dozen arrays. What the caller holds needs no counting.
    """
    return _compile(function, **_UNCOUNTED)


def compiled_into(function: Callable[..., Any]) -> Any:
    """Compile a function as part of those that call it: for one that is called in one place, with many arrays.

    Each array is half a dozen arguments, which a call lays on the stack one by one.
    """
    return njit(function, inline="always")


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    if not _IS_PLACE_SET:
        numba.config.CACHE_DIR = _folder(inspect.getfile(function))  # type: ignore[attr-defined]
    try:
        return njit(function, cache=True, nogil=True, **options)
    except RuntimeError:  # neither the package nor a home can be written to
        return njit(function, nogil=True, **options)
