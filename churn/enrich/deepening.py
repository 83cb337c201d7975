"""The remaining DNS types for the names that are worth a registration look-up; their hosting rows become complete.

One row a domain stays: the parts of the day's hosting are rewritten with the completed rows, then a look-up row (the
second try) a name vouches for them. Killed in between, the next run asks for them again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa

from churn.enrich.buckets import answered, buckets_of, by_bucket
from churn.enrich.talking.dns_client import Question, observe
from churn.settings import Settings
from churn.store.lake import arrow_rows

COLUMNS = {"A": ("a",), "AAAA": ("aaaa",), "NS": ("ns",), "MX": ("mx",), "SOA": ("soa_mname", "soa_rname")}


def complete_hosting(settings: Settings, day: dt.date, at: dt.datetime, names: Sequence[str]) -> int:
    """Ask for the types that the day's first DNS look-up left out; returns for how many names."""
    types = tuple(kind for kind in settings.dns_types_full if kind not in settings.dns_types)
    buckets = buckets_of(settings, day)
    known = buckets.full_lookups()
    done = set(known["domain"].to_pylist())
    parts = {
        bucket: sorted((set(part) & answered(buckets.lookups(bucket))) - done)
        for bucket, part in by_bucket(names).items()
    }
    pending = [name for part in parts.values() for name in part]
    if not types or not pending:
        return 0
    question = Question(types, settings.dns_resolvers, settings.lookup_timeout_seconds)
    observed = observe(pending, question)
    by_name = {row["domain"]: row for row in observed.to_pylist()}
    for bucket, part in parts.items():
        if part:
            buckets.replace_hosting(bucket, _completed(buckets.hosting(bucket), by_name, types, at))
    buckets.write_full_lookups(pa.concat_tables([known, buckets.lookup_rows(observed, at, attempt=2)]))
    return len(pending)


def _completed(
    hosting: pa.Table, by_name: dict[str, dict[str, object]], types: tuple[str, ...], at: dt.datetime
) -> pa.Table:
    columns = [column for kind in types for column in COLUMNS[kind]]
    rows = hosting.to_pylist()
    for row in rows:
        if found := by_name.get(row["domain"]):
            row.update({column: found[column] for column in columns} | {"observed_at": at})
    return arrow_rows("hosting", rows)
