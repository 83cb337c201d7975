"""A writer's rows of a day, replaced only where they change: a day that is run again touches no file."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq

from churn.settings import Settings
from churn.store.database import lake_of
from churn.store.lake import arrow_rows
from churn.store.schema import TABLES


def keep(settings: Settings, table: str, day: dt.date, writer: str, rows: list[dict[str, object]]) -> None:
    """Make a writer's rows of a day these; without rows it has no file."""
    lake = lake_of(settings)
    if not rows:
        lake.remove(table, day, writer)
        return
    new = arrow_rows(table, rows).sort_by([(name, "ascending") for name in TABLES[table].key])
    path = lake.path(table, day, writer)
    if not path.exists() or not _same(pq.ParquetFile(path).read(), new):
        lake.write_arrow(table, day, writer, new)


def _same(old: pa.Table, new: pa.Table) -> bool:
    return old.column_names == new.column_names and bool(old.equals(new))
