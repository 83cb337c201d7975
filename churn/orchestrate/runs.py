"""A real run of a DAG in this process, by Airflow's own `dag.test`: every task in its turn, no scheduler.

After the first run (some seconds to import Airflow and its task API) a task costs less than a tenth of a second.
Pools don't bind here: nothing runs side by side. A run that was killed leaves its record; the next run of the same day
replaces it and does every task again.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from churn.errors import GateError, TerminalError
from churn.orchestrate.environment import DAGS, FAILURE, HOME, airflow_environment, migrated_home

QUIET = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL", "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False"}
SOON = dt.timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class DagOutcome:
    """How a run ended: `results` holds what each task returned (a list where it was mapped), `tasks` how many ran."""

    dag_id: str
    day: dt.date
    seconds: float
    tasks: int
    results: dict[str, Any] = field(default_factory=dict)


def run_dag(
    dag_id: str,
    day: dt.date,
    conf: Mapping[str, Any] | None = None,
    *,
    home: Path = HOME,
    dags: Path = DAGS,
    variables: Mapping[str, str] | None = None,
) -> DagOutcome:
    """Run one DAG for one day here and now; `variables` (CHURN_SETTINGS, CHURN_DATA) are set while it runs.

    Nothing is printed. Raises TerminalError with the failed task's own sentence, as GateError where a gate stopped the
    day; its traceback is a note of the error.
    """
    migrated_home(home, dags)
    started = time.monotonic()
    with _environment(airflow_environment(home, dags, scheduled=False) | QUIET | dict(variables or {})):
        _refuse_another_home(home)
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(dags)
        if dag_id not in bag.dags:
            raise TerminalError(f"There is no DAG {dag_id} in {dags}: {bag.import_errors or 'no file defines it'}.")
        dag = bag.dags[dag_id]
        for operator in dag.tasks:  # somebody is waiting: once more, soon, instead of with a long breath
            operator.retries, operator.retry_delay = 1, SOON
        run = dag.test(logical_date=dt.datetime.combine(day, dt.time(), dt.UTC), run_conf=dict(conf or {}) or None)
        return _outcome(day, run, time.monotonic() - started)


def _outcome(day: dt.date, run: Any, seconds: float) -> DagOutcome:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        states = [(ti.task_id, str(ti.state)) for ti in run.get_task_instances(session=session)]
        stored: Any = session.scalars(XComModel.get_many(run_id=run.run_id, dag_ids=[run.dag_id])).all()
        values = [(row.key, row.task_id, row.map_index, XComModel.deserialize_value(row)) for row in stored]
    if run.state != "success":
        raise _failure(run.dag_id, day, states, [value for key, *_, value in values if key == FAILURE])
    results: dict[str, Any] = {}
    for key, task_id, map_index, value in sorted(values, key=lambda row: row[:3]):
        if key == "return_value" and map_index < 0:
            results[task_id] = value
        elif key == "return_value":
            results.setdefault(task_id, []).append(value)
    return DagOutcome(run.dag_id, day, round(seconds, 3), len(states), results)


def _failure(dag_id: str, day: dt.date, states: list[tuple[str, str]], failures: list[dict[str, str]]) -> TerminalError:
    failed = ", ".join(sorted({task_id for task_id, state in states if state == "failed"}))
    told = " ".join(dict.fromkeys(failure["message"] for failure in failures)) or "its log tells why."
    error = GateError if any(failure["error"] == "GateError" for failure in failures) else TerminalError
    raised = error(f"The DAG {dag_id} stopped on {day} in {failed}: {told}")
    for failure in failures:
        raised.add_note(failure["trace"])
    return raised


def _refuse_another_home(home: Path) -> None:
    """Airflow reads its environment once, when it is imported: a second home in one process would be ignored."""
    if "airflow.configuration" in sys.modules:
        from airflow.configuration import AIRFLOW_HOME

        if Path(AIRFLOW_HOME) != home.absolute():
            raise TerminalError(f"This process has Airflow at {AIRFLOW_HOME} already; start another for {home}.")


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
