"""What is read to be shared: as of the day, within the window, and only what is what its column says."""

from __future__ import annotations

import datetime as dt

import pytest
from report_data import BATCH, CASE, TODAY, at
from share_clusters import small_world

from churn.errors import UsageError
from churn.share.reading import MOST_RECORDS, read_clusters
from churn.store.database import lake_of
from churn.store.warehouse import publish

FIRST = "shop-00000-deal.comlab"


@pytest.fixture
def config(tmp_path_factory):
    return small_world(tmp_path_factory)


def facts(config, day, **hosting):
    """Records of a member and of a stranger, of a day."""
    lake = lake_of(config)
    row = {"domain": FIRST, "observed_at": at(day, 22), "rcode": "NOERROR", "a": ["192.0.2.1"], "day": day}
    lake.write_rows("hosting", day, "more", [row | hosting, row | {"domain": "stranger.test"}])
    lake.write_rows("registration", day, "more", [
        {"domain": FIRST, "observed_at": at(day, 22), "source": "rdap", "registrar": "Later Names", "day": day}
    ])  # fmt: skip
    lake.write_rows("certificate", day, "more", [
        {"domain": FIRST, "observed_at": at(day, 22), "source": "tls", "sha256": "ef" * 32, "day": day}
    ])  # fmt: skip
    publish(config)


def the_first(config, day=TODAY):
    (cluster,) = read_clusters(config, day, [CASE])
    return cluster, next(member for member in cluster.members if member.domain == FIRST)


def test_what_came_after_the_day_changes_nothing(config):
    before = read_clusters(config, TODAY)
    facts(config, TODAY + dt.timedelta(days=1))
    assert read_clusters(config, TODAY) == before


def test_what_came_before_the_window_is_not_counted(config):
    before = the_first(config)[0].uses
    facts(config, config.window_start(TODAY) - dt.timedelta(days=1))
    assert the_first(config)[0].uses == before
    facts(config, config.window_start(TODAY))
    after = the_first(config)[0].uses["address", "192.0.2.1"]
    assert after.domains_with_value == before["address", "192.0.2.1"].domains_with_value + 1, "the stranger's"
    assert after.in_cluster == before["address", "192.0.2.1"].in_cluster


def test_the_newest_records_of_the_day_are_taken(config):
    facts(config, TODAY, a=["192.0.2.77"])
    _, member = the_first(config)
    assert member.hosting.addresses == ("192.0.2.77",)
    assert member.registration.registrar == "Later Names"
    assert "ef" * 32 in [each.sha256 for each in member.certificates]


def test_what_is_no_address_and_no_name_is_left_out_and_the_rest_is_bounded(config):
    many = [f"198.51.100.{n}" for n in range(200)]
    odd = {"a": ["192.0.2.300", "<b>", "192.0.2.5", *many], "aaaa": ["2001:DB8::0001"], "mx": ["x y", "mail.test", ""]}
    facts(config, TODAY, **odd, ns=["\u202egnp.test", "ns.test"], soa_mname="=1+1")
    hosting = the_first(config)[1].hosting
    assert len(hosting.addresses) == MOST_RECORDS
    assert hosting.addresses[:2] == ("192.0.2.5", "198.51.100.0")
    assert (hosting.ns, hosting.mx, hosting.soa_mname) == (("ns.test",), ("mail.test",), None)
    facts(config, TODAY, a=["x"], aaaa=["2001:DB8::0001"])
    assert the_first(config)[1].hosting.addresses == ("2001:db8::1",)


def test_a_member_whose_name_is_none_is_counted_and_left_out(config):
    lake_of(config).write_rows("cluster_member", TODAY, "odd", [
        {"day": TODAY, "cluster_id": CASE, "domain": name, "role": "core", "reported": True}
        for name in ("<script>.test", "Upper.test", "\u0440aypal.test", "192.0.2.1", "a" * 64 + ".test")
    ])  # fmt: skip
    publish(config)
    cluster, _ = the_first(config)
    assert (len(cluster.members), cluster.left_out) == (60, 5)


def test_an_address_is_of_the_network_of_its_longest_prefix(config):
    lake_of(config).write_rows("network", TODAY, "enrich", [
        {"prefix": prefix, "observed_at": at(TODAY), "source": "table", "asn": asn, "name": name, "day": TODAY}
        for prefix, asn, name in (("203.0.113.0/24", 64510, "WIDE"), ("203.0.113.128/25", 64511, "NARROW"))
    ])  # fmt: skip
    facts(config, TODAY, a=["203.0.113.7", "203.0.113.200", "192.0.2.1"], prefix=["203.0.113.0/24", "203.0.113.128/25"])
    networks = the_first(config)[0].networks
    assert (networks["203.0.113.7"].name, networks["203.0.113.200"].name) == ("WIDE", "NARROW")
    assert networks["192.0.2.1"].number == 64500, "as an answer with one prefix and one network told"


def test_members_stand_in_the_order_in_which_they_joined(config):
    lake_of(config).write_rows("cluster_member", TODAY - dt.timedelta(days=1), "early", [
        {"day": TODAY - dt.timedelta(days=1), "cluster_id": CASE, "domain": "xn--bcher-kva.comlab", "role": "core",
         "reported": False}
    ])  # fmt: skip
    publish(config)
    cluster, _ = the_first(config)
    assert cluster.members[0].domain == "xn--bcher-kva.comlab"
    assert cluster.members[0].joined_day == TODAY - dt.timedelta(days=1)
    assert cluster.members[0].reported_day in {None, TODAY}


def test_a_cluster_that_nobody_reported_is_read_where_it_is_named(config):
    assert BATCH not in {cluster.cluster_id for cluster in read_clusters(config, TODAY)}
    assert [cluster.reported for cluster in read_clusters(config, TODAY, [BATCH])] == [()]
    with pytest.raises(UsageError, match="there was no cluster c-none"):
        read_clusters(config, TODAY, [BATCH, "c-none"])
