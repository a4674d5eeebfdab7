"""The explorer in a real browser: Chromium of the system, else these tests are skipped.

Every page is watched: no console error, no request to another host.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

pytest.importorskip("playwright", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from explorer.app import make_app
from explorer.corpus import Corpus
from tests.explorer.builders import CALL, GLUED, HOSTILE, OLD, VISIT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCREENS = (
    "/", "/documents?q=drill", "/documents?q=nowhere", "/quotes", "/engagements?country=KEN", "/people", "/people/name:anita-rao",
    "/countries", "/countries/KEN", "/events", f"/events/event:{VISIT.doc_id}-g00000", "/sql?q=SELECT+1+AS+n", "/nothing",
    "/figures", "/figures?category=vessel", "/formulas", f"/formulas/{OLD}",
    f"/doc/{GLUED.doc_id}?q=drill&show=entities,quotes,edits", f"/doc/{CALL.doc_id}",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that is gone with this module: while it is there, an event loop runs in this thread."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    if subprocess.run([CHROMIUM, "--version"], capture_output=True).returncode:
        pytest.skip(f"{CHROMIUM} does not start")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, timeout=120_000)
        yield found
        found.close()


@pytest.fixture(scope="session")
def address(corpus: Corpus) -> Iterator[str]:
    config = uvicorn.Config(make_app(corpus, sql=True), port=0, log_level="error")
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def watched(page: Page, address: str) -> Iterator[Page]:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda one: None if one.url.startswith((address, "data:")) else faults.append(one.url))
    page.set_default_timeout(60_000)
    yield page
    assert [fault for fault in faults if "404 (Not Found)" not in fault] == []


def test_from_a_search_to_the_raw_characters(watched: Page, browser: Browser, address: str) -> None:
    watched.goto("/")
    watched.get_by_label("Search documents").fill('"drill would"')
    watched.get_by_role("button", name="Search").click()
    expect(watched.locator(".hits > .row")).to_have_count(1)
    expect(watched.locator(".snippet mark")).to_have_text(["drill would"])
    watched.get_by_role("link", name="Drill again").click()
    expect(watched.locator(".text mark.now")).to_have_text("drill would")
    watched.locator("tr.row", has_text="the drill would be held again").get_by_role(
        "link", name="in the raw text"
    ).click()
    lit = watched.locator(".raw mark.at")
    expect(lit.first).to_be_in_viewport()
    assert "".join(lit.all_text_contents()) == "the drill would be held again"
    assert "#r" in watched.url
    fresh = browser.new_context(base_url=address)  # the address says all
    other = fresh.new_page()
    other.goto(watched.url)
    assert other.locator("main").inner_text() == watched.locator("main").inner_text()
    fresh.close()


def test_what_is_exported_is_what_is_listed(watched: Page, tmp_path: Path) -> None:
    watched.goto("/documents")
    watched.locator("#facets").get_by_role("link", name="Chile").click()
    expect(watched.locator(".status")).to_contain_text("1 document")
    titles = watched.locator(".hits h3").all_inner_texts()
    with watched.expect_download() as download:
        watched.get_by_role("link", name="CSV").click()
    path = tmp_path / "export.csv"
    download.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as source:
        assert [row["title"] for row in csv.DictReader(source)] == titles == ["A call"]


def test_first_and_last_use_of_a_phrase_are_a_click_away(watched: Page) -> None:
    watched.goto("/")
    watched.get_by_label("Search documents").fill("drill")
    watched.keyboard.press("Enter")
    watched.get_by_role("link", name="oldest first").click()
    expect(watched.locator(".hits .day").first).to_have_text("2023-05-04")
    expect(watched.locator(".hits .day").last).to_have_text("no day")


def test_a_hostile_release_does_nothing(watched: Page) -> None:
    for place in (
        f"/doc/{HOSTILE.doc_id}?q=evil&show=quotes,entities,engagements,edits",
        "/documents?q=onerror",
        "/quotes",
        "/engagements?country=KEN",
        "/figures",
        "/formulas",
    ):
        watched.goto(place)
        assert "owned" not in watched.title()
        assert watched.locator("main img, main script, main iframe, main b script").count() == 0
        assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth"), place


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_accessible_and_fits(watched: Page, screen: str) -> None:
    watched.goto(screen)
    result = Axe().run(watched)
    assert result.violations_count == 0, result.generate_report()
    watched.set_viewport_size({"width": 390, "height": 844})
    assert watched.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen


def test_keys_lead_through_a_list_and_its_hits(watched: Page) -> None:
    watched.goto("/documents?q=drill")
    watched.keyboard.press("j")
    watched.keyboard.press("j")
    watched.keyboard.press("k")
    expect(watched.locator(".row.now")).to_have_count(1)
    watched.keyboard.press("j")
    watched.keyboard.press("Enter")
    expect(watched.locator(".hit-nav b")).to_have_text("hit 1 of 2")
    watched.keyboard.press("n")
    expect(watched.locator(".hit-nav b")).to_have_text("hit 2 of 2")
    watched.keyboard.press("p")
    expect(watched.locator(".hit-nav b")).to_have_text("hit 1 of 2")
    watched.keyboard.press("/")


def test_it_works_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/documents?q=drill")
    page.locator("#facets").get_by_role("link", name="glued").click()
    page.get_by_role("link", name="Drill again").click()
    page.get_by_role("checkbox", name="quotes").uncheck()
    page.get_by_role("checkbox", name="edits").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".text .edit")).to_have_count(3)
    expect(page.locator(".text .quote")).to_have_count(0)
    page.get_by_role("link", name="next hit").click()
    expect(page.locator(".hit-nav b")).to_have_text("hit 2 of 2")
    context.close()


@pytest.mark.parametrize(
    ("clicks", "answer"),
    [
        (("Engagements", "visit"), "India"),  # whom did they visit
        (("Events", "told by two publishers or more", "visit, held"), "not in this text"),  # what only one side says
        (("People", "Joseph Mwangi"), "the drill would be held again"),  # what did this speaker say, verbatim
        (("Engagements", "planned"), "Fog Bell"),  # which exercises were announced
        (("Formulas", "the drill in GPE went"), "went → will"),  # when was it last used, and what took its place
        (("Figures", "vessel"), "corrected from 41"),  # what does the publisher count, where was that corrected
    ],
)
def test_questions_are_answered_in_three_clicks(watched: Page, clicks: tuple[str, ...], answer: str) -> None:
    assert len(clicks) <= 3
    watched.goto("/")
    for name in clicks:
        watched.get_by_role("link", name=re.compile(rf"^{name}( [0-9,]+)?$")).first.click()
    expect(watched.locator("main")).to_contain_text(answer)
