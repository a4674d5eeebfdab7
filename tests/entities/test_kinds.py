"""What a name names, looked at as a whole."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.vectors import Vectors

from tasks.entities.kinds import FILE, KINDS, NEITHER, NameKinds, Weights, load_kinds
from tasks.errors import ConfigError
from training.entities.kinds import Example, learn_kinds, write_kinds

WORDS = ["Hill", "Berg", "Leeds", "Reno", "Acme", "Initech", "said", "in", "shares"]


@pytest.fixture
def nlp() -> Language:
    nlp = spacy.blank("en")
    rng = np.random.default_rng(1)
    data = rng.normal(size=(len(WORDS), 8)).astype(np.float32)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings, data=data, keys=[nlp.vocab.strings.add(word) for word in WORDS]
    )
    return nlp


EXAMPLES = [
    *(Example(f"{name} said so", 0, len(name), KINDS["PERSON"]) for name in ("Ann Hill", "Paul Berg", "Zoe Hill")),
    *(Example(f"They met in {name}.", 12, 12 + len(name), KINDS["GPE"]) for name in ("Leeds", "Reno", "East Leeds")),
    *(Example(f"shares of {name} Inc.", 10, 15 + len(name), KINDS["ORG"]) for name in ("Acme", "Initech", "Globex")),
    *(Example(f"the film {name} again", 9, 9 + len(name), NEITHER) for name in ("Rocky Road", "Red Road", "Star")),
] * 15


def test_a_whole_name_and_what_is_around_it_decide(nlp: Language) -> None:
    kinds = NameKinds(learn_kinds(EXAMPLES, nlp.vocab, seed=1), nlp.vocab)
    assert kinds.settle(["Eve Hill said so"], [[(0, 8, "GPE")]]) == [[(0, 8, "PERSON")]]
    assert kinds.settle(["They met in Ostend."], [[(12, 18, "PERSON")]]) == [[(12, 18, "GPE")]]
    assert kinds.settle(["shares of Hooli Inc."], [[(10, 20, "GPE")]]) == [[(10, 20, "ORG")]]


def test_names_of_many_texts_stay_with_their_texts(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = NameKinds(learn_kinds(EXAMPLES, nlp.vocab, seed=1), nlp.vocab)
    texts = ["the film Long Road again", "", "They met in Ostend.", "Eve Hill said so"]
    found = [[(9, 18, "GPE")], [], [(0, 4, "NORP"), (12, 18, "ORG")], [(0, 8, "GPE")]]
    expected = [[], [], [(0, 4, "NORP"), (12, 18, "GPE")], [(0, 8, "PERSON")]]
    assert kinds.settle(texts, found) == expected
    monkeypatch.setattr("tasks.entities.kinds._BLOCK", 1)
    assert kinds.settle(texts, found) == expected


def test_what_names_nothing_that_has_a_label_is_given_up(nlp: Language) -> None:
    kinds = NameKinds(learn_kinds(EXAMPLES, nlp.vocab, seed=1), nlp.vocab)
    text = "the film Long Road again"
    assert kinds.settle([text], [[(9, 18, "GPE")]]) == [[]]
    assert kinds.settle([text], [[(9, 18, "NORP")]]) == [[(9, 18, "NORP")]]


def test_labels_that_are_not_doubted_stay(nlp: Language) -> None:
    kinds = NameKinds(learn_kinds(EXAMPLES, nlp.vocab, seed=1), nlp.vocab)
    assert kinds.settle(["They met in Ostend."], [[(12, 18, "FAC")]]) == [[(12, 18, "GPE")]]
    for label in ("TITLE", "DATE", "NORP", "SOMETHING"):
        assert kinds.settle(["Eve Hill said so"], [[(0, 8, label)]]) == [[(0, 8, label)]]
    assert kinds.settle([""], [[]]) == [[]]
    kinds.settle(["   "], [[(0, 3, "ORG")]])  # no word in it: no fault


def nothing_learnt(width: int = 8) -> Weights:
    n = NEITHER + 1
    shapes = [(2**15, n), (5 * width, n), (5 * width, 128), (128,), (128, n)]
    return Weights(*(np.zeros(shape, np.float32) for shape in shapes))


def test_the_recogniser_has_a_head_start(nlp: Language) -> None:
    undecided = nothing_learnt()
    undecided.traits[:, NEITHER] = -1
    kinds = NameKinds(undecided, nlp.vocab)
    assert kinds.settle(["Eve Hill said so"], [[(0, 8, "ORG")]]) == [[(0, 8, "ORG")]]


def test_neither_has_a_greater_one(nlp: Language) -> None:
    kinds = NameKinds(nothing_learnt(), nlp.vocab)
    assert kinds.settle(["Eve Hill said so"], [[(0, 8, "ORG")]]) == [[]]


def test_a_pipeline_without_them_goes_without(nlp: Language, tmp_path: Path) -> None:
    assert load_kinds(nlp) is None
    nlp.to_disk(tmp_path / "a")
    assert load_kinds(spacy.load(tmp_path / "a")) is None


def test_what_is_written_is_read(nlp: Language, tmp_path: Path) -> None:
    learnt = learn_kinds(EXAMPLES, nlp.vocab, seed=1)
    nlp.to_disk(tmp_path / "a")
    write_kinds(learnt, tmp_path / "a")
    kinds = load_kinds(spacy.load(tmp_path / "a"))
    assert kinds is not None
    assert kinds.settle(["Eve Hill said so"], [[(0, 8, "GPE")]]) == [[(0, 8, "PERSON")]]
    first = (tmp_path / "a" / FILE).read_bytes()
    write_kinds(learnt, tmp_path / "a")
    assert (tmp_path / "a" / FILE).read_bytes() == first


def test_weights_of_other_vectors_are_refused(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "a")
    write_kinds(nothing_learnt(width=9), tmp_path / "a")
    with pytest.raises(ConfigError, match="does not fit its word vectors"):
        load_kinds(spacy.load(tmp_path / "a"))


def test_weights_that_cannot_be_read_are_refused(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "a")
    file = tmp_path / "a" / FILE
    objects = {name: np.array([{}], dtype=object) for name in Weights._fields}
    np.savez(file, **objects)
    with pytest.raises(ConfigError, match=r"kinds\.npz: cannot be read"):
        load_kinds(spacy.load(tmp_path / "a"))
    np.savez(file, traits=np.zeros(3))
    with pytest.raises(ConfigError, match=r"kinds\.npz: cannot be read"):
        load_kinds(spacy.load(tmp_path / "a"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ConfigError, match=r"kinds\.npz: cannot be read"):
        load_kinds(spacy.load(tmp_path / "a"))
