"""The report as a page: one file of HTML that loads nothing, runs nothing and can be mailed.

Ask → sections → the template, which escapes all that comes from the dataset → a file, whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer.report import rows
from explorer.report.data import Data, Query, check_extra, read_queries
from explorer.report.scope import Scope
from explorer.report.sections import SECTIONS, read_section, set_units
from explorer.report.shown import show_count, show_line, show_number, show_share, show_text
from tasks.publish.layout import Layout

__all__ = ["check_extra", "make_report", "write_report"]

_STATIC = Path(__file__).resolve().parents[1] / "static"
_NAMED = 5  # runs and versions


def make_report(layout: Layout, scope: Scope | None = None, files: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the report on a dataset as HTML: the same for the same dataset.

    Args:
        layout: The dataset.
        scope: What it is about; None: everything.
        files: Its tables and views, each with its files; None: those that are committed.

    Raises:
        ConfigError: DuckDB is not installed, the dataset lies in object storage, or a source is not in it.
        DatasetError: The dataset cannot be read.
    """
    with Data(layout, scope or Scope(), files) as data:
        data.prepare("picked")
        [span] = data.ask("span", rows.Span)
        set_units(data, span)
        [found] = data.ask("found", rows.Found)
        sections = [read_section(data)]
        sections += [make(data, span) for make in SECTIONS] if span.releases else []
        style = "".join(map(_read_style, ("base.css", "report.css")))
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        return environment.get_template("report.html").render(
            title=show_line(data.name, 100),
            name=show_text(data.name, 100),
            summary=_summarise(data, span),
            counts=_count(span, found),
            facts=_tell(data, span),
            sections=sections,
            limits=_limit(span),
            queries={name: Query(query.answers, data.sql(name)) for name, query in read_queries().items()},
            style=Markup(style),  # files of this package
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            version=version("communique"),
            state=data.snapshot.digest(),
        )


def write_report(layout: Layout, path: Path, scope: Scope | None = None) -> int:
    """Write the report on a dataset to a file, which is there whole or as it was.

    Args:
        layout: The dataset.
        path: The file; folders above it are made.
        scope: What it is about; None: everything.

    Returns:
        Its bytes.

    Raises:
        ConfigError: As `make_report` does.
        DatasetError: As `make_report` does.
    """
    page = make_report(layout, scope).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(page)
    part.replace(path)
    return len(page)


def _read_style(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _summarise(data: Data, span: rows.Span) -> str:
    if not span.releases:
        if not data.snapshot.segments:
            return "The dataset is empty: communique run INPUT... --out DATASET fills it."
        return f"No release in the dataset is of what was asked for: {data.scope.say()}."
    days = "none of them dated" if span.first is None else f"published {span.first} to {span.last}"
    return f"{show_count(span.releases, 'release')} of {show_count(span.sources, 'source')}, {days}."


def _count(span: rows.Span, found: rows.Found) -> list[tuple[str, str]]:
    if not span.releases:
        return [("releases", "0")]
    counts = {
        "releases": span.releases,
        "quotations": found.quotations,
        "people named in full": found.people,
        "names and terms": found.names,
        "stated offices": found.offices,
    }
    shares = {
        "texts restored": span.repaired,
        "uncertain": span.uncertain,
        "near-duplicates": span.near_duplicates,
        "undated": span.undated,
    }
    listed = [(name, show_number(value)) for name, value in counts.items()]
    return listed + [(name, show_share(value, span.releases)) for name, value in shares.items()]


def _tell(data: Data, span: rows.Span) -> list[tuple[str, str]]:
    facts = [("About", show_line(data.scope.say(), 1000))]
    if span.releases:
        runs = data.ask("versions", rows.Version)
        facts.append(("Runs", _list([f"{run.run_id} ({show_count(run.releases, 'release')})" for run in runs])))
        facts.append(("Made by", _list(sorted({f"version {run.pipeline_version}" for run in runs}))))
    return facts


def _list(items: Sequence[str]) -> str:
    more = [f"{len(items) - _NAMED:,} more"] if len(items) > _NAMED else []
    return ", ".join([*items[:_NAMED], *more])


def _limit(span: rows.Span) -> list[str]:
    limits = [
        "Names, quotations, speakers, offices and engagements are found by rules and models, and some are wrong or "
        "missing. A count is of what was found, not of what was said or done.",
        "What a release does not say is not here. Publishers leave things out, and a dump may lack releases.",
        "A person of whom nothing tells two namesakes apart is one here; one whose name is misspelt is two.",
    ]
    if span.releases:
        limits.insert(
            0,
            f"The spaces of {show_share(span.repaired, span.releases)} of the releases were restored; "
            f"{show_share(span.uncertain, span.releases)} are marked as uncertain.",
        )
    if span.near_duplicates:
        limits.insert(
            1,
            f"Near-duplicates of earlier releases ({show_number(span.near_duplicates)}) are counted like any other: "
            "what is sent twice is quoted twice.",
        )
    return limits
