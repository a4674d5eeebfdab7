"""Tables in, tables out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tasks import schemas
from tasks.edits import Edit, apply_edits
from tasks.quotes import table
from tasks.quotes.table import extract_quotes
from tasks.settings import QuoteSettings

NONE = schemas.FURNITURE.empty_table()
SETTINGS = QuoteSettings(cues="cues.tsv", model="quotes", model_reads="none")


def batch(*raws: str, edits: tuple[Edit, ...] = ()) -> tuple[pa.Table, pa.Table]:
    documents, sentences = [], []
    for n, raw in enumerate(raws):
        text = apply_edits(raw, edits)
        documents.append(
            {
                "doc_id": f"d{n}",
                "source_id": "generic",
                "kind": "release",
                "language": "en",
                "text": text,
                "raw_text": raw,
                "edits": [edit._asdict() for edit in edits],
                "text_condition": "spaced",
                "is_uncertain": False,
                "n_words": len(text.split()),
                "uri": "dump.jsonl",
                "record": n,
                "batch_id": "b",
            }
        )
        span = {"start": 0, "end": len(text), "raw_start": 0, "raw_end": len(raw)}
        sentences.append({"sentence_id": f"d{n}-s0", "doc_id": f"d{n}", "paragraph": 0, **span, "text": text})
    return (
        pa.Table.from_pylist(documents, schema=schemas.NORMALIZED),
        pa.Table.from_pylist(sentences, schema=schemas.SENTENCES),
    )


def test_a_row() -> None:
    raw = '"The pier is ready,"Colonel Ana Ruiz, head of the Harbour Office, said.'
    documents, sentences = batch(raw, edits=(Edit("insert_space", 20, 20, " "),))
    quotes, refusals = extract_quotes(documents, sentences, NONE, SETTINGS).values()
    assert quotes.schema.equals(schemas.EXTRACTED_QUOTES)
    assert refusals.num_rows == 0
    (row,) = quotes.to_pylist()
    text = documents["text"][0].as_py()
    assert row["quote_id"] == "d0-q00000"
    assert row["sentence_id"] == "d0-s0"
    assert row["text"] == text[row["start"] : row["end"]] == "The pier is ready"
    assert row["speaker"] == raw[row["speaker_raw_start"] : row["speaker_raw_end"]] == "Ana Ruiz"
    assert row["speaker_start"] == row["speaker_raw_start"] + 1
    assert row["cue"] == raw[row["cue_raw_start"] : row["cue_raw_end"]] == "said"
    assert (row["speaker_kind"], row["speaker_title"]) == ("person", "Colonel")
    assert row["speaker_affiliation"] == "Harbour Office"
    assert row["segments"] == [{key: row[key] for key in ("start", "end", "raw_start", "raw_end")}]
    assert 0 < row["score"] <= 1


def test_no_documents() -> None:
    quotes, refusals = extract_quotes(
        schemas.NORMALIZED.empty_table(), schemas.SENTENCES.empty_table(), NONE, SETTINGS
    ).values()
    assert quotes.schema.equals(schemas.EXTRACTED_QUOTES)
    assert (quotes.num_rows, refusals.num_rows) == (0, 0)


def test_a_document_without_sentences_keeps_its_quotes() -> None:
    documents, sentences = batch("Colonel Ana Ruiz said that the pier is ready.")
    quotes, _ = extract_quotes(documents, sentences.slice(0, 0), NONE, SETTINGS).values()
    assert quotes["sentence_id"].to_pylist() == [None]


def test_one_failing_document_is_one_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    documents, sentences = batch(*(f"Colonel Ana Ruiz said that pier {n} is ready." for n in range(3)))
    real = table.find_quotations

    def fail(text: str, *rest: object) -> object:
        if "pier 1" in text:
            raise RuntimeError("boom")
        return real(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "find_quotations", fail)
    quotes, refusals = extract_quotes(documents, sentences, NONE, SETTINGS).values()
    assert quotes["doc_id"].to_pylist() == ["d0", "d2"]
    (refusal,) = refusals.to_pylist()
    assert (refusal["stage"], refusal["code"], refusal["record"]) == ("quotes", "stage_failed", 1)
    assert refusal["message"] == "RuntimeError: boom"


def test_a_block_of_the_page_bounds_a_statement() -> None:
    raw = "Minister Ana Ruiz said:\nThestorm was the worst.\nThe pier held.\nThe yard opens in May."
    documents, sentences = batch(raw, edits=(Edit("insert_space", 27, 27, " "),))

    def read(documents: pa.Table) -> list[str]:
        (row,) = extract_quotes(documents, sentences, NONE, SETTINGS)["quotes"].to_pylist()
        text = documents["text"][0].as_py()
        return [text[segment["start"] : segment["end"]] for segment in row["segments"]]

    assert read(documents)[-1] == "The yard opens in May."
    at = documents.schema.get_field_index("blocks")
    block = {"raw_start": raw.index("Thestorm"), "raw_end": raw.index("\nThe yard")}
    blocks = pa.array([[block]], documents.schema.field(at).type)
    assert read(documents.set_column(at, documents.schema.field(at), blocks)) == [
        "The storm was the worst.",
        "The pier held.",
    ]
