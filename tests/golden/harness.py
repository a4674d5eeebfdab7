r"""Golden folders: documents and the rows that must come out of them, as files.

A folder `tests/golden/TABLE/PHENOMENON` holds documents (`*.txt`), what is said of them (`options.toml`, where something
is) and the rows that each must yield (`TABLE.tsv`). README.md beside this file says how to write one.

Order: folder → documents, options, expected rows → for a document, the stages that the expected columns need, as a
batch of its own → rows as text → differences.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import spacy

from tasks.entities.table import annotate_entities
from tasks.errors import ConfigError
from tasks.labels import LABELS
from tasks.normalize.table import normalize_batch
from tasks.publish.table import NEAR, assemble
from tasks.quotes.table import extract_quotes
from tasks.schemas import INGESTED, TABLES
from tasks.settings import Settings, load_settings

ROOT = Path(__file__).parent
_MODELS = tempfile.TemporaryDirectory(prefix="communique-golden-", ignore_cleanup_errors=True)
GOLDEN_TABLES = ("documents", "sentences", "furniture", "entities", "roles", "quotes")
DOCUMENT = "document"  # the column that names the document
_PARTING = "=== "
_OF_ENTITIES = frozenset({"speaker_entity_id", "speaker_id"})  # what quotes take from entities
_ABOUT = ("source", "country", "title", "kind", "published_on")
_OPTIONS = frozenset({*_ABOUT, "settings", "documents", "only", "model"})
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"))

Cells = tuple[str, ...]


class GoldenError(Exception):
    """A golden folder cannot be read; the message names the file and what is wrong in it."""


@dataclass(frozen=True)
class Document:
    """A document of a golden folder, with what its options say of it: source, country, title, kind, published_on."""

    name: str
    text: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """The rows that a table must have: its columns, without `document`, and the cells of each document's rows."""

    table: str
    columns: tuple[str, ...]
    rows: Mapping[str, Sequence[Cells]]
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)  # rows that count: a column and its values


@dataclass(frozen=True)
class Folder:
    """A golden folder."""

    path: Path
    documents: Mapping[str, Document]
    expected: Sequence[Expected]
    settings: Settings

    @property
    def columns(self) -> set[tuple[str, str]]:
        """Every table and column that is compared."""
        return {(one.table, column) for one in self.expected for column in (*one.columns, *one.only, "")}


def find_folders(root: Path = ROOT) -> list[Path]:
    """Return the golden folders: those two below `root`."""
    return sorted(path for path in root.glob("*/*") if path.is_dir() and path.name[0] not in "_.")


def split_documents(text: str, stem: str) -> Iterator[tuple[str, str]]:
    r"""Yield the name and the text of each document of a file; one without a parting line is one document.

    Example:
        >>> list(split_documents("=== a\nOne.\n\n=== b\nTwo.\n", "file"))
        [('a', 'One.'), ('b', 'Two.')]
        >>> list(split_documents("One.\n", "file"))
        [('file', 'One.')]

    Raises:
        GoldenError: Text stands before the first parting line.
    """
    name, lines = stem, list[str]()
    is_parted = False
    for line in text.split("\n"):
        if not line.startswith(_PARTING):
            lines.append(line)
            continue
        body = "\n".join(lines).strip("\n")
        if is_parted:
            yield name, body
        elif body:
            raise GoldenError(f"text stands before the first line `{_PARTING}NAME`")
        name, lines, is_parted = line.removeprefix(_PARTING).strip(), [], True
    yield name, "\n".join(lines).strip("\n")


def read_folder(path: Path) -> Folder:
    """Read a golden folder.

    Raises:
        GoldenError: Something in it is unknown, missing or double.
    """
    options = _read_options(path)
    texts: dict[str, str] = {}
    for file in sorted(path.glob("*.txt")):
        try:
            for name, text in split_documents(file.read_text(encoding="utf-8"), file.stem):
                if not name or not text or name in texts:
                    raise GoldenError(f"document {name!r} is {'named twice' if name in texts else 'empty'}")
                texts[name] = text
        except GoldenError as error:
            raise GoldenError(f"{file}: {error}") from None
    if not texts:
        raise GoldenError(f"{path}: no document; write one into a file *.txt")
    own = options.get("documents", {})
    _refuse_others(path / "options.toml", "document", own, texts)
    common = {key: options[key] for key in _ABOUT if key in options}
    documents = {name: Document(name, text, common | own.get(name, {})) for name, text in texts.items()}
    for name, about in own.items():
        _refuse_others(path / "options.toml", f"option of {name}", about, _ABOUT)
    if not (path / f"{path.parent.name}.tsv").is_file():
        raise GoldenError(f"{path}: no file {path.parent.name}.tsv with the expected rows")
    _refuse_others(path, "table", [file.stem for file in path.glob("*.tsv")], GOLDEN_TABLES)
    _refuse_others(path / "options.toml", "table", options.get("only", {}), GOLDEN_TABLES)
    expected = [
        _read_expected(file, list(texts), options.get("only", {}).get(file.stem, {}))
        for file in sorted(path.glob("*.tsv"))
    ]
    overrides = options.get("settings", {})
    if "model" in options:
        _refuse_others(path / "options.toml", "label", options["model"], LABELS)
        names = tuple((label, name) for label, found in options["model"].items() for name in found)
        overrides = overrides | {"entities": {"model": str(_write_model(names)), "label_map": {}}}
    try:
        settings = load_settings(overrides=overrides)
    except (ConfigError, KeyError, TypeError) as error:
        raise GoldenError(f"{path / 'options.toml'}: settings: {error}") from error
    return Folder(path, documents, expected, settings)


@cache
def _write_model(names: tuple[tuple[str, str], ...]) -> Path:
    """Write a pipeline that finds some names, given with their labels, and no others."""
    nlp = spacy.blank("en")
    if names:
        nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": name} for label, name in names])
    path = Path(tempfile.mkdtemp(dir=_MODELS.name))
    nlp.to_disk(path)
    return path


def _refuse_others(place: Path, what: str, found: Sequence[str] | Mapping[str, Any], known: Any) -> None:
    others = [name for name in found if name not in known]
    if others:
        raise GoldenError(f"{place}: no {what} {', '.join(map(repr, others))}; known: {', '.join(known)}")


def _read_options(path: Path) -> dict[str, Any]:
    file = path / "options.toml"
    if not file.is_file():
        return {}
    try:
        options = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise GoldenError(f"{file}: {error}") from error
    _refuse_others(file, "option", options, sorted(_OPTIONS))
    return options


def _read_expected(file: Path, documents: Sequence[str], only: Mapping[str, Sequence[str]]) -> Expected:
    lines = file.read_text(encoding="utf-8").splitlines()
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("# ")]
    if not numbered:
        raise GoldenError(f"{file}: no header; its first line names the columns that are compared")
    header = numbered[0][1].split("\t")
    known = TABLES[file.stem].schema.names
    _refuse_others(file, "column", header, [DOCUMENT, *known])
    _refuse_others(file, "column", only, known)
    if len(set(header)) < len(header) or not set(header) - {DOCUMENT}:
        raise GoldenError(f"{file}: the header names a column twice, or none to compare: {', '.join(header)}")
    if DOCUMENT not in header and len(documents) > 1:
        raise GoldenError(f"{file}: the folder has {len(documents)} documents, and the header no column `{DOCUMENT}`")
    rows: dict[str, list[Cells]] = {name: [] for name in documents}
    for number, line in numbered[1:]:
        cells = line.split("\t")
        if len(cells) != len(header):
            raise GoldenError(f"{file}, line {number}: {len(cells)} cells, but {len(header)} columns")
        row = dict(zip(header, cells, strict=True))
        name = row.pop(DOCUMENT, documents[0])
        if name not in rows:
            raise GoldenError(f"{file}, line {number}: no document {name!r}; known: {', '.join(documents)}")
        rows[name].append(tuple(row.values()))
    columns = tuple(column for column in header if column != DOCUMENT)
    return Expected(file.stem, columns, rows, only)


def run_document(folder: Folder, document: Document) -> dict[str, list[dict[str, str]]]:
    """Run a document through the stages that the folder needs; return the rows of each table, cells as text."""
    tables = _assemble(folder, document)
    text, raw = (tables["documents"][column][0].as_py() for column in ("text", "raw_text"))
    return {
        name: [
            {column: _write_cell(value, column, row["doc_id"], text, raw) for column, value in row.items()}
            for row in tables[name].to_pylist()
        ]
        for name in GOLDEN_TABLES
    }


def _assemble(folder: Folder, document: Document) -> dict[str, pa.Table]:
    about = document.about
    record = {
        "doc_id": document.name,
        "source_id": about.get("source", "generic"),
        "title": about.get("title"),
        "country": about.get("country"),
        "published_on": _day(about.get("published_on")),
        "kind": about.get("kind", "release"),
        "kind_basis": "dump" if "kind" in about else "default",
        "language": "en",
        "raw_text": document.text,
        "uri": document.name,
        "record": 0,
    }
    settings, columns = folder.settings, folder.columns
    named = {table for table, _ in columns}
    staged = {name: table.staged_schema.empty_table() for name, table in TABLES.items()}
    records = pa.Table.from_pylist([record], INGESTED)
    stages = [normalize_batch(records, settings.normalize)]
    read = [stages[0][name] for name in ("normalized", "sentences", "furniture")]
    if named & {"entities", "roles"} or {column for table, column in columns if table == "quotes"} & _OF_ENTITIES:
        stages.append(annotate_entities(*read, settings.entities))
    if "quotes" in named:
        stages.append(extract_quotes(*read, settings.quotes))
    for found in stages:
        if found["refusals"].num_rows:
            reason = found["refusals"]["message"][0].as_py()
            raise GoldenError(f"{folder.path}: document {document.name!r} is refused: {reason}")
        del found["refusals"]
        staged |= {name: found[table.staged] for name, table in TABLES.items() if table.staged in found}
    return assemble(staged, NEAR.empty_table(), late=(), run_id="golden", pipeline_version="golden")


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _write_cell(value: Any, column: str, doc_id: str, text: str, raw: str) -> str:
    r"""Write a value as a cell of a TSV: pieces of a quotation as text, keys without the document's.

    Example:
        >>> _write_cell([{"start": 0, "end": 2}, {"start": 5, "end": 7}], "segments", "d", "One two", "")
        'On | wo'
        >>> _write_cell("d-e00001", "speaker_entity_id", "d", "", ""), _write_cell(0.254, "score", "d", "", "")
        ('e00001', '0.25')
        >>> _write_cell(None, "cue", "d", "", ""), _write_cell("a\tb", "text", "d", "", "")
        ('', 'a\\tb')
    """
    if value is None:
        return ""
    if column == "segments":
        value = " | ".join(text[piece["start"] : piece["end"]] for piece in value)
    elif column == "edits":
        value = " | ".join(
            f"{edit['kind']} {raw[edit['raw_start'] : edit['raw_end']]}→{edit['replacement']}" for edit in value
        )
    elif isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, float):
        value = str(round(value, 2)).removesuffix(".0")
    elif column.endswith("_id"):
        value = value.removeprefix(f"{doc_id}-")
    written = str(value)
    for plain, escaped in _ESCAPES:
        written = written.replace(plain, escaped)
    return written


def got_rows(expected: Expected, tables: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Cells]:
    """Return the cells of the rows that count, in the columns that are compared."""
    return [
        tuple(row[column] for column in expected.columns)
        for row in tables[expected.table]
        if all(row[column] in values for column, values in expected.only.items())
    ]


def differences(folder: Folder, document: Document) -> str:
    """Return how the rows of a document differ from the expected ones, as text for a person; nothing if they agree."""
    tables = run_document(folder, document)
    parts: list[str] = []
    for one in folder.expected:
        wanted, got = list(one.rows[document.name]), got_rows(one, tables)
        if wanted != got:
            title = f"{folder.path.name}/{one.table}.tsv, document {document.name!r} (- expected, + got):"
            parts.append("\n".join([title, "    " + "\t".join(one.columns), *_compare(wanted, got)]))
    return "\n\n".join(parts)


def _compare(wanted: Sequence[Cells], got: Sequence[Cells]) -> Iterator[str]:
    for action, i, j, k, m in SequenceMatcher(None, wanted, got, autojunk=False).get_opcodes():
        if action == "equal":
            yield from ("    " + "\t".join(row) for row in wanted[i:j])
        else:
            yield from ("  - " + "\t".join(row) for row in wanted[i:j])
            yield from ("  + " + "\t".join(row) for row in got[k:m])


@cache
def read_cached(path: Path) -> Folder:
    """Read a folder once a process."""
    return read_folder(path)


def main(paths: Sequence[str]) -> None:
    """Print, for each folder, the rows that come out now in the columns of its headers."""
    for folder in map(read_folder, map(Path, paths)):
        for one in folder.expected:
            print(f"{folder.path / one.table}.tsv")
            print("\t".join([DOCUMENT, *one.columns]))
            for name, document in folder.documents.items():
                for row in got_rows(one, run_document(folder, document)):
                    print("\t".join([name, *row]))


if __name__ == "__main__":
    main(sys.argv[1:])
