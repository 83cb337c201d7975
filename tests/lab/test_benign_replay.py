"""A world in which nobody runs a campaign: what is found there is false."""

from collections import Counter
from dataclasses import replace

import pytest

from churn import burst, link
from churn.lab.facts import write_facts
from churn.lab.scale import WORLDS
from churn.lab.world import build_world
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of

DAYS = 5


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """Bursts of five days of a small calm world, all of whose registrations are known: kind, cluster, scope, day."""
    world = build_world(replace(WORLDS["calm"].at(3_000), days=DAYS, registrars=60, hosters=24), 1)
    settings = load_settings(data=tmp_path_factory.mktemp("calm"), clock="day")
    write_facts(world, lake_of(settings), registrations_per_day=None)
    results = [(link.run(settings, day), burst.run(settings, day)) for day in world.days]
    with lake_database(settings, only=("burst", "sighting", "cluster_day")) as con:
        yield con, results


def test_nothing_is_a_listing_burst_though_names_are_reported_every_day(replayed):
    con, _ = replayed
    ((days, reported),) = con.sql(
        "SELECT count(DISTINCT day), count(*) FROM sighting WHERE kind = 'reported'"
    ).fetchall()
    assert days == DAYS
    assert reported > 5 * DAYS
    assert con.sql("FROM burst WHERE kind = 'listing'").fetchall() == []


def test_other_bursts_are_few(replayed):
    """Innocents order in bulk, which now and then is more than their past explains; of hundreds of questions a day."""
    con, results = replayed
    asked = sum(tested.rows_in for _, tested in results)
    found = Counter(kind for (kind,) in con.sql("SELECT kind FROM burst").fetchall())
    assert asked > 100
    assert con.sql("SELECT count(*) FROM cluster_day WHERE size >= 10").fetchall()[0][0] > 50
    assert sum(found.values()) <= DAYS
