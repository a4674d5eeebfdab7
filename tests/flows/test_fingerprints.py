"""A fingerprint changes with everything that decides a stage's output, and with nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows import code, fingerprints
from flows.fingerprints import fingerprint_stages
from flows.stages import STAGES
from tasks.ingest.sources import load_source
from tasks.resources import resource_root
from tasks.settings import load_settings

ROOT = Path(__file__).parents[2]


def take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, overrides: dict | None = None, **options) -> dict[str, str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source, limit = options.get("source", "generic"), options.get("limit")
    return fingerprint_stages(load_settings(None, overrides), load_source(source), limit)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


class Sources:
    """Sources of the program as they would be after an edit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self._edited: dict[str, Path] = {}
        self._folder = tmp_path / "edited"
        self._find = code.find_source
        monkeypatch.setattr(code, "find_source", lambda name: self._edited.get(name) or self._find(name))

    def edit(self, module: str, old: str, new: str) -> None:
        path = self._find(module)
        assert path is not None
        source = path.read_text("utf-8")
        assert old in source, f"{old!r} is not in {module}"
        self._folder.mkdir(exist_ok=True)
        target = self._folder / f"{module}.py"
        target.write_text(source.replace(old, new, 1), "utf-8")
        self._edited[module] = target


EDITS = [
    ("tasks.quotes.marks", "import re\n", "import re\n\nADDED = 1\n", {"quotes"}),
    ("tasks.people.join", "_NEARLY_ALL = 0.9", "_NEARLY_ALL = 0.8", {"people"}),
    ("tasks.entities.roles", "import re\n", "import re\n\nADDED = 1\n", {"entities"}),
    ("tasks.normalize.characters", "import re\n", "import re\n\nADDED = 1\n", {"normalize"}),
    ("tasks.publish.commit", 'compression="zstd"', 'compression="gzip"', {"publish"}),
    (
        "tasks.edits",
        "if end <= start:",
        "if end < start:",
        {"normalize", "entities", "engagements", "figures", "quotes"},
    ),
    ("tasks.edits", "# they overlap: everything", "# they meet: everything", set()),
    ("tasks.quotes.marks", '"""', '"""Differently said. ', set()),
    ("tasks.publish.verify", "import hashlib\n", "import hashlib\n\nADDED = 1\n", set()),
    ("tasks.settings", "class RunSettings(_Section):", "class RunSettings(_Section):\n    added: int = 1\n", set()),
    ("tasks.schemas", "TABLES: dict[str, Table] = {", "ADDED = 1\nTABLES: dict[str, Table] = {'more': 1} | {", set()),
]


@pytest.mark.parametrize(("module", "old", "new", "stages"), EDITS, ids=[f"{m}: {n[:40]!r}" for m, _, n, _ in EDITS])
def test_edited_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, old: str, new: str, stages: set[str]
) -> None:
    sources, before = Sources(monkeypatch, tmp_path), take(monkeypatch, tmp_path)
    sources.edit(module, old, new)
    assert changed(before, take(monkeypatch, tmp_path)) == stages


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Resources of the user's, copied from those that ship."""
    folder = tmp_path / "own"
    shutil.copytree(resource_root() / "config" / "lexicons", folder / "config" / "lexicons")
    for model in ("entities", "quotes", "restore"):
        shutil.copytree(resource_root() / "models" / model, folder / "models" / model)
    monkeypatch.setenv("COMMUNIQUE_RESOURCES", str(folder))
    return folder


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("config/lexicons/furniture.tsv", {"normalize"}),
        ("config/lexicons/people.tsv", {"entities", "engagements", "people"}),
        ("config/lexicons/transliteration.tsv", {"entities", "people"}),
        ("config/lexicons/cues.tsv", {"quotes"}),
        ("config/lexicons/countries.tsv", {"normalize", "entities", "quotes", "engagements"}),
        ("models/entities/ner/model", {"entities"}),
        ("models/quotes/news.tsv", {"quotes"}),
        ("models/restore/single.npy", {"normalize"}),
        ("models/entities/README.md", set()),
        ("models/quotes/README.md", set()),
    ],
)
def test_edited_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Path, file: str, stages: set[str]) -> None:
    before = take(monkeypatch, tmp_path)
    with (own / file).open("ab") as sink:
        sink.write(b"\n")
    assert changed(before, take(monkeypatch, tmp_path)) == stages


def test_files_that_settings_name_count_wherever_they_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cues, model = tmp_path / "cues.tsv", tmp_path / "ner"
    shutil.copy(resource_root() / "config" / "lexicons" / "cues.tsv", cues)
    shutil.copytree(resource_root() / "models" / "entities", model)
    settings = {"quotes": {"cues": str(cues)}, "entities": {"model": str(model)}}
    before = take(monkeypatch, tmp_path, settings)
    cues.write_text(cues.read_text("utf-8") + "\n", "utf-8")
    assert changed(before, after := take(monkeypatch, tmp_path, settings)) == {"quotes"}
    (model / "README.md").write_text("another card")
    assert changed(after, take(monkeypatch, tmp_path, settings)) == set()
    (model / "meta.json").write_text("{}")
    assert changed(after, take(monkeypatch, tmp_path, settings)) == {"entities"}


def test_an_installed_pipeline_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "site" / "some_pipeline"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "weights").write_text("1")
    monkeypatch.syspath_prepend(package.parent)
    settings = {"entities": {"model": "some_pipeline"}}
    before = take(monkeypatch, tmp_path, settings)
    (package / "weights").write_text("2")
    assert changed(before, take(monkeypatch, tmp_path, settings)) == {"entities"}


@pytest.mark.parametrize(
    ("overrides", "options", "stages"),
    [
        ({"normalize": {"min_score": 0.4}}, {}, {"normalize"}),
        ({"entities": {"label_map": {"PER": "PERSON"}}}, {}, {"entities"}),
        ({"quotes": {"model_reads": "none"}}, {}, {"quotes"}),
        ({"run": {"workers": 7}}, {}, set()),
        ({}, {"source": "kremlin"}, {"ingest"}),
        ({}, {"limit": 5}, {"ingest"}),
    ],
)
def test_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, overrides: dict, options: dict, stages: set[str]
) -> None:
    assert changed(take(monkeypatch, tmp_path), take(monkeypatch, tmp_path, overrides, **options)) == stages


def test_versions_of_the_packages_that_decide_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = take(monkeypatch, tmp_path)
    real = fingerprints._version
    for package, stages in {
        "spacy": {"entities"}, "thinc": {"entities", "quotes"}, "ftfy": {"normalize"},
        "py3langid": {"ingest"}, "trafilatura": {"ingest"}, "lxml": {"ingest"}, "dateutil": {"ingest"}, "yaml": {"ingest"}, "pyarrow": {"publish", "people", "revisions", "events", "formulas"},
        "numpy": {"ingest", "normalize", "entities", "quotes", "people", "revisions", "events", "formulas"}, "prefect": set(), "rich": set(),
    }.items():  # fmt: skip
        monkeypatch.setattr(fingerprints, "_version", lambda name, p=package: "0" if name == p else real(name))
        assert changed(before, take(monkeypatch, tmp_path)) == stages, package


def test_damaged_and_unwritable_caches_do_no_harm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = take(monkeypatch, tmp_path)
    cache = tmp_path / "cache" / "communique" / "code.json"
    assert cache.is_file()
    for content in ("", "{", "[]", '{"form": 1}', "null"):
        cache.write_text(content)
        assert take(monkeypatch, tmp_path) == before
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert take(monkeypatch, tmp_path) == before


AUDIT = """
import sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, values: opened.add(str(values[0])) if event == "open" else None)
from flows.corpus import build_corpus
build_corpus([sys.argv[1]], sys.argv[2])
from flows.fingerprints import _CodeCache, files_of, reach_of
from flows.stages import STAGES
from tasks.resources import cache_folder, resource_root
from tasks.settings import load_settings
settings, read, counted = load_settings(), _CodeCache(cache_folder() / "code.json"), []
for stage in STAGES.values():
    section = getattr(settings, stage.name, None)
    counted += [path.resolve() for path in files_of(stage, section, reach_of(stage, read)).values()]
root = resource_root()
for name in sorted(opened):
    path = Path(name).resolve()
    inside = any(path.is_relative_to(root / folder) for folder in ("config/lexicons", "models"))
    if inside and path.is_file() and not any(path == c or path.is_relative_to(c) for c in counted):
        print("UNCOUNTED", path)
print("OPENED", sum(Path(n).is_relative_to(root / "config" / "lexicons") for n in opened))
"""


def test_whatever_a_run_opens_is_counted(tmp_path: Path) -> None:
    """No list of resources can be forgotten: the files that a run opens are held against those that are hashed."""
    dump = tmp_path / "release.txt"
    dump.write_text("“We hold the line,” Colonel Anna Okoro of the Defence Ministry said in Oslo on 3 May 2021.\n")
    environment = {**os.environ, "COMMUNIQUE_RUN__RUNNER": "threads", "COMMUNIQUE_QUOTES__MODEL_READS": "all"}
    command = [sys.executable, "-c", AUDIT, str(dump), str(tmp_path / "out")]
    output = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "UNCOUNTED" not in output, output
    assert int(output.split("OPENED")[1]) > 10


START = """
import time
from flows.fingerprints import fingerprint_stages
from tasks.ingest.sources import load_source
from tasks.settings import load_settings
settings, source = load_settings(), load_source("generic")
start = time.process_time()
fingerprint_stages(settings, source, None)
print(time.process_time() - start)
"""


def test_starting_takes_no_time(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", START]
    times = [
        float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
        for _ in range(4)  # the first reads the sources
    ]
    assert min(times[1:]) < 0.3


def test_every_stage_is_what_its_name_says() -> None:
    for stage in STAGES.values():
        assert stage.task().name == stage.name
        assert all(STAGES[name] for name in stage.after)
