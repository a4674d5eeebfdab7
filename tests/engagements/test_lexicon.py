"""Triggers of engagements, and the words beside them."""

import pytest

import tasks.engagements.lexicon as lexicon
from tasks.engagements.frames import FRAMES
from tasks.engagements.lexicon import Trigger, find_triggers, triggers
from tasks.errors import ConfigError
from tasks.schemas import ENGAGEMENT_TYPES, MODALITIES


def test_each_trigger_has_a_type_a_frame_a_modality_and_a_licence() -> None:
    for trigger in triggers():
        assert trigger.type in ENGAGEMENT_TYPES, trigger
        assert trigger.frame in FRAMES, trigger
        assert trigger.modality in MODALITIES, trigger
        assert trigger.licence in ("planned", "fact"), trigger
    assert {trigger.type for trigger in triggers()} == set(ENGAGEMENT_TYPES)


@pytest.mark.parametrize("pattern", ["(met", "(met) with"])
def test_a_trigger_that_is_no_pattern_is_refused(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Trigger(pattern, "meeting", "with", "in_person", "fact")
    monkeypatch.setattr(lexicon, "triggers", lambda: (one,))
    with pytest.raises(ConfigError, match=r"engagements\.tsv"):
        lexicon._by_type.__wrapped__()


@pytest.mark.parametrize(
    "text",
    [
        "They met today.", "It hosts the summit.", "He spoke by phone.", "She arrived in Lima.", "Both signed a treaty.",
        "Drills began.", "They detained two.", "The frigate docked at Lima.", "It donated trucks.", "It is training pilots.",
        "Troops were withdrawn from it.", "Jets intercepted it.",
    ],
)  # fmt: skip
def test_a_gate_lets_through_what_has_a_trigger(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(find_triggers(text))
    every = dict.fromkeys((word[:4].lower() for word in text.rstrip(".").split()), frozenset(ENGAGEMENT_TYPES))
    monkeypatch.setattr(lexicon, "_gates", lambda: every)
    assert found and found == list(find_triggers(text))


def test_words_stand_alone() -> None:
    text = "The metal was not re-met."
    assert list(find_triggers(text)) == []
