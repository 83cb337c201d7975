"""The only opener of a database. Everybody else gets a connection from here.

`scratch` is an empty in-memory database; `lake_database` shows lake and ledger under the schema's table names, so a
query reads the same whether it runs here or on the published copy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

from churn.errors import UsageError
from churn.settings import Settings
from churn.store.lake import Lake
from churn.store.queries import query
from churn.store.schema import TABLES, Kind, Table, tables

HASH_OF = "hash_of(text) AS CASE WHEN text IS NOT NULL THEN hash(text, '----' || text) END"
"""The macro that numbers texts, made in every database that is opened here to write in; of a null it is null.

`key_of` of the published copy and `number_of` of the linking are made of it. Of numbers DuckDB's own hash will do. That
of a text alone will not: it multiplies octets eight by eight, so that the last of each eight reaches its highest bits
only, and two changes there undo each other. Of a million sets of name servers `ns1.h7.example.com ns2.h7.example.com`,
one for each number, it has 954,886 values (DuckDB 2.0). Four places on, those octets are amidst.
"""


def lake_of(settings: Settings) -> Lake:
    """The lake of an installation."""
    return Lake(settings.data / "lake")


def published_path(settings: Settings) -> Path:
    """Where the published copy is."""
    return settings.data / "warehouse" / "churn.duckdb"


def scratch(settings: Settings) -> duckdb.DuckDBPyConnection:
    """An empty in-memory database in UTC that spills to the data folder and never installs an extension."""
    con = _connect(settings, ":memory:")
    con.execute("SET block_allocator_memory = '100%'")  # of the limit: what one step frees, the next uses as it is
    con.execute("SET parquet_metadata_cache = true")  # each query over a view opens the files of all its days
    return con


def published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The published copy, read-only. Raises UsageError where there is none yet."""
    path = published_path(settings)
    if not path.is_file():
        raise UsageError(f"There is no published database at {path}: run `churn run --day D` (or `churn demo`) first.")
    return _connect(settings, str(path), read_only=True)


def writable(settings: Settings, path: Path) -> duckdb.DuckDBPyConnection:
    """A database file to build in; only `warehouse` calls this, under its lock."""
    return _connect(settings, str(path))


def lake_database(
    settings: Settings, *, since: dt.date | None = None, until: dt.date | None = None, only: Collection[str] = ()
) -> duckdb.DuckDBPyConnection:
    """A scratch database with a view of each table, holding the days from `since` to `until`, both included.

    `only` names the tables that are wanted, where not all are: each costs some milliseconds.

    Ledger tables hold the deeds of days up to `until`. What landed later does not show: a day's run is a function of
    what there was.
    """
    con = scratch(settings)
    lake = lake_of(settings)
    for table in tables(Kind.FACT, Kind.DERIVED):
        if not only or table.name in only:
            _view(con, table, lake.files(table.name, since, until))
    for table in tables(Kind.LEDGER):
        if not only or table.name in only:
            _view(con, table, Lake(settings.data / "ledger").files(table.name, None, until))
    for table in tables(Kind.VIEW):
        if not only or table.name in only:
            con.execute(query("churn.store", table.name))
    return con


def _view(con: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> None:
    if files:
        table_relation(con, table.name, files).create_view(table.name)
    else:
        con.execute(f"CREATE VIEW {table.name} AS {_no_rows(table)}")


def table_relation(con: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> duckdb.DuckDBPyRelation:
    """The rows of a table's files, with exactly the schema's columns: files of an older schema get nulls."""
    table = TABLES[name]
    if not files:
        return con.sql(_no_rows(table))
    rows = con.read_parquet([str(path) for path in files], union_by_name=True, hive_partitioning=False)
    have = tuple(rows.columns)
    if have == table.column_names:  # a projection would be bound anew, which opens every file
        return rows
    return rows.project(
        ", ".join(c.name if c.name in have else f"CAST(NULL AS {c.type}) AS {c.name}" for c in table.columns)
    )


def _no_rows(table: Table) -> str:
    nulls = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns)
    return f"SELECT {nulls} LIMIT 0"


def _connect(settings: Settings, path: str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        path,
        read_only=read_only,
        config={
            "threads": settings.threads,
            "memory_limit": settings.memory_limit,
            "temp_directory": str(settings.data / "tmp"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    if not read_only:
        con.execute(f"CREATE OR REPLACE MACRO {HASH_OF}")
    return _in_session(con)


def _in_session(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """What holds for a connection, not for a database."""
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")  # ours tells more, and a log is no terminal
    return con


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A further connection to the same database, for another thread: its temporary views and settings are its own."""
    return _in_session(con.cursor())


def narrow(
    con: duckdb.DuckDBPyConnection,
    domains: str,
    facts: Mapping[str, Collection[str]],
    views: Collection[str],
    made: Mapping[str, pa.Table] = MappingProxyType({}),
    days: Collection[dt.date] | None = None,
) -> None:
    """Let `facts` and `views` show only the domains of the table `domains` from here on, out of copies of those.

    `facts` are tables with the columns that are copied, `made` tables with the rows that they show instead; `days` are
    those of which facts are copied, where not all are: files of others are not opened. A view over
    everything that is asked for few domains reads everything; over a narrowed copy it does not.
    """
    schema = f"of_{domains}"
    con.execute(f"CREATE SCHEMA {schema}")
    for name, columns in facts.items():
        few = con.table(name).join(con.table(domains), "domain", "semi").filter(_on(days))
        few.project(", ".join(columns)).create(f"{schema}.{name}")
    for name, rows in made.items():
        con.from_arrow(rows).create(f"{schema}.{name}")
    con.execute(f"SET search_path = '{schema},main'")
    for name in views:
        con.execute(query("churn.store", name))


def _on(days: Collection[dt.date] | None) -> str:
    """A condition on `day`; true where all are meant."""
    if not days:
        return "true" if days is None else "false"
    dates = ", ".join(f"DATE '{day.isoformat()}'" for day in sorted(days))
    return f"day IN ({dates})"
