"""An Airflow of our own: its settings as environment variables, its home in the project, its database migrated.

Embedded default: SQLite, LocalExecutor, four tasks at a time, bound to 127.0.0.1, no password for the person at this
machine. Nothing here imports airflow: these variables must stand before it is first imported.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import churn
from churn.errors import TerminalError
from churn.store.files import write_bytes

PROJECT = Path(churn.__file__).resolve().parents[1]
HOME = PROJECT / ".airflow"
DAGS = PROJECT / "dags"
PORT = 8080
EMPTY = "airflow-empty.db"
"""The database as migrated, before any run."""
FAILURE = "failure"
"""Key of the XCom in which a failed task leaves its one sentence."""


class Pool(NamedTuple):
    """How many tasks may do a thing at once, and why no more."""

    slots: int
    why: str


POOLS = {
    "warehouse": Pool(1, "Linking, testing and publishing: each may use all of the memory; one writer publishes."),
    "dns": Pool(4, "Shards of a day that resolve names at once."),
    "registration": Pool(1, "RDAP and WHOIS: one process keeps the pace that each endpoint allows."),
    "certificates": Pool(1, "crt.sh, and TLS handshakes where an operator has switched them on."),
}


def airflow_environment(
    home: Path = HOME, dags: Path = DAGS, *, port: int = PORT, scheduled: bool = True
) -> dict[str, str]:
    """Variables for a process that imports airflow; lay them over `os.environ`.

    The port is set for the server and for the tasks that report to it: change both or every task fails. With
    `scheduled` off, DAGs run only when somebody triggers them: a replayed world has no clock.
    """
    home, dags = home.absolute(), dags.absolute()
    url = f"http://127.0.0.1:{port}"
    bypass = ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1", "localhost"]))
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "utc",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__INSTANCE_NAME": "domain-churn",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",  # seconds until a killed worker is missed
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__METRICS__STATSD_ON": "False",
        "AIRFLOW__METRICS__OTEL_ON": "False",
        "AIRFLOW__TRACES__OTEL_ON": "False",
        "CHURN_SCHEDULED": "1" if scheduled else "0",
        "NO_PROXY": bypass,
        "no_proxy": bypass,
    }


def new_keys() -> dict[str, str]:
    """Keys that the server and the scheduler must share; new ones end nothing but sessions."""
    return {name: secrets.token_hex(64) for name in ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY")}


def migrated_home(home: Path = HOME, dags: Path = DAGS, *, template: Path | None = None) -> Path:
    """Make `home` an AIRFLOW_HOME with a migrated database and our pools; at once where it stands already.

    `template` is another such home, of which the database as it was before any run is copied where it is of the same
    version: seconds saved for tests.
    Raises TerminalError where Airflow can't migrate it.
    """
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _stands(home):
            new = not (home / "airflow.db").exists()
            if new and template and _stands(template) and (template / EMPTY).is_file():
                shutil.copyfile(template / EMPTY, home / "airflow.db")
            else:
                _migrate(home, dags)
            if new:
                _copy_database(home / "airflow.db", home / EMPTY)
            write_bytes(home / "migrated", _stamp())
    return home


def _stands(home: Path) -> bool:
    stamp = home / "migrated"
    return (home / "airflow.db").is_file() and stamp.is_file() and stamp.read_bytes() == _stamp()


def _copy_database(source: Path, target: Path) -> None:
    """Copy with what still stands in the write-ahead log."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        whole.backup(copy)


def _stamp() -> bytes:
    pools = hashlib.sha256(repr(POOLS).encode()).hexdigest()[:16]
    return f"{version('apache-airflow')} {pools}\n".encode()


def _migrate(home: Path, dags: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "churn.orchestrate.migration"],
        env=os.environ | airflow_environment(home, dags),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log = home / "migration.log"
        log.write_text(done.stdout + done.stderr)
        raise TerminalError(f"Airflow could not set up its database in {home}: see {log}, or remove the folder.")
