"""Arrivals of a day under way against the standing window, and what the day's linking then says of them."""

import datetime as dt

import pytest
from test_link_stage import DAY, background, campaign, clusters, make, put, table

from churn import link
from churn.errors import UsageError
from churn.link import arrivals

NEXT = DAY + dt.timedelta(days=1)


def placed(settings, day=NEXT):
    return {row["domain"]: row for row in table(settings, "arrival") if row["day"] == day}


def later(names, number):
    """Further domains of a campaign: its labels with another letter, at its servers."""
    return {name.replace("x.test", f"{number}.test"): traits for name, traits in names.items()}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A campaign of yesterday goes on today, another one begins, all among strangers."""
    settings = make(tmp_path_factory.mktemp("arrivals"))
    put(settings, background(1500) | campaign(60))
    link.run(settings, DAY)
    fresh = {
        name: traits | {"a": ["192.0.2.9"], "ns": ["ns1.fresh.test"], "registrar": 5}
        for name, traits in campaign(40, stem="zebra").items()
    }
    put(settings, background(1500, seed=2) | later(campaign(20, reported=6), "y") | fresh, NEXT)
    arrivals.run(settings, NEXT)
    return settings


def test_who_goes_on_is_of_the_standing_cluster(settings):
    ((standing, _),) = clusters(settings).items()
    found = placed(settings)
    wanted = later(campaign(20), "y")
    assert {name for name, row in found.items() if row["standing"]} == set(wanted)
    assert {row["cluster_id"] for row in found.values() if row["standing"]} == {standing}
    assert sum(row["reported"] for row in found.values()) == 6


def test_a_new_campaign_has_the_id_that_the_days_linking_gives_it(settings):
    new = {name: row["cluster_id"] for name, row in placed(settings).items() if not row["standing"]}
    assert set(new) == set(campaign(40, stem="zebra"))
    link.run(settings, NEXT)
    linked = {name: cluster_id for cluster_id, names in clusters(settings, NEXT).items() for name in names}
    assert new == {name: linked[name] for name in new}


def test_a_past_day_that_is_linked_again_leaves_the_newest_window(settings):
    newest = arrivals.standing_day(settings)
    link.run(settings, newest - dt.timedelta(days=1))
    assert arrivals.standing_day(settings) == newest


def test_a_window_of_another_version_places_nobody(tmp_path):
    """Its numbers may be other ones: arrivals of this version would find none of their values there."""
    settings = make(tmp_path)
    put(settings, background(100))
    link.run(settings, DAY)
    assert arrivals.standing_day(settings) == DAY
    (tmp_path / "state" / "standing" / f"day={DAY}" / "made_of").write_text("another")
    with pytest.raises(UsageError, match="another version: run `churn link"):
        arrivals.standing_day(settings)


def test_strangers_are_placed_nowhere(settings):
    assert not placed(settings).keys() & background(1500, seed=2).keys()


def test_a_common_value_stays_common(tmp_path):
    """Six of today's names are spelt alike and with a hub that nobody else chose today: yesterday half of all had."""
    settings = make(tmp_path)
    hub = {"ns": ["ns1.big.test", "ns2.big.test"]}
    yesterday = {name: traits | (hub if i % 2 else {}) for i, (name, traits) in enumerate(background(1500).items())}
    put(settings, yesterday)
    link.run(settings, DAY)
    alike = {f"zebra{letter}.test": hub | {"a": [f"192.0.2.{i}"]} for i, letter in enumerate("abcdef")}
    put(settings, background(1500, seed=2) | alike, NEXT)
    arrivals.run(settings, NEXT)
    assert not placed(settings).keys() & alike.keys()


def test_without_a_window_or_after_the_days_linking_it_says_what_to_do(tmp_path):
    settings = make(tmp_path)
    with pytest.raises(UsageError, match="churn link --day"):
        arrivals.run(settings, NEXT)
    put(settings, background(50))
    link.run(settings, DAY)
    with pytest.raises(UsageError, match="is linked already"):
        arrivals.run(settings, DAY)
