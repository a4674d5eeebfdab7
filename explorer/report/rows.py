"""What a row of an answer is: the columns of a question of queries.sql, in order."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple


class Span(NamedTuple):
    """Of span."""

    releases: int
    sources: int
    first: date | None
    last: date | None
    undated: int
    uncertain: int
    near_duplicates: int
    repaired: int


class Found(NamedTuple):
    """Of found."""

    quotations: int
    names: int
    offices: int
    people: int


class Version(NamedTuple):
    """Of versions."""

    run_id: str
    pipeline_version: str
    releases: int


class Account(NamedTuple):
    """Of accounts."""

    source: str
    records: int
    documents: int
    duplicates: int
    rejects: int
    missing: int


class Refusal(NamedTuple):
    """Of refusals."""

    code: str
    stage: str
    refused: int
    files: int
    example: dict[str, Any]  # uri, member, record, message, excerpt


class Releases(NamedTuple):
    """Of releases."""

    period: date
    source: str
    releases: int
    uncertain: int
    near_duplicates: int


class Sureness(NamedTuple):
    """Of sureness."""

    period: date | None
    source: str
    quotations: int
    unsure: int


class Quality(NamedTuple):
    """Of quality."""

    source: str
    releases: int
    undated: int
    uncertain: int
    near_duplicates: int
    restored: int
    score: float | None
    first: date | None
    last: date | None


class Acts(NamedTuple):
    """Of acts_by_type."""

    period: date | None
    type: str
    held: int
    planned: int
    cancelled: int


class Partner(NamedTuple):
    """Of partners."""

    partner: str
    held: int
    planned: int
    cancelled: int
    partners: int


class PartnerActs(NamedTuple):
    """Of acts_by_partner."""

    partner: str
    period: date
    held: int
    planned: int


class Speaker(NamedTuple):
    """Of speakers."""

    person_key: str
    name: str
    country_id: str | None
    quotations: int
    turns: int
    releases: int
    first: date | None
    last: date | None
    people: int


class Surnames(NamedTuple):
    """Of surnames."""

    quotations: int


class Speaking(NamedTuple):
    """Of speaking."""

    person_key: str
    period: date
    quotations: int


class Office(NamedTuple):
    """Of offices."""

    person_key: str
    title: str
    qualifier: str | None
    organisation: str | None
    first: date | None
    last: date | None
    releases: int


class Country(NamedTuple):
    """Of countries."""

    country: str
    releases: int
    first: date | None
    last: date | None
    countries: int


class Naming(NamedTuple):
    """Of naming."""

    country: str
    period: date
    releases: int


class Dated(NamedTuple):
    """Of dated."""

    period: date
    releases: int


class Repair(NamedTuple):
    """Of repairs."""

    kind: str
    repairs: int
    releases: int


class SampleDocument(NamedTuple):
    """Of sample_documents."""

    doc_id: str
    day: date | None
    title: str | None
    url: str | None
    uri: str
    record: int | None
    condition: str
    score: float | None
    repairs: int
    raw: str
    text: str


class SampleQuote(NamedTuple):
    """Of sample_quotes."""

    quote_id: str
    day: date | None
    type: str
    speaker: str | None
    title: str | None
    affiliation: str | None
    cue: str | None
    score: float | None
    raw: str
    text: str


class SampleEngagement(NamedTuple):
    """Of sample_engagements."""

    engagement_id: str
    day: date | None
    type: str
    status: str
    date_start: str | None
    parties: str | None
    raw: str
    text: str
