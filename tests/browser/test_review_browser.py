"""The review page in a real Chromium: a verdict by click and one by keyboard, the report in its frame, nothing else."""

from __future__ import annotations

import json
import os
import threading
import time

import httpx
import pytest
import uvicorn
from devtools import Page, chromium, executable
from report_data import BATCH, CASE, HOSTILE, TODAY, build
from websockets.sync.client import connect

from churn.ask import verdicts
from churn.report import run
from churn.review import Keys, application
from churn.review.serving import HOST, _listening

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not executable() and not os.environ.get("CI"),
        reason="no Chromium here: install the package `chromium`, or name the program in CHROMIUM",
    ),
]


class Desk:
    """A browser in which the printed address was opened."""

    def __init__(self, page, settings, home):
        self.page, self.settings, self.home, self.loader = page, settings, home, None

    def open(self, path=""):
        self.page.events.clear()
        self.loaded(self.page.call("Page.navigate", url=self.home + path)["loaderId"])

    def loaded(self, loader=None):
        """Wait until the page of that loader, or any other than the one that was there before, is complete."""
        before = self.loader
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self.loader = self.page.call("Page.getFrameTree")["frameTree"]["frame"]["loaderId"]
            arrived = self.loader == loader if loader else self.loader != before
            if arrived and self.page.value("document.readyState") == "complete":
                return
            time.sleep(0.02)
        raise AssertionError("the page did not load")

    def click(self, selector):
        """A real click in the middle of an element."""
        x, y = self.page.value(f"""(() => {{
            const box = document.querySelector({json.dumps(selector)});
            box.scrollIntoView({{block: 'center'}});
            const at = box.getBoundingClientRect();
            return [at.x + at.width / 2, at.y + at.height / 2];
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key, code=None, number=0, text=None, shift=False):
        named = {"key": key, "code": code or key, "windowsVirtualKeyCode": number, "modifiers": 8 if shift else 0}
        self.page.call(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **named,
            **({"text": text} if text else {}),
        )
        self.page.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def tab(self):
        self.press("Tab", number=9)

    def tab_to(self, selector, most=80):
        """Tab until an element has the focus; fails where the keyboard does not get there."""
        for _ in range(most):
            if self.page.value(f"document.activeElement.matches({json.dumps(selector)})"):
                return
            self.tab()
        raise AssertionError(f"no way to {selector} by keyboard")

    def type(self, text):
        self.page.call("Input.insertText", text=text)

    def newest(self, count):
        """The newest verdict, once there are so many."""
        deadline = time.monotonic() + 20
        while len(verdicts(self.settings)) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        rows = verdicts(self.settings)
        assert len(rows) == count
        return rows[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("review"), case=60)
    run(settings, TODAY)
    keys, listener = Keys(), _listening(0)
    address = f"{HOST}:{listener.getsockname()[1]}"
    config = uvicorn.Config(application(settings, address, "ann", keys), log_level="error", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    with chromium() as page:
        desk = Desk(page, settings, f"http://{address}/{keys.place}/")
        desk.open(f"?token={keys.token}")
        yield desk
    server.should_exit = True
    thread.join(10)
    listener.close()


def test_the_address_lets_in_and_does_not_keep_the_token(desk):
    desk.open()
    assert desk.page.value("location.href") == desk.home
    assert desk.page.value("document.cookie") == "", "no script reads the cookie"
    assert desk.page.value("document.querySelector('h1').textContent") == "Days with a report"


def frame_of(desk):
    """The report's frame as a page of its own: being of no origin, it runs in a process of its own."""
    host, port = desk.page._socket.remote_address[:2]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = httpx.get(f"http://{host}:{port}/json/list", trust_env=False).json()
        for target in found:
            if target["type"] == "iframe" and target["url"].startswith(desk.home):
                return connect(target["webSocketDebuggerUrl"], max_size=1 << 28, proxy=None)
        time.sleep(0.1)
    raise AssertionError(f"no frame among {[(t['type'], t['url']) for t in found]}")


def until(page, expression, wanted):
    """Wait until an expression has a value."""
    deadline = time.monotonic() + 20
    while page.value(expression) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert page.value(expression) == wanted


def test_the_report_shows_in_its_frame_and_nothing_is_asked_of_anybody_else(desk):
    desk.open(f"days/{TODAY}")
    with frame_of(desk) as socket:
        frame = Page(socket)
        until(frame, "document.readyState", "complete")
        assert frame.value("location.pathname").endswith(f"/{TODAY}/index.html")
        assert frame.value("window.origin") == "null", "the report is of no origin"
        assert frame.value("(() => { try { return top.document.title } catch { return 'closed' } })()") == "closed"
        assert frame.value("(() => { try { return document.cookie } catch { return 'closed' } })()") == "closed"
        assert "Domain churn" in frame.value("document.querySelector('h1').textContent")
        filtered = "document.querySelector('.tools input')"
        frame.value(f"{filtered}.value = 'no such name'; {filtered}.dispatchEvent(new Event('input'))")
        assert frame.value("document.querySelector('.tools output').textContent").startswith("0 "), "its script runs"
        frame.value("document.querySelector('a[href=\"../index.html\"]').click()")
    assert all(url.startswith(desk.home) for url in desk.page.requests())
    assert desk.page.complaints() == []
    with frame_of(desk) as socket:
        until(Page(socket), "document.querySelector('h1')?.textContent", "Domain churn, day by day")


def test_a_verdict_by_click(desk):
    count = len(verdicts(desk.settings)) + 1
    desk.open(f"clusters/{CASE}")
    desk.click("#judge ~ form input[value=confirmed]")
    desk.click("#judge-note")
    desk.type("the same wording as T-4")
    desk.click("#judge ~ form button")
    row = desk.newest(count)
    assert (row["subject"], row["verdict"], row["given_by"], row["note"]) == (
        CASE, "confirmed", "ann", "the same wording as T-4",
    )  # fmt: skip
    desk.loaded()
    assert desk.page.value("location.pathname").endswith(f"/clusters/{CASE}")
    assert "the same wording as T-4" in desk.page.value("document.querySelector('#said ~ div').textContent")


def test_a_verdict_by_keyboard_alone(desk):
    count = len(verdicts(desk.settings)) + 1
    desk.open(f"days/{TODAY}")
    desk.tab_to("#subject")
    wanted = desk.page.value(f"[...document.querySelector('#subject').options].findIndex(o => o.value === '{BATCH}')")
    for _ in range(wanted):
        desk.press("ArrowDown", number=40)
    assert desk.page.value("document.querySelector('#subject').value") == BATCH
    desk.tab_to("input[type=radio]")
    desk.press("ArrowDown", number=40)
    assert desk.page.value("document.querySelector('input[type=radio]:checked').value") == "benign"
    desk.tab_to("#day-note")
    desk.type("a reseller")
    desk.press("Enter", number=13, text="\r")
    row = desk.newest(count)
    assert (row["subject"], row["verdict"], row["note"]) == (BATCH, "benign", "a reseller")
    desk.loaded()


def test_without_a_reason_the_browser_sends_nothing(desk):
    before = len(verdicts(desk.settings))
    desk.open(f"clusters/{CASE}")
    desk.click("#judge ~ form input[value=watch]")
    desk.click("#judge ~ form button")
    time.sleep(0.3)
    assert len(verdicts(desk.settings)) == before
    assert desk.page.value("document.activeElement.id") == "judge-note"


@pytest.mark.parametrize("path", ["", "verdicts", f"clusters/{HOSTILE}", f"clusters/{CASE}", f"days/{TODAY}"])
def test_pages_are_orderly_and_quiet(desk, path):
    desk.open(path)
    page = desk.page
    assert page.complaints() == []
    assert page.value("[...document.querySelectorAll('h1')].length") == 1
    assert page.value("[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
                      ".every(f => f.labels.length || f.getAttribute('aria-label'))")  # fmt: skip
    assert page.value("[...document.querySelectorAll('table')].every(t => t.caption && t.caption.textContent.trim())")
    assert page.value("[...document.links].every(link => link.href.startsWith(location.origin))")
    ids = page.value("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    wide = page.value("document.documentElement.scrollWidth")
    page.call("Emulation.clearDeviceMetricsOverride")
    assert wide <= 390
