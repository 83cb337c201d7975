"""DNS observations of a day in the lake: sixteen fixed parts by a hash of the domain, each replaced whole.

Fixed parts make an interrupted day easy to finish: whichever process takes a part up again keeps the rows of names
whose look-up is recorded, and asks for the rest. Hosting is written before its look-ups, so a look-up row vouches
for its hosting row.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from churn.outcomes import Outcome
from churn.settings import Settings
from churn.store.database import lake_of
from churn.store.lake import arrow_schema

BUCKETS = 16
FULL_WRITER = "dns-full"


def bucket_of(domain: str) -> int:
    """The part that a domain belongs to, the same in every process."""
    return zlib.crc32(domain.encode()) % BUCKETS


def writer_of(bucket: int) -> str:
    """Name of a part's files."""
    return f"dns-{bucket:02d}"


def by_bucket(domains: Iterable[str]) -> dict[int, list[str]]:
    """Domains by part; parts without any are left out."""
    parts: dict[int, list[str]] = {}
    for domain in domains:
        parts.setdefault(bucket_of(domain), []).append(domain)
    return parts


@dataclass(frozen=True, slots=True)
class Buckets:
    """The DNS files of one day."""

    settings: Settings
    day: dt.date

    def lookups(self, bucket: int) -> pa.Table:
        """Look-up rows of a part, as far as they are written."""
        return self._read("lookup", writer_of(bucket))

    def full_lookups(self) -> pa.Table:
        """Look-up rows of the names that were asked for every type."""
        return self._read("lookup", FULL_WRITER)

    def hosting(self, bucket: int) -> pa.Table:
        """Hosting rows of a part, as far as they are written."""
        return self._read("hosting", writer_of(bucket))

    def add(self, bucket: int, observed: pa.Table) -> None:
        """Record what was observed of names of a part; those that had their look-up already stay as they are."""
        known = self.lookups(bucket)
        kept = self.hosting(bucket)
        kept = kept.filter(pc.is_in(kept["domain"], known["domain"].combine_chunks()))
        new = observed.filter(pc.invert(pc.is_in(observed["domain"], known["domain"].combine_chunks())))
        self.replace_hosting(bucket, pa.concat_tables([kept, self.hosting_rows(new)]))
        rows = pa.concat_tables([known, self.lookup_rows(new, attempt=1)])
        lake_of(self.settings).write_arrow("lookup", self.day, writer_of(bucket), rows)

    def replace_hosting(self, bucket: int, rows: pa.Table) -> None:
        """Replace the hosting rows of a part."""
        lake_of(self.settings).write_arrow("hosting", self.day, writer_of(bucket), rows)

    def write_full_lookups(self, rows: pa.Table) -> None:
        """Replace the look-up rows of the names that were asked for every type."""
        lake_of(self.settings).write_arrow("lookup", self.day, FULL_WRITER, rows)

    def lookup_rows(self, observed: pa.Table, attempt: int) -> pa.Table:
        """Observations as rows of `lookup`."""
        about = {"attempted_at": observed["observed_at"], "endpoint": observed["resolver"]}
        return _shaped("lookup", observed, about, {"kind": "dns", "attempt": attempt, "day": self.day})

    def hosting_rows(self, observed: pa.Table) -> pa.Table:
        """Observations as rows of `hosting`."""
        return _shaped("hosting", observed, {}, {"day": self.day})

    def _read(self, table: str, writer: str) -> pa.Table:
        path = lake_of(self.settings).path(table, self.day, writer)
        if not path.exists():
            return arrow_schema(table).empty_table()
        return pq.ParquetFile(path).read().select(arrow_schema(table).names)


def answered(lookups: pa.Table) -> set[str]:
    """Domains whose look-up ended with records."""
    return set(lookups.filter(pc.equal(lookups["outcome"], Outcome.OK.value))["domain"].to_pylist())


def _shaped(table: str, observed: pa.Table, named: dict[str, Any], constants: dict[str, object]) -> pa.Table:
    rows = observed.num_rows
    columns = []
    for field in arrow_schema(table):
        if field.name in constants:
            columns.append(pa.repeat(pa.scalar(constants[field.name], field.type), rows))
        elif field.name in named:
            columns.append(named[field.name].cast(field.type))
        elif field.name in observed.column_names:
            columns.append(observed[field.name].cast(field.type))
        else:
            columns.append(pa.nulls(rows, field.type))
    return pa.table(columns, schema=arrow_schema(table))
