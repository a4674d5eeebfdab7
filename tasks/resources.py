"""Where files are: config/ and models/ as they ship, and the user's own."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
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


def locate(name: str, folder: str) -> Path | None:
    """Return where a resource is, the user's first; None if it is nowhere.

    A path (a name with a slash) is taken as it is. Any other name is looked for in `folder` of the user's resources
    (the folder that COMMUNIQUE_RESOURCES names, with config/ and models/ in it), then among those that ship, then in
    the working directory.

    Args:
        name: A name or a path.
        folder: Where such resources lie under a resource root: models, config/lexicons, config/sources.
    """
    own = os.environ.get("COMMUNIQUE_RESOURCES")
    roots = [Path(own)] if own else []
    places = [root / folder / name for root in (*roots, resource_root())] if Path(name).name == name else []
    return next((path for path in (*places, Path(name)) if path.exists()), None)


def find_resource(name: str, folder: str) -> Path:
    """Return where a resource is, as `locate` does.

    Raises:
        ConfigError: It is nowhere.
    """
    found = locate(name, folder)
    if found is None:
        raise ConfigError(f"{name}: no such file, and none in {folder}/")
    return found


def list_resources(folder: str, suffix: str) -> dict[str, Path]:
    """Return the files of a folder of resources by name without suffix, the user's instead of one that ships."""
    own = os.environ.get("COMMUNIQUE_RESOURCES")
    roots = [resource_root(), *([Path(own)] if own else [])]
    return {path.stem: path for root in roots for path in sorted((root / folder).glob(f"*{suffix}"))}


def cache_folder() -> Path:
    """Return the folder for what can be made again.

    Where the user has none that can be written to (a container, a service account), it is a temporary one, for this
    process and those that it starts; it goes with the process.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "communique"  # noqa: PTH111
    return home if home.is_absolute() and _can_write(home) else _temporary_cache() / "communique"


@cache
def _temporary_cache() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="communique-cache-"))
    (folder / "communique").mkdir()
    os.environ["XDG_CACHE_HOME"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def digest_files(paths: Iterable[Path]) -> str:
    """Return one hash over the contents of files and folders, but for cards; the order does not matter."""
    digests: set[tuple[str, str]] = set()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not _is_card(file):
                name = file.relative_to(path).as_posix() if path.is_dir() else ""
                with file.open("rb") as source:
                    digests.add((f"{path.name}/{name}", hashlib.file_digest(source, "sha256").hexdigest()))
    return hashlib.sha256(repr(sorted(digests)).encode()).hexdigest()[:16]


def _is_card(file: Path) -> bool:
    """Tell whether a file describes a resource and is no part of it."""
    return file.suffix in (".md", ".pyc") or file.stem.upper() in ("README", "LICENSE")
