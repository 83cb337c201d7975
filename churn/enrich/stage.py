"""The whole stage."""

from __future__ import annotations

import datetime as dt

from churn.enrich.resolving import resolve
from churn.results import Progress, StageResult, silent
from churn.settings import Settings


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Look up what the day's names are."""
    return resolve(settings, day, progress=progress)
