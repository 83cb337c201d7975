"""DNS look-ups that survive a crash: each answer is in a journal before the next question, and none is asked for twice.

What doesn't belong here: which names are asked (`resolving`, `deepening`), and what becomes of the rows (`buckets`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import pyarrow as pa

from churn.enrich.journal import Journal
from churn.enrich.talking.dns_client import OBSERVATION, Question, Row, observations, observe
from churn.settings import Settings


def observed(
    settings: Settings, day: dt.date, names: Collection[str], types: tuple[str, ...], journal: Journal
) -> pa.Table:
    """Answers for the names, those that the journal has and those that are asked for now.

    Columns of OBSERVATION and `observed_at`; one row a name.
    """
    found: dict[str, tuple[Row, dt.datetime]] = {}
    for entry in journal.entries():
        found[entry["row"][0]] = (tuple(entry["row"]), dt.datetime.fromisoformat(entry["at"]))

    def note(row: Row) -> None:
        at = settings.now(day)
        journal.add({"at": at, "row": row})
        found[row[0]] = (row, at)

    question = Question(types, settings.dns_resolvers, settings.lookup_timeout_seconds)
    observe([name for name in names if name not in found], question, note)
    wanted = set(names)
    kept = [pair for name, pair in found.items() if name in wanted]
    instants = pa.array([at for _, at in kept], pa.timestamp("us", tz="UTC"))
    assert OBSERVATION.names[0] == "domain"
    return observations([row for row, _ in kept]).append_column("observed_at", instants)
