"""What is told today is asked anew, over the real protocols of the lab, unless it was asked within the last hours."""

import datetime as dt

import pytest

from churn import enrich
from churn.enrich.rechecking import telling_plan, told_plan
from churn.lab.records import record
from churn.lab.world import build_world
from churn.store.database import lake_database, lake_of
from churn.store.ledger import append
from tests.small_world import settings_for

pytestmark = pytest.mark.lab


@pytest.fixture
def settings(plain_lab, tmp_path):
    """A lake with three members of a bursting cluster; two are reported, and nobody was asked about them."""
    settings = settings_for(plain_lab, tmp_path).model_copy(update={"endpoint_rate": 5000.0})
    day, lake = plain_lab.days[-1], lake_of(settings)
    names = domains(plain_lab)
    lake.write_rows("burst", day, "test", [burst(day)])
    lake.write_rows("cluster_member", day, "test", [member(day, name) for name in names])
    listed = [
        {"domain": name, "fqdn": name, "kind": "reported", "feed": "list", "seen_at": None, "day": day}
        for name in names[:2]
    ]
    lake.write_rows("sighting", day, "test", listed)
    return settings


def domains(plain_lab):
    """Three delegated domains of the world, under a thick, a thin and a WHOIS-only registry."""
    world = build_world("small", plain_lab.seed)
    names = world.domains["domain"].to_pylist()
    return [next(name for name in names if name.endswith(tld) and record(world, name).nameservers) for tld in
            (".shoplab", ".comlab", ".xblab")]  # fmt: skip


def burst(day):
    return {
        "day": day, "burst_id": "b", "kind": "listing", "cluster_id": "c", "observed": 30, "expected": 0.1,
        "p_value": 1e-9, "q_value": 1e-9,
    }  # fmt: skip


def member(day, name):
    return {"day": day, "cluster_id": "c", "domain": name, "role": "core", "score": 0.9}


def asked(settings, day):
    with lake_database(settings, since=day, until=day) as con:
        return con.sql(
            "SELECT domain, kind, outcome, attempt FROM lookup WHERE kind IN ('dns', 'rdap') ORDER BY ALL"
        ).fetchall()


def test_only_what_may_be_told_is_asked_and_once_an_hour(plain_lab, settings):
    day, names = plain_lab.days[-1], domains(plain_lab)
    result = enrich.recheck(settings, day)
    assert (result.rows_in, result.rows_out, result.found["left"]) == (2, 2, 0)
    with lake_database(settings) as con:
        records = con.sql("SELECT domain, registrar_iana_id FROM registration ORDER BY domain").fetchall()
        hosts = con.sql("SELECT domain, ns, asn IS NOT NULL FROM hosting ORDER BY domain").fetchall()
    world = build_world("small", plain_lab.seed)
    told = sorted(names[:2])
    assert records == [(name, record(world, name).registrar.iana_id) for name in told]
    assert hosts == [(name, sorted(record(world, name).nameservers), True) for name in told]
    assert enrich.recheck(settings, day).rows_out == 0


def test_an_answer_that_has_aged_is_asked_for_again_and_the_old_one_stays(plain_lab, settings):
    day = plain_lab.days[-1]
    enrich.recheck(settings, day)
    first = asked(settings, day)
    later = settings.model_copy(update={"clock": "wall"})  # the lab's days are long past by this clock
    assert enrich.recheck(later, day).rows_out == 2
    again = asked(settings, day)
    assert set(first) < set(again)
    assert {attempt for *_, attempt in again} == {1, 2}
    with lake_database(settings) as con:
        assert con.sql("SELECT count(*), count(DISTINCT observed_at) > 1 FROM hosting").fetchall() == [(4, True)]


def test_the_budget_is_kept_and_what_it_leaves_is_told(plain_lab, settings):
    day = plain_lab.days[-1]
    few = settings.model_copy(update={"recheck_budget": 1})
    assert enrich.recheck(few, day).found["left"] == 1
    assert enrich.recheck(few, day).rows_out == 1
    assert enrich.recheck(few, day).rows_out == 0


def test_what_was_told_is_checked_on_its_schedule(plain_lab, settings):
    day, names = plain_lab.days[-1], domains(plain_lab)
    told = [{"day": day - dt.timedelta(days=number), "packet_id": "p", "domain": name, "state": "new"}
            for number, name in enumerate(names)]  # fmt: skip
    for row in told:
        append(settings, "packet_item", row["day"], f"p-{row['domain']}", [row])
    assert told_plan(settings, day).registry == (names[1], names[2])  # told yesterday and the day before
    assert enrich.recheck_told(settings, day).rows_out == 2
    assert told_plan(settings, day).domains == 0
    assert telling_plan(settings, day).registry == (names[0],)  # the other one was told yesterday, and asked just now
