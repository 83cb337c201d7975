"""RDAP answers about IP networks: the prefix that holds the address, whose it is, and the hoster's abuse desk."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.rdap_network import read_rdap_network
from churn.outcomes import Outcome
from churn.store.schema import TABLES


def entity(*roles, email=None, phone=None, inner=(), **properties):
    given_ = {"fn": "Somebody"} | properties | {"email": email, "tel": phone}
    card = [[name, {}, "text", value] for name, value in given_.items() if value]
    return {"roles": list(roles), "vcardArray": ["vcard", card], "entities": list(inner)}


def network(**changes):
    return {
        "objectClassName": "ip network",
        "handle": "NET-192-0-2-0-1",
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "name": "EXAMPLE-NET",
        "country": "SE",
        "port43": "whois.ripe.net",
        "entities": [entity("registrant", fn="Hoster Ltd", email="hello@hoster.example")],
    } | changes


def read(address="192.0.2.7", **changes):
    reading = read_rdap_network(json.dumps(network(**changes)).encode(), address)
    assert (reading.outcome is Outcome.OK) == (reading.record is not None)
    return reading


def test_fields_of_a_whole_answer():
    record = read(entities=[entity("abuse", email="Abuse@Hoster.example", phone="tel:+46.8123456")]).record
    assert record == {
        "prefix": "192.0.2.0/24",
        "name": "EXAMPLE-NET",
        "country": "SE",
        "registry": "ripe",
        "handle": "NET-192-0-2-0-1",
        "abuse_email": "Abuse@hoster.example",
        "abuse_phone": "+46.8123456",
        "abuse_url": None,
    }
    assert set(record) <= set(TABLES["network"].column_names)


@pytest.mark.parametrize(
    ("changes", "address", "prefix"),
    [
        ({"startAddress": "192.0.2.0", "endAddress": "192.0.3.127"}, "192.0.3.1", "192.0.3.0/25"),
        ({"cidr0_cidrs": [{"v4prefix": "192.0.0.0", "length": 16}]}, "192.0.2.7", "192.0.0.0/16"),
        ({"cidr0_cidrs": [{"v4prefix": "192.0.0.0", "length": "16"}, {"v4prefix": "192.0.2.0", "length": 24}]},
         "192.0.2.7", "192.0.2.0/24"),
        ({"cidr0_cidrs": [{"v6prefix": "2001:db8::", "length": 32}]}, "2001:DB8:1::1", "2001:db8::/32"),
        ({"startAddress": "2001:db8::", "endAddress": "2001:db8:0:ffff:ffff:ffff:ffff:ffff"}, "2001:db8::1",
         "2001:db8::/48"),
        ({"cidr0_cidrs": [{"v4prefix": "x"}, {"length": []}]}, "192.0.2.7", "192.0.2.0/24"),
    ],
)  # fmt: skip
def test_the_prefix_is_the_one_that_holds_the_address(changes, address, prefix):
    assert read(address, **changes).record["prefix"] == prefix


@pytest.mark.parametrize(
    ("address", "changes"),
    [
        ("198.51.100.1", {}),
        ("2001:db8::1", {}),
        ("no address", {}),
        ("192.0.2.7", {"startAddress": "0.0.0.0", "endAddress": "255.255.255.255"}),
        ("192.0.2.7", {"cidr0_cidrs": [{"v4prefix": "0.0.0.0", "length": 0}]}),
        ("192.0.2.7", {"name": "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"}),
        ("192.0.2.7", {"name": "IANA-BLK"}),
    ],
)
def test_an_answer_about_other_addresses_is_told_apart(address, changes):
    assert read(address, **changes).outcome is Outcome.WRONG_SUBJECT


@pytest.mark.parametrize(
    "changes",
    [
        {"objectClassName": "domain"},
        {"startAddress": None},
        {"startAddress": "192.0.3.0", "endAddress": "192.0.2.0"},
        {"startAddress": "192.0.2.0", "endAddress": "2001:db8::"},
        {"startAddress": "fe80::1%eth0", "endAddress": "fe80::2"},
        {"startAddress": 5, "endAddress": [6]},
    ],
)
def test_what_is_no_network_is_malformed(changes):
    assert read(**changes).outcome is Outcome.MALFORMED


def test_errors_and_limits():
    for body, outcome in (
        ({"errorCode": 404, "title": "Not Found"}, Outcome.NOT_FOUND),
        ({"errorCode": 429}, Outcome.RATE_LIMITED),
        ({"notices": [{"title": "Query limit exceeded"}]}, Outcome.RATE_LIMITED),
    ):
        assert read_rdap_network(json.dumps(body).encode(), "192.0.2.7").outcome is outcome


HOLDER_DESK = entity("abuse", email="abuse@hoster.example")
MIXED = entity("noc", "abuse", "technical", email="noc@hoster.example")
OTHERS = [entity(role, email=f"{role}@hoster.example") for role in ("registrant", "administrative", "technical", "noc")]


@pytest.mark.parametrize(
    ("entities", "email"),
    [
        ([entity("registrant", inner=[HOLDER_DESK])], "abuse@hoster.example"),  # as ARIN and LACNIC show it
        ([*OTHERS, HOLDER_DESK], "abuse@hoster.example"),  # as RIPE and APNIC show it
        ([MIXED, entity("registrant", inner=[HOLDER_DESK])], "abuse@hoster.example"),
        ([*OTHERS, MIXED], "noc@hoster.example"),
        ([entity("abuse"), HOLDER_DESK], "abuse@hoster.example"),
        ([entity("registrant", inner=[entity("technical", inner=[HOLDER_DESK])])], None),  # whose, is not to be told
        (OTHERS, None),
        ([], None),
        (None, None),
    ],
)
def test_whose_desk_it_is(entities, email):
    assert read(entities=entities).record["abuse_email"] == email


@pytest.mark.parametrize(
    ("changes", "registry"),
    [
        ({"port43": "whois.arin.net"}, "arin"),
        ({"port43": "WHOIS.AFRINIC.NET"}, "afrinic"),
        ({"port43": None, "links": [{"rel": "self", "href": "https://rdap.apnic.net/ip/192.0.2.0/24"}]}, "apnic"),
        ({"port43": None, "links": [{"rel": "related", "href": "https://rdap.apnic.net/"}]}, None),
        ({"port43": None, "links": [{"rel": ["self"], "href": "https://["}]}, None),
        ({"port43": "whois.registro.br"}, "lacnic"),
        ({"port43": "whois.notripe.net"}, None),
        ({"port43": None, "rdapConformance": ["rdap_level_0", "arin_originas0"]}, "arin"),
    ],
)
def test_the_registry_is_one_of_five_or_unknown(changes, registry):
    assert read(**changes).record["registry"] == registry


def test_a_network_without_a_name_has_its_holders():
    assert read(name=None).record["name"] == "Hoster Ltd"


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6), st.ip_addresses(v=4) | st.ip_addresses(v=6), st.data())
def test_a_range_gives_a_prefix_of_it_that_holds_the_address(one, other, data):
    if one.version != other.version:
        other = one
    first, last = sorted((one, other))
    asked = type(one)(data.draw(st.integers(int(first), int(last))))
    reading = read(str(asked), startAddress=str(first), endAddress=str(last))
    if reading.record:
        prefix = ipaddress.ip_network(reading.record["prefix"])
        assert asked in prefix
        assert first <= prefix[0] <= prefix[-1] <= last
    else:
        assert int(last) - int(first) == 2**one.max_prefixlen - 1
