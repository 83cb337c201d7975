"""What verdicts did stands in the report: and nothing is said where there was none."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import duckdb
import pytest
from report_data import BATCH, CASE, OLD, TODAY, build

from churn.report.machine import report_json
from churn.report.page import TLP, mail_markdown, page_html
from churn.report.reading import read_day
from churn.store.database import published

DEEDS = """
    DROP TABLE IF EXISTS spared;
    DROP TABLE IF EXISTS watched;
    DROP TABLE IF EXISTS judgement;
    CREATE TABLE spared AS SELECT
        DATE '2026-03-08' AS day, 'b-x' AS burst_id, 'registration' AS kind, 'c-batch' AS cluster_id,
        CAST(NULL AS VARCHAR) AS scope, 60 AS observed, 4.5::DOUBLE AS expected, 1e-9::DOUBLE AS p_value,
        1e-7::DOUBLE AS q_value,
        0 AS reported_members, 'a story' AS story, 'c-earlier' AS subject, 'successor' AS how, 'Ann' AS given_by,
        TIMESTAMPTZ '2026-03-07 10:00:00+00' AS given_at, 'a reseller, see mail.example.test' AS note;
    INSERT INTO spared SELECT * REPLACE ('b-y' AS burst_id, NULL AS cluster_id, 'wd4.shop' AS scope,
        'name_servers=ns1.x.test ns2.x.test' AS subject, 'value' AS how) FROM spared;
    INSERT INTO spared SELECT * REPLACE (DATE '2026-03-09' AS day, 'b-z' AS burst_id) FROM spared LIMIT 1;
    CREATE TABLE watched AS
    SELECT DATE '2026-03-08' AS day, 'c-old' AS subject, 'joined' AS kind, 'past20.comlab' AS domain,
        'c-old' AS cluster_id, CAST(NULL AS VARCHAR) AS related, false AS reported
    UNION ALL SELECT DATE '2026-03-08', 'address=192.0.2.1', 'value', 'past7.comlab', NULL, NULL, true
    UNION ALL SELECT DATE '2026-03-09', 'c-old', 'variant', 'later.comlab', 'c-old', 'past1.comlab', false;
    CREATE TABLE judgement AS SELECT DATE '2026-03-08' AS day, 'c-case' AS cluster_id, 'confirmed' AS verdict,
        'c-case' AS subject, 'cluster' AS how, 'Ben' AS given_by, TIMESTAMPTZ '2026-03-08 09:00:00+00' AS given_at,
        CAST(NULL AS VARCHAR) AS note;
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return build(tmp_path_factory.mktemp("report"), case=8)


@pytest.fixture(scope="module")
def before(settings):
    with published(settings) as con:
        return read_day(con, settings, TODAY)


@pytest.fixture(scope="module")
def day(settings, before):
    """The same day once verdicts did something."""
    assert before.spared == []
    path = settings.data / "warehouse" / "churn.duckdb"
    with duckdb.connect(path) as con:
        con.execute(DEEDS)
    with published(settings) as con:
        return read_day(con, settings, TODAY)


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_without_verdicts_nothing_is_said(before, settings):
    page = page_html(before, settings)
    assert before.spared == before.watched == []
    assert "Kept from being flagged" not in page
    assert 'id="watched"' not in page


def test_what_was_kept_from_being_flagged_is_said(day, settings):
    page = plain(page_html(day, settings))
    assert [row.burst_id for row in day.spared] == ["b-x", "b-y"], "of the day only"
    assert "Kept from being flagged (2)" in page
    assert "; 2 were kept from being flagged by verdict." in page
    assert (
        "Registered together 60 4.5 1.0 \u00d7 10⁻⁷ 0 cluster c-earlier most of it comes from it Ann, 2026-03-07"
        in page
    )
    assert "names of one dictionary word and four digits, under .shop" in page
    assert "the name servers ns1[.]x[.]test ns2[.]x[.]test most of it have the value" in page
    assert "a reseller, see mail[.]example[.]test" in page
    assert f'href="#c-{1 + [c.cluster_id for c in day.clusters].index(BATCH)}"' in page_html(day, settings)


def test_what_came_of_what_is_watched_is_said(day, settings):
    page = plain(page_html(day, settings))
    assert "Watched (2)" in page
    assert "past20[.]comlab cluster c-old joined it c-old shop deal not alleged" in page
    assert "past7[.]comlab the address 192.0.2.1 shows the value for the first time" in page
    assert "later" not in {row.domain.split(".")[0] for row in day.watched}


def test_the_verdict_of_a_cluster_is_the_one_that_stands(day, settings):
    verdicts = {cluster.cluster_id: cluster.verdict for cluster in day.clusters}
    assert verdicts[CASE] == "confirmed"
    assert verdicts[OLD] is None
    assert "verdict: confirmed, Ben, 2026-03-08" in plain(page_html(day, settings))


def test_mail_and_json_say_it_too(day, settings):
    mail = mail_markdown(day, settings)
    assert "## Kept from being flagged" in mail
    assert "## Watched: what came" in mail
    read = json.loads(report_json(day, TLP))
    assert [row["subject"] for row in read["spared"]] == ["c-earlier", "name_servers=ns1.x.test ns2.x.test"]
    assert {row["domain"] for row in read["watched"]} == {"past20.comlab", "past7.comlab"}


def test_a_day_under_way_is_none_of_the_report():
    for path in (files("churn.report") / "sql").iterdir():
        assert not re.search(r"\b(FROM|JOIN)\s+arrival\b", path.read_text())
