"""`churn import`: not written yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from churn.results import Progress, StageResult, silent
from churn.settings import Settings


def import_files(
    settings: Settings,
    table: str,
    files: Sequence[Path],
    feed: str | None = None,
    day: dt.date | None = None,
    progress: Progress = silent,
) -> StageResult:
    """Import files into a table."""
    raise NotImplementedError
