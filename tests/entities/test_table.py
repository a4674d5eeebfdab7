"""The table ring: offsets, failing documents, a user's own pipeline."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import spacy

from tasks import schemas
from tasks.edits import Edit, apply_edits
from tasks.entities import table
from tasks.errors import ConfigError
from tasks.settings import EntitySettings

NONE = schemas.FURNITURE.empty_table()
SETTINGS = EntitySettings(model="entities", label_map={})


def documents(*texts: str, edits: list[Edit] | None = None, day: date | None = None) -> pa.Table:
    rows = [
        {
            "doc_id": f"d{i}", "source_id": "test", "kind": "release", "language": "en",
            "text": apply_edits(text, edits or []), "raw_text": text, "edits": [e._asdict() for e in edits or []],
            "text_condition": "spaced", "is_uncertain": False, "published_on": day, "n_words": len(text.split()), "uri": "memory", "record": i, "batch_id": "b",
        }
        for i, text in enumerate(texts)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schemas.NORMALIZED)


def whole_lines(docs: pa.Table) -> pa.Table:
    rows = []
    for doc in docs.to_pylist():
        at = 0
        for n, line in enumerate(doc["text"].split("\n")):
            span = {"start": at, "end": at + len(line), "raw_start": at, "raw_end": at + len(line)}
            rows.append(
                {"sentence_id": f"{doc['doc_id']}-s{n}", "doc_id": doc["doc_id"], "paragraph": n, "text": line, **span}
            )
            at += len(line) + 1
    return pa.Table.from_pylist(rows, schema=schemas.SENTENCES)


@pytest.fixture
def ruler(tmp_path: Path) -> EntitySettings:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "PER", "pattern": "Olga Lind"}, {"label": "CARDINAL", "pattern": "23"}]
    )
    nlp.to_disk(tmp_path / "own")
    return EntitySettings(model=str(tmp_path / "own"), label_map={"PER": "PERSON"})


def test_a_users_pipeline_with_a_label_map(ruler: EntitySettings) -> None:
    docs = documents("Olga Lind saw 23 ships off Norway yesterday.")
    found, _, refused = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    assert [(e["label"], e["text"], e["method"]) for e in found.to_pylist()] == [
        ("PERSON", "Olga Lind", "model"),
        ("GPE", "Norway", "lexicon"),
        ("DATE", "yesterday", "rule:date"),
    ]
    assert found.schema == schemas.ENTITIES
    assert refused.schema == schemas.REFUSALS
    assert refused.num_rows == 0


def test_offsets_lead_through_the_edits_to_the_raw_text(ruler: EntitySettings) -> None:
    edits = [Edit("insert_space", at, at, " ") for at in (4, 8, 11)]
    docs = documents("OlgaLindsawNorway.", edits=edits)
    found, _, _ = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    rows = found.to_pylist()
    assert [e["text"] for e in rows] == ["Olga Lind", "Norway"]
    assert [(e["raw_start"], e["raw_end"]) for e in rows] == [(0, 8), (11, 17)]


def test_ids_and_sentences(ruler: EntitySettings) -> None:
    docs = documents("Olga Lind.\n\nLind went to Peru.", "Nothing here.", "Olga Lind.")
    found, _, _ = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    assert [(e["entity_id"], e["sentence_id"]) for e in found.to_pylist()] == [
        ("d0-e00000", "d0-s0"),
        ("d0-e00001", "d0-s2"),
        ("d0-e00002", "d0-s2"),
        ("d2-e00000", "d2-s0"),
    ]


def test_a_failing_document_leaves_its_neighbours_alone(ruler: EntitySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> list[object]:
        if "poison" in text:
            raise RuntimeError("boom")
        return []

    monkeypatch.setattr("tasks.entities.line.find_dates", fail)
    docs = documents("Olga Lind.", "poison", "In Peru.")
    found, _, refused = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    assert [e["text"] for e in found.to_pylist()] == ["Olga Lind", "Peru"]
    assert [(r["record"], r["stage"], r["code"], r["message"]) for r in refused.to_pylist()] == [
        (1, "entities", "stage_failed", "RuntimeError: boom")
    ]


def test_values_of_dates_and_amounts(ruler: EntitySettings) -> None:
    docs = documents("It paid $2 million on Monday for 40 km of pipe.", "It paid on Monday.", day=date(2023, 4, 20))
    found, _, _ = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    columns = ("text", "date_value", "amount", "currency", "unit")
    assert [tuple(e[c] for c in columns) for e in found.to_pylist()] == [
        ("$2 million", None, 2e6, "USD", None),
        ("Monday", "2023-04-17", None, None, None),
        ("40 km", None, 40.0, None, "km"),
        ("Monday", "2023-04-17", None, None, None),
    ]


def test_roles_of_a_batch(ruler: EntitySettings) -> None:
    edits = [Edit("insert_space", at, at, " ") for at in (9, 16, 24, 28)]
    docs = documents("NorwegianForeignMinisterOlgaLind left.", edits=edits, day=date(2023, 4, 20))
    found, roles, _ = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    people = [e for e in found.to_pylist() if e["label"] == "PERSON"]
    titles = [e for e in found.to_pylist() if e["label"] == "TITLE"]
    assert roles.schema == schemas.ROLES
    [role] = roles.to_pylist()
    assert role | {"score": None} == {
        "role_id": "d0-r00000", "doc_id": "d0", "sentence_id": "d0-s0", "person": "Olga Lind", "person_name": "Olga Lind",
        "person_id": None, "person_entity_id": people[0]["entity_id"], "title": "Foreign Minister",
        "title_entity_id": titles[0]["entity_id"], "qualifier": None, "organisation": None, "organisation_id": None,
        "country": "Norwegian", "country_id": "iso:NOR", "published_on": date(2023, 4, 20),
        "text": "Norwegian Foreign Minister Olga Lind", "start": 0, "end": 36, "raw_start": 0, "raw_end": 32,
        "method": "rule:before", "score": None,
    }  # fmt: skip


def test_an_empty_batch(ruler: EntitySettings) -> None:
    docs = documents()
    found, roles, refused = table.annotate_entities(docs, whole_lines(docs), NONE, ruler).values()
    assert (found.num_rows, roles.num_rows, refused.num_rows) == (0, 0, 0)
    assert (found.schema, roles.schema) == (schemas.ENTITIES, schemas.ROLES)


def test_a_missing_model_says_what_to_do() -> None:
    docs = documents("Text.")
    with pytest.raises(ConfigError, match="communique train entities"):
        table.annotate_entities(docs, whole_lines(docs), NONE, EntitySettings(model="no_such_model", label_map={}))


def test_a_label_map_must_lead_to_known_labels() -> None:
    docs = documents("Text.")
    with pytest.raises(ConfigError, match="CITY"):
        table.annotate_entities(
            docs, whole_lines(docs), NONE, EntitySettings(model="entities", label_map={"GPE": "CITY"})
        )


def test_the_shipped_model_on_a_release() -> None:
    text = (
        "Gen. Robert Hale, commander of U.S. Central Command, met the Norwegian Defence Minister "
        "in Oslo on May 3, 2021.\n"
        "Hale said the U.S. Navy would send USS Lexington (CVN 99) to the North Sea."
    )
    docs = documents(text)
    found, _, _ = table.annotate_entities(docs, whole_lines(docs), NONE, SETTINGS).values()
    rows = found.to_pylist()
    assert {(e["label"], e["text"]) for e in rows} >= {
        ("TITLE", "Gen."),
        ("PERSON", "Robert Hale"),
        ("UNIT", "U.S. Central Command"),
        ("DATE", "May 3, 2021"),
        ("EQUIPMENT", "CVN 99"),
    }
    assert all(text[e["start"] : e["end"]] == e["text"] for e in rows)
    assert [e["start"] for e in rows] == sorted(e["start"] for e in rows)
    again, _, _ = table.annotate_entities(docs, whole_lines(docs), NONE, SETTINGS).values()
    assert again.equals(found)
