"""Prefect for tests: its own folder, no telemetry, no server of the user's."""

import os
import tempfile

# Before anything imports prefect, which reads its settings once.
os.environ.pop("PREFECT_API_URL", None)
_home = tempfile.TemporaryDirectory(prefix="communique-test-", ignore_cleanup_errors=True)  # goes with the process
os.environ["PREFECT_HOME"] = _home.name
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "120"
