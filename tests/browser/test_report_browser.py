"""The report in a real Chromium: it asks for nothing, complains of nothing, filters, prints, and has no live name."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from report_data import CASE, TODAY, build

from churn.report import run
from churn.store.database import published

pytestmark = pytest.mark.browser
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def written(settings):
    """The folder of the day's report, written now."""
    run(settings, TODAY)
    return settings.data / "reports" / TODAY.isoformat()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return build(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def folder(settings):
    return written(settings)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return written(build(tmp_path_factory.mktemp("small"), case=12))


@pytest.fixture
def report(page, folder):
    """The report, opened."""
    page.goto((folder / "index.html").as_uri())
    return page


@pytest.fixture
def tools(report):
    """What serves the table of the case's members."""
    return report.locator(".tools[data-table=c-1-m]")


@pytest.fixture
def shown(report):
    """The rows of that table that are shown."""
    return report.locator("#c-1-m > tbody > tr:visible")


@pytest.fixture
def net(report):
    """The picture of the case."""
    return report.locator("#c-1-net")


@pytest.fixture
def values(net):
    """The shared values in the picture."""
    return net.locator(".values > g")


@pytest.fixture
def said(net):
    """What the picture says."""
    return net.locator("xpath=..").locator(".said")


@pytest.fixture
def filter_by(tools, shown):
    """Filter the members; how many are shown then."""

    def count(text, state="all"):
        tools.get_by_role("combobox", name="Show").select_option(state)
        tools.get_by_role("searchbox", name="Filter").fill(text)
        return shown.count()

    return count


def test_asks_for_nothing_and_complains_of_nothing(report, folder, watch):
    report.wait_for_timeout(300)
    assert watch.asked == [(folder / "index.html").as_uri()]
    assert watch.said == []


def test_the_index_of_days_too(page, folder, watch):
    page.goto((folder.parent / "index.html").as_uri())
    expect(page.locator("td.n").first).to_have_text("533")
    assert watch.asked == [(folder.parent / "index.html").as_uri()]
    assert watch.said == []


def test_no_link_leads_out(report):
    assert report.evaluate("[...document.links].every(link => link.href.startsWith('file:'))")
    assert report.evaluate("document.links.length") > 10
    assert report.locator("script").count() == 1, "hostile text made no script"


def test_filter(filter_by, tools):
    assert filter_by("") == 300
    assert filter_by("shop-00012-deal") == 1
    assert filter_by("shop-00012-deal.comlab") == 1, "a pasted exact name finds its defanged row"
    assert filter_by("bücher") == 1
    assert filter_by("nothing like it") == 0
    assert filter_by("", "reported") == 75
    assert filter_by("alpha names", "not") == sum(i % 3 == 0 and i % 10 != 9 and i % 4 != 0 for i in range(300)), (
        "sponsored by Alpha Names, asked for, and not reported"
    )
    expect(tools.locator("output")).to_have_text(re.compile("of 300 rows$"))


def held(settings, field):
    """Members of the case by the first value of a field, from the database."""
    with published(settings) as con:
        rows = con.execute(
            "SELECT count(DISTINCT domain) FROM link WHERE day = $day AND cluster_id = $case AND field = $field "
            "GROUP BY value ORDER BY 1 DESC",
            {"day": TODAY, "case": CASE, "field": field},
        ).fetchall()
    return rows[0][0]


@pytest.mark.parametrize("context_options", [{"java_script_enabled": False}], ids=["no script"])
def test_the_picture_is_there_without_a_script(report, net, context_options):
    circles = net.locator("circle")
    assert circles.count() > 60
    assert circles.first.bounding_box()["width"] > 3
    assert report.locator(".tools").count() > 1
    assert report.locator(".tools:visible").count() == 0, "what only a script can serve isn't shown"


def test_the_picture_by_keyboard(report, settings, net, values, shown, said):
    """One stop of the tabulator; arrows go from value to value; Enter shows whom it holds; Escape shows all."""
    assert net.locator(".values > g[tabindex='0']").count() == 1
    values.first.focus()
    expect(net).to_contain_class("lit")  # what has the focus is lit up
    report.keyboard.press("ArrowRight")
    second = values.nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_role("button")
    expect(second).to_have_accessible_name(re.compile("the address 192.0.2.1: 60 members"))
    report.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    assert shown.count() == held(settings, "address") == 60
    expect(said).to_contain_text("60 rows in the table below")
    report.keyboard.press("Escape")
    assert shown.count() == 300
    report.keyboard.press("End")
    expect(values.last).to_be_focused()
    report.keyboard.press("Home")
    expect(values.first).to_be_focused()
    report.keyboard.press("Tab")
    expect(net.locator("*:focus")).to_have_count(0)  # the next press leaves the picture
    expect(report.locator("*:focus")).to_have_count(1)


def test_the_picture_and_the_filter_together(settings, net, tools, shown, said, filter_by):
    net.locator(".values > g").nth(1).locator("rect").click()
    assert filter_by("") == held(settings, "address") == 60
    assert filter_by("shop-00060") == 1
    assert filter_by("shop-00061") == 0
    everything = tools.get_by_role("button", name="Show all again")
    everything.click()
    assert shown.count() == 300
    net.locator(".groups > g").first.locator("circle").last.click()
    more = re.search(r" and (\d+) more", said.text_content())
    assert shown.count() == 1 + int(more[1])
    everything.click()
    expect(everything).to_be_hidden()


def test_nothing_in_the_picture_leaves_it_or_covers_another(net):
    circles = net.locator("circle.related").evaluate_all(
        "all => all.map(c => [c.cx, c.cy, c.r].map(v => v.baseVal.value))"
    )
    width, height = net.evaluate("net => [net.viewBox.baseVal.width, net.viewBox.baseVal.height]")
    assert circles
    for x, y, r in circles:
        assert r <= x <= width - r
        assert r <= y <= height - r
    covered = sum(
        (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < (0.8 * (a[2] + b[2])) ** 2 for a, b in combinations(circles, 2)
    )
    assert covered <= len(circles) // 50
    labels = net.locator("text").evaluate_all(
        "all => all.map(t => t.getBBox()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])"
    )
    assert labels
    assert not any(
        a[0] < b[2] - 4 and b[0] < a[2] - 4 and a[1] < b[3] - 4 and b[1] < a[3] - 4 for a, b in combinations(labels, 2)
    )


def test_the_first_screen_needs_no_scrolling(report):
    report.set_viewport_size({"width": 1366, "height": 768})
    boxes = [report.locator(part).first.bounding_box() for part in (".day", ".tiles", ".charts")]
    assert max(box["y"] + box["height"] for box in boxes) <= 768


def test_a_link_to_a_cluster_opens_it(report):
    last = report.locator("details.cluster").last
    last.locator("summary").first.click()
    expect(last).not_to_have_attribute("open", "")
    report.locator(f'a[href="#{last.get_attribute("id")}"]').first.click()
    expect(last).to_have_attribute("open", "")


@SCHEMES
def test_axe_finds_no_violation(page, small, scheme):
    page.emulate_media(color_scheme=scheme)
    for path in (small / "index.html", small.parent / "index.html"):
        page.goto(path.as_uri())
        page.locator("details").evaluate_all("all => all.forEach(part => { part.open = true })")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert len(found.response["passes"]) > 10


def test_copies_exact_names_on_the_second_press_only(report, context, tools, filter_by):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    report.evaluate("navigator.clipboard.writeText('what was there before')")
    filter_by("", "reported")
    button = tools.locator("button.copy")
    button.click()
    expect(button).to_contain_text("75 live names")
    assert report.evaluate("navigator.clipboard.readText()") == "what was there before"
    button.click()
    expect(tools.locator("output")).to_have_text("75 exact names copied")
    names = report.evaluate("navigator.clipboard.readText()").split()
    assert len(names) == 75
    assert "shop-00000-deal.comlab" in names


def test_keyboard_reaches_the_skip_link_first_and_every_place_that_scrolls(report):
    report.keyboard.press("Tab")
    expect(report.locator(".skip")).to_be_focused()
    places = report.locator(".scroll").evaluate_all("all => all.map(box => box.tabIndex)")
    assert places
    assert set(places) == {0}


def test_structure_for_screen_readers(report):
    order = report.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert order[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(order))
    for selector, fits in {
        "table": "table => table.caption && table.caption.textContent.trim()",
        "th": "th => th.scope",
        "svg": "svg => document.getElementById(svg.getAttribute('aria-labelledby'))",
        "input, select": "field => field.labels.length",
    }.items():
        assert report.locator(selector).evaluate_all(f"all => all.length && all.every({fits})"), selector
    assert report.locator("main, header, nav, footer").count() >= 4


@SCHEMES
def test_text_has_contrast(report, scheme):
    """WCAG 2 AA, 4.5 to 1, for every colour that words are set in."""
    report.emulate_media(color_scheme=scheme)
    worst = report.evaluate("""(() => {
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
    assert worst >= 4.5


def test_narrow_screens_do_not_scroll_sideways(report):
    report.set_viewport_size({"width": 390, "height": 800})
    assert report.evaluate("document.documentElement.scrollWidth") <= 390


def test_prints(report):
    pdf = report.pdf(print_background=False)
    assert pdf.startswith(b"%PDF-")
    assert 15_000 < len(pdf) < 3_000_000


def test_opens_with_twenty_bursts(page, tmp_path):
    """How fast ten thousand members open is measured by `tests/bench/bench_report.py`."""
    page.goto((written(build(tmp_path, case=100, more_bursts=20)) / "index.html").as_uri())
    assert page.locator("article.card").count() == 24
    assert page.evaluate("document.getElementsByTagName('*').length") < 60_000, "more elements open slowly"
    assert page.locator("details.cluster[open]").count() == 5
    assert CASE in page.locator("body").text_content()
