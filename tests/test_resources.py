"""Where the program keeps what can be made again, whoever runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.resources import cache_folder

ROOT = Path(__file__).parents[1]
SCRIPT = """
import os, subprocess, sys
from tasks.resources import cache_folder
folder = cache_folder()
assert folder.is_dir() and cache_folder() == folder
(folder / "kept").write_text("for this process")
child = "from tasks.resources import cache_folder; print((cache_folder() / 'kept').read_text())"
print(folder)
sys.stdout.flush()
subprocess.run([sys.executable, "-c", child], check=True)
"""


def test_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache" / "communique"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "communique"


@pytest.mark.parametrize("place", ["a file", "relative", "nowhere"])
def test_without_a_place_for_one_a_cache_goes_with_the_process(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "tmp").mkdir()
    environment = {"XDG_CACHE_HOME": str(tmp_path / place), "HOME": str(tmp_path / "a file")}
    environment |= {"relative": {"XDG_CACHE_HOME": "cache"}, "nowhere": {"XDG_CACHE_HOME": ""}}.get(place, {})
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | environment | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    folder, kept = done.stdout.splitlines()
    assert Path(folder).is_relative_to(tmp_path / "tmp")
    assert kept == "for this process"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a file", "tmp"]
