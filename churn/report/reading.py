"""Reading: one pass over the published copy, strictly as of the day, into the records of a report.

The queries are in `sql/`; three of them make temporary tables (`section`, `grouping`, `subject`) that the others use.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, TypeVar

import duckdb

from churn.report import records
from churn.report.records import Cluster, Day
from churn.settings import Settings
from churn.store.queries import run

SECTIONS = 40
"""Clusters that get a section of their own."""
CHART_DAYS = 28
"""Days of the charts: the baseline of the burst tests."""

Record = TypeVar("Record")


def read_day(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> Day:
    """Everything that the report of a day says, from a connection to the published copy."""
    source = _Source(con, day, settings.window_days)
    for name in ("section", "grouping", "subject"):
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
    )


def _clusters(source: _Source) -> list[Cluster]:
    links = source.grouped("links", "cluster_id", records.SharedValue, per_field=2, top=10)
    lineage = source.grouped("lineage", "cluster_id", records.Lineage, top=12)
    members = source.grouped("members", "cluster_id", records.Member)
    return [
        Cluster(
            **row,
            links=links.get(row["cluster_id"], []),
            lineage=lineage.get(row["cluster_id"], []),
            members=members.get(row["cluster_id"], []),
        )
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
