"""Debian's Chromium under Playwright, for the tests in `tests/browser` and for benches. No browser is ever fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
"""Beside Playwright's own; containers have no sandbox of Chromium's."""


def executable() -> str | None:
    """Chromium of this machine, where there is one; the environment variable CHROMIUM may name it."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser with a profile of its own, which is gone afterwards.

    Until then this thread has a running event loop, so `asyncio.run` raises RuntimeError in it.
    """
    program = executable()
    assert program, "no Chromium here"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
