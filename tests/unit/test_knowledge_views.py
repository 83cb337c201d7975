"""The views that tell what is known, what changed and where two protocols disagree, over small lakes."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from churn.ask import explain
from churn.cli.questions import explain as explain_command
from churn.outcomes import Outcome
from churn.settings import Settings
from churn.store.database import lake_database, lake_of, published
from churn.store.warehouse import publish

DAY = dt.date(2026, 3, 10)
NAME = "silver-panda.example"
REGISTRATION = {
    "registrar",
    "created_at",
    "updated_at",
    "expires_at",
    "status",
    "nameservers",
    "registrant",
    "abuse_contact",
}
HOSTING = {"a", "aaaa", "ns", "mx", "soa", "network"}


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    """An instant of the day."""
    return dt.datetime.combine(day, dt.time(hour, tzinfo=dt.UTC))


class Facts:
    """A lake that is filled fact by fact."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder)
        self.written = 0

    def add(self, table: str, day: dt.date = DAY, **row: Any) -> None:
        """One row in a file of its own; the day's first feed lists the name too."""
        self.written += 1
        lake_of(self.settings).write_rows(table, day, f"w{self.written}", [{"domain": NAME, "day": day} | row])

    def sighting(self, day: dt.date = DAY) -> None:
        """The name is on a list."""
        self.add("sighting", day, fqdn=NAME, kind="registered", feed="f", seen_at=at(day))

    def registration(self, day: dt.date = DAY, source: str = "rdap", **row: Any) -> None:
        """A record of the name."""
        self.add("registration", day, source=source, observed_at=at(day), **row)

    def lookup(self, kind: str, outcome: Outcome, day: dt.date = DAY, hour: int = 12) -> None:
        """A try."""
        self.add("lookup", day, kind=kind, outcome=outcome.value, attempted_at=at(day, hour), attempt=1)

    def rows(self, view: str) -> list[dict[str, Any]]:
        """What the view holds of the name."""
        with lake_database(self.settings) as con:
            # a name of the schema
            found: list[dict[str, Any]] = con.sql(f"FROM {view} WHERE domain = '{NAME}'").to_arrow_table().to_pylist()
            return found

    def known(self) -> dict[str, tuple[str, str | None]]:
        """State and reason by field."""
        return {row["field"]: (row["state"], row["why"]) for row in self.rows("knowledge")}


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """An empty lake."""
    return Facts(tmp_path)


def test_what_nobody_asked_is_said_of_every_field(facts: Facts) -> None:
    facts.sighting()
    assert facts.known() == dict.fromkeys(REGISTRATION | HOSTING | {"certificate"}, ("not_obtained", "not_asked"))


def test_an_answer_an_empty_answer_and_a_withheld_value_are_three_things(facts: Facts) -> None:
    facts.sighting()
    facts.lookup("rdap", Outcome.OK)
    facts.registration(registrar="R", created_at=at(DAY), status=[], nameservers=["ns1.x.example"], redacted=True)
    known = facts.known()
    assert known["registrar"] == known["nameservers"] == ("observed", None)
    assert known["status"] == ("absent", "no_records")
    assert known["registrant"] == ("not_obtained", "redacted")
    assert known["expires_at"] == ("not_obtained", "not_given")


def test_a_look_up_that_failed_is_never_an_absence(facts: Facts) -> None:
    failures = [o.value for o in Outcome if o not in (Outcome.OK, Outcome.NOT_FOUND, Outcome.REDACTED)]
    for outcome in failures:
        name = f"{outcome}.example"
        facts.add("lookup", domain=name, kind="rdap", outcome=outcome, attempted_at=at(DAY), attempt=1)
    with lake_database(facts.settings) as con:
        rows = con.sql("SELECT domain, state, why, field FROM knowledge").fetchall()
    assert {row[:3] for row in rows} == {(f"{outcome}.example", "not_obtained", outcome) for outcome in failures}
    assert {row[3] for row in rows} == REGISTRATION


def test_there_is_none_where_the_registry_or_the_zone_says_so(facts: Facts) -> None:
    facts.sighting()
    facts.lookup("rdap", Outcome.NOT_FOUND)
    facts.lookup("dns", Outcome.NOT_FOUND)
    facts.add("hosting", observed_at=at(DAY), rcode="NXDOMAIN")
    known = facts.known()
    assert {known[field] for field in REGISTRATION | HOSTING} == {("absent", "not_found")}


def test_what_was_observed_stays_known_when_a_later_try_fails(facts: Facts) -> None:
    facts.registration(DAY - dt.timedelta(days=3), registrar="R")
    facts.lookup("rdap", Outcome.TIMEOUT)
    (row,) = [row for row in facts.rows("knowledge") if row["field"] == "registrar"]
    assert (row["state"], row["observed_at"]) == ("observed", at(DAY - dt.timedelta(days=3)))
    assert facts.known()["abuse_contact"] == ("not_obtained", "timeout")


def test_a_later_not_found_ends_what_was_known(facts: Facts) -> None:
    facts.registration(DAY - dt.timedelta(days=3), registrar="R")
    facts.lookup("rdap", Outcome.NOT_FOUND)
    assert facts.known()["registrar"] == ("absent", "not_found")


def test_rdap_goes_before_whois_and_whois_fills_what_rdap_withholds(facts: Facts) -> None:
    facts.registration(source="whois", registrar="R", registrant_hash="0" * 64)
    facts.registration(source="rdap", registrar="R", redacted=True)
    rows = {row["field"]: row for row in facts.rows("knowledge")}
    assert rows["registrar"]["source"] == "rdap"
    assert (rows["registrant"]["state"], rows["registrant"]["source"]) == ("observed", "whois")


def test_a_try_says_more_than_a_skipped_one_and_that_more_than_none(facts: Facts) -> None:
    facts.sighting(DAY - dt.timedelta(days=1))
    facts.add("lookup_plan", kind="registration", rank=1, reason="rest", chosen=False)
    assert facts.known()["registrar"] == ("not_obtained", "skipped_budget")
    facts.lookup("whois", Outcome.RATE_LIMITED, DAY - dt.timedelta(days=1))
    facts.lookup("rdap", Outcome.NO_ENDPOINT, DAY - dt.timedelta(days=1))
    assert facts.known()["registrar"] == ("not_obtained", "rate_limited")


def test_changes_are_told_with_the_last_time_before_and_the_first_time_after(facts: Facts) -> None:
    days = [DAY + dt.timedelta(days=n) for n in range(4)]
    facts.add(
        "hosting",
        days[0],
        observed_at=at(days[0]),
        rcode="NOERROR",
        a=["192.0.2.1"],
        ns=["a.example"],
        mx=["m.example"],
    )
    facts.add("hosting", days[1], observed_at=at(days[1]), rcode="NOERROR", a=["192.0.2.1"], ns=["a.example"])
    facts.add(
        "hosting",
        days[2],
        observed_at=at(days[2]),
        rcode="NOERROR",
        a=["192.0.2.1", "192.0.2.2"],
        ns=["a.example"],
        mx=[],
    )
    facts.add("hosting", days[3], observed_at=at(days[3]), rcode="NXDOMAIN")
    rows = {(row["field"], row["after"]): row for row in facts.rows("change")}
    assert set(rows) == {("a", "192.0.2.1 192.0.2.2"), ("mx", ""), ("rcode", "NXDOMAIN")}
    address = rows["a", "192.0.2.1 192.0.2.2"]
    assert (address["before"], address["seen_before_at"], address["seen_after_at"]) == (
        "192.0.2.1",
        at(days[1]),
        at(days[2]),
    )
    # the day without an answer about mail is no change, and no end of what was known
    assert (rows["mx", ""]["before"], rows["mx", ""]["seen_before_at"]) == ("m.example", at(days[0]))


def test_a_hold_a_deletion_and_no_difference_between_protocols(facts: Facts) -> None:
    later, last = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2)
    facts.registration(DAY, source="rdap", status=["active"], registrar="One Ltd")
    facts.registration(DAY, source="whois", status=["ok"], registrar="ONE LTD")
    facts.registration(later, source="rdap", status=["client hold"], registrar="One Ltd")
    facts.lookup("rdap", Outcome.OK, DAY)
    facts.lookup("rdap", Outcome.NOT_FOUND, later, 1)
    facts.lookup("rdap", Outcome.OK, later, 2)
    facts.lookup("rdap", Outcome.NOT_FOUND, last)
    changes = {(row["field"], row["before"], row["after"]) for row in facts.rows("change")}
    assert changes == {("status", "active", "client hold"), ("registered", "yes", "no")}


def test_a_disagreement_names_both_and_spares_what_is_only_spelled_otherwise(facts: Facts) -> None:
    midnight = dt.datetime.combine(DAY, dt.time(tzinfo=dt.UTC))
    facts.registration(
        source="rdap", registrar="One Ltd", created_at=at(DAY), expires_at=at(DAY), nameservers=["a.example"]
    )
    facts.registration(
        source="whois", registrar="ONE LTD", created_at=midnight, expires_at=at(DAY, 13), nameservers=["b.example"]
    )
    rows = {row["field"]: (row["rdap"], row["whois"]) for row in facts.rows("disagreement")}
    assert rows.keys() == {"expires_at", "nameservers"}
    assert rows["nameservers"] == ("a.example", "b.example")


def test_the_published_copy_looks_at_one_domain_alone(facts: Facts) -> None:
    """A filter by domain reaches the tables: no view computes what is known of everybody first."""
    facts.sighting()
    facts.registration(registrar="R")
    publish(facts.settings)
    with published(facts.settings) as con:
        for view in ("knowledge", "change", "disagreement"):
            ((_, plan),) = con.execute(f"EXPLAIN FROM {view} WHERE domain = '{NAME}'").fetchall()
            scans = plan.count("SEQ_SCAN")
            assert scans == plan.count(f"domain='{NAME}'"), plan


def test_networks_of_other_addresses_are_no_change_of_networks(facts: Facts) -> None:
    asked = [(None, [1]), (["2001:db8::1"], [1, 2]), (None, [1]), (["2001:db8::1"], [1, 3]), (None, [4])]
    for number, (aaaa, asn) in enumerate(asked):
        day = DAY + dt.timedelta(days=number)
        facts.add("hosting", day, observed_at=at(day), rcode="NOERROR", a=["192.0.2.1"], aaaa=aaaa, asn=asn)
    changes = [(row["before"], row["after"]) for row in facts.rows("change") if row["field"] == "network"]
    assert sorted(changes) == [("1", "4"), ("1 2", "1 3")]


def test_explain_says_what_is_not_known_and_why_and_what_changed(
    facts: Facts, capsys: pytest.CaptureFixture[str]
) -> None:
    facts.sighting()
    facts.lookup("rdap", Outcome.RATE_LIMITED)
    for day, address in ((DAY, "192.0.2.1"), (DAY + dt.timedelta(days=2), "192.0.2.2")):
        facts.add("hosting", day, observed_at=at(day), rcode="NOERROR", a=[address], mx=[])
    publish(facts.settings)
    answer = explain(facts.settings, NAME)
    assert [(row["field"], row["before"], row["after"]) for row in answer.changes] == [("a", "192.0.2.1", "192.0.2.2")]
    assert {(row["state"], row["why"]) for row in answer.unknown} == {
        ("absent", "no_records"),
        ("not_obtained", "rate_limited"),
        ("not_obtained", "not_asked"),
    }
    explain_command(NAME, data=facts.settings.data)
    told = " ".join(capsys.readouterr().out.split())
    assert "There is none: mx (no records, dns, " in told
    assert "registrar, status, updated at (rate limited, rdap, " in told
    assert "certificate" in told
    assert "(not asked)." in told


@pytest.mark.parametrize(("missed_at", "holds"), [(11, True), (12, True), (13, True), (14, False)])
def test_that_there_is_a_domain_outlasts_its_contrary_by_an_hour(facts: Facts, missed_at: int, holds: bool) -> None:
    """The record of the registry came at 12: a registrar that knows nothing at 13 is another server of that look-up."""
    facts.registration()
    facts.lookup("rdap", Outcome.OK)
    facts.lookup("whois", Outcome.NOT_FOUND, hour=missed_at)
    facts.lookup("whois", Outcome.TIMEOUT, hour=20)
    facts.lookup("dns", Outcome.NOT_FOUND, hour=20)
    answers = facts.rows("registry_answer")
    assert sorted(row["answered_at"].hour for row in answers) == sorted([12, 12, missed_at])
    assert max((row["counts_at"], row["found"]) for row in answers)[1] is holds
