"""The demo: serve a world, run `collect` and `churn_daily` under Airflow over its days, say what was found."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.markup import escape

from churn.cli.terminal import ERRORS, OUTPUT, print_json
from churn.errors import UsageError
from churn.lab import LabServers, serving
from churn.orchestrate import DagOutcome, run_dag
from churn.settings import Settings, load_settings
from churn.store.database import published, published_path
from churn.store.queries import relation

DAG_IDS = ("collect", "churn_daily")


def run_demo(data: Path, world: str, seed: int, *, as_json: bool) -> None:
    """From nothing to a report: progress on stderr, the findings on stdout."""
    started = time.monotonic()
    _refuse_another_world(data, f"{world}-{seed}")
    _tell(f"Building the world {world!r}, seed {seed}, and serving it on 127.0.0.1 …")
    with serving(world, seed, data / "lab" / f"{world}-{seed}") as servers:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in servers.summary["kinds"].items())
        _tell(f"{servers.summary['domains']:,} domains ({kinds}); {time.monotonic() - started:.0f} s")
        _tell(f"Running the DAGs {' and '.join(DAG_IDS)} over {len(servers.days)} days:")
        variables = {"CHURN_SETTINGS": str(servers.settings_file), "CHURN_DATA": str(data)}
        outcomes = [outcome for day in servers.days for outcome in _one_day(day, variables)]
        os.environ.update(variables)
        findings = _findings(load_settings(), servers, outcomes, time.monotonic() - started)
    if as_json:
        print_json(findings)
    else:
        _print(findings)


def _refuse_another_world(data: Path, name: str) -> None:
    """Two worlds in one data folder would be linked with each other."""
    others = sorted(path.name for path in (data / "lab").glob("*-*") if path.name != name)
    if others and (data / "lake").exists():
        raise UsageError(f"{data} holds the run of the world {others[0]}: give --data DIR for another, or remove it.")


def _one_day(day: dt.date, variables: dict[str, str]) -> list[DagOutcome]:
    outcomes = [run_dag(dag_id, day, variables=variables) for dag_id in DAG_IDS]
    tasks = outcomes[-1].results
    collected = sum(part["rows_out"] for part in _parts(outcomes[0].results))
    resolved = sum(part["rows_out"] for part in _parts({"resolve": tasks["resolve"]}))
    found = tasks["burst"]["found"]
    seconds = sum(outcome.seconds for outcome in outcomes)
    _tell(
        f"  {day}  {collected:,} listed, {resolved:,} resolved, {tasks['register']['rows_out']:,} registrations, "
        f"{tasks['link']['found']['clusters']:,} clusters, {found['bursts']} bursts  ({seconds:.0f} s)"
    )
    return outcomes


def _parts(results: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The stage results among what tasks returned; mapped tasks return a list."""
    for value in results.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "stage" in part:
                yield part


def _findings(settings: Settings, servers: LabServers, outcomes: list[DagOutcome], seconds: float) -> dict[str, Any]:
    last = servers.days[-1]
    per_stage: Counter[str] = Counter()
    for outcome in outcomes:
        for part in _parts(outcome.results):
            per_stage[part["stage"]] += part["seconds"]
    with published(settings) as con:
        bursts = relation(con, "churn.ask", "bursts_of_days").to_arrow_table().to_pylist()
    return {
        "report": str(settings.data / "reports" / last.isoformat() / "index.html"),
        "packets": str(settings.data / "packets" / last.isoformat()),
        "warehouse": str(published_path(settings)),
        "truth": str(servers.truth),
        "settings": str(servers.settings_file),
        "days": [day.isoformat() for day in servers.days],
        "seconds": round(seconds, 1),
        "seconds_per_stage": {stage: round(total, 1) for stage, total in per_stage.items()},
        "bursts": bursts,
    }


def _print(findings: dict[str, Any]) -> None:
    last = findings["days"][-1]
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in findings["seconds_per_stage"].items())
    _tell(f"Done in {findings['seconds']:.0f} s (seconds per stage over all days: {stages}).")
    today = [burst for burst in findings["bursts"] if str(burst["day"]) == last]
    OUTPUT.print()
    for burst in today:
        kind, sure = burst["kind"], f"q = {burst['q_value']:.1g}"
        OUTPUT.print(f"[bold]{kind} burst[/bold], {sure}: {escape(burst['story'])}", highlight=False)
    earlier = len(findings["bursts"]) - len(today)
    OUTPUT.print(f"{len(today)} bursts on {last}, {earlier} on the days before.\n")
    rows = [{"": name, "where": findings[name]} for name in ("report", "packets", "warehouse", "truth")]
    for row in rows:
        OUTPUT.print(f"{row['']:10} {row['where']}", soft_wrap=True, highlight=False)


def _tell(text: str) -> None:
    ERRORS.print(text, highlight=False, soft_wrap=True)
