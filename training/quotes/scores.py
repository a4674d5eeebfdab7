"""Fit the weights of quotations' scores: config/lexicons/quote_scores.tsv.

Order: the pipeline on annotated releases → traits of what rules find, and whether content and name are right → the same
of releases that the rules had not seen (config/training/quotes_first_seen.tsv) → a weight a trait; the model on the
news articles that it has not learned from → what its confidence is worth → the lexicon. `fold` leaves publishers out,
which shows how the scores hold on others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tasks import schemas
from tasks.edits import RawMap
from tasks.entities.table import annotate_entities
from tasks.lexicons import read_rows
from tasks.normalize.sentences import split_paragraphs, split_sentences
from tasks.normalize.table import normalize_batch
from tasks.normalize.text import normalize_text
from tasks.publish.table import NEAR, assemble
from tasks.quotes.find import find_quotations
from tasks.quotes.lexicon import load_lexicon
from tasks.quotes.model.tagger import Tagger, load_tagger
from tasks.quotes.scores import Found, describe, logit, traits
from tasks.quotes.table import extract_quotes
from tasks.resources import find_resource
from tasks.settings import Settings, load_settings
from training.data import find_data, make_record, name_publisher, read_releases, write_lexicon
from training.logistic import Case, Judged, fit_logistic, fit_traits
from training.quotes.examples import read_documents
from training.quotes.recipe import Recipe
from training.recipes import read_recipe

RELEASES, ARTICLES = ("gold/train.jsonl", "gold/written.jsonl"), "quotes/polnear_train.jsonl.gz"
FILE, FIRST_SEEN = "quote_scores.tsv", "quotes_first_seen.tsv"

_WORD = re.compile(r"\w+")
PENALTY = 1.0  # how strongly weights are drawn to 0, in quotations
_HEADER = """# trait	weight — what makes a quotation more or less likely to be right; see tasks/quotes/scores.py.
# Origin: `communique train scores --data DIR`, fitted on the annotated releases of gold/train and gold/written,
# what rules had found on releases that they had not seen (config/training/quotes_first_seen.tsv) and, for the model,
# PolNeAR.
# Licence: that of the project.
"""


def read_first_seen() -> list[Case]:
    """Return what the rules had found on releases that they had not seen.

    Raises:
        ConfigError: The file is missing or malformed.
    """
    path = find_resource(FIRST_SEEN, "config/training")
    return [
        Case(tuple(joined.split("|")), publisher, right == "1") for publisher, right, joined in read_rows(str(path), 3)
    ]


def cases_of(judged: Iterable[Judged[Found]]) -> list[Case]:
    """Return the traits of quotations, with whether they are right."""
    return [Case(tuple(traits(one.found)), one.publisher, one.is_right) for one in judged]


def stage(releases: Sequence[Mapping[str, Any]], settings: Settings | None = None) -> dict[str, pa.Table]:
    """Run the pipeline over annotated releases, up to what is published; a release's number is its doc_id."""
    settings = settings or load_settings()
    records = [make_record(i, release) for i, release in enumerate(releases)]
    done = normalize_batch(pa.Table.from_pylist(records, schema=schemas.INGESTED), settings.normalize)
    documents, sentences, furniture = done["normalized"], done["sentences"], done["furniture"]
    named = annotate_entities(documents, sentences, furniture, settings.entities)
    quoted = extract_quotes(documents, sentences, furniture, settings.quotes)
    staged = {name: table.staged_schema.empty_table() for name, table in schemas.TABLES.items()}
    staged |= {"documents": documents, "sentences": sentences, "entities": named["entities"], "roles": named["roles"]}
    staged["quotes"] = quoted["quotes"]
    return staged


def judge(releases: Sequence[Mapping[str, Any]], settings: Settings | None = None) -> list[Judged[Found]]:
    """Run the pipeline over annotated releases and hold each quotation against the annotation.

    A quotation is right if it has half of its words in common with one that is annotated, and that one's name, if it
    has one. Of those inside turns nothing is annotated; they do not count.
    """
    staged = stage(releases, settings)
    published = assemble(staged, NEAR.empty_table(), late=(), run_id="", pipeline_version="")["quotes"]
    rows = zip(staged["quotes"].to_pylist(), published.to_pylist(), strict=True)
    return [
        Judged(_found(own), name_publisher(releases[int(own["doc_id"])]), _is_right(row, releases[int(own["doc_id"])]))
        for own, row in rows
        if own["within"] is None and own["method"] != "model"
    ]


def judge_articles(articles: Iterable[Mapping[str, Any]], tagger: Tagger) -> Iterator[tuple[Found, bool]]:
    """Yield what the model finds in annotated news articles, and whether its words are right.

    Args:
        articles: As `read_documents` reads them.
        tagger: The model.
    """
    lexicon = load_lexicon(find_resource("cues.tsv", "config/lexicons"))
    for article in articles:
        raw, done = article["text"], normalize_text(article["text"], restore=True, repair_quotes=True)
        starts = [s + a for s, e in split_paragraphs(done.text) for a, _ in split_sentences(done.text[s:e])]
        to_raw = RawMap(done.edits)
        right = [_words(raw, quote["content"]) for quote in article["quotes"]]
        for quotation, source in find_quotations(done.text, starts, None, lexicon, tagger):
            if quotation.confidence is not None:
                own = _words(raw, [to_raw.span(*segment) for segment in quotation.segments])
                is_right = any(2 * len(own & other) >= len(own | other) for other in right)
                yield describe(done.text, quotation, source), is_right


def load_reader() -> Tagger:
    """Return the shipped model, reading all documents."""
    return load_tagger("quotes", is_for_all=True)


def _found(row: Mapping[str, Any]) -> Found:
    return Found(
        row["method"],
        row["type"],
        row["text"],
        row["speaker"],
        row["speaker_name"],
        row["speaker_kind"],
        row["repair"],
    )


def find_annotated(row: Mapping[str, Any], release: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the annotated quotation that has half of its words in common with one that was found."""
    own = _words(release["text"], ((s["raw_start"], s["raw_end"]) for s in row["segments"]))
    for quote in release["quotes"]:
        other = _words(release["text"], quote["content"])
        if 2 * len(own & other) >= len(own | other):
            found: Mapping[str, Any] = quote
            return found
    return None


def _is_right(row: Mapping[str, Any], release: Mapping[str, Any]) -> bool:
    quote = find_annotated(row, release)
    name = quote.get("speaker_name") if quote else None
    return quote is not None and (not name or fold_name(row["speaker_name"]) == fold_name(name))


def _words(text: str, spans: Iterable[Sequence[int]]) -> frozenset[int]:
    return frozenset(m.start() for start, end in spans for m in _WORD.finditer(text, start, end))


def fold_name(name: str | None) -> str:
    """Return a name as it is compared with the annotation: without case, diacritics and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name or "") if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))


def fit_confidence(judged: Iterable[tuple[float, bool]]) -> dict[str, float]:
    """Return the weight of the model's confidence, and of having been found by it."""
    found = [(logit(confidence), right) for confidence, right in judged]
    table = np.array([[1.0, value] for value, _ in found])
    weights = fit_logistic(table, np.array([right for _, right in found], float), np.zeros(2))
    return {"rule model": float(weights[0]), "confidence": float(weights[1])}


def build(data: Path, out: Path) -> None:
    """Fit the weights and write them.

    Args:
        data: The folder that holds gold/ and quotes/.
        out: The folder of the lexicon.

    Raises:
        InputError: The annotated documents are not there.
    """
    paths, [articles] = [path for name in RELEASES for path in find_data(data, name)], find_data(data, ARTICLES)
    found = cases_of(judge([release for path in paths for release in read_releases(path)]))
    weights = fit_traits([*found, *read_first_seen()], PENALTY)
    held_out = read_documents(articles)[:: read_recipe(Recipe, "quotes.toml").held_out_every]
    weights |= fit_confidence(
        (found.confidence or 0.0, right) for found, right in judge_articles(held_out, load_reader())
    )
    lines = [f"{trait}\t{weight:.3f}" for trait, weight in sorted(weights.items())]
    write_lexicon(out / FILE, _HEADER, lines)
