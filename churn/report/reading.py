"""Reading: one pass over the published copy, strictly as of the day, into the records of a report.

The queries are in `sql/`; some make temporary tables (`section`, `grouping`, `subject`, `held_value`, `decided`) that
the others use.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, TypeVar

import duckdb

from churn.report import records
from churn.report.cluster_records import Cluster, Departure, Lineage, Member, Move, SharedValue, Sibling
from churn.report.records import Day
from churn.settings import Settings
from churn.store.queries import run

SECTIONS = 40
"""Clusters that get a section of their own."""
TOLD_VALUES = 120
"""Shared values of a cluster that are read: they make its picture."""
WATCHED = 300
"""Arrivals of what is watched that are read."""
CHART_DAYS = 28
"""Days of the charts: the baseline of the burst tests."""

Record = TypeVar("Record")


def read_day(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> Day:
    """Everything that the report of a day says, from a connection to the published copy."""
    source = _Source(con, day, settings.window_days)
    for name in ("section", "grouping", "subject", "held_value", "decided"):
        source.run(name)
    return Day(
        day=day,
        headline=source.records("headline", records.Headline)[0],
        days=source.records("days", records.DayCount),
        bursts=source.records("bursts", records.Burst),
        clusters=_clusters(source),
        series=source.grouped("series", "key", records.SeriesPoint),
        traits=source.grouped("traits", "key", records.Trait, top=8),
        quiet=source.records("quiet", records.QuietCluster, top=200),
        feeds=source.records("feeds", records.Feed),
        lookups=source.records("lookups", records.Lookups),
        rejects=source.records("rejects", records.Rejects, top=30),
        packets=source.records("packets", records.Packet),
        unexplained=source.records("unexplained", records.Unexplained, top=50),
        spared=source.records("spared", records.Spared),
        watched=source.records("watched", records.Watched, top=WATCHED),
    )


def _clusters(source: _Source) -> list[Cluster]:
    reobserved = [row["domain"] for row in source.rows("reobserved")]
    parts: dict[str, dict[str, list[Any]]] = {
        "links": source.grouped("links", "cluster_id", SharedValue, top=TOLD_VALUES),
        "lineage": source.grouped("lineage", "cluster_id", Lineage, top=12),
        "members": source.grouped("members", "cluster_id", Member),
        "siblings": source.grouped("siblings", "cluster_id", Sibling),
        "departures": source.grouped("departures", "cluster_id", Departure),
        "moves": source.grouped("moves", "cluster_id", Move, domains=reobserved) if reobserved else {},
    }
    return [
        Cluster(**(row | {name: part.get(row["cluster_id"], []) for name, part in parts.items()}))
        for row in source.rows("clusters")
    ]


class _Source:
    """The queries of this package on one connection, with the parameters that they share."""

    def __init__(self, con: duckdb.DuckDBPyConnection, day: dt.date, window_days: int) -> None:
        self._con = con
        self._shared = {"day": day, "window_days": window_days, "days": CHART_DAYS, "sections": SECTIONS}

    def run(self, name: str, **parameters: Any) -> duckdb.DuckDBPyConnection:
        return run(self._con, "churn.report", name, **self._shared, **parameters)

    def rows(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        result = self.run(name, **parameters)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def records(self, name: str, record: type[Record], **parameters: Any) -> list[Record]:
        return [record(**row) for row in self.rows(name, **parameters)]

    def grouped(self, name: str, by: str, record: type[Record], **parameters: Any) -> dict[str, list[Record]]:
        groups: dict[str, list[Record]] = defaultdict(list)
        for row in self.rows(name, **parameters):
            groups[row.pop(by)].append(record(**row))
        return dict(groups)
