"""Labs that several files of tests ask. They take long to start, and asking changes none of them."""

from collections.abc import Iterator

import pytest

from churn.lab import Faults, LabServers, serving
from churn.lab.world import build_world
from tests.lab.lookup_subjects import Subjects

OTHER_SEED = 3


@pytest.fixture(scope="session")
def other_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServers]:
    """The small world of another seed, with the built-in DNS server."""
    with serving("small", OTHER_SEED, tmp_path_factory.mktemp("lab"), dns="built-in") as served:
        yield served


@pytest.fixture(scope="session")
def subjects() -> Subjects:
    """A domain for every fault of `faulty_lab`."""
    return Subjects(build_world("small", 1))


@pytest.fixture(scope="session")
def faulty_lab(subjects: Subjects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServers]:
    """Every fault of every protocol, each at its domain."""
    with serving("small", 1, tmp_path_factory.mktemp("lab"), faults=Faults(lookups=subjects.faults())) as served:
        assert served.summary["dns"] == "built-in"
        yield served
