"""The sections of the report: questions asked, answers made into plots and tables.

What was read → releases over time → engagements → who speaks → countries → repairs → rows to look at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from explorer.countries import country_names
from explorer.report import rows
from explorer.report.data import Data
from explorer.report.model import (
    PERIODS,
    TOP,
    Cell,
    Column,
    Figure,
    Section,
    Table,
    day,
    number,
    raw,
    score,
    share,
    text,
)
from explorer.report.plots import (
    STYLES,
    UNITS,
    Plot,
    Series,
    Timeline,
    choose_unit,
    list_periods,
    plot_bars,
    plot_lines,
    plot_ranking,
    plot_timelines,
)
from explorer.report.shown import is_link, show_count, show_line, show_number, show_period, show_share
from tasks.edits import EDIT_KINDS

Key = TypeVar("Key")

_SMALL = (320, 140)  # of plots that stand side by side
_FINE, _COARSE = 480, 40  # periods in a plot over the whole width, and in a small one
_SPEAKERS, _PARTNERS, _OFFICES = 20, 10, 3
_OTHER = "all others"
_DAY, _NAME = "day", "name"


def read_section(data: Data) -> Section:
    """What became of every record that was read, and why some were refused."""
    accounts = data.ask("accounts", rows.Account)
    records, missing = sum(a.records for a in accounts), sum(abs(a.missing) for a in accounts)
    refused = sum(a.rejects for a in accounts)
    paragraphs = [
        f"{show_count(records, 'record')} read = {show_count(sum(a.documents for a in accounts), 'document')} + "
        f"{show_count(sum(a.duplicates for a in accounts), 'duplicate')} + {show_number(refused)} refused. "
        + ("It adds up." if not missing else f"It does not add up: {show_number(missing)} differ.")
    ]
    if data.scope.has_period:
        paragraphs.append("Refused records and duplicates have no day of their own: this section is about all days.")
    if not records:
        return Section("read", "What was read", ["Nothing was read yet."])
    columns = [
        Column("source", _NAME),
        *map(Column, ("records read", "documents", "duplicates", "refused", "difference")),
    ]
    table = [[text(a.source), *map(number, a[1:])] for a in accounts]
    figures = [
        Figure(
            "Records by source",
            "Records read are counted by the commits of the dataset, the others in its tables.",
            Table(columns, table[:TOP], len(accounts)),
            ["accounts"],
        )
    ]
    if refused:
        figures.append(_refusals(data))
    else:
        paragraphs.append("Nothing was refused.")
    return Section("read", "What was read", paragraphs, figures)


def _refusals(data: Data) -> Figure:
    found = data.ask("refusals", rows.Refusal)
    columns = [
        Column("rule", _NAME), Column("stage", _NAME), Column("refused"), Column("files"),
        Column("an example", "text"), Column("where", "text"), Column("how it begins", "raw"),
    ]  # fmt: skip
    table = [
        [
            text(r.code), text(r.stage), number(r.refused), number(r.files), text(r.example["message"]),
            text(_place(r.example["uri"], r.example["member"], r.example["record"])), raw(r.example["excerpt"]),
        ]
        for r in found[:TOP]
    ]  # fmt: skip
    lead = "A file that cannot be read at all counts as one record."
    return Figure("What was refused, and why", lead, Table(columns, table, len(found)), ["refusals"])


def _place(uri: str, member: str | None, record: int | None) -> str:
    return ", ".join(filter(None, (uri, member, None if record is None else f"record {record}")))


def releases_section(data: Data, span: rows.Span) -> Section:
    """Releases over time by source, and how sure they are."""
    quality = data.ask("quality", rows.Quality)
    sureness = data.ask("sureness", rows.Sureness)
    figures: list[Figure] = []
    unit = data.values["unit"]
    if span.first is not None and span.last is not None:
        periods = _periods(span.first, span.last, unit)
        found = data.ask("releases", rows.Releases)
        figures.append(_releases(found, [q.source for q in quality], periods, unit))
        figures.append(_shares(found, sureness, periods, unit))
    figures.append(_quality(quality, sureness))
    paragraphs = []
    if span.undated:
        paragraphs.append(
            f"{show_number(span.undated)} of {show_count(span.releases, 'release')} "
            f"({show_share(span.undated, span.releases)}) without a day, in no plot over time."
        )
    return Section("releases", "Releases", paragraphs, figures)


def _releases(found: Sequence[rows.Releases], sources: Sequence[str], periods: Sequence[date], unit: str) -> Figure:
    counts = _grid([(r.source, r.period, r.releases) for r in found], periods)
    series = _stack(counts, sources, len(periods))
    totals = [sum(series_values) for series_values in zip(*(one.values for one in series), strict=True)]
    most = max(range(len(periods)), key=lambda at: (totals[at], -at))
    says = (
        f"Bars: releases a {unit} from {show_period(periods[0], unit)} to {show_period(periods[-1], unit)}, "
        f"at most {totals[most]:,} in {show_period(periods[most], unit)}."
    )
    return Figure(
        f"Releases a {unit} by source", "Is the dump whole? A gap here is a gap in what was read.",
        _over_time(periods, unit, series, "all"), ["picked", "releases"], [plot_bars(periods, series, says)], series,
    )  # fmt: skip


def _shares(
    found: Sequence[rows.Releases], sureness: Sequence[rows.Sureness], periods: Sequence[date], unit: str
) -> Figure:
    releases = _sum_rows((r.period, (r.releases, r.uncertain, r.near_duplicates)) for r in found)
    quotes = _sum_rows((s.period, (s.quotations, s.unsure)) for s in sureness)
    uncertain = [_part(releases.get(p), 1) for p in periods]
    near = [_part(releases.get(p), 2) for p in periods]
    unsure = [_part(quotes.get(p), 1) for p in periods]
    series = [
        Series("releases whose restoration is uncertain", 2, uncertain),
        Series("releases that nearly equal an earlier one", 1, near),
        Series("quotations that are unsure", 4, unsure),
    ]
    highest = max((value for one in series for value in one.values if value is not None), default=0)
    columns = [
        Column(unit, _DAY), *map(Column, ("releases", "uncertain", "near-duplicates", "quotations", "unsure")),
    ]  # fmt: skip
    table = []
    for period in (period for period in periods if period in releases):
        n, said = releases[period], quotes.get(period, (0, 0))
        cells = number(n[0]), share(n[1], n[0]), share(n[2], n[0]), number(said[0]), share(said[1], said[0])
        table.append([_period(period, unit), *cells])
    says = f"Lines: shares a {unit}, none above {show_share(round(1000 * highest), 1000)}."
    return Figure(
        f"Shares a {unit} that are uncertain, near-duplicates or unsure",
        "Uncertain: a restoration_score below normalize.min_score when it was made. Unsure: a quotation whose speaker "
        "is unknown, or with a score under a half.",
        Table(columns, table[:PERIODS], len(table)), ["picked", "releases", "sureness"],
        [plot_lines(periods, series, says)], series,
    )  # fmt: skip


def _quality(quality: Sequence[rows.Quality], sureness: Sequence[rows.Sureness]) -> Figure:
    said = defaultdict(lambda: [0, 0], _sum_rows((s.source, (s.quotations, s.unsure)) for s in sureness))
    columns = [
        Column("source", _NAME),
        *map(Column, ("releases", "undated", "near-duplicates", "restored", "median score", "uncertain")),
        *map(Column, ("quotations", "unsure")), Column("first", _DAY), Column("last", _DAY),
    ]  # fmt: skip
    table = [
        [
            text(q.source), number(q.releases), share(q.undated, q.releases), share(q.near_duplicates, q.releases),
            share(q.restored, q.releases), score(q.score), share(q.uncertain, q.releases),
            number(said[q.source][0]), share(said[q.source][1], said[q.source][0]), day(q.first), day(q.last),
        ]
        for q in quality[:TOP]
    ]  # fmt: skip
    return Figure(
        "Sources", "The median of restoration_score is that of releases whose spaces were restored.",
        Table(columns, table, len(quality)), ["picked", "quality", "sureness"],
    )  # fmt: skip


def engagements_section(data: Data, span: rows.Span) -> Section:
    """Engagements a quarter by type, and the partners that are met most."""
    key, title = "engagements", "Engagements"
    if key not in data.files:
        return Section(key, title, ["This dataset has no table engagements: it was made by a version without it."])
    data.prepare("acts")
    found = data.ask("acts_by_type", rows.Acts)
    if not found:
        return Section(key, title, ["No engagement was found in these releases."])
    held, planned = sum(a.held for a in found), sum(a.planned for a in found)
    cancelled = sum(a.cancelled for a in found)
    paragraphs = [
        f"{show_number(held)} held or under way, {show_number(planned)} planned, {show_number(cancelled)} cancelled. "
        "A row is what one release reports as news: the same meeting in two releases is two rows, and a visit with a "
        "meeting is one of each. Do not add types."
    ]
    dates = [a.period for a in found if a.period is not None and _is_near(a.period, span)]
    aside = sum(a.held + a.planned + a.cancelled for a in found if a.period not in set(dates))
    if aside:
        paragraphs.append(f"In no plot, since without a day or years away from any release: {show_number(aside)}.")
    if not dates:
        return Section(key, title, paragraphs)
    unit = choose_unit(min(dates), max(dates), _FINE)
    unit = "quarter" if unit == "month" else unit
    periods = _periods(min(dates), max(dates), unit)
    return Section(key, title, paragraphs, [_acts(found, periods, unit), *_partners(data, periods, unit)])


def _is_near(period: date, span: rows.Span) -> bool:
    """Tell whether a quarter lies in the years of the releases, two more on either side."""
    return span.first is None or span.last is None or span.first.year - 2 <= period.year <= span.last.year + 2


def _acts(found: Sequence[rows.Acts], periods: Sequence[date], unit: str) -> Figure:
    totals: dict[str, int] = defaultdict(int)
    for a in found:
        totals[a.type] += a.held
    types = sorted(totals, key=lambda kind: (-totals[kind], kind))
    held = _stack(_grid([(a.type, a.period, a.held) for a in found], periods, unit), types, len(periods))
    planned = _sum_grid([(a.period, a.planned) for a in found], periods, unit)
    held = [replace(one, name=one.name.replace("_", " ")) for one in held]
    series = [*held, Series("planned", STYLES, planned, is_open=True)]
    says = f"Bars: engagements a {unit} from {show_period(periods[0], unit)} to {show_period(periods[-1], unit)}."
    return Figure(
        f"Engagements a {unit} by type", "Filled: held or under way. Outlined: planned, told before it is.",
        _over_time(periods, unit, series), ["picked", "acts", "acts_by_type"],
        [plot_bars(periods, series, says)], series,
    )  # fmt: skip


def _partners(data: Data, periods: Sequence[date], unit: str) -> Iterable[Figure]:
    partners = data.ask("partners", rows.Partner)
    if not partners:
        return
    found = data.ask("acts_by_partner", rows.PartnerActs)
    plots: list[Plot] = []
    legend = [Series("held or under way", 1), Series("planned", STYLES, is_open=True)]
    for partner in partners[:_PARTNERS]:
        own = [f for f in found if f.partner == partner.partner]
        series = [
            Series("held", 1, _sum_grid([(f.period, f.held) for f in own], periods, unit)),
            Series("planned", STYLES, _sum_grid([(f.period, f.planned) for f in own], periods, unit), is_open=True),
        ]
        name = _side(partner.partner)
        says = f"Bars: {name}, {partner.held:,} held or under way, {partner.planned:,} planned."
        plots.append(plot_bars(periods, series, says, _SMALL, name))
    columns = [Column("partner", _NAME), *map(Column, ("held or under way", "planned", "cancelled"))]
    table = [[text(_side(p.partner)), number(p.held), number(p.planned), number(p.cancelled)] for p in partners]
    yield Figure(
        f"The partners met most, by {unit}",
        "A partner is any side but the publisher's own country, which its source file or its name says. Each plot has "
        "its own scale.",
        Table(columns, table, partners[0].partners), ["picked", "acts", "partners", "acts_by_partner"],
        plots, legend, is_small=True,
    )  # fmt: skip


def speakers_section(data: Data, span: rows.Span) -> Section:
    """Who is quoted, when, and in which office."""
    key, title = "speakers", "Who speaks"
    if not data.has("people") or not data.has("person_mentions"):
        return Section(key, title, ["The views of people were not made yet: communique views DATASET makes them."])
    data.prepare("said")
    speakers = data.ask("speakers", rows.Speaker)
    if not speakers:
        return Section(key, title, ["No quotation in these releases has a speaker who is named in full."])
    [surnames] = data.ask("surnames", rows.Surnames)
    paragraphs = [
        f"People quoted and named in full: {show_number(speakers[0].people)}. Left out are institutions, spokesmen "
        f"without a name, and {show_count(surnames.quotations, 'quotation')} of people whom a release names by surname "
        "alone: nothing says who that is."
    ]
    if data.stale & {"people", "person_mentions"}:
        paragraphs.append("Rows have changed since these views were made: communique views DATASET makes them anew.")
    offices: dict[str, list[rows.Office]] = defaultdict(list)
    for office in data.ask("offices", rows.Office):
        offices[office.person_key].append(office)
    columns = [
        Column("name", _NAME), Column("offices, as stated in most releases", "text"),
        *map(Column, ("quotations", "of these turns", "releases")), Column("first", _DAY), Column("last", _DAY),
    ]  # fmt: skip
    table = [
        [
            text(s.name), text(_say_offices(offices[s.person_key])), number(s.quotations), number(s.turns),
            number(s.releases), day(s.first), day(s.last),
        ]
        for s in speakers
    ]  # fmt: skip
    figure = Figure(
        "The most quoted, from first to last quotation",
        "A line is as thick as the quotations of its time; a triangle marks the first release that states an office.",
        Table(columns, table, speakers[0].people), ["picked", "said", "speakers", "speaking", "offices", "surnames"],
        _timelines(data, span, speakers[:_SPEAKERS], offices),
    )  # fmt: skip
    return Section(key, title, paragraphs, [figure])


def _timelines(
    data: Data, span: rows.Span, speakers: Sequence[rows.Speaker], offices: dict[str, list[rows.Office]]
) -> list[Plot]:
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for found in data.ask("speaking", rows.Speaking):
        counts[found.person_key][found.period] = found.quotations
    if not counts or span.first is None or span.last is None:
        return []
    unit = data.values["unit"]
    periods = _periods(span.first, span.last, unit)
    at = {period: number for number, period in enumerate(periods)}
    lines = [
        Timeline(
            show_line(s.name, 28),
            {at[period]: n for period, n in counts[s.person_key].items()},
            {
                at[_start(o.first, unit)]: show_line(f"{o.first}: {_say_office(o)}", 120)
                for o in reversed(offices[s.person_key][:_OFFICES])
                if o.first is not None and _start(o.first, unit) in at
            },
        )
        for s in speakers
    ]
    says = f"Timelines of the {len(lines)} most quoted, from {periods[0].year} to {periods[-1].year}."
    return [plot_timelines(periods, lines, says)]


def _say_offices(offices: Sequence[rows.Office]) -> str | None:
    return "; ".join(f"{_say_office(o)} ({_say_years(o)})" for o in offices[:_OFFICES]) or None


def _say_office(office: rows.Office) -> str:
    held = " ".join(filter(None, (office.qualifier, office.title)))[:100]
    return f"{held}, {office.organisation[:100]}" if office.organisation else held


def _say_years(office: rows.Office) -> str:
    if office.first is None or office.last is None:
        return "undated"
    first, last = office.first.year, office.last.year
    return str(first) if first == last else f"{first}–{last}"


def countries_section(data: Data, span: rows.Span) -> Section:
    """Countries that releases name, over time."""
    key, title = "countries", "Countries named"
    data.prepare("named")
    countries = data.ask("countries", rows.Country)
    if not countries:
        return Section(key, title, ["No country is named in these releases."])
    unit = data.values["coarse"]
    plots: list[Plot] = []
    if span.first is not None and span.last is not None:
        periods = _periods(span.first, span.last, unit)
        dated = {d.period: d.releases for d in data.ask("dated", rows.Dated)}
        found = {(n.country, n.period): n.releases for n in data.ask("naming", rows.Naming)}
        for country in countries[:12]:
            own = [found.get((country.country, p), 0) / dated[p] if p in dated else None for p in periods]
            says = f"Line: {_country(country.country)}, named in {country.releases:,} releases."
            plots.append(plot_lines(periods, [Series("", 1, own)], says, _SMALL, _country(country.country)))
    columns = [
        Column("country", _NAME), Column("releases"), Column("share"),
        Column(f"first {unit}", _DAY), Column(f"last {unit}", _DAY),
    ]  # fmt: skip
    table = [
        [
            text(_country(c.country)), number(c.releases), share(c.releases, span.releases),
            _period(c.first, unit), _period(c.last, unit),
        ]
        for c in countries
    ]  # fmt: skip
    figure = Figure(
        f"Share of a {unit}'s releases that name a country",
        "By its name, its adjective or its people; a city or a body is not counted for its country. A publisher names "
        "its own country most. Each plot has its own scale.",
        Table(columns, table, countries[0].countries), ["picked", "named", "countries", "naming", "dated"],
        plots, is_small=True,
    )  # fmt: skip
    return Section(key, title, [], [figure])


def repairs_section(data: Data, span: rows.Span) -> Section:
    """Kinds of repair."""
    key, title = "repairs", "Repairs of the text"
    found = data.ask("repairs", rows.Repair)
    if not found:
        return Section(key, title, ["No text was repaired."])
    paragraphs = [
        f"The spaces of {show_number(span.repaired)} of {show_number(span.releases)} releases "
        f"({show_share(span.repaired, span.releases)}) were restored. Every repair is a row of documents.edits, and "
        "raw_text is kept as it came."
    ]
    bars = [(r.kind, r.releases, f"{r.releases:,}") for r in found[:TOP]]
    columns = [Column("kind", _NAME), Column("what it does", "text"), *map(Column, ("releases", "share", "repairs"))]
    table = [
        [
            text(r.kind), text(EDIT_KINDS.get(r.kind)), number(r.releases), share(r.releases, span.releases),
            number(r.repairs),
        ]
        for r in found[:TOP]
    ]  # fmt: skip
    figure = Figure(
        "Releases by kind of repair", "A release may have several kinds.",
        Table(columns, table, len(found)), ["repairs"],
        [plot_ranking(bars, f"Bars: releases by kind of repair, most {found[0].kind} with {found[0].releases:,}.")],
    )  # fmt: skip
    return Section(key, title, paragraphs, [figure])


def samples_section(data: Data, span: rows.Span) -> Section:
    """Some rows, restored and raw."""
    figures = [_sample_documents(data)]
    quotes = data.ask("sample_quotes", rows.SampleQuote)
    if quotes:
        table = [
            [
                text(q.speaker or "(nobody known)", None, [
                    ", ".join(filter(None, (q.title, q.affiliation))),
                    f"{q.type}, cue {q.cue}" if q.cue else q.type,
                    _say_score(q.score), _say_day(q.day), q.quote_id,
                ]),
                text(q.text), raw(q.raw),
            ]
            for q in quotes
        ]  # fmt: skip
        lead = "A quotation of each of twelve releases, cut after 300 characters."
        figures.append(_sample("Quotations", "who", lead, table, "sample_quotes"))
    engagements = data.ask("sample_engagements", rows.SampleEngagement) if data.has("engagements") else []
    if engagements:
        table = [
            [
                text(f"{e.type}, {e.status}", None, [
                    e.parties, f"when: {e.date_start or 'not known'}", f"told: {_say_day(e.day)}", e.engagement_id,
                ]),
                text(e.text), raw(e.raw),
            ]
            for e in engagements
        ]  # fmt: skip
        lead = "An engagement of each of twelve releases, cut after 300 characters."
        figures.append(_sample("Engagements", "what", lead, table, "sample_engagements"))
    return Section("rows", "Rows to look at", ["communique explain DATASET DOC_ID shows all of a release."], figures)


def _sample_documents(data: Data) -> Figure:
    table = [
        [
            text(d.title or "(no title)", d.url if d.url and is_link(d.url) else None, [
                _say_day(d.day), f"{show_number(d.repairs)} repairs, {_say_score(d.score)}",
                _place(d.uri, None, d.record), d.doc_id,
            ]),
            text(d.text), raw(d.raw),
        ]
        for d in data.ask("sample_documents", rows.SampleDocument)
    ]  # fmt: skip
    lead = "Twelve releases, those with lost spaces first, from some characters before the first repair."
    return _sample("Releases", "release", lead, table, "sample_documents")


def _sample(title: str, what: str, lead: str, table: Sequence[Sequence[Cell]], query: str) -> Figure:
    columns = [Column(what, "head"), Column("restored", "text"), Column("raw", "raw")]
    return Figure(title, lead, Table(columns, table, len(table)), ["picked", query])


def _say_day(value: date | None) -> str:
    return "no day" if value is None else str(value)


def _say_score(value: float | None) -> str:
    return "no score" if value is None else f"score {value:.2f}"


#: The sections that come when there are releases, in order.
SECTIONS: tuple[Callable[[Data, rows.Span], Section], ...] = (
    releases_section,
    engagements_section,
    speakers_section,
    countries_section,
    repairs_section,
    samples_section,
)


def set_units(data: Data, span: rows.Span) -> None:
    """Choose the periods of the plots."""
    if span.first is not None and span.last is not None:
        data.set_units(choose_unit(span.first, span.last, _FINE), choose_unit(span.first, span.last, _COARSE))


def _start(value: date, unit: str) -> date:
    """Return the first day of the period that a day is in.

    Example:
        >>> _start(date(2024, 5, 17), "quarter").isoformat(), _start(date(2024, 5, 17), "year").isoformat()
        ('2024-04-01', '2024-01-01')
    """
    return date(value.year, 1 + (value.month - 1) // UNITS[unit] * UNITS[unit], 1)


def _periods(first: date, last: date, unit: str) -> list[date]:
    return list_periods(_start(first, unit), _start(last, unit), unit)


def _grid(
    cells: Iterable[tuple[str, date | None, int]], periods: Sequence[date], unit: str | None = None
) -> dict[str, list[int]]:
    """Return values by name, one a period; periods that are shorter than the unit are added up."""
    at = {period: number for number, period in enumerate(periods)}
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(periods))
    for name, period, value in cells:
        start = period if unit is None or period is None else _start(period, unit)
        if start is not None and start in at:
            found[name][at[start]] += value
    return found


def _sum_grid(cells: Iterable[tuple[date | None, int]], periods: Sequence[date], unit: str) -> list[int]:
    return _grid((("", period, value) for period, value in cells), periods, unit)[""]


def _stack(counts: dict[str, list[int]], names: Sequence[str], length: int) -> list[Series]:
    """Return a series for each of the first names, and one for all others."""
    named = [name for name in names if name in counts]
    most = STYLES if len(named) <= STYLES else STYLES - 1
    series = [Series(name, style, counts[name]) for style, name in enumerate(named[:most], 1)]
    if len(named) > most:
        rest = [sum(values) for values in zip(*(counts[name] for name in named[most:]), strict=True)]
        series.append(Series(_OTHER, STYLES, rest))
    return series or [Series(_OTHER, STYLES, [0] * length)]


def _over_time(periods: Sequence[date], unit: str, series: Sequence[Series], total: str = "") -> Table:
    """Return the table of a plot over time: a row a period that has anything."""
    columns = [Column(unit, _DAY), *([Column(total)] if total else []), *(Column(one.name) for one in series)]
    table = []
    for at, period in enumerate(periods):
        values = [int(one.values[at] or 0) for one in series]
        if any(values):
            table.append([_period(period, unit), *([number(sum(values))] if total else []), *map(number, values)])
    return Table(columns, table[:PERIODS], len(table))


def _sum_rows(cells: Iterable[tuple[Key, Sequence[int]]]) -> dict[Key, list[int]]:
    """Return the sums of rows of numbers by key."""
    sums: dict[Key, list[int]] = {}
    for key, values in cells:
        sums[key] = [a + b for a, b in zip(sums.get(key, [0] * len(values)), values, strict=True)]
    return sums


def _period(start: date | None, unit: str) -> Cell:
    return text(None if start is None else show_period(start, unit))


def _part(counts: Sequence[int] | None, at: int) -> float | None:
    return counts[at] / counts[0] if counts and counts[0] else None


def _side(key: str) -> str:
    """Return a side of an engagement: a country by its name, a body by its key.

    Example:
        >>> _side("iso:TUR"), _side("org:nato")
        ('Turkey', 'NATO')
    """
    kind, _, name = key.partition(":")
    if kind == "iso":
        return _country(name)
    return show_line(name.upper() if len(name) <= 5 else name, 40) if name else show_line(key, 40)


def _country(code: str) -> str:
    return country_names().get(code, show_line(code, 40))
