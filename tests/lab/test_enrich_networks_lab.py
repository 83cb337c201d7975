"""Networks and certificates against the lab: every source tells the same, and nothing is asked twice."""

import csv
import datetime as dt
import ipaddress
import shutil

import pytest

from churn.enrich import handshaking
from churn.enrich.certifying import certify
from churn.enrich.handshaking import handshake
from churn.enrich.journal import Journal
from churn.enrich.networking import network
from churn.outcomes import Outcome
from churn.store.database import lake_database, lake_of
from tests.small_world import settings_for

pytestmark = pytest.mark.lab

FILLED = "domain, prefix, asn, as_name, country"


@pytest.fixture(scope="module")
def day(small_run):
    return small_run.servers.days[-1]


@pytest.fixture
def fresh(small_run, day, tmp_path):
    """Settings with a data folder in which the day's DNS is complete and of networks nothing is known."""

    def made(name="data", **changes):
        settings = settings_for(small_run.servers, tmp_path / name)
        changes = {"endpoint_rate": 5000.0, "network_budget": 20, "registration_budget": 300} | changes
        for table in ("sighting", "hosting", "feed_day"):
            for path in lake_of(small_run.settings).files(table, day, day):
                target = settings.data / "lake" / table / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
        return settings.model_copy(update=changes)

    return made


@pytest.fixture(scope="module")
def table(small_run):
    with (small_run.servers.truth.parent / "networks.csv").open(newline="") as file:
        return [row | {"prefix": ipaddress.ip_network(row["prefix"])} for row in csv.DictReader(file)]


def rows(settings, day, sql):
    with lake_database(settings, since=day - dt.timedelta(days=40), until=day) as con:
        return con.sql(sql).to_arrow_table().to_pylist()


def of(table, address):
    address = ipaddress.ip_address(address)
    return next((row for row in table if address in row["prefix"]), None)


def contents(settings, day):
    found = {}
    for name in ("hosting", "network", "lookup"):
        kept = rows(settings, day, f"SELECT * FROM {name} WHERE day = '{day}'")
        found[name] = sorted(repr(sorted((row | {"elapsed_ms": None, "raw_sha256": None}).items())) for row in kept)
    return found


def stamps(settings):
    return {path: path.stat().st_mtime_ns for path in settings.data.rglob("*.parquet")}


def counted(monkeypatch, most=None):
    """Look-ups whose outcome is in a journal; a KilledError comes instead of the one after `most`."""
    add, kept = Journal.add, []

    def noted(journal, entry):
        if len(kept) == most:
            raise KilledError
        add(journal, entry)
        kept.append((entry["row"]["domain"], entry["row"]["endpoint"], entry["row"]["attempt"]))

    monkeypatch.setattr(Journal, "add", noted)
    return kept


class KilledError(Exception):
    pass


def test_a_table_and_the_zones_fill_in_the_same(fresh, day, table):
    by_table, by_zones = fresh("table"), fresh("zones", network_table=None)
    network(by_table, day)
    network(by_zones, day)
    sql = f"SELECT {FILLED} FROM hosting ORDER BY domain"
    filled = rows(by_zones, day, sql)
    assert filled == rows(by_table, day, sql)
    for row in rows(by_zones, day, "FROM hosting WHERE len(a) > 0 OR len(aaaa) > 0"):
        told = [found for address in [*row["a"], *(row["aaaa"] or ())] if (found := of(table, address))]
        assert row["prefix"] == sorted({str(each["prefix"]) for each in told})
        assert row["asn"] == sorted({int(each["asn"]) for each in told})
        assert row["as_name"] == sorted({each["name"] for each in told})
    assert any(row["aaaa"] for row in rows(by_zones, day, "SELECT aaaa FROM hosting"))


@pytest.mark.parametrize("form", ["networks.pyasn", "networks.tsv"])
def test_the_table_in_other_forms_fills_in_the_same_networks(fresh, day, small_run, form):
    ours, theirs = fresh("ours"), fresh("theirs", network_table=small_run.servers.truth.parent / form)
    for settings in (ours, theirs):
        network(settings.model_copy(update={"network_budget": 0}), day)
    sql = "SELECT domain, asn FROM hosting ORDER BY domain"
    assert rows(theirs, day, sql) == rows(ours, day, sql)


def test_desks_are_those_of_the_networks_of_reported_names(fresh, day, table):
    settings = fresh()
    result = network(settings, day)
    found = rows(settings, day, "FROM network WHERE source = 'rdap'")
    assert found
    for row in found:
        told = of(table, ipaddress.ip_network(row["prefix"])[0])
        assert (row["abuse_email"], row["asn"]) == (told["abuse_email"], int(told["asn"]))
    tried = rows(settings, day, "FROM lookup WHERE kind = 'network'")
    assert len(tried) <= settings.network_budget
    assert sum(result.found["outcomes"]["network"].values()) == len(tried)
    assert len({(row["endpoint"], row["attempt"]) for row in tried}) == len(tried)


@pytest.mark.parametrize("zones", [False, True])
def test_a_day_that_is_run_again_asks_nothing_and_touches_no_file(fresh, day, zones):
    settings = fresh(**({"network_table": None} if zones else {}))
    first = network(settings, day)
    before = stamps(settings)
    assert network(settings, day).found == first.found
    assert stamps(settings) == before


def test_the_next_day_asks_only_what_is_new(fresh, day):
    settings = fresh(network_table=None)
    network(settings, day)
    following = day + dt.timedelta(days=1)
    lake = lake_of(settings)
    for path in lake.files("hosting", day, day):
        target = lake.path("hosting", following, path.stem)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    network(settings.model_copy(update={"network_budget": 0}), following)
    assert rows(settings, following, f"FROM lookup WHERE day = '{following}'") == []
    assert rows(settings, following, "FROM hosting WHERE len(a) > 0 AND asn IS NULL") == []


@pytest.mark.parametrize("survived", [3, 40])
def test_what_had_an_outcome_is_not_asked_again(fresh, day, monkeypatch, survived):
    whole, killed = fresh("whole", network_table=None), fresh("killed", network_table=None)
    network(whole, day)
    with monkeypatch.context() as context:
        before = counted(context, survived)
        with pytest.raises((KilledError, ExceptionGroup)):
            network(killed, day)
    assert rows(killed, day, "FROM lookup") == []
    after = counted(monkeypatch)
    network(killed, day)
    assert len(before) == survived
    assert not set(before) & set(after)
    assert contents(killed, day) == contents(whole, day)


def test_zones_that_do_not_answer_leave_networks_unknown(fresh, day):
    settings = fresh(network_table=None, dns_resolvers=("127.0.0.1:9",), lookup_timeout_seconds=0.5, network_budget=0)
    network(settings, day)
    assert rows(settings, day, "FROM hosting WHERE asn IS NOT NULL AND (len(a) > 0 OR len(aaaa) > 0)") == []
    outcomes = {row["outcome"] for row in rows(settings, day, "SELECT DISTINCT outcome FROM lookup")}
    assert outcomes <= {Outcome.UNREACHABLE, Outcome.TIMEOUT, Outcome.SKIPPED_PAUSED}
    assert len(rows(settings, day, "FROM lookup")) > 0


def test_crtsh_and_hosts_tell_the_same_certificates(fresh, day):
    settings = fresh(crtsh_budget=25, tls_budget=25)
    result = certify(settings, day)
    handshake(settings, day)
    assert 0 < len(rows(settings, day, "FROM lookup WHERE kind = 'ct'")) <= 25 * 2
    assert sum(result.found["outcomes"]["ct"].values()) == len(rows(settings, day, "FROM lookup WHERE kind = 'ct'"))
    (counts,) = rows(
        settings,
        day,
        """SELECT count(*) AS both, count(*) FILTER (ct.serial = tls.serial AND ct.issuer = tls.issuer) AS same
           FROM certificate AS ct JOIN certificate AS tls USING (domain)
           WHERE ct.source = 'ct' AND tls.source = 'tls'""",
    )
    assert counts["both"] == counts["same"] > 5


@pytest.mark.parametrize("part", [certify, handshake])
def test_certificates_of_a_killed_day_are_asked_for_once(fresh, day, monkeypatch, part):
    settings = fresh(crtsh_budget=20, tls_budget=20)
    with monkeypatch.context() as context:
        context.setattr(handshaking, "AT_ONCE", 1)  # an exception, unlike a kill, leaves those under way open
        before = counted(context, 7)
        with pytest.raises(ExceptionGroup):
            part(settings, day)
    after = counted(monkeypatch)
    part(settings, day)
    assert len(before) == 7
    assert not set(before) & set(after)
    kept = {(row["domain"], row["endpoint"], row["attempt"]) for row in rows(settings, day, "FROM lookup")}
    assert kept == {*before, *after}
    files = stamps(settings)
    part(settings, day)
    assert stamps(settings) == files
