"""The restoration learns from what its recipe names, the same files give the same bytes, and held-out text is not read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.edits import apply_edits
from tasks.errors import ConfigError, InputError
from tasks.normalize.lattice import Decoder, make_terms
from tasks.normalize.model import RestoreModel
from tasks.normalize.restore import restore_paragraphs
from training.restore.recipe import Names, Recipe, Texts
from training.restore.train import train_restore

TEXT = "The Qorvex frigate sailed with the Zanthar crew to Port Ulm.\nThe crew of the Qorvex frigate met the minister."


def recipe(**changes: object) -> Recipe:
    values = {
        "words": "wordninja",
        "phrases": "restore_phrases.toml",
        "min_count": 3,
        "pairs": 50_000,
        "triples": 20_000,
        "texts": [Texts(path="text/*.parquet", weight=1)],
        "names": [Names(path="names.csv", columns=["name"])],
    }
    return Recipe.model_validate(values | changes)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    rows = {"split": ["train"] * 40 + ["dev"] * 40, "text": [TEXT] * 40 + ["The Vunderhaf sank."] * 40}
    pq.write_table(pa.table(rows), tmp_path / "text" / "a.parquet")
    (tmp_path / "names.csv").write_text("name,rank\nAnna OQUENDEZ,Captain\n")
    return tmp_path


def test_it_learns_from_train_alone_and_the_same_files_give_the_same_bytes(data: Path) -> None:
    train_restore(data, data / "one", recipe())
    train_restore(data, data / "two", recipe())
    files = sorted(path.name for path in (data / "one").iterdir())
    assert files == ["pairs.npy", "rest.npy", "single.npy", "spelling.npy", "triples.npy", "vocabulary.txt"]
    assert all((data / "one" / f).read_bytes() == (data / "two" / f).read_bytes() for f in files)
    model = RestoreModel(data / "one")
    assert {"Qorvex", "Zanthar", "Oquendez"} <= set(model.words)
    assert "Vunderhaf" not in model.words
    glued = "ThecrewoftheQorvexfrigatemettheminister."
    edits = restore_paragraphs([glued], decoder=Decoder(model, make_terms([])))[0].edits
    assert apply_edits(glued, edits) == "The crew of the Qorvex frigate met the minister."


def test_what_is_missing_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"more/\*\.jsonl"):
        train_restore(data, data / "out", recipe(texts=[Texts(path="more/*.jsonl", weight=1)]))
    monkeypatch.setitem(__import__("sys").modules, "wordfreq", None)
    with pytest.raises(ConfigError, match="extra train"):
        train_restore(data, data / "out", recipe(words="wordfreq"))
    assert not (data / "out").exists()


def test_a_folder_that_is_no_resource_is_named(data: Path) -> None:
    with pytest.raises(ConfigError, match="no usable restoration model"):
        RestoreModel(data)
    train_restore(data, data / "out", recipe())
    lines = (data / "out" / "vocabulary.txt").read_text().split("\n")
    (data / "out" / "vocabulary.txt").write_text("\n".join([lines[0], "x", *lines[2:]]))
    with pytest.raises(ConfigError, match="another version"):
        RestoreModel(data / "out")
