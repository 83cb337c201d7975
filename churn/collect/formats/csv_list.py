"""Lists in CSV (RFC 4180): a header, then rows of as many columns. Used for feeds and for imports.

Nothing is guessed from the data: the header says which of four delimiters it is, all values are text, and a row that
does not fit the header is put aside with its line. A list without a header has one in the feed's declaration, of which
the first row must have as many columns. Comments (#) may stand before and after everything; a space after each comma is
read as part of what stands between columns.
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

from churn.collect.entries import Landed
from churn.collect.feeds import Feed
from churn.collect.unpack import UnreadableError
from churn.store.files import storage_error
from churn.store.queries import run

LONGEST_LINE = 1 << 20
HEAD_BYTES = 1 << 16
_DELIMITERS = (",", ";", "\t", "|")
_OURS = {"name_text": "fqdn", "seen_text": "seen_at", "reference": "reference", "label": "label", "series": "series"}


@dataclass(frozen=True, slots=True)
class Header:
    """Column names of a CSV file, what stands between its columns, and whether the names are its first line."""

    columns: tuple[str, ...]
    delimiter: str
    in_file: bool = True


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
    return Header(tuple(cell.strip() for cell in _cells(line, delimiter)), delimiter)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []


def csv_relation(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> duckdb.DuckDBPyRelation:
    """The rows of a file as text; those that don't fit go to the table `reject_errors` while it is read."""
    return con.read_csv(
        str(path),
        columns=dict.fromkeys(header.columns, "VARCHAR"),
        sep=header.delimiter,
        skiprows=1 if header.in_file else 0,
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


def read_csv(landed: Landed) -> None:
    """Add the rows of a list to `entry`, by the feed's map of columns, and what is no row to `unread`.

    DuckDB reads CSV from files only: the bytes stand in a file of the moment meanwhile.
    """
    con, feed = landed.con, landed.visit.feed
    content, skipped = _without_comments(plain_line_ends(landed.content()))
    header = _declared_header(content, feed) if feed.header else _own_header(content, feed)
    mapped = ", ".join([*(_column(feed, theirs, ours) for ours, theirs in _OURS.items()), _kept(feed)])
    run(con, "churn.collect", "csv_forget")
    with _on_disk(content, landed.scratch) as path:
        try:
            csv_relation(con, path, header).project(mapped).create_view("csv", replace=True)
            run(con, "churn.collect", "csv_counted")
        except (duckdb.InvalidInputException, duckdb.BinderException) as error:
            raise UnreadableError(f"this is no CSV: {str(error).splitlines()[0]}") from None
    run(con, "churn.collect", "csv_lines", header=int(header.in_file), skipped=skipped)
    run(con, "churn.collect", "entry_add_csv", **landed.bindings())
    run(con, "churn.collect", "unread_add_csv", skipped=skipped)


def _declared_header(content: bytes, feed: Feed) -> Header:
    """The declared header, and the delimiter by which the first row has as many columns; a comma where none does."""
    line = content[:HEAD_BYTES].partition(b"\n")[0].decode("utf-8", "replace")
    fitting = (d for d in _DELIMITERS if len(_cells(line, d)) == len(feed.header))
    delimiter = next(fitting, ",")
    spaced = delimiter == "," and any(cell.startswith(' "') for cell in _cells(line, ","))
    return Header(feed.header, ", " if spaced else delimiter, in_file=False)


def _own_header(content: bytes, feed: Feed) -> Header:
    wanted = {*feed.columns.values(), *feed.only}
    header = read_header(content[:HEAD_BYTES], wanted)
    if missing := sorted(wanted - set(header.columns)):
        have = ", ".join(header.columns)[:200]
        raise UnreadableError(f"the header lacks the columns {', '.join(missing)}; it has {have}")
    return header


def _without_comments(content: bytes) -> tuple[bytes, int]:
    """The content from its first line that is no comment to its last such line, and how many were before it."""
    start, end, lines = 0, len(content), 0
    while content.startswith((b"#", b"\xef\xbb\xbf#"), start):
        start = content.find(b"\n", start) + 1 or len(content)
        lines += 1
    while end > start:
        last = content.rfind(b"\n", start, end - 1) + 1 or start
        if not content.startswith(b"#", last):
            break
        end = last
    return content[start:end], lines


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


def _kept(feed: Feed) -> str:
    """Whether a row is one of those that the feed wants, as an SQL expression."""
    tests = [
        f"lower(trim({quoted(name)})) IN ({', '.join(literal(value.lower()) for value in values)})"
        for name, values in feed.only.items()
    ]
    return f"{' AND '.join(tests) or 'true'} AS kept"


def quoted(name: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
