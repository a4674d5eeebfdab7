"""The mentions of a line: the model's, the rules' and the lexicons', as one set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from tasks.entities.accords import find_accords, settle_accords
from tasks.entities.acronyms import spell_out
from tasks.entities.dates import find_dates
from tasks.entities.edges import widen
from tasks.entities.equipment import complete_systems, find_ships, find_systems, settle_systems
from tasks.entities.formations import find_formations
from tasks.entities.known import (
    find_agency,
    find_dateline,
    find_exercises,
    find_firms,
    find_known,
    find_meetings,
    find_patterns,
    find_towns,
)
from tasks.entities.lexicon import Mention, find_countries, has_no_english
from tasks.entities.merge import is_heading, is_name, merge_mentions, read_head, split_title, trim
from tasks.entities.military import complete_units, find_military, join_battalions, name_units, part_units
from tasks.entities.persons import complete_people, settle_people
from tasks.entities.places import find_unknown, settle_places, settle_towns
from tasks.entities.quantities import find_quantities
from tasks.entities.ranks import drop_functions, find_functions, find_ranks
from tasks.labels import ENTITY_LABELS, LABELS

_DATED = frozenset(label.name for label in ENTITY_LABELS if label.holds_date)


def _opens(text: str, date: Mention, person: Mention) -> bool:
    """Return whether what reads as a day is the first of a person's names behind a rank: `Gen. Sunday Igbudu`."""
    return date.start == person.start and date.end < person.end and text[date.start : date.end].isalpha()


def _whole(units: list[Mention], formations: list[Mention]) -> list[Mention]:
    """Leave units out that cut into the name of a formation: `Komandan Brigade` before `Infanteri 9`."""
    return [u for u in units if not any(u.start < f.start < u.end < f.end for f in formations)]


def _is_officer(text: str, body: Mention, ranks: Sequence[Mention]) -> bool:
    """Return whether what the model takes for a body is a rank and somebody's name, no word of which is English."""
    goes_on = text[body.end : body.end + 1] == " " and text[body.end + 1 : body.end + 2].isupper()
    return not goes_on and any(
        title.start == body.start and name.end == body.end and has_no_english(text[name.start : name.end])
        for title, name in pairwise(ranks)
        if title.label == "TITLE"
    )


def find_in_line(text: str, model: Iterable[Mention]) -> list[Mention]:
    """Return the mentions of a line, sorted and free of overlaps.

    Args:
        text: The line.
        model: What the model found in it.

    Example:
        >>> text = "On 3 May Col. Ann Hill, a test pilot, flew an F-35B to Fort Ely, Ohio."
        >>> [(m.label, text[m.start:m.end]) for m in find_in_line(text, [])][:4]
        [('DATE', '3 May'), ('TITLE', 'Col.'), ('PERSON', 'Ann Hill'), ('TITLE', 'test pilot')]
    """
    names_of_model = (read_head(text, m) for m in (trim(text, m) for m in model) if m and is_name(text, m))
    parts = [part for m in names_of_model for part in split_title(text, m)]
    parts = settle_accords(text, [unit for part in parts for unit in part_units(text, part)])
    tidy = settle_people(text, parts)
    firms = find_firms(text)
    bought = {(firm.start, firm.end) for firm in firms}  # what is owned, founded or bought is nobody
    tidy = [m._replace(label="ORG") if m.label == "PERSON" and (m.start, m.end) in bought else m for m in tidy]
    trimmed = settle_places(text, tidy)
    ranks = find_ranks(text)
    bodies = [m for m in trimmed if LABELS[m.label].ends_in_head and not (ranks and _is_officer(text, m, ranks))]
    ranks = [r for r in ranks if not any(m.start <= r.start < m.end - 1 and r.end <= m.end for m in bodies)]
    dated = [m for m in trimmed if m.label in _DATED]
    dates = [d for d in find_dates(text) if not any(m.start <= d.start and d.end <= m.end for m in dated)]
    dates = [d for d in dates if not any(m.label == "PERSON" and _opens(text, d, m) for m in ranks)]
    formations = find_formations(text)
    forms = [
        *dates,
        *find_quantities(text),
        *_whole(find_military(text), formations),
        *find_ships(text),
        *find_systems(text),
    ]
    forms += [m for m in ranks if m.label == "TITLE"]
    people = {m.start for m in trimmed if m.label == "PERSON"}
    # the model knows better where a name ends that it has seen
    names = [m for m in ranks if m.label == "PERSON" and m.start not in people]
    names += [*find_known(text), *find_patterns(text), *find_exercises(text), *find_dateline(text)]
    names += [*formations, *find_accords(text), *find_meetings(text)]
    found = [*find_countries(text), *find_towns(text), *firms, *find_agency(text)]
    merged = merge_mentions(text, trimmed, forms, names, found)
    merged = [m for m in merged if not is_heading(text, m)]
    merged = widen(text, complete_systems(text, settle_systems(text, merged)))
    merged = complete_units(text, join_battalions(text, merged))
    merged = complete_people(text, spell_out(text, settle_towns(text, merged)))
    merged = sorted([*merged, *find_unknown(text, merged)])
    merged = sorted([*merged, *find_functions(text, merged)])
    return name_units(text, drop_functions(text, merged))
