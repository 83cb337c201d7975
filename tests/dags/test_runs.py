"""The real DAGs, run by Airflow against the lab: the same rows as without it, also after a worker was killed."""

import base64
import dataclasses
import datetime as dt
import http.server
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from churn import flow
from churn.errors import GateError, TerminalError, TransientError
from churn.orchestrate import airflow_environment, run_dag
from churn.orchestrate.environment import DAGS
from churn.settings import load_settings
from churn.store.database import lake_database, published_path
from churn.store.schema import Kind, tables
from tests.serving import QuietHandler, running

pytestmark = pytest.mark.lab

RUN = """
import datetime, pathlib, sys
from churn.orchestrate import run_dag
run_dag(sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), home=pathlib.Path(sys.argv[3]))
"""


LOUD_RUN = """
import datetime, pathlib, sys
from churn.orchestrate import run_dag
loud = {"AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO"}  # at DEBUG, dag.test itself prints what it is to mask
day = datetime.date.fromisoformat(sys.argv[2])
outcome = run_dag(sys.argv[1], day, home=pathlib.Path(sys.argv[3]), variables=loud)
print([result["rows_out"] for result in outcome.results["collect_feed"]])
"""
SECRET = "never/to be:told 42"


@pytest.fixture(scope="module")
def lab(plain_lab):
    return plain_lab


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A task is tried again soon, and `dag.test` looks oftener than once a second for what may run."""
    sleep = time.sleep
    monkeypatch.setattr("churn.orchestrate.runs.SOON", dt.timedelta(milliseconds=100))
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.02)))


@pytest.fixture
def variables(lab, tmp_path):
    return {
        "CHURN_SETTINGS": str(lab.settings_file),
        "CHURN_DATA": str(tmp_path / "data"),
        "CHURN_HASH_KEY": "of the tests, 32 characters long.",
        "CHURN_TLS_BUDGET": "20",
        "CHURN_CRTSH_BUDGET": "20",
        "CHURN_NETWORK_BUDGET": "20",
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


@pytest.mark.timeout(120)  # a task that is tried again waits for minutes
def test_a_day_that_was_not_collected_stops_at_the_gate_at_once(airflow_home, settings, variables, lab):
    with pytest.raises(GateError, match=r"check_freshness: .*lab_nrd is missing"):
        run_dag("churn_daily", lab.days[1], home=airflow_home, variables=variables)
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

    def recovering(settings, day, feed, *others):
        tried.append(feed)
        if len(tried) == 1:
            raise TransientError("Nobody answers.")
        return dataclasses.replace(collect_feed(settings, day, feed, *others), seconds=0)

    collect_feed = collect.collect_feed
    monkeypatch.setattr("churn.collect.collect_feed", recovering)
    outcome = run_dag("collect", lab.days[3], home=airflow_home, variables=variables)
    assert (len(tried), set(tried)) == (3, {"lab_nrd", "lab_reported"})
    assert len(outcome.results["collect_feed"]) == 2


class _Locked(QuietHandler):
    """A list for those who show the server's login and secret."""

    def do_GET(self):
        pair = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        self.server.shown.append(pair)
        body = b"a.example\nb.example\n"
        self.send_response(200 if pair == self.server.pair else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def locked():
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Locked)) as server:
        server.pair, server.shown = f"desk:{SECRET}", []
        yield server


def declare(variables, locked, **keys):
    """A feed behind the lock, in a file of feeds of its own; returns the variables of a run with it."""
    data = Path(variables["CHURN_DATA"])
    data.mkdir(exist_ok=True)
    keys = {"kind": "reported", "format": "names", "credential": "x-y", "auth": "basic"} | keys
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in keys.items())
    url = f"http://127.0.0.1:{locked.server_port}/list"
    (data / "own.toml").write_text(f'[feeds.locked]\nurl = "{url}"\nallow_private = true\n{lines}\n')
    return variables | {"CHURN_FEEDS": str(data / "own.toml")}


def told_anywhere(secret, home, data):
    """Files in which a secret can be read, in Airflow's home (its logs and database) and in the data folder."""
    return [
        path for folder in (home, data) for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]  # fmt: skip


def test_a_connection_of_airflow_is_shown_to_the_provider_and_told_nobody(airflow_home, variables, locked):
    """The connection comes before the environment. A process of its own, which logs as in production."""
    given = {
        "AIRFLOW_CONN_CHURN_X_Y": f"http://desk:{quote(SECRET, safe='')}@provider.example",
        "CHURN_CREDENTIAL_X_Y": "desk:an older one",
    }
    environment = os.environ | airflow_environment(airflow_home, DAGS) | declare(variables, locked) | given
    command = [sys.executable, "-c", LOUD_RUN, "collect", "2026-03-01", str(airflow_home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert locked.shown == [f"desk:{SECRET}"]
    assert "[2]" in done.stdout
    assert "collect_feed" in done.stdout, "so little is logged that there is nothing to be seen"
    assert SECRET not in done.stdout + done.stderr
    assert told_anywhere(SECRET, airflow_home, Path(variables["CHURN_DATA"])) == []


def test_without_a_connection_the_environment_holds_the_credential(airflow_home, variables, locked):
    with pytest.raises(TerminalError, match="the Airflow connection churn_x_y"):
        run_dag("collect", dt.date(2026, 3, 1), home=airflow_home, variables=declare(variables, locked))
    given = {"CHURN_CREDENTIAL_X_Y": f"desk:{SECRET}"}
    outcome = run_dag("collect", dt.date(2026, 3, 1), home=airflow_home, variables=declare(variables, locked) | given)
    assert [result["rows_out"] for result in outcome.results["collect_feed"]] == [2]
    locked.pair = "changed"
    with pytest.raises(TerminalError, match="answered 401") as refusal:
        run_dag("collect", dt.date(2026, 3, 2), home=airflow_home, variables=declare(variables, locked) | given)
    assert SECRET not in "".join(map(str, [refusal.value, *refusal.value.__notes__]))


def test_the_hour_visits_hourly_feeds_only_and_no_gate_stops_it(airflow_home, variables, locked):
    """No file of feeds, a daily one, an hourly one that has too little yet."""
    today, given = {"day": "2026-03-01"}, {"CHURN_CREDENTIAL_X_Y": f"desk:{SECRET}"}
    nothing = variables | {"CHURN_FEEDS": "/nowhere/feeds.toml"}
    for described in (nothing, declare(variables, locked) | given):
        outcome = run_dag("collect_hourly", dt.date(2026, 2, 1), today, home=airflow_home, variables=described)
        assert "refresh_feed" not in outcome.results
        assert "No window stands yet" in outcome.results["place_arrivals"]["found"]["not_placed"]
    assert locked.shown == []
    described = declare(variables, locked, cadence="hourly", expected_rows=500, required=True) | given
    outcome = run_dag("collect_hourly", dt.date(2026, 2, 1), today, home=airflow_home, variables=described)
    (result,) = outcome.results["refresh_feed"]
    assert (result["day"], result["rows_out"], result["found"]["gates"]) == ("2026-03-01", 2, {"locked": "shrunken"})


def test_what_does_not_exist_is_said(airflow_home, tmp_path):
    with pytest.raises(TerminalError, match="no DAG nonsense"):
        run_dag("nonsense", dt.date(2026, 3, 1), home=airflow_home)
    with pytest.raises(TerminalError, match="start another for"):
        run_dag("collect", dt.date(2026, 3, 1), home=_other_home(tmp_path, airflow_home))


def _other_home(folder: Path, template: Path) -> Path:
    from churn.orchestrate import migrated_home

    return migrated_home(folder / "other", template=template)
