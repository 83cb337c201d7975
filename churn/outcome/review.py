"""The review: how each domain that was told of stands, once for each check that brought an answer.

EPP tells who acted: `clientHold` the registrar, `serverHold` the registry (RFC 5731, RFC 8056). An address that is
gone, or that lies in another network while the delegation stands, is the hoster's doing; another delegation or sponsor
the registrant's. A row of the ledger is never rewritten. The method is the numbered steps of `sql/`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter

from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import lake_database
from churn.store.queries import relation
from churn.store.queries import run as run_query

TABLES = (
    "sighting", "registration", "hosting", "lookup", "registry_answer", "packet", "packet_item", "outcome",
)  # fmt: skip
STEPS = ("told", "registered", "hosted", "asked")
SPARE_DAYS = 30
"""Days of facts before the oldest telling that is still checked: how it stood when it was told."""
PACKAGE = "churn.outcome"


def review(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Record how each domain that was told of before `day` stands, where something was answered since the last review.

    Rows in are the domains told of (once a recipient), rows out the new rows. A second review without new answers
    records nothing.
    """
    progress(0, 1, "reading how the domains told of stand")
    with lake_database(settings, since=since(settings, day), until=day, only=TABLES) as con:
        for step in STEPS:
            run_query(con, PACKAGE, step, day=day)
        told = len(con.table("told"))
        rows = relation(con, PACKAGE, "check", day=day).to_arrow_table().to_pylist()
    if rows:
        digest = hashlib.sha256(repr([(*row.values(),) for row in rows]).encode()).hexdigest()
        ledger.append(settings, "outcome", day, f"outcomes-{digest[:16]}", rows)
    found = dict(sorted(Counter(str(row["state"]) for row in rows).items()))
    return StageResult("outcomes", day, rows_in=told, rows_out=len(rows), found=found)


def since(settings: Settings, day: dt.date) -> dt.date:
    """The first day of the facts that a review reads: how what is still checked stood when it was told."""
    watched = dt.timedelta(days=max(settings.recheck_days, default=0) + SPARE_DAYS)
    return min(settings.window_start(day), day - watched)
