"""Caches for commands under test: what each of them would take half a minute to make is made once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from flows.server import _database_template

ROOT = Path(__file__).parents[1]


def own_cache(folder: Path) -> dict[str, str]:
    """Return the environment of a command: a cache folder of its own with Prefect's tables, no settings of Prefect's.

    Args:
        folder: Gets the cache.
    """
    prefect = folder / "cache" / "communique" / "prefect"
    if not prefect.exists():
        prefect.mkdir(parents=True)
        shutil.copy(_made_template(), prefect)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | {"XDG_CACHE_HOME": str(folder / "cache")}


def _made_template() -> Path:
    """Return a database with Prefect's tables that is kept in the user's cache, as that of a run is."""
    template = _database_template()
    template.parent.mkdir(parents=True, exist_ok=True)
    with (template.parent / "_tests").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            with tempfile.TemporaryDirectory() as place:
                dump = Path(place, "dump.txt")
                dump.write_text("The minister spoke in Oslo.\n")
                kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
                command = [sys.executable, "-m", "flows.cli", "run", str(dump), "--out", f"{place}/out"]
                environment = kept | {"COMMUNIQUE_RUN__RUNNER": "threads", "PYTHONPATH": str(ROOT)}
                subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return template
