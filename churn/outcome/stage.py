"""The whole of it on one day: the review, what came back on the day, and the scoreboard as it then stands."""

from __future__ import annotations

import dataclasses
import datetime as dt

import duckdb
import pyarrow as pa

from churn.labels.variants import variants
from churn.outcome.review import PACKAGE, review, since
from churn.outcome.scoring import scoreboard
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import relation
from churn.store.queries import run as run_query

WRITER = "outcomes"
MOST = 20
"""Domains told of to which one arrival is said to correspond, at most."""
TABLES = (
    "sighting", "registration", "cluster_member", "lineage", "packet", "packet_item", "outcome", "telling",
)  # fmt: skip
SCORED = ("comeback", "packet", "packet_item", "outcome", "telling")


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Review what was told before `day`, and write the day's `comeback` and `scoreboard`.

    To be called when the day is linked and what is due was asked anew; without either it says what is known.
    """
    result = review(settings, day, progress)
    back = _write_comebacks(settings, day)
    with lake_database(settings, until=day, only=SCORED) as con:
        rows = scoreboard(con, day)
    lake_of(settings).write_rows("scoreboard", day, WRITER, rows)
    return dataclasses.replace(result, found=result.found | {"came_back": back})


def _write_comebacks(settings: Settings, day: dt.date) -> int:
    with lake_database(settings, since=since(settings, day), until=day, only=TABLES) as con:
        for step in ("comeback_told", "comeback_arrival"):
            run_query(con, PACKAGE, step, day=day)
        told, arrived = (_labels(con, table) for table in ("comeback_told", "comeback_arrival"))
        con.from_arrow(variants(told, arrived)).create("comeback_variant")
        rows = relation(con, PACKAGE, "comeback", day=day, most=MOST)
        return lake_of(settings).write("comeback", day, WRITER, rows)


def _labels(con: duckdb.DuckDBPyConnection, table: str) -> pa.ChunkedArray:
    return con.table(table).project("label").to_arrow_table()["label"]
