"""What changed in a zone from one day to the next: the names that are new, and those that are gone.

Two lists in the same order, as zones mostly are, are gone through side by side: a pass that keeps nothing, whatever the
zone's size. Where one is in another order, a join says the same. Works on what `master_file.write_delegations` writes;
zone files are not read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from churn.store.queries import relation

if TYPE_CHECKING:
    from churn.collect.formats.sorted_names import Piece

ROWS = 1 << 17
_SCHEMA = pa.schema([("fqdn", pa.string()), ("kind", pa.string())])
_KINDS = ("dropped", "registered")
"""Of a name that only the older, or only the newer list has."""
_EMPTY = pa.nulls(0, pa.string())


def zone_changes(con: duckdb.DuckDBPyConnection, older: Path, newer: Path) -> duckdb.DuckDBPyRelation:
    """Rows (fqdn, kind) in no order: 'registered' is only in `newer`, 'dropped' only in `older`; exact."""
    found = changes_side_by_side(older, newer)
    return changes_by_join(con, older, newer) if found is None else con.from_arrow(found)


def changes_by_join(con: duckdb.DuckDBPyConnection, older: Path, newer: Path) -> duckdb.DuckDBPyRelation:
    """The changes, whatever the order of the files; spills to the connection's folder where memory is short."""
    return relation(con, "churn.collect", "zone_changes", older=str(older), newer=str(newer))


def changes_side_by_side(older: Path, newer: Path, rows: int = ROWS) -> pa.Table | None:
    """The changes between two files in the same order, read `rows` at once; None where they are in none."""
    from churn.collect.formats.sorted_names import BY_LABELS, BY_OCTETS  # noqa: PLC0415 - numba loads slowly

    with pq.ParquetFile(older) as before, pq.ParquetFile(newer) as after:
        for dot in (BY_LABELS, BY_OCTETS):
            lists = _List(_pieces(before, rows), dot), _List(_pieces(after, rows), dot)
            if (found := _walk(*lists, dot)) is not None:
                return found
    return None


def _walk(older: _List, newer: _List, dot: int) -> pa.Table | None:
    """All rows that only one of two lists has; None where one turns out to be in another order."""
    from churn.collect.formats.sorted_names import Rows, advance  # noqa: PLC0415 - as above

    both, told = (older, newer), [_SCHEMA.empty_table()]
    while not (older.over and newer.over):
        longest = max(len(each.names) for each in both)
        at = np.array([each.at for each in both], np.int64)
        rows = Rows(at, np.zeros((2, longest), np.int64), np.zeros(2, np.int64))
        if not advance(older.piece(), newer.piece(), rows, dot):
            return None
        for side, (each, kind) in enumerate(zip(both, _KINDS, strict=True)):
            names = each.names.take(_indices(rows.found[side], int(rows.counts[side])))
            told.append(pa.table([names, pa.repeat(pa.scalar(kind), len(names))], schema=_SCHEMA))
            each.at = int(rows.at[side])
            if each.at == len(each.names) and not each.go_on():
                return None
    return pa.concat_tables(told)


def _indices(rows: NDArray[np.int64], count: int) -> pa.Int64Array:
    """Rows as Arrow has them; `pa.array` would load pandas, which takes longer than a small zone."""
    return pa.Int64Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(rows)])


def _pieces(file: pq.ParquetFile, rows: int) -> Iterator[pa.StringArray]:
    return (batch.column(0) for batch in file.iter_batches(rows, use_threads=False) if batch.num_rows)


class _List:
    """A list on the way: the names at hand, the row to look at next, and whether there are no more (`over`)."""

    def __init__(self, pieces: Iterator[pa.StringArray], dot: int) -> None:
        self._pieces, self._dot, self._last = pieces, bytes([dot]), b""
        self.names, self.at, self.over = _EMPTY, 0, False
        self.go_on()

    def go_on(self) -> bool:
        """Take the next names; false where they do not go on where the last ones ended."""
        self.names, self.at = next(self._pieces, _EMPTY), 0
        self.over = len(self.names) == 0
        if self.over:
            return True
        before, self._last = self._last, self._key(-1)
        return self._key(0) > before

    def _key(self, row: int) -> bytes:
        key: bytes = self.names[row].as_py().encode().replace(b".", self._dot)
        return key

    def piece(self) -> Piece:
        """The names at hand for the loop, whose row 0 is theirs (Arrow's columnar format)."""
        from churn.collect.formats.sorted_names import Piece  # noqa: PLC0415 - as above

        _, offsets, octets = self.names.buffers()
        start, rows = self.names.offset, len(self.names)
        begins = np.frombuffer(offsets, np.int32)[start : start + rows + 1] if rows else np.zeros(1, np.int32)
        return Piece(begins, np.frombuffer(octets or b"", np.uint8), rows, self.over)
