"""What RDAP answers mean: fields, redaction, whose contact it is, and outcomes for everything else."""

import copy
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.rdap import is_thin, parse_rdap, read_rdap
from churn.enrich.meaning.record import merge
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser
from churn.store.schema import TABLES

HASHES = Pseudonymiser(b"k" * 32)


def card(**properties):
    return [
        "vcard",
        [["version", {}, "text", "4.0"], *([name, {}, "text", value] for name, value in properties.items())],
    ]


def answer(**changes):
    return {
        "objectClassName": "domain",
        "handle": "D1-TEST",
        "ldhName": "Shop.Example.",
        "status": ["client transfer prohibited", "active", "no such status"],
        "events": [
            {"eventAction": "registration", "eventDate": "2026-03-01T01:02:03.9+02:00"},
            {"eventAction": "expiration", "eventDate": "2027-03-01T00:00:00Z"},
            {"eventAction": "last changed", "eventDate": "not a date"},
        ],
        "nameservers": [{"ldhName": "NS2.example.net"}, {"ldhName": "ns1.example.net."}, {"ldhName": "<b>"}],
        "secureDNS": {"delegationSigned": False},
        "entities": [registrar(), registrant()],
    } | changes


def registrar(**changes):
    desk = {"roles": ["abuse"], "vcardArray": card(email="abuse@registrar.example", tel="tel:+1.5551234567")}
    return {
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}],
        "vcardArray": card(fn="Registrar & Söhne"),
        "entities": [desk],
    } | changes


def registrant(**changes):
    person = card(fn="Ann Other", org="Other Ltd", email="Ann@Other.Example", tel="+1 (555) 000 1111")
    return {"roles": ["registrant"], "vcardArray": person} | changes


def parsed(body, domain="shop.example"):
    outcome, record, _ = parse_rdap(json.dumps(body).encode(), domain, HASHES)
    assert outcome is Outcome.OK
    return record


def test_fields_of_a_whole_answer():
    record = parsed(answer())
    assert record["domain"] == "shop.example"
    assert record["created_at"] == dt.datetime(2026, 2, 28, 23, 2, 3, tzinfo=dt.UTC)
    assert record["updated_at"] is None
    assert record["status"] == ["clientTransferProhibited", "ok"]
    assert record["nameservers"] == ["ns1.example.net", "ns2.example.net"]
    assert (record["registrar"], record["registrar_iana_id"]) == ("Registrar & Söhne", 292)
    assert (record["abuse_email"], record["abuse_phone"]) == ("abuse@registrar.example", "+1.5551234567")
    assert record["abuse_source"] == "registry_rdap"
    assert record["dnssec"] is False
    assert record["redacted"] is False
    assert set(record) <= set(TABLES["registration"].column_names)


def test_personal_data_leaves_only_as_hashes():
    record = parsed(answer())
    text = json.dumps(record, default=str).lower()
    assert not [word for word in ("ann", "other ltd", "5550001111") if word in text]
    assert record["registrant_phone_hash"] == HASHES.hash("registrant_phone", "15550001111")
    assert record["registrant_email_hash"] == HASHES.hash("registrant_email", "ann@other.example")
    assert record["registrant_email_domain"] == "other.example"


@pytest.mark.parametrize(
    "person",
    [
        {"fn": "REDACTED FOR PRIVACY", "org": "REDACTED FOR PRIVACY", "email": "", "tel": "REDACTED"},
        {"fn": "Privacy Service", "org": "Withheld for Privacy ehf", "email": "a1b2@withheldforprivacy.com"},
        {"fn": "Domain Admin", "org": "Domains By Proxy, LLC", "email": "shop@domainsbyproxy.com"},
    ],
)
def test_redaction_markers_and_privacy_services_are_no_values(person):
    record = parsed(answer(entities=[registrar(), registrant(vcardArray=card(**person))]))
    assert record["redacted"] is True
    assert record["registrant_email_hash"] is None
    assert record["registrant_email_domain"] is None
    assert record["registrant_org_hash"] is None
    assert record["registrant_phone_hash"] is None


def test_what_rfc_9537_names_as_redacted_is_no_value_even_when_replaced():
    path = "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='email')]"
    redaction = {"name": {"description": "Registrant Email"}, "prePath": path, "method": "replacementValue"}
    record = parsed(answer(redacted=[redaction]))
    assert record["registrant_email_hash"] is None
    assert record["registrant_email_domain"] is None
    assert record["registrant_org_hash"] is not None
    assert record["redacted"] is True


@pytest.mark.parametrize("role", ["registrant", "administrative", "technical", "billing", "abuse"])
def test_the_abuse_contact_is_the_registrars_and_nobody_elses(role):
    other = {"roles": [role], "vcardArray": card(email="x@victim.example", tel="+15559999999")}
    nested = other | {"entities": [{"roles": ["abuse"], "vcardArray": card(email="y@victim.example")}]}
    bare = registrar(entities=[other | {"roles": ["technical"]}])
    record = parsed(answer(entities=[nested, other, bare]))
    assert record["abuse_email"] is record["abuse_phone"] is record["abuse_source"] is None


def test_an_answer_about_another_domain_is_told_apart():
    outcome, record, detail = parse_rdap(json.dumps(answer()).encode(), "other.example", HASHES)
    assert (outcome, record, detail) == (Outcome.WRONG_SUBJECT, None, "about shop.example")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"errorCode": 404, "title": "Not Found"}, Outcome.NOT_FOUND),
        ({"errorCode": 429}, Outcome.RATE_LIMITED),
        ({"errorCode": 403}, Outcome.REFUSED),
        ({"errorCode": 503}, Outcome.SERVER_FAILURE),
        ({"errorCode": "x"}, Outcome.MALFORMED),
        ({"notices": [{"title": "Rate limit exceeded"}]}, Outcome.RATE_LIMITED),
        ({"objectClassName": "entity", "handle": "X"}, Outcome.MALFORMED),
        ([], Outcome.MALFORMED),
        ("text", Outcome.MALFORMED),
    ],
)
def test_answers_without_a_domain(body, outcome):
    found, record, _ = parse_rdap(json.dumps(body).encode(), "shop.example", HASHES)
    assert (found, record) == (outcome, None)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<html>", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000])
def test_bytes_that_are_no_answer(raw):
    assert parse_rdap(raw, "shop.example", HASHES)[0] is Outcome.MALFORMED


def test_only_a_link_to_the_registrars_answer_is_followed():
    def refer(**link):
        body = json.dumps(answer(links=[{"rel": "related"} | link])).encode()
        return read_rdap(body, "shop.example", HASHES).refer

    assert refer(href="https://rdap.registrar.example/domain/SHOP.EXAMPLE") is not None
    assert refer(href="https://rdap.registrar.example/x", type="application/rdap+json") is not None
    assert refer(href="https://registrar.example/about", type="text/html") is None
    assert refer(href="file:///etc/passwd", type="application/rdap+json") is None
    assert refer(href="http://user@host/shop.example") is None
    assert refer(href="http://[", type="application/rdap+json") is None
    assert refer(href="https://h/shop.example", rel="self") is None


def test_registry_and_registrar_answers_are_merged_by_who_knows_what():
    thin = parsed(answer(entities=[registrar()], status=["server hold"]))
    assert is_thin(thin)
    desk = {"roles": ["abuse"], "vcardArray": card(email="desk@registrar.example")}
    raw = json.dumps(answer(status=["active"], entities=[registrar(entities=[desk]), registrant()])).encode()
    full = read_rdap(raw, "shop.example", HASHES, source="registrar_rdap").record
    merged = merge(thin, full)
    assert merged["status"] == ["serverHold"]
    assert merged["registrant_email_domain"] == "other.example"
    assert (merged["abuse_email"], merged["abuse_source"]) == ("desk@registrar.example", "registrar_rdap")
    assert merged["abuse_phone"] is None  # a contact is one answer's, whole


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.data())
def test_no_value_in_any_place_raises(data):
    """Any part of a good answer replaced by anything at all."""
    body = answer(links=[{"rel": "related", "href": "https://h/shop.example"}], redacted=[{"name": {"type": "x"}}])
    holder, place = body, None
    for _ in range(data.draw(st.integers(1, 6))):
        if place is not None and isinstance(holder[place], (dict, list)) and holder[place]:
            holder = holder[place]
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        place = data.draw(st.sampled_from(list(keys)))
    holder[place] = data.draw(json_values)
    outcome, record, _ = parse_rdap(json.dumps(body).encode(), "shop.example", HASHES)
    assert (outcome is Outcome.OK) == (record is not None)
    if record:
        assert record["domain"] == "shop.example"
        assert record["abuse_email"] in {None, "abuse@registrar.example"} or record["abuse_email"] in str(body)


@given(st.binary(max_size=300), st.none() | st.just("shop.example"))
def test_no_bytes_raise(raw, domain):
    outcome, record, _ = parse_rdap(raw, domain, HASHES)
    assert isinstance(outcome, Outcome)
    assert record is None or outcome is Outcome.OK


def test_parsing_does_not_change_with_what_was_parsed_before():
    body = answer()
    first = parsed(body)
    parsed(answer(ldhName="other.example", entities=[registrar(entities=[]), registrant()]), "other.example")
    without = parsed(answer(entities=[registrar(entities=[])]))
    assert parsed(copy.deepcopy(body)) == first
    assert without["abuse_email"] is None
