"""A run in a sentence, and a dataset on a page: what was read, what became of it, what was refused and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.attempt import Attempt
from flows.ledger import Ledger
from tasks.objects import readable
from tasks.publish.layout import Layout
from tasks.publish.log import Snapshot
from tasks.schemas import ACCOUNTED

_EXAMPLES = 3
_FILES = 10  # named of each kind
_WIDTH = 160  # characters of a message


@dataclass
class Rejects:
    """What was refused under one rule.

    Attributes:
        rows: How many records or files.
        examples: Some of them: the file, the record and the reason.
    """

    rows: int = 0
    examples: list[str] = field(default_factory=list)


def say_counts(ledger: Ledger) -> str:
    """Return a run in a sentence."""
    counts = ledger.counts
    read = f"{counts.records:,} records read = {' + '.join(f'{counts.rows[name]:,} {name}' for name in ACCOUNTED)}"
    files = ", ".join(f"{number:,} {what}" for what, number in ledger.files.items())
    return f"{read}; files: {files}; {ledger.batches_written:,} of {counts.batches:,} batches written"


def count_rejects(layout: Layout, snapshot: Snapshot, source_id: str) -> dict[str, Rejects]:
    """Return what is refused of a publisher's dumps, by rule, most first."""
    found: dict[str, Rejects] = {}
    for file in (f for s in snapshot.segments.values() if s.source_id == source_id for f in s.files):
        if file.table != "rejects":
            continue
        with pq.ParquetFile(readable(layout.store.locate(file.path))) as parquet:
            for rows in parquet.iter_batches(columns=["code", "uri", "record", "message"]):
                codes = rows["code"].cast("string")
                for count in pc.value_counts(codes).to_pylist():
                    group = found.setdefault(count["values"], Rejects())
                    group.rows += count["counts"]
                    if len(group.examples) < _EXAMPLES:
                        wanted = pc.indices_nonzero(pc.equal(codes, count["values"]))
                        examples = rows.take(wanted[: _EXAMPLES - len(group.examples)]).to_pylist()
                        group.examples += [_place(**row) for row in examples]
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].rows, pair[0])))


def _place(code: str, uri: str, record: int | None, message: str) -> str:
    return f"{uri}{'' if record is None else f', record {record}'}: {message[:_WIDTH]}"


def summarise(attempt: Attempt, rejects: dict[str, Rejects], no_report: str = "") -> str:
    """Return a page of Markdown on a dataset and what an attempt did for it.

    Args:
        attempt: The attempt.
        rejects: What is refused, by rule.
        no_report: Why there is no report, where one was wanted.
    """
    return "\n".join(_summarise(attempt, rejects, no_report)) + "\n"


def _summarise(attempt: Attempt, rejects: dict[str, Rejects], no_report: str) -> Iterator[str]:
    ledger, decision = attempt.ledger, attempt.decision
    yield f"# {_text(attempt.layout.name)}: {ledger.status}"
    yield f"\n{say_counts(ledger)}."
    if no_report:
        yield f"\nThere is no report: {_text(no_report)}"
    elif attempt.report_file is not None:
        yield f"\nReport: [{_text(str(attempt.report_file))}]({attempt.report_file.as_uri()})"
    for failure in ledger.failures[:_FILES]:
        yield f"- failed: {_text(failure)}"
    yield "\n| what | rows |\n|---|--:|"
    for name, rows in ledger.counts.listed().items():
        yield f"| {name} | {rows:,} |"
    replaced = {file.uri for file in decision.changed}
    for what, names in (
        ("New", [file.uri for file in decision.new if file.uri not in replaced]),
        ("Changed", [file.uri for file in decision.changed]),
        ("Gone from the input", list(decision.gone)),
        ("Not readable", ledger.unreadable),
    ):
        yield from _list(f"{what}: {len(names):,} files", names)
    for code, group in rejects.items():
        yield from _list(f"Rejected as {code}: {group.rows:,}", group.examples)
    if ledger.slowest:
        yield "\n## Slowest files\n\n| file | CPU seconds |\n|---|--:|"
        for uri, seconds in ledger.slowest.items():
            yield f"| {_text(uri)} | {seconds:,.1f} |"


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"\n## {title}\n"
        yield from (f"- {_text(item)}" for item in items[:_FILES])
        if len(items) > _FILES:
            yield f"- and {len(items) - _FILES:,} more"


def _text(value: str) -> str:
    """Return text of a dump, or a name of a file, that Markdown takes for text."""
    line = " ".join(value.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|!" else c for c in line)
