"""Read a registrar's portfolio into a temporary folder: CSV, Parquet or NDJSON, any number of bad rows.

What belongs here: from a file to the view `book`, one row a domain, and what was put aside. What doesn't: comparing
(`check`). Set-wise throughout: five million rows must not pass through Python objects. Nothing is written elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from churn.associate.columns import COLUMNS, READABLE, meant
from churn.collect.formats.csv_list import quoted
from churn.collect.given_files import Given, open_given
from churn.collect.import_columns import MACROS, value
from churn.errors import UsageError
from churn.link.forms import forms
from churn.link.segment_dictionary import dictionary
from churn.markings import printable
from churn.store.naming import load_names, spell_foreign
from churn.store.queries import relation, run

PACKAGE = "churn.associate"
LONGEST_CELL = 4_096
_BATCH = 1 << 19
_FORMS = pa.schema(
    [
        ("id", pa.int64()),
        ("created_at", pa.timestamp("us", "UTC")),
        *((form, pa.string()) for form in ("skeleton", "stem", "template")),
    ]
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What a file gave. `rejects` counts rows that were left out by their reason, `faults` cells that were."""

    file: str
    rows: int
    domains: int
    columns: tuple[str, ...]
    absent: tuple[str, ...]
    not_used: tuple[str, ...]
    rejects: dict[str, int]
    faults: dict[str, int]


def read_portfolio(con: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> Portfolio:
    """Make the views `book` (one row a domain) and `form` (forms of its names) of a file; what stands in it is hostile.

    Files of the moment go to `folder`, which is the caller's to remove. Raises UsageError where the file can't be read,
    lacks what is needed, or holds no domain.
    """
    load_names(con)
    for macro in MACROS:
        run(con, "churn.collect", macro)
    run(con, "churn.collect", "unread")
    given = open_given(con, path, READABLE, folder / "given.parquet")
    theirs = meant([name for name in given.types if name != "row_place"])
    try:
        _name(con, given, theirs, folder / "named.parquet")
        run(con, PACKAGE, "dropped")
        run(con, PACKAGE, "book")
        domains = _look_at_names(con, folder / "form.parquet")
    except duckdb.Error as error:
        raise UsageError(f"{path} can't be read: {str(error).splitlines()[0]}. Check what wrote it.") from None
    rejects = {reason: int(rows) for reason, rows in run(con, PACKAGE, "rejects").fetchall()}
    if not domains:
        reasons = "; ".join(f"{reason}: {rows:,}" for reason, rows in rejects.items()) or "it has no rows"
        raise UsageError(f"{path} holds no domain that can be read ({reasons}).")
    used = set(theirs.values())
    return Portfolio(
        path.name,
        domains + sum(rejects.values()),
        domains,
        tuple(column.name for column in COLUMNS if column.name in theirs),
        tuple(column.name for column in COLUMNS if column.name not in theirs),
        tuple(printable(name, 60) for name in given.types if name not in used and name != "row_place"),
        rejects,
        {name: rows for name, rows in _faults(con).items() if rows},
    )


def _name(con: duckdb.DuckDBPyConnection, given: Given, theirs: dict[str, str], kept: Path) -> None:
    """The rows with typed columns and the names that they hold, kept once: the view `named_row`."""
    renamed = ", ".join(f"{quoted(name)} AS {ours}" for ours, name in theirs.items())
    con.view("given").project(f"row_place, {given.fault} AS given_fault, {renamed}").create_view("given_row")
    typed = replace(given, types={ours: given.types[name] for ours, name in theirs.items()})
    lengths = ", ".join(f"coalesce(strlen(CAST({ours} AS VARCHAR)), 0)" for ours in theirs)
    too_long = f"greatest({lengths}, 0) > {LONGEST_CELL} THEN 'a cell longer than {LONGEST_CELL:,} octets'"
    con.view("given_row").project(
        ", ".join(
            [
                "row_place AS id",
                "CAST(domain AS VARCHAR) AS name_text",
                f"CASE WHEN given_fault IS NOT NULL THEN given_fault WHEN {too_long} END AS row_fault",
                *(f"{value(column, typed)} AS {column.name}" for column in COLUMNS if column.name != "domain"),
                f"{_is_given('created_at', theirs)} AS gave_created_at",
            ]
        )
    ).create_view("checked")
    spell_foreign(con, "checked")
    relation(con, PACKAGE, "named_row").write_parquet(str(kept), compression="lz4")
    con.read_parquet(str(kept)).create_view("named_row")


def _is_given(ours: str, theirs: dict[str, str]) -> str:
    return f"nullif(trim(CAST({ours} AS VARCHAR)), '') IS NOT NULL" if ours in theirs else "false"


def _look_at_names(con: duckdb.DuckDBPyConnection, kept: Path) -> int:
    """The forms of the names: the view `form`; returns how many names there are."""
    words, names = dictionary(), 0
    with pq.ParquetWriter(kept, _FORMS, compression="lz4") as writer:
        for batch in con.view("book").project("id, created_at, domain").to_arrow_reader(_BATCH):
            found = forms(batch.column("domain").cast(pa.string()), words)
            kept_as = (batch.column("id"), batch.column("created_at"))
            columns = [*kept_as, *(found[name] for name in ("skeleton", "stem", "template"))]
            writer.write_table(pa.table(columns, schema=_FORMS))
            names += len(batch)
    con.read_parquet(str(kept)).create_view("form")
    return names


def _faults(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counted = relation(con, PACKAGE, "faults")
    return dict(zip(counted.columns, counted.fetchall()[0], strict=True))
