"""What WHOIS answers mean: layouts, whose contact it is, throttle texts, and time that hostile text can't stretch."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from churn.enrich import parse_whois
from churn.enrich.meaning.whois import referral_of
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser
from churn.store.schema import TABLES

HASHES = Pseudonymiser(b"k" * 32)

GTLD = """\
Domain Name: SHOP.EXAMPLE
Registry Domain ID: D1-TEST
Registrar WHOIS Server: whois.registrar.example
Registrar URL: https://registrar.example
Updated Date: 2026-03-02T00:00:00Z
Creation Date: 2026-03-01T01:02:03Z
Registry Expiry Date: 2027-03-01T01:02:03Z
Registrar: Registrar Inc.
Registrar IANA ID: 292
Registrar Abuse Contact Email: abuse@registrar.example
Registrar Abuse Contact Phone: +1.5551234567
Domain Status: clientHold https://icann.org/epp#clientHold
Domain Status: client transfer prohibited
Registrant Organization: Other Ltd
Registrant Email: ann@other.example
Registrant Country: DE
Admin Email: admin@victim.example
Tech Email: tech@victim.example
Name Server: NS2.EXAMPLE.NET
Name Server: ns1.example.net 192.0.2.1
DNSSEC: unsigned
>>> Last update of WHOIS database: 2026-03-02T00:00:00Z <<<
TERMS OF USE: exceeding the query limit is not allowed; no data found here is available for other use.
"""
BLOCKS = """
    Domain name:
        shop.example

    Registrar:
        Registrar Ltd [Tag = REG]
        URL: https://registrar.example

    Relevant dates:
        Registered on: 01-Mar-2026
        Expiry date:  01-Mar-2027

    Registration status:
        serverHold

    Name servers:
        ns1.example.net
        ns2.example.net  192.0.2.1

    WHOIS lookup made at 10:00:00 02-Mar-2026
"""
RIPE = """\
% Times are UTC.

domain:         shop.example
nserver:        ns1.example.net
registrar:      Registrar
created:        2026-03-01 01:02:03
changed:        2026.03.02
person:         Ann Other
e-mail:         ann@victim.example
"""


def parsed(text, domain="shop.example"):
    outcome, record, detail = parse_whois(text.encode(), domain, HASHES)
    assert outcome is Outcome.OK, detail
    return record


def test_a_gtld_answer():
    record = parsed(GTLD)
    assert record["created_at"] == dt.datetime(2026, 3, 1, 1, 2, 3, tzinfo=dt.UTC)
    assert record["status"] == ["clientHold", "clientTransferProhibited"]
    assert record["nameservers"] == ["ns1.example.net", "ns2.example.net"]
    assert (record["registrar"], record["registrar_iana_id"]) == ("Registrar Inc.", 292)
    assert (record["abuse_email"], record["abuse_source"]) == ("abuse@registrar.example", "whois")
    assert record["registrant_email_domain"] == "other.example"
    assert record["registrant_country"] == "DE"
    assert (record["dnssec"], record["redacted"]) == (False, False)
    assert set(record) <= set(TABLES["registration"].column_names)
    assert referral_of(GTLD.encode()) == "whois.registrar.example"


def test_headings_with_indented_values():
    record = parsed(BLOCKS)
    assert record["registrar"] == "Registrar Ltd"
    assert record["created_at"] == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert record["expires_at"] == dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    assert record["status"] == ["serverHold"]
    assert record["nameservers"] == ["ns1.example.net", "ns2.example.net"]


def test_lower_case_keys_and_a_contact_that_is_nobodys():
    record = parsed(RIPE)
    assert record["created_at"] == dt.datetime(2026, 3, 1, 1, 2, 3, tzinfo=dt.UTC)
    assert record["updated_at"] == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    assert record["abuse_email"] is None
    assert record["registrant_email_hash"] is None


def test_contacts_without_the_registrars_abuse_label_are_not_taken():
    text = GTLD.replace("Registrar Abuse Contact Email: abuse@registrar.example\n", "").replace(
        "Registrar Abuse Contact Phone: +1.5551234567\n", ""
    )
    record = parsed(text)
    assert record["abuse_email"] is record["abuse_phone"] is record["abuse_source"] is None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", Outcome.MALFORMED),
        ("\0\0\0", Outcome.MALFORMED),
        ("WHOIS LIMIT EXCEEDED - SEE WWW.REGISTRY.EXAMPLE/WHOIS FOR DETAILS", Outcome.RATE_LIMITED),
        ("You have exceeded your quota of queries.", Outcome.RATE_LIMITED),
        ("%% Too many requests...\n%%\n%% No entries found in the database.", Outcome.RATE_LIMITED),
        ("Please go away for 13 Seconds", Outcome.RATE_LIMITED),
        (
            'No match for "SHOP.EXAMPLE".\nUse is subject to a query limit; when exceeded, quota exceeded.',
            Outcome.NOT_FOUND,
        ),
        ("%% No entries found for shop.example.", Outcome.NOT_FOUND),
        ("Domain not found.\n\nTerms: access is rate limited.", Outcome.NOT_FOUND),
        ("ERROR: your address has been blacklisted.", Outcome.REFUSED),
        ("hello", Outcome.MALFORMED),
        (GTLD.replace("SHOP.EXAMPLE", "OTHER.EXAMPLE"), Outcome.WRONG_SUBJECT),
        ("Registrar: R\nCreation Date: 2026-03-01\n", Outcome.WRONG_SUBJECT),
    ],
)
def test_answers_without_a_record(text, outcome):
    found, record, _ = parse_whois(text.encode(), "shop.example", HASHES)
    assert (found, record) == (outcome, None)


def test_latin_1_and_redaction():
    text = GTLD.replace("Other Ltd", "REDACTED FOR PRIVACY").replace(
        "ann@other.example", "Please query the RDDS service"
    )
    record = parsed(text)
    assert record["redacted"] is True
    assert record["registrant_org_hash"] is None
    assert record["registrant_email_hash"] is None
    outcome, record, _ = parse_whois(GTLD.replace("Registrar Inc.", "Söhne").encode("latin-1"), "shop.example", HASHES)
    assert (outcome, record["registrar"]) == (Outcome.OK, "Söhne")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        " " * 1_000_000,
        ("." * 590 + "\n") * 1500,
        ("a " * 290 + "\n") * 1500,
        ("exceed " * 80 + "\n") * 1500,
        ("no not queries limit " * 25 + "\n") * 1500,
        "[Registrar]" + " \t" * 400_000,
        "Registrar:" + " " * 400_000 + "\n",
        ("Registrant Email: " + "a.@" * 190 + "\n") * 1500,
        ("Name Server: " + "a." * 290 + "\n") * 1500,
        ("Creation Date: " + "1 " * 290 + "\n") * 1500,
        ("Name:\n    " + "x" * 500 + "\n") * 700,
    ],
)
@pytest.mark.timeout(30)  # an expression that goes back and forth over such text takes hours
def test_hostile_text_does_not_hang(text):
    parse_whois(text.encode(), "shop.example", HASHES)


labels = st.sampled_from([line.partition(":")[0] for line in GTLD.splitlines()])
lines = st.builds("{}: {}".format, labels, st.text(max_size=40))


@given(st.binary(max_size=400), st.none() | st.just("shop.example"))
@example(b"Domain Name: \xff\xfe", None)
def test_no_bytes_raise(raw, domain):
    outcome, record, _ = parse_whois(raw, domain, HASHES)
    assert (outcome is Outcome.OK) == (record is not None)


@given(st.lists(lines, max_size=12).map("\n".join))
def test_no_values_raise_and_contacts_come_from_the_answer(text):
    _, record, _ = parse_whois(text.encode("utf-8", "surrogatepass"), None, HASHES)
    if record and record["abuse_email"]:
        assert record["abuse_email"].partition("@")[0] in text
