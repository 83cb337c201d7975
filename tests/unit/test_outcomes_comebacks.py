"""What came back: the same label elsewhere, look-alikes, one edit away; and the domain itself."""

import datetime as dt

import pyarrow as pa
import pytest

from churn import outcome
from churn.link.forms import forms
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.ledger import append

DAY = dt.date(2026, 3, 4)
NEXT = DAY + dt.timedelta(days=1)
AT = dt.datetime.combine(DAY, dt.time(12), dt.UTC)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, clock="day")


def tell(settings, *domains, cluster="c-1"):
    packet = {"day": DAY, "packet_id": "p", "scope": "registrar", "key": "7", "written_at": AT}
    append(settings, "packet", DAY, "p", [packet])
    items = [{"day": DAY, "packet_id": "p", "domain": name, "state": "new", "cluster_id": cluster} for name in domains]
    append(settings, "packet_item", DAY, "p", items)
    arrive(settings, DAY, *domains)


def arrive(settings, day, *domains, **values):
    rows = [
        {"domain": name, "fqdn": name, "kind": "registered", "feed": "new", "day": day} | values for name in domains
    ]
    lake_of(settings).write_rows("sighting", day, "test", rows)
    named = forms(pa.array(domains))
    lake_of(settings).write_arrow("name_form", day, "test", named.append_column("day", pa.array([day] * len(domains))))


def came_back(settings, columns="domain, came_back_as, relation"):
    outcome.run(settings, NEXT)
    with lake_database(settings) as con:
        return con.sql(f"SELECT {columns} FROM comeback ORDER BY ALL").fetchall()


def test_names_that_correspond(settings):
    tell(settings, "silver-panda.test", "goldfish.test", "ab1.test", "8888888.test", "xn--mnchen-3ya.test")
    arrive(
        settings, NEXT,
        "silver-panda.example",  # the same elsewhere
        "silverpanda.test",  # look-alike: hyphens fold away
        "g0ldfish.example",  # look-alike, which is one edit too
        "goldfihs.test",  # swapped
        "goldfis.test", "goldfishh.test", "goldfosh.test",  # left out, put in, replaced
        "goldfosk.test",  # two edits
        "ab2.test",  # too short to tell from chance
        "ab1.example",  # short, and the same
        "8888889.test", "xn--mnchen-3yb.test",  # a counter, and an encoding of something else
        "elsewhere.test",
    )  # fmt: skip
    assert came_back(settings) == [
        ("ab1.test", "ab1.example", "same_label"),
        ("goldfish.test", "g0ldfish.example", "look_alike"),
        ("goldfish.test", "goldfihs.test", "one_edit"),
        ("goldfish.test", "goldfis.test", "one_edit"),
        ("goldfish.test", "goldfishh.test", "one_edit"),
        ("goldfish.test", "goldfosh.test", "one_edit"),
        ("silver-panda.test", "silver-panda.example", "same_label"),
        ("silver-panda.test", "silverpanda.test", "look_alike"),
    ]


def test_who_was_there_before_did_not_come_back(settings):
    tell(settings, "goldfish.test")
    arrive(settings, NEXT, "goldfish.example", "goldfish.invalid")
    older = {"domain": "goldfish.invalid", "source": "rdap", "observed_at": AT, "day": NEXT,
             "created_at": AT - dt.timedelta(days=400)}  # fmt: skip
    lake_of(settings).write_rows("registration", NEXT, "test", [older])
    lake_of(settings).write_rows(
        "sighting", DAY - dt.timedelta(days=3), "test",
        [{"domain": "goldfish.net", "fqdn": "goldfish.net", "kind": "registered", "feed": "new",
          "day": DAY - dt.timedelta(days=3)}],
    )  # fmt: skip
    assert came_back(settings) == [("goldfish.test", "goldfish.example", "same_label")]


def test_what_ties_the_two_beside_the_name(settings):
    tell(settings, "goldfish.test")
    arrive(settings, NEXT, "goldfish.example", "goldfish.invalid", "goldfish.alone")
    lake = lake_of(settings)
    members = [
        {"day": NEXT, "cluster_id": cluster, "domain": name, "role": "core"}
        for cluster, name in (("c-1", "goldfish.example"), ("c-2", "goldfish.invalid"))
    ]
    lake.write_rows("cluster_member", NEXT, "test", members)
    hop = {"day": NEXT, "cluster_id": "c-2", "related_id": "c-1", "relation": "hops", "shared_domains": 1}
    lake.write_rows("lineage", NEXT, "test", [hop])
    assert came_back(settings, "came_back_as, tied") == [
        ("goldfish.alone", None),
        ("goldfish.example", "same_cluster"),
        ("goldfish.invalid", "hop"),
    ]


def test_a_domain_that_is_active_again_came_back_as_itself(settings):
    tell(settings, "goldfish.test")
    held = {"domain": "goldfish.test", "scope": "registrar", "key": "7", "told_at": AT, "active_at": AT, "day": DAY,
            "observed_at": AT + dt.timedelta(hours=5), "state": "client_hold", "actor": "registrar"}  # fmt: skip
    append(settings, "outcome", DAY, "held", [held])
    about = {"domain": "goldfish.test", "observed_at": AT + dt.timedelta(days=1), "day": NEXT}
    lake = lake_of(settings)
    lake.write_rows("registration", NEXT, "test", [about | {"source": "rdap", "status": ["active"]}])
    lake.write_rows("hosting", NEXT, "test", [about | {"rcode": "NOERROR", "a": ["192.0.2.1"], "ns": ["ns1.test"]}])
    assert came_back(settings) == [("goldfish.test", "goldfish.test", "itself")]


def test_a_second_run_writes_the_same(settings):
    tell(settings, "goldfish.test")
    arrive(settings, NEXT, "goldfish.example")
    first = came_back(settings)
    files = {path: path.read_bytes() for path in settings.data.rglob("*.parquet")}
    assert came_back(settings) == first
    assert files == {path: path.read_bytes() for path in settings.data.rglob("*.parquet")}
