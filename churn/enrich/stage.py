"""The whole stage on one day: DNS, registrations, networks, certificates."""

from __future__ import annotations

import datetime as dt
import time

from churn.enrich.certifying import certify
from churn.enrich.handshaking import handshake
from churn.enrich.networking import network
from churn.enrich.registering import register
from churn.enrich.resolving import resolve
from churn.results import Progress, StageResult, silent
from churn.settings import Settings


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Look up DNS, registration, networks and certificates of the day's names. Continues a run that was killed."""
    started = time.monotonic()
    parts = (
        resolve(settings, day, progress=progress),
        register(settings, day, progress),
        network(settings, day, progress),
        certify(settings, day, progress),
        handshake(settings, day, progress),
    )
    outcomes = {kind: counts for part in parts for kind, counts in part.found["outcomes"].items()}
    found = {name: value for part in parts for name, value in part.found.items()} | {"outcomes": outcomes}
    return StageResult(
        "enrich",
        day,
        rows_in=sum(part.rows_in for part in parts),
        rows_out=sum(part.rows_out for part in parts),
        seconds=time.monotonic() - started,
        found=found,
    )
