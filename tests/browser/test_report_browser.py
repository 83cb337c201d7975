"""The report in a real Chromium: it asks for nothing, complains of nothing, filters, prints, and has no live name."""

from __future__ import annotations

import os
from importlib.util import find_spec
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from devtools import chromium, executable
from report_data import CASE, TODAY, build

from churn.report import run
from churn.store.database import published

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
def settings(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("report"))
    run(settings, TODAY)
    return settings


@pytest.fixture(scope="module")
def folder(settings):
    return settings.data / "reports" / TODAY.isoformat()


@pytest.fixture(scope="module")
def browser():
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser, folder):
    browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
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


def press(page, key, code=None, text=None):
    """A key as a person presses it."""
    numbers = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37, "End": 35, "Home": 36}
    for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
        told = {"text": text} if text and kind == "keyDown" else {}
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                  windowsVirtualKeyCode=numbers[key], **told)  # fmt: skip


NET = "document.getElementById('c-1-net')"
VALUES = f"[...{NET}.querySelectorAll('.values > g')]"
ACTIVE = "document.activeElement"


def held(settings, field):
    """Members of the case by the first value of a field, from the database."""
    with published(settings) as con:
        rows = con.execute(
            "SELECT count(DISTINCT domain) FROM link WHERE day = $day AND cluster_id = $case AND field = $field "
            "GROUP BY value ORDER BY 1 DESC",
            {"day": TODAY, "case": CASE, "field": field},
        ).fetchall()
    return rows[0][0]


def test_the_picture_is_there_without_a_script(browser, folder):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(folder / "index.html")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    circles = browser.call("DOM.querySelectorAll", nodeId=root, selector="#c-1-net circle")["nodeIds"]
    tools = browser.call("DOM.querySelector", nodeId=root, selector=".tools")["nodeId"]
    box = browser.call("DOM.getBoxModel", nodeId=circles[0])["model"]
    with pytest.raises(AssertionError, match="box model"):
        browser.call("DOM.getBoxModel", nodeId=tools)  # what only a script can serve isn't shown
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert len(circles) > 60
    assert box["width"] > 3


def test_the_picture_by_keyboard(page, settings):
    """One stop of the tabulator; arrows go from value to value; Enter shows whom it holds; Escape shows all."""
    assert page.value(f"{VALUES}.filter(g => g.tabIndex === 0).length") == 1
    page.value(f"{VALUES}[0].focus()")
    assert page.value(f"{NET}.classList.contains('lit')"), "what has the focus is lit up"
    press(page, "ArrowRight")
    assert page.value(f"{VALUES}.indexOf({ACTIVE})") == 1
    assert "the address 192.0.2.1: 60 members" in page.value(f"{ACTIVE}.getAttribute('aria-label')")
    press(page, "Enter", text="\r")
    assert page.value(f"{ACTIVE}.getAttribute('aria-pressed')") == "true"
    assert page.value(f"{SHOWN}.length") == held(settings, "address") == 60
    assert "60 rows in the table below" in page.value(f"{NET}.parentElement.querySelector('.said').textContent")
    press(page, "Escape")
    assert page.value(f"{SHOWN}.length") == 300
    press(page, "End")
    assert page.value(f"{VALUES}.indexOf({ACTIVE}) === {VALUES}.length - 1")
    press(page, "Home")
    press(page, "Tab")
    assert page.value(f"!{NET}.contains({ACTIVE})"), "the next press leaves the picture"


def test_the_picture_and_the_filter_together(page, settings):
    page.value(f"{VALUES}[1].dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    assert filter_by(page, "") == held(settings, "address") == 60
    assert filter_by(page, "shop-00060") == 1
    assert filter_by(page, "shop-00061") == 0
    page.value(f"{TOOLS}.querySelector('.all').click()")
    assert page.value(f"{SHOWN}.length") == 300
    group = f"{NET}.querySelector('.groups > g')"
    page.value(f"{group}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    said = page.value(f"{NET}.parentElement.querySelector('.said').textContent")
    assert page.value(f"{SHOWN}.length") == 1 + int(said.split(" and ")[1].split(" more")[0])
    page.value(f"{TOOLS}.querySelector('.all').click()")
    assert page.value(f"{TOOLS}.querySelector('.all').hidden")


def test_nothing_in_the_picture_leaves_it_or_covers_another(page):
    circles = page.value(
        f"[...{NET}.querySelectorAll('circle.related')].map(c => [c.cx, c.cy, c.r].map(v => v.baseVal.value))"
    )
    width, height = page.value(f"[{NET}.viewBox.baseVal.width, {NET}.viewBox.baseVal.height]")
    for x, y, r in circles:
        assert r <= x <= width - r
        assert r <= y <= height - r
    covered = sum(
        (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < (0.8 * (a[2] + b[2])) ** 2 for a, b in combinations(circles, 2)
    )
    assert covered <= len(circles) // 50
    box = "const b = t.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]"
    labels = page.value(f"[...{NET}.querySelectorAll('text')].map(t => {{ {box} }})")
    assert labels
    assert not any(
        a[0] < b[2] - 4 and b[0] < a[2] - 4 and a[1] < b[3] - 4 and b[1] < a[3] - 4 for a, b in combinations(labels, 2)
    )


def test_the_first_screen_needs_no_scrolling(page):
    page.call("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    low = page.value(
        "Math.max(...['.day', '.tiles', '.charts'].map(s => document.querySelector(s).getBoundingClientRect().bottom))"
    )
    page.call("Emulation.clearDeviceMetricsOverride")
    assert low <= 768


def test_a_link_to_a_cluster_opens_it(page):
    last = "[...document.querySelectorAll('details.cluster')].at(-1)"
    page.value(f"{last}.open = false")
    page.value(f'document.querySelector(`a[href="#${{{last}.id}}"]`).click()')
    assert page.value(f"{last}.open")


def axe():
    """The text of axe-core, where the package that brings it is installed."""
    spec = find_spec("axe_playwright_python")
    return None if spec is None else (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("small"), case=12)
    run(settings, TODAY)
    return settings.data / "reports" / TODAY.isoformat()


@pytest.mark.skipif(axe() is None and not os.environ.get("CI"), reason="axe-core is not here")
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_violation(browser, small, dark):
    browser.dark(dark)
    for path in (small / "index.html", small.parent / "index.html"):
        browser.open(path)
        browser.value("for (const part of document.querySelectorAll('details')) part.open = true")
        browser.value(f"{axe()};0")
        found = browser.value("""axe.run(document).then(result => ({passes: result.passes.length, violations:
            result.violations.map(v => [v.id, v.impact, v.nodes.map(n => n.html.slice(0, 200))])}))""")
        assert found["violations"] == []
        assert found["passes"] > 10
    browser.dark(False)


def test_copies_exact_names_on_the_second_press_only(page):
    page.value("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    filter_by(page, "", "reported")
    button = f"{TOOLS}.querySelector('button.copy')"
    page.value(f"{button}.click()")
    assert page.value("window.copied === undefined")
    assert "75 live names" in page.value(f"{button}.textContent")
    page.value(f"{button}.click()")
    names = page.value("window.copied").split()
    assert len(names) == 75
    assert "shop-00000-deal.comlab" in names


def test_keyboard_reaches_the_skip_link_first_and_every_place_that_scrolls(page):
    press(page, "Tab")
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
    """How fast ten thousand members open is measured by `tests/bench/bench_report.py`."""
    settings = build(tmp_path, case=100, more_bursts=20)
    run(settings, TODAY)
    browser.open(settings.data / "reports" / TODAY.isoformat() / "index.html")
    assert browser.complaints() == []
    assert browser.value("document.querySelectorAll('article.card').length") == 24
    assert browser.value("document.getElementsByTagName('*').length") < 60_000, "more elements open slowly"
    assert browser.value("document.querySelectorAll('details.cluster[open]').length") == 5
    assert browser.value(f"document.body.textContent.includes('{CASE}')")
