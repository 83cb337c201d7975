"""Real lists through the stage and through imports: nothing is lost without a reason, and a day takes seconds."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import gzip
import json
import warnings
from contextlib import suppress
from urllib.parse import urlsplit

import duckdb
import idna
import pytest
import tldextract

from churn.collect import collect_feed, import_files
from churn.collect.feeds import catalogue
from churn.names import suffix_list_file
from churn.settings import Settings
from churn.store.database import lake_of

pytestmark = pytest.mark.corpora
DAY = dt.date(2025, 5, 22)


@pytest.fixture
def config(tmp_path, corpora):
    (tmp_path / "feeds.toml").write_text(
        f"""
        [feeds.whoisds]
        kind = "registered"
        format = "names"
        path = "{corpora}/nrd/whoisds/{{day}}.txt.gz"
        maximum_rows = 70000
        [feeds.additions]
        kind = "reported"
        format = "csv"
        path = "{corpora}/reported/list_additions_2026q1.csv.gz"
        extent = "additions"
        columns = {{ fqdn = "fqdn", seen_at = "added_at", label = "kind", series = "family" }}
        [feeds.urls]
        kind = "reported"
        format = "names"
        path = "{corpora}/feeds/feed_sample_2026-08-22.txt"
        """
    )
    return Settings(data=tmp_path, clock="day", threads=2)


def ask(config, query, table):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.read_parquet([str(path) for path in lake_of(config).files(table)]).create_view(table)
        return con.execute(query).fetchall()


def test_a_day_of_registrations(config):
    result = collect_feed(config, DAY, "whoisds")
    assert (result.rows_in, result.rows_out, result.rejects) == (70_000, 70_000, 0)
    assert ask(config, "SELECT gate, detail LIKE '%cut off%' FROM feed_day", "feed_day") == [("ok", True)]


def test_a_reported_list_with_minutes_and_families(config, corpora):
    day = dt.date(2026, 3, 31)
    result = collect_feed(config, day, "additions")
    with gzip.open(corpora / "reported/list_additions_2026q1.csv.gz", "rt") as file:
        given = list(csv.DictReader(file))
    assert result.rows_in == len(given)
    names = len({row["fqdn"] for row in given})
    assert 0 < names - result.rows_out <= result.rejects < 20
    earliest = f"{given[0]['added_at'].replace('T', ' ')}:00+00"
    figures = "SELECT count(DISTINCT series_hash), count(*), min(seen_at)::VARCHAR FROM sighting"
    ((series, rows, first),) = ask(config, figures, "sighting")
    assert (rows, first) == (result.rows_out, earliest)
    assert 0 <= len({row["family"] for row in given}) - series < 5, "a few families have only names of others"
    theirs = {row["fqdn"]: row["registered_domain"] for row in given}
    ours = dict(ask(config, "SELECT DISTINCT fqdn, domain FROM sighting", "sighting"))
    same = sum(theirs.get(fqdn) == domain for fqdn, domain in ours.items())
    assert same > 0.9 * len(theirs), "their registrable part knows no private suffixes; the rest must agree"


def hosts_by_others(texts):
    """Registrable names by fqdn, as urllib and tldextract see them; what is none by them, in a list of its own."""
    names, others = {}, []
    url = suffix_list_file().as_uri()
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # tldextract leaves the list open
        extract = tldextract.TLDExtract(suffix_list_urls=(url,), cache_dir=None, include_psl_private_domains=True)
        extract("first.example")
        gc.collect()
    for text in texts:
        refanged = text.strip().replace("[.]", ".").replace("hxxp", "http")
        host = (urlsplit(refanged if "://" in refanged else f"//{refanged}").hostname or "").rstrip(".")
        with suppress(idna.IDNAError):
            host = host if host.isascii() else idna.encode(host, uts46=True).decode()
        parts = extract(host)
        if parts.domain and parts.suffix and len(host) <= 253:
            names[host] = parts.top_domain_under_public_suffix
        else:
            others.append(text)
    return names, others


EXPLAINED = ("an IP address", "a public suffix", "has no dot", "longer than 253 octets")


def test_a_list_of_urls(config, corpora):
    given = (corpora / "feeds/feed_sample_2026-08-22.txt").read_text(encoding="utf-8").splitlines()
    names, others = hosts_by_others(given)
    result = collect_feed(config, dt.date(2026, 8, 22), "urls")
    assert (result.rows_in, result.rows_out, result.rejects) == (len(given), len(names), len(others))
    assert len(names) > 200
    assert dict(ask(config, "SELECT fqdn, domain FROM sighting", "sighting")) == names


TWEETFEED = ("20260816", "20260817", "20260818", "20260819", "20260820", "20260821", "today", "week", "month")


@pytest.mark.parametrize("name", TWEETFEED)
def test_tweetfeed_by_the_catalogues_own_declaration(tmp_path, corpora, name):
    """Names of rows that are urls or domains, by the csv module and tldextract; a name counts once."""
    path = corpora / "feeds/tweetfeed_native" / f"{name}.csv"
    shipped = catalogue()["tweetfeed"].model_dump(
        mode="json", exclude={"name", "url"}, exclude_none=True, exclude_defaults=True
    )
    lines = "\n".join(f"{key} = {_toml(value)}" for key, value in shipped.items())
    (tmp_path / "feeds.toml").write_text(f'[feeds.tweetfeed]\npath = "{path}"\n{lines}\n')
    config = Settings(data=tmp_path, clock="day", threads=2)
    day = dt.date(2026, 8, 22)
    result = collect_feed(config, day, "tweetfeed")
    with path.open(encoding="utf-8", newline="") as file:
        given = [row for row in csv.reader(file) if row[2] in {"url", "domain"}]
    names, others = hosts_by_others(row[3] for row in given)
    assert dict(ask(config, "SELECT fqdn, domain FROM sighting", "sighting")) == names
    assert (result.rows_in, result.rows_out, result.rejects) == (len(given), len(names), len(others))
    rejects = ask(config, "SELECT reason, excerpt FROM reject", "reject") if others else []
    assert sorted(excerpt for _, excerpt in rejects) == sorted(text[:200] for text in others)
    assert [reason for reason, _ in rejects if not reason.startswith(EXPLAINED)] == []


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)


COLUMNS = {
    "domain": "domain",
    "created": "created_at",
    "expires": "expires_at",
    "registrar": "registrar",
    "registrar_iana_id": "registrar_iana_id",
    "registrar_status": "status",
    "registrant_name": "registrant_hash",
    "registrant_org": "registrant_org_hash",
    "registrant_email": "registrant_email_hash",
    "registrant_phone": "registrant_phone_hash",
    "registrant_email_domain": "registrant_email_domain",
    "registrant_country": "registrant_country",
}


def test_a_legitimate_network_is_imported_with_its_registrations_and_hosting(config, corpora, tmp_path):
    with (corpora / "enriched/legitimate_network_2020.csv").open(newline="") as file:
        given = list(csv.DictReader(file))
    registration, hosting = tmp_path / "registration.csv", tmp_path / "hosting.csv"
    with registration.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS.values())
        writer.writerows([row[column] for column in COLUMNS] for row in given)
    with hosting.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["domain", "ns", "mx", "a"])
        writer.writerows([row["domain"], row["ns_hosts"], row["mx_hosts"], row["a_ips"]] for row in given)
    day = dt.date(2020, 3, 20)
    for table, path in (("registrations", registration), ("hosting", hosting)):
        result = import_files(config, table, [path], day=day)
        assert (result.rows_out, result.rejects, result.found["days"]) == (len(given), 0, {"2020-03-20": len(given)})
    shared = "SELECT max(n), count(*) FROM (SELECT count(*) AS n FROM registration GROUP BY registrant_email_hash)"
    ((most, addresses),) = ask(config, shared, "registration")
    assert most > 5
    assert addresses > 1
    assert ask(config, "SELECT bool_and(list_sort(ns) = ns) FROM hosting", "hosting") == [(True,)]
