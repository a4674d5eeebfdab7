"""What is decided over the files of an input, without a run: from the dataset and what it would be made with now."""

from __future__ import annotations

import pytest

from flows.decide import Job, decide
from flows.stages import before_publish, can_be_redone, of_bundles, with_successors
from tasks.ingest.plan import UnitFile
from tasks.publish.log import Batch, InputFile, Segment, Snapshot

NOW = {
    "ingest": "i",
    "normalize": "n",
    "entities": "e",
    "quotes": "q",
    "engagements": "g",
    "figures": "f",
    "publish": "p",
}


def file(name: str, content: str = "1") -> UnitFile:
    return UnitFile(f"/in/{name}", name, 1, content, 0, 0)


def segment(key: str, *files: str, rejects: dict[str, int] | None = None, **old: str) -> Segment:
    """A segment with batches named as `a1`: the second batch of the file a."""
    batches = tuple(
        Batch(batch_id=name, uri=name[0], decisions="", records=1, rejects_by_stage=rejects or {}) for name in files
    )
    return Segment(segment_id=key, source_id="generic", fingerprints=NOW | old, size=1, batches=batches, files=())


def snapshot(*segments: Segment, without: str = "") -> Snapshot:
    """A dataset of these segments; the files named in `without` were not read to their end."""
    batches: dict[str, list[str]] = {}
    for one in segments:
        for batch in one.batches:
            batches.setdefault(batch.uri, []).append(batch.batch_id)
    inputs = {
        ("generic", uri): InputFile(source_id="generic", uri=uri, size=1, sha256="1", batches=tuple(ids))
        for uri, ids in batches.items()
        if uri not in without
    }
    return Snapshot(1, {one.segment_id: one for one in segments}, inputs)


def jobs(*files: UnitFile, at: Snapshot, **options: object) -> tuple[Job, ...]:
    return decide(files, at, "generic", NOW, **options).jobs  # type: ignore[arg-type]


def test_what_is_as_it_would_be_made_is_kept() -> None:
    decision = decide([file("a"), file("b")], snapshot(segment("s", "a0", "a1", "b0")), "generic", NOW)
    assert (decision.jobs, decision.new, decision.kept) == ((), (), (file("a"), file("b")))


def test_of_a_folder_that_gains_a_file_one_file_is_read() -> None:
    decision = decide([file("a"), file("b"), file("c")], snapshot(segment("s", "a0", "c0")), "generic", NOW)
    assert (decision.jobs, decision.new) == ((), (file("b"),))


def test_a_file_of_another_source_is_another_file() -> None:
    assert decide([file("a")], snapshot(segment("s", "a0")), "kremlin", NOW).new == (file("a"),)


def test_a_changed_file_replaces_what_it_gave_in_every_segment() -> None:
    decision = decide(
        [file("a"), file("b", "2")], snapshot(segment("s", "a0", "b0"), segment("t", "b1")), "generic", NOW
    )
    assert decision.jobs == (Job(("s", "t"), {}, (file("b", "2"),), frozenset({"b0", "b1"})),)
    assert decision.changed == (file("b", "2"),)


def test_files_of_segments_that_have_nothing_in_common_are_jobs_of_their_own() -> None:
    at = snapshot(segment("s", "a0", "b0"), segment("t", "c0"), segment("u", "b1"))
    found = jobs(file("a", "2"), file("b"), file("c", "2"), at=at)
    assert [(job.segments, [f.uri for f in job.reads]) for job in found] == [(("s",), ["a"]), (("t",), ["c"])]
    found = jobs(file("b", "2"), file("c", "2"), at=at)
    assert [(job.segments, [f.uri for f in job.reads]) for job in found] == [(("s", "u"), ["b"]), (("t",), ["c"])]


def test_reading_that_was_interrupted_goes_on() -> None:
    decision = decide([file("a"), file("b")], snapshot(segment("s", "a0", "b0"), without="b"), "generic", NOW)
    assert (decision.jobs, decision.new) == ((), (file("b"),))
    other = snapshot(segment("s", "b0", quotes="old"), without="b")
    assert jobs(file("b"), at=other) == (
        Job(("s",), {"s": ("quotes", "engagements", "figures", "publish")}, (file("b"),), frozenset({"b0"})),
    )


def test_batches_that_a_file_no_longer_has_make_it_read() -> None:
    at = snapshot(segment("s", "a0", "a1"))
    short = at.inputs["generic", "a"].model_copy(update={"batches": ("a0",)})
    at.inputs["generic", "a"] = short
    assert jobs(file("a"), at=at) == (Job(("s",), {}, (file("a"),), frozenset({"a0", "a1"})),)


@pytest.mark.parametrize("stage", ["ingest", "normalize"])
def test_a_stage_that_needs_the_dump_has_it_read(stage: str) -> None:
    [job] = jobs(file("a"), at=snapshot(segment("s", "a0", **{stage: "old"})))
    assert (job.reads, job.drops) == ((file("a"),), frozenset({"a0"}))


@pytest.mark.parametrize(
    ("old", "stages"),
    [
        (["entities"], ("entities", "engagements", "figures", "publish")),
        (["quotes"], ("quotes", "engagements", "figures", "publish")),
        (["entities", "quotes"], ("entities", "quotes", "engagements", "figures", "publish")),
        (["engagements"], ("engagements", "publish")),
        (["publish"], ("publish",)),
    ],
)
def test_later_stages_are_done_again_with_what_follows_them(old: list[str], stages: tuple[str, ...]) -> None:
    at = snapshot(segment("s", "a0", **dict.fromkeys(old, "old")), segment("t", "b0"))
    assert jobs(file("a"), file("b"), at=at) == (Job(("s",), {"s": stages}),)


def test_a_changed_stage_sees_the_documents_again_that_it_refused() -> None:
    [job] = jobs(file("a"), at=snapshot(segment("s", "a0", rejects={"quotes": 1}, quotes="old")))
    assert job.reads == (file("a"),)
    [job] = jobs(file("a"), at=snapshot(segment("s", "a0", rejects={"entities": 1}, quotes="old")))
    assert job.reads == ()


def test_a_stage_that_a_segment_has_not_seen_is_done() -> None:
    old = segment("s", "a0")
    old = old.model_copy(update={"fingerprints": {k: v for k, v in NOW.items() if k != "quotes"}})
    assert jobs(file("a"), at=snapshot(old)) == (Job(("s",), {"s": ("quotes", "engagements", "figures", "publish")}),)


def test_rows_whose_file_is_gone_stay_as_they_are_where_only_the_dump_would_do() -> None:
    at = snapshot(segment("s", "a0", "b0", normalize="old"), segment("t", "c0", normalize="old"))
    assert jobs(file("a"), at=at) == (Job(("s",), {}, (file("a"),), frozenset({"a0"})),)


def test_a_file_that_is_gone_is_named_and_goes_only_if_asked_to() -> None:
    at = snapshot(segment("s", "a0", "b0"))
    decision = decide([file("a")], at, "generic", NOW, is_expected=lambda uri: True)
    assert (decision.jobs, decision.gone) == ((), ("b",))
    [job] = jobs(file("a"), at=at, is_expected=lambda uri: True, prune=True)
    assert job == Job(("s",), {}, (), frozenset({"b0"}))
    decision = decide([file("a")], at, "generic", NOW, is_expected=lambda uri: False, prune=True)
    assert (decision.jobs, decision.gone) == ((), ())


def test_the_registry_says_what_follows_what() -> None:
    assert with_successors({"normalize"}) == ("normalize", "entities", "quotes", "engagements", "figures", "publish")
    assert [stage.name for stage in before_publish()] == [
        "ingest",
        "normalize",
        "entities",
        "quotes",
        "engagements",
        "figures",
    ]
    assert [stage.name for stage in of_bundles() if can_be_redone(stage)] == [
        "entities",
        "quotes",
        "engagements",
        "figures",
    ]
