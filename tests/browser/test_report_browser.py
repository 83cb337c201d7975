"""The report in a real Chromium: it asks for nothing, complains of nothing, filters, prints, and has no live name."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from devtools import chromium, executable
from report_data import CASE, TODAY, build

from churn.report import run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not executable() and not os.environ.get("CI"),
        reason="no Chromium here: install the package `chromium`, or name the program in CHROMIUM",
    ),
]
TABLE = "document.getElementById('c-1-m')"
TOOLS = "document.querySelector('.tools')"
SHOWN = f"[...{TABLE}.tBodies[0].rows].filter(row => !row.hidden)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("report"))
    run(settings, TODAY)
    return settings.data / "reports" / TODAY.isoformat()


@pytest.fixture(scope="module")
def browser():
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser, folder):
    browser.open(folder / "index.html")
    return browser


def filter_by(page, text, state="all"):
    page.value(f"{TOOLS}.querySelector('select').value = {state!r}")
    page.value(f"{TOOLS}.querySelector('input').value = {text!r}")
    page.value(f"{TOOLS}.querySelector('input').dispatchEvent(new Event('input'))")
    return page.value(f"{SHOWN}.length")


def test_asks_for_nothing_and_complains_of_nothing(page, folder):
    page.value("new Promise(done => setTimeout(done, 300))")
    assert page.requests() == [(folder / "index.html").as_uri()]
    assert page.complaints() == []


def test_the_index_of_days_too(browser, folder):
    browser.open(folder.parent / "index.html")
    assert browser.complaints() == []
    assert browser.value("document.querySelector('td.n').textContent") == "533"


def test_no_link_leads_out(page):
    assert page.value("[...document.links].every(link => link.href.startsWith('file:'))")
    assert page.value("document.links.length") > 10
    assert page.value("document.querySelectorAll('script').length") == 1, "hostile text made no script"


def test_filter(page):
    assert filter_by(page, "") == 300
    assert filter_by(page, "shop-00012-deal") == 1
    assert filter_by(page, "shop-00012-deal.comlab") == 1, "a pasted exact name finds its defanged row"
    assert filter_by(page, "bücher") == 1
    assert filter_by(page, "nothing like it") == 0
    assert filter_by(page, "", "reported") == 75
    assert filter_by(page, "alpha names", "not") == sum(
        i % 3 == 0 and i % 10 != 9 and i % 4 != 0 for i in range(300)
    ), "sponsored by Alpha Names, asked for, and not reported"
    assert page.value(f"{TOOLS}.querySelector('output').textContent").endswith("of 300 rows")


def test_copies_exact_names_on_the_second_press_only(page):
    page.value("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    filter_by(page, "", "reported")
    button = f"{TOOLS}.querySelector('button')"
    page.value(f"{button}.click()")
    assert page.value("window.copied === undefined")
    assert "75 live names" in page.value(f"{button}.textContent")
    page.value(f"{button}.click()")
    names = page.value("window.copied").split()
    assert len(names) == 75
    assert "shop-00000-deal.comlab" in names


def test_keyboard_reaches_the_skip_link_first_and_every_place_that_scrolls(page):
    for kind in ("rawKeyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert page.value("document.activeElement.className") == "skip"
    assert page.value("[...document.querySelectorAll('.scroll')].every(box => box.tabIndex === 0)")


def test_structure_for_screen_readers(page):
    order = page.value("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert order[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(order))
    assert page.value("[...document.querySelectorAll('table')].every(t => t.caption && t.caption.textContent.trim())")
    assert page.value("[...document.querySelectorAll('th')].every(th => th.scope)")
    assert page.value(
        "[...document.querySelectorAll('svg')].every(s => document.getElementById(s.getAttribute('aria-labelledby')))"
    )
    assert page.value("[...document.querySelectorAll('main, header, nav, footer')].length") >= 4
    assert page.value("[...document.querySelectorAll('input, select')].every(field => field.labels.length)")


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_contrast(page, dark):
    """WCAG 2 AA, 4.5 to 1, for every colour that words are set in."""
    page.dark(dark)
    worst = page.value("""(() => {
        const light = (text) => {
            const part = text.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
                .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * part[0] + .7152 * part[1] + .0722 * part[2];
        };
        const ground = (node) => {
            for (; node; node = node.parentElement) {
                const colour = getComputedStyle(node).backgroundColor;
                if (colour !== 'rgba(0, 0, 0, 0)') return colour;
            }
        };
        const ratio = (node) => {
            const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
            return (pair[0] + .05) / (pair[1] + .05);
        };
        const nodes = [...document.querySelectorAll('body *')].filter(n => !n.closest('svg, script') &&
            [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim()));
        return Math.min(...nodes.map(ratio));
    })()""")
    page.dark(False)
    assert worst >= 4.5


def test_narrow_screens_do_not_scroll_sideways(page):
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    wide = page.value("document.documentElement.scrollWidth")
    page.call("Emulation.clearDeviceMetricsOverride")
    assert wide <= 390


def test_prints(page):
    pdf = page.call("Page.printToPDF", printBackground=False)["data"]
    assert 20_000 < len(pdf) < 4_000_000


def test_opens_with_twenty_bursts(browser, tmp_path):
    settings = build(tmp_path, case=500, more_bursts=20)
    run(settings, TODAY)
    browser.open(settings.data / "reports" / TODAY.isoformat() / "index.html")
    assert browser.value("document.getElementsByTagName('*').length") < 100_000, "more elements open slowly"
    assert browser.value(f"document.body.textContent.includes('{CASE}')")
