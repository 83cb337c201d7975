"""The journal of a day's look-ups: each outcome is on disk before the next question, so nothing is asked twice.

What belongs here: lines in and out, and their way into the lake. What doesn't: what is asked, and what it means.

A journal is a file of JSON lines in `state/journal/day=D/`, appended to by one process at a time. When its work ends
(or is taken up again after a crash) its rows go to the lake: facts first, then the look-ups that vouch for them, then
the journal is removed. Rows are told apart by their table's key, so folding one in twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from churn.errors import TransientError
from churn.settings import Settings
from churn.store.database import lake_of
from churn.store.lake import arrow_schema
from churn.store.schema import TABLES

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Rows by table."""


class Journal:
    """The open journal of one writer on one day."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor, self._path = descriptor, path

    def add(self, entry: Mapping[str, Any]) -> None:
        """Append an entry of plain values, instants and dates; it is there when this returns, whatever happens next."""
        os.write(self._descriptor, msgspec.json.encode(entry, enc_hook=_plain) + b"\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """What was added so far, instants and dates as texts; a line that a crash cut short is left out."""
        with self._path.open("rb") as file:
            for line in file:
                try:
                    entry = msgspec.json.decode(line)
                except ValueError:  # msgspec.DecodeError is one
                    continue
                if isinstance(entry, dict):
                    yield entry

    def remove(self) -> None:
        """Everything is in the lake."""
        self._path.unlink(missing_ok=True)


@contextmanager
def journal_of(settings: Settings, day: dt.date, writer: str) -> Iterator[Journal]:
    """The journal of a writer, for this process alone. Raises TransientError where another one is at work."""
    path = settings.data / "state" / "journal" / f"day={day}" / f"{writer}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TransientError(f"Another process does these look-ups of {day} ({writer}); let it finish.") from None
        _end_line(descriptor)
        yield Journal(descriptor, path)
    finally:
        os.close(descriptor)


def fold(settings: Settings, day: dt.date, writer: str, rows: Rows) -> None:
    """Put rows into a writer's files of the day, beside those that are there; of the same key, the new one counts.

    The tables come in the order in which they are given: the one that vouches for the others goes last.
    """
    lake = lake_of(settings)
    for table, new in rows.items():
        if not new:
            continue
        key = TABLES[table].key
        merged = {tuple(map(str, map(row.get, key))): row for row in [*written(settings, day, writer, table), *new]}
        lake.write_rows(table, day, writer, merged.values())


def typed(table: str, row: Row) -> Row:
    """A row that went through a journal, its instants and dates as such again."""
    kinds = {"TIMESTAMPTZ": dt.datetime.fromisoformat, "DATE": dt.date.fromisoformat}
    readers = {column.name: kinds[column.type] for column in TABLES[table].columns if column.type in kinds}
    return {name: readers[name](value) if value and name in readers else value for name, value in row.items()}


def written(settings: Settings, day: dt.date, writer: str, table: str) -> list[Row]:
    """A writer's rows of the day in the lake."""
    path = lake_of(settings).path(table, day, writer)
    if not path.exists():
        return []
    rows: list[Row] = pq.ParquetFile(path).read(columns=arrow_schema(table).names).to_pylist()
    return rows


def _plain(value: object) -> str:
    """Instants and dates of libraries (Airflow's are pendulum's) as the standard library's are."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a journal")


def _end_line(descriptor: int) -> None:
    """A line that a crash cut short must not swallow the next one."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        os.write(descriptor, b"\n")
