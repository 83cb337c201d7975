"""Facts that are written without serving, against those that the stages got from the same world being served."""

import pytest

from churn.lab.facts import write_facts
from churn.lab.world import build_world
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of
from churn.store.schema import TABLES
from tests.small_world import BUDGET

SIGHTING = "domain, fqdn, kind, feed, seen_at, reference, label, series_hash IS NULL, day"
FEED_DAY = "feed, day, kind, rows, new_rows, fetched_at, round(freshness_hours, 6), gate, backlog"
HOSTING = "domain, day, observed_at, rcode, a, ns"
DEEPER = "prefix, asn, as_name, coalesce(country, []), coalesce(aaaa, []), mx, soa_mname, soa_rname, txt"
"""A question for one type may have gone without an answer."""
REGISTRATION = """
    domain, day, handle, registrar, registrar_iana_id, created_at, updated_at, expires_at, status, nameservers, reseller
"""


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(scope="module")
def written(world, tmp_path_factory):
    """The world's facts, written."""
    settings = load_settings(data=tmp_path_factory.mktemp("facts"), clock="day")
    write_facts(world, lake_of(settings), registrations_per_day=BUDGET)
    with lake_database(settings) as con:
        yield con


@pytest.fixture(scope="module")
def served(small_run):
    """What the stages got."""
    with lake_database(small_run.settings) as con:
        yield con


def rows(con, what, table, where="true"):
    return set(map(str, con.sql(f"SELECT {what} FROM {table} WHERE {where}").fetchall()))


def by_name(con, what, table, where):
    """What a table tells by domain and day."""
    return {(row[0], row[1]): row[2:] for row in con.sql(f"SELECT {what} FROM {table} WHERE {where}").fetchall()}


@pytest.mark.parametrize(("table", "columns"), [("sighting", SIGHTING), ("feed_day", FEED_DAY)])
def test_feeds_tell_the_same(written, served, table, columns):
    assert rows(written, columns, table) == rows(served, columns, table)


@pytest.mark.parametrize(("columns", "depth"), [(HOSTING, "mx IS NULL"), (f"{HOSTING}, {DEEPER}", "mx IS NOT NULL")])
def test_dns_tells_the_same_of_the_names_of_a_day(written, served, columns, depth):
    """The stages also look again at names that were reported before; and choose other names to ask for everything.

    Where a network tells no country, an answer that was asked again has null instead of an empty list.
    """
    of_day = f"{depth} AND (domain, day) IN (SELECT (domain, day) FROM sighting)"
    ours, theirs = by_name(written, columns, "hosting", of_day), by_name(served, columns, "hosting", of_day)
    both = ours.keys() & theirs.keys()
    assert len(both) > 0.4 * len(ours)
    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}


def test_records_tell_the_same_of_names_that_both_looked_up(written, served):
    ours, theirs = (by_name(con, REGISTRATION, "registration", "source = 'rdap'") for con in (written, served))
    both = ours.keys() & theirs.keys()
    assert len(both) > 300
    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}


def test_registrants_are_shared_by_the_same_names(written, served):
    """Hashes differ, since keys do; who shares one does not."""
    groups = """
        SELECT list(domain ORDER BY domain) FROM (
            SELECT DISTINCT registrant_email_hash AS owner, domain FROM registration
            WHERE registrant_email_hash IS NOT NULL
              AND domain IN (FROM both_shown)
        ) GROUP BY owner HAVING count(*) > 2
    """
    shown = "SELECT DISTINCT domain FROM registration WHERE registrant_email_hash IS NOT NULL"
    both = {row[0] for row in written.sql(shown).fetchall()} & {row[0] for row in served.sql(shown).fetchall()}
    found = []
    for con in (written, served):
        con.execute("CREATE OR REPLACE TEMP TABLE both_shown (domain VARCHAR)")
        con.executemany("INSERT INTO both_shown VALUES (?)", [[domain] for domain in sorted(both)])
        found.append(sorted(con.sql(groups).fetchall()))
    assert found[0] == found[1]
    assert found[0]


def test_certificates_have_the_same_form(written, served):
    form = "source, issuer, len(sha256), len(spki_sha256), len(serial), len(names), not_after - not_before"
    assert rows(written, form, "certificate") <= rows(served, form, "certificate", "source = 'tls'") | {
        str(row) for row in written.sql(f"SELECT {form} FROM certificate WHERE len(serial) = 32").fetchall()
    }
    assert written.sql("SELECT count(DISTINCT spki_sha256) < count(DISTINCT domain) FROM certificate").fetchall()[0][0]


def test_the_budget_is_kept_and_reported_names_are_first(written):
    days = written.sql("SELECT day, count(*) FROM registration GROUP BY day ORDER BY day").fetchall()
    assert [count for _, count in days] == [BUDGET] * 4
    missing = written.sql("FROM sighting ANTI JOIN registration USING (domain, day) WHERE kind = 'reported'").fetchall()
    assert missing == []


def test_columns_that_the_stages_fill_are_filled(written, served):
    """No column of a table of facts is empty here that is not empty there, but digests of what was never fetched."""
    for table in ("sighting", "hosting", "registration", "certificate", "feed_day"):
        names = [column.name for column in TABLES[table].columns]
        counts = ", ".join(f"count({name})" for name in names)
        ours, theirs = (con.sql(f"SELECT {counts} FROM {table}").fetchall()[0] for con in (written, served))
        empty = {name for name, mine, other in zip(names, ours, theirs, strict=True) if other and not mine}
        assert empty <= {"raw_sha256", "detail"}


def test_hidden_registrants_and_single_days(world, tmp_path):
    settings = load_settings(data=tmp_path, clock="day")
    write_facts(world, lake_of(settings), registrations_per_day=None, registrants=False, days=[world.days[1]])
    with lake_database(settings) as con:
        shown = "count(registrant_hash) + count(registrant_email_hash) + count(registrant_country)"
        ((days, names, hidden),) = con.sql(
            f"SELECT count(DISTINCT day), count(DISTINCT domain), {shown} FROM registration"
        ).fetchall()
        ((sighted,),) = con.sql("SELECT count(DISTINCT domain) FROM sighting").fetchall()
    assert (days, hidden) == (1, 0)
    assert names == sighted > 3000
