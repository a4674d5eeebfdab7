"""A training of the model of attributions: what goes in, what comes out, the same bytes again."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import ConfigError, InputError
from tasks.lexicons import read_rows
from tasks.quotes.model.tagger import load_tagger
from tests.quotes.test_find import lexicon
from tests.quotes.test_model import document
from tests.training.test_treebanks import SENTENCE
from training.logistic import fit_traits
from training.quotes.antecedents import find_meant, fit_meant
from training.quotes.recipe import Corpus, News, Recipe, Treebank, Vectors
from training.quotes.scores import FILE, PENALTY, read_first_seen
from training.quotes.train import train_model
from training.recipes import read_recipe


def test_the_recipe_without_polnear_has_nothing_of_it() -> None:
    shipped, open_only = read_recipe(Recipe, "quotes.toml"), read_recipe(Recipe, "quotes_releases.toml")
    assert any("polnear" in corpus.path for corpus in shipped.corpora)
    assert not any("polnear" in corpus.path for corpus in open_only.corpora)


def test_what_rules_found_at_first_sight_weighs_in_the_scores() -> None:
    cases = read_first_seen()
    weights = fit_traits(cases, PENALTY)
    assert {trait for case in cases for trait in case.traits} <= weights.keys() <= dict(read_rows(FILE, 2)).keys()
    assert weights["full name"] > weights["kind unknown"]


def test_training_writes_a_model_that_loads(tmp_path: Path) -> None:
    rng = random.Random(5)
    documents = [document(rng) for _ in range(4)]
    with gzip.open(tmp_path / "docs.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(d) + "\n" for d in documents)
    (tmp_path / "bank.conllu").write_text(SENTENCE * 3, encoding="utf-8")
    (tmp_path / "text").mkdir()
    texts = [str(d["text"]) for d in documents]
    table = pa.table({"split": ["train", "train", "train", "dev"], "text": [*texts[:3], "unseen zebra"]})
    pq.write_table(table, tmp_path / "text" / "a.parquet")
    vectors = Vectors(path="text", characters=10_000, vocabulary=30, contexts=10, width=8)
    recipe = Recipe(
        seed=1, held_out_every=4, epochs=1, batch=100, learn_rate=0.001, vectors=vectors,
        corpora=[Corpus(path="docs.jsonl.gz", licence="own")],
        treebanks=[Treebank(path="bank.conllu", licence="own")],
        news=News(reports="docs.jsonl.gz", others=["docs.jsonl.gz"], texts="text", rows=2),
    )  # fmt: skip
    for name in ("one", "two"):
        train_model(tmp_path, tmp_path / name, recipe, lexicon())
    words = (tmp_path / "one" / "vocabulary.txt").read_text(encoding="utf-8").split()
    assert "pier" in words and "zebra" not in words
    load_tagger(str(tmp_path / "one")).find(texts[3])
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert "news.tsv" in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    (tmp_path / "two" / "news.tsv").unlink()
    with pytest.raises(ConfigError, match="model_reads = 'all'"):
        load_tagger(str(tmp_path / "two"))
    load_tagger(str(tmp_path / "two"), is_for_all=True).find(texts[3])


@pytest.mark.parametrize("present", ["", "text/a.parquet", "quotes/polnear_train.jsonl.gz"])
def test_data_that_is_not_there_is_named_before_anything_is_learned(present: str, tmp_path: Path) -> None:
    if present:
        (tmp_path / present).parent.mkdir()
        (tmp_path / present).touch()
    with pytest.raises(InputError, match="--data takes the folder that holds"):
        train_model(tmp_path, tmp_path / "out", read_recipe(Recipe, "quotes.toml"), lexicon())
    assert not (tmp_path / "out").exists()


def test_whom_a_pronoun_stands_for_is_learnt_from_who_is_annotated() -> None:
    text = "General Ann Roe met Minister Paul Berg in Oslo. “We will be back in May,” she said."
    content, she = text.index("We will"), text.index("she said")
    quote = {
        "type": "direct",
        "content": [(content, text.index(",”"))],
        "speaker": [(she, she + 3)],
        "speaker_name": "Ann Roe",
        "cue": [(she + 4, she + 8)],
    }
    release = {"id": "a-1", "publisher": "Harbour Command", "text": text, "entities": [], "quotes": [quote]}
    [meant] = find_meant([release])
    assert (meant.publisher, meant.kind) == ("Harbour Command", "pronoun")
    assert "first" in meant.right
    assert len(meant.others) == 1
    assert "first" not in meant.others[0]
    assert fit_meant([meant])["pronoun", "first"] > 0
