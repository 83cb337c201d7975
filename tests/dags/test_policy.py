"""What every DAG must keep, whoever writes the next one; read from the DAGs as Airflow reads them."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from churn.orchestrate.environment import DAGS, POOLS, airflow_environment

FILES = sorted(DAGS.glob("*.py"))
PARSE = """
import json, socket, sys

def refuse(*_):
    raise AssertionError("a DAG file reached for the network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
ours = sorted(name for name in sys.modules if name.split(".")[0] == "churn")
json.dump({"errors": bag.import_errors, "modules": ours, "dags": {
    dag.dag_id: {
        "doc": dag.doc_md, "tags": sorted(dag.tags), "catchup": dag.catchup, "runs": dag.max_active_runs,
        "start": dag.start_date.isoformat(), "params": sorted(dag.params), "file": dag.fileloc,
        "schedule": type(dag.timetable).__name__,
        "tasks": {task.task_id: {
            "owner": task.owner, "retries": task.retries, "delay": task.retry_delay.total_seconds(),
            "backoff": task.retry_exponential_backoff, "pool": task.pool, "doc": task.doc_md,
            "upstream": sorted(task.upstream_task_ids), "calls": task.python_callable.__module__,
        } for task in dag.tasks},
    } for dag in bag.dags.values()}}, sys.stdout)
"""


@pytest.fixture(scope="module")
def parsed(airflow_home, tmp_path_factory):
    """The DAGs, parsed in a process that has no network and an empty data folder."""
    data = tmp_path_factory.mktemp("parse")
    environment = airflow_environment(airflow_home, DAGS) | {"PATH": "/usr/bin:/bin", "CHURN_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(DAGS)], env=environment, cwd=data, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1]) | {"written": [str(path) for path in data.rglob("*")]}


def every_task(parsed):
    return [(task_id, task) for found in parsed["dags"].values() for task_id, task in found["tasks"].items()]


def test_every_file_defines_one_dag_of_its_name(parsed):
    assert parsed["errors"] == {}
    assert {name: Path(found["file"]).stem for name, found in parsed["dags"].items()} == {f.stem: f.stem for f in FILES}


def test_parsing_does_no_work(parsed):
    stages = ("collect", "enrich", "link", "burst", "packets", "outcome", "report", "flow", "lab", "cli", "ask")
    assert [name for name in parsed["modules"] if name.split(".")[1:2] and name.split(".")[1] in stages] == []
    assert parsed["written"] == []


def test_a_dag_says_what_it_does_when_and_what_to_do_when_it_fails(parsed):
    for name, found in parsed["dags"].items():
        assert found["doc"] == ast.get_docstring(ast.parse((DAGS / f"{name}.py").read_text()), clean=False)
        assert "**When.**" in found["doc"]
        assert "fails" in found["doc"]
        assert found["tags"]


def test_a_day_is_run_once_at_a_time_and_never_caught_up_by_itself(parsed):
    for found in parsed["dags"].values():
        assert found["runs"] == 1
        assert found["catchup"] is False
        assert found["start"].startswith("2026-01-01")
        assert found["params"] == ["day"]
        assert found["schedule"] == "CronDataIntervalTimetable"


def test_every_task_has_an_owner_retries_with_back_off_and_docs(parsed):
    for task_id, task in every_task(parsed):
        assert task["owner"] == "domain-churn", task_id
        assert task["retries"] >= 2, task_id
        assert task["delay"] >= 30, task_id
        assert task["backoff"] >= 2, task_id
        assert task["doc"], task_id


def test_every_task_is_one_call_into_churn(parsed):
    assert {task["calls"] for _, task in every_task(parsed)} == {"churn.orchestrate.tasks"}
    for path in FILES:
        imported = {
            node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
        } | {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert imported == {"airflow.sdk", "churn.orchestrate"}, path.name


def test_pools_exist_and_the_heavy_and_the_limited_are_in_theirs(parsed):
    assert POOLS["warehouse"].slots == 1
    pool = {task_id: task["pool"] for task_id, task in parsed["dags"]["churn_daily"]["tasks"].items()}
    assert set(pool.values()) <= {*POOLS, "default_pool"}
    assert {task_id for task_id, name in pool.items() if name == "warehouse"} == {
        "link", "burst", "packets", "publish", "report",
    }  # fmt: skip
    assert (pool["resolve"], pool["register"], pool["network"]) == ("dns", "registration", "registration")
    assert pool["recheck"] == "registration"
    assert pool["certify"] == pool["handshake"] == "certificates"


ENRICHING = ["resolve", "register", "network", "certify", "handshake"]


def test_the_day_is_the_flows_order(parsed):
    """The DAG runs the stages in the order that `flow` has, each after the one before."""
    from churn import flow

    tasks = parsed["dags"]["churn_daily"]["tasks"]
    order = [*ENRICHING, *[name for name in flow.STAGES if name not in ("collect", "enrich")]]
    assert [tasks[name]["upstream"] for name in order[1:]] == [[name] for name in order[:-1]]


def test_the_database_has_the_pools(airflow_home):
    import sqlite3

    with sqlite3.connect(airflow_home / "airflow.db") as con:
        found = dict(con.execute("SELECT pool, slots FROM slot_pool").fetchall())
    con.close()
    assert {name: found.get(name) for name in POOLS} == {name: pool.slots for name, pool in POOLS.items()}
