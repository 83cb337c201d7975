"""The stages of a day, in their order: the one place that knows it. The command line and Airflow both call this.

A stage replaces what it wrote for that day before, so a day may be run again, and a killed run continued, at any stage.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import time
from collections.abc import Callable, Iterable, Iterator

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


STAGES = ("collect", "enrich", "link", "burst", "recheck", "packets", "publish", "report")
"""The stages in their order. But for `recheck` (of enrich) and `publish`, each is `run` of the package of its name."""


def run_stage(settings: Settings, name: str, day: dt.date, progress: Progress = silent) -> StageResult:
    """Run one stage on one day and time it."""
    return timed(stage_of(name), settings, day, progress)


def timed(stage: Stage, settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """The result of a stage, or of a share of one, with its seconds."""
    started = time.monotonic()
    result = stage(settings, day, progress)
    return dataclasses.replace(result, seconds=round(time.monotonic() - started, 3))


def stage_of(name: str) -> Stage:
    """The function of a stage, imported when it runs: all of them together take seconds to import."""
    if name == "publish":
        return publish
    package, function = ("enrich", "recheck") if name == "recheck" else (name, "run")
    stage: Stage = getattr(importlib.import_module(f"churn.{package}"), function)
    return stage


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
    if unknown := sorted(named.difference(STAGES)):
        raise UsageError(f"No stage is called {', '.join(unknown)}; the stages are {', '.join(STAGES)}.")
    return tuple(name for name in STAGES if (name in named) == bool(only) or not named)
