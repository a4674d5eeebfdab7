"""The rules of the house that a reader relies on, checked over the sources."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = ("ingest", "normalize", "entities", "quotes", "publish")
SOURCES = sorted([*ROOT.glob("tasks/**/*.py"), *ROOT.glob("flows/**/*.py")])


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_sources_are_found() -> None:
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inwards(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    modules = imported(path)
    tops = {module.split(".")[0] for module in modules}
    if parts[0] == "tasks":
        assert "flows" not in tops
        if path.name != "task.py":
            assert "prefect" not in tops
        if len(parts) < 3 or parts[1] not in ("entities", "quotes"):
            assert "spacy" not in tops
        if len(parts) > 2:
            others = {f"tasks.{stage}" for stage in STAGES if stage != parts[1]}
            assert not {m for m in modules for other in others if m == other or m.startswith(other + ".")}
    assert "pickle" not in tops
