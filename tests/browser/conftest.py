"""What every browser test uses: a Chromium for each file, and for each test a page that is watched to its end.

A message in the console, an exception that nobody caught, or a request that is not for the page itself fails the test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import executable, launched
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from report_data import TODAY, build
from watching import Watch

from churn.report import run
from churn.settings import Settings

PATIENCE = 30_000
"""Milliseconds that an element may take to come; the machine may be busy."""
WINDOW = {"width": 1280, "height": 1000}
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> None:
    """That there is a Chromium: without one the tests are skipped, and in CI they fail."""
    if not executable():
        reason = "no Chromium here: install the package `chromium`, or name the program in CHROMIUM"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="module")
def browser(chromium: None) -> Iterator[Browser]:
    """One browser for a file, not for the session: while it is open, no other test could call `asyncio.run`."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def world(chromium: None, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A made-up day with its report, written once; look, don't touch."""
    settings = build(tmp_path_factory.mktemp("world"))
    run(settings, TODAY)
    return settings


def _opens_file(request: Request) -> bool:
    return request.url.startswith("file:") and request.is_navigation_request() and request.frame.parent_frame is None


@pytest.fixture
def belongs() -> Callable[[Request], bool]:
    """Whether a request is for the page itself: for a file, that the page is opened. A module may say otherwise."""
    return _opens_file


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What a test's browser context has besides; a test may parametrize it."""
    return {}


@pytest.fixture
def context(browser: Browser, context_options: dict[str, Any], watch: Watch) -> Iterator[BrowserContext]:
    """A profile of this test's own: no cookie, permission or clipboard of another one's."""
    context = _context(browser, watch, context_options)
    yield context
    context.close()
    _judge(watch)


def _context(browser: Browser, watch: Watch, options: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(viewport=WINDOW, **options)
    context.set_default_timeout(PATIENCE)
    watch.follow(context)
    return context


def _judge(watch: Watch) -> None:
    if watch.faults():
        pytest.fail("\n".join(watch.faults()), pytrace=False)


@pytest.fixture
def watch(belongs: Callable[[Request], bool]) -> Watch:
    """What the pages of this test said and asked for."""
    return Watch(belongs)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


@pytest.fixture(scope="module")
def _shared_tab(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    watch = Watch(_opens_file)
    context = _context(browser, watch, {})
    yield context.new_page(), watch
    context.close()
    _judge(watch)


@pytest.fixture
def file_tab(_shared_tab: tuple[Page, Watch]) -> Iterator[Page]:
    """A tab for files, which keep nothing: shared, since a context costs three times what opening a page does."""
    page, watch = _shared_tab
    yield page
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")
    page.context.clear_permissions()
    try:
        _judge(watch)
    finally:
        watch.clear()
