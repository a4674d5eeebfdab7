"""What tables are made with: a fingerprint for each stage, of everything that decides its output.

Order: its code, with all of its package that its task needs and what these use of shared modules → the settings that it
reads → the content of the files that settings and code name → the versions of the packages that the code imports →
one hash.

Tables, views and labels count by the entries that a stage names. Docstrings, comments and cards do not count.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

from flows import code
from flows.stages import STAGES, Stage
from tasks.ingest.sources import Source
from tasks.resources import cache_folder, digest_files, locate
from tasks.schemas import TABLES, VIEWS, Table
from tasks.settings import Resource, Settings

#: Registries: what a stage takes of them counts by what it yields, not as a whole.
_REGISTRIES = frozenset({"tasks.schemas:TABLES", "tasks.schemas:VIEWS"})
#: Packages that carry tables, settings and tasks, and do not decide what is in them.
_CARRIERS = frozenset({"obstore", "prefect", "pyarrow", "pydantic", "pydantic_settings"})
_LEXICON = ".tsv"
#: Distributions that are named otherwise than what they bring.
_NAMED = {"yaml": "PyYAML", "dateutil": "python-dateutil"}


def fingerprint_stages(settings: Settings, source: Source, limit: int | None) -> dict[str, str]:
    """Return a hash for each stage over everything that decides its output.

    A stage whose fingerprint differs from the one in a batch's manifest is done again for it, with all that follow.

    Args:
        settings: All settings; those of a stage's own section count.
        source: The publisher's column map, which ingest reads.
        limit: Records that are read at most.
    """
    read = _CodeCache(cache_folder() / "code.json")
    found = {stage.name: _fingerprint(stage, settings, source, limit, read) for stage in STAGES.values()}
    read.keep()
    return found


def pipeline_version(fingerprints: Mapping[str, str]) -> str:
    """Return the version of the program with a hash over all stages.

    Example:
        >>> pipeline_version({"ingest": "a", "quotes": "b"}).split("+")[1]
        '89eae53a'
    """
    total = hashlib.sha256(json.dumps(dict(fingerprints), sort_keys=True).encode()).hexdigest()[:8]
    return f"{version('communique')}+{total}"


def _fingerprint(stage: Stage, settings: Settings, source: Source, limit: int | None, read: _CodeCache) -> str:
    reached = reach_of(stage, read)
    section = getattr(settings, stage.name) if stage.has_settings else None
    values: dict[str, Any] = {
        "code": dict(reached.digests),
        "settings": section.model_dump(mode="json", exclude=_resource_fields(section)) if section else None,
        "files": _digest_named(files_of(stage, section, reached)),
        "packages": {name: _version(name) for name in sorted({*reached.packages, *stage.packages})},
        "tables": [_describe(table) for table in _tables_of(stage)],
    }
    if stage.scope == "unit":
        values |= {"source": source.model_dump(mode="json"), "limit": limit}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def reach_of(stage: Stage, read: _CodeCache) -> code.Reach:
    """Return the code that a stage's task needs: of its own package whole modules, of shared ones what is used."""
    package = f"tasks.{stage.name}."
    reached = code.reach(
        [stage.module],
        read,
        own=lambda module: module.partition(".")[0] == "tasks",
        whole=lambda module: module.startswith(package),
        without=_REGISTRIES,
    )
    packages = frozenset(name for name in reached.packages if name not in _CARRIERS and _version(name))
    return code.Reach(reached.digests, reached.strings, packages)


def files_of(stage: Stage, section: BaseModel | None, reached: code.Reach) -> dict[str, Path]:
    """Return the files and folders whose content decides a stage's output, by what names them.

    These are the lexicons that its code names, the models of the registry, and what its settings name; an installed
    spaCy pipeline counts, too. What cannot be found is left to the stage, which says so.
    """
    named = {f"config/lexicons/{name}": locate(name, "config/lexicons") for name in _lexicons(reached.strings)}
    named |= {name: locate(Path(name).name, Path(name).parent.as_posix()) for name in stage.resources}
    for field, folder in _resources(section).items():
        name = getattr(section, field)
        named[f"{stage.name}.{field}"] = locate(name, folder) or _installed(name)
    return {name: path for name, path in named.items() if path is not None}


def _lexicons(strings: Iterable[str]) -> list[str]:
    return sorted(s for s in strings if s.endswith(_LEXICON) and Path(s).name == s and s != _LEXICON)


def _resources(section: BaseModel | None) -> dict[str, str]:
    """Return the settings of a section that name a file, with the folder where that is looked for."""
    fields = type(section).model_fields if section else {}
    return {
        name: mark.folder for name, field in fields.items() for mark in field.metadata if isinstance(mark, Resource)
    }


def _resource_fields(section: BaseModel) -> set[str]:
    return set(_resources(section))


def _installed(name: str) -> Path | None:
    """Return the folder of an installed package; None if there is none of that name."""
    spec = find_spec(name) if name.isidentifier() else None
    return Path(spec.origin).parent if spec and spec.origin else None


def _digest_named(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: digest_files([path]) for name, path in sorted(files.items())}


@cache
def _version(package: str) -> str:
    """Return the version of the distribution that brings a package; empty for one of the standard library or none."""
    if package in sys.stdlib_module_names:
        return ""
    try:
        return version(_NAMED.get(package, package))
    except PackageNotFoundError:  # an extra that is not installed
        return ""


def _tables_of(stage: Stage) -> list[Table]:
    """Return the tables that count for a stage: what it yields, and for publish what all stages yield."""
    if stage.name != "publish":
        return [(TABLES | VIEWS)[name] for name in stage.yields]
    stages = set(STAGES)
    return [table for table in TABLES.values() if table.stage in stages]


def _describe(table: Table) -> list[object]:
    return [
        table.name, table.stage, table.key, table.spans, table.is_of_documents, table.added, table.staged,
        {column: sorted(values) for column, values in sorted(table.vocabularies.items())},
        [_describe_field(field) for field in table.schema],
    ]  # fmt: skip


def _describe_field(field: pa.Field) -> list[object]:
    described = (field.metadata or {}).get(b"description", b"").decode()
    return [field.name, str(field.type), field.nullable, described]


class _CodeCache:
    """Reads modules, and keeps what they say on disk: by the content of the source, which nothing can outdate.

    Args:
        path: The file, which need not exist, nor be writable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._form = _digest(Path(code.__file__).read_bytes())
        self._modules: dict[str, code.Module | None] = {}
        self._used: dict[str, dict[str, Any]] = {}
        self._known = self._load()

    def __call__(self, name: str) -> code.Module | None:
        """Return a module by name."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def keep(self) -> None:
        """Write what was read, if any of it is new and there is a place for it."""
        if self._used.keys() <= self._known.keys():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial = self._path.with_name(f"{self._path.name}.{_digest(repr(sorted(self._used)).encode())}")
            partial.write_text(json.dumps({"form": self._form, "modules": self._used}), encoding="utf-8")
            partial.replace(self._path)
        except OSError:  # no home, or a full disk: the next run reads the sources again
            return

    def _load(self) -> dict[str, dict[str, Any]]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            return dict(values["modules"]) if values["form"] == self._form else {}
        except (OSError, ValueError, KeyError, TypeError):  # none yet, or damaged
            return {}

    def _read(self, name: str) -> code.Module | None:
        path = code.find_source(name)
        if path is None:
            return None
        source = path.read_bytes()
        key = _digest(source)
        known = self._known.get(key)
        module = code.Module.from_json(known) if known else code.read_module(source.decode("utf-8"))
        self._used[key] = known or module.to_json()
        return module


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
