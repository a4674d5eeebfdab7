"""The labels of entities: what each is, and what the rules may do with a mention that has it.

A label is added here, and where a rule or a lexicon finds it. Kinds of rows in defence_names.tsv and countries.tsv lead
to it through `known_as` and `nation_as`; everything else asks one of the questions below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Nature = Literal["person", "body", "place"]
Value = Literal["date", "currency", "unit"]


@dataclass(frozen=True)
class Label:
    """A label and what holds for it.

    Attributes:
        name: As in the dataset.
        description: What has it.
        nature: What it is to corpora that know people, bodies and places only.
        is_doubted: Whether the second look tells it from others, and may change or give up a mention of the model.
        is_by_place: Whether what it is depends on where it stands, so that a document's other mentions say nothing.
        lends_label: Whether an acronym in brackets beside it has its label.
        has_acronym: Whether its acronym stands for it, and is resolved to it.
        has_short_form: Whether it stands for itself without the country in it, and has a key of organisations.tsv.
        has_offices: Whether an office can be held there: a base or a ship has a commander.
        joins_office: Whether it may turn out to be a part of an office.
        ends_in_head: Whether the last word of a name that has it may tell so.
        has_parties: Whether the parties before a name (`China-Vietnam`) belong to it.
        holds_date: Whether a date may be a part of its name: `2016 Arbitral Award`.
        value: What it stands for, if it is a date, an amount of money or a measure.
        known_as: Kinds of defence_names.tsv that have it.
        nation_as: Kinds of countries.tsv that have it.
    """

    name: str
    description: str
    nature: Nature | None = None
    is_doubted: bool = False
    is_by_place: bool = False
    lends_label: bool = False
    has_acronym: bool = False
    has_short_form: bool = False
    has_offices: bool = False
    joins_office: bool = False
    ends_in_head: bool = False
    has_parties: bool = False
    holds_date: bool = False
    value: Value | None = None
    known_as: tuple[str, ...] = ()
    nation_as: tuple[str, ...] = ()

    @property
    def is_nation(self) -> bool:
        """Tell whether countries or peoples have it: they own bodies and offices, and have ISO 3166 codes."""
        return bool(self.nation_as)


ENTITY_LABELS = (
    Label(
        "PERSON",
        "people by name, without rank, office and form of address",
        nature="person",
        is_doubted=True,
        known_as=("notable",),
    ),
    Label(
        "TITLE",
        "ranks, offices and functions of people who are named or meant",
        is_by_place=True,
        joins_office=True,
        known_as=("office",),
    ),
    Label(
        "ORG",
        "ministries, services, alliances, companies, parties, armed groups and other bodies",
        nature="body",
        is_doubted=True,
        lends_label=True,
        has_acronym=True,
        has_short_form=True,
        has_offices=True,
        joins_office=True,
        known_as=("org", "residence"),
        ends_in_head=True,
        has_parties=True,
    ),
    Label(
        "UNIT",
        "formations: commands, fleets, wings, squadrons, task forces",
        nature="body",
        lends_label=True,
        has_acronym=True,
        has_short_form=True,
        has_offices=True,
        joins_office=True,
        known_as=("command",),
        ends_in_head=True,
        is_doubted=True,
    ),
    Label(
        "GPE",
        "countries, states, provinces, cities",
        nature="place",
        is_doubted=True,
        known_as=("us_state",),
        nation_as=("name", "alias"),
        ends_in_head=True,
    ),
    Label(
        "LOC",
        "seas, rivers, mountains, regions that are no state",
        nature="place",
        is_doubted=True,
        has_acronym=True,
        joins_office=True,
        known_as=("region",),
        ends_in_head=True,
    ),
    Label(
        "FAC",
        "bases, buildings, airports, ranges",
        nature="place",
        lends_label=True,
        has_acronym=True,
        has_offices=True,
        joins_office=True,
        known_as=("facility",),
        ends_in_head=True,
        is_doubted=True,
    ),
    Label("NORP", "nationalities, religious and political groups", known_as=("group",), nation_as=("demonym",)),
    Label(
        "EVENT",
        "exercises, operations, wars, conferences, feasts by name",
        lends_label=True,
        has_acronym=True,
        known_as=("event",),
        ends_in_head=True,
        has_parties=True,
        is_doubted=True,
    ),
    Label(
        "EQUIPMENT",
        "ships, aircraft, weapons and systems by name, class, designator or hull number",
        lends_label=True,
        has_acronym=True,
        has_offices=True,
        joins_office=True,
        known_as=("equipment",),
        is_doubted=True,
    ),
    Label(
        "AGREEMENT",
        "treaties, laws, resolutions, strategies, programmes by name",
        lends_label=True,
        holds_date=True,
        has_acronym=True,
        joins_office=True,
        known_as=("agreement",),
        ends_in_head=True,
        has_parties=True,
        is_doubted=True,
    ),
    Label("DATE", "calendar expressions; no durations, no clock times", is_by_place=True, value="date"),
    Label("MONEY", "amounts with a currency", is_by_place=True, value="currency"),
    Label("QUANTITY", "amounts with a physical unit", is_by_place=True, value="unit"),
)

LABELS: dict[str, Label] = {label.name: label for label in ENTITY_LABELS}
