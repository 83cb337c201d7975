"""The real DAGs, run by Airflow against the lab: the same rows as without it, also after a worker was killed."""

import dataclasses
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from churn import flow
from churn.errors import GateError, TerminalError, TransientError
from churn.lab import serving
from churn.orchestrate import airflow_environment, run_dag
from churn.orchestrate.environment import DAGS
from churn.settings import load_settings
from churn.store.database import lake_database, published_path
from churn.store.schema import Kind, tables

pytestmark = pytest.mark.lab

RUN = """
import datetime, pathlib, sys
from churn.orchestrate import run_dag
run_dag(sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), home=pathlib.Path(sys.argv[3]))
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with serving("small", 1, tmp_path_factory.mktemp("lab")) as servers:
        yield servers


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("churn.orchestrate.runs.SOON", dt.timedelta(milliseconds=100))


@pytest.fixture
def variables(lab, tmp_path):
    return {
        "CHURN_SETTINGS": str(lab.settings_file),
        "CHURN_DATA": str(tmp_path / "data"),
        "CHURN_HASH_KEY": "of the tests, 32 characters long.",
        "CHURN_TLS_BUDGET": "20",
        "CHURN_REGISTRATION_BUDGET": "60",
    }


@pytest.fixture
def settings(variables, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def rows(settings, day):
    """Every row of lake and ledger, by table, without what a stopwatch measured."""
    found = {}
    with lake_database(settings, until=day) as con:
        for table in tables(Kind.FACT, Kind.DERIVED, Kind.LEDGER):
            columns = [c.name for c in table.columns if c.name not in {"elapsed_ms", "written_at", "fetched_at"}]
            found[table.name] = sorted(
                map(repr, con.execute(f"SELECT {', '.join(columns)} FROM {table.name}").fetchall())
            )
    return found


def start(dag_id, day, home, variables):
    """A run in a process group of its own: Airflow's worker, as far as the tasks are concerned."""
    environment = os.environ | airflow_environment(home, DAGS) | variables
    return subprocess.Popen(
        [sys.executable, "-c", RUN, dag_id, str(day), str(home)], env=environment, start_new_session=True
    )


def test_a_worker_killed_in_a_mapped_task_costs_nothing_but_time(airflow_home, lab, settings, variables, tmp_path):
    day = lab.days[0]
    undisturbed = settings.model_copy(update={"data": tmp_path / "undisturbed"})
    for _ in flow.run_day(undisturbed, day, flow.STAGES):
        pass
    whole = len(list((undisturbed.data / "lake" / "hosting").rglob("*.parquet")))

    flow.run_stage(settings, "collect", day)
    worker = start("churn_daily", day, airflow_home, variables)
    landed = settings.data / "lake" / "hosting" / f"day={day}"
    while not list(landed.glob("*.parquet")):
        assert worker.poll() is None, "ended before it could be killed"
        time.sleep(0.005)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert 0 < len(list(landed.glob("*.parquet"))) < whole
    assert not published_path(settings).exists()

    outcome = run_dag("churn_daily", day, home=airflow_home, variables=variables)
    assert len(outcome.results["resolve"]) == 4
    assert rows(settings, day) == rows(undisturbed, day)
    assert (settings.data / "reports" / day.isoformat() / "index.html").is_file()


def test_a_day_that_was_not_collected_stops_at_the_gate_at_once(airflow_home, settings, variables, lab):
    started = time.monotonic()
    with pytest.raises(GateError, match=r"check_freshness: .*lab_nrd is missing"):
        run_dag("churn_daily", lab.days[1], home=airflow_home, variables=variables)
    assert time.monotonic() - started < 60
    assert not (settings.data / "lake" / "hosting").exists()


def test_collect_lands_each_feed_in_a_task_of_its_own(airflow_home, settings, variables, lab):
    outcome = run_dag("collect", lab.days[1], home=airflow_home, variables=variables)
    assert outcome.results["feed_names"] == ["lab_nrd", "lab_reported"]
    assert [result["stage"] for result in outcome.results["collect_feed"]] == ["collect", "collect"]
    assert all(result["rows_out"] > 0 for result in outcome.results["collect_feed"])


def test_the_parameter_day_comes_before_the_logical_date(airflow_home, variables, lab):
    outcome = run_dag(
        "collect", dt.date(2026, 5, 1), {"day": lab.days[2].isoformat()}, home=airflow_home, variables=variables
    )
    assert {result["day"] for result in outcome.results["collect_feed"]} == {lab.days[2].isoformat()}


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (TransientError("The disk is full."), 2),
        (TerminalError("The list is in Klingon."), 1),
        (ZeroDivisionError("a slip"), 2),
    ],
    ids=["transient", "terminal", "fault"],
)
def test_the_errors_type_decides_whether_a_task_is_tried_again(airflow_home, variables, lab, monkeypatch, error, tries):
    tried = []

    def failing(*_):
        tried.append(1)
        raise error

    monkeypatch.setattr("churn.collect.collect_feed", failing)
    monkeypatch.setattr("churn.collect.feed_names", lambda _: ["one"])
    with pytest.raises(TerminalError, match="collect stopped on 2026-03-01 in collect_feed") as raised:
        run_dag("collect", lab.days[0], home=airflow_home, variables=variables)
    assert str(error) in str(raised.value)
    assert len(tried) == tries


def test_a_failure_of_the_moment_is_got_over(airflow_home, variables, lab, monkeypatch):
    from churn import collect

    tried = []

    def recovering(settings, day, feed, progress):
        tried.append(feed)
        if len(tried) == 1:
            raise TransientError("Nobody answers.")
        return dataclasses.replace(collect_feed(settings, day, feed, progress), seconds=0)

    collect_feed = collect.collect_feed
    monkeypatch.setattr("churn.collect.collect_feed", recovering)
    outcome = run_dag("collect", lab.days[3], home=airflow_home, variables=variables)
    assert (len(tried), set(tried)) == (3, {"lab_nrd", "lab_reported"})
    assert len(outcome.results["collect_feed"]) == 2


def test_what_does_not_exist_is_said(airflow_home, tmp_path):
    with pytest.raises(TerminalError, match="no DAG nonsense"):
        run_dag("nonsense", dt.date(2026, 3, 1), home=airflow_home)
    with pytest.raises(TerminalError, match="start another for"):
        run_dag("collect", dt.date(2026, 3, 1), home=_other_home(tmp_path, airflow_home))


def _other_home(folder: Path, template: Path) -> Path:
    from churn.orchestrate import migrated_home

    return migrated_home(folder / "other", template=template)
