"""What a stage tells its caller: one small record, logged alike by the command line and by Airflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Progress = Callable[[int, int, str], None]
"""Told of progress as (done, total, what); total 0 means not known."""


def silent(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """Result of one stage on one day.

    `rows_in` and `rows_out` count rows of the stage's main input and output; `rejects` those put aside with a
    reason; `seconds` is wall time. `found` holds what a person wants to see on the spot (plain JSON values).
    """

    stage: str
    day: dt.date
    rows_in: int = 0
    rows_out: int = 0
    rejects: int = 0
    seconds: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The record with the day as ISO 8601 text."""
        return asdict(self) | {"day": self.day.isoformat()}
