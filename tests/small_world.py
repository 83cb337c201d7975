"""The lab's `small` world, run once a session through every stage: what end-to-end tests look at.

The lab stays up as long as the session, so that a test may run a day again. The state before the last day is kept, so
that a test may run that day in its own way.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from churn.flow import STAGES, run_day, run_stage
from churn.lab import LabServers, serving
from churn.results import Progress, StageResult
from churn.settings import Settings, load_settings

KEY = "a key of the tests, no secret"
BUDGET = 700
"""Registrations a day: a quarter of the names, so that the budget matters, and the run takes half the time."""
LIMITS = {"registration_budget": BUDGET, "tls_budget": 60, "crtsh_budget": 60}
"""Settings of every run of this world."""


@dataclass(frozen=True)
class SmallRun:
    """The lab that is served, the settings of the run, the data folder before the last day, what each stage told.

    `told` counts how often each stage told of its progress on the last day.
    """

    servers: LabServers
    settings: Settings
    before_last: Path
    results: list[StageResult]
    told: Counter[str]


def settings_for(servers: LabServers, data: Path) -> Settings:
    """Settings of a run against the lab, with a data folder of its own."""
    before = os.environ.get("CHURN_SETTINGS")
    os.environ["CHURN_SETTINGS"] = str(servers.settings_file)
    try:
        return load_settings(data=data, hash_key=KEY, **LIMITS)
    finally:
        if before is None:
            del os.environ["CHURN_SETTINGS"]
        else:
            os.environ["CHURN_SETTINGS"] = before


def _counter(told: Counter[str], stage: str) -> Progress:
    return lambda *_: told.update([stage])


@contextmanager
def small_world_run(folder: Path) -> Iterator[SmallRun]:
    """Serve the world and run all of its days."""
    with serving("small", 1, folder / "lab") as servers:
        settings = settings_for(servers, folder / "data")
        results = [result for day in servers.days[:-1] for result in run_day(settings, day, STAGES)]
        shutil.copytree(settings.data, folder / "before_last")
        told: Counter[str] = Counter()
        results += [run_stage(settings, stage, servers.days[-1], _counter(told, stage)) for stage in STAGES]
        yield SmallRun(servers, settings, folder / "before_last", results, told)
