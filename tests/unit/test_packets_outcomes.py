"""What became of the domains that packets told of."""

import datetime as dt

import pytest
from test_packets_world import DAY, World, settings_of

from churn.packets import review_outcomes, run
from churn.store.database import lake_database

LATER = DAY + dt.timedelta(days=3)


def outcomes(data):
    with lake_database(settings_of(data)) as con:
        return con.sql("SELECT domain, state, actor FROM outcome ORDER BY domain").fetchall()


@pytest.fixture
def told(tmp_path):
    """Four domains told to registrar 7; three days later their records say different things."""
    world = World()
    world.burst()
    for name in ("held", "locked", "kept", "gone"):
        world.case(f"{name}.test")
    world.registered("held.test", 7, LATER, status=["clientHold", "clientTransferProhibited"])
    world.registered("locked.test", 7, LATER, status=["serverHold"])
    world.registered("gone.test", 7, LATER, status=["pendingDelete"])
    world.write(tmp_path)
    assert run(settings_of(tmp_path), DAY).rows_out == 4
    return tmp_path


def test_the_actor_is_told_from_the_epp_status(told):
    result = review_outcomes(settings_of(told), LATER)
    assert outcomes(told) == [
        ("gone.test", "deleted", "deleted"),
        ("held.test", "client_hold", "registrar"),
        ("kept.test", "active", "nobody"),
        ("locked.test", "server_hold", "registry"),
    ]
    assert result.found == {"active": 1, "client_hold": 1, "deleted": 1, "server_hold": 1}


def test_a_second_review_of_a_day_changes_nothing(told):
    review_outcomes(settings_of(told), LATER)
    before = {path: path.read_bytes() for path in (told / "ledger").rglob("*.parquet")}
    assert review_outcomes(settings_of(told), LATER).rows_out == 0
    assert before == {path: path.read_bytes() for path in (told / "ledger").rglob("*.parquet")}


def test_on_the_day_of_the_telling_there_is_nothing_to_review(told):
    assert review_outcomes(settings_of(told), DAY).rows_in == 0
