"""RDAP answers of odd shapes: errors, limits told in words, other objects, members that are not what they should be."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.rdap import read_rdap
from churn.enrich.meaning.rdap_json import outcome_of_status
from churn.enrich.meaning.rdap_network import read_rdap_network
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser
from churn.store.schema import TABLES

HASHES = Pseudonymiser(b"k" * 32)


def card(*properties):
    return ["vcard", [["version", {}, "text", "4.0"], *([name, {}, "text", value] for name, value in properties)]]


def entity(role, *properties, **more):
    return {"objectClassName": "entity", "roles": [role], "vcardArray": card(*properties)} | more


DESK = entity("abuse", ("email", "desk@registrar.example"), ("tel", "tel:+1.5551234567"))
REGISTRAR = entity("registrar", ("fn", "Registrar"), handle="77", entities=[DESK])


def read(body=None, domain="shop.example", **changes):
    if body is None:
        body = {
            "objectClassName": "domain",
            "ldhName": "shop.example",
            "events": [{"eventAction": "registration", "eventDate": "2026-03-01T00:00:00Z"}],
            "entities": [REGISTRAR],
        } | changes
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = read_rdap(raw, domain, HASHES)
    assert (reading.outcome is Outcome.OK) == (reading.record is not None)
    assert reading.detail is None or len(reading.detail) <= 200
    return reading


@pytest.mark.parametrize("code", [*range(395, 430), 451, 500, 501, 502, 503, 504, 599, 999])
def test_an_error_body_has_its_codes_outcome(code):
    reading = read({"errorCode": code, "title": "No", "description": ["Sorry."]})
    assert reading.outcome is (outcome_of_status(code) if code >= 400 else Outcome.MALFORMED)
    assert reading.outcome is not Outcome.OK
    assert read({"errorCode": str(code), "title": "No"}).outcome is reading.outcome


@pytest.mark.parametrize("text", ["Rate limit exceeded", "Query quota reached", "Too many requests, slow down"])
@pytest.mark.parametrize("code", [400, 403, 404, 500, 503])
def test_a_limit_in_an_error_body_prevails_over_its_code(code, text):
    assert read({"errorCode": code, "title": text}).outcome is Outcome.RATE_LIMITED
    assert read({"errorCode": code, "title": "Error", "description": ["x", text]}).outcome is Outcome.RATE_LIMITED
    assert read({"errorCode": code, "title": "Error", "description": text}).outcome is Outcome.RATE_LIMITED


def test_terms_of_use_beside_a_not_found_are_no_limit():
    notices = [{"title": "Terms", "description": ["Queries that exceed the rate limit are refused."]}]
    assert read({"errorCode": 404, "title": "Not Found", "notices": notices}).outcome is Outcome.NOT_FOUND
    assert read(notices=notices).outcome is Outcome.OK


LIMIT = [{"title": "Query limit exceeded", "description": ["Come back tomorrow."]}]


def test_a_limit_told_in_a_notice_alone_is_a_limit():
    assert read({"notices": LIMIT}).outcome is Outcome.RATE_LIMITED
    assert read({"rdapConformance": [], "title": "Limit exceeded for your address"}).outcome is Outcome.RATE_LIMITED
    bare = {"objectClassName": "domain", "ldhName": "shop.example", "handle": "X"}
    assert read(bare).outcome is Outcome.OK
    assert read(bare | {"notices": LIMIT}).outcome is Outcome.RATE_LIMITED
    assert read(notices=LIMIT, entities=[]).outcome is Outcome.RATE_LIMITED
    assert read(notices=LIMIT).outcome is Outcome.OK  # a whole record is one, whatever stands beside it


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (b"<html><h1>429 Too Many Requests</h1></html>", Outcome.RATE_LIMITED),
        (b"<!DOCTYPE html><p>Your daily limit has been exceeded.", Outcome.RATE_LIMITED),
        (b"WHOIS LIMIT EXCEEDED - SEE WWW.PIR.ORG/WHOIS FOR DETAILS", Outcome.RATE_LIMITED),
        (b"<html><h1>It works!</h1></html>", Outcome.MALFORMED),
        (b"", Outcome.MALFORMED),
        (b"\x00" * 100, Outcome.MALFORMED),
        (b'{"ldhName": "shop.example"', Outcome.MALFORMED),
        (b"NaN", Outcome.MALFORMED),
        (b'"rate limit"', Outcome.MALFORMED),
    ],
)
def test_pages_and_other_bytes(page, outcome):
    assert read(page).outcome is outcome


@pytest.mark.parametrize("kind", ["entity", "nameserver", "ip network", "autnum", "fred_nsset"])
def test_another_kind_of_object_is_refused_by_name(kind):
    reading = read({"objectClassName": kind, "ldhName": "shop.example", "handle": "X"})
    assert (reading.outcome, reading.detail) == (Outcome.MALFORMED, f"{kind} object, no domain object")


def test_a_searchs_results_are_no_domain():
    assert (
        read({"domainSearchResults": [{"objectClassName": "domain"}]}).detail == "a search's results, no domain object"
    )


@pytest.mark.parametrize(
    "names",
    [
        {"ldhName": "SHOP.Example."},
        {"ldhName": None, "unicodeName": "shop.example"},
        {"ldhName": ["x"], "unicodeName": "Shop.Example"},
        {"ldhName": "shop.example", "objectClassName": None},
        {"ldhName": "shop.example", "objectClassName": " Domain "},
        {"ldhName": "shop.example", "errorCode": 200},
    ],
)
def test_the_subject_in_its_spellings(names):
    assert read(**names).record["domain"] == "shop.example"


def test_the_subject_in_letters_of_its_language():
    reading = read(domain="xn--exmple-cua.example", ldhName=None, unicodeName="Exämple.example")
    assert reading.record["domain"] == "xn--exmple-cua.example"


def test_a_nameserver_that_does_not_say_so_is_no_domain():
    body = {"ldhName": "shop.example", "ipAddresses": {"v4": ["192.0.2.1"]}}
    assert read(body).outcome is Outcome.MALFORMED


@pytest.mark.parametrize("shape", ["mapping", "object", "strings"])
def test_one_thing_in_place_of_a_list(shape):
    registrar = REGISTRAR | {"roles": "Registrar", "publicIds": {"type": "IANA Registrar ID", "identifier": 77}}
    servers = {"ldhName": "ns1.example.net", "ipAddresses": {"v4": ["192.0.2.1"]}}
    event = {"eventAction": "Expiration", "eventDate": "2027-03-01T00:00:00"}
    if shape == "mapping":
        changes = {"entities": {"0": registrar}, "nameservers": {"a": servers}, "events": {"x": event}}
    elif shape == "object":
        changes = {"entities": registrar, "nameservers": servers, "events": event}
    else:
        changes = {"entities": [registrar], "nameservers": ["NS1.example.net.", 7], "events": [event, "x"]}
    record = read(**changes, status="client hold").record
    assert (record["registrar"], record["registrar_iana_id"]) == ("Registrar", 77)
    assert record["abuse_email"] == "desk@registrar.example"
    assert record["nameservers"] == ["ns1.example.net"]
    assert record["expires_at"].isoformat() == "2027-03-01T00:00:00+00:00"
    assert record["status"] == ["clientHold"]


def test_what_is_missing_is_not_what_is_empty():
    assert read().record["nameservers"] is None
    assert read(nameservers=[]).record["nameservers"] == []
    assert read().record["status"] is None
    assert read(status=["ok", "active", "OK", "no such"]).record["status"] == ["ok"]


@pytest.mark.parametrize(
    ("dates", "created"),
    [
        (["nonsense", "2026-03-01T01:00:00+05:30"], "2026-02-28T19:30:00+00:00"),
        (["2026-03-01T07:00:00.000+0000"], "2026-03-01T07:00:00+00:00"),
        (["2026-03-01T07:00:00.1234567Z", "2025-01-01"], "2026-03-01T07:00:00+00:00"),
        (["2026-03-01"], "2026-03-01T00:00:00+00:00"),
        (["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", None, 5], None),
    ],
)
def test_dates(dates, created):
    events = [{"eventAction": "registration", "eventDate": date} for date in dates]
    found = read(events=events).record["created_at"]
    assert (found and found.isoformat()) == created


@pytest.mark.parametrize(
    ("told", "signed"),
    [
        ({"delegationSigned": True}, True),
        ({"delegationSigned": "false"}, False),
        ({"dsData": [{"keyTag": 1}]}, True),
        ({"delegationSigned": 1}, None),
        ([], None),
        (None, None),
    ],
)
def test_dnssec(told, signed):
    assert read(secureDNS=told).record["dnssec"] is signed
    assert read(secureDns=told).record["dnssec"] is signed  # as a large registry spells it


@pytest.mark.parametrize(
    ("domain", "conformance", "number"),
    [
        ("shop.example", ["icann_rdap_response_profile_0"], 77),
        ("shop.example", ["rdap_level_0"], None),
        ("shop.ca", ["icann_rdap_response_profile_0"], None),
        ("shop.example", "icann", None),
    ],
)
def test_a_registrars_handle_is_its_iana_id_where_icanns_profile_says_so(domain, conformance, number):
    reading = read(domain=domain, ldhName=domain, rdapConformance=conformance)
    assert reading.record["registrar_iana_id"] == number


@pytest.mark.parametrize(
    "vcard",
    [
        [],
        ["vcard"],
        ["vcard", False],
        ["vcard", [[False, {}, "text", "4.0"], ["email", {}, "text"], ["tel", 5], [], "x", None]],
        ["vcard", [["email", False, "text", ["ok", ["ok", ["too deep"]]]]]],
        {"vcard": 5},
        "vcard",
        None,
    ],
)
def test_a_malformed_card_gives_nothing(vcard):
    record = read(entities=[REGISTRAR | {"vcardArray": vcard, "entities": [DESK | {"vcardArray": vcard}]}]).record
    assert record["registrar"] is record["abuse_email"] is record["abuse_phone"] is None


def test_a_card_without_its_label_or_with_several_values():
    properties = [
        ["FN", {}, "text", ["Registrar", "Unit"]],
        ["tel", {"type": ["work", "Fax"]}, "uri", "tel:+1.5550000000"],
        ["tel", {"type": "voice"}, "uri", "tel:+1.5551111111"],
        ["email", {}, "text", "https://registrar.example/form?to=x@y.example"],
        ["email", {"pref": "1"}, "text", "mailto:First@Registrar.Example"],
        ["email", {}, "text", "second@registrar.example"],
        ["contact-uri", {}, "uri", "https://registrar.example/abuse"],
    ]
    record = read(
        entities=[REGISTRAR | {"vcardArray": [properties], "entities": [DESK | {"vcardArray": [properties]}]}]
    )
    assert record.record["registrar"] == "Registrar"
    assert record.record["abuse_email"] == "First@registrar.example"
    assert record.record["abuse_phone"] == "+1.5551111111"
    assert record.record["abuse_url"] == "https://registrar.example/abuse"


def test_text_in_latin_1_is_read():
    body = json.dumps({"objectClassName": "domain", "ldhName": "shop.example", "handle": "Söhne"}, ensure_ascii=False)
    assert read(body.encode("latin-1")).record["handle"] == "Söhne"


def test_infinite_numbers_and_lone_surrogates_are_no_values():
    raw = json.dumps(
        {
            "objectClassName": "domain",
            "ldhName": "shop.example",
            "handle": math.inf,
            "port43": math.nan,
            "entities": [
                entity("registrant", ("fn", "\ud800 x")),
                entity("registrar", ("fn", "a\ud800"), handle=math.nan),
            ],
        }
    ).encode()
    assert read(raw).record["registrar"] == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("depth", [100, 400, 900, 990, 5_000])
@pytest.mark.parametrize("place", ["notices", "remarks", "entities", "redacted", "status", "vcardArray", "errorCode"])
def test_deep_nesting_is_read_or_refused(depth, place):
    nest = b'[{"a":' * depth + b"1" + b"}]" * depth
    raw = b'{"objectClassName":"domain","ldhName":"shop.example","%s":%s}' % (place.encode(), nest)
    assert read(raw).outcome in {Outcome.OK, Outcome.MALFORMED}
    assert read_rdap_network(raw, "192.0.2.1").outcome is Outcome.MALFORMED


def test_giant_bodies_are_read_in_part():
    many = [entity("technical", ("email", "x@y.example"))] * 3_000
    bodies = [
        {"entities": many, "events": [{"eventAction": "x"}] * 20_000},
        {"redacted": [{"name": {"type": "registrant " * 20}, "prePath": "$.entities[?(" * 50}] * 800},
        {
            "notices": [{"title": "limit " * 2_000, "description": ["exceeding the rate " * 300] * 20}] * 20,
            "entities": [],
        },
        {"status": ["client hold " * 5] * 10_000, "nameservers": [{"ldhName": "a." * 120 + "example"}] * 3_000},
        {"entities": [entity("registrar", *[("email", "a@" * 500)] * 500, *[("tel", "1" * 900)] * 500)]},
        {"links": [{"href": "https://" + "a" * 1_900, "rel": "related"}] * 500},
    ]
    for changes in bodies:
        record = read(**changes).record  # a loop or an expression that ran away would run into the tests' time-out
        assert len(record["nameservers"] or ()) <= 100


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),  # lone surrogates too
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("objectClassName ldhName unicodeName entities roles vcardArray events links status".split())
            | st.sampled_from(
                "cidr0_cidrs startAddress endAddress redacted notices remarks type title errorCode".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(json_values)
def test_no_json_raises(value):
    raw = json.dumps(value).encode()
    for reading in (read_rdap(raw, None, HASHES), read_rdap_network(raw, "192.0.2.1")):
        assert (reading.outcome is Outcome.OK) == (reading.record is not None)


@given(st.lists(json_values, max_size=4), st.sampled_from(["entities", "nameservers", "links", "secureDNS", "status"]))
def test_no_member_raises(values, place):
    columns = set(TABLES["registration"].column_names)
    reading = read({"objectClassName": "domain", "ldhName": "shop.example", place: values})
    assert reading.outcome is not Outcome.OK or set(reading.record) <= columns
    read({"objectClassName": "domain", "ldhName": "shop.example", place: values[0] if values else {}})
