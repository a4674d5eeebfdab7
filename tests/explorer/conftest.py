"""One dataset for all tests that only read it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from explorer.app import make_app
from explorer.corpus import Corpus
from tests.explorer.builders import build


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build(tmp_path_factory.mktemp("explorer") / "harbour")


@pytest.fixture
def client(corpus: Corpus) -> TestClient:
    return TestClient(make_app(corpus, sql=True), base_url="http://127.0.0.1", follow_redirects=False)
