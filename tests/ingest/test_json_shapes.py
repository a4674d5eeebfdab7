"""JSON as sites and tools write it: nested, appended, with commas too many, under other suffixes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ingest.formats.commas import WithoutCommas, drop_commas
from tests.ingest.builders import TEXTS, rows
from tests.ingest.test_formats import read

ROWS = rows()
IDS = [row["id"] for row in ROWS]


def ids(path: Path) -> list[str]:
    records, refusals = read(path)
    assert refusals == []
    return [r["external_id"] for r in records]


@pytest.mark.parametrize("suffix", ["jsonl", "jl", "jsonlines", "ndjson", "json"])
def test_lines_with_a_comma_at_the_end_are_read_and_told(
    suffix: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = [json.dumps(ROWS[0]) + ",", json.dumps(ROWS[1])[:-1] + ", },", json.dumps(ROWS[2])]
    (tmp_path / f"a.{suffix}").write_text("\n".join(lines) + "\n")
    assert ids(tmp_path / f"a.{suffix}") == IDS
    assert any("comma" in message for message in caplog.messages)


@pytest.mark.parametrize("filler", [1, 300_000])
def test_a_comma_before_a_bracket_is_read_and_told(
    filler: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    body = ",\n".join(json.dumps(row | {"note": "x, ]" * filler if n == 1 else ""}) for n, row in enumerate(ROWS))
    (tmp_path / "a.json").write_text(f"[{body},\n]\n")
    assert ids(tmp_path / "a.json") == IDS
    assert any("1 commas before a closing bracket" in message for message in caplog.messages)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("note", ["", "x" * 1_100_000])
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_what_is_appended_is_read(indent: int | None, note: str, suffix: str, tmp_path: Path) -> None:
    first, *others = [row | {"note": note} for row in ROWS]
    arrays = json.dumps([first], indent=indent) + "\n" + json.dumps(others, indent=indent)
    (tmp_path / f"a.{suffix}").write_text(arrays)
    assert ids(tmp_path / f"a.{suffix}") == IDS
    objects = "\n".join(json.dumps(row, indent=indent) for row in ROWS)
    (tmp_path / f"b.{suffix}").write_text(objects)
    assert ids(tmp_path / f"b.{suffix}") == IDS


def test_texts_of_sites_are_found_by_path(tmp_path: Path) -> None:
    text = TEXTS[0]
    shapes = {
        "wordpress": [
            {
                "id": 1,
                "title": {"rendered": "<em>T</em> &#8211; U"},
                "content": {"rendered": text},
                "date": "2021-03-09T10:00:00",
            }
        ],
        "gov_uk": {
            "title": "T",
            "first_published_at": "2021-03-09T10:00:00Z",
            "details": {"body": text, "tags": ["a"]},
        },
        "json_api": {
            "data": [{"id": 1, "attributes": {"title": "T", "body": {"value": text}, "created": "2021-03-09"}}]
        },
        "deep": {
            "response": {"status": "ok", "results": [{"id": 1, "title": "T", "body": text, "date": "2021-03-09"}]}
        },
    }
    for name, value in shapes.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
        [row], refusals = read(tmp_path / f"{name}.json")
        title = "T – U" if name == "wordpress" else "T"
        assert (row["raw_text"], row["title"], str(row["published_on"])) == (text, title, "2021-03-09"), name
        assert refusals == []


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b"]), st.text('x,]}\\" \n', max_size=8)), max_size=5),
    st.integers(1, 7),
)
def test_commas_in_strings_stay(rows: list[dict[str, str]], step: int) -> None:
    sound = json.dumps(rows).encode()
    assert drop_commas(sound)[:2] == (sound, 0)
    loose = json.dumps(rows).replace("}", ",}").replace("{,}", "{}").encode()

    class Slow:
        at = 0

        def read(self, _size: int) -> bytes:
            self.at += step
            return loose[self.at - step : self.at]

    bare = WithoutCommas(Slow(), 1000)  # type: ignore[arg-type]
    whole, _, _ = drop_commas(loose)
    assert b"".join(iter(lambda: bare.read(3), b"")) == whole
