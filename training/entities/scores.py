"""Fit the weights of mentions' scores: config/lexicons/entity_scores.tsv.

Order: annotated releases that the model has not learned from (publishers that its recipe holds out) → the pipeline on
them → traits of each mention, and whether a reader marked the same words with the same label → a weight a trait.
`fold` leaves publishers out, which shows how the scores hold on others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks import schemas
from tasks.entities.lexicon import Mention
from tasks.entities.scores import FILE, Found, describe, traits
from tasks.entities.table import annotate_entities
from tasks.normalize.table import normalize_batch
from tasks.settings import Settings, load_settings
from training.data import list_releases, make_record, name_publisher, read_releases, write_lexicon
from training.entities.recipe import Recipe
from training.logistic import Case, Judged, fit_traits
from training.recipes import read_recipe

PENALTY = 2.0  # how strongly weights are drawn to 0, in mentions
_HEADER = """# trait	weight — what makes a mention more or less likely to be right; see tasks/entities/scores.py.
# Origin: `communique train entity_scores --data DIR`, fitted on the annotated releases of gold/train, gold/written and
# config/training/written whose publishers the entity model was not trained on. Fit them anew after every training.
# Licence: that of the project.
"""


def annotate(
    releases: Sequence[Mapping[str, Any]], settings: Settings | None = None
) -> list[tuple[Mapping[str, Any], str, list[dict[str, Any]]]]:
    """Run the pipeline over annotated releases; return each with its restored text and its rows of entities."""
    settings = settings or load_settings()
    records = [make_record(i, release) for i, release in enumerate(releases)]
    done = normalize_batch(pa.Table.from_pylist(records, schema=schemas.INGESTED), settings.normalize)
    named = annotate_entities(done["normalized"], done["sentences"], done["furniture"], settings.entities)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in named["entities"].to_pylist():
        rows.setdefault(row["doc_id"], []).append(row)
    texts = zip(*(done["normalized"][name].to_pylist() for name in ("doc_id", "text")), strict=True)
    return [(releases[int(doc_id)], text, rows.get(doc_id, [])) for doc_id, text in texts]


def judge(releases: Sequence[Mapping[str, Any]], settings: Settings | None = None) -> list[Judged[Found]]:
    """Run the pipeline over annotated releases and hold each mention against the annotation, in the raw text."""
    judged: list[Judged[Found]] = []
    for release, text, own in annotate(releases, settings):
        right = {(start, end, label) for start, end, label, *_ in release["entities"]}
        mentions = [Mention(row["start"], row["end"], row["label"], row["method"]) for row in own]
        found = describe(text, mentions, [row["canonical_id"] for row in own])
        judged += [
            Judged(one, name_publisher(release), (row["raw_start"], row["raw_end"], row["label"]) in right)
            for one, row in zip(found, own, strict=True)
        ]
    return judged


def read_held_out(data: Path) -> list[dict[str, Any]]:
    """Return the annotated releases that the recipe of the entity model holds out.

    Raises:
        InputError: They are not there.
    """
    recipe = read_recipe(Recipe, "entities.toml")
    return [
        release
        for path in list_releases(data, recipe.gold, recipe.written)
        for i, release in enumerate(read_releases(path))
        if recipe.holds_out(release.get("publisher", ""), i)
    ]


def cases_of(judged: Iterable[Judged[Found]]) -> list[Case]:
    """Return the traits of mentions, with whether they are right."""
    return [Case(list(traits(one.found)), one.publisher, one.is_right) for one in judged]


def build(data: Path, out: Path) -> None:
    """Fit the weights and write them.

    Args:
        data: The folder that holds gold/.
        out: The folder of the lexicon.

    Raises:
        InputError: The annotated documents are not there.
    """
    weights = fit_traits(cases_of(judge(read_held_out(data))), PENALTY)
    lines = [f"{trait}\t{weight:.3f}" for trait, weight in sorted(weights.items())]
    write_lexicon(out / FILE, _HEADER, lines)
