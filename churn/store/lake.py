"""The lake: typed rows as Parquet, `lake/<table>/day=YYYY-MM-DD/<writer>.parquet`.

Each writer (a stage, a feed, an import) owns the files of its own name and replaces them whole, so many may write at
once without a lock and a second run changes nothing: rows are cast to the schema and sorted by the table's key.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from churn.store.files import replacing
from churn.store.schema import TABLES, Table

_WRITER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake below a folder."""

    root: Path

    def days(self, table: str) -> list[dt.date]:
        """Days of which the table has files, ascending."""
        return sorted({day_of(path) for path in self._paths(table)})

    def files(self, table: str, since: dt.date | None = None, until: dt.date | None = None) -> list[Path]:
        """Files of a table from `since` to `until`, both included, in a stable order."""
        return sorted(
            path
            for path in self._paths(table)
            if (since is None or day_of(path) >= since) and (until is None or day_of(path) <= until)
        )

    def path(self, table: str, day: dt.date, writer: str) -> Path:
        """Where a writer's rows of a day are."""
        if not _WRITER.fullmatch(writer):
            raise ValueError(f"{writer!r} is no name for a writer")
        return self.root / TABLES[table].name / f"day={day.isoformat()}" / f"{writer}.parquet"

    def write(
        self, table: str, day: dt.date, writer: str, rows: duckdb.DuckDBPyRelation, *, in_order: bool = False
    ) -> int:
        """Replace a writer's rows of a day; returns how many.

        `rows` may lack optional columns (they become null) and have more (they are left out). With `in_order` the
        rows stay as they come: for imports too large to sort.
        """
        target = self.path(table, day, writer)
        typed = rows.project(_projection(TABLES[table], rows.columns))
        if not in_order:
            typed = typed.order(", ".join(TABLES[table].key))
        with replacing(target) as temporary:
            typed.write_parquet(str(temporary), compression="zstd")
            return int(pq.ParquetFile(temporary).metadata.num_rows)

    def write_in_order(self, table: str, day: dt.date, writer: str, rows: pa.RecordBatchReader) -> int:
        """Replace a writer's rows of a day with those of batches, which have the schema's types and come in order.

        Each batch is a row group. A text may come as a dictionary's; it is read as any other.
        """
        texts = [pa.field(f.name, f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in rows.schema]
        if pa.schema(texts) != arrow_schema(table):
            raise ValueError(f"These are not the columns of {table}: {rows.schema}")
        coded = [name for name in rows.schema.names if name != "domain"]  # of which most have few rows, side by side
        count = 0
        with (
            replacing(self.path(table, day, writer)) as temporary,
            pq.ParquetWriter(
                temporary, rows.schema, compression="zstd", use_dictionary=coded, store_schema=False
            ) as file,
        ):
            for batch in rows:
                file.write_batch(batch)
                count += batch.num_rows
        return count

    def write_rows(self, table: str, day: dt.date, writer: str, rows: Iterable[dict[str, object]]) -> int:
        """Replace a writer's rows of a day with rows given as dictionaries by column name."""
        return self.write_arrow(table, day, writer, arrow_rows(table, rows))

    def write_arrow(self, table: str, day: dt.date, writer: str, rows: pa.Table) -> int:
        """Replace a writer's rows of a day with an Arrow table; columns that it lacks are null."""
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in arrow_schema(table)
        ]
        typed = pa.table(columns, schema=arrow_schema(table))
        with replacing(self.path(table, day, writer)) as temporary:
            pq.write_table(
                typed.sort_by([(name, "ascending") for name in TABLES[table].key]), temporary, compression="zstd"
            )
        return int(typed.num_rows)

    def remove(self, table: str, day: dt.date, writer: str) -> None:
        """Remove a writer's rows of a day, where there are any."""
        self.path(table, day, writer).unlink(missing_ok=True)

    def _paths(self, table: str) -> Iterator[Path]:
        return (self.root / TABLES[table].name).glob("day=*/[!.]*.parquet")


def arrow_rows(table: str, rows: Iterable[dict[str, object]]) -> pa.Table:
    """Rows as an Arrow table with the schema's types; columns that a row lacks are null."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(table))


def arrow_columns(rows: Sequence[object], schema: pa.Schema) -> pa.Table:
    """Records as an Arrow table, a column an attribute: of hundreds of thousands, without a dictionary each."""
    columns = [pa.array([getattr(row, field.name) for row in rows], field.type) for field in schema]
    return pa.table(columns, schema=schema)


def arrow_schema(table: str) -> pa.Schema:
    """The schema's types in Arrow: instants are microseconds in UTC."""
    return pa.schema([(column.name, _ARROW[column.type]) for column in TABLES[table].columns])


_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "INTEGER[]": pa.list_(pa.int32()),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}


def _projection(table: Table, given: list[str]) -> str:
    return ", ".join(
        f"CAST({column.name if column.name in given else 'NULL'} AS {column.type}) AS {column.name}"
        for column in table.columns
    )


def day_of(path: Path) -> dt.date:
    """The day of a file of the lake, by its folder."""
    return dt.date.fromisoformat(path.parent.name.removeprefix("day="))
