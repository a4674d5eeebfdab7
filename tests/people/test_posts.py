"""Offices that one person does not hold together."""

from __future__ import annotations

import pytest

from tasks.people.posts import Post, part_by_posts, read_post


def post(title: str, owner: str | None = None) -> Post:
    found = read_post(title, None, owner)
    assert found is not None, title
    return found


@pytest.mark.parametrize(
    ("title", "owner", "sphere"),
    [
        ("Minister of Fisheries", None, "state"),
        ("Governor", "Lind Region", "state"),
        ("Presidential Chief of Staff", None, "state"),
        ("Press Secretary", "Office of the President", "voice"),
        ("Spokesperson", "Ministry of Defence", "voice"),
        ("Defence Minister", None, "armed"),
        ("Director", "Federal Security Service", "armed"),
        ("Maj. Gen.", None, "command"),
        ("Army General", None, "command"),
        ("Chief of the General Staff", None, "command"),
        ("commander", "1st Brigade", "command"),
        ("CEO", "Acme", "business"),
        ("Director", "Agency for Ideas", "body"),
        ("Director", "Institute of Glass", "learning"),
        ("Rector", None, "learning"),
        ("Director", None, None),
        ("President", "Acme", None),
        ("member", "Council", None),
    ],
)
def test_what_an_office_is_of(title: str, owner: str | None, sphere: str | None) -> None:
    found = read_post(title, None, owner)
    assert (found.sphere if found else None) == sphere


def test_an_office_counts_only_while_it_is_held() -> None:
    assert read_post("Governor", "former", "Lind Region") is read_post("former governor", None, "Lind Region") is None
    assert read_post("Governor", "Acting", "Lind Region") == read_post("Governor", None, "Lind Region")


MINISTER, HEAD, ENVOY = post("Minister of Fisheries"), post("CEO", "Acme"), post("Presidential Envoy")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MINISTER, HEAD),
        (HEAD, MINISTER),
        (MINISTER, post("Army General")),
        (MINISTER, post("Director", "Agency for Ideas")),
        (post("Press Secretary"), ENVOY),
        (post("Governor", "Lind Region"), post("Governor", "Hill Region")),
    ],
)
def test_who_goes_on_in_one_office_is_not_who_has_the_other(one: Post, other: Post) -> None:
    meanwhile = {(one,): [100, 900], (other,): [500]}
    assert part_by_posts(meanwhile) == [[one], [other]]
    assert len(part_by_posts({(one,): [100, 400], (other,): [500]})) == 1  # a career
    assert len(part_by_posts({(one,): [100, 5000], (other,): [500]})) == 1  # who came back
    assert len(part_by_posts(meanwhile | {(one, other): [600]})) == 1  # a document states both


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (MINISTER, ENVOY),
        (post("Defence Minister"), post("Army General")),
        (post("Governor", "Lind Region"), post("Governor", "Lind District Region")),
        (post("Governor", "Trans-Lindia"), post("Governor", "Translindia")),
        (post("Governor", "Lind Region"), post("Governor")),
    ],
)
def test_offices_that_go_together_are_one_person_s(one: Post, other: Post) -> None:
    assert part_by_posts({(one,): [100, 900], (other,): [500]}) == [[one, other]]


def test_a_soldier_is_no_scholar_at_any_time() -> None:
    soldier, scholar = post("General"), post("director", "Institute of Glass")
    assert part_by_posts({(soldier,): [1], (scholar,): [9000, 9001]}) == [[scholar], [soldier]]


def test_posts_of_one_document_stay_together() -> None:
    agency = post("Director", "Agency for Ideas")
    stated = {(post("Press Secretary"),): [100, 200, 300, 900], (agency, ENVOY): [400], (ENVOY,): [500]}
    assert part_by_posts(stated) == [[post("Press Secretary")], [ENVOY, agency]]
