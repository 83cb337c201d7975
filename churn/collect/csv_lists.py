"""Lists in CSV (RFC 4180): a header, then rows of as many columns. Used for feeds and for imports.

Nothing is guessed from the data: the header says which of four delimiters it is, all values are text, and a row that
does not fit the header is put aside with its line.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from churn.collect.feeds import Feed
from churn.collect.name_lists import UNBOUNDED
from churn.collect.unpack import UnreadableError
from churn.store.files import storage_error
from churn.store.landing import Manifest
from churn.store.queries import run

LONGEST_LINE = 1 << 20
HEAD_BYTES = 1 << 16
_DELIMITERS = (",", ";", "\t", "|")
_OURS = {"name_text": "fqdn", "seen_text": "seen_at", "reference": "reference", "label": "label", "series": "series"}


@dataclass(frozen=True, slots=True)
class Header:
    """Column names of a CSV file, and what stands between its columns."""

    columns: tuple[str, ...]
    delimiter: str


def read_header(head: bytes, wanted: Collection[str]) -> Header:
    """The header at the start of a file: of the readings by each delimiter, the one that has most of `wanted`.

    Raises UnreadableError where the first line is no header.
    """
    line = head.decode("utf-8-sig", "replace").partition("\n")[0].rstrip("\r")
    readings = [_reading(line, delimiter) for delimiter in _DELIMITERS]
    best = max(readings, key=lambda header: len(set(header.columns) & set(wanted)))
    if not best.columns or not all(best.columns) or len(set(best.columns)) != len(best.columns):
        raise UnreadableError("the first line is no header: a column has no name, or two have the same")
    return best


def _reading(line: str, delimiter: str) -> Header:
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        cells = []
    return Header(tuple(cell.strip() for cell in cells), delimiter)


def csv_relation(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> duckdb.DuckDBPyRelation:
    """The rows of a file as text; those that don't fit go to the table `reject_errors` while it is read."""
    return con.read_csv(
        str(path),
        columns=dict.fromkeys(header.columns, "VARCHAR"),
        sep=header.delimiter,
        skiprows=1,
        header=False,
        auto_detect=False,
        quotechar='"',
        escapechar='"',
        strict_mode=True,
        ignore_errors=True,
        store_rejects=True,
        max_line_size=LONGEST_LINE,
        compression="gzip" if path.suffix == ".gz" else "none",
    )


def read_csv(con: duckdb.DuckDBPyConnection, content: bytes, feed: Feed, manifest: Manifest, scratch: Path) -> None:
    """Add the rows of a list to `entry`, by the feed's map of columns, and what is no row to `unread`.

    DuckDB reads CSV from files only: the bytes stand in the folder `scratch` meanwhile.
    """
    header = read_header(content[:HEAD_BYTES], feed.columns.values())
    if missing := sorted(set(feed.columns.values()) - set(header.columns)):
        have = ", ".join(header.columns)[:200]
        raise UnreadableError(f"the header lacks the columns {', '.join(missing)}; it has {have}")
    mapped = ", ".join(_column(feed, theirs, ours) for ours, theirs in _OURS.items())
    run(con, "churn.collect", "csv_forget")
    with _on_disk(plain_line_ends(content), scratch) as path:
        try:
            csv_relation(con, path, header).project(mapped).create_view("csv", replace=True)
            run(con, "churn.collect", "csv_counted")
        except (duckdb.InvalidInputException, duckdb.BinderException) as error:
            raise UnreadableError(f"this is no CSV: {str(error).splitlines()[0]}") from None
    run(con, "churn.collect", "csv_lines")
    run(
        con,
        "churn.collect",
        "entry_add_csv",
        digest=manifest.sha256,
        fetched_at=manifest.fetched_at,
        maximum_rows=feed.maximum_rows or UNBOUNDED,
    )
    run(con, "churn.collect", "unread_add_csv")


def plain_line_ends(content: bytes) -> bytes:
    """The content with LF alone between lines: DuckDB's strict reader gives up on a file that mixes line ends."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in content else content


@contextmanager
def _on_disk(content: bytes, scratch: Path) -> Iterator[Path]:
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        path = Path(folder) / "list.csv"
        try:
            path.write_bytes(content)
        except OSError as error:
            raise storage_error(error, path) from error
        yield path


def _column(feed: Feed, theirs: str, ours: str) -> str:
    name = feed.columns.get(theirs)  # type: ignore[call-overload]  # the keys of _OURS are the model's
    return f"{quoted(name)} AS {ours}" if name else f"CAST(NULL AS VARCHAR) AS {ours}"


def quoted(name: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
