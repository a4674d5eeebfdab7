"""The views over events, from published tables."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tasks.events import table
from tasks.events.table import READ, make_events
from tasks.schemas import DYADS, ENGAGEMENTS, EVENT_ROWS, EVENTS, READOUTS

DAY = date(2024, 5, 17)


def participant(side: int, name: str, country: str) -> dict[str, Any]:
    return {"side": side, "roles": [], "name": name, "text": name, "country_id": country}


def passage(text: str) -> dict[str, Any]:
    return {"text": text, "start": 0, "end": 1, "raw_start": 0, "raw_end": 1}


def row(doc: str, number: int = 0, **other: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "engagement_id": f"{doc}-g{number}", "doc_id": doc, "type": "call", "status": "held", "mention": "news",
        "modality": "phone", "level": "head", "countries": "RUS, TUR", "parties": "RUS – TUR", "date_precision": "day",
        "date_basis": "stated", "published_on": DAY, "country_ids": ["iso:RUS", "iso:TUR"], "n_sides": 2,
        "participants": [participant(1, "Ivan Orlov", "iso:RUS"), participant(2, "Kemal Aydin", "iso:TUR")],
        "subjects": [], "agreements": [], "date_start": DAY, "date_end": DAY,
    }  # fmt: skip
    return values | other


def views(*rows: dict[str, Any], publishers: dict[str, str | None] | None = None) -> dict[str, pa.Table]:
    named = publishers or {"a": None, "b": "beta"}
    documents = [{"doc_id": doc, "source_id": "alpha", "publisher": publisher} for doc, publisher in named.items()]
    tables = {"documents": documents, "engagements": [{n: r.get(n) for n in READ["engagements"].names} for r in rows]}
    return make_events([{name: pa.Table.from_pylist(values, READ[name]) for name, values in tables.items()}])


def test_no_engagements_make_empty_views() -> None:
    made = views()
    assert {name: table.schema for name, table in made.items()} == {
        "events": EVENTS, "event_rows": EVENT_ROWS, "engagement_dyads": DYADS, "readouts": READOUTS,
    }  # fmt: skip
    assert not any(len(table) for table in made.values())


def test_it_does_not_matter_how_many_blocks_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = (["iso:RUS", "iso:TUR"], ["iso:KEN", "iso:TUR"], ["iso:KEN", "iso:QAT", "iso:RUS"])
    found = [
        row(doc, n, country_ids=sides[n % 3], n_sides=len(sides[n % 3]), type=("call", "visit")[n % 2], participants=[])
        for n in range(7)
        for doc in "ab"
    ]
    made = views(*found)
    monkeypatch.setattr(table, "_MOST", 3)
    assert made == views(*found)
    assert made["events"]["event_id"].to_pylist() == sorted(made["events"]["event_id"].to_pylist())
    assert len(made["event_rows"]) == len(found)


def test_an_event_of_two_publishers() -> None:
    one = row("a", subjects=[passage("Idlib")], published_on=date(2024, 5, 18), date_basis="relative")
    other = row("b", subjects=[passage("grain exports")], place="Ankara", place_country_id="iso:TUR")
    made = views(one, other)
    (event,) = made["events"].to_pylist()
    assert (event["event_id"], event["n_documents"], event["n_publishers"]) == ("event:b-g0", 2, 2)
    assert event["sources"] == ["alpha", "beta"]
    assert (event["date_basis"], event["place"]) == ("stated", "Ankara")
    assert (event["first_published"], event["last_published"]) == (DAY, date(2024, 5, 18))
    assert [r["engagement_id"] for r in made["event_rows"].to_pylist()] == ["b-g0", "a-g0"]
    lines = [(r["aspect"], r["text_a"], r["text_b"], r["comparison"]) for r in made["readouts"].to_pylist()]
    assert lines == [
        ("subject", "Idlib", None, "only_first"),
        ("subject", None, "grain exports", "only_second"),
        ("place", None, "Ankara", "only_second"),
    ]


def test_one_publisher_has_no_readouts_of_its_own() -> None:
    made = views(row("a"), row("b", subjects=[passage("Idlib")]), publishers={"a": "x", "b": "x"})
    assert len(made["events"]) == 1
    assert not len(made["readouts"])


def test_background_is_compared_with_nothing() -> None:
    made = views(row("a", mention="background"), row("b", place="Ankara"))
    assert made["events"]["is_news"].to_pylist() == [True]
    assert not len(made["readouts"])


def test_a_summit_weighs_one_over_its_pairs() -> None:
    sides = ["iso:IRN", "iso:RUS", "iso:TUR"]
    made = views(row("a", country_ids=sides, n_sides=3), row("b", 1, country_ids=["org:nato"], n_sides=1))
    dyads = made["engagement_dyads"].to_pylist()
    assert [(d["country_a"], d["country_b"]) for d in dyads] == [
        ("iso:IRN", "iso:RUS"), ("iso:IRN", "iso:TUR"), ("iso:RUS", "iso:TUR"),
    ]  # fmt: skip
    assert sum(d["weight"] for d in dyads) == pytest.approx(1)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [row("a"), row("b"), row("b", 1, type="meeting")]
    assert views(*rows)["events"].equals(views(*reversed(rows))["events"])


def test_columns_are_those_of_engagements() -> None:
    assert set(READ["engagements"].names) <= set(ENGAGEMENTS.names)
