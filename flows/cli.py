"""The `communique` command.

Exit codes: 0 done, 1 failed, 2 usage, 3 done with more rejects than allowed. Results go to stdout, logs to stderr.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import App, Parameter

from tasks.errors import CommuniqueError, DatasetError
from tasks.publish.layout import Layout
from tasks.resources import resource_root

app = App(
    name="communique",
    help="Turn raw dumps of defence-ministry releases into a Parquet dataset.",
    version=version("communique"),
)
config_app = App(name="config", help="Look at the settings.")
app.command(config_app)
train_app = App(name="train", help="Build the models anew from annotated data and text.")
app.command(train_app)

DONE, FAILED, USAGE, TOO_MANY_REJECTS = 0, 1, 2, 3


@app.command
def run(
    *inputs: str,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    source: str = "generic",
    config: Path | None = None,
    workers: Annotated[int, Parameter(validator=cyclopts.validators.Number(gte=0))] = 0,
    limit: Annotated[int | None, Parameter(validator=cyclopts.validators.Number(gt=0))] = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Build a dataset, or bring it up to date.

    What is in the dataset already is left alone, so an interrupted run goes on where it stopped when the same
    command is given again.

    Parameters
    ----------
    inputs
        Files, folders, globs or archives.
    out
        Folder of the dataset.
    source
        Publisher: the column map config/sources/ID.toml.
    config
        TOML file laid over the default settings.
    workers
        Batches worked on at a time; 0: one a core.
    limit
        Read only so many records.
    dry_run
        Show what would be read, and write nothing.
    """
    from tasks.settings import load_settings

    if not inputs:
        print("communique run: no INPUT given; see communique run --help", file=sys.stderr)
        return USAGE
    if dry_run:
        return _show_plan(inputs, source, config)
    settings = load_settings(config)
    _prepare_prefect(out)
    from flows.corpus import build_corpus

    try:
        ledger = build_corpus(
            list(inputs),
            str(out),
            source_id=source,
            config=str(config) if config else None,
            workers=workers,
            limit=limit,
        )
    except KeyboardInterrupt:
        print(f"interrupted; what was finished is in {out}. Give the same command again to go on.", file=sys.stderr)
        return FAILED
    _keep_database()
    counts = ledger.counts
    print(
        f"{counts.records:,} records read = {counts.documents:,} documents + {counts.duplicates:,} duplicates"
        f" + {counts.rejects:,} rejects"
    )
    print(
        f"{counts.sentences:,} sentences, {counts.entities:,} entities, {counts.quotes:,} quotes,"
        f" {counts.roles:,} roles; {counts.near_duplicates:,} near-duplicates"
    )
    print(f"{ledger.batches_written} of {counts.batches} batches written to {out} (run {ledger.run_id})")
    if counts.records and counts.rejects / counts.records > settings.run.max_reject_share:
        print(
            f"{counts.rejects} of {counts.records} records rejected: more than run.max_reject_share ="
            f" {settings.run.max_reject_share}; see the table rejects",
            file=sys.stderr,
        )
        return TOO_MANY_REJECTS
    return DONE


@app.command
def restore(file: Path | None = None) -> int:
    """Put lost spaces back and repair apostrophes: a line in, a line out.

    Parameters
    ----------
    file
        UTF-8 text; standard input if absent.
    """
    from tasks.normalize.restore import restore_lines

    with open(
        sys.stdin.fileno() if file is None else file, encoding="utf-8", newline="\n", closefd=file is not None
    ) as source:
        ends: deque[str] = deque()

        def bodies() -> Iterator[str]:
            for line in source:
                body = line.rstrip("\r\n")
                ends.append(line[len(body) :])
                yield body

        for line in restore_lines(bodies()):
            sys.stdout.write(line + ends.popleft())
    sys.stdout.flush()
    return DONE


@app.command
def explain(dataset: Path, doc_id: str) -> int:
    """Show a document: the raw text with its repairs marked, its entities and quotes, and the rules that fired.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    doc_id
        doc_id or external_id.
    """
    from flows.explain import explain_document

    print(explain_document(dataset, doc_id))
    return DONE


@app.command
def status(dataset: Path) -> int:
    """Show what a dataset holds and how its runs ended.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    """
    from flows.ledger import Counts
    from tasks.publish.manifest import read_manifests

    layout = _layout(dataset)
    counts: dict[str, Counts] = {}
    for manifest in read_manifests(layout).values():
        counts.setdefault(manifest.source_id, Counts()).add(manifest)
    for source, total in sorted(counts.items()):
        print(
            f"source {source}: "
            + ", ".join(f"{value:,} {name.replace('_', '-')}" for name, value in vars(total).items())
        )
    for path in sorted(layout.runs.glob("*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        last = run["attempts"][-1]
        print(f"run {run['run_id']}: {run['status']}, attempt {len(run['attempts'])} started {last['started_at']}")
        for failure in run["failures"]:
            print(f"  {failure}")
    return DONE


@app.command
def verify(dataset: Path) -> int:
    """Check a dataset against its manifests and its contract. Prints a line for each fault; exit code 1 if any.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    """
    from tasks.publish.manifest import read_manifests
    from tasks.publish.verify import verify_dataset

    layout = _layout(dataset)
    faults = 0
    for fault in verify_dataset(layout):
        faults += 1
        print(fault)
    if not faults:
        manifests = read_manifests(layout)
        print(f"{dataset}: {len(manifests)} batches, {sum(len(m.files) for m in manifests.values())} files, no faults")
    return FAILED if faults else DONE


@train_app.command(name="restore")
def train_restore_command(*, data: Path, out: Path | None = None, recipe: str = "restore.toml") -> int:
    """Learn where spaces belong, from text.

    Parameters
    ----------
    data
        Folder that holds the texts and lists that the recipe names.
    out
        Folder of the resource; models/restore if absent.
    recipe
        A file in config/training, or a path.
    """
    target = out or resource_root() / "models" / "restore"
    _prepare_prefect(target)
    from flows.training import train_restore

    print(train_restore(data, target, recipe))
    return DONE


@train_app.command(name="entities")
def train_entities_command(*, data: Path, out: Path | None = None, recipe: str = "entities.toml") -> int:
    """Train the entity model.

    Parameters
    ----------
    data
        Folder that holds the corpora that the recipe names.
    out
        Folder of the model; models/entities if absent.
    recipe
        A file in config/training, or a path.
    """
    target = out or resource_root() / "models" / "entities"
    _prepare_prefect(target)
    from flows.training import train_entities

    print(train_entities(data, target, recipe))
    return DONE


@train_app.command(name="quotes")
def train_quotes_command(*, data: Path, out: Path | None = None, recipe: str = "quotes.toml") -> int:
    """Train the model of attributions.

    Parameters
    ----------
    data
        Folder that holds the corpora and texts that the recipe names.
    out
        Folder of the model; models/quotes if absent.
    recipe
        A file in config/training, or a path; quotes_releases.toml leaves PolNeAR out.
    """
    target = out or resource_root() / "models" / "quotes"
    _prepare_prefect(target)
    from flows.training import train_quotes

    print(train_quotes(data, target, recipe))
    return DONE


@config_app.command
def show(config: Path | None = None) -> int:
    """Print the settings in force as TOML.

    Parameters
    ----------
    config
        TOML file laid over the default settings.
    """
    from tasks.settings import load_settings

    for name, section in load_settings(config).model_dump(mode="json").items():
        _print_section(name, section)
    return DONE


def _print_section(name: str, section: dict[str, object]) -> None:
    print(f"[{name}]")
    for key, value in section.items():
        if not isinstance(value, dict) or not value:
            print(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    print()
    for key, value in section.items():
        if isinstance(value, dict) and value:
            _print_section(f"{name}.{key}", value)


def _layout(dataset: Path) -> Layout:
    layout = Layout(dataset)
    if not layout.manifests.is_dir():
        raise DatasetError(f"{dataset}: not a dataset (it has no _manifest folder)")
    return layout


def _show_plan(inputs: Sequence[str], source: str, config: Path | None) -> int:
    from tasks.ingest.plan import plan_units
    from tasks.ingest.sources import load_source
    from tasks.settings import load_settings

    load_source(source)
    units = list(plan_units(inputs, load_settings(config).ingest))
    for unit in units:
        for file in unit.files:
            print(f"{file.size:>12,}  {file.uri}")
    print(f"{sum(len(u.files) for u in units):,} files in {len(units):,} units would be read as source {source}")
    return DONE


def _prepare_prefect(dataset: Path) -> None:
    """Set what Prefect and numpy take from the environment, before they are imported, and start Prefect's server.

    What the user has set stays. Without a server of the user's, each dataset gets a database of its own in the user's
    cache, so that runs on several datasets do not lock each other out.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = sha256(str(dataset.resolve()).encode()).hexdigest()[:12]
    defaults = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "tasks,flows",
        "PREFECT_HOME": str(_make_folder(cache / "communique" / "prefect" / key)),
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "DO_NOT_TRACK": "1",
        "OPENBLAS_NUM_THREADS": "1",  # a worker a core: threads inside a worker only stand in the others' way
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    database, template = Path(os.environ["PREFECT_HOME"]) / "prefect.db", _database_template()
    is_ours = os.environ["PREFECT_HOME"] == defaults["PREFECT_HOME"]
    if is_ours and template.exists() and not database.exists():
        shutil.copyfile(template, database)
    from flows.runner import start_server

    start_server()


def _database_template() -> Path:
    """Return where a database with Prefect's tables is kept: to make one takes seconds, to copy it does not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "communique" / "prefect" / f"tables-{version('prefect')}.db"


def _keep_database() -> None:
    """Keep this run's database as the template, if there is none."""
    database, template = Path(os.environ["PREFECT_HOME"]) / "prefect.db", _database_template()
    if database.parent.parent != template.parent or not database.exists() or template.exists():
        return
    partial = template.with_suffix(f".{os.getpid()}")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.replace(template)
    except (OSError, sqlite3.Error) as error:  # the run is done; the next one makes its tables itself
        logging.getLogger(__name__).debug("no template of the database: %s", error)
        partial.unlink(missing_ok=True)


def _make_folder(path: Path) -> Path:
    """Make a folder, elsewhere if it cannot be made there: a home may be missing or read-only."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="communique-prefect-"))
    return path


def main() -> None:
    """Run the command and exit with its code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "prefect", "trafilatura", "htmldate", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        code = app(exit_on_error=False, result_action="return_value")
    except cyclopts.CycloptsError:
        code = USAGE
    except CommuniqueError as error:
        print(f"communique: {error}", file=sys.stderr)
        code = FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    except OSError as error:  # a full disk, a folder that cannot be written to: the same command goes on afterwards
        print(f"communique: {error}", file=sys.stderr)
        code = FAILED
    sys.exit(code if isinstance(code, int) else DONE)


if __name__ == "__main__":
    main()
