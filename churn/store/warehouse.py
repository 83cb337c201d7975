"""The published copy: one DuckDB file, built by one writer from lake and ledger, put in place by an atomic rename.

Notebooks and reports open it read-only; a reader keeps the copy that it opened and is never blocked, nor blocks.

1. Copy what is published, or start anew where the schema has changed.
2. Renew the views and the comments.
3. Replace the partitions whose files have changed since, day by day, and leave the others; with them their part of the
   index (`domain_day`, `value_key`), by which one domain or value is found among tens of millions within a second.
4. Rename into place.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from churn.errors import TransientError, UsageError
from churn.settings import Settings
from churn.store.database import HASH_OF, lake_of, published, published_path, table_relation, writable
from churn.store.files import replacing
from churn.store.lake import Lake, day_of
from churn.store.ledger import ledger_of
from churn.store.queries import query, run
from churn.store.schema import TABLES, Column, Kind, Table, tables

Partition = tuple[str, dt.date]

KEYED = ("registration", "hosting", "certificate", "name_form", "sighting")
"""Facts whose values have keys, made by the query `<fact>_key`."""
COMMIT_BYTES = 500_000_000
"""Bytes of Parquet after which is committed: each commit costs what a day does, and memory is held until then."""
PLACED = (*KEYED, "lookup", "lookup_plan")
"""Tables whose domains `domain_day` has."""


def publish(settings: Settings) -> Path:
    """Bring the published copy up to date with lake and ledger; returns its path.

    Raises TransientError where another process is publishing, or the disk is full.
    """
    target = published_path(settings)
    with _one_writer(target), replacing(target) as building:
        fits = _fits(settings)
        if fits:
            shutil.copyfile(target, building)
        with _building(settings, building) as con:
            con.begin()  # each statement by itself would be a commit, and wait for the disk
            if not fits:
                _create(con)
            for table in tables(Kind.VIEW):
                con.execute(query("churn.store", table.name))
                _comment(con, table, "VIEW")
            con.commit()
            _refresh(con, settings)
            con.execute("CHECKPOINT")
    return target


def ddl(table: Table) -> str:
    """CREATE TABLE with types, NOT NULL and the closed lists of values."""
    return f"CREATE TABLE {table.name} ({', '.join(_column_ddl(column) for column in table.columns)})"


def _column_ddl(column: Column) -> str:
    check = f" CHECK ({column.name} IN ({', '.join(map(_quoted, column.values))}))" if column.values else ""
    return f"{column.name} {column.type}{' NOT NULL' if column.required else ''}{check}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _schema_digest() -> str:
    """Of the schema, and of how its keys are made: another release of DuckDB may number texts in another way."""
    index = [query("churn.store", name) for name in ("key_of", "domain_day", *(f"{fact}_key" for fact in KEYED))]
    return hashlib.sha256(f"{TABLES} {HASH_OF} {index} {duckdb.__version__}".encode()).hexdigest()


def _fits(settings: Settings) -> bool:
    """Whether there is a published copy, of the schema that this code has."""
    try:
        with published(settings) as con:
            return con.execute("SELECT digest FROM published_schema").fetchone() == (_schema_digest(),)
    except (UsageError, duckdb.Error):
        return False


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE published_schema (digest VARCHAR)")
    con.execute("INSERT INTO published_schema VALUES (?)", [_schema_digest()])
    con.execute("CREATE TABLE published_partition (table_name VARCHAR, day DATE, fingerprint VARCHAR)")
    run(con, "churn.store", "key_of")
    for table in tables(Kind.FACT, Kind.DERIVED, Kind.LEDGER, Kind.INDEX):
        con.execute(ddl(table))
        _comment(con, table, "TABLE")


def _comment(con: duckdb.DuckDBPyConnection, table: Table, kind: str) -> None:
    comments = [f"COMMENT ON {kind} {table.name} IS {_quoted(table.comment)}"]
    comments += [
        f"COMMENT ON COLUMN {table.name}.{column.name} IS {_quoted(column.comment)}" for column in table.columns
    ]
    con.execute("; ".join(comments))


def _refresh(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    known: dict[Partition, str] = {
        (name, day): mark for name, day, mark in con.execute("FROM published_partition").fetchall()
    }
    current = dict(_partitions(lake_of(settings), Kind.FACT, Kind.DERIVED)) | dict(
        _partitions(ledger_of(settings), Kind.LEDGER)
    )
    marks = {partition: _fingerprint(files) for partition, files in current.items()}
    changed = sorted(
        (day, name) for name, day in known.keys() | marks if known.get((name, day)) != marks.get((name, day))
    )
    uncommitted = 0
    con.begin()
    for day, partitions in groupby(changed, key=itemgetter(0)):
        names = [name for _, name in partitions]
        for name in names:
            if (name, day) in known:
                con.execute(f"DELETE FROM {TABLES[name].name} WHERE day = ?", [day])  # noqa: S608 - a name of the schema
                con.execute("DELETE FROM published_partition WHERE table_name = ? AND day = ?", [name, day])
            if (name, day) in marks:
                table_relation(con, name, current[name, day]).insert_into(name)
                con.execute("INSERT INTO published_partition VALUES (?, ?, ?)", [name, day, marks[name, day]])
        _index(con, day, names)
        uncommitted += sum(path.stat().st_size for name in names for path in current.get((name, day), ()))
        if uncommitted > COMMIT_BYTES:
            con.commit()
            con.begin()
            uncommitted = 0
    con.commit()


def _index(con: duckdb.DuckDBPyConnection, day: dt.date, changed: list[str]) -> None:
    """Renew what the index has of the day, out of the tables that hold it."""
    for fact in (name for name in changed if name in KEYED):
        con.execute("DELETE FROM value_key WHERE day = ? AND fact = ?", [day, fact])
        run(con, "churn.store", f"{fact}_key", day=day)
    if any(name in PLACED for name in changed):
        con.execute("DELETE FROM domain_day WHERE day = ?", [day])
        run(con, "churn.store", "domain_day", day=day)


def _partitions(lake: Lake, *kinds: Kind) -> Iterator[tuple[Partition, list[Path]]]:
    for table in tables(*kinds):
        by_day: dict[dt.date, list[Path]] = defaultdict(list)
        for path in lake.files(table.name):
            by_day[day_of(path)].append(path)
        for day, files in by_day.items():
            yield (table.name, day), files


def _fingerprint(files: list[Path]) -> str:
    stats = [(path.name, path.stat()) for path in files]
    return hashlib.sha256(repr([(name, s.st_size, s.st_mtime_ns, s.st_ino) for name, s in stats]).encode()).hexdigest()


@contextmanager
def _building(settings: Settings, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database to write into, whose write-ahead log doesn't outlive a failure."""
    try:
        with writable(settings, path) as con:
            yield con
    finally:
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


@contextmanager
def _one_writer(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / ".publish.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TransientError(f"Another process is publishing {target}; try again when it has ended.") from None
        yield
