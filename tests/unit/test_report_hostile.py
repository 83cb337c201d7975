"""Whatever stands in a field from outside changes nothing but text: in HTML, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_data import NASTY, TODAY, build

from churn.report import machine
from churn.report.page import TLP, mail_markdown, page_html
from churn.report.reading import read_day
from churn.report.records import Spared, Watched
from churn.store.database import published

OURS = {"direction", "kind", "gate", "state", "outcome", "dimension", "role", "relation", "basis", "how"}
"""Fields whose values are a closed list of ours; `kind` of a look-up and a feed too."""
HOSTILE = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "</style><b>",
    "</title></svg><a href=//evil.test>", "{{ 7 * 7 }}{% raw %}", "&lt;b&gt;&#60;", "javascript:alert(1)",
    "http://evil.test/path", "evil.test", "a@evil.test", "[x](http://evil.test)", "![x](http://evil.test)",
    "<http://evil.test>", "www.evil.test", "`code` **bold** ~~x~~", "# heading", "- item", "1. item", "12) item",
    "> quote", "| a | b |\n|---|---|", "    indented", "line\nbreak\r\nagain\u2028x", "===", "---",
    '=HYPERLINK("http://evil.test")', "+1", "-1", "@sum", "\t=1", "\r=1", "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe", "\u2066x\u2069", "\u200b\ufeff", "\u0440\u0430ypal.test", "xn--80ak6aa92e.test", "a" * 5000,
    "\ud800", "\x00", "%s%n", "../../etc/passwd", "'\"><", " ", NASTY,
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    where = build(tmp_path_factory.mktemp("report"), case=8)
    with published(where) as con:
        day = read_day(con, where, TODAY)
    now = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)
    spared = Spared("b-x", "listing", "c-batch", "n", "s", 5, 1.0, 0.01, 0, "address=x", "value", "who", now, "why")
    watched = Watched("c-old", "joined", "a.test", "c-case", "name", "related", reported=False, of_all=1)
    return where, dataclasses.replace(day, spared=[spared], watched=[watched])


class Shape(HTMLParser):
    """The elements of a page with the names of their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.links, self.text = [], set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "xlink:href", "src"}]

    def handle_data(self, data):
        if self.cdata_elem is None:
            self.text.append(data)


def poisoned(value, texts, name=""):
    """The records with each text from outside replaced, the same text by the same."""
    if dataclasses.is_dataclass(value):
        fields = {f.name: poisoned(getattr(value, f.name), texts, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    if isinstance(value, dict):
        return {poisoned(key, texts): poisoned(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, texts, name) for item in value]
    if isinstance(value, str) and name not in OURS:
        return f"{texts[sum(map(ord, value)) % len(texts)]}{value[-3:]}"  # its end keeps different ones apart
    return value


many = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(texts=st.lists(TEXT, min_size=12, max_size=12))
def test_html_keeps_its_elements(world, texts):
    where, day = world
    calm, page = Shape(page_html(day, where)), Shape(page_html(poisoned(day, texts), where))
    assert set(page.elements) <= set(calm.elements) | {"small", "bdi", "code"}
    assert page.elements.count("script") == page.elements.count("style") == 1
    assert page.attributes <= calm.attributes
    assert all(
        re.match(r"#|clusters/[\w-]+\.csv$|report\.(json|md)$|(scoreboard|\.\./index)\.html$", link)
        for link in page.links
    )
    shown = "".join(page.text)
    assert "evil.test" not in shown
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in shown if c != "\n")


@many
@given(texts=st.lists(TEXT, min_size=12, max_size=12))
def test_markdown_is_headings_paragraphs_and_lists_only(world, texts):
    where, day = world
    mail = mail_markdown(poisoned(day, texts), where)
    page = Shape(MarkdownIt("gfm-like", {"linkify": False}).render(mail))
    assert set(page.elements) <= {"h1", "h2", "h3", "p", "ol", "ul", "li", "strong"}
    calm = Shape(MarkdownIt("gfm-like", {"linkify": False}).render(mail_markdown(day, where)))
    assert page.elements == calm.elements
    assert "evil.test" not in mail
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in mail if c != "\n")


@many
@given(texts=st.lists(TEXT, min_size=12, max_size=12))
def test_csv_has_its_rows_and_no_formula(world, texts):
    _, day = world
    for cluster in poisoned(day, texts).clusters:
        for content, rows in (
            (machine.members_csv(cluster, TLP), cluster.members),
            (machine.siblings_csv(cluster, TLP), cluster.siblings),
        ):
            read = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
            assert len(read) == 1 + len(rows)
            assert len({len(row) for row in read}) == 1
            cells = [cell for row in read for cell in row]
            assert not any(cell[:1] in set("=+-@\t\r") for cell in cells if cell)
            assert not any(unicodedata.category(c) in {"Cc", "Cf"} for cell in cells for c in cell)


@many
@given(texts=st.lists(TEXT, min_size=12, max_size=12))
def test_json_gives_back_the_exact_text(world, texts):
    _, day = world
    bad = poisoned(day, texts)
    content = machine.report_json(bad, TLP)
    assert content.isascii()
    assert not set(content) & set(range(9)), "no control stands in it"
    read = json.loads(content)
    assert [c["name"] for c in read["clusters"]] == [c.name for c in bad.clusters]
    assert [m["domain"] for c in read["clusters"] for m in c["members"]] == [
        m.domain for c in bad.clusters for m in c.members
    ]
    assert [feed["detail"] for feed in read["feeds"]] == [feed.detail for feed in bad.feeds]
