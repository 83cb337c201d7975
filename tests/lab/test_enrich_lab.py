"""Enrichment against the lab: every try is a row, records are the world's, and a killed day ends like any other."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from churn import enrich
from churn.enrich.journal import written
from churn.lab.record import application_bytes
from churn.lab.records import record
from churn.lab.world import build_world
from churn.pseudonyms import load_pseudonymiser
from churn.store.database import lake_database, lake_of
from tests.small_world import KEY, settings_for

pytestmark = pytest.mark.lab

OBSERVED = ("hosting", "registration", "certificate", "lookup")
BUDGET = 300


@pytest.fixture(scope="module")
def day(small_run):
    return small_run.servers.days[-1]


@pytest.fixture(scope="module")
def collected(small_run, day, tmp_path_factory):
    """A data folder with the day's sightings and nothing looked up yet that day."""
    folder = tmp_path_factory.mktemp("collected")
    for table in ("sighting", *OBSERVED):
        for path in lake_of(small_run.settings).files(table, until=day):
            if table == "sighting" or path.parent.name != f"day={day}":
                target = folder / "lake" / table / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return folder


def fresh(small_run, collected, folder, **changes):
    shutil.copytree(collected, folder)
    limits = {"registration_budget": BUDGET, "tls_budget": 60, "endpoint_rate": 5000.0} | changes
    return settings_for(small_run.servers, folder).model_copy(update=limits)


@pytest.fixture(scope="module")
def enriched(small_run, collected, day, tmp_path_factory):
    settings = fresh(small_run, collected, tmp_path_factory.mktemp("enriched") / "data")
    return settings, enrich.run(settings, day)


def rows(settings, day, sql):
    with lake_database(settings, since=day, until=day) as con:
        return con.sql(sql).to_arrow_table().to_pylist()


def contents(settings, day):
    """All rows of the day, without the time that they took."""
    found = {}
    for table in OBSERVED:
        rows = [
            row for path in lake_of(settings).files(table, day, day) for row in pq.ParquetFile(path).read().to_pylist()
        ]
        found[table] = sorted(repr(sorted((row | {"elapsed_ms": None}).items())) for row in rows)
    return found


def stamps(settings):
    return {path: path.stat().st_mtime_ns for path in settings.data.rglob("*.parquet")}


def test_every_name_has_one_dns_look_up_and_one_hosting_row(enriched, day):
    settings, result = enriched
    (counts,) = rows(
        settings,
        day,
        """SELECT (SELECT count(DISTINCT domain) FROM (SELECT domain FROM sighting UNION ALL
                       SELECT domain FROM lookup_plan WHERE kind = 'dns')) AS names,
                  (SELECT count(*) FROM hosting) AS hosting,
                  (SELECT count(DISTINCT domain) FROM hosting) AS hosted,
                  (SELECT count(*) FROM lookup WHERE kind = 'dns' AND attempt = 1) AS lookups""",
    )
    assert counts["names"] == counts["hosting"] == counts["hosted"] == counts["lookups"] == result.found["resolved"]
    assert set(result.found["outcomes"]["dns"]) >= {"ok", "not_found"}


def test_absent_and_not_obtained_are_different(enriched, day):
    settings, _ = enriched
    for row in rows(settings, day, "FROM hosting JOIN lookup USING (domain) WHERE kind = 'dns' AND attempt = 1"):
        if row["outcome"] == "not_found":
            assert (row["rcode"], row["ns"], row["a"]) == ("NXDOMAIN", [], [])
        elif row["outcome"] == "ok":
            assert row["rcode"] == "NOERROR"
            assert row["ns"] == sorted(row["ns"])
            assert row["a"] is not None
        else:
            assert row["rcode"] == "SERVFAIL"
            assert row["ns"] is None


def test_the_names_that_are_worth_it_have_complete_hosting(enriched, day):
    settings, _ = enriched
    complete = rows(
        settings,
        day,
        "FROM hosting WHERE domain IN (SELECT domain FROM registration) AND rcode = 'NOERROR'",
    )
    assert len(complete) > BUDGET // 2
    assert all(row["mx"] is not None and row["aaaa"] is not None and row["soa_rname"] for row in complete)
    others = rows(
        settings, day, "FROM hosting WHERE domain NOT IN (SELECT domain FROM registration) AND rcode = 'NOERROR'"
    )
    assert all(row["mx"] is None for row in others)


def test_records_of_reported_names_are_the_worlds(enriched, day, small_run):
    settings, _ = enriched
    world = build_world("small", small_run.servers.seed)
    hashes = load_pseudonymiser(settings)
    found = rows(
        settings, day, "FROM registration WHERE domain IN (SELECT domain FROM sighting WHERE kind = 'reported')"
    )
    assert len(found) > 20
    for row in found:
        truth = record(world, row["domain"])
        assert row["registrar"] == truth.registrar.name
        assert row["created_at"].date() == truth.created.date()
        assert row["nameservers"] is None or row["nameservers"] == sorted(truth.nameservers)
        if row["source"] == "rdap":
            assert row["registrar_iana_id"] == truth.registrar.iana_id
            assert (row["abuse_email"], row["abuse_phone"]) == (
                truth.registrar.abuse_email,
                truth.registrar.abuse_phone,
            )
            assert row["created_at"] == truth.created
            assert row["status"] == sorted(truth.epp_status)
        if truth.registrant is None or truth.registrar.privacy_service:
            continue
        if row["source"] == "rdap" and row["registrant_email_hash"]:
            assert row["registrant_email_hash"] == hashes.hash("registrant_email", truth.registrant.email)


def test_abuse_contacts_are_always_the_sponsors_own(enriched, day):
    settings, _ = enriched
    mixed = rows(
        settings,
        day,
        """SELECT registrar, list(DISTINCT abuse_email) AS emails FROM registration
           WHERE abuse_email IS NOT NULL GROUP BY registrar HAVING len(list(DISTINCT abuse_email)) > 1""",
    )
    assert mixed == []


def test_the_reported_come_first_and_those_beyond_the_budget_are_said_to_be(small_run, collected, day, tmp_path):
    settings = fresh(small_run, collected, tmp_path / "data", registration_budget=10)
    enrich.resolve(settings, day)
    result = enrich.register(settings, day)
    asked = rows(
        settings, day, "SELECT DISTINCT domain FROM lookup WHERE kind = 'rdap' AND outcome <> 'skipped_budget'"
    )
    reported = {
        r["domain"] for r in rows(settings, day, "SELECT DISTINCT domain FROM sighting WHERE kind = 'reported'")
    }
    assert len(asked) == 10
    assert len({row["domain"] for row in asked} & reported) == 9  # a tenth is the sample's
    skipped = rows(settings, day, "SELECT domain FROM lookup WHERE outcome = 'skipped_budget'")
    assert len(skipped) == result.found["skipped"] > 0
    assert {row["domain"] for row in skipped} <= reported


def test_certificates_name_the_domain_and_nothing_was_said_to_any_host(enriched, day, small_run):
    settings, _ = enriched
    read = rows(settings, day, "FROM certificate WHERE source = 'tls'")
    assert read
    assert all(row["domain"] in row["names"] and len(row["spki_sha256"]) == 64 for row in read)
    searched = rows(settings, day, "FROM certificate WHERE source = 'ct'")
    assert searched
    assert all(row["serial"] for row in searched)
    tried = rows(settings, day, "FROM lookup WHERE kind = 'tls'")
    assert len(tried) <= settings.tls_budget
    assert {row["outcome"] for row in tried} <= {"ok", "refused"}
    assert application_bytes(small_run.servers.record) == b""


def test_without_the_opt_in_no_host_is_asked(small_run, collected, day, tmp_path):
    settings = fresh(small_run, collected, tmp_path / "data", tls_handshake=False)
    assert enrich.handshake(settings, day).rows_out == 0
    assert not lake_of(settings).files("lookup", day, day)


def test_a_finished_day_run_again_touches_no_file(enriched, day):
    settings, _ = enriched
    before = stamps(settings)
    again = enrich.run(settings, day)
    assert stamps(settings) == before
    assert again.found == enriched[1].found


def test_shards_give_what_one_run_gives(small_run, collected, day, enriched, tmp_path):
    settings = fresh(small_run, collected, tmp_path / "data")
    parts = [enrich.resolve(settings, day, shard, 3) for shard in range(3)]
    assert sum(part.rows_out for part in parts) == enriched[1].found["resolved"]
    enrich.run(settings, day)
    assert contents(settings, day) == contents(enriched[0], day)


RUN = """
import datetime as dt, sys
from churn import enrich
from churn.enrich.journal import written
from churn.settings import load_settings
settings = load_settings(data=sys.argv[1], hash_key=sys.argv[2]).model_copy(
    update={"registration_budget": int(sys.argv[4]), "tls_budget": 60, "endpoint_rate": 5000.0})
enrich.run(settings, dt.date.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize("writer", ["dns-05", "dns-full", "rdds"])
def test_a_killed_day_ends_like_an_undisturbed_one_and_asks_nothing_twice(
    small_run, collected, day, enriched, tmp_path, writer
):
    settings = fresh(small_run, collected, tmp_path / "data")
    arguments = [sys.executable, "-c", RUN, str(settings.data), KEY, day.isoformat(), str(BUDGET)]
    environment = os.environ | {"CHURN_SETTINGS": str(small_run.servers.settings_file)}
    journal = settings.data / "state" / "journal" / f"day={day}" / f"{writer}.ndjson"
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while process.poll() is None and not (journal.exists() and journal.stat().st_size > 4000):
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "the run ended before it could be killed"
    told = took_of_journal(journal, writer)
    assert len(told) >= 5
    enrich.run(settings, day)
    assert contents(settings, day) == contents(enriched[0], day)
    assert not journal.exists()
    kept = {
        (row["domain"], row["endpoint"], row["outcome"]): row["elapsed_ms"]
        for row in written(settings, day, writer, "lookup")
    }
    assert {key: kept[key] for key in told} == told  # to the microsecond: these are the answers from before the end


def took_of_journal(journal, writer):
    """How long each look-up took that a journal tells of, by domain, endpoint and outcome."""
    lines = journal.read_bytes().splitlines(keepends=True)
    entries = [json.loads(line) for line in lines if line.endswith(b"\n")]
    if writer.startswith("dns"):
        return {(entry["row"][0], entry["row"][-1], entry["row"][1]): entry["row"][3] for entry in entries}
    return {
        (entry["row"]["domain"], entry["row"]["endpoint"], entry["row"]["outcome"]): entry["row"]["elapsed_ms"]
        for entry in entries
    }
