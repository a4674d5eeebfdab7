"""What two publishers say of one event."""

from dataclasses import replace

from tasks.events.readouts import Readout, are_alike, compare

ONE = Readout(
    ("Idlib", "gas supplies"),
    ("meet again in June",),
    "Ankara",
    "iso:TUR",
    "head",
    "the Turkish side",
    "iso:TUR",
    "2024-05-17",
)


def test_equal_readouts_differ_in_nothing() -> None:
    assert compare(ONE, ONE) == []
    assert compare(ONE, replace(ONE, subjects=("supplies of gas", "the situation in Idlib province"))) == []
    assert compare(ONE, replace(ONE, place="the Ankara palace", initiated_by="Türkiye")) == []


def test_what_one_does_not_mention_is_not_in_its_text() -> None:
    other = replace(ONE, subjects=("Idlib", "grain exports"), agreements=(), place=None, initiated_by=None)
    said = [(d.aspect, d.first, d.second, d.comparison) for d in compare(ONE, other)]
    assert said == [
        ("subject", "gas supplies", None, "only_first"),
        ("subject", None, "grain exports", "only_second"),
        ("agreement", "meet again in June", None, "only_first"),
        ("place", "Ankara", None, "only_first"),
        ("initiative", "the Turkish side", None, "only_first"),
    ]


def test_what_both_say_may_differ() -> None:
    other = replace(
        ONE, place="Istanbul", level="minister", initiated_by="the Russian side", initiated_by_country="iso:RUS",
        days="2024-05-18",
    )  # fmt: skip
    assert [(d.aspect, d.comparison) for d in compare(ONE, other)] == [
        ("place", "differs"), ("level", "differs"), ("initiative", "differs"), ("date", "differs"),
    ]  # fmt: skip


def test_levels_and_days_that_are_not_known_differ_from_nothing() -> None:
    assert compare(ONE, replace(ONE, level="unknown", days=None)) == []


def test_words_that_say_nothing_make_nothing_alike() -> None:
    assert not are_alike("bilateral cooperation issues", "the situation in the region")
    assert not are_alike("bilateral trade", "bilateral defence")
