"""What every browser test uses: one Chromium for the folder, and for each test a page that is watched to its end.

A message in the console, an exception that nobody caught, or a request that is not for the page itself fails the test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import executable, launched
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from watching import Watch

PATIENCE = 30_000
"""Milliseconds that an element may take to come; the machine may be busy."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for the tests of this folder, not for the session: other folders' tests call `asyncio.run`."""
    if not executable():
        reason = "no Chromium here: install the package `chromium`, or name the program in CHROMIUM"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with launched() as browser:
        yield browser


@pytest.fixture
def belongs() -> Callable[[Request], bool]:
    """Whether a request is for the page itself: for a file, that the page is opened. A module may say otherwise."""
    return lambda request: (
        request.url.startswith("file:") and request.is_navigation_request() and request.frame.parent_frame is None
    )


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What a test's browser context has besides; a test may parametrize it."""
    return {}


@pytest.fixture
def context(browser: Browser, context_options: dict[str, Any], watch: Watch) -> Iterator[BrowserContext]:
    """A profile of this test's own: no cookie, permission or clipboard of another one's."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, **context_options)
    context.set_default_timeout(PATIENCE)
    watch.follow(context)
    yield context
    context.close()
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
