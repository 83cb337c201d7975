"""The gate: may the day go on with what a feed delivered? A broken feed must not become a false burst.

Pure: figures in, verdict and reason out.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_HISTORY = 3
"""Days that a feed must have been well before it can be found to have shrunk."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a feed on a day: `contents` landed, `lines` of them, `rows` of sightings made of these.

    `foreign_lines` are nothing that such a list holds; `new_rows` are names that no earlier day of the feed had;
    `repeats` is a day with the very same contents; `unreadable` says why nothing could be read.
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
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`gate` as in `feed_day.gate`, and why, in words."""

    gate: str
    detail: str | None = None


def is_a_list(arrival: Arrival) -> bool:
    """Whether at least half of the lines are what such a list holds; an error page in its place is not."""
    return arrival.foreign_lines * 2 <= arrival.lines


def judge(  # noqa: PLR0911 - one return a verdict reads best
    arrival: Arrival, earlier_rows: Sequence[int], stale_after_hours: float | None
) -> Verdict:
    """The verdict; the gravest finding is told. `earlier_rows` are the rows of earlier days that were well."""
    if arrival.unreadable:
        return Verdict("missing", f"what landed can't be read: {arrival.unreadable}")
    if arrival.contents == 0 or arrival.lines == 0:
        return Verdict("missing", "nothing landed" if arrival.contents == 0 else "the list is empty")
    if not is_a_list(arrival):
        share = f"{arrival.foreign_lines:,} of {arrival.lines:,} lines are no names"
        return Verdict("shrunken", f"{share}: this is not the list; none of it is used")
    usual = statistics.median(earlier_rows) if len(earlier_rows) >= LEAST_HISTORY else 0
    if arrival.rows * 2 < usual:
        return Verdict("shrunken", f"{arrival.rows:,} rows, less than half of the usual {usual:,.0f}")
    if arrival.repeats:
        return Verdict("repeated", f"the very bytes of {arrival.repeats}")
    if stale_after_hours is not None and (arrival.freshness_hours or 0) > stale_after_hours:
        return Verdict("stale", f"its newest entry is {arrival.freshness_hours:,.0f} hours old")
    return Verdict("ok")
