"""The review page in a real Chromium: a verdict by click and one by keyboard, the report in its frame, nothing else."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from report_data import BATCH, CASE, HOSTILE, TODAY, build

from churn.ask import verdicts
from churn.report import run
from churn.review import Keys, application
from churn.review.serving import HOST, _listening
from churn.settings import Settings

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Served:
    """The page as it is served; `token` lets a browser in."""

    settings: Settings
    home: str
    token: str


@dataclass(frozen=True)
class Desk:
    """A tab in which the printed address was opened."""

    page: Page
    settings: Settings
    home: str

    def open(self, path=""):
        self.page.goto(self.home + path)

    def part(self, heading):
        """The section under a heading."""
        return self.page.get_by_role("region", name=heading, exact=True)

    def tab_to(self, target, most=80):
        """Tab until an element has the focus; fails where the keyboard does not get there."""
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {target} by keyboard")

    def newest(self, count):
        """The newest verdict, of so many."""
        rows = verdicts(self.settings)
        assert len(rows) == count
        return rows[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("review"), case=60)
    run(settings, TODAY)
    keys, listener = Keys(), _listening(0)
    address = f"{HOST}:{listener.getsockname()[1]}"
    config = uvicorn.Config(application(settings, address, "ann", keys), log_level="error", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Served(settings, f"http://{address}/{keys.place}/", keys.token)
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def belongs(served):
    """Whatever is asked of this server, below its secret path, is for the page."""
    return lambda request: request.url.startswith(served.home)


@pytest.fixture
def desk(page, served):
    page.goto(f"{served.home}?token={served.token}")
    return Desk(page, served.settings, served.home)


def test_the_address_lets_in_and_does_not_keep_the_token(desk):
    assert desk.page.url == desk.home
    assert desk.page.evaluate("document.cookie") == "", "no script reads the cookie"
    expect(desk.page.locator("h1")).to_have_text("Days with a report")
    desk.open()
    expect(desk.page.locator("h1")).to_have_text("Days with a report")


def test_the_report_shows_in_its_frame_and_nothing_is_asked_of_anybody_else(desk, watch):
    desk.open(f"days/{TODAY}")
    element = desk.page.get_by_title(f"Report of {TODAY}")
    report = element.content_frame
    expect(report.locator("h1")).to_contain_text("Domain churn")
    frame = element.element_handle().content_frame()
    assert frame.evaluate("location.pathname").endswith(f"/{TODAY}/index.html")
    assert frame.evaluate("window.origin") == "null", "the report is of no origin"
    assert frame.evaluate("(() => { try { return top.document.title } catch { return 'closed' } })()") == "closed"
    assert frame.evaluate("(() => { try { return document.cookie } catch { return 'closed' } })()") == "closed"
    tools = report.locator(".tools").first
    tools.get_by_role("searchbox", name="Filter").fill("no such name")
    expect(tools.locator("output")).to_have_text(re.compile("^0 "))  # its script runs
    report.get_by_role("link", name="All days").click()
    expect(report.locator("h1")).to_have_text("Domain churn, day by day")
    assert all(url.startswith(desk.home) for url in watch.asked)
    assert watch.said == []


def test_a_verdict_by_click(desk):
    count = len(verdicts(desk.settings)) + 1
    desk.open(f"clusters/{CASE}")
    judge = desk.part("Verdict")
    judge.get_by_role("radio", name="confirmed").click()
    judge.get_by_label("Why").click()
    desk.page.keyboard.type("the same wording as T-4")
    with desk.page.expect_navigation():
        judge.get_by_role("button", name="Record").click()
    row = desk.newest(count)
    assert (row["subject"], row["verdict"], row["given_by"], row["note"]) == (
        CASE, "confirmed", "ann", "the same wording as T-4",
    )  # fmt: skip
    assert desk.page.url == f"{desk.home}clusters/{CASE}"
    expect(desk.part("Verdicts so far")).to_contain_text("the same wording as T-4")


def test_a_verdict_by_keyboard_alone(desk):
    count = len(verdicts(desk.settings)) + 1
    desk.open(f"days/{TODAY}")
    page = desk.page
    subject = page.get_by_role("combobox", name="Cluster")
    desk.tab_to(subject)
    wanted = subject.evaluate(f"field => [...field.options].findIndex(option => option.value === '{BATCH}')")
    for _ in range(wanted):
        page.keyboard.press("ArrowDown")
    expect(subject).to_have_value(BATCH)
    desk.tab_to(page.get_by_role("radio", name="confirmed"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="benign")).to_be_checked()
    desk.tab_to(page.locator("#day-note"))
    page.keyboard.type("a reseller")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    row = desk.newest(count)
    assert (row["subject"], row["verdict"], row["note"]) == (BATCH, "benign", "a reseller")


def test_without_a_reason_the_browser_sends_nothing(desk, watch):
    before = len(verdicts(desk.settings))
    desk.open(f"clusters/{CASE}")
    asked = len(watch.asked)
    judge = desk.part("Verdict")
    judge.get_by_role("radio", name="watch").click()
    judge.get_by_role("button", name="Record").click()
    expect(judge.get_by_label("Why")).to_be_focused()
    desk.page.wait_for_timeout(300)
    assert watch.asked[asked:] == []
    assert len(verdicts(desk.settings)) == before
    expect(judge.get_by_label("Why")).to_be_focused()


@pytest.mark.parametrize("path", ["", "verdicts", f"clusters/{HOSTILE}", f"clusters/{CASE}", f"days/{TODAY}"])
def test_pages_are_orderly_and_quiet(desk, watch, path):
    desk.open(path)
    page = desk.page
    assert page.locator("h1").count() == 1
    for selector, fits in {
        "input:not([type=hidden]), select, textarea": "field.labels.length || field.getAttribute('aria-label')",
        "table": "field.caption && field.caption.textContent.trim()",
    }.items():
        assert page.locator(selector).evaluate_all(f"all => all.every(field => {fits})"), selector
    assert page.evaluate("[...document.links].every(link => link.href.startsWith(location.origin))")
    ids = page.locator("[id]").evaluate_all("all => all.map(element => element.id)")
    assert ids
    assert len(ids) == len(set(ids))
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watch.said == []
