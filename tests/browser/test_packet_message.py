"""The page of a packet's message in a real browser: nothing to click, nothing fetched, readable in a narrow window."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example-packet" / "message.eml"


@pytest.fixture
def letter(tmp_path: Path, file_tab: Page) -> Page:
    """The example's page, opened; whatever it asks for besides fails the test."""
    draft = email.message_from_bytes(EXAMPLE.read_bytes(), policy=email.policy.default)
    assert isinstance(draft, EmailMessage)
    body = draft.get_body(("html",))
    assert body is not None
    path = tmp_path / "letter.html"
    path.write_text(body.get_content(), encoding="utf-8")
    file_tab.goto(path.as_uri())
    return file_tab


def test_nothing_can_be_clicked_or_filled_in(letter: Page) -> None:
    assert letter.locator("a, area, button, form, input, iframe, img, object, script, link, [onclick]").count() == 0
    assert letter.locator("h1").inner_text() == "2 reported domains at Example Registrar Ltd.: please act"
    assert letter.locator("table").nth(1).locator("tbody tr").count() == 2


@pytest.mark.parametrize("width", [1280, 760, 600])
def test_it_can_be_read_in_the_pane_of_a_mail_program(letter: Page, width: int) -> None:
    letter.set_viewport_size({"width": width, "height": 900})
    assert letter.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing(letter: Page) -> None:
    found = [each["id"] for each in Axe().run(letter).response["violations"]]
    of_the_mail_program = {
        "document-title",
        "landmark-one-main",
        "region",
    }  # which shows this inside, below the subject
    assert set(found) <= of_the_mail_program
