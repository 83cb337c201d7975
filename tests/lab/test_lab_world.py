"""The world: the same every time, its truth as the contract says, the case and its look-alikes as the design says."""

import dataclasses
import datetime as dt

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet
import pytest

from churn.errors import UsageError
from churn.lab import WORLDS, records, write_world
from churn.lab.actors import TLDS
from churn.lab.feeds import registered_list, reported_list
from churn.lab.world import build_world, load, save, truth
from churn.names import parse


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(scope="module")
def facts(world):
    """A connection with `truth` and `d` (the world's columns)."""
    con = duckdb.connect()
    con.register("truth", truth(world))
    con.register("d", world.domains)
    yield con
    con.close()


def one(con, query):
    return con.sql(query).fetchall()[0]


def test_same_seed_same_world_other_seed_other_world(world):
    again, other = build_world("small", 1), build_world("small", 2)
    assert again.domains.equals(world.domains)
    assert again.pools.ns.values == world.pools.ns.values
    shared = set(other.domains["domain"].to_pylist()) & set(world.domains["domain"].to_pylist())
    assert len(shared) < 0.05 * len(world.domains)


@pytest.mark.parametrize("seed", [2, 7, 2026])
def test_every_seed_has_its_case(seed):
    other = build_world("small", seed)
    case = other.domains.filter(pc.equal(other.domains["campaign"], other.campaigns.index("case")))
    assert (len(case), pc.sum(pc.equal(case["reported"], other.scale.days - 1)).as_py()) == (120, 24)


def test_saved_and_loaded_world_answers_the_same(world, tmp_path):
    save(world, tmp_path)
    again = load(tmp_path)
    for domain in world.domains["domain"].to_pylist()[::500]:
        assert records.record(again, domain) == records.record(world, domain)
    assert world.find("no-such.comlab") is None
    assert world.find("zzzzzzzz") is None


def test_truth_has_the_columns_of_the_contract(tmp_path):
    table = pyarrow.parquet.read_table(write_world("small", 1, tmp_path))
    assert table.column_names == ["domain", "owner", "campaign", "kind", "registered_day", "first_reported_day"]
    assert set(table["kind"].unique().to_pylist()) == {"campaign", "batch", "brand", "reseller", "background"}
    assert table.schema.field("registered_day").type == "date32[day]"
    both = table.filter(pc.is_valid(table["first_reported_day"]))
    assert pc.all(pc.greater_equal(both["first_reported_day"], both["registered_day"])).as_py()


def test_unknown_world_is_one_sentence():
    with pytest.raises(UsageError, match="no world called 'huge'"):
        build_world("huge", 1)


def test_every_name_is_a_registrable_name_under_a_reserved_tld_once(world):
    domains = world.domains["domain"].to_pylist()
    assert len(set(domains)) == len(domains)
    assert domains == sorted(domains)
    for domain in domains:
        assert parse(domain).domain == domain
        assert domain.rpartition(".")[2] in TLDS
    assert all(tld in {"test", "example", "invalid"} or tld.endswith("lab") for tld in TLDS)


def test_every_day_is_full(world, facts):
    rows = facts.sql("select day, count(*) from d where day >= 0 group by day order by day").fetchall()
    assert rows == [(day, world.scale.per_day) for day in range(world.scale.days)]


def test_the_case(facts, world):
    last = world.days[-1]
    size, reported, days, owners = one(
        facts,
        "select count(*), count(first_reported_day), count(distinct registered_day), count(distinct owner)"
        " from truth where campaign = 'case'",
    )
    assert (size, reported, days, owners) == (120, 24, 1, 1)
    number = world.campaigns.index("case")
    registrars, tlds, addresses, ns, hub_ns = one(
        facts,
        "select count(distinct registrar), count(distinct tld), count(distinct a), count(distinct ns),"
        f" list_distinct(list(ns)) from d where campaign = {number}",
    )
    assert registrars in {3, 4}
    assert (tlds, addresses, ns) == (6, 6, 3)
    networks = one(facts, f"select count(distinct a // 1024) from d where campaign = {number}")
    assert networks == (3,)
    hubs = set(hub_ns) & set(world.actors.dns_hub_sets.tolist())
    assert len(hubs) == 1, "one of its name-server sets is a hub's"
    tenants = one(
        facts, f"select count(*) from d where campaign < 0 and a in (select a from d where campaign = {number})"
    )
    assert tenants[0] == 15, "innocents share some of its addresses"
    assert one(facts, f"select count(*) from truth where campaign = 'case' and registered_day <> '{last}'") == (0,)


def test_the_look_alikes_are_not_on_the_list_but_for_one_accident(facts, world):
    last = world.days[-1]
    rows = facts.sql(
        "select kind, owner, count(*) n, count(first_reported_day) from truth"
        f" where registered_day = '{last}' and kind in ('reseller', 'brand') group by all order by n desc"
    ).fetchall()
    assert max(n for kind, _, n, _ in rows if kind == "reseller") == world.scale.look_alike_size
    assert max(n for kind, _, n, _ in rows if kind == "brand") == len(TLDS)
    assert sum(reported for *_, reported in rows) == 1


def test_brand_owner_takes_all_tlds_in_a_minute(facts):
    rows = facts.sql(
        "select max(created) - min(created), count(distinct split_part(domain, '.', 1))"
        " from d where kind = 2 group by owner"
    ).fetchall()
    assert all(seconds < 60 and labels == 1 for seconds, labels in rows)


def test_background_hides_redacts_and_fails_as_the_design_says(facts):
    redacted, gone, failing = one(
        facts,
        "select avg(redacted::int), avg((rcode = 3)::int), avg((rcode = 2)::int) from d where kind = 0 and day >= 0",
    )
    assert 0.7 < redacted < 0.8
    assert 0.06 < gone < 0.1
    assert 0 < failing < 0.01


def test_lists_of_a_day(world):
    day = world.days[-1]
    body = registered_list(world, day)
    assert body == registered_list(world, day)
    reported = reported_list(world, day).decode().splitlines()
    assert reported[0] == "id,url,reported_at,class,series"
    times = [dt.datetime.fromisoformat(line.split(",")[2]) for line in reported[1:]]
    assert times == sorted(times)
    assert {at.date() for at in times} == {day}
    series = [line.rsplit(",", 1)[1] for line in reported[1:]]
    assert series.count("") > 0
    assert max(series.count(value) for value in set(series) - {""}) >= 24


def test_day_world_has_the_size_of_the_design():
    scale = WORLDS["day"]
    assert (scale.days, scale.per_day, scale.case_size, scale.case_addresses) == (8, 70_000, 1_701, 15)
    assert dataclasses.replace(scale, days=2).day_list == (dt.date(2026, 3, 1), dt.date(2026, 3, 2))
