"""The `communique` command.

Exit codes: 0 done, 1 failed, 2 usage, 3 done with more rejects than allowed, 143 told to stop by SIGTERM, 130 by
Ctrl-C (a run: 1, what it finished is kept). Results go to stdout, logs to stderr.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import cyclopts
from cyclopts import App, Parameter

from flows.progress import show_step
from flows.server import check_room, hold_service, keep_database, prepare_prefect, prepare_service
from tasks.errors import CommuniqueError, ConfigError, DatasetError, TooManyRejects
from tasks.objects import full_place, is_address
from tasks.publish.dataset import check_dataset, check_version, is_dataset
from tasks.publish.layout import Layout

if TYPE_CHECKING:
    from flows.ledger import Ledger

app = App(
    name="communique",
    help="Turn raw dumps of defence-ministry releases into a Parquet dataset.",
    version=lambda: version("communique"),
    suppress_keyboard_interrupt=False,  # main says what was interrupted, and by what
)
app.register_install_completion_command()
config_app = App(name="config", help="Look at the settings.")
app.command(config_app)

_LOG = 4  # the first schema with a log of commits
DONE, FAILED, USAGE, TOO_MANY_REJECTS = 0, 1, 2, 3
INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM was received: a supervisor's Ctrl-C."""


def _is_termination(error: BaseException | None) -> bool:
    """Tell whether SIGTERM lies behind an error: in a flow Prefect raises it, and what it stands in may wrap it."""
    while error is not None:
        if "TerminationSignal" in f"{type(error).__name__}: {error}":
            return True
        error = error.__cause__ or error.__context__
    return False


@app.command
def run(
    *inputs: str,
    out: Annotated[str, Parameter(name=["--out", "-o"])],
    source: str = "generic",
    config: Path | None = None,
    workers: Annotated[int, Parameter(validator=cyclopts.validators.Number(gte=0))] = 0,
    limit: Annotated[int | None, Parameter(validator=cyclopts.validators.Number(gt=0))] = None,
    prune: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Build a dataset, or bring it up to date.

    What is in the dataset already is left alone, so an interrupted run goes on where it stopped when the same
    command is given again.

    Parameters
    ----------
    inputs
        Files, folders, globs, archives, or addresses such as s3://bucket/dumps/.
    out
        Folder of the dataset, or its address: s3://bucket/prefix.
    source
        Publisher: the column map config/sources/ID.toml.
    config
        TOML file laid over the default settings.
    workers
        Batches worked on at a time; 0: one a core.
    limit
        Read only so many records.
    prune
        Take the rows out whose file is no more in the input.
    dry_run
        Show what would be read, and write nothing.
    """
    if not inputs:
        print("communique run: no INPUT given; see communique run --help", file=sys.stderr)
        return USAGE
    if dry_run:
        return _show_plan(inputs, out, source, config)
    _check_before_start(inputs, out, source, config)
    refused: TooManyRejects | None = None
    try:
        from flows.attempt import finish_idle

        ledger = finish_idle(inputs, out, source, config, workers, limit, prune)
        if ledger is None:
            ledger = _run_flow(inputs, out, source, config, workers, limit, prune)
    except TooManyRejects as error:
        ledger, refused = error.ledger, error
    except KeyboardInterrupt as stop:
        print(f"interrupted; what was finished is in {out}. Give the same command again to go on.", file=sys.stderr)
        return TERMINATED if isinstance(stop, Terminated) else FAILED
    from tasks.schemas import ACCOUNTED
    from tasks.settings import load_settings

    counts = ledger.counts
    print(f"{counts.records:,} records read = {' + '.join(f'{counts.rows[name]:,} {name}' for name in ACCOUNTED)}")
    found = ", ".join(f"{rows:,} {name}" for name, rows in counts.rows.items() if name not in ACCOUNTED)
    print(f"{found}; {counts.near_duplicates:,} near-duplicates")
    if not load_settings(config).figures.forms:
        print("figures are off; the setting figures.forms has runs find them")
    print(f"files: {', '.join(f'{number:,} {what}' for what, number in ledger.files.items())}")
    print(f"{ledger.batches_written} of {counts.batches} batches written to {out} (run {ledger.run_id})")
    if ledger.gone and not prune:
        print(f"{len(ledger.gone):,} files are gone from the input; their rows stay without --prune", file=sys.stderr)
    if ledger.stale_views:
        print(f"stale: {', '.join(ledger.stale_views)}; communique views {out} makes them anew", file=sys.stderr)
    if refused:
        print(refused, file=sys.stderr)
    return TOO_MANY_REJECTS if refused else DONE


@app.command
def schedule(
    *inputs: str,
    out: Annotated[str, Parameter(name=["--out", "-o"])],
    cron: str | None = None,
    interval: timedelta | None = None,
    timezone: str | None = None,
    source: str = "generic",
    config: Path | None = None,
    workers: Annotated[int, Parameter(validator=cyclopts.validators.Number(gte=0))] = 0,
    prune: Annotated[bool, Parameter(negative="")] = False,
    name: str | None = None,
    notify: str | None = None,
) -> int:
    """Bring a dataset up to date again and again, until stopped: one run at a time, seen in Prefect's pages.

    A run that is due while another is under way is skipped. Of those missed while nothing served, one is made up for.

    Parameters
    ----------
    inputs
        Files, folders, globs or archives, or s3://bucket/prefix; only what is new or changed is read.
    out
        Folder of the dataset, or its address in object storage.
    cron
        When, in five fields: "0 3 * * *" is three at night.
    interval
        Or how often: 15m, 6h, 1d.
    timezone
        What the hours of cron are those of, such as Europe/Oslo; this machine's time zone if absent.
    source
        Publisher: the column map config/sources/ID.toml.
    config
        TOML file laid over the default settings.
    workers
        Batches worked on at a time; 0: one a core.
    prune
        Take the rows out whose file is no more in the input.
    name
        What the deployment is called; the name of the dataset's folder if absent.
    notify
        What is told of a run that failed or vanished: a URL, which gets JSON, or the name of a block, such as
        sendgrid-email/desk.
    """
    if not inputs:
        print("communique schedule: no INPUT given; see communique schedule --help", file=sys.stderr)
        return USAGE
    if (cron is None) == (interval is None):
        print("communique schedule: give --cron or --interval, one of them", file=sys.stderr)
        return USAGE
    from flows.timetable import check_name, check_notify, make_timetable

    timetable = make_timetable(cron, interval, timezone)
    name = Layout(out).name if name is None else name
    check_name(name)
    if notify is not None:
        check_notify(notify)
    _check_before_start(inputs, out, source, config)
    parameters = {
        "inputs": [full_place(given) for given in inputs],
        "dataset": full_place(out),
        "source_id": str(Path(source).absolute()) if source.endswith(".toml") else source,
        "config": str(config.absolute()) if config else None,
        "workers": workers,
        "prune": prune,
    }
    with hold_service(Layout(out).local, out):
        pages = prepare_service(Layout(out).local)
        from flows.schedule import Order, serve

        serve(Order(name, timetable, parameters, notify), pages)
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
def explain(dataset: str, doc_id: str) -> int:
    """Show a document: the raw text with its repairs marked, its entities and quotes, and the rules that fired.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    doc_id
        doc_id or external_id.
    """
    from flows.explain import explain_document

    print(explain_document(_layout(dataset).root, doc_id))
    return DONE


@app.command
def status(dataset: str) -> int:
    """Show what a dataset holds and how its runs ended.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    """
    from flows.ledger import Counts
    from flows.views import find_stale
    from tasks.publish.log import read_snapshot
    from tasks.publish.views import read_views

    layout = _layout(dataset)
    counts: dict[str, Counts] = {}
    snapshot = read_snapshot(layout)
    for segment, batch in snapshot.batches.values():
        counts.setdefault(segment.source_id, Counts()).add(batch)
    for source, total in sorted(counts.items()):
        listed = (f"{value:,} {name.replace('_', '-')}" for name, value in total.listed().items())
        print(f"source {source}: {', '.join(listed)}")
    if counts and not any(total.rows["figures"] for total in counts.values()):
        print("table figures: no rows; a run finds figures where figures.forms is set")
    commands = {name: "views" for stage in find_stale(layout, snapshot, None) for name in stage.yields}
    for stage in find_stale(layout, snapshot, None, on_demand=("formulas",)):
        commands |= dict.fromkeys(stage.yields, stage.name)
    for name, view in read_views(layout).items():
        anew = f"communique {commands.get(name)} {dataset} makes it anew"
        state = f", stale: rows have changed; {anew}" if name in commands else ""
        print(f"view {name}: {view.rows:,} rows{state}")
    runs = sorted(
        (json.loads(layout.store.read(key)) for key in layout.run_files()),
        key=lambda run: (run["attempts"][-1]["started_at"], run["run_id"]),
    )
    for source, gone in {run["source_id"]: run.get("gone", ()) for run in runs}.items():
        left = [uri for uri in gone if (source, uri) in snapshot.inputs]
        if left:
            print(f"source {source}: {len(left):,} files are gone from the input (run --prune), such as {left[0]}")
    for run in runs:
        last = run["attempts"][-1]
        print(f"run {run['run_id']}: {run['status']}, attempt {len(run['attempts'])} started {last['started_at']}")
        for failure in run["failures"]:
            print(f"  {failure}")
    return DONE


@app.command
def verify(dataset: str, *, quick: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Check a dataset against its commits and its contract. Prints a line for each fault; exit code 1 if any.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    quick
        Look at commits, names and sizes only, not into files.
    """
    from tasks.publish.log import read_snapshot
    from tasks.publish.verify import verify_dataset

    layout = _layout(dataset)
    faults = 0
    for fault in verify_dataset(layout, quick=quick):
        faults += 1
        print(fault)
    if not faults:
        snapshot = read_snapshot(layout)
        print(f"{dataset}: {len(snapshot.segments):,} segments, {len(list(snapshot.files())):,} files, no faults")
    return FAILED if faults else DONE


@app.command
def files(dataset: str, table: str | None = None, *, sql: Annotated[bool, Parameter(negative="")] = False) -> int:
    """List the Parquet files that a dataset consists of: what is committed, whatever is written meanwhile.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    table
        One table or view; all if absent.
    sql
        Print DuckDB views over the files instead: communique files DATASET --sql > views.sql
    """
    from flows.upkeep import list_files, sql_views

    found = list_files(_layout(dataset), table)
    for line in sql_views(found) if sql else (path for paths in found.values() for path in paths):
        print(line)
    return DONE


@app.command
def report(
    dataset: str,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("report.html"),
    source: Annotated[tuple[str, ...], Parameter(negative="", consume_multiple=False)] = (),
    first: Annotated[str | None, Parameter(name="--from")] = None,
    last: Annotated[str | None, Parameter(name="--to")] = None,
) -> int:
    """Make a report: one HTML file to read, mail and print, with plots, tables and how each figure is computed.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    out
        The file.
    source
        Only releases of this publisher; may be given several times.
    first
        Only releases published on this day or later: 2024-05-17, or a month or year, 2024-05 or 2024.
    last
        Only releases published on this day or earlier; of a month or year its last day.
    """
    from explorer.report.page import write_report
    from explorer.report.scope import Scope, parse_first, parse_last

    scope = Scope(source, parse_first(first) if first else None, parse_last(last) if last else None)
    size = write_report(_layout(dataset), out, scope)
    print(f"{out}: {size:,} bytes")
    return DONE


@app.command
def compact(dataset: str, *, config: Path | None = None) -> int:
    """Merge the small files that many small runs left.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    config
        TOML file laid over the default settings: run.segment_bytes says how large files become.
    """
    from flows.upkeep import compact_dataset
    from tasks.settings import load_settings

    merged, made = compact_dataset(_layout(dataset, may_be_old=True), load_settings(config).run)
    print(f"{dataset}: {merged:,} segments merged into {made:,}" if merged else f"{dataset}: nothing to merge")
    return DONE


@app.command
def views(dataset: str, *, config: Path | None = None) -> int:
    """Make the views over the whole dataset anew where what they are made from has changed.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    config
        TOML file laid over the default settings.
    """
    from flows.upkeep import make_views_anew
    from tasks.settings import load_settings

    made = make_views_anew(_layout(dataset), load_settings(config))
    print(f"{dataset}: {', '.join(made)} made" if made else f"{dataset}: no view is stale")
    return DONE


@app.command
def formulas(
    dataset: str,
    *,
    first: Annotated[int, Parameter(validator=cyclopts.validators.Number(gte=0))] = 50,
    replaced: Annotated[bool, Parameter(negative="")] = False,
    words: str = "",
) -> int:
    """Find wording that recurs: 5 to 12 words, names masked, in 5 documents and on 3 days; first and last use of each.

    The first call, and one after rows have changed, makes the views formulas and formula_uses of the dataset. Prints
    tab-separated lines: documents, first and last use, later releases of its publishers, what replaced it, the wording.

    Parameters
    ----------
    dataset
        Folder of the dataset, or its address: s3://bucket/prefix.
    first
        Print so many, those of most documents first; 0: make the views and print none.
    replaced
        Only wording in which one word was replaced by another.
    words
        Only wording that contains this, in small letters; names are their labels: "invitation of GPE".
    """
    from flows.upkeep import list_formulas, make_views_anew
    from tasks.settings import load_settings

    layout = _layout(dataset)
    with show_step("finding wording that recurs"):
        make_views_anew(layout, load_settings(), on_demand=("formulas",))
    for line in list_formulas(layout, first, words, only_replaced=replaced):
        print(line)
    return DONE


@app.command
def export(dataset: str, *, delta: Path) -> int:
    """Register the files of a dataset as tables of Delta Lake, without copying them. Again: what has changed since.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    delta
        Folder of the tables, on the same file system; this dataset alone is exported to it.
    """
    from tasks.publish.delta import export_delta

    for found in export_delta(_layout(dataset), delta, now=datetime.now(UTC)):
        change = f"{found.come:,} files came, {found.gone:,} went" if found.come or found.gone else "as it was"
        print(f"{delta / found.table}: version {found.version}, {found.rows:,} rows, {change}")
    return DONE


@app.command
def explore(
    dataset: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8642,
    open: Annotated[bool, Parameter(negative="")] = False,
    sql: Annotated[bool, Parameter(negative="")] = False,
    raw_csv: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Search a dataset in a browser (extra `explore`). Indexes it first, beside it in _explore, until Ctrl-C.

    Parameters
    ----------
    dataset
        Folder of the dataset. Nothing in it is changed; _explore may be deleted at any time.
    host
        Address to listen at. Anyone who reaches another than this machine's own can read the dataset.
    port
        Port to listen at; 0: any that is free.
    open
        Lead the browser there.
    sql
        Add a page for queries of your own, read-only.
    raw_csv
        Leave texts of exported CSV as they are where a spreadsheet would take them for formulas.
    """
    _layout(dataset)
    try:
        from explorer.serve import explore as serve
    except ImportError as error:
        raise ConfigError('the explorer needs the extra: pip install "communique[explore]"') from error
    serve(dataset, host=host, port=port, open_browser=open, sql=sql, raw_csv=raw_csv)
    return DONE


@app.command
def train(model: str, /, *, data: Path, out: Path | None = None, recipe: str | None = None) -> int:
    """Build a model or generated lexicons anew. Exit code 2 if there is no such MODEL.

    Parameters
    ----------
    model
        What to build: restore, entities, quotes, scores, antecedents, entity_scores, lexicons, names or
        words.
    data
        Folder that holds the corpora, texts and lists that it is learned from; models/MODEL/README.md says which.
    out
        Folder of the result. If absent, what the program itself reads is replaced: models/MODEL, config/lexicons.
    recipe
        What goes in: a file in config/training, or a path; MODEL.toml if absent. scores, antecedents, entity_scores,
        lexicons, names and words have none. quotes_releases.toml leaves PolNeAR out.
    """
    from training.registry import TRAININGS, describe_trainings

    if model not in TRAININGS:
        print(f"communique train: no MODEL {model!r}; there are\n{describe_trainings()}", file=sys.stderr)
        return USAGE
    prepare_prefect(TRAININGS[model].folder(out))
    from training.flow import train as build

    print(build(model, data, out, recipe))
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


def _layout(dataset: str, *, may_be_old: bool = False) -> Layout:
    layout = Layout(dataset)
    if not is_dataset(layout):
        raise DatasetError(f"{dataset}: not a dataset (it has neither {layout.card} nor _manifest)")
    check_version(layout, oldest=0 if may_be_old else _LOG)
    return layout


def _run_flow(
    inputs: Sequence[str],
    out: str,
    source: str,
    config: Path | None,
    workers: int,
    limit: int | None,
    prune: bool,
) -> Ledger:
    """Start what Prefect needs, and let it run the flow."""
    with show_step("starting Prefect"):
        prepare_prefect(Layout(out).local)
        from flows.corpus import build_corpus

    try:
        ledger: Ledger = build_corpus(
            list(inputs),
            out,
            source_id=source,
            config=str(config) if config else None,
            workers=workers,
            limit=limit,
            prune=prune,
        )
    except (CommuniqueError, OSError):
        raise
    except Exception as error:
        if _is_termination(error):
            raise Terminated from error
        check_room()  # Prefect's client says "Internal Server Error" where its server's disk is full
        raise
    keep_database()
    return ledger


def _check_before_start(inputs: Sequence[str], out: str, source: str, config: Path | None) -> None:
    """See what can be seen of a command before anything is started that takes long."""
    from tasks.ingest.plan import check_inputs
    from tasks.ingest.sources import load_source
    from tasks.settings import load_settings

    check_inputs(inputs, leave_out=out)
    load_source(source)
    if load_settings(config).run.report:
        from explorer.report.page import check_extra

        check_extra()
    check_dataset(Layout(out))
    if is_address(out):
        return
    folder = Path(out).absolute()
    place = next(place for place in (folder, *folder.parents) if place.exists())
    if not place.is_dir():
        raise ConfigError(f"{out}: {place} is no folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise ConfigError(f"{out}: {place} cannot be written to")


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _show_plan(inputs: Sequence[str], out: str, source: str, config: Path | None) -> int:
    from tasks.ingest.plan import group_files, plan_input
    from tasks.ingest.sources import load_source
    from tasks.settings import load_settings

    load_source(source)
    settings = load_settings(config).ingest
    plan = plan_input(inputs, settings, leave_out=out, now=datetime.now(UTC))
    units = list(group_files(plan.files, settings))
    for unit in units:
        for file in unit.files:
            print(f"{file.size:>12,}  {file.uri}")
    print(f"{len(plan.files):,} files in {len(units):,} units would be read as source {source}")
    if plan.unreadable:
        print(f"{len(plan.unreadable):,} files or folders cannot be read")
    return DONE


def main() -> None:
    """Run the command and exit with its code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    if sys.stderr.isatty():  # where a bar tells how far it is, a line a batch is for Prefect's pages alone
        for handler in logging.getLogger().handlers:
            handler.addFilter(lambda record: record.levelno > logging.INFO or record.name != "flows.pipeline")
    for noisy in ("httpx", "prefect", "trafilatura", "htmldate", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(exit_on_error=False, result_action="return_value")
    except cyclopts.CycloptsError:
        code = USAGE
    except CommuniqueError as error:
        print(f"communique: {error}", file=sys.stderr)
        code = FAILED
    except KeyboardInterrupt as stop:
        print("interrupted", file=sys.stderr)
        code = TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    except OSError as error:  # a full disk, a folder that cannot be written to: the same command goes on afterwards
        print(f"communique: {error}", file=sys.stderr)
        code = FAILED
    sys.exit(code if isinstance(code, int) else DONE)


if __name__ == "__main__":
    main()
