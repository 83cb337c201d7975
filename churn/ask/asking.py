"""Asking the published copy: one read-only connection, and beside it a place for what a question makes.

What belongs here: opening, and narrowing the facts to those of one domain. What doesn't: any question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from churn.errors import UsageError
from churn.settings import Settings
from churn.store.database import published
from churn.store.queries import query, relation, run

Record = dict[str, Any]

PACKAGE = "churn.ask"
FACTS = ("sighting", "registration", "hosting", "certificate", "name_form", "lookup", "lookup_plan")


@contextmanager
def asking(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which tables may be made, which are found before those of the published copy.

    Raises UsageError where nothing is published yet, or only a copy by an older release, without an index.
    """
    with published(settings) as con:
        if relation(con, PACKAGE, "has_index").fetchall() != [(True,)]:
            raise UsageError("The published database is of an older release: run `churn run --day D --only publish`.")
        run(con, PACKAGE, "beside")
        run(con, PACKAGE, "beside_first")
        yield con


def narrowed(con: duckdb.DuckDBPyConnection, domain: str, views: tuple[str, ...]) -> bool:
    """Let the facts, and these views of them, be those of one domain from here on; returns whether there are any.

    A view over the whole past reads all of it; out of a domain's own facts, which the index finds, it takes no time.
    """
    run(con, PACKAGE, "place", domain=domain)
    place = con.table("place")
    for fact in FACTS:
        con.table(fact).join(place, "domain, day", "semi").create(fact)
    for view in views:
        con.execute(query("churn.store", view))
    return bool(place.shape[0])


def records(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Record]:
    """The rows of a query of this package, instants in UTC."""
    rows = relation(con, PACKAGE, name, **parameters)  # Arrow's way to Python would import pandas: half a second
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


def last_day(con: duckdb.DuckDBPyConnection) -> dt.date | None:
    """The last day that was linked; None where none was."""
    ((day,),) = relation(con, PACKAGE, "last_day").fetchall()
    return day if isinstance(day, dt.date) else None
