"""The seam between the method and what runs it: each step is one SELECT in a file, its rows a table of the step's name.

What belongs here: running a step, keeping its rows, handing rows in and out. What doesn't: what the steps say (`sql`)
and their order (`stage`). The files keep to what DuckDB and Spark both speak; what they spell differently is in macros:
`number_of`, `nth`, `least_of`, `network_of`, which each engine defines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Protocol

import duckdb
import numpy as np
import pyarrow as pa

from churn.link.counting import often
from churn.store.database import HASH_OF, beside
from churn.store.queries import bound, query

PACKAGE = "churn.link"
AT_ONCE = 2
"""Parts at a time: a small one keeps one processor busy with planning, a large one both by itself."""

Told = Callable[[str], None]
"""Is told what is done next."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the runs of a step: `what` it does, in words, its parameters, and the views that it reads by name.

    A view is a table with the columns that are shown of it: new name to column. Where there is a step `counted`, the
    run reads how often that step's values occur in the table `occurring`, those which do so `least` times or more.
    """

    what: str
    parameters: Mapping[str, Any]
    views: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    counted: str = ""
    least: int = 1


class Engine(Protocol):
    """What the method asks of an engine."""

    def make(self, table: str, step: str = "", **parameters: Any) -> None:
        """The table `table` of the rows of a step (by default the one of its name)."""

    def add(self, table: str, step: str, **parameters: Any) -> None:
        """Add the rows of a step to a table, which is made where it is not there."""

    def add_each(self, table: str, step: str, parts: Sequence[Part], tell: Told) -> None:
        """Add the rows of each part of a step, of which none reads what another one adds."""
        for part in parts:
            tell(part.what)
            self.add_part(table, step, part)

    def add_part(self, table: str, step: str, part: Part) -> None:
        """Add the rows of one part."""
        for name, (shown, columns) in part.views.items():
            self.view(name, shown, columns)
        if part.counted:
            self.count(part.counted, part.least, **part.parameters)
        self.add(table, step, **part.parameters)

    def count(self, step: str, least: int, /, **parameters: Any) -> None:
        """The table `occurring` (value, times): how often each value of a step's only column, a number, occurs.

        Only values are in it that occur `least` times or more. The next count takes its place.
        """

    def view(self, name: str, table: str, columns: Mapping[str, str]) -> None:
        """The view `name` of some columns of a table: new name to column."""

    def put(self, table: str, rows: pa.Table) -> None:
        """A table of given rows."""

    def rows(self, step: str, **parameters: Any) -> pa.Table:
        """The rows of a step."""

    def drop(self, *tables: str) -> None:
        """Free what no later step reads."""


MACROS = (
    HASH_OF,
    "number_of(text) AS CAST(hash_of(text) >> 1 AS BIGINT)",
    "nth(items, place) AS items[place]",
    "least_of(items) AS list_min(items)",
    "network_of(address) AS regexp_replace(address, '[0-9]+$', '0/24')",
)
"""What DuckDB and Spark spell differently; of a null each is null. Below `number_of` stands the macro of the store."""


class DuckEngine(Engine):
    """The engine of one machine: a table per step in a DuckDB database, which its connection `con` shows."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._made: set[str] = set()
        ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
        self._at_once = min(AT_ONCE, threads)
        for macro in MACROS:
            con.execute(f"CREATE OR REPLACE MACRO {macro}")

    @contextmanager
    def beside(self) -> Iterator[DuckEngine]:
        """An engine over the same tables for another thread; what each of them views is its own."""
        with beside(self.con) as con:
            engine = copy(self)
            engine.con = con
            yield engine

    def make(self, table: str, step: str = "", **parameters: Any) -> None:
        """As in Engine."""
        text = query(PACKAGE, step or table)
        self.con.execute(f"CREATE TABLE {table} AS {text}", bound(text, parameters))
        self._made.add(table)

    def add(self, table: str, step: str, **parameters: Any) -> None:
        """As in Engine."""
        if table not in self._made:
            self.make(table, step, **parameters)
            return
        text = query(PACKAGE, step)
        self.con.execute(f"INSERT INTO {table} {text}", bound(text, parameters))

    def add_each(self, table: str, step: str, parts: Sequence[Part], tell: Told) -> None:
        """As in Engine, several at a time; the first one by itself, since it makes the table."""
        if table not in self._made and parts:
            tell(parts[0].what)
            self._add_alone(table, step, parts[0])
            parts = parts[1:]
        pool = ThreadPoolExecutor(self._at_once)
        try:
            adding = [pool.submit(self._add_alone, table, step, part) for part in parts]
            for part, added in zip(parts, adding, strict=True):
                tell(part.what)
                added.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _add_alone(self, table: str, step: str, part: Part) -> None:
        """Add the rows of one part, whose views nobody else sees."""
        with self.beside() as engine:
            engine.add_part(table, step, part)

    def count(self, step: str, least: int, /, **parameters: Any) -> None:
        """As in Engine; of this connection alone. By sorting, which here takes a tenth of the time of hashing."""
        text = query(PACKAGE, step)
        values = self.con.execute(text, bound(text, parameters)).fetchnumpy()["value"]
        found, times = often(np.asarray(values, np.int64), least)
        self.con.register("occurring", pa.table({"value": found, "times": times}))

    def view(self, name: str, table: str, columns: Mapping[str, str]) -> None:
        """As in Engine; of this connection alone."""
        chosen = ", ".join(f"{column} AS {new}" for new, column in columns.items())
        text = f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {chosen} FROM {table}"  # noqa: S608 - names of ours
        self.con.execute(text)

    def put(self, table: str, rows: pa.Table) -> None:
        """As in Engine."""
        self.con.from_arrow(rows).create(table)
        self._made.add(table)

    def rows(self, step: str, **parameters: Any) -> pa.Table:
        """As in Engine."""
        text = query(PACKAGE, step)
        return self.con.sql(text, params=bound(text, parameters)).to_arrow_table()

    def drop(self, *tables: str) -> None:
        """As in Engine."""
        for table in tables:
            self.con.execute(f"DROP TABLE {table}")
            self._made.remove(table)
