"""Answers from the published copy, as records that print as JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from churn.errors import UsageError
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store.database import published
from churn.store.queries import relation

Record = dict[str, Any]

PIVOT_LIMIT = 1000
"""Domains that a pivot names; it counts all."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one domain on a day: its memberships (at most one a day) and the links that hold it.

    `unknown` is what is not known at last, with the reason; `changes` are those seen up to the day.
    """

    domain: str
    day: dt.date | None
    sightings: list[Record]
    membership: Record | None
    links: list[Record]
    unknown: list[Record]
    changes: list[Record]


@dataclass(frozen=True, slots=True)
class Pivot:
    """Domains of all time that share a value of a field; `domains` counts them all, `members` names the first 1,000."""

    field: str
    value: str
    domains: int
    members: list[Record]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One cluster as it last stood, over its days, and what it did."""

    cluster: Record
    days: list[Record]
    bursts: list[Record]
    lineage: list[Record]
    shared: list[Record]
    members: list[Record]


def explain(settings: Settings, text: str, day: dt.date | None = None) -> Explanation:
    """The ledger of one domain as of a day (default: the last linked). Raises UsageError where `text` is no name."""
    try:
        domain = parse(text).domain
    except NotANameError as error:
        raise UsageError(f"{text!r} is no domain name: {error}.") from None
    with published(settings) as con:
        day = day or _last_day(con)
        sightings = _records(con, "sightings", domain=domain, day=day)
        membership = _records(con, "membership", domain=domain, day=day)
        links = _records(con, "links", domain=domain, day=day)
        unknown = _records(con, "unknown", domain=domain)
        changes = _records(con, "changes", domain=domain, day=day)
    return Explanation(domain, day, sightings, membership[0] if membership else None, links, unknown, changes)


def pivot(settings: Settings, question: str) -> Pivot:
    """Domains that share `field=value`. Raises UsageError where the question or the field is not one that is kept."""
    field, equals, value = question.partition("=")
    with published(settings) as con:
        fields = [row["field"] for row in _records(con, "fields")]
        if not equals or field not in fields:
            raise UsageError(f"Ask FIELD=VALUE with a field that has evidence: {', '.join(fields) or 'none yet'}.")
        members = _records(con, "pivot", field=field, value=value, limit=PIVOT_LIMIT)
    counts = {member.pop("domains_with_value") for member in members}
    return Pivot(field, value, max(counts, default=0), members)


def cluster(settings: Settings, cluster_id: str) -> Portrait:
    """One cluster by id. Raises UsageError where there is none of that id."""
    with published(settings) as con:
        found = _records(con, "cluster", cluster_id=cluster_id)
        if not found:
            raise UsageError(f"There is no cluster {cluster_id!r}; the report of the day names them.")
        parts = {
            name: _records(con, name, cluster_id=cluster_id)
            for name in ("days", "bursts", "lineage", "shared", "members")
        }
    return Portrait(found[0], **parts)


def _last_day(con: duckdb.DuckDBPyConnection) -> dt.date | None:
    ((day,),) = relation(con, "churn.ask", "last_day").fetchall()
    return day if isinstance(day, dt.date) else None


def _records(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Record]:
    rows: list[Record] = relation(con, "churn.ask", name, **parameters).to_arrow_table().to_pylist()
    return rows
