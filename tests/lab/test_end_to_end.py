"""The whole flow on the lab's `small` world: the case, the innocents, the packets, and days that are run again."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from churn.flow import STAGES, run_day
from churn.lab.record import application_bytes, receipts
from churn.store.database import lake_database, published
from churn.store.schema import TABLES, Kind
from tests.small_world import KEY, LIMITS, settings_for

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def truth(small_run):
    return {row["domain"]: row for row in pq.read_table(small_run.servers.truth).to_pylist()}


@pytest.fixture(scope="module")
def last(small_run):
    return small_run.servers.days[-1]


def rows(settings, sql, **params):
    with published(settings) as con:
        return con.sql(sql, params=params).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def case(truth):
    return {domain for domain, row in truth.items() if row["campaign"] == "case"}


@pytest.fixture(scope="module")
def case_cluster(small_run, case, last):
    members = rows(small_run.settings, "SELECT cluster_id, domain FROM cluster_member WHERE day = $day", day=last)
    inside = [row["cluster_id"] for row in members if row["domain"] in case]
    cluster_id = max(set(inside), key=inside.count)
    return cluster_id, {row["domain"] for row in members if row["cluster_id"] == cluster_id}


def test_the_case_is_one_cluster_and_little_else(case, case_cluster):
    _, members = case_cluster
    assert len(members & case) >= 0.97 * len(case)  # of 120; the day world's figures are the demo's
    assert len(members - case) <= 0.03 * len(members)


def test_the_case_is_a_burst_of_listings(small_run, case_cluster, last):
    cluster_id, _ = case_cluster
    (burst,) = rows(
        small_run.settings,
        "SELECT * FROM burst WHERE day = $day AND cluster_id = $id AND kind = 'listing'",
        day=last,
        id=cluster_id,
    )
    assert burst["q_value"] < 0.01
    assert burst["observed"] >= 20


def test_no_listing_burst_is_of_innocents(small_run, truth):
    bursts = rows(
        small_run.settings,
        "SELECT burst_id, domain FROM burst_member INNER JOIN burst USING (burst_id) WHERE kind = 'listing'",
    )
    assert bursts
    for burst_id in {row["burst_id"] for row in bursts}:
        members = [row["domain"] for row in bursts if row["burst_id"] == burst_id]
        guilty = [domain for domain in members if truth[domain]["kind"] == "campaign"]
        assert len(guilty) >= 0.8 * len(members)


def test_packets_allege_reported_domains_of_their_registrar_only(small_run, truth, last):
    alleged = 0
    for packet in (small_run.settings.data / "packets" / last.isoformat()).glob("registrar-*/packet.json"):
        record = json.loads(packet.read_text())
        told = {item["domain"] for item in record["domains"]}
        alleged += len(told)
        sponsors = rows(
            small_run.settings,
            "SELECT domain, arg_max(registrar_iana_id, observed_at) AS iana_id FROM registration GROUP BY domain",
        )
        sponsor = {row["domain"]: row["iana_id"] for row in sponsors}
        assert {sponsor[domain] for domain in told} == {record["recipient"]["iana_id"]}
        assert all(truth[domain]["first_reported_day"] is not None for domain in told)
        with (packet.parent / "siblings-not-alleged.csv").open(newline="") as file:
            siblings = {row["domain"].replace("[.]", ".") for row in csv.DictReader(file)}
        assert not told & siblings
    assert alleged >= 20


def test_hosters_are_told_of_reported_domains_at_addresses_that_they_announce(small_run, truth, last):
    with (small_run.servers.truth.parent / "networks.csv").open(newline="") as file:
        table = [(ip_network(row["prefix"]), row) for row in csv.DictReader(file)]
    packets = sorted((small_run.settings.data / "packets" / last.isoformat()).glob("network-*/packet.json"))
    assert packets
    for packet in packets:
        record = json.loads(packet.read_text())
        holders = [
            next(row for prefix, row in table if ip_address(place["address"]) in prefix)
            for item in record["domains"]
            for place in item["hosting"]["addresses"]
        ]
        assert {int(row["asn"]) for row in holders} == {record["recipient"]["asn"]}
        assert [{row["abuse_email"]} for row in holders[:1]] == [set(record["recipient"]["contact"]["email"])]
        assert all(truth[item["domain"]]["first_reported_day"] is not None for item in record["domains"])


def test_innocents_are_in_no_packet(small_run, truth):
    told = rows(small_run.settings, "SELECT domain FROM packet_item WHERE state <> 'not_alleged'")
    assert told
    assert {truth[row["domain"]]["kind"] for row in told} == {"campaign"}


def test_nothing_was_asked_of_any_host(small_run):
    """Handshakes there were, and not one byte of application data; the hosts' web port saw nobody."""
    seen = list(receipts(small_run.servers.record))
    assert len({receipt.connection for receipt in seen}) >= 20
    assert {receipt.service for receipt in seen} == {"tls"}
    assert application_bytes(small_run.servers.record) == b""


def test_every_name_of_the_day_has_its_look_up(small_run, last):
    missing = rows(
        small_run.settings,
        """
        SELECT domain FROM sighting WHERE day = $day
        EXCEPT
        SELECT domain FROM lookup WHERE day = $day AND kind = 'dns'
        """,
        day=last,
    )
    assert missing == []


def test_every_membership_has_its_ledger(small_run):
    without = rows(
        small_run.settings,
        "SELECT day, cluster_id, domain FROM cluster_member EXCEPT SELECT day, cluster_id, domain FROM link",
    )
    assert without == []


def contents(data: Path):
    """Everything that a day leaves: tables as rows (but for the milliseconds that a look-up took), files as bytes."""
    found: dict[str, object] = {}
    with lake_database(settings_of(data)) as lake, published(settings_of(data)) as warehouse:
        for name, table in TABLES.items():
            columns = ", ".join(column for column in table.column_names if column != "elapsed_ms")
            places = (("lake", lake), ("warehouse", warehouse))
            for place, con in places[1:] if table.kind is Kind.INDEX else places:
                found[f"{place} {name}"] = con.sql(f"SELECT {columns} FROM {name} ORDER BY ALL").to_arrow_table()
    for folder in ("reports", "packets"):
        for path in sorted((data / folder).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(data))] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def undisturbed(small_run):
    """What the run left, read once for all that is compared with it."""
    return contents(small_run.settings.data)


def settings_of(data):
    from churn.settings import Settings

    return Settings(data=data)


def same(one, other):
    assert one.keys() == other.keys()
    different = [name for name in one if one[name] != other[name]]
    assert not different, [(name, difference(one[name], other[name])) for name in different]


def difference(one, other):
    """The first rows that only one of two tables has; nothing of files."""
    if isinstance(one, bytes):
        return None
    rows = [{str(row) for row in table.to_pylist()} for table in (one, other)]
    return sorted(rows[0] - rows[1])[:3], sorted(rows[1] - rows[0])[:3]


def test_a_day_run_twice_changes_nothing(small_run, undisturbed, last, tmp_path):
    shutil.copytree(small_run.settings.data, tmp_path / "data")
    settings = settings_for(small_run.servers, tmp_path / "data")
    files = {path: path.read_bytes() for path in (tmp_path / "data" / "lake").rglob("*.parquet")}
    assert [result.stage for result in run_day(settings, last, STAGES)] == list(STAGES)
    assert files == {path: path.read_bytes() for path in (tmp_path / "data" / "lake").rglob("*.parquet")}
    same(undisturbed, contents(tmp_path / "data"))


KILLED = """
import datetime as dt, json, os, signal, sys
from churn.flow import STAGES, run_stage, stage_of
from churn.settings import load_settings


def run_until_killed(settings, day, begin, victim, patience):
    told = 0

    def progress(done, total, what):
        nonlocal told
        told += 1
        if stage == victim and told >= patience:
            os.kill(os.getpid(), signal.SIGKILL)

    for stage in STAGES[STAGES.index(begin) :]:
        told = 0
        run_stage(settings, stage, day, progress)


if __name__ == "__main__":
    day, patience = dt.date.fromisoformat(sys.argv[2]), json.loads(sys.argv[3])
    for stage in STAGES:  # imported once, for all that are forked
        stage_of(stage)
    for begin, victim in zip((STAGES[0], *STAGES), STAGES):
        child = os.fork()
        if child == 0:
            run_until_killed(load_settings(data=sys.argv[1]), day, begin, victim, patience[victim])
            os._exit(0)
        print(victim, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_killed_at_each_stage_and_run_again_it_is_as_if_undisturbed(
    small_run, undisturbed, last, tmp_path, monkeypatch
):
    """One folder: killed in `collect`, taken up there, killed in `enrich`, and so on; then run from its beginning."""
    data = tmp_path / "data"
    shutil.copytree(small_run.before_last, data)
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    monkeypatch.setenv("CHURN_SETTINGS", str(small_run.servers.settings_file))
    monkeypatch.setenv("CHURN_HASH_KEY", KEY)
    for name, value in LIMITS.items():
        monkeypatch.setenv(f"CHURN_{name.upper()}", str(value))
    halfway = {stage: (small_run.told[stage] + 1) // 2 for stage in STAGES}
    call = [sys.executable, str(script), str(data), last.isoformat(), json.dumps(halfway)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [f"{stage} {-signal.SIGKILL}" for stage in STAGES], done.stderr
    list(run_day(settings_for(small_run.servers, data), last, STAGES))
    same(undisturbed, contents(data))
