"""Naming habits and batches on a few days of real streams: ahead of the peers, at fewer bursts a day."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pandas as pd
import pytest

BENCH = Path(__file__).parents[1] / "bench"
pytestmark = pytest.mark.corpora


@pytest.fixture(scope="module")
def bench():
    """The benchmark's modules: judge, corpus, peers, and the product's methods."""
    sys.path.insert(0, str(BENCH))
    from stream import corpus, judge, method, peers

    yield corpus, judge, method, peers
    sys.path.remove(str(BENCH))


def test_habits_find_campaign_days_at_few_bursts(corpora, bench, tmp_path):
    from churn.burst import habits

    corpus, judge, method, peers = bench
    days = ["2025-05-16", "2025-06-10"]
    near = [(dt.date.fromisoformat(day) - dt.timedelta(days=back)).isoformat() for day in days for back in range(3)]
    labels = corpus.labels(corpora)
    names = pd.concat([corpus.arrivals(corpora, near), labels[["day", "domain"]]]).drop_duplicates("domain")
    method.write(tmp_path, names, "registered", "new")
    method.write(tmp_path, method.later(labels, 1, told=True), "reported", "vendors")
    truth = judge.Truth(labels, names.groupby("day").size().to_dict(), 10, corpus.LOOSE)
    ours = judge.summary(judge.tally(method.bursts(tmp_path, habits.questions, days), truth, days))
    same = judge.summary(judge.tally(peers.same_tld(names[names["day"].isin(days)], days), truth, days))
    assert ours["found"] >= 3
    assert ours["recall"]["value"] > same["recall"]["value"]
    assert ours["bursts_a_day"]["value"] <= 12


def test_batches_find_families_of_a_reported_list(corpora, bench, tmp_path):
    from churn.burst import habit_batches

    corpus, judge, method, peers = bench
    rows = corpus.reported_list(corpora)
    rows = rows[rows["domain"] == rows["registered_domain"]].drop_duplicates(["day", "domain"])
    days = sorted(rows["day"].unique())[30:40]
    rows = rows[rows["day"].isin(days)]
    method.write(tmp_path, rows.assign(seen_at=rows["added_at"]), "reported", "list")
    truth = judge.Truth(rows[["day", "domain", "campaign"]], rows.groupby("day").size().to_dict(), 50)
    ours = judge.summary(judge.tally(method.bursts(tmp_path, habit_batches.questions, days), truth, days))
    rule = judge.summary(judge.tally(peers.interisle(rows, days), truth, days))
    assert ours["truths"] >= 10
    assert ours["recall"]["value"] >= 0.8
    assert ours["bursts_a_day"]["value"] < rule["bursts_a_day"]["value"]
