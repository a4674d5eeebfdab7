"""From the tables of a batch to engagements."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import tasks.engagements.table as ring
from tasks.engagements.table import extract_engagements
from tasks.schemas import ENGAGEMENT_TYPES, ENTITIES, EXTRACTED_QUOTES, FURNITURE, NORMALIZED, ROLES, SENTENCES
from tasks.settings import EngagementSettings, load_settings
from tests.builders import document, rows, span

TEXT = (
    "President of Russia Ivan Orlov met with President of Turkey Kemal Aydin in Ankara. They discussed grain exports."
)
NAMES = (
    ("TITLE", "President", None),
    ("GPE", "Russia", "iso:RUS"),
    ("PERSON", "Ivan Orlov", None),
    ("GPE", "Turkey", "iso:TUR"),
    ("PERSON", "Kemal Aydin", None),
    ("GPE", "Ankara", "geonames:323786"),
)
ALL = EngagementSettings(types=ENGAGEMENT_TYPES)


def extract(
    text: str = TEXT, quotes: list[dict[str, Any]] | None = None, furniture: list[dict[str, Any]] | None = None,
    settings: EngagementSettings = ALL, **about: Any,
) -> dict[str, pa.Table]:  # fmt: skip
    one = document(text, **about)
    key = one["doc_id"]
    entities = []
    for number, (label, name, canonical) in enumerate(NAMES):
        if name in text:
            entities.append(
                {"entity_id": f"e{number}", "doc_id": key, "label": label, "text": name, "canonical": name}
                | {"canonical_id": canonical}
                | span(text, name)
            )
    second = text.find("President of Turkey")
    if second >= 0:
        place = {"start": second, "end": second + 9, "raw_start": second, "raw_end": second + 9}
        entities.append({"entity_id": "e9", "doc_id": key, "label": "TITLE", "text": "President"} | place)
    at = text.find(". ") + 1
    cuts = [(0, at), (at + 1, len(text))] if at else [(0, len(text))]
    sentences = [
        {"sentence_id": f"{key}-s{n}", "doc_id": key, "paragraph": 0, "text": text[a:b]}
        | {"start": a, "end": b, "raw_start": a, "raw_end": b}
        for n, (a, b) in enumerate(cuts)
    ]
    return extract_engagements(
        rows(NORMALIZED, [one]),
        rows(SENTENCES, sentences),
        rows(FURNITURE, [{"doc_id": key} | row for row in furniture or []]),
        rows(ENTITIES, entities),
        rows(ROLES, []),
        rows(EXTRACTED_QUOTES, [{"doc_id": key} | row for row in quotes or []]),
        settings,
    )


def test_a_row_with_all_that_it_states() -> None:
    (row,) = extract()["engagements"].to_pylist()
    assert (row["type"], row["status"], row["level"], row["modality"]) == ("meeting", "held", "head", "in_person")
    assert row["country_ids"] == ["iso:RUS", "iso:TUR"]
    assert (row["countries"], row["n_sides"]) == ("RUS, TUR", 2)
    assert row["parties"] == "RUS Ivan Orlov – TUR Kemal Aydin"
    assert (row["place"], row["place_country_id"], row["host_country_id"]) == ("Ankara", "iso:TUR", "iso:TUR")
    assert [p["roles"] for p in row["participants"]] == [["visitor"], ["host"]]
    assert [p["title"] for p in row["participants"]] == ["President", "President"]
    assert [p["text"] for p in row["subjects"]] == ["grain exports"] or row["subjects"] == []
    assert (row["plover"], row["cameo"], row["method"]) == ("CONSULT", "040", "rule:with")
    assert row["sentence_id"].endswith("-s0")


def test_every_value_stands_where_its_offsets_say() -> None:
    (row,) = extract()["engagements"].to_pylist()
    spans = [
        (row[c], row[f"{p}start"], row[f"{p}end"]) for c, p in (("text", ""), ("cue", "cue_"), ("place", "place_"))
    ]
    spans += [(p["text"], p["start"], p["end"]) for p in (*row["participants"], *row["subjects"], *row["agreements"])]
    assert spans and all(TEXT[start:end] == value for value, start, end in spans)


def test_nothing_inside_a_direct_quotation_is_told() -> None:
    quote = {"quote_id": "q", "type": "direct", "text": TEXT, "segments": [span(TEXT, TEXT)], **span(TEXT, TEXT)}
    assert len(extract(quotes=[quote])["engagements"]) == 0
    assert len(extract(quotes=[quote | {"type": "indirect"}])["engagements"]) == 1


@pytest.mark.parametrize(("speaker", "n"), [("Question", 0), ("Q", 0), ("Ivan Orlov", 1)])
def test_turns_are_told_but_questions_not(speaker: str, n: int) -> None:
    turn = {"quote_id": "q", "type": "turn", "text": TEXT, "segments": [], "speaker": speaker, **span(TEXT, TEXT)}
    assert len(extract(quotes=[turn])["engagements"]) == n


def test_an_answer_on_the_line_of_its_question_is_told() -> None:
    text = f"Question: Will they meet? Answer: {TEXT}"
    turn = {"quote_id": "q", "type": "turn", "text": text, "segments": [], "speaker": "Question", **span(text, text)}
    assert len(extract(text, quotes=[turn])["engagements"]) == 1


def test_menus_tell_nothing_and_datelines_do() -> None:
    line = {"furniture_id": "f", "text": TEXT, "basis": "form", **span(TEXT, TEXT)}
    assert len(extract(furniture=[line | {"type": "menu"}])["engagements"]) == 0
    assert len(extract(furniture=[line | {"type": "dateline"}])["engagements"]) == 1


def test_only_wanted_types_become_rows() -> None:
    assert len(extract(settings=EngagementSettings(types=("call",)))["engagements"]) == 0
    assert set(load_settings().engagements.types) <= set(ENGAGEMENT_TYPES)


def test_a_document_without_names_has_none() -> None:
    assert len(extract("Rain fell on the parade.")["engagements"]) == 0
    assert len(extract("")["engagements"]) == 0


def test_a_document_over_which_a_rule_raises_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> list[Any]:
        raise ValueError("broken")

    monkeypatch.setattr(ring, "find_engagements", fail)
    made = extract()
    assert len(made["engagements"]) == 0
    (refusal,) = made["refusals"].to_pylist()
    assert (refusal["stage"], refusal["code"], refusal["message"]) == (
        "engagements",
        "stage_failed",
        "ValueError: broken",
    )
