"""The scoreboard: for each registrar and hoster, what it was told, who acted, how fast, and what came back.

A row a recipient and, under the key `all`, one a kind of recipient: figures without names. It says what became of
domains, not how good a desk is: other people act too, and `acted_itself` counts what the recipient did.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from churn.outcome.survival import median_time
from churn.store.queries import relation

ALL = "all"
"""Key of the row over all recipients of a kind."""
ITSELF = {"registrar": "registrar", "network": "hoster"}
"""Which actor a recipient of a scope is."""
ACTORS = ("registrar", "registry", "hoster", "registrant", "deleted")
Row = dict[str, Any]


def scoreboard(con: duckdb.DuckDBPyConnection, day: dt.date) -> list[Row]:
    """Rows of the table `scoreboard` by what is told in a database of lake and ledger up to the day."""
    rows = relation(con, "churn.outcome", "scored").to_arrow_table().to_pylist()
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for key in (row["key"], ALL):
            groups.setdefault((row["scope"], key), []).append(row)
    return [_score(day, scope, key, group) for (scope, key), group in sorted(groups.items())]


def _score(day: dt.date, scope: str, key: str, rows: Sequence[Row]) -> Row:
    checked = [row for row in rows if row["is_checked"]]
    over = [row for row in checked if row["is_over"]]
    by = Counter(row["actor"] for row in over)
    median = median_time(
        [row["least_days"] for row in checked],
        [row["most_days"] for row in checked],
        [row["is_over"] for row in checked],
    )
    return {
        "day": day,
        "scope": scope,
        "key": key,
        "name": None if key == ALL else rows[0]["name"],
        "told": len(rows),
        "checked": len(checked),
        "acted": len(over),
        **{f"by_{actor}": by[actor] for actor in ACTORS},
        "by_unknown": by[None],
        "acted_itself": by[ITSELF[scope]],
        "active": _count(checked, "is_active"),
        "median_days": median.days,
        "median_days_low": median.low,
        "median_days_high": median.high,
        "back_elsewhere": _count(rows, "is_elsewhere"),
        "back_itself": _count(rows, "is_itself"),
    }


def _count(rows: Iterable[Row], column: str) -> int:
    return sum(1 for row in rows if row[column])
