"""The gate before a day: a feed that is missing or broken must not become a false burst, nor a silence."""

from __future__ import annotations

import datetime as dt

import pyarrow.parquet as pq

from churn.errors import GateError
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_of


def check(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Pass where every declared feed has landed for the day with its gate `ok`.

    Raises GateError that names the feeds that have not, and what their collection made of them.
    """
    from churn import collect

    gates = dict.fromkeys(collect.feed_names(settings), "missing")
    files = lake_of(settings).files("feed_day", day, day)
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    gates |= {row["feed"]: row["gate"] for row in rows}
    progress(len(rows), len(gates), "feeds have landed")
    shut = sorted(f"{feed} is {gate}" for feed, gate in gates.items() if gate != "ok")
    if shut:
        raise GateError(f"{day} stops here: {', '.join(shut)}. Collect the feed again, or run the day without it.")
    return StageResult("freshness", day, rows_in=len(gates), rows_out=len(gates), found={"feeds": sorted(gates)})
