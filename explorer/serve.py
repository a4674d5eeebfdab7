"""`communique explore`: the index brought up to date, then pages until Ctrl-C."""

from __future__ import annotations

import asyncio
import sys
import threading
import webbrowser
from socket import socket

import uvicorn
from anyio import to_thread
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from explorer.app import LOOPBACK, make_app
from explorer.corpus import Corpus, open_corpus
from explorer.index import update_index
from tasks.errors import ConfigError

_ANY = ("0.0.0.0", "::")
_THREADS = 8


def explore(dataset: str, *, host: str, port: int, open_browser: bool, sql: bool, raw_csv: bool) -> None:
    """Index a dataset where that is needed, and serve its pages until stopped.

    Args:
        dataset: Its folder.
        host: The address to listen at.
        port: The port; 0: any that is free.
        open_browser: Whether a browser is led to the overview.
        sql: Whether there is a page for queries.
        raw_csv: Whether CSV is left as it is.

    Raises:
        ConfigError: Nobody can listen there.
    """
    corpus = open_corpus(dataset)
    make_index(corpus)
    hosts: tuple[str, ...] = LOOPBACK
    if host not in LOOPBACK:
        print(
            f"communique explore: whoever reaches {host}:{port} reads this dataset; there is no password",
            file=sys.stderr,
        )
        hosts = ("*",) if host in _ANY else (*LOOPBACK, host)
    app = make_app(corpus, hosts=hosts, sql=sql, raw_csv=raw_csv)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, lifespan="off"
    )
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # how uvicorn says that it cannot listen
        raise ConfigError(f"{host}:{port} cannot be listened at; --port 0 takes one that is free") from error
    listening.listen(config.backlog)  # who reads the address may ask at once
    address = f"http://{'127.0.0.1' if host in _ANY else host}:{listening.getsockname()[1]}/"
    print(f"{corpus.name} at {address}  (Ctrl-C ends it)", flush=True)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    asyncio.run(_serve(uvicorn.Server(config), listening))


async def _serve(server: uvicorn.Server, listening: socket) -> None:
    """Serve until stopped, so many pages at once: each thread has a connection, with memory of its own."""
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    await server.serve(sockets=[listening])


def make_index(corpus: Corpus) -> None:
    """Bring the index up to date, with a bar on a terminal."""
    columns = (
        BarColumn(20),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("indexing", total=None)
        update_index(
            corpus,
            lambda done, total: bar.update(
                task, completed=done, total=total, description=f"{done:,} of {total:,} documents indexed"
            ),
        )
