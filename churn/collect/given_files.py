"""Files that people bring, as the view `given` of a connection: Parquet with its types, CSV and NDJSON as text.

Nothing is loaded: the view streams from a Parquet file. CSV and NDJSON are turned into one first, in a scratch folder.
A row keeps its place, `row_place`; what is no row at all goes to the table `unread`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import duckdb

from churn.collect.formats.csv_list import (
    HEAD_BYTES,
    LONGEST_LINE,
    csv_relation,
    literal,
    plain_line_ends,
    quoted,
    read_header,
)
from churn.collect.unpack import UnreadableError
from churn.errors import UsageError
from churn.store.queries import run
from churn.store.schema import Table

_STEP = 1 << 20
_SUFFIXES = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".ndjson.gz": "ndjson",
    ".jsonl.gz": "ndjson",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What a file gives: DuckDB types by column, whether all of it was text, and how rows of it may be broken.

    `fault` is an SQL expression over `given`, null for a row that can be read and empty for one to pass over;
    `fault_text` is one for what to show of a broken row.
    """

    types: dict[str, str]
    is_text: bool = True
    header_lines: int = 0
    fault: str = "CAST(NULL AS VARCHAR)"
    fault_text: str = "CAST(NULL AS VARCHAR)"
    lists_are_json: frozenset[str] = field(default_factory=frozenset)


def format_of(path: Path) -> str:
    """`parquet`, `csv` or `ndjson`, by the file's name. Raises UsageError for others and for what is no file."""
    for suffix, format_ in _SUFFIXES.items():
        if path.name.lower().endswith(suffix):
            if not path.is_file():
                raise UsageError(f"{path} is no file; give the file to import.")
            return format_
    raise UsageError(f"{path} has none of the suffixes {', '.join(_SUFFIXES)}; rename or convert it.")


def open_given(con: duckdb.DuckDBPyConnection, path: Path, table: Table, scratch: Path) -> Given:
    """Show a file as the view `given`; `scratch` is where a Parquet file of its rows may stand while they are read.

    Raises UsageError for a file that can't be read as what its name says.
    """
    try:
        match format_of(path):
            case "parquet":
                return _open_parquet(con, path)
            case "csv":
                return _open_csv(con, path, table, scratch)
            case _:
                return _open_ndjson(con, path, table, scratch)
    except (UnreadableError, duckdb.Error, OSError, zlib.error, EOFError, ValueError) as error:
        sentence = str(error).splitlines()[0]
        raise UsageError(f"{path} can't be read: {sentence}. Check what wrote it.") from None


def _open_parquet(con: duckdb.DuckDBPyConnection, path: Path) -> Given:
    rows = con.read_parquet(str(path), binary_as_string=True)
    _show(con, path)
    return Given(dict(zip(rows.columns, map(str, rows.types), strict=True)), is_text=False)


def _open_csv(con: duckdb.DuckDBPyConnection, path: Path, table: Table, scratch: Path) -> Given:
    header = read_header(_head(path), table.column_names)
    try:
        _keep(con, csv_relation(con, path, header), scratch)
    except duckdb.InvalidInputException:
        plain = scratch.with_suffix(".csv")
        try:
            _write_plain(path, plain)
            run(con, "churn.collect", "csv_forget")
            _keep(con, csv_relation(con, plain, header), scratch)
        finally:
            plain.unlink(missing_ok=True)
    return Given(dict.fromkeys(header.columns, "VARCHAR"), header_lines=1)


def _write_plain(path: Path, plain: Path) -> None:
    """Copy a text file line end by line end, so that all are LF."""
    with _open(path) as source, plain.open("wb") as target:
        while piece := source.read(_STEP):
            if piece.endswith(b"\r"):
                piece += source.read(1)
            target.write(plain_line_ends(piece))


def _head(path: Path) -> bytes:
    with _open(path) as file:
        return file.read(HEAD_BYTES)


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _keep(con: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, scratch: Path) -> None:
    """Read text once, into `given`; what the reader puts aside meanwhile, into `unread`."""
    rows.write_parquet(str(scratch), compression="lz4")
    run(con, "churn.collect", "unread_add_csv", skipped=0)
    _show(con, scratch)


def _show(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = con.read_parquet(str(path), binary_as_string=True, file_row_number=True)
    rows.project("* EXCLUDE (file_row_number), file_row_number + 1 AS row_place").create_view("given", replace=True)


def _open_ndjson(con: duckdb.DuckDBPyConnection, path: Path, table: Table, scratch: Path) -> Given:
    lists = frozenset(column.name for column in table.columns if column.type.endswith("[]"))
    lines = con.read_csv(
        str(path),
        columns={"text": "VARCHAR"},
        sep="\x01",  # a control character that JSON text never holds: the line is the only column
        header=False,
        auto_detect=False,
        quotechar="",
        escapechar="",
        strict_mode=False,
        ignore_errors=True,
        store_rejects=True,
        max_line_size=LONGEST_LINE,
        compression="gzip" if path.suffix == ".gz" else "none",
    )
    lines.create_view("json_line", replace=True)
    keys = [key for (key,) in run(con, "churn.collect", "json_keys").fetchall()]
    run(con, "churn.collect", "csv_forget")
    shape = json.dumps({key: "JSON" if key in lists else "VARCHAR" for key in keys})
    is_object = "json_valid(text) AND json_type(text) = 'OBJECT'"
    parsed = f"CASE WHEN {is_object} THEN json_transform(text, {literal(shape)}) END AS row_given"
    rows = lines.project(f"text AS row_text, {parsed}")
    parts = ", ".join(f"struct_extract(row_given, {literal(key)}) AS {quoted(key)}" for key in keys)
    _keep(con, rows.project(f"row_text, row_given IS NULL AS row_broken{', ' if parts else ''}{parts}"), scratch)
    return Given(
        dict.fromkeys(keys, "VARCHAR"),
        fault="CASE WHEN row_text IS NULL THEN '' WHEN row_broken THEN 'not a JSON object' END",
        fault_text="row_text",
        lists_are_json=lists,
    )
