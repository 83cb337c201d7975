"""The schedule of checks, the medians against published ones, and the figures that a scoreboard's rows are."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from churn.enrich.rechecking import is_due
from churn.outcome.scoring import scoreboard
from churn.outcome.survival import Median, limits, median_time
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.ledger import append

DAY = dt.date(2026, 3, 4)
AFTER = Settings().recheck_days

# Freireich et al. 1963, weeks of remission: with 6-mercaptopurine (0: still in remission) and with placebo
WITH_6MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_medians_and_their_limits_are_the_published_ones():
    """As R's survfit gives them with conf.type = "log-log"."""
    assert limits(np.array(WITH_6MP, float), np.array(ENDED, bool)) == (23, 13, None)
    assert limits(np.array(PLACEBO, float), np.ones(len(PLACEBO), bool)) == (8, 4, 11)


def test_what_is_not_over_counts():
    """Of ten, two ended on the first day and eight are still watched: there is no median, and not one day."""
    assert median_time([0, 0], [1, 1], [True, True]).days == 0.5
    assert median_time([0] * 10, [1, 1, *[9] * 8], [True, True, *[False] * 8]) == Median(None, 0, None)
    assert median_time([0], [5], [False]) == Median()


INTERVALS = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 10), st.booleans()), min_size=1, max_size=30)


@given(INTERVALS, st.floats(0, 1))
def test_where_all_is_over_the_limits_hold_wherever_in_the_intervals_the_truth_lies(intervals, share):
    holds([(first, length, True) for first, length, _ in intervals], share)


@given(INTERVALS, st.sampled_from([0, 0.5, 1]))
@example([(0, 0, False), (0, 0, True), (0, 0, True), (0, 0, True), (0, 1, False), *[(0, 1, True)] * 3], 0)
def test_where_some_is_not_over_they_hold_at_beginnings_middles_and_ends(intervals, share):
    holds(intervals, share)


def holds(intervals, share):
    """The interval that is told has in it the one of what ended after that share of each interval."""
    least = [first for first, _, _ in intervals]
    most = [first + length for first, length, _ in intervals]
    over = [ended for _, _, ended in intervals]
    if not any(over):
        return
    told = median_time(least, most, over)
    truth = [low + share * (high - low) if ended else high for low, high, ended in zip(least, most, over, strict=True)]
    _, low, high = limits(np.array(truth), np.array(over))
    assert told.high is None or (high is not None and high <= told.high + 1e-9)
    assert low is None or told.low is None or told.low <= low + 1e-9


def test_equal_times_tell_as_much_as_times_that_follow_each_other():
    """Of seven that end at once the band has no value where nobody is left, and has one just before."""
    assert limits(np.zeros(7), np.ones(7, bool)) == (0, 0, 0)
    assert limits(np.zeros(1), np.ones(1, bool))[2] is None


def test_checks_become_rarer():
    asked, last = [], None
    for number in range(120):
        day = DAY + dt.timedelta(days=number)
        if is_due(DAY, last, day, AFTER):
            asked.append(number)
            last = day
    assert asked == [1, 2, 3, 5, 8, 13, 21, 34, 55]


@given(st.lists(st.integers(0, 80), unique=True), st.lists(st.booleans(), min_size=81, max_size=81))
def test_a_check_that_was_missed_is_made_up_for_once(skipped, answers):
    """Against a naive count: a check stands for each day of the schedule, and an answer on or after it settles it."""
    last = None
    for number in range(81):
        day = DAY + dt.timedelta(days=number)
        open_checks = [n for n in AFTER if n <= number and (last is None or last < DAY + dt.timedelta(days=n))]
        assert is_due(DAY, last, day, AFTER) == bool(open_checks)
        if number not in skipped and is_due(DAY, last, day, AFTER) and answers[number]:
            last = day


def told(settings, scope, key, domains):
    at = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    packet = {
        "day": DAY,
        "packet_id": key,
        "scope": scope,
        "key": key,
        "recipient": f"Recipient {key}",
        "written_at": at,
    }
    append(settings, "packet", DAY, key, [packet])
    items = [{"day": DAY, "packet_id": key, "domain": domain, "state": "new"} for domain in domains]
    append(settings, "packet_item", DAY, key, items)
    return at


@pytest.fixture
def scored(tmp_path):
    """Registrar 7 was told of four: one held, one let go by a hoster, one active, one not checked."""
    settings = Settings(data=tmp_path, clock="day")
    at = told(settings, "registrar", "7", ["held.test", "empty.test", "kept.test", "fresh.test"])
    about = {"scope": "registrar", "key": "7", "told_at": at, "active_at": at, "day": DAY, "packet_id": "7"}
    checks = [("held.test", 1, "client_hold", "registrar"), ("empty.test", 3, "not_hosted", "hoster"),
              ("kept.test", 3, "active", "nobody")]  # fmt: skip
    rows = [
        about | {"domain": name, "observed_at": at + dt.timedelta(days=days), "state": state, "actor": actor}
        for name, days, state, actor in checks
    ]
    append(settings, "outcome", DAY, "checks", rows)
    told(settings, "registrar", "8", ["other.test"])
    with lake_database(settings) as con:
        return {row["key"]: row for row in scoreboard(con, DAY)}


def test_a_row_says_what_became_of_what_one_recipient_was_told(scored):
    row = scored["7"]
    assert (row["name"], row["told"], row["checked"], row["acted"], row["active"]) == ("Recipient 7", 4, 3, 2, 1)
    assert (row["by_registrar"], row["by_hoster"], row["by_registry"], row["acted_itself"]) == (1, 1, 0, 1)
    assert row["median_days"] == 1.5  # the middle of the hoster's three days: two of three are over by then
    assert (scored["8"]["checked"], scored["8"]["median_days"]) == (0, None)


def test_the_row_over_all_names_nobody(scored):
    assert (scored["all"]["name"], scored["all"]["told"], scored["all"]["acted"]) == (None, 5, 2)
