"""What is released: one version in all places, and archives that hold what a run needs and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    newest = re.search(
        r"^## \[(.+?)\] - (Unreleased|\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    assert newest
    assert citation["version"] == newest[1] == VERSION


def test_hooks_come_from_no_other_host() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(place)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return place


@pytest.mark.slow
def test_the_sdist_holds_the_sources_and_no_more(archives: Path) -> None:
    with tarfile.open(archives / f"communique-{VERSION}.tar.gz") as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "NOTICE", "Makefile", "constraints.txt", "tests/test_release.py", ".ci/run"} <= inside
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        assert inside - {"PKG-INFO"} <= set(listed.stdout.splitlines())


@pytest.mark.slow
def test_the_wheel_runs_without_the_checkout(archives: Path, tmp_path: Path) -> None:
    wheel = archives / f"communique-{VERSION}-py3-none-any.whl"
    with ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"explorer", "flows", "tasks", "training", f"communique-{VERSION}.dist-info"}

    place = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(place)]
    subprocess.run([*pip, str(wheel)], check=True)
    (tmp_path / "dumps").symlink_to(ROOT / "config" / "sample" / "dumps")
    environment = {**os.environ, "PYTHONPATH": str(place), "COMMUNIQUE_RUN__RUNNER": "threads"}

    def call(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    root = call("-c", "import tasks.resources; print(tasks.resources.resource_root())")
    assert Path(root.strip()) == place / "tasks" / "_resources"
    assert call("-m", "flows.cli", "--version").strip() == VERSION
    assert "54 documents" in call("-m", "flows.cli", "run", "dumps", "--out", "dataset")
    assert "no faults" in call("-m", "flows.cli", "verify", "dataset")
