"""Makes the README's pictures from the sample, with Playwright and Chromium: python docs/pictures/make.py DATASET."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from explorer.app import make_app
from explorer.corpus import open_corpus
from explorer.search import Search
from explorer.selection import read_selection
from explorer.serve import make_index

_FOLDER = Path(__file__).parent
_GLUED = 'q="the+exercise+aims"&condition=glued'


def main(dataset: str) -> None:
    """Write search.png and document.png beside this file."""
    corpus = open_corpus(dataset)
    make_index(corpus)
    config = uvicorn.Config(make_app(corpus), port=0, log_level="error")
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True).start()
    hit = Search(corpus.index).page(read_selection("documents", _GLUED)).hits[0]
    places = {"search": "/quotes?q=exercise", "document": f"/doc/{hit.doc_id}?q=exercise&show=entities,quotes#h1"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 520}, color_scheme="light")
        for name, place in places.items():
            page.goto(f"http://127.0.0.1:{socket.getsockname()[1]}{place}")
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=_FOLDER / f"{name}.png")
        browser.close()
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1])
