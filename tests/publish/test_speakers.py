"""Who a proposed speaker is, whatever stands in names."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import LogCaptureFixture, MonkeyPatch

from tasks.publish.speakers import Cast, Mention, Office, Speaker
from tasks.publish.table import link_speakers
from tests.builders import staged

WORDS = ("Ana", "Ruiz", "A.", "Jr.", "III", "de", "van", ".", "-", "MINISTER", "Sunday", "’s", "Port")
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
labels = st.sampled_from(["PERSON", "ORG", "TITLE", "GPE", "DATE"])


@given(st.lists(st.tuples(labels, names), max_size=5), names, names, st.booleans(), st.booleans())
@settings(deadline=None, max_examples=300)
def test_no_name_is_too_odd(named: list[tuple[str, str]], own: str, owner: str, is_turn: bool, is_placed: bool) -> None:
    mentions, at = [], 0
    for row, (label, text) in enumerate(named):
        mentions.append(Mention(row, label, text, at, at + len(text), at, at + len(text), None))
        at += len(text) + 1
    cast = Cast(mentions, [Office(owner, "Minister", "Navy")])
    start, end = (0, len(own)) if is_placed else (None, None)
    for name in (own, f"{own} and {owner}"):
        proposed = Speaker(own, start, end, start, end, name, "person", "Minister", None)
        linked = cast.link(proposed, None if start is None else (start, end), is_turn=is_turn, at=at + 1)  # type: ignore[arg-type]
        assert linked.speaker.kind


def _link(text: str, *named: tuple[str, str, str | None], speaker: str, name: str, is_turn: bool = False) -> str | None:
    """Return who a speaker is in a text with some mentions: label, words, fullest form."""
    spans = [(label, words, text.index(words), full) for label, words, full in named]
    mentions = [
        Mention(row, label, words, at, at + len(words), at, at + len(words), full)
        for row, (label, words, at, full) in enumerate(sorted(spans, key=lambda span: span[2]))
    ]
    start, end = text.rindex(speaker), text.rindex(speaker) + len(speaker)
    proposed = Speaker(speaker, start, end, start, end, name, "person", None, None)
    return Cast(mentions, []).link(proposed, (start, end), is_turn=is_turn, at=len(text)).speaker.name


def test_a_forename_says_where_a_name_starts() -> None:
    text, person = "Fisherman Harry Abad said", ("PERSON", "Harry Abad", None)
    assert _link(text, person, speaker="Fisherman Harry Abad", name="Fisherman Harry Abad") == "Harry Abad"
    assert (
        _link(text, person, speaker="Fisherman Harry Abad", name="Fisherman Harry Abad", is_turn=True) != "Harry Abad"
    )


def test_an_initial_joined_to_a_name_is_written_out() -> None:
    people = ("PERSON", "Rauf Tora", None), ("PERSON", "R.Tora", None)
    assert _link("Rauf Tora left. R.Tora said", *people, speaker="R.Tora", name="Rauf Tora") == "Rauf Tora"


def test_of_two_with_one_surname_the_text_says_who() -> None:
    people = ("PERSON", "Ana Ruiz", None), ("PERSON", "Ivo Ruiz", None), ("PERSON", "Ruiz said", "Ana Ruiz")
    assert (
        _link("Ana Ruiz met Ivo Ruiz. Minister Ruiz said", *people, speaker="Ruiz said", name="Ivo Ruiz") == "Ivo Ruiz"
    )


def test_a_forename_that_an_office_took_in_is_no_office() -> None:
    named = ("TITLE", "Minister Charity", None), ("PERSON", "Mulenga", None)
    name = "Charity Mulenga"
    assert _link("Minister Charity Mulenga said", *named, speaker=name, name=name) == name


def test_a_quotation_that_cannot_be_joined_keeps_what_the_text_says(
    monkeypatch: MonkeyPatch, caplog: LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexError("odd")

    batch = staged()
    monkeypatch.setattr(Cast, "link", fail)
    [row] = link_speakers(batch["quotes"], batch["entities"], batch["roles"]).to_pylist()
    [before] = batch["quotes"].to_pylist()
    assert (row["speaker_name"], row["speaker_entity_id"]) == (before["speaker_name"], None)
    assert f"{before['doc_id']}, quotation at {before['start']}" in caplog.text


def test_an_acronym_that_is_a_body_speaks_for_the_body() -> None:
    places = (("PERSON", "Ana Ruiz", 0), ("ORG", "MOP", 20))
    mentions = [
        Mention(row, label, text, at, at + len(text), at, at + len(text), None)
        for row, (label, text, at) in enumerate(places)
    ]
    proposed = Speaker("The MOP", 16, 23, 16, 23, "Ana Ruiz", "person", "Minister of Ports", None)
    linked = Cast(mentions, [Office("Ana Ruiz", "Minister", "Ports")]).link(proposed, (16, 23), is_turn=False, at=24)
    assert (linked.speaker.name, linked.speaker.kind, linked.speaker.title) == ("MOP", "institution", None)
