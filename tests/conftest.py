"""What every test may use. A test that needs a browser or the corpora finds its fixture in its own folder.

Files go to the workers whole. Those that use the same costly fixture go to one worker together, the small world's
first, so that none is made twice.
"""

import gc
import os
import sys
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from churn.lab import LabServers, serving
from churn.orchestrate import airflow_environment, migrated_home
from churn.orchestrate.environment import DAGS, HOME
from tests.small_world import SmallRun, small_world_run

PROJECT = Path(__file__).resolve().parents[1]
COSTLY = ("small_run", "plain_lab", "other_lab", "faulty_lab")
"""Fixtures of a session that many files use; the longest first."""

# Each process that a test starts would compile the project anew where the environment forbids to keep what is compiled,
# as containers do; the workers, which take their environment from here, would do so with every test file.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No example is timed: the machine may be busy. What bytes from outside may do is the fuzzers' to find, thousands a run.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=50)
hypothesis.settings.load_profile("suite")


@cache
def _together(path: Path) -> str | None:
    """The costly fixture that a file of tests uses."""
    text = path.read_text(encoding="utf-8")
    return next((name for name in COSTLY if name in text), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The small world's files first: they take one worker longest."""
    items.sort(key=lambda item: _together(item.path) != COSTLY[0])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays: the search for garbage needn't go through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """At the end it is garbage like any other."""
    gc.unfreeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Under `--dist loadfile`, files that use the same costly fixture are one piece of work."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return _together(config.rootpath / file) or file

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def no_power_failure() -> Iterator[None]:
    """What a test writes need not outlast the machine: waiting for the disk is a tenth of the time of many tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


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


@pytest.fixture(scope="session")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServers]:
    """The lab's `small` world, served without a fault."""
    with serving("small", 1, tmp_path_factory.mktemp("lab")) as served:
        yield served
