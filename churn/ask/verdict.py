"""Verdicts: what an analyst decides of a cluster or a shared value. Written once to the ledger, never overwritten."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal

from churn.errors import UsageError
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import published
from churn.store.queries import relation

Verdict = Literal["confirmed", "benign", "watch"]


def give_verdict(settings: Settings, subject: str, verdict: Verdict, by: str, note: str) -> dict[str, object]:
    """Record a verdict on a cluster id, or on `field=value`. Raises UsageError for an unknown cluster or no name."""
    if not by.strip():
        raise UsageError("A verdict needs a name: --by WHO.")
    if "=" not in subject:
        with published(settings) as con:
            if not relation(con, "churn.ask", "cluster", cluster_id=subject).fetchall():
                raise UsageError(f"There is no cluster {subject!r}, and it is no FIELD=VALUE either.")
    now = dt.datetime.now(dt.UTC)  # a person's deed is stamped with the person's clock
    row = {"subject": subject, "verdict": verdict, "given_by": by, "given_at": now, "note": note, "day": now.date()}
    act = f"verdict-{now:%Y%m%dt%H%M%S.%f}-{hashlib.sha256(subject.encode()).hexdigest()[:10]}"
    ledger.append(settings, "verdict", now.date(), act, [row])
    return row
