"""Step 7e. The day's ledger in the order of its key: DuckDB joins numbers, texts come to them a row group at a time.

What belongs here: the order, and the texts. What doesn't: what holds a member (`sql/link.sql`), and the file.
Members and values are numbered in the order of their texts, so rows are in order by two counting passes over these
numbers, of some 10 ns a row each; DuckDB's sort of rows with texts takes ten times as long, and memory for all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from churn.link.engine import DuckEngine
from churn.store.lake import arrow_schema

Places = npt.NDArray[np.int32]

ROWS = 122_880
"""Of a row group: as many as DuckDB writes, and so many that a reader's processors each have theirs."""
CODED = ("family", "field", "source")
"""Texts of which there are so few that they stay places in a dictionary up to the file."""

_compiled = njit(cache=True, nogil=True, error_model="numpy")


def ledger(engine: DuckEngine, day: dt.date) -> pa.RecordBatchReader:
    """The rows of `link`, a row group a batch; each is made when it is asked for."""
    members, values = _whole(engine.rows("link_member")), _whole(engine.rows("link_value"))
    for name in CODED:
        values = values.set_column(values.schema.get_field_index(name), name, values[name].dictionary_encode())
    schema = pa.schema([values.schema.field(f.name) if f.name in CODED else f for f in arrow_schema("link")])
    return pa.RecordBatchReader.from_batches(schema, _groups(_whole(engine.rows("link")), members, values, day, schema))


def in_order(first: Places, second: Places) -> Places:
    """The places of rows by two of their columns of numbers from 0: by `first`, where that is the same by `second`."""
    return _by(first, _by(second, np.arange(second.size, dtype=np.int32)))


def _groups(
    numbers: pa.RecordBatch, members: pa.RecordBatch, values: pa.RecordBatch, day: dt.date, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    order = in_order(numbers["member_place"].to_numpy(), numbers["value_place"].to_numpy())
    for start in range(0, order.size, ROWS):
        rows = numbers.take(pa.array(order[start : start + ROWS]))
        parts = (rows, members.take(rows["member_place"]), values.take(rows["value_place"]))
        columns = {name: part[name] for part in parts for name in part.schema.names}
        columns["day"] = pa.repeat(pa.scalar(day, pa.date32()), rows.num_rows)
        yield pa.record_batch([columns[field.name].cast(field.type) for field in schema], schema=schema)


def _whole(table: pa.Table) -> pa.RecordBatch:
    """A table whose columns are in one piece each, to take rows of by their places."""
    return pa.record_batch([column.combine_chunks() for column in table.columns], schema=table.schema)


@_compiled
def _by(places: Places, rows: Places) -> Places:  # pragma: no cover - compiled
    """The rows by their places; those of one place stay as they are to each other."""
    ends = np.zeros(places.max() + 1 if places.size else 1, np.int64)
    for place in places:
        ends[place] += 1
    start = 0
    for place in range(ends.size):
        start, ends[place] = start + ends[place], start
    ordered = np.empty_like(rows)
    for row in rows:
        place = places[row]
        ordered[ends[place]] = row
        ends[place] += 1
    return ordered
