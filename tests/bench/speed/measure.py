"""A process of its own for each contender, so that wall time, processor time and peak memory are its alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

RUN_ONE = Path(__file__).parent / "run_one.py"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: `wall_seconds` and `cpu_seconds` with the start of Python, `inside_seconds` without it."""

    wall_seconds: float
    inside_seconds: float
    cpu_seconds: float
    peak_gb: float


def measured(name: str, data: Path, out: Path) -> Cost | None:
    """Run one contender (`run_one.py`); None where it failed, which its own words on stderr explain."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(RUN_ONE), name, str(data), str(out)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    process.stdout.close()
    if process.returncode:
        return None
    inside = json.loads(said.splitlines()[-1])["seconds_inside"]
    return Cost(round(wall, 2), inside, round(usage.ru_utime + usage.ru_stime, 2), round(usage.ru_maxrss / 2**20, 2))
