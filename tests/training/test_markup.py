"""Annotated releases as text: what is read, and that what is malformed is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.resources import find_resource
from training.data import list_releases, read_releases

_RELEASE = """id: us-1
publisher: Harbour Command
published_on: 2021-03-04
title: A day out
---
<GPE>Oslo</GPE> — "<q1>We met</q1>," <c1>said</c1> <s1><PERSON>Ann Roe</PERSON></s1>. "<q1>It rained</q1>."

<s2>She</s2> <c2>added</c2> that <q2>she would be back in <DATE>May</DATE></q2>.
---
2 indirect | Ann Roe
1 direct | -
"""


def test_tags_become_spans_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(_RELEASE + "===\n" + _RELEASE.replace("us-1", "us-2"), encoding="utf-8")
    first, second = read_releases(path)
    text = first["text"]
    assert text == 'Oslo — "We met," said Ann Roe. "It rained."\n\nShe added that she would be back in May.'
    assert [(text[s:e], label) for s, e, label in first["entities"]] == [
        ("Oslo", "GPE"),
        ("Ann Roe", "PERSON"),
        ("May", "DATE"),
    ]
    direct, indirect = first["quotes"]
    assert (direct["type"], direct["speaker_name"]) == ("direct", None)
    assert [text[s:e] for s, e in direct["content"]] == ["We met", "It rained"]
    assert [text[s:e] for part in ("speaker", "cue") for s, e in indirect[part]] == ["She", "added"]
    assert indirect["speaker_name"] == "Ann Roe"
    assert (second["id"], second["publisher"], second["title"]) == ("us-2", "Harbour Command", "A day out")


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        ("<GPE>Oslo</GPE>", "<TOWN>Oslo</TOWN>", "<TOWN> is no label"),
        ("<GPE>Oslo</GPE>", "<GPE><LOC>Oslo</LOC></GPE>", "<LOC> stands in another"),
        ("<GPE>Oslo</GPE>", "Oslo</GPE>", "</GPE> closes nothing"),
        ("<DATE>May</DATE>", "<DATE>May", "not closed: DATE"),
        ("1 direct | -\n", "", "no line for the quotation of q1, c1, s1"),
        ("1 direct", "3 direct", "no <q3>"),
        ("1 direct", "1 sung", "no such type"),
        ("1 direct | -", "1 direct", "cannot be read: '1 direct'"),
        ("publisher:", "paper:", "cannot be read: 'paper: Harbour Command'"),
    ],
)
def test_what_is_malformed_is_refused_by_file_and_place(tmp_path: Path, right: str, wrong: str, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(_RELEASE + "===\n" + _RELEASE.replace(right, wrong), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_releases(path)
    assert str(caught.value).startswith(f"{path}: release 2: ")
    assert reason in str(caught.value)


def test_the_releases_that_ship_can_be_read_and_their_ids_differ() -> None:
    paths = list_releases(Path(), (), "written")
    releases = [release for path in paths for release in read_releases(path)]
    assert len({release["id"] for release in releases}) == len(releases) > 0
    assert find_resource("written", "config/training").is_dir()
    for release in releases:
        text = release["text"]
        spans = [(s, e) for s, e, _ in release["entities"]]
        assert all(text[s:e].strip() == text[s:e] != "" for s, e in spans), release["id"]
        assert all(end <= start for (_, end), (start, _) in pairwise(spans)), release["id"]
