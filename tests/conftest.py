"""Prefect for tests: its own folder, no telemetry, no server of the user's. One cache of compiled code for all commands."""

import hashlib
import os
import tempfile
from pathlib import Path

from tasks.resources import cache_folder

# Before anything imports prefect, which reads its settings once.
os.environ.pop("PREFECT_API_URL", None)
_home = tempfile.TemporaryDirectory(prefix="communique-test-", ignore_cleanup_errors=True)  # goes with the process
os.environ["PREFECT_HOME"] = _home.name
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "120"

# To compile takes a quarter of a minute, and most commands under test have a cache folder of their own.
_sources = [path.read_bytes() for path in sorted(Path(__file__).parents[1].glob("tasks/**/*.py"))]
_version = hashlib.sha256(b"".join(source for source in _sources if b"tasks.compiled" in source)).hexdigest()[:12]
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba" / f"tests-{_version}"))
