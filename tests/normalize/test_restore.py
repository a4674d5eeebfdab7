"""Spaces come back where they were lost, go where they were put in, and stay where nothing speaks against them."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.edits import apply_edits
from tasks.errors import ConfigError
from tasks.normalize import model, restore
from tasks.normalize.lattice import Decoder, make_terms
from tasks.normalize.model import load_model
from tasks.normalize.restore import learn_names, restore_lines, restore_paragraphs

SENTENCES = [
    "President Petrov's visit to Malta begins on Sunday, the spokesman said.",
    "The two sides agreed to hold a joint exercise in 2024, adding that 300 troops would take part.",
    "Li Shangfu has said that the Navy's KC-135Rs and two F-35Bs flew 1,250 sorties on Nov. 24, 2016.",
    "The guided-missile destroyer USS Halden (DDG 71) left its homeport at 9:30 a.m. with 300 service members.",
    "Near Raqqah, three airstrikes destroyed two VBIEDs, an ISIL vehicle and a $765 million depot.",
    "“We're ready,” said Lt. Gen. Anna Brandt of the 321st Air Expeditionary Wing. “That's all.”",
    "U.S.-led forces trained in the South China Sea on March 26, 2016, the Pentagon said.",
]


def one(line: str) -> str:
    return next(restore_lines([line]))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_lost_spaces_come_back(sentence: str) -> None:
    assert one(sentence.replace(" ", "")) == sentence


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ('Jinping"sRussiavisit', "Jinping's Russia visit"),
        ('Theyrespecteachother"scoreinterestsandtheofficials"statement.', None),
        ('Heopposes"Taiwanindependence"inanyform.', 'He opposes "Taiwan independence" in any form.'),
    ],
)
def test_marks_are_repaired_with_the_spaces(damaged: str, sound: str | None) -> None:
    restored = one(damaged)
    assert restored.replace(" ", "").replace("'", '"') == damaged
    assert sound is None or restored == sound
    assert sound is not None or "each other's core interests" in restored


def test_a_name_keeps_what_follows_its_hyphen() -> None:
    line = "The spokesman Major General Wu Li-fang told the press in the capital."
    assert one(line.replace(" ", "")) == line


def test_a_mark_behind_a_word_without_s_opens() -> None:
    damaged = 'Heemphasizedthat"assistingthe"Northernpier"withropes"and"closingtheSouthernpier"willnotsucceed.'
    assert one(damaged).startswith('He emphasized that "assisting the')


@pytest.mark.parametrize(
    ("damaged", "sound"),
    [
        ("Defense MinisterLi Shangfu met the delegation.", "Defense Minister Li Shangfu met the delegation."),
        ("He says China opposes independence in anyform.", "He says China opposes independence in any form."),
        ("P l e a s e contact the press office on Monday.", "Please contact the press office on Monday."),
        ("The Min istry of Defence ann ounced the exer cise.", "The Ministry of Defence announced the exercise."),
    ],
)
def test_partly_damaged_lines(damaged: str, sound: str) -> None:
    assert one(damaged) == sound


def test_a_lone_odd_word_in_a_long_text_stays() -> None:
    sound = [SENTENCES[1]] * 20
    lines = [*sound, "The village of Novoshakhtinsky lies near the border of the region.", "Our next guest,please sit."]
    assert list(restore_lines(lines)) == lines
    assert [r.edits for r in restore_paragraphs(lines)] == [[]] * len(lines)


def test_a_text_that_shows_slips_is_believed_to_have_more() -> None:
    slips = ["They met ontheday of the talks andthe visit of theship to theport.", "The crew wentto sea."]
    filler = [SENTENCES[1]] * 5
    restored = list(restore_lines([*slips[:1], *filler, *slips[1:]]))
    assert restored[0] == "They met on the day of the talks and the visit of the ship to the port."
    assert restored[-1] == "The crew went to sea."


@pytest.mark.parametrize("lost", [0.02, 0.2, 0.5])
def test_partly_glued_text(lost: float) -> None:
    rng = random.Random(7)
    damaged = ["".join(c for c in s if c != " " or rng.random() >= lost) for s in SENTENCES * 6]
    restored = list(restore_lines(damaged))
    right = sum(a == b for a, b in zip(restored, SENTENCES * 6, strict=True))
    assert right >= 0.9 * len(restored)


def test_addresses_are_left_alone() -> None:
    line = "Formoreinformationvisithttps://www.example.org/news/releaseofthedayorwritetopressoffice@example.orgsoon."
    restored = one(line)
    assert "https://www.example.org/news/releaseofthedayorwriteto" in restored.replace(" ", "")
    assert "https://www.example.org/news/" in restored
    assert restored != line


def test_names_of_the_batch_are_known_to_its_glued_text() -> None:
    sound = "Mr Tournearvik met Mr Tournearvik again."
    glued = "ThespokesmansaidTournearvikarrivedonMonday."
    learned = learn_names([sound])
    with_names = apply_edits(glued, restore_paragraphs([glued], decoder=learned)[0].edits)
    assert with_names == "The spokesman said Tournearvik arrived on Monday."
    assert learn_names(["Mr Tournearvik left."]) is restore.load_decoder()  # once may be a slip


@pytest.mark.parametrize(("times", "is_learned"), [(2, False), (4, True)])
def test_of_too_many_names_the_most_frequent_are_learned(
    times: int, is_learned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "_MOST_LEARNED", 1)
    learned = learn_names(["They met Dellinga today."] * times + ["They met Tournearvik today."] * 3)
    glued = "OnMondayDellingamettheambassador."
    restored = apply_edits(glued, restore_paragraphs([glued], decoder=learned)[0].edits)
    assert (restored == "On Monday Dellinga met the ambassador.") == is_learned


def test_more_terms_than_a_trie_holds_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = [("Quorvex", 1.0), ("Tangle", 1.0)], [("Quorvex", 1.0), ("Tangle", 1.0), ("Vreem", 1.0)]
    for limit, most in (("MOST_ENDS", 2), ("MOST_NODES", 14)):
        with monkeypatch.context() as patch:
            patch.setattr(model, limit, most)
            assert len(make_terms(few).pieces) == 2
            with pytest.raises(ConfigError, match="too many"):
                make_terms(many)


def test_names_of_surely_restored_text_are_known_to_the_rest_of_the_batch() -> None:
    sure = ["TheministerthankedDellingaforthesupport.", "SecretaryDellingavisitedthebaseinNorway."]
    glued = "OnMondayDellingamettheambassador."
    more = "PresidentDellingasaidthattheshipswouldsail."
    assert learn_names(sure) is restore.load_decoder()  # twice in restored text is not enough
    learned = learn_names([*sure, more])
    assert learn_names(["\n".join([more, *sure])]) is not restore.load_decoder()
    without, with_names = (
        apply_edits(glued, restore_paragraphs([glued], decoder=decoder)[0].edits) for decoder in (None, learned)
    )
    assert with_names == "On Monday Dellinga met the ambassador." != without


def test_terms_are_kept_whole_by_weight() -> None:
    glued = "TheyboardedtheQuorvexTangle."
    decoder = Decoder(load_model(), make_terms([("QuorvexTangle", 1000.0)]))
    assert (
        apply_edits(glued, restore_paragraphs([glued], decoder=decoder)[0].edits) == "They boarded the QuorvexTangle."
    )
    decoder = Decoder(load_model(), make_terms([("Quorvex Tangle", 1000.0), ("QuorvexTangle", 1.0)]))
    assert (
        apply_edits(glued, restore_paragraphs([glued], decoder=decoder)[0].edits) == "They boarded the Quorvex Tangle."
    )


@pytest.mark.parametrize("line", ["air group\tmany", "air group\t0", "air group\t-1"])
def test_a_bad_weight_is_named(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "terms.tsv").write_text(line)
    monkeypatch.setattr(restore, "TERMS", str(tmp_path / "terms.tsv"))
    restore._read_terms.cache_clear()
    with pytest.raises(ConfigError, match="weight"):
        restore._read_terms()
    monkeypatch.undo()
    restore._read_terms.cache_clear()


def test_score_tells_right_from_wrong() -> None:
    easy = restore_paragraphs([SENTENCES[1].replace(" ", "")])[0].score
    hard = restore_paragraphs(["Zxqvbnthrkjhgwqzorvexplmbtthunkqrstvw"])[0].score
    assert 0 <= hard < 0.5 < easy <= 1


def test_the_same_whatever_stands_beside_it() -> None:
    glued = [s.replace(" ", "") for s in SENTENCES]
    together = [apply_edits(g, r.edits) for g, r in zip(glued, restore_paragraphs(glued), strict=True)]
    assert together == [one(g) for g in glued]


def test_sections_join_where_they_meet() -> None:
    long = " ".join(SENTENCES[:2] * 120)
    restored = one(long.replace(" ", ""))
    assert len(restored) > 3 * 4096
    differences = [i for i, (a, b) in enumerate(zip(long, restored, strict=False)) if a != b]
    assert restored == long, restored[max(0, differences[0] - 40) : differences[0] + 40] if differences else "length"


@given(st.text(min_size=1, max_size=80))
def test_nothing_but_spaces_and_apostrophes_changes(line: str) -> None:
    restored = one(line)
    assert "".join(restored.split()).replace("'", '"') == "".join(line.split()).replace("'", '"')


@pytest.mark.parametrize("char", ["a", "A", "é", "7", '"', "'", "U.", "-", "国", "aB", "A1", "1,000", "\u0301"])
def test_time_is_linear_in_odd_lines(char: str) -> None:
    def seconds(copies: int) -> float:
        start = time.process_time()
        one(f"{char * copies} www.example.org, press@example.org")
        return time.process_time() - start

    seconds(10)
    assert seconds(40_000) < 10 * max(seconds(10_000), 0.05)


@pytest.mark.parametrize(
    "sound",
    [
        "The two navies ended the Harbour Lance-2024 exercise in the bay.",
        "The Malaysia-Thailand committee met in Bangkok on Monday.",
        "Rear Admiral Vandeputte-Okoro thanked the crew of the PB-5012 for the rescue.",
        "Two Su-30SM fighters and an F-15SG landed at the base in the morning.",
        "The ministry spent NT$10.3 billion and ₹25,000 crore on the ships.",
        "The budget is NOK 870 million, and the delegates of COP26 were told of 2,819.4 tons.",
        "Posted On: 26 FEB 2024 4:40 PM by the press office in Hyderabad.",
        "The visit was on 10.12.2024 and ended at 17:48 in the harbour.",
        "The navy has short- and medium-range missiles, and the land-based ones are old.",
        "There was a drop in visibility near the coast of the island.",
    ],
)
def test_names_amounts_and_times_stay_together(sound: str) -> None:
    assert one("".join(sound.split())) == sound


def test_short_lines_of_a_glued_text_have_lost_their_spaces_too() -> None:
    long, short = SENTENCES[1], ["PRIME MINISTER:", "Thank you very much.", "Quick facts"]
    spaced = [long, *(s.replace(" ", "") for s in short[:2])]
    assert [r.edits for r in restore_paragraphs(spaced)[1:]] == [[], []]
    glued = [line.replace(" ", "") for line in [*short, long]]
    restored = [apply_edits(g, r.edits) for g, r in zip(glued, restore_paragraphs(glued), strict=True)]
    assert restored == [*short, long]


def test_a_space_beside_a_unit_does_not_lower_the_score() -> None:
    plain, units = (
        "Three guns and four trucks were bought.",
        "Six 155 mm guns of 450 kg and 2,500 km range were bought in FY 2025.",
    )
    assert all(restore_paragraphs([s.replace(" ", "")])[0].score > 0.5 for s in (plain, units))
