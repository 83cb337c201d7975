"""The method on small worlds that one can see through."""

import datetime as dt
import math
import random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from churn import burst, link
from churn.link.score import MEMBERSHIP
from churn.settings import Settings
from churn.store.database import lake_database, lake_of

DAY = dt.date(2026, 3, 8)


def make(tmp_path, **changes):
    return Settings(data=tmp_path, clock="day", hash_key="0123456789abcdef", **changes)


def put(settings, domains, day=DAY):
    """Write the facts of one day: `domains` maps a name to its traits."""
    now = settings.now(day)
    lake = lake_of(settings)
    sightings, hostings, registrations = [], [], []
    for domain, traits in domains.items():
        for kind in ("registered", "reported"):
            if kind == "registered" or traits.get("reported"):
                row = {"domain": domain, "fqdn": domain, "kind": kind, "feed": kind, "seen_at": now, "day": day}
                sightings.append(row)
        hosting = {"domain": domain, "observed_at": now, "rcode": "NOERROR", "day": day}
        hostings.append(hosting | {"a": traits.get("a", []), "ns": traits.get("ns", [])})
        if "minute" in traits:
            created = dt.datetime.combine(day, dt.time(5, traits["minute"], 7), dt.UTC)
            record = {"domain": domain, "observed_at": now, "source": "rdap", "created_at": created, "day": day}
            record |= {"registrar": "R", "registrar_iana_id": traits.get("registrar", 1)}
            registrations.append(record | {"registrant_email_hash": traits.get("owner")})
    lake.write_rows("sighting", day, "test", sightings)
    lake.write_rows("hosting", day, "test", hostings)
    lake.write_rows("registration", day, "test", registrations)


def background(n, seed=1):
    """Unrelated names: their own address each, a hub's name servers for half of them, minutes spread evenly."""
    pick = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        "".join(pick.choices(letters, k=12)) + ".test": {
            "a": [f"198.18.{i // 250}.{i % 250}"],
            "ns": ["ns1.hub.test", "ns2.hub.test"] if i % 2 else [f"ns{i}.test"],
            "minute": pick.randrange(60),
            "registrar": pick.randrange(1, 20),
        }
        for i in range(n)
    }


def campaign(n, stem="quiet", reported=0):
    """One operator: two addresses, its own name servers, two minutes at one registrar."""
    return {
        f"{stem}{chr(97 + i % 26)}{chr(97 + i // 26)}x.test": {
            "a": [f"203.0.113.{i % 2}"],
            "ns": ["ns1.own.test"],
            "minute": 30 + i % 2,
            "registrar": 77,
            "reported": i < reported,
        }
        for i in range(n)
    }


def clusters(settings, day=DAY):
    with lake_database(settings, until=day, only=("cluster_member",)) as con:
        rows = con.sql("SELECT cluster_id, domain FROM cluster_member WHERE day = $d", params={"d": day}).fetchall()
    found: dict[str, set[str]] = {}
    for cluster_id, domain in rows:
        found.setdefault(cluster_id, set()).add(domain)
    return found


def table(settings, name):
    with lake_database(settings, only=(name,)) as con:
        return con.table(name).order("all").to_arrow_table().to_pylist()


def test_a_campaign_in_a_background_is_one_cluster(tmp_path):
    settings = make(tmp_path)
    wanted = campaign(60)
    put(settings, background(2000) | wanted)
    result = link.run(settings, DAY)
    assert list(clusters(settings).values()) == [set(wanted)]
    assert result.found["clusters"] == 1


def test_two_fields_of_one_family_are_not_independent(tmp_path):
    """They share address and name servers, and nothing else: related hosting, no cluster."""
    settings = make(tmp_path)
    shared = {f"{name}": {"a": ["203.0.113.9"], "ns": ["ns1.own.test"]} for name in list(background(40, seed=7))}
    put(settings, background(2000) | shared)
    link.run(settings, DAY)
    assert clusters(settings) == {}


def test_a_value_that_everybody_has_links_nobody(tmp_path):
    settings = make(tmp_path)
    everybody = {name: traits | {"a": ["203.0.113.1"], "owner": "same"} for name, traits in background(500).items()}
    put(settings, everybody)
    link.run(settings, DAY)
    assert clusters(settings) == {}


def test_a_sibling_without_registration_data_is_attached(tmp_path):
    settings = make(tmp_path)
    known = campaign(60)
    sibling = {"7-zq-41.test": {"a": ["203.0.113.1"], "ns": ["ns1.own.test"]}}
    put(settings, background(2000) | known | sibling)
    link.run(settings, DAY)
    with lake_database(settings) as con:
        roles = dict(con.sql("SELECT domain, role FROM cluster_member").fetchall())
    assert roles["7-zq-41.test"] == "attached"
    assert set(roles) == {*known, *sibling}


def test_every_membership_has_its_ledger_which_tells_the_score_and_whether_it_holds(tmp_path):
    """The flag is recomputed here by hand: take the strongest value away, link again what is left of the member."""
    settings = make(tmp_path)
    put(
        settings,
        background(2000) | campaign(60) | {"7-zq-41.test": {"a": ["203.0.113.1"], "ns": ["ns1.own.test"]}},
    )
    link.run(settings, DAY)
    ledger: dict[str, list[dict]] = {}
    for row in table(settings, "link"):
        ledger.setdefault(row["domain"], []).append(row)
        assert 2 <= row["in_cluster"] <= row["domains_with_value"]
    for member in table(settings, "cluster_member"):
        rows = sorted(ledger[member["domain"]], key=lambda row: -row["weight"])
        left = {row["family"] for row in rows if row["weight"] < rows[0]["weight"] or row is not rows[0]}
        enough = 2 if member["role"] == "core" else 1
        if len(left) < enough:
            assert not member["holds_without_strongest"]
        assert member["score"] == pytest.approx(score_by(rows, member, size=61), abs=1e-4)
        assert 0 < member["score"] < 1


def score_by(ledger, member, size):
    """The score as anybody can tell it from the rows of the ledger."""
    names = {row["family"] for row in ledger} <= {"name", "arrival"}
    own = max(row["in_cluster"] / row["domains_with_value"] for row in ledger)
    spread = max(row["in_cluster"] for row in ledger) / size / MEMBERSHIP.wide
    odds = MEMBERSHIP.constant + MEMBERSHIP.own * own + MEMBERSHIP.spread * min(1, spread)
    odds += MEMBERSHIP.attached * (member["role"] == "attached") + MEMBERSHIP.names_only * names
    return 1 / (1 + math.exp(-odds - MEMBERSHIP.holds * member["holds_without_strongest"]))


def test_running_twice_changes_no_byte(tmp_path):
    settings = make(tmp_path)
    put(settings, background(500) | campaign(30, reported=12))
    for _ in range(2):
        link.run(settings, DAY)
        burst.run(settings, DAY)
        files = sorted((tmp_path / "lake").glob("*/*/*.parquet"))
        before = {path: path.read_bytes() for path in files}
    assert before == {path: path.read_bytes() for path in files}


@given(st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=1, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_of_rows_and_names_change_nothing(tmp_path_factory, pick):
    world = background(400) | campaign(30)
    shuffled = list(world.items())
    pick.shuffle(shuffled)
    partitions = []
    for rows in (world, dict(shuffled)):
        settings = make(tmp_path_factory.mktemp("world"))
        put(settings, rows)
        link.run(settings, DAY)
        partitions.append(clusters(settings))
    assert partitions[0] == partitions[1]


def test_a_cluster_keeps_its_id_as_it_grows_and_the_growth_is_new(tmp_path):
    settings = make(tmp_path)
    later = DAY + dt.timedelta(days=1)
    put(settings, background(1000) | campaign(40))
    put(settings, background(1000, seed=2) | campaign(80, stem="later"), later)
    link.run(settings, DAY)
    link.run(settings, later)
    (first,), (second,) = clusters(settings), clusters(settings, later)
    assert first == second
    days = {row["day"]: row for row in table(settings, "cluster_day")}
    assert (days[DAY]["size"], days[later]["size"], days[later]["new_members"]) == (40, 120, 80)
    assert [row["relation"] for row in table(settings, "lineage")] == ["continues"]


def test_words_of_the_day_before_are_those_of_the_facts(tmp_path):
    """The ledger is the same, whether its values' words are known of the eve or read out of the window's facts."""
    settings = make(tmp_path)
    later = DAY + dt.timedelta(days=1)
    new = {f"new{name}": traits | {"a": ["192.0.2.9"], "minute": 50} for name, traits in campaign(30).items()}
    put(settings, background(1000) | campaign(40))
    put(settings, background(1000, seed=2) | campaign(20, stem="later") | new, later)
    link.run(settings, DAY)
    link.run(settings, later)
    known, ledger = (table(settings, name) for name in ("shared_value", "link"))
    values = {day: {row["value"] for row in known if row["day"] == day} for day in (DAY, later)}
    assert values[DAY] & values[later]
    assert "192.0.2.9" in values[later] - values[DAY]
    lake_of(settings).path("shared_value", DAY, "link").unlink()
    link.run(settings, later)
    assert table(settings, "link") == ledger
    assert table(settings, "shared_value") == [row for row in known if row["day"] == later]


def test_listed_together_is_a_burst_and_an_innocent_batch_is_not(tmp_path):
    settings = make(tmp_path)
    batch = {
        name.replace("quiet", "shop"): {"a": ["203.0.113.99"], "ns": ["ns1.seller.test"], "minute": 12, "registrar": 5}
        for name in campaign(40)
    }
    wanted = campaign(60, reported=20)
    put(settings, background(2000) | wanted | batch)
    link.run(settings, DAY)
    burst.run(settings, DAY)
    (listing,) = [row for row in table(settings, "burst") if row["kind"] == "listing"]
    assert (listing["observed"], listing["reported_members"]) == (20, 20)
    assert listing["q_value"] < 0.01
    assert "20 of the 60 domains" in listing["story"]
    listed = {row["domain"] for row in table(settings, "burst_member") if row["burst_id"] == listing["burst_id"]}
    assert listed == {domain for domain, traits in wanted.items() if traits["reported"]}


@pytest.mark.parametrize(("backlog", "bursts"), [(True, 0), (False, 1), (None, 1)])
def test_what_was_on_a_list_before_we_had_it_is_no_burst(tmp_path, backlog, bursts):
    settings = make(tmp_path)
    put(settings, background(2000) | campaign(60, reported=20))
    lake_of(settings).write_rows(
        "feed_day", DAY, "test", [{"feed": "reported", "day": DAY, "gate": "ok", "backlog": backlog}]
    )
    link.run(settings, DAY)
    burst.run(settings, DAY)
    assert len([row for row in table(settings, "burst") if row["kind"] == "listing"]) == bursts


@pytest.mark.parametrize("listed", [0, 9])
def test_fewer_than_the_least_are_no_burst(tmp_path, listed):
    settings = make(tmp_path)
    put(settings, background(2000) | campaign(60, reported=listed))
    link.run(settings, DAY)
    burst.run(settings, DAY)
    assert [row for row in table(settings, "burst") if row["kind"] == "listing"] == []


def test_a_day_with_nothing_is_a_day(tmp_path):
    settings = make(tmp_path)
    assert link.run(settings, DAY).found["clusters"] == 0
    assert burst.run(settings, DAY).found["bursts"] == 0
