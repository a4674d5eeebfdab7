"""Rows against annotation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.annotations import (
    EntityRow,
    QuoteRow,
    count_entities,
    count_quotes,
    count_turns,
    fold,
    load_documents,
    rate_entities,
    rate_quotes,
    rate_turns,
)

TEXT = "Minister Ana Ruiz said the talks went well. “We will go on,” she added."
LINE = {
    "id": "a",
    "text": TEXT,
    "entities": [[9, 17, "PERSON"]],
    "quotes": [
        {"content": [[23, 42]], "speaker": [[0, 17]], "cue": [[18, 22]], "speaker_name": "Ana Ruiz"},
        {"content": [[45, 59]], "speaker": [[61, 64]], "cue": [[65, 70]], "speaker_name": "Ana Ruiz"},
    ],
    "turns": [
        {"start": 0, "is_answer": False, "speaker_name": None},
        {"start": 23, "is_answer": True, "speaker_name": "Ana Ruiz"},
        {"start": 44, "is_answer": True, "speaker_name": "Ana Ruiz"},
        {"start": 61, "is_answer": False, "speaker_name": None},
    ],
}


def row(segment: tuple[int, int], speaker: tuple[int, int] | None, name: str | None, kind: str = "direct") -> QuoteRow:
    return QuoteRow(kind, (segment,), speaker, None, name, ())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "releases.jsonl"
    path.write_text(json.dumps(LINE) + "\n")
    return path


def test_glued_annotation_moves_with_the_text(file: Path) -> None:
    [spaced], [glued] = load_documents(file, is_glued=False), load_documents(file, is_glued=True)
    raw = "".join(TEXT.split())
    assert [raw[s:e] for s, e in glued.words] == [TEXT[s:e] for s, e in spaced.words]
    assert [raw[s:e] for s, e, _ in glued.annotation["entities"]] == ["AnaRuiz"]
    assert raw[slice(*glued.annotation["quotes"][1]["content"][0])] == "Wewillgoon,"
    assert raw[glued.annotation["turns"][3]["start"] :] == "sheadded."


def test_quotations_match_at_half_and_speakers_by_overlap(file: Path) -> None:
    [document] = load_documents(file, is_glued=False)
    rows = [row((23, 42), (9, 17), "Ana Ruíz"), row((48, 59), None, "Kim"), row((0, 8), None, None)]
    figures = rate_quotes(count_quotes(document, rows))
    assert figures == pytest.approx({"half": 0.8, "exact": 0.4, "speaker": 0.5, "name": 0.5})
    assert rate_quotes(count_quotes(document, [])) == {"half": 0, "exact": 0}


def test_turns_are_found_by_the_place_of_the_label(file: Path) -> None:
    [document] = load_documents(file, is_glued=False)
    rows = [row((1, 9), (0, 5), None, "turn"), row((30, 40), (44, 47), "Kim", "turn"), row((61, 70), (23, 25), "Kim")]
    figures = rate_turns(count_turns(document, rows))  # both labels not found pass to the side that speaks before
    assert figures == {"turns_found": 0.5, "wrong_hands": 0.5, "name": 0}


def test_entities_count_with_label_and_without(file: Path) -> None:
    [document] = load_documents(file, is_glued=False)
    rows = [EntityRow(9, 17, "ORG", ())]
    assert rate_entities(count_entities(document, rows)) == {"strict": 0, "span": 1}
    assert rate_entities(count_entities(document, [rows[0]._replace(label="PERSON")])) == {"strict": 1, "span": 1}


def test_names_are_folded() -> None:
    assert fold("José  Núñez-Ríos") == fold("JOSE NUNEZ RIOS") == "jose nunez rios"
    assert fold(None) == ""
