"""What the pages show: clusters and members from the published copy, verdicts from the ledger as it is now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from churn.ask import verdicts
from churn.settings import Settings
from churn.store.database import published
from churn.store.queries import relation

Record = dict[str, Any]
MOST_CLUSTERS, MOST_MEMBERS, MOST_VERDICTS = 200, 2_000, 500
"""Rows that a page has; it says how many there are."""


@dataclass(frozen=True, slots=True)
class DayView:
    """A day's clusters, those with bursts and reported members first; `total` counts all."""

    clusters: list[Record]
    total: int


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster as it last stood: its row, its members (unreported ones first), what they share, its verdicts."""

    cluster: Record
    members: list[Record]
    shared: list[Record]
    verdicts: list[Record]


def day_view(settings: Settings, day: dt.date) -> DayView:
    """What can be decided of a day. Raises UsageError where nothing is published."""
    with published(settings) as con:
        rows = _records(con, "clusters_of_day", day=day, most=MOST_CLUSTERS)
    standing = {row["subject"]: row["verdict"] for row in standing_judgements(settings)}
    for row in rows:
        row["verdict"] = standing.get(row["cluster_id"])
    return DayView(rows, rows[0]["total"] if rows else 0)


def cluster_view(settings: Settings, cluster_id: str) -> ClusterView | None:
    """One cluster; None where there is none of that id. Raises UsageError where nothing is published."""
    with published(settings) as con:
        found = _records(con, "cluster_now", cluster_id=cluster_id)
        if not found:
            return None
        (cluster,) = found
        place = {"cluster_id": cluster_id, "day": cluster["day"]}
        members = _records(con, "members_now", most=MOST_MEMBERS, **place)
        shared = _records(con, "shared_now", **place)
    said = [row for row in verdicts(settings) if cluster_id in {row["subject"], row["other"]}]
    return ClusterView(cluster, members, shared, said)


def standing_judgements(settings: Settings) -> list[Record]:
    """The verdicts that hold and are no merges or splits, newest first."""
    return [row for row in verdicts(settings) if row["stands"] and row["verdict"] not in {"merge", "split"}]


def _records(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Record]:
    rows: list[Record] = relation(con, "churn.review", name, **parameters).to_arrow_table().to_pylist()
    return rows
