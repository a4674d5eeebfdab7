"""What is decided over a unit, without a run: from its published batches and what they would be made with now."""

from __future__ import annotations

import pytest

from flows.decide import Keep, Read, Redo, decide
from flows.stages import before_publish, can_be_redone, of_batches, with_successors
from tasks.ingest.plan import Unit
from tasks.publish.manifest import Manifest

NOW = {"ingest": "i", "normalize": "n", "entities": "e", "quotes": "q", "publish": "p"}
UNIT = Unit("u", ())


def batch(number: int = 0, *, n_batches: int = 1, rejects: dict[str, int] | None = None, **old: str) -> Manifest:
    return Manifest(
        batch_id=f"b{number}", source_id="generic", unit_id="u", number=number, n_batches=n_batches, inputs=(),
        fingerprints=NOW | old, decisions="d", records=1, rejects_by_stage=rejects or {}, near_duplicates=0, rows={},
        files=(),
    )  # fmt: skip


def test_what_is_as_it_would_be_made_is_kept() -> None:
    assert decide(UNIT, [batch()], NOW) == Keep()
    assert decide(UNIT, [batch()], NOW, {"b0": "d"}) == Keep()


@pytest.mark.parametrize("published", [[], [batch(n_batches=2)]])
def test_what_is_not_there_or_not_whole_is_read(published: list[Manifest]) -> None:
    assert decide(UNIT, published, NOW) == Read()


def test_batches_of_another_unit_do_not_count() -> None:
    assert decide(Unit("v", ()), [batch()], NOW) == Read()


@pytest.mark.parametrize("stage", ["ingest", "normalize"])
def test_a_stage_that_needs_the_dump_has_it_read(stage: str) -> None:
    assert decide(UNIT, [batch(**{stage: "old"})], NOW) == Read()


@pytest.mark.parametrize(
    ("old", "stages"),
    [
        (["entities"], ("entities", "publish")),
        (["quotes"], ("quotes", "publish")),
        (["entities", "quotes"], ("entities", "quotes", "publish")),
        (["publish"], ("publish",)),
    ],
)
def test_later_stages_are_done_again_with_what_follows_them(old: list[str], stages: tuple[str, ...]) -> None:
    assert decide(UNIT, [batch(**dict.fromkeys(old, "old"))], NOW) == Redo({"b0": stages})


def test_of_a_unit_only_the_batches_that_changed_are_redone() -> None:
    published = [batch(0, n_batches=2), batch(1, n_batches=2, quotes="old")]
    assert decide(UNIT, published, NOW) == Redo({"b1": ("quotes", "publish")})


def test_a_changed_stage_sees_the_documents_again_that_it_refused() -> None:
    assert decide(UNIT, [batch(quotes="old", rejects={"quotes": 1})], NOW) == Read()
    assert decide(UNIT, [batch(quotes="old", rejects={"entities": 1})], NOW) == Redo({"b0": ("quotes", "publish")})


def test_other_copies_have_the_records_read_again() -> None:
    assert decide(UNIT, [batch()], NOW, {"b0": "other"}) == Read()


def test_a_stage_that_the_batch_has_not_seen_is_done() -> None:
    old = batch().model_copy(update={"fingerprints": {k: v for k, v in NOW.items() if k != "quotes"}})
    assert decide(UNIT, [old], NOW) == Redo({"b0": ("quotes", "publish")})


def test_the_registry_says_what_follows_what() -> None:
    assert with_successors({"normalize"}) == ("normalize", "entities", "quotes", "publish")
    assert [stage.name for stage in before_publish()] == ["ingest", "normalize", "entities", "quotes"]
    assert [stage.name for stage in of_batches() if can_be_redone(stage)] == ["entities", "quotes"]
