"""One record that cannot be restored does not take its batch along."""

from __future__ import annotations

import pytest

import tasks.normalize.table as stage
from tasks.schemas import INGESTED
from tasks.settings import load_settings
from tests.builders import document, rows


def test_offsets_hold_and_failures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = stage.normalize_text

    def fail(raw: str, **options: bool) -> object:
        if "bad" in raw:
            raise ZeroDivisionError("oops")
        return real(raw, **options)

    monkeypatch.setattr(stage, "normalize_text", fail)
    texts = ["Talkswereheldwiththenavyinthemorning. Theyendedwell.", "a bad record", "Fine as it is. It stays."]
    records = rows(INGESTED, [document(text, record=n) for n, text in enumerate(texts)])
    documents, sentences, _, refusals = stage.normalize_batch(records, load_settings().normalize).values()
    assert documents.num_rows == 2
    assert [(r["record"], r["code"], r["stage"]) for r in refusals.to_pylist()] == [(1, "stage_failed", "normalize")]
    by_id = {row["doc_id"]: row for row in documents.to_pylist()}
    for row in sentences.to_pylist():
        parent = by_id[row["doc_id"]]
        assert parent["text"][row["start"] : row["end"]] == row["text"]
        assert parent["raw_text"][row["raw_start"] : row["raw_end"]].replace(" ", "") == row["text"].replace(" ", "")


def test_a_record_of_which_nothing_is_left() -> None:
    records = rows(INGESTED, [document("\x00\x01\x02")])
    documents, _, _, refusals = stage.normalize_batch(records, load_settings().normalize).values()
    assert (documents.num_rows, refusals["code"].to_pylist()) == (0, ["no_text"])


@pytest.mark.parametrize(
    ("publisher", "country", "wanted"),
    [
        ("Ministry of Defence, Botswana", None, "BWA"),
        ("Ministry of Defence, Botswana", "ZMB", "ZMB"),
        ("Ministry of Defence, Timor-Leste", None, "TLS"),
        ("Embassy of Japan in Peru", None, "JPN"),
        ("Permanent Mission of Chile to the United Nations", None, "CHL"),
        ("Taiwan Affairs Office", None, None),
        ("EUCAP Sahel Niger", None, None),
        ("Turkish-Kenyan Commission", None, None),
        ("Northern Fleet", None, None),
        (None, None, None),
    ],
)
def test_the_country_of_a_publisher(publisher: str | None, country: str | None, wanted: str | None) -> None:
    records = rows(INGESTED, [document("Two ferries left the old pier.", publisher=publisher, country=country)])
    done = stage.normalize_batch(records, load_settings().normalize)["normalized"]
    assert done["country"].to_pylist() == [wanted]
