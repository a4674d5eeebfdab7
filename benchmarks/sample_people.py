"""Draw people of the view `people` to be read and judged: to standard output, with the words around them.

    python benchmarks/sample_people.py keys DATASET... [--people 100] [--least 5] [--seed 1]
    python benchmarks/sample_people.py ways DATASET... [--people 50] [--seed 1]

keys: keys with so many documents at least, drawn by documents; of each all offices, and some places with the words
around them. Does the key hold one person only?
ways: people who are named in several ways, drawn by documents: all names of a key, and keys with like full names. Are
they one person's, and if so, with one key?

benchmarks/people_sample.tsv holds the verdicts, without the words around.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import pyarrow.dataset as ds
import pyarrow.parquet as pq

from tasks.names import fold
from tasks.publish.layout import Layout
from tasks.publish.views import read_views

T = TypeVar("T")
_SHOWN = 6  # documents of a key
_AROUND = 90  # characters to each side
_ALIKE = 0.75


def read_view(dataset: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a view."""
    return pq.read_table(dataset / read_views(Layout(dataset))[name].path).to_pylist()  # type: ignore[no-any-return]


def draw(things: Sequence[T], weights: Iterable[int], n: int, seed: int) -> list[T]:
    """Return a weighted sample without replacement: the greatest u ** (1 / weight), after Efraimidis and Spirakis."""
    chance = random.Random(seed)
    drawn = sorted(((chance.random() ** (1 / weight), i) for i, weight in enumerate(weights)), reverse=True)
    return [things[i] for _, i in drawn[:n]]


def draw_keys(datasets: Sequence[Path], n: int, least: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield dataset, key, documents, offices and the places shown, by key."""
    people = [(d, p) for d in datasets for p in read_view(d, "people") if p["n_documents"] >= least]
    for dataset, person in draw(people, (person["n_documents"] for _, person in people), n, seed):
        places = " || ".join(show_places(dataset, person["person_key"], seed))
        offices = "; ".join(map(say_office, person["offices"]))
        yield dataset.name, person["person_key"], str(person["n_documents"]), offices, places


def say_office(office: dict[str, Any]) -> str:
    """Return an office in a line, with its days and the number of documents that state it."""
    owner = office["organisation"] or office["country_id"] or ""
    return f"{office['title']} {owner} {office['first_on']}-{office['last_on']} ({len(office['doc_ids'])})"


def show_places(dataset: Path, key: str, seed: int) -> Iterator[str]:
    """Yield doc_id:start-end of some statements of a person, with the words around."""
    mine = [row for row in read_view(dataset, "person_mentions") if row["person_key"] == key]
    by_document = {row["doc_id"]: row for row in random.Random(seed).sample(mine, len(mine))}
    shown = [by_document[doc_id] for doc_id in sorted(by_document)]
    shown = random.Random(seed).sample(shown, min(_SHOWN, len(shown)))
    wanted = {row["role_id"] or row["quote_id"]: row["doc_id"] for row in shown}
    texts = {
        row["doc_id"]: row["text"] for row in _select(dataset, "documents", "doc_id", list(wanted.values()), "text")
    }
    for table, name, start, end in (
        ("roles", "role_id", "start", "end"),
        ("quotes", "quote_id", "speaker_start", "speaker_end"),
    ):
        for row in _select(dataset, table, name, list(wanted), "doc_id", start, end):
            if row[start] is not None:
                text = texts[row["doc_id"]]
                before, after = text[max(0, row[start] - _AROUND) : row[start]], text[row[end] : row[end] + _AROUND]
                around = " ".join(f"{before}[[{text[row[start] : row[end]]}]]{after}".split())
                yield f"{row['doc_id']}:{row[start]}-{row[end]} {around}"


def _select(dataset: Path, table: str, key: str, values: Sequence[str], *columns: str) -> list[dict[str, Any]]:
    rows = ds.dataset(dataset / table, partitioning=None).to_table(
        columns=[key, *columns], filter=ds.field(key).isin(values)
    )
    return sorted(rows.to_pylist(), key=lambda row: row[key])  # type: ignore[no-any-return]


def draw_ways(datasets: Sequence[Path], n: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield dataset, documents, and keys with their names, for people who are named in several ways."""
    found = []
    for dataset in datasets:
        people = {person["person_key"]: person for person in read_view(dataset, "people")}
        for keys in group_alike({key: sorted(map(fold, p["aliases"])) for key, p in people.items() if "@" not in key}):
            keys.sort(key=lambda key: (-people[key]["n_documents"], key))
            if len(keys) > 1 or len(people[keys[0]]["aliases"]) > 1:
                found.append((dataset.name, [people[key] for key in keys]))
    weights = (sum(person["n_documents"] for person in group) for _, group in found)
    for name, group in draw(found, weights, n, seed):
        forms = (f"{p['person_key']} ({p['n_documents']}): {', '.join(p['aliases'])}" for p in group)
        yield name, str(sum(p["n_documents"] for p in group)), "; ".join(forms)


def group_alike(names: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return groups of keys, given their names: two full names of a group share a word and are alike in the others."""
    by_word: dict[str, list[tuple[list[str], str]]] = {}
    for key, own in sorted(names.items()):
        for name in own:
            words = sorted(set(name.split()))
            for word in words if len(words) > 1 else ():
                by_word.setdefault(word, []).append(([other for other in words if other != word], key))
    parent = {key: key for key in names}

    def find(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    for found in by_word.values():
        for (left, one), (right, other) in combinations(found, 2):
            is_part = set(left) <= set(right) or set(right) <= set(left)
            if find(one) != find(other) and (
                is_part or SequenceMatcher(None, " ".join(left), " ".join(right)).ratio() >= _ALIKE
            ):
                parent[find(one)] = find(other)
    groups: dict[str, list[str]] = {}
    for key in sorted(names):
        groups.setdefault(find(key), []).append(key)
    return list(groups.values())


def main() -> None:
    """Print the sample as tab-separated values."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("keys", "ways"))
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--people", type=int)
    parser.add_argument("--least", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.what == "keys":
        rows = draw_keys(given.datasets, given.people or 100, given.least, given.seed)
    else:
        rows = draw_ways(given.datasets, given.people or 50, given.seed)
    for row in rows:
        print("\t".join(row))


if __name__ == "__main__":
    main()
