"""Where files are that ship with the program: config/ and models/."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tasks.errors import ConfigError


@cache
def resource_root() -> Path:
    """Return the folder that holds config/ and models/: the checkout, or the data of the installed wheel."""
    package = Path(__file__).resolve().parent
    for root in (package.parent, package / "_resources"):
        if (root / "config" / "default.toml").is_file():
            return root
    raise ConfigError(f"config/default.toml is neither beside {package} nor inside it; the installation is incomplete")


def find_resource(name: str, folder: str) -> Path:
    """Return a user's path if it exists, else the shipped file of that name in `folder`.

    Raises:
        ConfigError: Neither exists.
    """
    own = Path(name)
    shipped = resource_root() / folder / name
    for path in (shipped, own):
        if path.exists():
            return path
    raise ConfigError(f"{name}: no such file, and none in {folder}/")


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_files(paths: Iterable[Path]) -> str:
    """Return one hash over the contents of files and folders; the order does not matter."""
    files = sorted(f for p in paths for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.is_file())
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.name}\0{_digest(file)}\n".encode())
    return total.hexdigest()[:16]
