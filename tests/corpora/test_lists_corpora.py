"""Real lists, day after day: every line is accounted for, and a reported list gives each name on its first day."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from collections import Counter, defaultdict
from contextlib import suppress
from itertools import pairwise

import duckdb
import pytest

from churn.collect import collect_feed
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store.database import lake_of

pytestmark = pytest.mark.corpora
HASHED = r"[0-9a-v]{32}\.[^.]+"
"""What the owner of an NSEC3 record looks like (160 bits in base32hex), and names of words and MD5 sums may."""
HASH_ONLY = r"^[^.]*[g-v]"
"""What no MD5 sum has."""
ADDED, GROWING = 3, 16
"""A visit every so many days: where what was added since the last one comes, and where the whole list comes."""


def config(folder, feeds):
    (folder / "feeds.toml").write_text(feeds)
    return Settings(data=folder, clock="day", threads=2, hash_key="0123456789abcdef")


def ask(settings, query, table):
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.read_parquet([str(path) for path in lake_of(settings).files(table)]).create_view(table)
        return con.execute(query).fetchall()


def names_of(path):
    return {line for line in gzip.decompress(path.read_bytes()).decode().split("\n") if line}


def test_days_of_registrations_are_what_their_files_hold(tmp_path, corpora):
    settings = config(
        tmp_path,
        f"""
        [feeds.whoisds]
        kind = "registered"
        format = "names"
        path = "{corpora}/nrd/whoisds/{{day}}.txt.gz"
        """,
    )
    seen = set()
    for number in range(5):
        day = dt.date(2025, 5, 19) + dt.timedelta(days=number)
        result = collect_feed(settings, day, "whoisds")
        given = names_of(corpora / f"nrd/whoisds/{day}.txt.gz")
        refused = {name: reason for name in given if (reason := why_refused(name))}
        assert (result.rows_in, result.rows_out, result.rejects) == (
            len(given),
            len(given - refused.keys()),
            len(refused),
        )
        assert "gates" not in result.found
        figures = f"SELECT rows, new_rows FROM feed_day WHERE day = '{day}'"
        assert ask(settings, figures, "feed_day") == [(result.rows_out, len(given - refused.keys() - seen))]
        seen |= given
        if refused:
            told = ask(settings, f"SELECT excerpt, reason FROM reject WHERE day = '{day}'", "reject")
            assert dict(told) == refused


def why_refused(name):
    """Why a line of a list of registrations is no name, by rules of this test's own."""
    if re.fullmatch(HASHED, name) and re.search(HASH_ONLY, name) and len(re.findall(r"[0-9]", name.split(".")[0])) > 1:
        return "the owner of an NSEC3 record, not a name"
    try:
        parse(name)
    except NotANameError as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def days(corpora):
    """The rows of the reported list by the day on which they were added."""
    days = defaultdict(list)
    with gzip.open(corpora / "reported/list_additions_2026q1.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            days[dt.date.fromisoformat(row["added_at"][:10])].append(row)
    assert len(days) > 80
    return dict(sorted(days.items()))


def write_list(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def first_days(days):
    """The first day of each name, by plain Python; what is no name has none."""
    first = {}
    for day, rows in days.items():
        for row in rows:
            first.setdefault(row["fqdn"], day)
    parsed = {}
    for text, day in first.items():
        with suppress(NotANameError):
            parsed.setdefault(parse(text).fqdn, day)
    return parsed


REPORTED = """
[feeds.list]
kind = "reported"
format = "csv"
path = "{day}.csv"
columns = { fqdn = "fqdn", seen_at = "added_at", label = "kind", series = "family" }
stale_after_hours = 300
required = false
"""


def on_visits(first_days, visits):
    """The visit on which each name is seen first, by a list of visits; what was added later has none."""
    found = {name: next((visit for visit in visits if day <= visit), None) for name, day in first_days.items()}
    return {name: visit for name, visit in found.items() if visit}


def test_a_quarter_of_a_reported_list_replayed_by_its_additions(tmp_path, days, first_days):
    settings, visits = config(tmp_path, REPORTED + 'extent = "whole"\n'), [*list(days)[:-1:ADDED], max(days)]
    for before, visit in pairwise([dt.date.min, *visits]):
        write_list(
            tmp_path / f"{visit}.csv", [row for day, rows in days.items() if before < day <= visit for row in rows]
        )
        collect_feed(settings, visit, "list")
    given = ask(settings, "SELECT fqdn, day FROM sighting", "sighting")
    assert len(given) == len(dict(given))
    assert dict(given) == on_visits(first_days, visits)
    assert dict(given).keys() == first_days.keys()


def test_a_growing_whole_list_gives_each_name_on_its_first_day(tmp_path, days, first_days):
    settings, visits = config(tmp_path, REPORTED), list(days)[::GROWING]
    on_visit = on_visits(first_days, visits)
    expected = Counter(on_visit.values())
    for visit in visits:
        write_list(tmp_path / f"{visit}.csv", [row for day, rows in days.items() if day <= visit for row in rows])
        assert collect_feed(settings, visit, "list").rows_out == expected[visit]
    given = ask(settings, "SELECT fqdn, day FROM sighting", "sighting")
    assert len(given) == len(dict(given)) > 50_000
    assert dict(given) == on_visit


def test_hashed_owners_of_a_zone_comparison_are_no_names(tmp_path, corpora):
    with gzip.open(corpora / "nrd/zone_diff/2025-04-10.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["change"] == "new"]
    (tmp_path / "2025-04-10.txt").write_text("".join(f"{row['domain']}\n" for row in rows))
    feeds = '[feeds.diff]\nkind = "registered"\nformat = "names"\npath = "{day}.txt"\n'
    settings = config(tmp_path, feeds)
    result = collect_feed(settings, dt.date(2025, 4, 10), "diff")
    given = {name for (name,) in ask(settings, "SELECT fqdn FROM sighting", "sighting")}
    hashed = {row["domain"] for row in rows if row["nsec3_artifact"] == "1"}
    kept, lost = given & hashed, {row["domain"] for row in rows} - hashed - given
    assert len(hashed) > 30_000
    assert len(kept) < 50
    assert [name for name in kept if why_refused(name)] == [], "names of words and MD5 sums are marked there too"
    assert {why_refused(name) for name in lost} == {"a public suffix, not a registrable name"}
    assert result.rows_out + result.rejects == len(rows)
