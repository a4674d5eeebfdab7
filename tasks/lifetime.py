"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import threading
import time

_WATCH_S = 0.5


def end_with(parent: int) -> None:
    """Let this process end when the one that started it does, even if that is killed."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(1)
