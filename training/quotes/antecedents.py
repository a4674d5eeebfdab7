"""Fit the weights of whom a pronoun or an office stands for: config/lexicons/antecedents.tsv.

Order: the pipeline on annotated releases, nobody chosen yet → each pronoun and office that is the speaker of an
annotated quotation, with the traits of all who can be meant and who is → logistic regression on how the traits of who
is meant differ from those of each other → the lexicon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tasks.publish.antecedents import FILE, Kind
from tasks.publish.table import read_speakers
from tasks.settings import Settings
from training.data import list_releases, name_publisher, read_releases, write_lexicon
from training.logistic import fit_logistic
from training.quotes.scores import RELEASES, find_annotated, fold_name, stage

WRITTEN = "written"  # the project's own releases, a folder in config/training
PENALTY = 1.0  # how strongly weights are drawn to 0, in pairs
_HEADER = """# kind	trait	weight — whom a pronoun or an office stands for; see tasks/publish/antecedents.py.
# Origin: `communique train antecedents --data DIR`, fitted on the annotated releases of gold/train, gold/written and
# config/training/written. Licence: that of the project.
"""


class Meant(NamedTuple):
    """A pronoun or an office, the traits of who is meant and of the others, and who published the release."""

    publisher: str
    kind: Kind
    right: frozenset[str]
    others: tuple[frozenset[str], ...]


def find_meant(releases: Sequence[Mapping[str, Any]], settings: Settings | None = None) -> Iterator[Meant]:
    """Yield the pronouns and offices of annotated releases of which one candidate is whom the annotation names."""
    staged = stage(releases, settings)
    quotes = staged["quotes"]
    linked = read_speakers(quotes, staged["entities"], staged["roles"], staged["sentences"], weights={})
    for row, one in zip(quotes.to_pylist(), linked, strict=True):
        release = releases[int(row["doc_id"])]
        quote = find_annotated(row, release) if one.choice else None
        if not one.choice or not quote or not quote.get("speaker_name"):
            continue
        named = [c for c in one.choice.candidates if fold_name(c.name) == fold_name(quote["speaker_name"])]
        if not named and one.choice.kind == "office":
            named = [c for c in one.choice.candidates if c.name is None]
        if named:
            others = tuple(c.traits for c in one.choice.candidates if c is not named[0])
            yield Meant(name_publisher(release), one.choice.kind, named[0].traits, others)


def fit_meant(meant: Sequence[Meant], penalty: float = PENALTY) -> dict[tuple[str, str], float]:
    """Return the weight of each trait by kind.

    Each of the others makes an example: by which traits who is meant differs from it. A case counts the less by the
    root of how many there are, so that long documents do not decide.

    Example:
        >>> near, far = frozenset({"distance 0"}), frozenset({"distance 4"})
        >>> weights = fit_meant([Meant("a", "pronoun", near, (far,))])
        >>> {trait: round(weight, 2) for trait, weight in weights.items()}
        {('pronoun', 'distance 0'): 0.34, ('pronoun', 'distance 4'): -0.34}
    """
    weights: dict[tuple[str, str], float] = {}
    for kind in ("office", "pronoun"):
        cases = [one for one in meant if one.kind == kind and one.others]
        names = sorted({trait for one in cases for traits in (one.right, *one.others) for trait in traits})
        at = {name: i for i, name in enumerate(names)}
        pairs = [(one.right, other, len(one.others) ** -0.5) for one in cases for other in one.others]
        table = np.zeros((len(pairs), len(names)))
        for i, (right, other, _) in enumerate(pairs):
            table[i, [at[trait] for trait in right - other]] = 1
            table[i, [at[trait] for trait in other - right]] = -1
        if pairs:
            counts = np.array([count for *_, count in pairs])
            fitted = fit_logistic(table, np.ones(len(pairs)), np.full(len(names), penalty), counts)
            weights |= {(kind, name): weight for name, weight in zip(names, fitted.tolist(), strict=True)}
    return weights


def build(data: Path, out: Path) -> None:
    """Fit the weights and write them.

    Args:
        data: The folder that holds gold/.
        out: The folder of the lexicon.

    Raises:
        InputError: The annotated releases are not there.
    """
    paths = list_releases(data, RELEASES, WRITTEN)
    meant = list(find_meant([release for path in paths for release in read_releases(path)]))
    lines = [f"{kind}\t{trait}\t{weight:.3f}" for (kind, trait), weight in sorted(fit_meant(meant).items())]
    write_lexicon(out / FILE, _HEADER, lines)
