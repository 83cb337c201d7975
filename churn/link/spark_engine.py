"""The engine of Spark, on a cluster or on one machine: the same steps, and a folder of Parquet files for each table.

What belongs here: keeping the rows of a step, handing rows in and out, what Spark spells differently. What doesn't:
what the steps say (`sql`), and how one comes by a session. Nothing else imports this module: pyspark is in the
dependency group `spark`, and asks for Java.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, count, lit

from churn.link.engine import PACKAGE, Engine, Part, Told
from churn.store.queries import bound, query

MOST_TOGETHER = 20
"""Steps that add to one table are run together, up to so many in a job: each costs tenths of a second."""

_FUNCTIONS = (
    """CREATE TEMPORARY FUNCTION number_of(text STRING) RETURNS BIGINT
    RETURN CASE WHEN text IS NOT NULL THEN shiftrightunsigned(xxhash64(text), 1) END""",
    "CREATE TEMPORARY FUNCTION nth(items ARRAY<STRING>, place INT) RETURNS STRING RETURN try_element_at(items, place)",
    "CREATE TEMPORARY FUNCTION least_of(items ARRAY<STRING>) RETURNS STRING RETURN array_min(items)",
    "CREATE TEMPORARY FUNCTION network_of(item STRING) RETURNS STRING RETURN regexp_replace(item, '[0-9]+$', '0/24')",
)
"""The macros of the steps; of a null each is null. The numbers of `number_of` are other ones than DuckDB's."""

_PARAMETER = re.compile(r"\$([a-z_]+)")
_WORD = re.compile(r"\w+")


class SparkEngine(Engine):
    """A folder of Parquet files for each table, and a temporary view of its name in a session of the engine's own.

    `folder` is a path or an URL that all of the cluster can write, with nothing in it. `partitions` is in how many of
    them each table is read: 1 spares what one processor does in seconds every exchange; None leaves it to Spark.
    The views of the given session are not seen; `read` puts tables in, `table` hands them out.
    """

    def __init__(self, session: SparkSession, folder: str, partitions: int | None = None) -> None:
        self._session = session.newSession()
        self._folder = folder
        self._partitions = partitions
        self._made: set[str] = set()
        self._waiting: dict[str, list[DataFrame]] = {}
        for function in _FUNCTIONS:
            self._session.sql(function)

    def read(self, table: str, *paths: str) -> None:
        """The table of the rows of Parquet files, which stay where they are."""
        self._view(table, self._session.read.parquet(*paths))

    def table(self, table: str) -> DataFrame:
        """The rows of a table so far."""
        self._write_waiting(table)
        return self._session.table(table)

    def make(self, table: str, step: str = "", **parameters: Any) -> None:
        """As in Engine."""
        self._write(table, self._step(step or table, parameters))

    def add(self, table: str, step: str, **parameters: Any) -> None:
        """As in Engine; run when the table is asked for, together with what was added beside it."""
        self._add(table, self._step(step, parameters))

    def count_each(self, table: str, step: str, parts: Sequence[Part], least: int, tell: Told) -> None:
        """As in Engine; run when the table is asked for, as what is added."""
        for place, part in enumerate(parts):
            tell(part.what)
            self.show(part)
            times = self._step(step, part.parameters).rollup("value").agg(count("*").alias("times"))
            often = times.where(col("value").isNull() | (col("times") >= least))
            self._add(table, often.select(lit(place).cast("smallint").alias("part"), "value", "times"))

    def view(self, name: str, table: str, columns: Mapping[str, str]) -> None:
        """As in Engine."""
        chosen = [col(column).alias(new) for new, column in columns.items()]
        self.table(table).select(*chosen).createOrReplaceTempView(name)

    def put(self, table: str, rows: pa.Table) -> None:
        """As in Engine."""
        self._write(table, self._session.createDataFrame(rows))

    def rows(self, step: str, **parameters: Any) -> pa.Table:
        """As in Engine: all of them at once, in the memory of the driver."""
        return self._step(step, parameters).toArrow()

    def drop(self, *tables: str) -> None:
        """As in Engine: the files stay in the folder, which its owner clears."""
        for table in tables:
            self._session.catalog.dropTempView(table)
            self._made.remove(table)

    def _step(self, step: str, parameters: Mapping[str, Any]) -> DataFrame:
        """The rows of a step, not yet computed; what waits for tables that it names is written before."""
        text = query(PACKAGE, step)
        for table in self._waiting.keys() & set(_WORD.findall(text)):
            self._write_waiting(table)
        return self._session.sql(_PARAMETER.sub(r":\1", text), args=bound(text, parameters))

    def _add(self, table: str, rows: DataFrame) -> None:
        waiting = self._waiting.setdefault(table, [])
        waiting.append(rows)
        if len(waiting) == MOST_TOGETHER:
            self._write_waiting(table)

    def _write_waiting(self, table: str) -> None:
        """Only what this engine has made is added to: a folder that has rows of another run is refused."""
        if waiting := self._waiting.pop(table, None):
            mode = "append" if table in self._made else "errorifexists"
            self._write(table, reduce(DataFrame.unionAll, waiting), mode)

    def _write(self, table: str, rows: DataFrame, mode: str = "errorifexists") -> None:
        path = f"{self._folder}/{table}"
        self._partitioned(rows).write.parquet(path, mode=mode)
        self._made.add(table)
        self._view(table, self._session.read.schema(rows.schema).parquet(path))

    def _view(self, table: str, rows: DataFrame) -> None:
        self._partitioned(rows).createOrReplaceTempView(table)

    def _partitioned(self, rows: DataFrame) -> DataFrame:
        return rows if self._partitions is None else rows.coalesce(self._partitions)
