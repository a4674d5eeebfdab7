"""Find the names of annotated releases again after each is another of its kind.

    python -m benchmarks.renamed_names DATA [--seeds 1 2 3] [SET.jsonl ...]

SET: paths under DATA, gold/dev.jsonl and unseen/dev.jsonl where none is given. People, cities and half of the countries
come from open lists (DATA/gazetteer), bodies, formations, sites, regions, systems, events and treaties from the other
releases of the sets. A name is the same throughout a release, and so is a person's surname. Prints strict F1 as the
releases are and renamed. No list decides what is found: it falls by 0.03 at most.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from tasks.entities.lexicon import country_forms
from training.data import read_releases
from training.entities.changes import Pool, pool_names, rewrite
from training.entities.corpora import Line
from training.entities.names import Names, read_names
from training.entities.scores import annotate

SETS = ("gold/dev.jsonl", "unseen/dev.jsonl")


def _line(release: dict[str, Any]) -> Line:
    return Line(release["text"], sorted((start, end, label) for start, end, label, *_ in release["entities"]))


def renaming(line: Line, names: Names, pool: Pool, rng: random.Random) -> Callable[[str, str], str]:
    """Return what a name of a release and its label become: a person's surname follows the full name.

    Example:
        >>> names = Names({"US": ["Ann"]}, {"US": ["Hill"]}, {"city": ["Leeds"], "country": [], "people": []})
        >>> line = Line("Bo Orr met Orr in Oslo.", [(0, 6, "PERSON"), (11, 14, "PERSON"), (18, 22, "GPE")])
        >>> rewrite(line, renaming(line, names, {}, random.Random(1))).text
        'Ann Hill met Hill in Leeds.'
    """
    done: dict[tuple[str, str], str] = {}
    for start, end, label in sorted(line.names, key=lambda name: (name[0] - name[1], name)):
        value = line.text[start:end]
        if (value, label) in done:
            continue
        done[value, label] = other = _other(value, label, names, pool, rng)
        if label == "PERSON" and " " in value:
            done.setdefault((value.split()[-1], label), other.split()[-1])
    return lambda value, label: done[value, label]


def _other(value: str, label: str, names: Names, pool: Pool, rng: random.Random) -> str:
    forms = country_forms()
    if label == "PERSON":
        return names.person(rng) if " " in value else names.surname(rng)
    if label == "GPE":
        kind = "country" if value in forms else "city"
        return value if value in forms and rng.random() < 0.5 else rng.choice(names.lists[kind])
    if label == "NORP" and value in forms:
        return rng.choice(names.lists["people"])
    choices = pool.get((label, " " in value))
    return rng.choice(choices) if choices else value


def strict(releases: Sequence[dict[str, Any]]) -> float:
    """Return F1 of spans with their labels, all releases together."""
    hits = got = wanted = 0
    for release, _, rows in annotate(releases):
        right = {(start, end, label) for start, end, label, *_ in release["entities"]}
        found = {(row["raw_start"], row["raw_end"], row["label"]) for row in rows}
        hits, got, wanted = hits + len(right & found), got + len(found), wanted + len(right)
    return 2 * hits / max(1, got + wanted)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    names = read_names(arguments.data / "gazetteer")
    sets = {name: read_releases(arguments.data / name) for name in arguments.sets}
    pool = pool_names(_line(release) for releases in sets.values() for release in releases)
    for name, releases in sets.items():
        scores = []
        for seed in arguments.seeds:
            rng = random.Random(seed)
            lines = [_line(release) for release in releases]
            renamed = [rewrite(line, renaming(line, names, pool, rng)) for line in lines]
            pairs = zip(releases, renamed, strict=True)
            scores.append(strict([{**one, "text": line.text, "entities": line.names} for one, line in pairs]))
        told = ", ".join(f"{score:.3f}" for score in scores)
        print(f"{name}: {strict(releases):.3f} as it is, {mean(scores):.3f} renamed ({told})", flush=True)


if __name__ == "__main__":
    main()
