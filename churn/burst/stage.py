"""The tests of a day.

1. Events: what happened to the members of today's clusters, and when.
2. For each cluster of `burst_least` domains and more, three questions: how many were listed, registered, gained today.
3. Expected: the cluster's own daily mean; for a listing not less than chance would put on the list, for a registration
   or growth not less than what such counts were over all clusters before.
4. One false-discovery rate over all questions of the day; flagged are those below it with `burst_least` domains.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from churn.burst.counts import PRIOR_SIZE, Baseline, adjusted, baseline, upper_tail
from churn.burst.story import story
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import relation
from churn.store.queries import run as run_query


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Test the clusters of `day`; replaces that day of `burst` and `burst_member`."""
    since = settings.window_start(day)
    lake = lake_of(settings)
    with lake_database(settings, since=since, until=day) as con:
        progress(0, 3, "events of the clusters")
        run_query(con, "churn.burst", "event", day=day)
        progress(1, 3, "tests")
        tests = _tests(con, day, settings.burst_least)
        flagged = tests[(tests["q_value"] < settings.burst_q) & (tests["observed"] >= settings.burst_least)]
        progress(2, 3, "stories")
        bursts = _bursts(con, day, flagged.to_dict("records"))
        members = relation(con, "churn.burst", "burst_member", day=day).to_arrow_table()
    lake.write_arrow("burst_member", day, "burst", members)
    lake.write_rows("burst", day, "burst", bursts)
    kinds = Counter(str(burst["kind"]) for burst in bursts)
    found = {"bursts": len(bursts), "tests": len(tests), **dict(sorted(kinds.items()))}
    return StageResult("burst", day, rows_in=len(tests), rows_out=len(bursts), found=found)


def _tests(con: duckdb.DuckDBPyConnection, day: dt.date, least: int) -> pd.DataFrame:
    """One row a question: the columns of `count.sql`, and expected, p_value, q_value."""
    past = {row[0]: baseline(*row[1:]) for row in relation(con, "churn.burst", "baseline", day=day).fetchall()}
    tests: pd.DataFrame = relation(con, "churn.burst", "count", day=day, least=least).df()
    population = [past.get(kind, Baseline()) for kind in tests["kind"]]
    listing = (tests["kind"] == "listing").to_numpy()
    floor = np.where(listing, np.maximum(tests["by_chance"].to_numpy(), 1e-6), [b.mean for b in population])
    size = np.where(listing, PRIOR_SIZE, [b.size for b in population])
    tests["expected"] = np.maximum(tests["own_mean"].to_numpy(), floor)
    tests["p_value"] = upper_tail(tests["observed"].to_numpy(dtype=float), tests["expected"].to_numpy(), size)
    tests["q_value"] = adjusted(tests["p_value"].to_numpy())
    return tests


def _bursts(con: duckdb.DuckDBPyConnection, day: dt.date, flagged: list[dict[Hashable, Any]]) -> list[dict[str, Any]]:
    """The flagged questions as rows of `burst`; leaves the table `flagged`, which names their members."""
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    ids = [f"b-{day:%Y%m%d}-{row['kind']}-{row['cluster_id'].removeprefix('c-')}" for row in flagged]
    text = [("burst_id", pa.string()), ("kind", pa.string()), ("cluster_id", pa.string())]
    columns = [ids, [row["kind"] for row in flagged], [row["cluster_id"] for row in flagged]]
    con.from_arrow(pa.table(columns, schema=pa.schema(text))).create("flagged")
    reported = dict(relation(con, "churn.burst", "reported_of_burst", day=day).fetchall())
    return [
        {
            "day": day,
            "burst_id": burst_id,
            "kind": row["kind"],
            "cluster_id": row["cluster_id"],
            "observed": row["observed"],
            "expected": round(row["expected"], 4),
            "p_value": row["p_value"],
            "q_value": row["q_value"],
            "window_start": start,
            "window_end": start + dt.timedelta(days=1),
            "reported_members": reported.get(burst_id, 0),
            "story": story(row),
        }
        for burst_id, row in zip(ids, flagged, strict=True)
    ]
