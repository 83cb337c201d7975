"""What every test may use. A test that needs the lab, a browser or the corpora finds its fixture in its own folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from churn.orchestrate import airflow_environment, migrated_home
from churn.orchestrate.environment import DAGS, HOME
from tests.small_world import SmallRun, small_world_run

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def settings_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the person at this machine has set reaches a test."""
    for name in [name for name in os.environ if name.startswith("CHURN_") and name != "CHURN_CORPORA"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An AIRFLOW_HOME with a migrated database, copied from the project's where that stands; this process's Airflow."""
    home = migrated_home(tmp_path_factory.mktemp("airflow"), DAGS, template=HOME)
    before = dict(os.environ)
    os.environ.update(airflow_environment(home, DAGS))
    yield home
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRun]:
    """The lab's `small` world, run through every stage once a session; look, don't touch."""
    with small_world_run(tmp_path_factory.mktemp("small")) as run:
        yield run
