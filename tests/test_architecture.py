"""The rules of the house that a reader relies on, checked over the sources."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.stages import STAGES

ROOT = Path(__file__).parents[1]
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for folder in ("tasks", "flows", "training")
    for path in sorted(ROOT.glob(f"{folder}/**/*.py"))
}
#: Modules beside rings 2 and 3 that import Arrow. In ring 1 one does: pyarrow is the reader of Parquet and of zstd.
ARROW = {
    "tasks/schemas.py",
    "tasks/staging.py",
    "tasks/tables.py",
    "tasks/ingest/arrow.py",
    "training/data.py",
    "training/entities/scores.py",
    "training/quotes/scores.py",
}
PREFECT = {"training/flow.py", *(f"tasks/{stage}/task.py" for stage in STAGES)}


#: Imports what `communique run` and its worker processes do, the model included.
RUN_AND_WORKER = """
import os, sys
import flows.cli, flows.corpus, flows.runner
from flows.stages import STAGES
from tasks.settings import load_settings
tasks = [stage.task() for stage in STAGES.values()]
flows.runner.start_worker(os.getppid(), load_settings().entities)
print(*sys.modules)
"""


def imported(*nodes: ast.AST) -> set[str]:
    """Return the modules that some code imports; for `from a import b`, which may be one, `a.b` as well."""
    found: set[str] = set()
    for node in (part for whole in nodes for part in ast.walk(whole)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    return found


def tops(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def may_import_arrow(path: str) -> bool:
    """Tell rings 2 and 3 of a stage, and publishing, which has no ring 1: it writes files."""
    return path in ARROW or Path(path).name in ("table.py", "task.py") or path.startswith("tasks/publish/")


def test_sources_are_found() -> None:
    assert {path.split("/")[0] for path in SOURCES} == {"tasks", "flows", "training"}
    assert {path for path in SOURCES if "pyarrow" in tops(imported(ast.parse(SOURCES[path])))} >= ARROW
    assert set(SOURCES) >= PREFECT


@pytest.mark.parametrize("path", SOURCES)
def test_imports_point_inwards(path: str) -> None:
    house, *folders = path.split("/")[:-1]
    modules = imported(ast.parse(SOURCES[path]))
    packages = tops(modules)
    assert "pickle" not in packages
    if house != "flows":
        assert not {"flows", "explorer"} & packages
        assert "prefect" not in packages or path in PREFECT
        assert "pyarrow" not in packages or may_import_arrow(path)
    if house == "tasks":
        assert "spacy" not in packages or folders in (["entities"], ["quotes"])
    if house == "tasks" and folders:
        others = {f"tasks.{stage}" for stage in STAGES if stage != folders[0]}
        assert not {m for m in modules for other in others if m == other or m.startswith(other + ".")}


def test_one_module_a_place_knows_what_an_extra_brings() -> None:
    extras = {"obstore": {"tasks/objects.py", "tasks/publish/objects.py"}, "deltalake": {"tasks/publish/delta.py"}}
    for extra, modules in extras.items():
        assert {path for path in SOURCES if extra in tops(imported(ast.parse(SOURCES[path])))} == modules


def test_nothing_imports_training_but_the_train_command() -> None:
    for path in (path for path in SOURCES if not path.startswith("training/")):
        functions = {n.name: n for n in ast.parse(SOURCES[path]).body if isinstance(n, ast.FunctionDef)}
        lazy = {name for name, node in functions.items() if "training" in tops(imported(node))}
        rest = [node for node in ast.parse(SOURCES[path]).body if getattr(node, "name", None) not in lazy]
        assert lazy == ({"train"} if path == "flows/cli.py" else set()), path
        assert "training" not in tops(imported(*rest)), path


def test_a_run_imports_nothing_that_only_training_needs() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN_AND_WORKER]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert {
        "tasks.ingest.formats",
        "tasks.normalize.kernel",
        "tasks.entities.kinds",
        "tasks.quotes.model.network",
    } <= loaded
    unwanted = {"training", "wordfreq", "wordninja", "instant_segment", "pandas", "duckdb", "polars", "pytest", "tests"}
    unwanted |= {"obstore", "deltalake"}  # extras that are imported when they are needed
    assert not unwanted & tops(loaded)
