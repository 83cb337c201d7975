"""The gate: may the day go on with what a feed delivered? A broken feed must not become a false burst.

Pure: figures in, verdict and reason out.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_HISTORY = 3
"""Days that a feed must have been well before its past says what is usual."""
USUAL_DAYS = 28
"""Days of that past that count."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a feed on a day: `contents` landed, `lines` of them, `rows` names or changes made of these.

    `foreign_lines` are nothing that such a list holds; `new_rows` are names that no earlier day of the feed had;
    `repeats` is a day with the very same contents; `unreadable` says why nothing could be read; `claims` is the day
    that the contents say they are of; `remarks` are what the readers have to say; `whole` lists come whole each day;
    `backlog`: this is the first of those.
    """

    contents: int
    lines: int = 0
    foreign_lines: int = 0
    rejects: int = 0
    rows: int = 0
    new_rows: int = 0
    fetched_at: dt.datetime | None = None
    freshness_hours: float | None = None
    repeats: dt.date | None = None
    claims: dt.date | None = None
    unreadable: str | None = None
    remarks: str | None = None
    whole: bool = False
    backlog: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a feed is expected to be, as declared: rows a day, age of its newest entry, share of names seen before.

    Where it does not tell the time of its entries, only the day that it claims to be of can be too old.
    """

    rows: int | None = None
    stale_after_hours: float | None = None
    most_seen_before: float = 1.0
    tells_time: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """`gate` as in `feed_day.gate`, and why, in words; a remark where it is ok."""

    gate: str
    detail: str | None = None


def is_a_list(arrival: Arrival) -> bool:
    """Whether at least half of the lines are what such a list holds; an error page in its place is not."""
    return arrival.foreign_lines * 2 <= arrival.lines


def judge(arrival: Arrival, day: dt.date, earlier_rows: Sequence[int], expected: Expectation) -> Verdict:
    """The verdict; the gravest finding is told. `earlier_rows` are the rows of earlier days that were well."""
    findings = (
        _missing(arrival),
        _shrunken(arrival, earlier_rows, expected),
        _repeated(arrival, earlier_rows, expected),
        _stale(arrival, day, expected),
    )
    return next((found for found in findings if found), Verdict("ok", arrival.remarks))


def _missing(arrival: Arrival) -> Verdict | None:
    if arrival.unreadable:
        return Verdict("missing", f"what landed can't be read: {arrival.unreadable}")
    if arrival.contents == 0 or arrival.lines == 0:
        return Verdict("missing", "nothing landed" if arrival.contents == 0 else "the list is empty")
    return None


def _shrunken(arrival: Arrival, earlier_rows: Sequence[int], expected: Expectation) -> Verdict | None:
    if not is_a_list(arrival):
        share = f"{arrival.foreign_lines:,} of {arrival.lines:,} lines are no names"
        return Verdict("shrunken", f"{share}: this is not the list; none of it is used")
    has_past = len(earlier_rows) >= LEAST_HISTORY
    usual = statistics.median(earlier_rows[-USUAL_DAYS:]) if has_past else expected.rows or 0
    if arrival.rows * 2 < usual:
        said = "usual" if has_past else "declared"
        return Verdict("shrunken", f"{arrival.rows:,} rows, less than half of the {said} {usual:,.0f}")
    return None


def _repeated(arrival: Arrival, earlier_rows: Sequence[int], expected: Expectation) -> Verdict | None:
    """A list of additions must not say again what it has said; a whole list does so each day."""
    if arrival.whole:
        return None
    if arrival.repeats:
        return Verdict("repeated", f"the very bytes of {arrival.repeats}")
    before = arrival.rows - arrival.new_rows
    if arrival.rows and len(earlier_rows) >= LEAST_HISTORY and before > expected.most_seen_before * arrival.rows:
        share = f"{before:,} of {arrival.rows:,} rows ({before / arrival.rows:.0%})"
        return Verdict("repeated", f"{share} name what earlier days' lists had")
    return None


def _stale(arrival: Arrival, day: dt.date, expected: Expectation) -> Verdict | None:
    if expected.stale_after_hours is None:
        return None
    if expected.tells_time and (arrival.freshness_hours or 0) > expected.stale_after_hours:
        what = "it is unchanged since then" if arrival.whole else "its newest entry"
        return Verdict("stale", f"{what}: {arrival.freshness_hours:,.0f} hours old")
    if arrival.claims and (day - arrival.claims).days * 24 > expected.stale_after_hours:
        return Verdict("stale", f"it says that it is of {arrival.claims}")
    return None
