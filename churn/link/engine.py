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
from typing import Any, Protocol, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from churn.link.counting import Numbers, often
from churn.link.pair_members import by_driver, members
from churn.store.database import HASH_OF, beside
from churn.store.queries import bound, query

PACKAGE = "churn.link"
AT_ONCE = 2
"""Parts at a time: a small one keeps one processor busy with planning, a large one both by itself."""

ROWS = 1 << 18
"""Rows of `shared` that are looked up at a time: 20 MB."""

Told = Callable[[str], None]
"""Is told what is done next."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the runs of a step: `what` it does, in words, its parameters, and the views that it reads by name.

    A view is a table with the columns that are shown of it: new name to column.
    """

    what: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    views: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)


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
            self.show(part)
            self.add(table, step, **part.parameters)

    def count_each(self, table: str, step: str, parts: Sequence[Part], least: int, tell: Told) -> None:
        """The table `table` (part, value, times): how often each value of a step's only column, a number, occurs.

        `part` is the place of the part in `parts`, from 0. Only values are in it that occur `least` times or more; the
        row without a value has how many there are in all, as GROUP BY ROLLUP (value) would say it.
        """

    def pair_members(self, parts: Sequence[Part], tell: Told) -> None:
        """Step 4: add the rows of `shared` to joint_member, which has those of domains seen again; the table in_pair.

        Said here by the steps of those names; an engine may know a shorter way to the same rows.
        """
        self.add_each("joint_member", "joint_member", parts, tell)
        self.make("in_pair")

    def show(self, part: Part) -> None:
        """The views of a part."""
        for name, (shown, columns) in part.views.items():
            self.view(name, shown, columns)

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

        def added(engine: DuckEngine, part: Part) -> None:
            engine.add(table, step, **part.parameters)

        if table not in self._made and parts:
            tell(parts[0].what)
            self._alone(added, parts[0])
            parts = parts[1:]
        self._each(added, parts, tell)

    def count_each(self, table: str, step: str, parts: Sequence[Part], least: int, tell: Told) -> None:
        """As in Engine, several at a time, by `counting`: DuckDB's grouping takes twenty times as long here."""
        text = query(PACKAGE, step)

        def counted(engine: DuckEngine, part: Part) -> tuple[Numbers, Numbers, int]:
            values = engine.con.execute(text, bound(text, part.parameters)).fetchnumpy()["value"]
            return *often(np.asarray(values, np.int64), least), len(values)

        found, times, totals = zip(*self._each(counted, parts, tell), strict=True)
        places = np.arange(len(parts), dtype=np.int16)
        total = pa.table({"part": places, "value": pa.nulls(len(parts), pa.int64()), "times": totals})
        part = np.repeat(places, [len(values) for values in found])
        each = pa.table({"part": part, "value": np.concatenate(found), "times": np.concatenate(times)})
        self.put(table, pa.concat_tables([total, each]))

    def pair_members(self, _: Sequence[Part], tell: Told) -> None:
        """As in Engine, by looking up the pairs of each row, some rows at a time."""
        text = query(PACKAGE, "shared_codes")
        pairs = by_driver(self.con.table("joint").to_arrow_table())
        self.make("in_pair")  # of domains seen again

        def added(engine: DuckEngine, part: Part) -> None:
            codes = engine.con.sql(text, params=dict(part.parameters)).to_arrow_table()
            joint_member, in_pair = members(codes, pairs)
            engine.con.from_arrow(joint_member).insert_into("joint_member")
            engine.con.from_arrow(in_pair).insert_into("in_pair")

        rows = self.con.table("shared").shape[0]
        tell("who has them, and by which values")
        some = [Part("", {"first": first, "after": first + ROWS}) for first in range(0, rows, ROWS)]
        self._each(added, some, lambda _: None)

    def _each(self, run: Callable[[DuckEngine, Part], Made], parts: Sequence[Part], tell: Told) -> list[Made]:
        """What `run` returns of each part, several at a time."""
        pool = ThreadPoolExecutor(self._at_once)
        try:
            running = [pool.submit(self._alone, run, part) for part in parts]
            done = []
            for part, result in zip(parts, running, strict=True):
                tell(part.what)
                done.append(result.result())
            return done
        finally:
            pool.shutdown(cancel_futures=True)

    def _alone(self, run: Callable[[DuckEngine, Part], Made], part: Part) -> Made:
        """Run with the views of a part, which nobody else sees."""
        with self.beside() as engine:
            engine.show(part)
            return run(engine, part)

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
