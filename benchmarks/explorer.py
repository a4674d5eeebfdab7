"""How long the explorer's index takes, how large it is, and how fast its pages are.

    python -m benchmarks.explorer DATASET [--anew]

Asks 200 requests, a fifth each: searches, filtered lists, documents, people, countries and events, exports of at most
1,000 rows. What is asked comes from the dataset: its words, countries, speakers and months; each request once, so that
no answer is remembered. One client, no network. Prints seconds for the index, its bytes, percentiles, and the memory.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote_plus

from starlette.testclient import TestClient

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
    few = (w for w in reversed(listed) if search.count(everything.having(query=w)) <= _ROWS)
    for n, word in enumerate(islice(few, EACH)):
        yield "export", f"/export/{('documents', 'quotes')[n % 2]}.csv?q={quote_plus(word)}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all is not above.

    Example:
        >>> percentile([3.0, 1.0, 2.0, 4.0], 0.5)
        2.0
    """
    return sorted(values)[max(0, round(len(values) * share) - 1)]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("dataset")
    parser.add_argument("--anew", action="store_true", help="make the index anew")
    given = parser.parse_args()
    corpus = open_corpus(given.dataset)
    if given.anew:
        corpus.index.unlink(missing_ok=True)
    start, used = time.perf_counter(), time.process_time()
    update_index(corpus)
    spent = time.perf_counter() - start, time.process_time() - used
    print(f"index: {spent[0]:.1f} s, {spent[1]:.1f} s of CPU, {corpus.index.stat().st_size:,} bytes")
    client = TestClient(make_app(corpus), base_url="http://127.0.0.1")
    client.get("/")
    taken: dict[str, list[tuple[float, float, str]]] = {}
    asked = list(requests(corpus))
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    for kind, address in asked:
        start, used = time.perf_counter(), time.process_time()
        answer = client.get(address)
        spent = 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)
        taken.setdefault(kind, []).append((*spent, address))
        assert answer.status_code == 200, address
    for kind, values in (taken | {"all": [value for one in taken.values() for value in one]}).items():
        wall, cpu = ([value[which] for value in values] for which in (0, 1))
        said = ", ".join(
            f"{name} p50 {percentile(of, 0.5):.0f} p95 {percentile(of, 0.95):.0f} ms"
            for name, of in (("wall", wall), ("CPU", cpu))
        )
        print(f"{kind}: {len(values)} requests, {said}; slowest {max(values, key=lambda one: one[1])[2]}")
    status = Path("/proc/self/status").read_text()
    print(f"memory: {int(status.split('VmHWM:')[1].split()[0]) // 1024:,} MiB at most while they were answered")


if __name__ == "__main__":
    main()
