"""The seam between the method and what runs it: each step is one SELECT in a file, its rows a table of the step's name.

What belongs here: running a step, keeping its rows, handing rows in and out. What doesn't: what the steps say (`sql`)
and their order (`stage`). The files keep to what DuckDB and Spark both speak; what they spell differently is in macros:
`number_of`, `nth`, `least_of`, `network_of`, which each engine defines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from churn.store.queries import bound, query

PACKAGE = "churn.link"


class Engine(Protocol):
    """What the method asks of an engine."""

    def make(self, table: str, step: str = "", **parameters: Any) -> None:
        """The table `table` of the rows of a step (by default the one of its name)."""

    def add(self, table: str, step: str, **parameters: Any) -> None:
        """Add the rows of a step to a table, which is made where it is not there."""

    def view(self, name: str, table: str, columns: Mapping[str, str]) -> None:
        """The view `name` of some columns of a table: new name to column."""

    def put(self, table: str, rows: pa.Table) -> None:
        """A table of given rows."""

    def rows(self, step: str, **parameters: Any) -> pa.Table:
        """The rows of a step."""

    def drop(self, *tables: str) -> None:
        """Free what no later step reads."""


_MACROS = (
    "number_of(text) AS CASE WHEN text IS NOT NULL THEN CAST(hash(text) >> 1 AS BIGINT) END",
    "nth(items, place) AS items[place]",
    "least_of(items) AS list_min(items)",
    "network_of(address) AS regexp_replace(address, '[0-9]+$', '0/24')",
)
"""What DuckDB and Spark spell differently; of a null each is null."""


class DuckEngine:
    """The engine of one machine: a table per step in a DuckDB database."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._made: set[str] = set()
        for macro in _MACROS:
            con.execute(f"CREATE OR REPLACE MACRO {macro}")

    def make(self, table: str, step: str = "", **parameters: Any) -> None:
        """As in Engine."""
        text = query(PACKAGE, step or table)
        self._con.execute(f"CREATE TABLE {table} AS {text}", bound(text, parameters))
        self._made.add(table)

    def add(self, table: str, step: str, **parameters: Any) -> None:
        """As in Engine."""
        if table not in self._made:
            self.make(table, step, **parameters)
            return
        text = query(PACKAGE, step)
        self._con.execute(f"INSERT INTO {table} {text}", bound(text, parameters))

    def view(self, name: str, table: str, columns: Mapping[str, str]) -> None:
        """As in Engine."""
        chosen = ", ".join(f"{column} AS {new}" for new, column in columns.items())
        text = f"CREATE OR REPLACE VIEW {name} AS SELECT {chosen} FROM {table}"  # noqa: S608 - names of ours
        self._con.execute(text)

    def put(self, table: str, rows: pa.Table) -> None:
        """As in Engine."""
        self._con.from_arrow(rows).create(table)
        self._made.add(table)

    def rows(self, step: str, **parameters: Any) -> pa.Table:
        """As in Engine."""
        text = query(PACKAGE, step)
        return self._con.sql(text, params=bound(text, parameters)).to_arrow_table()

    def drop(self, *tables: str) -> None:
        """As in Engine."""
        for table in tables:
            self._con.execute(f"DROP TABLE {table}")
            self._made.remove(table)
