"""The product on the two streams: a lake is written as an import would leave it, and questions are asked day by day.

Reported names of the new-name stream arrive `delay` days after their label's day, with the campaign as the feed's label
or without any. Each source of questions is run alone and tested as the stage tests it, so that a figure is of that
source and not of all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from churn.burst.counts import adjusted, upper_tail
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import run

Source = Callable[[duckdb.DuckDBPyConnection, Settings, dt.date], None]
BASES = ("question", "question_member", "quiet", "distrusted", "exposure")
TABLES = ("sighting", "feed_day", "cluster_member")


def settings(folder: Path) -> Settings:
    """Settings of a data folder that is only a lake."""
    return Settings(data=folder, threads=1)


def write(folder: Path, names: pd.DataFrame, kind: str, feed: str) -> None:
    """Sightings of `names`: `day`, `domain`, and where there are any `seen_at` (UTC text) and `label`."""
    lake = lake_of(settings(folder))
    for text, rows in names.groupby("day"):
        count = len(rows)
        seen = pd.to_datetime(rows.get("seen_at", rows["day"]), utc=True)
        columns = {
            "domain": pa.array(rows["domain"], pa.string()),
            "fqdn": pa.array(rows["domain"], pa.string()),
            "kind": pa.repeat(kind, count),
            "feed": pa.repeat(feed, count),
            "seen_at": pa.array(seen.dt.to_pydatetime().tolist(), pa.timestamp("us", tz="UTC")),
            "label": pa.array(rows["label"], pa.string()) if "label" in rows else pa.nulls(count, pa.string()),
            "day": pa.repeat(pa.scalar(dt.date.fromisoformat(str(text))), count),
        }
        lake.write_arrow("sighting", dt.date.fromisoformat(str(text)), feed, pa.table(columns))


def later(labels: pd.DataFrame, delay: int, *, told: bool) -> pd.DataFrame:
    """Labelled names as they are reported: `delay` days later, with the campaign as label where it is `told`."""
    day = (pd.to_datetime(labels["day"]) + pd.Timedelta(days=delay)).dt.strftime("%Y-%m-%d")
    rows = labels.assign(day=day, label=labels["campaign"])
    return rows if told else rows.drop(columns="label").drop_duplicates(["day", "domain"])


def bursts(folder: Path, source: Source, days: Sequence[str], q: float = 0.01) -> pd.DataFrame:
    """What `source` flags on `days`: `day`, `burst_id`, `domain`."""
    given = settings(folder)
    found = [pd.DataFrame({"day": [], "burst_id": [], "domain": []}, dtype=str)]
    for text in days:
        day = dt.date.fromisoformat(text)
        with lake_database(given, since=given.window_start(day), until=day, only=TABLES) as con:
            for base in BASES:
                run(con, "churn.burst", base, day=day)
            source(con, given, day)
            asked = con.sql("SELECT * FROM question").df()
            members = con.sql("SELECT question_id AS burst_id, domain FROM question_member").df()
        figures = (asked[name].to_numpy(np.float64) for name in ("observed", "expected", "dispersion"))
        flagged = asked["question_id"][adjusted(upper_tail(*figures)) < q]
        found.append(members[members["burst_id"].isin(flagged)].assign(day=text))
    return pd.concat(found)
