"""What a batch says of lines, what bounds the search, and what becomes of the day; more stands in tests/golden/furniture."""

from __future__ import annotations

import time
from datetime import date

import pytest

from tasks.normalize.furniture import count_repeated, find_furniture, read_day
from tasks.normalize.table import normalize_batch
from tasks.schemas import INGESTED
from tasks.settings import load_settings
from tests.builders import document, rows

BODIES = [f"Ferry number {n} left the old pier at noon, the harbour office said." for n in range(12)]


def found(texts: list[str], at: int, title: str = "") -> list[tuple[str, str]]:
    pieces = find_furniture(texts[at], title, count_repeated(texts))
    return [(texts[at][piece.start : piece.end], piece.basis) for piece in pieces]


def test_a_line_in_many_documents_of_a_batch_is_a_banner() -> None:
    texts = [f"Ferry {n} Sails\nHarbour Office News Desk\n{body}" for n, body in enumerate(BODIES)]
    assert found(texts, 3) == [("Harbour Office News Desk", "repeated")]
    assert found(texts[:2], 1) == []  # two are not several


def test_a_line_in_several_documents_needs_furniture_beside_it() -> None:
    texts = [*BODIES * 10]
    for n in range(3):
        texts[n] = f"Ferry Talks Begin\nHarbour Office Desk\nFor Immediate Release\n{BODIES[n]}"
    texts[3] = f"Ferry Talks End\nHarbour Office Desk\nThe minister came.\n{BODIES[3]}"
    assert ("Harbour Office Desk", "repeated") in found(texts, 0)
    assert found(texts, 3) == []


@pytest.mark.parametrize("line", ["Thank you.", "Friends,", "MS. RUIZ:", "“Yes”", "Thank you. (Applause)"])
def test_repeated_speech_is_no_banner(line: str) -> None:
    assert found([f"{line}\n{body}\n{line}" for body in BODIES], 3) == []


def test_a_title_that_many_have_is_no_banner() -> None:
    texts = [f"For Immediate Release\nFerry Talks\n{body}" for body in BODIES]
    assert found(texts, 0, title="Ferry Talks") == [("For Immediate Release", "form")]


def test_what_is_counted_does_not_depend_on_the_bundle() -> None:
    batches = {f"b{n}": [f"Title {n}{body[13]}\nHarbour Desk {n}\n{body}" for body in BODIES[:4]] for n in range(3)}
    records = [document(text, batch_id=batch, title=None) for batch, texts in batches.items() for text in texts]
    settings = load_settings().normalize
    whole = normalize_batch(rows(INGESTED, records), settings)["furniture"].to_pylist()
    parts = [normalize_batch(rows(INGESTED, records[n : n + 4]), settings)["furniture"] for n in (0, 4, 8)]
    assert whole == [row for part in parts for row in part.to_pylist()]
    assert {row["text"] for row in whole} == {"Harbour Desk 0", "Harbour Desk 1", "Harbour Desk 2"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Posted On: 04 MAR 2024 5:12PM by the desk\nTwo ferries left.", date(2024, 3, 4)),
        ("SUVA, March 4, 2024 -- Two ferries left.", date(2024, 3, 4)),
        ("SUVA, March 4 -- Two ferries left.", None),  # no year
        ("Published 04/03/2024\nTwo ferries left.", None),  # could be two
        ("March 4, 2024\nTwo ferries left.\n(Source: desk; 2024-03-05 10:00)", None),  # two days
        ("June 31, 2024\nTwo ferries left.", None),
        ("Two ferries left on March 4, 2024.", None),
        ("Date: Saturday, March 9, 2024\nTwo ferries will leave.", None),  # of an event
    ],
)
def test_the_day(text: str, day: date | None) -> None:
    assert read_day(text, find_furniture(text)) == day


def test_the_day_counts_where_the_dump_gives_none() -> None:
    text = "March 4, 2024\nTwo ferries left the old pier at noon, the harbour office said."
    given = [
        {"published_on": None},
        {"published_on": date(2020, 1, 1)},
        {"published_on": None, "published_raw": "n.d."},
    ]
    records = rows(INGESTED, [document(text, record=n, **own) for n, own in enumerate(given)])
    done = normalize_batch(records, load_settings().normalize)["normalized"]
    assert done["published_on"].to_pylist() == [date(2024, 3, 4), date(2020, 1, 1), None]


@pytest.mark.parametrize(
    "text",
    [
        "A " * 200_000,
        "By Ann " * 60_000 + "\nX",
        ("Facebook " * 60 + "\n") * 2000,
        ("(" * 600 + "\n") * 2000,
        "Ana Ruiz Ruiz Ana" * 20_000,
        ("12 March 2024, " * 40 + "\n") * 1500,
        ("E&OE" + "." * 600 + "\n") * 2000,
    ],
)
def test_hostile_lines_take_no_time(text: str) -> None:
    start = time.process_time()
    find_furniture(text)
    assert time.process_time() - start < 5
