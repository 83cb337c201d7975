"""The gate's verdicts."""

from __future__ import annotations

import datetime as dt

import pytest

from churn.collect.gate import Arrival, Expectation, judge

DAY = dt.date(2026, 3, 9)


def arrival(**changes):
    return Arrival(**({"contents": 1, "lines": 100, "rows": 100, "new_rows": 100} | changes))


@pytest.mark.parametrize(
    ("came", "earlier", "gate"),
    [
        (arrival(), [], "ok"),
        (arrival(contents=0, lines=0), [], "missing"),
        (arrival(lines=0, rows=0), [], "missing"),
        (arrival(unreadable="the gzip data is cut off"), [100] * 9, "missing"),
        (arrival(foreign_lines=50), [], "ok"),
        (arrival(foreign_lines=51), [], "shrunken"),
        (arrival(rows=49), [100, 100], "ok"),
        (arrival(rows=49), [100, 100, 100], "shrunken"),
        (arrival(rows=50), [100, 100, 100], "ok"),
        (arrival(rows=49), [100, 100, 1, 1, 1], "ok"),
        (arrival(repeats=dt.date(2026, 3, 1)), [], "repeated"),
        (arrival(freshness_hours=73.0), [], "stale"),
        (arrival(freshness_hours=71.0), [], "ok"),
        (arrival(new_rows=49), [100, 100, 100], "repeated"),
        (arrival(new_rows=50), [100, 100, 100], "ok"),
        (arrival(new_rows=0), [100, 100], "ok"),
        (arrival(new_rows=0, whole=True), [100, 100, 100], "ok"),
        (arrival(repeats=dt.date(2026, 3, 1), whole=True), [], "ok"),
        (arrival(freshness_hours=73.0, whole=True), [], "stale"),
        (arrival(claims=dt.date(2026, 3, 6)), [], "ok"),
        (arrival(claims=dt.date(2026, 3, 5)), [], "stale"),
        (arrival(claims=dt.date(2026, 3, 15)), [], "ok"),
    ],
)
def test_verdicts(came, earlier, gate):
    verdict = judge(came, DAY, earlier, Expectation(None, 72.0, 0.5))
    assert verdict.gate == gate
    assert (verdict.detail is None) == (gate == "ok")


def test_a_list_without_times_is_never_stale():
    assert judge(arrival(freshness_hours=999.0), DAY, [], Expectation()).gate == "ok"


def test_a_declared_volume_counts_until_there_is_a_past():
    declared = Expectation(rows=300)
    assert judge(arrival(), DAY, [100, 100], declared).gate == "shrunken"
    assert judge(arrival(), DAY, [100, 100, 100], declared).gate == "ok"


def test_a_remark_of_the_readers_is_told_where_all_is_well():
    verdict = judge(arrival(remarks="2 of 9 zones could not be had"), DAY, [], Expectation())
    assert (verdict.gate, verdict.detail) == ("ok", "2 of 9 zones could not be had")
