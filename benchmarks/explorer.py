"""How long the explorer's index takes, how large it is, and how fast its pages are.

    python -m benchmarks.explorer DATASET [--anew]

Asks 200 requests, a fifth each: searches, filtered lists, documents, people, countries and events, exports of words
and countries that at most 1,000 rows have, and nearly so many. What is asked comes from the dataset: its words,
countries, speakers and months; each request once, so that no answer is remembered. One client, no network. Index and
requests are made in processes of their own: the one that answers is what a user runs. Prints seconds for the index, its
bytes, percentiles of the times to the last and to the first byte, and the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from starlette.types import ASGIApp, Message

from explorer.app import make_app
from explorer.corpus import Corpus, open_corpus
from explorer.index import update_index
from explorer.search import Search
from explorer.selection import Selection

EACH = 40
_ROWS = 1_000


def words(index: Path) -> list[str]:
    """Return words of the index from the most frequent to rare ones, each some percents less frequent than the last."""
    with closing(sqlite3.connect(index)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, documents_words, row)")
        frequent = "SELECT term FROM terms WHERE term GLOB '[a-z][a-z][a-z]*' ORDER BY doc DESC LIMIT 20000"
        found = [term for (term,) in db.execute(frequent)]
    ranks = sorted({round(len(found) ** (n / (8 * EACH))) for n in range(8 * EACH)})
    return [found[rank] for rank in ranks if rank < len(found)]


def requests(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Yield kind and address of what is asked."""
    search, listed = Search(corpus.index), words(corpus.index)
    everything = Selection("documents")
    countries = [one.value for one in search.facet(everything, "country")] or ["USA"]
    speakers = [one.value for one in search.facet(Selection("quotes"), "speaker")] or ["nobody"]
    months = [month for month, _ in search.months(everything)] or ["2020-01"]
    yield from (("search", f"/documents?q={quote_plus(word)}&sort=rank") for word in islice(listed[::2], EACH))
    pairs = islice(zip(cycle(countries), cycle(months), cycle(listed[1::2]), strict=False), EACH)
    yield from (("filter", f"/quotes?country={c}&from={m}&q={quote_plus(word)}") for c, m, word in pairs)
    documents = search.page(everything, size=EACH * 7).hits[::7]
    yield from (("document", f"/doc/{hit.doc_id}?q={quote_plus(listed[0])}") for hit in documents)
    people = [key for key in speakers if not key.startswith("as:")]
    events = corpus.rows("SELECT event_id FROM events ORDER BY hash(event_id) LIMIT ?", EACH // 3)
    places = [*(f"/people/{key}" for key in people), *(f"/countries/{code}" for code in countries)]
    places += [f"/events/{row['event_id']}" for row in events]
    yield from (("person", f"{place}?n={n}") for n, place in enumerate(islice(cycle(places), EACH)))
    for table in ("documents", "quotes"):
        everything = Selection(table)
        chosen = [everything, *(everything.toggled("country", code) for code in countries)]
        counted = ((search.count(one), one) for said in listed[::4] for of in chosen if (one := of.having(query=said)))
        few = sorted(((n, one.to_query()) for n, one in counted if n <= _ROWS), reverse=True)
        yield from (("export", f"/export/{table}.csv?{asked}") for _, asked in few[: EACH // 2])


class Taken(NamedTuple):
    """What a request took, in milliseconds: of CPU, of the clock, the same to its first byte; and what was asked."""

    cpu: float
    wall: float
    first: float
    address: str


async def ask(app: ASGIApp, address: str) -> Taken:
    """Ask for a page, to its last byte."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1")], "http_version": "1.1", "scheme": "http", "root_path": "",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9),
    }  # fmt: skip
    start, used, first = time.perf_counter(), time.process_time(), list[float]()
    ended = asyncio.Event()

    async def receive() -> Message:
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, address
        elif message.get("body") and not first:
            first.append(time.perf_counter() - start)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    await app(scope, receive, send)
    taken = time.process_time() - used, time.perf_counter() - start, first[0]
    return Taken(*(1000 * value for value in taken), address)


async def ask_all(app: ASGIApp, asked: Sequence[tuple[str, str]]) -> dict[str, list[Taken]]:
    """Ask for the overview and then for all pages, one after the other. Returns what they took, by kind."""
    await ask(app, "/")
    taken: dict[str, list[Taken]] = {}
    for kind, address in asked:
        taken.setdefault(kind, []).append(await ask(app, address))
    return taken


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all is not above.

    Example:
        >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5)
        2.0
    """
    return sorted(values)[max(0, round(len(values) * share) - 1)]


def apart(work: Callable[[str], Any], dataset: str) -> Any:
    """Return what a function makes of a dataset in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, dataset).result()


def make_index(dataset: str) -> tuple[float, float]:
    """Bring the index up to date. Returns seconds of the clock and of CPU."""
    start, used = time.perf_counter(), time.process_time()
    update_index(open_corpus(dataset))
    return time.perf_counter() - start, time.process_time() - used


def list_requests(dataset: str) -> list[tuple[str, str]]:
    """Return kind and address of what is asked."""
    return list(requests(open_corpus(dataset)))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset")
    parser.add_argument("--anew", action="store_true", help="make the index anew")
    given = parser.parse_args()
    corpus = open_corpus(given.dataset)
    if given.anew:
        corpus.index.unlink(missing_ok=True)
    seconds = apart(make_index, given.dataset)
    print("index: {:.1f} s, {:.1f} s of CPU, {:,} bytes".format(*seconds, corpus.index.stat().st_size))
    asked = apart(list_requests, given.dataset)
    taken = asyncio.run(ask_all(make_app(corpus), asked))
    for kind, values in (taken | {"all": [value for one in taken.values() for value in one]}).items():
        said = ", ".join(
            f"{name} p50 {percentile(of, 0.5):.0f} p95 {percentile(of, 0.95):.0f} ms"
            for name, *of in zip(("CPU", "wall", "first byte"), *(value[:3] for value in values), strict=True)
        )
        print(f"{kind}: {len(values)} requests, {said}; slowest {max(values).address}")
    status = Path("/proc/self/status").read_text()
    print(f"memory: {int(status.split('VmHWM:')[1].split()[0]) // 1024:,} MiB at most")


if __name__ == "__main__":
    main()
