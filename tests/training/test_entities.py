"""What the model learns from: corpora, changed lines, the grammar of releases; and that a training can be repeated."""

import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
from spacy.language import Language
from spacy.vectors import Vectors
from thinc.api import fix_random_seed

from tasks.entities.kinds import KINDS, NEITHER, Weights
from tasks.errors import InputError
from tasks.resources import find_resource
from tasks.schemas import LABELS
from tests.entities.test_kinds import EXAMPLES
from training.entities.changes import pool_names, replace_names, respace, swap_names
from training.entities.corpora import OPEN, Line, Mapping, read_columns, to_doc
from training.entities.grammar import Grammar, read_grammar
from training.entities.kinds import learn_kinds
from training.entities.lines import name_examples, name_lists, split_gold
from training.entities.names import Names, read_names
from training.entities.pretraining import pretrain
from training.entities.recipe import Corpus, Recipe
from training.entities.train import train_model
from training.entities.vectors import learn_vectors
from training.recipes import read_recipe

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
    file.write_text("-DOCSTART- O\nAnn\tB-PER\nHill\tI-PER\nleft\tO\n-DOCSTART- O\n\nOslo I-LOC\n")
    assert list(read_columns(file)) == [("Ann Hill left", [(0, 8, "PER")]), ("Oslo", [(0, 4, "LOC")])]


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
        ("Boeing 747", "other", OPEN),
        ("Ann Hill", "PERSON", "PERSON"),
        ("Ann Hill", None, OPEN),
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


LINES = [
    f"{verb} {city} {when}" for verb in ("in", "near") for city in ("Oslo", "Rome") for when in ("today", "now")
] * 9


def test_rare_words_and_words_of_lists_share_the_vectors_of_their_like() -> None:
    towns = [f"{start}ville" for start in ("Ost", "West", "Mid", "North", "South", "Up", "Low", "Far")]
    people = [f"{start}son" for start in ("Ander", "Peter", "John", "Jack", "Will", "Tom", "Rob", "Dav")]
    lines = [f"in {town} today" for town in towns for _ in range(20)]
    lines += [f"Mr {person} spoke" for person in people for _ in range(20)] + ["in Newville today"] * 3
    lists = {"city": frozenset({"Oldville", "Ostville", "Upville"}), "family": frozenset({"Harrison", "Robson"})}
    words, rows, vectors = learn_vectors(lines, 20, 4, 5, 3, lists, n_contexts=4)
    vector = {word: vectors[row] for word, row in zip(words, rows, strict=True)}
    assert len(words) == len(rows) == len(vector)
    assert len(vectors) == 20 + 3
    assert rows[words.index("Newville")] >= 20
    for name in ("Newville", "Oldville"):
        assert vector[name] @ vector["Midville"] > 0.5 > vector[name] @ vector["Tomson"]
    assert vector["Harrison"] @ vector["Tomson"] > 0.5 > vector["Harrison"] @ vector["Midville"]


def test_lists_of_names_are_read_by_kind() -> None:
    names = NAMES._replace(lists={"city": ["Leeds", "New Leeds"], "province": ["Upper Leeds"]})
    lists = name_lists(names)
    assert lists["given"] == {"Ann"}
    assert lists["city"] == {"Leeds"}
    assert lists["part"] == {"New", "Leeds"}
    assert lists["province"] == {"Upper", "Leeds"}


def make_pipeline() -> Language:
    learnt = learn_vectors(LINES, 20, 4)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=learnt.vectors, keys=[nlp.vocab.strings.add(word) for word in learnt.words]
    )
    nlp.add_pipe("tok2vec")
    ner = nlp.add_pipe("ner")
    ner.add_label("GPE")
    fix_random_seed(1)
    nlp.initialize()
    return nlp


def test_pretraining_learns_from_contexts_and_is_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.entities.pretraining._BATCH", 60)
    first, second, other = (make_pipeline() for _ in range(3))
    before = first.get_pipe("tok2vec").model.to_bytes()
    assert pretrain(first, LINES, 60, seed=1) > pretrain(second, LINES, 3, seed=1) + 0.1
    pretrain(other, LINES, 3, seed=1)
    assert before != second.get_pipe("tok2vec").model.to_bytes() == other.get_pipe("tok2vec").model.to_bytes()


def test_pretraining_on_nothing_ends_with_a_reason() -> None:
    for lines in ([], ["zz zz zz"]):
        with pytest.raises(InputError, match="a word that has a vector"):
            pretrain(make_pipeline(), lines, 5, seed=1)


def test_learning_what_names_name_is_repeatable() -> None:
    nlp = make_pipeline()
    first, second = (learn_kinds(EXAMPLES, nlp.vocab, seed=3) for _ in range(2))
    other = learn_kinds(EXAMPLES, nlp.vocab, seed=4)
    for name in Weights._fields:
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
        assert getattr(first, name).tobytes() != getattr(other, name).tobytes()


def test_examples_of_what_names_name(tmp_path: Path) -> None:
    rows = [
        {"text": f"{name} left Oslo.", "entities": [[0, 8, "PERSON"], [14, 18, "GPE"]]}
        for name in ("Ann Hill", "Zoe Hill")
    ]
    rows.append({"text": "Gen. Hill", "entities": [[0, 4, "TITLE"], [5, 9, "PERSON"]]})
    (tmp_path / "gold.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "a.conll").write_text("Reno B-LOC\nHamlet B-MISC\nX5 B-MISC\nMay B-TIME\n")
    corpus = Corpus(path="a.conll", format="columns", licence="own", labels={"LOC": "place", "MISC": "other"})
    recipe = read_recipe(Recipe, "entities.toml").model_copy(
        update={
            "gold": ("gold.jsonl",),
            "written": str(tmp_path),
            "held_out_every": 2,
            "second_looks": 0,
            "corpora": [corpus],
        }
    )
    found = [(text[start:end], kind) for text, start, end, kind in name_examples(tmp_path, recipe)]
    place, person = KINDS["GPE"], KINDS["PERSON"]
    assert found == [("Reno", place), ("Hamlet", NEITHER), ("May", NEITHER), ("Zoe Hill", person), ("Oslo", place)]


def test_the_shipped_recipe_maps_to_labels_that_exist() -> None:
    labels = {label for corpus in read_recipe(Recipe, "entities.toml").corpora for label in corpus.labels.values()}
    assert labels <= {*LABELS, "place", "body", "other"}


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gold/train\.jsonl"):
        train_model(tmp_path, tmp_path / "out", tmp_path / "work", read_recipe(Recipe, "entities.toml"))


SMALL = """
seed = 1
gold = ["gold/train.jsonl"]
held_out_every = 4
second_looks = 1
epochs = 2
grammar_lines = 40
vectors = { text = "text", size = 50, width = 8, rare = 20, shared = 5, extra = 10 }
pretraining = { steps = 3, lines = 10 }
shares = { replaced = 1.0, swapped = 0.5, capitals = 0.5, headlines = 0.5, flattened = 0.5, restored = 0.0, open = 0.5 }
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_gazetteer(data / "gazetteer")
    (data / "gold").mkdir()
    text = "Gen. Ann Hill met Paul Berg in Reno last week."
    spans = [[0, 4, "TITLE"], [5, 13, "PERSON"], [18, 27, "PERSON"], [31, 35, "GPE"]]
    row = json.dumps({"text": text, "entities": spans, "quotes": []})
    (data / "gold/train.jsonl").write_text("\n".join([row] * 8))
    (data / "text").mkdir()
    pq.write_table(pa.table({"split": ["train"] * 8, "text": [text] * 8}), data / "text/a.parquet")
    file = tmp_path / "small.toml"
    file.write_text(f'written = "{data}"\n{SMALL}')
    recipe = read_recipe(Recipe, str(file))
    for name in ("one", "two"):
        train_model(data, tmp_path / name, tmp_path / f"work {name}", recipe)
    parts = sorted(str(path.relative_to(tmp_path / "one")) for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {"ner/model", "tok2vec/model", "kinds.npz", "meta.json", "vocab/vectors", "vocab/strings.json"} <= {*parts}
    for part in parts:
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "two" / part).read_bytes(), part
    scores = json.loads((tmp_path / "one/meta.json").read_text())["performance"]["ents_per_type"]
    assert list(scores) == sorted(scores)  # not in the order of a set, which differs between processes
    for part in ("ner/model", "tok2vec/model"):  # the best of so short a training is its first step: the last, too
        last = [(tmp_path / f"work {name}/out/model-last" / part).read_bytes() for name in ("one", "two")]
        assert last[0] == last[1], part
        assert last[0] != (tmp_path / "one" / part).read_bytes()


def test_swapped_names_keep_their_labels_and_stay_of_one_or_many_words() -> None:
    lines = [
        Line("HMS Kent met Orca.", [(0, 8, "EQUIPMENT"), (13, 17, "EQUIPMENT")]),
        Line("INS Delhi met Puma in Oslo.", [(0, 9, "EQUIPMENT"), (14, 18, "EQUIPMENT"), (22, 26, "GPE")]),
    ]
    pool = pool_names(lines)
    assert pool == {("EQUIPMENT", True): ["HMS Kent", "INS Delhi"], ("EQUIPMENT", False): ["Orca", "Puma"]}
    seen = set()
    for seed in range(20):
        text, spans, _ = swap_names(lines[1], pool, 1.0, random.Random(seed))
        seen.add(text)
        assert [label for *_, label in spans] == ["EQUIPMENT", "EQUIPMENT", "GPE"]
        assert text[slice(*spans[0][:2])] in pool["EQUIPMENT", True]
        assert text[slice(*spans[2][:2])] == "Oslo"
    assert len(seen) == 4
    assert swap_names(lines[1], pool, 0.0, random.Random(1)) == lines[1]


def test_all_releases_of_a_publisher_are_on_one_side(tmp_path: Path) -> None:
    rows = [{"publisher": f"P{i % 30}", "text": f"Release {i}", "entities": []} for i in range(120)]
    rows += [{"text": f"Page {i}", "entities": []} for i in range(24)]
    (tmp_path / "gold.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    recipe = read_recipe(Recipe, "entities.toml").model_copy(
        update={"gold": ("gold.jsonl",), "written": str(tmp_path), "corpora": ()}
    )
    learnt, held_out = ({line.text for line in lines} for lines in split_gold(tmp_path, recipe))
    assert len(learnt) + len(held_out) == 144
    assert {text for text in held_out if text.startswith("Page")} == {"Page 0", "Page 12"}
    sides = {p: {f"Release {i}" in held_out for i in range(p, 120, 30)} for p in range(30)}
    assert all(len(side) == 1 for side in sides.values())
    assert {True, False} == {value for side in sides.values() for value in side}
