"""`make airflow`: Airflow as it runs for real (server, scheduler, DAG processor), with the lab as its Internet.

What `airflow standalone` starts, less what it would bind to every address of this machine (its log servers), and with a
world behind it: the days of the world are triggered one after the other, so that there is something to watch.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from typer import echo

from churn.errors import ChurnError, TransientError, UsageError
from churn.lab import WORLDS, serving
from churn.orchestrate.environment import DAGS, HOME, PORT, airflow_environment, migrated_home, new_keys
from churn.settings import load_settings

PROGRAMS = {
    "api-server": ("api-server",),
    "dag-processor": ("dag-processor",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
}
PATIENCE_SECONDS = 120


def main() -> int:
    """Serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make airflow", description=__doc__)
    parser.add_argument("--world", choices=sorted(WORLDS), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=PORT)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        watch(chosen.world, chosen.seed, chosen.port)
    except KeyboardInterrupt:
        echo("Airflow and the lab have stopped.", err=True)
    except ChurnError as error:
        echo(error, err=True)
        return error.exit_code
    return 0


def watch(world: str, seed: int, port: int) -> None:
    """Serve Airflow and a world, run the world's days, then wait for Ctrl-C."""
    _refuse_occupied(port)
    home = migrated_home(HOME, DAGS)
    data = load_settings().data
    with serving(world, seed, data / "lab" / f"{world}-{seed}") as lab:
        variables = {"CHURN_SETTINGS": str(lab.settings_file), "CHURN_DATA": str(data)}
        with airflow_served(home, DAGS, port, variables) as client:
            echo(f"Airflow: http://127.0.0.1:{port}   Logs: {home / 'logs'}   Ctrl-C stops it.")
            echo(f"Running the days {lab.days[0]} to {lab.days[-1]} of the world {world}; watch them there.")
            for day in lab.days:
                for dag_id in ("collect", "churn_daily"):
                    echo(f"  {day} {dag_id}: {run_to_end(client, dag_id, day)}")
            while True:
                time.sleep(3600)


@contextmanager
def airflow_served(home: Path, dags: Path, port: int, variables: dict[str, str]) -> Iterator[httpx.Client]:
    """Airflow's programs, each in a process of its own, until the block ends; yields a client of its REST API.

    Raises TransientError where the server does not answer in time.
    """
    environment = os.environ | airflow_environment(home, dags, port=port, scheduled=False) | new_keys() | variables
    with ExitStack() as stack:
        started = [_start(stack, home / "logs", name, environment) for name in PROGRAMS]
        base = f"http://127.0.0.1:{port}"
        client = stack.enter_context(httpx.Client(base_url=f"{base}/api/v2/", trust_env=False, timeout=30))
        _wait_until_healthy(client, started, home / "logs")
        token = client.get(f"{base}/auth/token").raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def run_to_end(client: httpx.Client, dag_id: str, day: dt.date, patience_seconds: float = 3600) -> str:
    """Trigger a DAG for a day, or run the run that the day has again; wait for its end and return its state."""
    deadline = time.monotonic() + patience_seconds
    run = trigger(client, dag_id, day)
    while time.monotonic() < deadline:
        state = str(client.get(f"dags/{dag_id}/dagRuns/{run}").raise_for_status().json()["state"])
        if state in ("success", "failed"):
            return state
        time.sleep(1)
    raise TransientError(f"The DAG {dag_id} has not ended for {day} within {patience_seconds:.0f} s: look at its log.")


def trigger(client: httpx.Client, dag_id: str, day: dt.date) -> str:
    """Start a DAG for a day and return the run's id; where the day has a run already, all its tasks start anew."""
    instant = f"{day.isoformat()}T00:00:00Z"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        made = client.post(f"dags/{dag_id}/dagRuns", json={"logical_date": instant})
        if made.is_success:
            return str(made.json()["dag_run_id"])
        if made.status_code == httpx.codes.CONFLICT:
            dates = {"logical_date_gte": instant, "logical_date_lte": instant}
            found = client.get(f"dags/{dag_id}/dagRuns", params=dates).raise_for_status().json()["dag_runs"]
            run = str(found[0]["dag_run_id"])
            client.post(f"dags/{dag_id}/dagRuns/{run}/clear", json={"dry_run": False}).raise_for_status()
            return run
        if made.status_code != httpx.codes.NOT_FOUND or time.monotonic() > deadline:  # not found: not parsed yet
            raise TransientError(f"Airflow would not start {dag_id} for {day}: {made.text[:300]}")
        time.sleep(1)


def _start(stack: ExitStack, logs: Path, name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    logs.mkdir(parents=True, exist_ok=True)
    log = stack.enter_context((logs / f"{name}.log").open("wb"))
    program = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "airflow", *PROGRAMS[name]],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,  # an interrupt from the keyboard is for us, who then stop these in order
    )
    stack.callback(_stop, program)
    return program


def _stop(program: subprocess.Popen[bytes]) -> None:
    """End a program and what it started: gently, then not."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(program.pid, how)
        with suppress(subprocess.TimeoutExpired):
            program.wait(timeout=15)


def _wait_until_healthy(client: httpx.Client, programs: list[subprocess.Popen[bytes]], logs: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and all(program.poll() is None for program in programs):
        with suppress(httpx.HTTPError, KeyError):
            health = client.get("monitor/health").json()
            if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
                return
        time.sleep(0.5)
    raise TransientError(f"Airflow did not start: see the logs in {logs}.")


def _refuse_occupied(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UsageError(
                f"Port {port} is taken: stop what uses it, or choose another: make airflow PORT=8090."
            ) from None


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
