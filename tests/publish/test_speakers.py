"""Who a proposed speaker is, whatever stands in names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import LogCaptureFixture, MonkeyPatch

from tasks.publish.mentions import Mention, Office
from tasks.publish.speakers import Cast, Speaker
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
    cast = Cast(mentions, [Office(owner, "Minister", "Navy")], turns=[(at // 2, at)])
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


@pytest.mark.parametrize("is_turn", [True, False])
def test_an_initial_before_a_surname_is_no_office(is_turn: bool) -> None:
    assert (
        _link("Ana R. Hale said", ("PERSON", "Hale", None), speaker="Ana R. Hale", name="Ana R. Hale", is_turn=is_turn)
        == "Ana R. Hale"
    )


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
    [row] = link_speakers(batch["quotes"], batch["entities"], batch["roles"], batch["sentences"]).to_pylist()
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


def _speaks(
    text: str, *named: tuple[str, str], speaker: str, name: str | None, kind: str = "person"
) -> list[str | None]:
    """Return who a pronoun or an office at the end of a text is, and who goes on speaking after it."""
    mentions = []
    for row, (label, words) in enumerate(sorted(named, key=lambda one: text.index(one[1]))):
        at = text.index(words)
        mentions.append(Mention(row, label, words, at, at + len(words), at, at + len(words), None))
    starts = [0, *(i + 2 for i, c in enumerate(text) if c == "." and text[i + 1 : i + 2] == " ")]
    weights = {("office", "office bare"): 2.0, ("office", "none"): 1.0}
    cast = Cast(mentions, [], [(start, 0) for start in starts], weights)
    start, end = text.rindex(speaker), text.rindex(speaker) + len(speaker)
    proposed = Speaker(speaker, start, end, start, end, name, kind, None, None)
    first = cast.link(proposed, None, is_turn=False, at=end)
    carried = Speaker(None, None, None, None, None, name, kind, None, None)
    return [first.speaker.name, cast.link(carried, None, is_turn=False, at=end).speaker.name]


def test_what_is_no_person_is_no_he() -> None:
    people = ("PERSON", "Wu Lei"), ("ORG", "Harbour Radio")
    text = "Capt Wu Lei spoke to Harbour Radio. He said"
    assert _speaks(text, *people, speaker="He", name="Harbour Radio") == ["Wu Lei", "Wu Lei"]


def test_an_office_goes_to_whom_the_titles_say() -> None:
    people = ("TITLE", "Capt"), ("PERSON", "Wu Lei"), ("TITLE", "Mayor"), ("PERSON", "Ana Ruiz")
    text = "Capt Wu Lei met Mayor Ana Ruiz. The captain said"
    found = _speaks(text, *people, speaker="The captain", name="The captain", kind="role")
    assert found == ["Wu Lei", "Wu Lei"]


def test_an_office_that_nobody_holds_stays_one() -> None:
    people = ("TITLE", "Mayor"), ("PERSON", "Ana Ruiz")
    text = "Mayor Ana Ruiz left. A senior defence official said"
    found = _speaks(text, *people, speaker="A senior defence official", name="A senior defence official", kind="role")
    assert found == ["A senior defence official"] * 2


def test_a_label_in_capitals_keeps_the_name_that_its_title_leaves() -> None:
    text = "GENERAL ANA RUIZ BANDA: No."
    mention = Mention(0, "PERSON", "RUIZ BANDA", 12, 22, 12, 22, None)
    proposed = Speaker("GENERAL ANA RUIZ BANDA", 0, 22, 0, 22, "ANA RUIZ BANDA", "person", "GENERAL", None)
    assert text[12:22] == mention.text
    assert Cast([mention], []).link(proposed, None, is_turn=True, at=24).speaker.name == "ANA RUIZ BANDA"


def _labelled(text: str, *named: tuple[str, str], label: str, name: str, kind: str = "role") -> str | None:
    """Return who speaks under the first label of a text, whose turn is the paragraph that it opens."""
    mentions, at = [], 0
    for row, (kind_of, words) in enumerate(named):
        at = text.index(words, at)
        mentions.append(Mention(row, kind_of, words, at, at + len(words), at, at + len(words), None))
        at += len(words)
    start = text.index(label + ":")
    end = text.index("\n", start)
    lines = [(i + 1, 0) for i, c in enumerate(text) if c == "\n"]
    cast = Cast(mentions, [], [(0, 0), *lines], None, [(start + len(label) + 2, end)])
    proposed = Speaker(label, start, start + len(label), start, start + len(label), name, kind, None, None)
    return cast.link(proposed, None, is_turn=True, at=end).speaker.name


def test_a_label_is_who_is_said_to_hold_the_office_outside_of_the_turns() -> None:
    text = "CHAIRMAN: No.\nPresent: Ana Ruiz (Chairman), Wu Lei (Vice President), Ivo Hale."
    people = ("PERSON", "Ana Ruiz"), ("TITLE", "Chairman"), ("PERSON", "Wu Lei"), ("TITLE", "Vice President")
    assert _labelled(text, *people, ("PERSON", "Ivo Hale"), label="CHAIRMAN", name="CHAIRMAN") == "Ana Ruiz"
    listed = "HARBOUR MASTER: No.\nHarbour Master: Ana Ruiz; Commodore: Wu Lei."
    people = ("TITLE", "Harbour Master"), ("PERSON", "Ana Ruiz"), ("TITLE", "Commodore"), ("PERSON", "Wu Lei")
    assert _labelled(listed, *people, label="HARBOUR MASTER", name="HARBOUR MASTER") == "Ana Ruiz"
    noted = "Commander: No.\nThe Commander is General Wu Lei."
    at = noted.index("Commander is")
    mentions = [
        Mention(0, "TITLE", "Commander", at, at + 9, at, at + 9, None),
        Mention(1, "TITLE", "General", at + 13, at + 20, at + 13, at + 20, None),
        Mention(2, "PERSON", "Wu Lei", at + 21, at + 27, at + 21, at + 27, None),
    ]
    proposed = Speaker("Commander", 0, 9, 0, 9, "Commander", "role", None, None)
    assert Cast(mentions, [], turns=[(11, 14)]).link(proposed, None, is_turn=True, at=11).speaker.name == "Wu Lei"


def test_a_label_may_say_whose_its_office_is() -> None:
    text = "GOC HARBOUR COMMAND: No.\nGen. Wu Lei, GOC Harbour Command, and Mayor Ana Ruiz were there."
    people = (
        ("TITLE", "GOC"),
        ("UNIT", "HARBOUR COMMAND"),
        ("TITLE", "Gen."),
        ("PERSON", "Wu Lei"),
        ("TITLE", "GOC"),
        ("UNIT", "Harbour Command"),
        ("TITLE", "Mayor"),
        ("PERSON", "Ana Ruiz"),
    )
    assert _labelled(text, *people, label="GOC HARBOUR COMMAND", name="GOC HARBOUR COMMAND") == "Wu Lei"


def test_two_holders_of_an_office_are_none() -> None:
    text = "MINISTER: No.\nMinister Ana Ruiz met Minister Wu Lei."
    people = ("TITLE", "Minister"), ("PERSON", "Ana Ruiz"), ("TITLE", "Minister"), ("PERSON", "Wu Lei")
    assert _labelled(text, *people, label="MINISTER", name="MINISTER") == "MINISTER"


def test_a_label_names_in_brackets_who_holds_its_office() -> None:
    mentions = [
        Mention(0, "PERSON", "RUIZ", 16, 20, 16, 20, "Ana Ruiz"),
        Mention(1, "PERSON", "Ana Ruiz", 40, 48, 40, 48, None),
    ]
    cast = Cast(mentions, [], turns=[(23, 26), (39, 40)])
    for label in ("THE CHAIR (SEN. RUIZ)", "THE CHAIR"):
        proposed = Speaker(label, 0, len(label), 0, len(label), label, "role", None, None)
        assert cast.link(proposed, None, is_turn=True, at=23).speaker.name == "Ana Ruiz"


def test_a_name_alone_before_a_label_calls_who_asks() -> None:
    people = (("PERSON", "Odo"),)
    assert _labelled("Next.\nOdo?\nQ: When?\n", *people, label="Q", name="Q", kind="unknown") == "Odo"
    assert _labelled("We thank Odo.\nQ: When?\n", *people, label="Q", name="Q", kind="unknown") == "Q"


def test_a_name_that_goes_beyond_its_label_is_none() -> None:
    text = "A. Thales. He fell.\n"
    mention = Mention(0, "PERSON", "A. Thales", 0, 9, 0, 9, None)
    proposed = Speaker("A", 0, 1, 0, 1, "A", "role", None, None)
    assert text.startswith(mention.text)
    assert Cast([mention], [], turns=[(3, 19)]).link(proposed, None, is_turn=True, at=3).speaker.name == "A"


def test_the_former_and_the_latter_are_two_of_one_sentence() -> None:
    people = ("PERSON", "Ana Ruiz"), ("PERSON", "Wu Lei")
    for speaker, name in (("The former", "Ana Ruiz"), ("The latter", "Wu Lei")):
        text = f"Ana Ruiz met Wu Lei. {speaker} said"
        assert _speaks(text, *people, speaker=speaker, name=speaker, kind="unknown")[0] == name
    apart = "Ana Ruiz came. Wu Lei left. The former said"
    assert _speaks(apart, *people, speaker="The former", name="The former", kind="unknown")[0] == "The former"


def test_a_surname_that_is_an_office_is_a_person() -> None:
    mention = Mention(0, "PERSON", "Bishop", 0, 6, 0, 6, "Ana Bishop")
    proposed = Speaker("Bishop", 0, 6, 0, 6, "Bishop", "role", None, None)
    assert Cast([mention], []).link(proposed, None, is_turn=False, at=12).speaker.name == "Ana Bishop"


def test_a_first_name_tells_he_from_she() -> None:
    mentions = [
        Mention(row, "PERSON", words, at, at + len(words), at, at + len(words), None)
        for row, (words, at) in enumerate((("Adelaide Stone", 0), ("Wendell Roe", 19)))
    ]
    weights = {("pronoun", "agrees"): 2.0, ("pronoun", "disagrees"): -2.0}
    for pronoun, name in (("She", "Adelaide Stone"), ("He", "Wendell Roe")):
        cast = Cast(mentions, [], [(0, 0), (32, 0)], weights)
        proposed = Speaker(pronoun, 32, 32 + len(pronoun), 32, 32 + len(pronoun), "Wendell Roe", "person", None, None)
        assert cast.link(proposed, None, is_turn=False, at=40).speaker.name == name


def test_a_surname_after_a_rank_in_a_label_has_the_one_forename() -> None:
    named = [
        Mention(0, "PERSON", "Ana Abi Hale", 0, 12, 0, 12, None),
        Mention(1, "PERSON", "Abi Hale", 25, 33, 25, 33, None),
    ]
    proposed = Speaker("Gen. Abi Hale", 20, 33, 20, 33, "Abi Hale", "person", "Gen.", None)
    other = Mention(2, "PERSON", "Ivo Abi Hale", 50, 62, 50, 62, None)
    for mentions, name in ((named, "Ana Abi Hale"), ([*named, other], "Abi Hale")):
        linked = Cast(mentions, [], turns=[(34, 40)]).link(proposed, None, is_turn=True, at=34)
        assert linked.speaker.name == name
