"""An operator's own table of networks, in the formats in which such tables are published; told by content, gz or not.

1. CSV with a header: prefix, asn, name, country (further columns are left alone).
2. pyasn's data files: prefix and AS number with a tab between; `;` begins a comment. They name nobody.
3. iptoasn.com's TSV: first and last address, AS number, country, name. Its ranges are what neighbouring prefixes of one
   AS make together, so the prefixes here are those that fill them, not those that are announced.

What nobody announces (AS number 0) is left out.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from churn.enrich.meaning.record import country_of
from churn.enrich.networks.table import (
    LARGEST_ASN,
    Gathering,
    Holder,
    NetworkTable,
    packed_address,
    packed_prefix,
)
from churn.errors import UsageError
from churn.markings import printable

MOST_NETWORKS = 5_000_000
"""Five times what is announced."""
LONGEST_NAME = 100
_LONGEST_HEAD = 1_000
_GZIP = b"\x1f\x8b"
_DATE = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")

Row = tuple[int, list[tuple[bytes, int]], Holder]
"""Number of the line, prefixes (first address, length), whose they are."""


class _WrongRowError(ValueError):
    def __init__(self, line: int, error: Exception) -> None:
        super().__init__(str(error))
        self.line = line


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A table that was read; `observed_at` is the date in its name, else when the file was last changed (UTC)."""

    name: str
    observed_at: dt.datetime
    table: NetworkTable


def read_network_file(path: Path) -> NetworkFile:
    """Read the operator's table; once, as long as the file does not change.

    Raises UsageError where it can't be read, or, with the line, where a row is no network.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from None
    return _read(path, status.st_mtime_ns, status.st_size)


def read_network_table(path: Path) -> NetworkTable:
    """The table of `read_network_file` alone."""
    return read_network_file(path).table


@lru_cache(maxsize=1)
def _read(path: Path, mtime_ns: int, _: int) -> NetworkFile:
    gathering = Gathering()
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2).startswith(_GZIP)
            lines = io.TextIOWrapper(gzip.GzipFile(fileobj=raw) if packed else raw, "utf-8-sig", "replace", newline="")
            for _, prefixes, holder in _rows(path, lines):
                if 0 < holder[0] <= LARGEST_ASN:
                    for start, length in prefixes:
                        gathering.add(start, length, holder)
                if len(gathering) > MOST_NETWORKS:
                    raise UsageError(f"The network table {path} has more than {MOST_NETWORKS:,} networks; shorten it.")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    except _WrongRowError as error:
        raise UsageError(f"The network table {path} is wrong at line {error.line}: {error}.") from None
    changed = dt.datetime.fromtimestamp(mtime_ns // 1_000_000_000, dt.UTC)
    return NetworkFile(path.name, _dated(path.name) or changed, gathering.table())


def _unreadable(path: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or error
    return UsageError(f"Can't read the network table {path}: {reason}; correct network_table.")


def _dated(name: str) -> dt.datetime | None:
    found = _DATE.search(name)
    try:
        return dt.datetime.strptime("".join(found.groups()), "%Y%m%d").replace(tzinfo=dt.UTC) if found else None
    except ValueError:
        return None


def _rows(path: Path, lines: Iterator[str]) -> Iterator[Row]:
    head = []
    for line in islice(lines, _LONGEST_HEAD):
        head.append(line)
        if not _says_nothing(line):
            break
    read = _format_of(head[-1] if head else "")
    if read is None:
        raise UsageError(
            f"The network table {path} is neither CSV with the columns prefix, asn, name and country, nor a data file"
            " of pyasn, nor TSV as iptoasn.com has it; correct network_table."
        )
    yield from read(chain(head, lines))


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.startswith((";", "#"))


def _format_of(line: str) -> Callable[[Iterable[str]], Iterator[Row]] | None:
    cells = line.strip().split("\t")
    if len(cells) >= 5 and packed_address(cells[0]) and packed_address(cells[1]):
        return _iptoasn
    if len(cells) == 2 and "/" in cells[0]:
        return _pyasn
    names = {cell.strip().lower() for cell in line.split(",")}
    return _csv if {"prefix", "asn", "name"} <= names else None


def _csv(lines: Iterable[str]) -> Iterator[Row]:
    reader = csv.DictReader(lines)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    holders = _Holders()
    try:
        for row in reader:
            yield (
                reader.line_num,
                [packed_prefix(row["prefix"])],
                holders.of(row["asn"], row["name"], row.get("country")),
            )
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise _WrongRowError(reader.line_num, error) from None


def _pyasn(lines: Iterable[str]) -> Iterator[Row]:
    holders = _Holders()
    for number, line in enumerate(lines, 1):
        if _says_nothing(line):
            continue
        try:
            prefix, asn = line.split("\t")
            yield number, [packed_prefix(prefix)], holders.of(asn, None, None)
        except ValueError as error:
            raise _WrongRowError(number, error) from None


def _iptoasn(lines: Iterable[str]) -> Iterator[Row]:
    holders = _Holders()
    for number, line in enumerate(lines, 1):
        if _says_nothing(line):
            continue
        try:
            first, last, asn, country, name = line.rstrip("\r\n").split("\t")[:5]
            holder = holders.of(asn, name, country)
            yield number, prefixes_of_range(first, last) if holder[0] else [], holder
        except ValueError as error:
            raise _WrongRowError(number, error) from None


class _Holders:
    """Holders by their texts: a table names each of them many times."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, str | None], Holder] = {}

    def of(self, asn: str, name: str | None, country: str | None) -> Holder:
        """A holder. Raises ValueError where the AS number is none."""
        key = asn, name, country
        if key not in self._known:
            self._known[key] = (
                int(asn),
                printable(name.strip(), LONGEST_NAME) or None if name else None,
                country_of(country),
            )
        return self._known[key]


def prefixes_of_range(first: str, last: str) -> list[tuple[bytes, int]]:
    """The fewest prefixes that make a range of addresses, as `ipaddress.summarize_address_range` has them.

    Ten times as fast as that, which half a million ranges need. Raises ValueError where it is no range.
    """
    start, end = packed_address(first), packed_address(last)
    if start is None or end is None or len(start) != len(end) or start > end:
        raise ValueError(f"{first[:60]!r} to {last[:60]!r} is no range of addresses")
    width = len(start)
    most, low, high = width * 8, int.from_bytes(start), int.from_bytes(end)
    found = []
    while low <= high:
        aligned = (low & -low).bit_length() - 1 if low else most
        bits = min(aligned, (high - low + 1).bit_length() - 1)
        found.append((low.to_bytes(width), most - bits))
        low += 1 << bits
    return found
