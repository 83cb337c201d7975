"""The gate's verdicts."""

from __future__ import annotations

import datetime as dt

import pytest

from churn.collect.gate import Arrival, judge


def arrival(**changes):
    return Arrival(**({"contents": 1, "lines": 100, "rows": 100} | changes))


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
    ],
)
def test_verdicts(came, earlier, gate):
    verdict = judge(came, earlier, 72.0)
    assert verdict.gate == gate
    assert (verdict.detail is None) == (gate == "ok")


def test_a_list_without_times_is_never_stale():
    assert judge(arrival(freshness_hours=999.0), [], None).gate == "ok"
