"""The stages of a day, in their order: the one place that knows it. The command line and Airflow both call this.

A stage replaces what it wrote for that day before, so a day may be run again, and a killed run continued, at any stage.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator

from churn import burst, collect, enrich, link, packets, report
from churn.errors import UsageError
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store import warehouse

Stage = Callable[[Settings, dt.date, Progress], StageResult]


def publish(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Bring the published database up to date with everything in lake and ledger."""
    progress(0, 1, "publishing the database")
    path = warehouse.publish(settings)
    return StageResult("publish", day, found={"warehouse": str(path), "bytes": path.stat().st_size})


STAGES: dict[str, Stage] = {
    "collect": collect.run,
    "enrich": enrich.run,
    "link": link.run,
    "burst": burst.run,
    "packets": packets.run,
    "publish": publish,
    "report": report.run,
}


def run_stage(settings: Settings, name: str, day: dt.date, progress: Progress = silent) -> StageResult:
    """Run one stage on one day and time it."""
    started = time.monotonic()
    result = STAGES[name](settings, day, progress)
    return dataclasses.replace(result, seconds=round(time.monotonic() - started, 3))


def run_day(
    settings: Settings, day: dt.date, stages: Iterable[str], progress: Progress = silent
) -> Iterator[StageResult]:
    """Run stages on a day, in the order of the flow, yielding each result as it comes."""
    wanted = frozenset(stages)
    for name in STAGES:
        if name in wanted:
            yield run_stage(settings, name, day, progress)


def chosen_stages(*, skip: str | None = None, only: str | None = None) -> tuple[str, ...]:
    """The stages that `--skip a,b` or `--only a,b` leaves. Raises UsageError for a name that is no stage."""
    named = {part.strip() for part in (only or skip or "").split(",") if part.strip()}
    if skip and only:
        raise UsageError("Give --skip or --only, not both.")
    if unknown := sorted(named - STAGES.keys()):
        raise UsageError(f"No stage is called {', '.join(unknown)}; the stages are {', '.join(STAGES)}.")
    return tuple(name for name in STAGES if (name in named) == bool(only) or not named)
