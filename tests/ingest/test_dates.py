"""Days of publication: as publishers write them, and never by a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tasks.ingest.dates import read_date
from tests.ingest.test_formats import ROW, jsonl, read

READ = {
    "28-September-2015 22:26 IST": date(2015, 9, 28),
    "19 Nov. 2019": date(2019, 11, 19),
    "Dec. 16, 2024": date(2024, 12, 16),
    "11-July-2015": date(2015, 7, 11),
    "Posted On: 22 OCT 2025 4:05PM by PIB Delhi": date(2025, 10, 22),
    "Last updated: 05 Jul. 2024 16:17": date(2024, 7, 5),
    "March 4th, 2024": date(2024, 3, 4),
    "the 3rd of March 2024 at 5 pm": date(2024, 3, 3),
    "2024.03.04": date(2024, 3, 4),
    "2024. 3. 4.": date(2024, 3, 4),
    "2024年3月4日 10:30": date(2024, 3, 4),
    "1709546400": date(2024, 3, 4),
    "1709546400000": date(2024, 3, 4),
    "1709546400.0": date(2024, 3, 4),
    "Mon, 04 Mar 2024 10:00:00 EST": date(2024, 3, 4),
    "Mon, 04 Mar 2024 22:00:00 EST": date(2024, 3, 5),  # a moment counts in UTC
    "Mon Mar  4 10:00:00 UTC 2024": date(2024, 3, 4),
    "5 July 2024 00:30 +0530": date(2024, 7, 4),
}
NOT_READ = (
    "03/04/2024", "14/04/2024", "4.3.2024", "12-03-2024",  # which is the day is for the source to say
    "March 2024", "4 March", "2024", "Monday", "2024-03", "soon", "",  # not whole
    "4 Mar 24", "4-6 March 2024", "25 December 2023 - 5 January 2024", "March 5 2024 Vol. 3",
    "31 February 2024", "2024-02-30", "2024-13-04", "10.30 5 March 2024", "No. 5/2024 March",
    "202403041530", "9876543210", "٣ March 2024", "5 Mar 2024 25:00",
    "0001-01-01T00:00:00+03:00", "9999-12-31T23:59:59-05:00", "1 January 2024 00:00:00 " + "x" * 80,
)  # fmt: skip


@pytest.mark.parametrize("value", READ)
def test_read(value: str) -> None:
    assert read_date(value, ()) == READ[value]


@pytest.mark.parametrize("value", NOT_READ)
def test_not_read(value: str) -> None:
    assert read_date(value, ()) is None


def test_the_formats_of_a_source_come_first() -> None:
    assert read_date("03/04/2024", ("%d/%m/%Y",)) == date(2024, 4, 3)
    assert read_date("2024-03-04", ("%Y-%d-%m",)) == date(2024, 4, 3)
    assert read_date("0001-01-01T00:00:00+03:00", ("%Y-%m-%dT%H:%M:%S%z",)) is None


def test_the_zone_of_this_machine_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.tzname", ("IST", "IST"))
    assert read_date("28 September 2015 02:26 IST", ()) == date(2015, 9, 28)


def test_a_day_beyond_the_calendar_leaves_its_neighbours(tmp_path: Path) -> None:
    rows = [ROW | {"id": str(n), "date": day} for n, day in enumerate(("9999-12-31T23:59:59-05:00", "2021-03-09"))]
    (tmp_path / "a.jsonl").write_bytes(jsonl(*rows))
    records, refusals = read(tmp_path / "a.jsonl")
    assert [row["published_on"] for row in records] == [None, date(2021, 3, 9)]
    assert records[0]["published_raw"] == rows[0]["date"]
    assert refusals == []
