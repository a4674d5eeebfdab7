"""What tells news reports from releases, and what the model is then given."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from tasks import schemas
from tasks.errors import ConfigError
from tasks.quotes.model.genre import Genre
from tasks.quotes.table import extract_quotes
from tasks.settings import QuoteSettings
from tests.quotes.test_find import lexicon
from training.quotes.genre import learn_genre, write_genre

REPORT = (
    'The mayor, who has been criticised for months, said Tuesday that the bridge would "never" be rebuilt. But two '
    "council members, who asked not to be named, argued that he was wrong and that his plan wasn't paid for. "
    "“He hopes that everyone will forget,” one of them said. According to a poll, voters doubt that she could win, and "
    "her campaign says it isn't worried. She told reporters Monday that she had once thought of quitting.\n"
)
RELEASE = (
    "The Minister of Defence welcomed the delegation and thanked the partners for their continued support. Both sides "
    "reaffirmed their commitment to the agreement and to regional stability. The exercise will bring together forces "
    "from all of the participating nations, and training will continue throughout the coming weeks. We will work with "
    "our allies across these areas to promote the security of our nations and to strengthen the bonds between us.\n"
)


def vary(text: str, rng: random.Random) -> str:
    sentences = text.strip().split(". ")
    rng.shuffle(sentences)
    return ". ".join(sentences * 2)


@pytest.fixture(scope="module")
def learned() -> Genre:
    rng = random.Random(2)
    return learn_genre([vary(REPORT, rng) for _ in range(30)], [[vary(RELEASE, rng) for _ in range(9)], []], lexicon())


def test_learns_how_reports_are_written(learned: Genre) -> None:
    assert learned.is_news(REPORT * 3)
    assert not learned.is_news(RELEASE * 3)


def test_a_few_words_are_no_report(learned: Genre) -> None:
    assert not any(learned.is_news(text) for text in ("", "Hale said so Tuesday.", "\n\n", "." * 50_000))


def test_marks_of_any_make_count_alike(learned: Genre) -> None:
    assert learned.chance(REPORT) == learned.chance(REPORT.replace("“", '"').replace("”", '"').replace("'", "’"))


def test_a_saved_one_says_the_same(learned: Genre, tmp_path: Path) -> None:
    write_genre(learned, tmp_path)
    assert Genre.load(tmp_path).chance(REPORT) == pytest.approx(learned.chance(REPORT), abs=1e-3)
    (tmp_path / "news.tsv").write_text("said\tmuch\n")
    with pytest.raises(ConfigError, match=r"news\.tsv"):
        Genre.load(tmp_path)


@pytest.mark.parametrize(
    ("reads", "methods"), [("news", {True, False}), ("all", {True}), ("none", {False})], ids=["news", "all", "none"]
)
def test_the_shipped_model_reads_what_the_setting_says(reads: str, methods: set[bool]) -> None:
    wish = "\nHe hopes that the storm will pass, and she fears that the pier has sunk.\n"
    texts = [REPORT * 3 + wish, RELEASE * 3 + wish]
    rows = [
        {
            "doc_id": f"d{i}", "source_id": "test", "kind": "release", "language": "en", "text": text, "raw_text": text,
            "edits": [], "text_condition": "spaced", "is_uncertain": False, "n_words": len(text.split()),
            "uri": "memory", "record": i,
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    settings = QuoteSettings(cues="cues.tsv", model="quotes", model_reads=reads)  # type: ignore[arg-type]
    found, refused = extract_quotes(
        pa.Table.from_pylist(rows, schema=schemas.NORMALIZED),
        schemas.SENTENCES.empty_table(),
        schemas.FURNITURE.empty_table(),
        settings,
    ).values()
    assert refused.num_rows == 0
    by_document = {row["doc_id"]: set[str]() for row in rows}
    for quote in found.to_pylist():
        by_document[quote["doc_id"]].add(quote["method"])
    assert {"model" in by_document["d0"], "model" in by_document["d1"]} == methods
    assert ("model" in by_document["d0"]) == (reads != "none")
