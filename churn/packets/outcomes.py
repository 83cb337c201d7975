"""What became of the domains that packets told of, as far as look-ups say.

EPP tells who acted: `clientHold` the registrar, `serverHold` the registry (RFC 8056). A review is recorded once a day
in the ledger and never rewritten. Nothing is looked up here: the newest answers that enrich stored are read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from churn.packets.gather import STEPS
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import lake_database
from churn.store.queries import relation
from churn.store.queries import run as run_query

STANDING = STEPS[: STEPS.index("standing") + 1]
"""The steps that say how the domains told of stand; those after it decide what to say."""


def review_outcomes(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Record how each domain that was told of before `day` stands on it; a second review of a day changes nothing."""
    progress(0, 1, "reading how the domains told of stand")
    since = settings.window_start(day)
    with lake_database(settings, until=day) as con:
        for step in STANDING:
            run_query(con, "churn.packets", step, day=day, since=since, burst_q=settings.burst_q)
        rows = relation(con, "churn.packets", "outcome", day=day, now=settings.now(day)).to_arrow_table().to_pylist()
    recorded = bool(rows) and ledger.append(settings, "outcome", day, f"outcomes-{day.isoformat()}", rows)
    found = dict(sorted(Counter(str(row["state"]) for row in rows).items()))
    return StageResult("outcomes", day, rows_in=len(rows), rows_out=len(rows) if recorded else 0, found=found)
