"""All DNS types for the names that are worth a registration look-up; their hosting rows become complete.

They are asked for anew, with the types of the day's first look-up, so that a row's answers come from one resolver at
one time. One row a domain stays: the parts of the day's hosting are rewritten with the new rows, then a look-up row
(the second try) a name vouches for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from churn.enrich.buckets import FULL_WRITER, Buckets, answered, by_bucket
from churn.enrich.journal import journal_of
from churn.enrich.observing import observed
from churn.outcomes import Outcome
from churn.settings import Settings


def complete_hosting(settings: Settings, day: dt.date, names: Sequence[str]) -> int:
    """Ask for all of `dns_types_full` where the day's first look-up had an answer; returns for how many names.

    Where there is no answer now, the first one stays.
    """
    if set(settings.dns_types_full) <= set(settings.dns_types):
        return 0
    buckets = Buckets(settings, day)
    known = buckets.full_lookups()
    done = set(known["domain"].to_pylist())
    parts = {
        bucket: sorted((set(part) & answered(buckets.lookups(bucket))) - done)
        for bucket, part in by_bucket(names).items()
    }
    pending = [name for part in parts.values() for name in part]
    if not pending:
        return 0
    with journal_of(settings, day, FULL_WRITER) as journal:
        rows = observed(settings, day, pending, settings.dns_types_full, journal)
        complete = buckets.hosting_rows(rows.filter(pc.equal(rows["outcome"], Outcome.OK.value)))
        for bucket, part in parts.items():
            mine = complete.filter(pc.is_in(complete["domain"], pa.array(part, pa.string())))
            if mine.num_rows:
                before = buckets.hosting(bucket)
                kept = before.filter(pc.invert(pc.is_in(before["domain"], mine["domain"].combine_chunks())))
                buckets.replace_hosting(bucket, pa.concat_tables([kept, mine]))
        buckets.write_full_lookups(pa.concat_tables([known, buckets.lookup_rows(rows, attempt=2)]))
        journal.remove()
    return len(pending)
