"""The DNS stage: every name of the day is asked for the types in `dns_types`, side by side in worker processes.

1. Take the names of this shard's parts, of the day and to be looked at again, that have no look-up of the day yet.
2. Ask for them, one part a task; each answer is in the part's journal before the next.
3. Write each part when it is complete: hosting first, then the look-ups that vouch for it.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import multiprocessing.process
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from churn.enrich.buckets import BUCKETS, Buckets, by_bucket, writer_of
from churn.enrich.journal import journal_of
from churn.enrich.observing import observed
from churn.enrich.plan import dns_plan
from churn.errors import UsageError
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database
from churn.store.queries import run as run_query

WORTH_A_PROCESS = 100_000
"""Names from which on worker processes pay for their start: one process asks 70,000 names in 9 s, two need 13 s."""


def resolve(
    settings: Settings, day: dt.date, shard: int = 0, shards: int = 1, progress: Progress = silent
) -> StageResult:
    """Look up DNS for every name that was listed as registered or reported on `day`, in one of `shards` parts.

    Names reported on earlier days are looked up again now and then, so that their changes show. Writes one `hosting`
    and one `lookup` row a domain. Names that have their look-up are not asked again.
    """
    if not 0 <= shard < shards:
        raise UsageError(f"Shard {shard} of {shards} does not exist: shards count from 0.")
    started = time.monotonic()
    buckets = Buckets(settings, day)
    with lake_database(settings, since=day, until=day, only=("sighting",)) as con:
        names = {domain for (domain,) in run_query(con, "churn.enrich", "names_of_day", day=day).fetchall()}
    names.update(dns_plan(settings, day))
    mine = {bucket: part for bucket, part in by_bucket(sorted(names)).items() if bucket % min(shards, BUCKETS) == shard}
    pending = _pending(buckets, mine)
    total = sum(map(len, mine.values()))
    done = total - sum(map(len, pending.values()))
    progress(done, total, "names resolved")
    for answered in _resolved(settings, day, pending):
        done += answered
        progress(done, total, "names resolved")
    return StageResult(
        "resolve",
        day,
        rows_in=total,
        rows_out=done,
        seconds=time.monotonic() - started,
        found={"resolved": done, "outcomes": {"dns": _outcomes(buckets, mine)}},
    )


def resolve_bucket(settings: Settings, day: dt.date, bucket: int, names: Sequence[str]) -> int:
    """Ask for names of one part and write it; returns how many. Runs in a worker process too."""
    with journal_of(settings, day, writer_of(bucket)) as journal:
        Buckets(settings, day).add(bucket, observed(settings, day, names, settings.dns_types, journal))
        journal.remove()
    return len(names)


def _pending(buckets: Buckets, parts: dict[int, list[str]]) -> dict[int, list[str]]:
    pending = {}
    for bucket, names in parts.items():
        known = set(buckets.lookups(bucket)["domain"].to_pylist())
        if missing := [name for name in names if name not in known]:
            pending[bucket] = missing
    return pending


def _outcomes(buckets: Buckets, parts: dict[int, list[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for bucket in parts:
        for row in buckets.lookups(bucket)["outcome"].value_counts().to_pylist():
            counts[row["values"]] = counts.get(row["values"], 0) + row["counts"]
    return dict(sorted(counts.items()))


def _resolved(settings: Settings, day: dt.date, pending: dict[int, list[str]]) -> Iterator[int]:
    """How many names each part had, as soon as it is written."""
    if settings.dns_processes == 1 or sum(map(len, pending.values())) < WORTH_A_PROCESS:
        for bucket, names in pending.items():
            yield resolve_bucket(settings, day, bucket, names)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(settings.dns_processes, context, initializer=_end_with_parent) as pool:
        tasks = [pool.submit(resolve_bucket, settings, day, *part) for part in pending.items()]
        for task in as_completed(tasks):
            yield task.result()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever; a thread of it watches the parent instead."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
