"""The files of a report: hostile text stays text, nothing external, the same bytes twice, and the odd days."""

from __future__ import annotations

import base64
import csv
import dataclasses
import datetime as dt
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from report_data import BATCH, CASE, FORMULA, HOSTILE, NASTY, OLD, TODAY, build, settings_for

from churn.errors import UsageError
from churn.report import machine, run
from churn.report.page import LIMIT_BYTES, TLP, page_html
from churn.report.reading import read_day
from churn.report.schema import kept_schema, report_schema
from churn.report.view import file_stem
from churn.store.database import published
from churn.store.warehouse import publish


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("report"), case=60)
    run(settings, TODAY)
    return settings


@pytest.fixture(scope="module")
def folder(settings):
    return settings.data / "reports" / TODAY.isoformat()


@pytest.fixture(scope="module")
def content(settings):
    with published(settings) as con:
        return read_day(con, settings, TODAY)


class Tags(HTMLParser):
    """All start tags of a page, and the texts of style and script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.raw, self.text = [], {"style": "", "script": ""}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.cdata_elem in self.raw:
            self.raw[self.cdata_elem] += data
        else:
            self.text.append(data)


def test_hostile_text_stays_text_in_html(folder):
    page = Tags((folder / "index.html").read_text())
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not any(name.startswith("on") or name == "style" for _, attrs in page.tags for name in attrs)
    text = "".join(page.text)
    assert "<script>alert(1)</script>" in text, "shown as what it is"
    assert not {"\u202e", "\x1b"} & set(text)
    assert "evil.test" not in text


def test_links_lead_to_own_files_and_places_only(folder, content):
    page = Tags((folder / "index.html").read_text())
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    own = {"report.json", "report.md", "scoreboard.html", "../index.html"} | {
        f"clusters/{file_stem(c.cluster_id)}{kind}.csv" for c in content.clusters for kind in ("", "-siblings")
    }
    places = {f"#{attrs['id']}" for _, attrs in page.tags if "id" in attrs}
    assert set(links) <= own | places
    assert len(places) == sum("id" in attrs for _, attrs in page.tags), "ids are unique"


def test_no_reported_name_stands_undefanged(folder, content):
    html, mail = (folder / "index.html").read_text(), (folder / "report.md").read_text()
    for member in (m for c in content.clusters for m in c.members):
        assert member.domain not in html
        assert member.domain not in mail


@pytest.mark.parametrize("name", ["index.html", "../index.html"])
def test_policy_allows_its_own_style_and_script_and_nothing_else(folder, name):
    text = (folder / name).read_text()
    page = Tags(text)
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for kind in ("style", "script"):
        if page.raw[kind]:
            digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
            assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert not [a for _, a in page.tags if {"src", "srcset", "action", "data"} & set(a)]
    assert not re.search(r"https?://|url\(|@import", text)


def test_hostile_text_stays_text_in_markdown(folder):
    html = MarkdownIt("commonmark").enable("table").render((folder / "report.md").read_text())
    tags = {tag for tag, _ in Tags(html).tags}
    assert tags <= {"h1", "h2", "h3", "p", "ol", "ul", "li"}, "no link, code, table or raw HTML comes from outside"
    assert "alert(1)" in html


def test_spreadsheet_formulas_are_neutralised(content):
    nasty = [FORMULA, "+1", "-1", "@x", "\t=1", "\r=1", NASTY]
    cluster = content.clusters[0]
    members = [dataclasses.replace(cluster.members[0], registrar=text, labels=[text]) for text in nasty]
    text = machine.members_csv(dataclasses.replace(cluster, members=members), TLP).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(nasty)
    for row in rows:
        assert not any(cell[:1] in set("=+-@\t\r") for cell in row.values() if cell)
        assert not {"\u202e", "\x1b"} & set("".join(row.values()))


def test_json_is_ascii_and_exact(folder):
    raw = (folder / "report.json").read_bytes()
    assert raw.isascii()
    assert b"\x1b" not in raw
    feeds = {feed["feed"]: feed["detail"] for feed in json.loads(raw)["feeds"]}
    assert feeds["zones"] == NASTY


def test_json_is_as_the_schema_of_the_package_says(folder, settings):
    schema = kept_schema()
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    empty = TODAY + dt.timedelta(days=400)
    run(settings, empty)
    for day in (folder, folder.parent / empty.isoformat()):
        assert [error.message for error in check.iter_errors(json.loads((day / "report.json").read_bytes()))] == []


def test_the_schema_is_that_of_the_records():
    assert kept_schema() == json.loads(json.dumps(report_schema()))


def test_the_same_bytes_twice(settings):
    root = settings.data / "reports"
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    publish(settings)
    run(settings, TODAY)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert {path.name for path in (root / TODAY.isoformat()).rglob("*.*")} == {
        "index.html", "scoreboard.html", "report.json", "report.md",
        f"{CASE}.csv", f"{CASE}-siblings.csv", f"{BATCH}.csv", f"{OLD}.csv", f"{HOSTILE}.csv",
    }  # fmt: skip


def test_csv_of_clusters_that_are_no_more_goes(settings, folder):
    stale = folder / "clusters" / "c-gone.csv"
    stale.write_text("x")
    run(settings, TODAY)
    assert not stale.exists()


def test_a_day_with_nothing(settings):
    day = TODAY + dt.timedelta(days=400)
    result = run(settings, day)
    page = "".join(Tags((settings.data / "reports" / day.isoformat() / "index.html").read_text()).text)
    assert result.rows_out == 0
    for said in (
        "No registered and no reported domain landed",
        "no cluster of related domains stood",
        "No burst on this day.",
        "No feed is on record",
    ):
        assert said in page
    index = (settings.data / "reports" / "index.html").read_text()
    assert index.index(day.isoformat()) < index.index(TODAY.isoformat())


def test_an_unreadable_report_is_said_in_the_index(settings, folder):
    kept = (folder / "report.json").read_bytes()
    (folder / "report.json").write_text('{"headline": {"registered": "<b>"}}')
    run(settings, TODAY + dt.timedelta(days=400))
    assert "run the report of this day again" in (settings.data / "reports" / "index.html").read_text()
    (folder / "report.json").write_bytes(kept)


def test_nothing_published_yet(tmp_path):
    with pytest.raises(UsageError, match=r"no published database .*churn run"):
        run(settings_for(tmp_path), TODAY)


def test_long_days_give_way_in_tables_not_in_size(content, settings):
    cluster = content.clusters[0]
    label = "a" * 60
    wide = [dataclasses.replace(cluster.members[0], domain=f"{label}.{label}.{label}.m{n}.test") for n in range(2000)]
    clusters = [dataclasses.replace(cluster, cluster_id=f"c{n}", size=2000, members=wide) for n in range(30)]
    html = page_html(dataclasses.replace(content, clusters=clusters), settings)
    assert len(html.encode()) <= LIMIT_BYTES
    assert "more in the file" in html


@pytest.mark.parametrize("cluster_id", ["../../etc/passwd", "a/b", ".hidden", "", "x" * 300, "\ud800"])
def test_a_strange_cluster_id_names_no_strange_file(cluster_id):
    assert re.fullmatch(r"cluster-[0-9a-f]{24}", file_stem(cluster_id))
