"""Every document of every golden folder yields the rows that its folder expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.harness import ROOT, GoldenError, differences, find_folders, read_cached


def cases() -> Iterator[tuple[Path, str]]:
    """Yield folder and document; a folder that cannot be read is one case, which says why."""
    for path in find_folders():
        try:
            yield from ((path, name) for name in read_cached(path).documents)
        except GoldenError:
            yield path, ""


@pytest.mark.parametrize(
    ("path", "name"), [pytest.param(p, n, id=f"{p.relative_to(ROOT).as_posix()}/{n}") for p, n in cases()]
)
def test_rows_are_as_expected(path: Path, name: str) -> None:
    folder = read_cached(path)
    found = differences(folder, folder.documents[name])
    if found:
        pytest.fail(found, pytrace=False)
