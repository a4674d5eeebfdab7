"""What the model learns from: corpora, changed lines, the grammar of releases; and that a training can be repeated."""

import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy

from tasks.entities.augment import Grammar, Names, read_grammar, read_names, replace_names, respace
from tasks.entities.corpora import Line, Mapping, read_columns, to_doc
from tasks.entities.training import Recipe, Shares, WordVectors, read_recipe, train_model
from tasks.errors import InputError
from tasks.resources import find_resource
from tasks.schemas import LABELS

NLP = spacy.blank("en")


def test_a_universal_file_keeps_the_spacing_of_its_text(tmp_path: Path) -> None:
    file = tmp_path / "a.iob2"
    file.write_text(
        "# sent_id = 1\n# text = He can't see Oslo.\n1\tHe\tO\t-\n2\tca\tO\t-\n3\tn't\tO\t-\n4\tsee\tO\t-\n"
        "5\tOslo\tB-LOC\t-\n6\t.\tO\t-\n\n"
    )
    assert list(read_columns(file)) == [("He can't see Oslo.", [(13, 17, "LOC")])]


def test_a_two_column_file(tmp_path: Path) -> None:
    file = tmp_path / "a.conll"
    file.write_text("Ann\tB-PER\nHill\tI-PER\nleft\tO\n\nOslo I-LOC\n")
    assert [spans for _, spans in read_columns(file)] == [[(0, 8, "PER")], [(0, 4, "LOC")]]


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("Black Sea", "place", "LOC"),
        ("Oslo Airport", "place", "FAC"),
        ("Leeds", "place", "GPE"),
        ("3rd Squadron", "body", "UNIT"),
        ("Acme", "body", "ORG"),
        ("Norwegian", "other", "NORP"),
        ("Battle of Leeds", "other", "EVENT"),
        ("Mona Lisa", "other", None),
        ("Ann Hill", "PERSON", "PERSON"),
        ("Ann Hill", None, None),
    ],
)
def test_labels_of_open_corpora(name: str, label: str | None, expected: str | None) -> None:
    assert Mapping().read(name, label) == expected


def test_what_an_open_corpus_does_not_know_stays_open() -> None:
    text = "Thus the Defence Minister of Oslo saw Mona Lisa and 10 Danish men."
    line = Line(text, [(29, 33, "GPE"), (38, 47, "")], is_partial=True)
    doc = to_doc(NLP, line, Mapping())
    assert {token.text for token in doc if token.ent_iob_ == ""} == {"Minister", "of", "Mona", "Lisa", "10", "Danish"}
    assert [ent.text for ent in doc.ents] == ["Oslo"]


def test_a_line_of_the_releases_leaves_nothing_open() -> None:
    doc = to_doc(NLP, Line("The minister saw Kim.", []), Mapping())
    assert not any(token.ent_iob_ == "" for token in doc if doc.has_annotation("ENT_IOB"))


NAMES = Names({"US": ["Ann"]}, {"US": ["Hill"]}, {"city": ["Leeds"], "country": ["Peru"], "people": ["Peruvian"]})


def test_replaced_names_keep_their_labels_and_places() -> None:
    line = Line(
        "He met Li Wei in Oslo under the Ship Act.", [(7, 13, "PERSON"), (17, 21, "GPE"), (32, 40, "AGREEMENT")]
    )
    changed = replace_names(line, NAMES, random.Random(1))
    assert [label for *_, label in changed.names] == ["PERSON", "GPE", "AGREEMENT"]
    values = [changed.text[s:e] for s, e, _ in changed.names]
    assert values[1:] == ["Leeds", "Ship Act"]
    assert values[0].endswith("Hill") or "Hill" in values[0]
    assert changed.text.startswith("He met ")
    assert replace_names(line._replace(is_partial=True), NAMES, random.Random(1)).is_partial


def test_a_restored_line_that_differs_in_more_than_blanks_is_refused() -> None:
    line = Line("He met Kim.", [(7, 10, "PERSON")])
    assert respace(line, "He met Jim.") == line
    assert respace(line, "Hemet Kim.").names == [(6, 9, "PERSON")]


def test_a_grammar_nests_names_and_capitals() -> None:
    grammar = Grammar(
        {"line": ["[UNIT {ship} Group] left {place!}."], "place": ["[GPE {city}]"], "ship": ["Hope"]}, NAMES
    )
    line = grammar.line(random.Random(1))
    assert (line.text, line.names) == ("Hope Group left LEEDS.", [(0, 10, "UNIT"), (16, 21, "GPE")])


GAZETTEER = {
    "common-forenames-by-country.csv": "Country,Romanized Name\nUS,Ann\nUS,Paul\nCN,Wei\n",
    "common-surnames-by-country.csv": "Country,Romanized Name\nUS,Hill\nUS,Berg\nCN,Li\n",
    "world-cities.csv": "name,country,subcountry\nLeeds,United Kingdom,England\nReno,United States,Nevada\n",
    "oryx_equipment.csv": "country,system\nRussia,T-99 tank\n",
    "us_mil_operations.json": json.dumps({"operations": ["Iron Gate"]}),
    "us_federal_agencies.json": json.dumps({"agencies": ["Ship Trials Agency"]}),
    "cia_world_leaders_2019.csv": "country,office,person\nPeru,Min. of Defense,Ann HILL\n",
}


def write_gazetteer(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, text in GAZETTEER.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_the_shipped_grammar_gives_lines_with_all_labels(tmp_path: Path) -> None:
    write_gazetteer(tmp_path / "gazetteer")
    names = read_names(tmp_path / "gazetteer")
    grammar = read_grammar(find_resource("releases.txt", "config/training"), names)
    rng = random.Random(3)
    lines = [grammar.line(rng) for _ in range(2000)]
    assert {label for line in lines for *_, label in line.names} == set(LABELS)
    for line in lines:
        assert not set("{}[]") & set(line.text)
        assert all(line.text[s:e].strip() == line.text[s:e] != "" for s, e, _ in line.names)
    assert lines == [
        read_grammar(find_resource("releases.txt", "config/training"), names).line(r)
        for r in [random.Random(3)]
        for _ in range(2000)
    ]


def test_the_shipped_recipe_maps_to_labels_that_exist() -> None:
    labels = {label for corpus in read_recipe().corpora for label in corpus.labels.values()}
    assert labels <= {*LABELS, "place", "body", "other"}


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gold/train\.jsonl"):
        train_model(tmp_path, tmp_path / "out", tmp_path / "work", read_recipe())


@pytest.mark.slow
def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_gazetteer(data / "gazetteer")
    (data / "gold").mkdir()
    text = "Gen. Ann Hill met Paul Berg in Reno."
    spans = [[0, 4, "TITLE"], [5, 13, "PERSON"], [18, 27, "PERSON"], [31, 35, "GPE"]]
    row = json.dumps({"text": text, "entities": spans, "quotes": []})
    (data / "gold/train.jsonl").write_text("\n".join([row] * 8))
    (data / "text").mkdir()
    pq.write_table(pa.table({"split": ["train"] * 8, "text": [text] * 8}), data / "text/a.parquet")
    recipe = Recipe(
        seed=1, gold="gold/train.jsonl", held_out_every=4, epochs=1, grammar_lines=20,
        vectors=WordVectors(text="text", size=50, width=8),
        shares=Shares(replaced=1, capitals=0.5, headlines=0.5, flattened=0.5, restored=0, open=0.5),
    )  # fmt: skip
    models = [train_model(data, tmp_path / f"out{i}", tmp_path / f"work{i}", recipe) for i in (1, 2)]
    weights = [(model / "ner/model").read_bytes() for model in models]
    assert weights[0] == weights[1]
    assert (models[0] / "vocab/vectors").read_bytes() == (models[1] / "vocab/vectors").read_bytes()
