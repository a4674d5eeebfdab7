"""One wording that the model read in several ways; the rest of it stands in tests/golden/entities."""

from tasks.entities.consistency import settle
from tasks.entities.lexicon import Mention


def test_the_most_frequent_label_holds_and_titles_keep_out() -> None:
    text = "Ardan, Ardan, Ardan; Chief, Chief"
    labels = ("GPE", "PERSON", "GPE", "TITLE", "ORG")
    starts = (0, 7, 14, 21, 28)
    mentions = [Mention(start, start + 5, label, "model") for start, label in zip(starts, labels, strict=True)]
    assert [m.label for m in settle(text, mentions)] == ["GPE", "GPE", "GPE", "TITLE", "ORG"]
