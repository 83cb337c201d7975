"""Every meaning of enrich on hostile answers: an outcome always, a record only where it is ok, all of it printable."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from churn.enrich.bootstrap import read_address_servers, read_servers
from churn.enrich.meaning.certificate import parse_certificate
from churn.enrich.meaning.crtsh import read_crtsh
from churn.enrich.meaning.rdap import read_rdap
from churn.enrich.meaning.rdap_network import read_rdap_network
from churn.enrich.meaning.whois import read_whois, referral_of
from churn.enrich.networks import read_network_file
from churn.errors import TerminalError, UsageError
from churn.markings import printable
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser
from churn.store.lake import arrow_rows
from tests.fuzz.mutation import hunt

HASHES = Pseudonymiser(b"k" * 32)
AT = "2026-03-01T10:00:00Z"
DESK = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Desk"], ["email", {}, "text", "abuse@r.example"],
                  ["tel", {"type": "voice"}, "uri", "tel:+1.5551234567"]]]  # fmt: skip
ABUSE = {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": DESK}
DOMAIN = {
    "objectClassName": "domain", "ldhName": "a.example", "handle": "D1-EX", "status": ["active", "client hold"],
    "events": [{"eventAction": "registration", "eventDate": AT}, {"eventAction": "expiration", "eventDate": AT}],
    "nameservers": [{"objectClassName": "nameserver", "ldhName": "NS1.B.EXAMPLE"}],
    "secureDNS": {"delegationSigned": True},
    "entities": [
        {"roles": ["registrar"], "vcardArray": DESK, "entities": [ABUSE],
         "publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}]},
        {"roles": ["registrant"], "vcardArray": DESK},
    ],
    "links": [{"rel": "related", "href": "https://r.example/domain/a.example", "type": "application/rdap+json"}],
    "redacted": [{"name": {"type": "Registrant Email"}, "method": "emptyValue",
                  "prePath": "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='email')]"}],
    "notices": [{"title": "Terms", "description": ["of use"]}],
}  # fmt: skip
NETWORK = {
    "objectClassName": "ip network", "handle": "NET-1", "startAddress": "192.0.2.0", "endAddress": "192.0.2.255",
    "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}], "name": "N", "country": "XA", "port43": "whois.ripe.net",
    "entities": [{"roles": ["registrant"], "vcardArray": DESK, "entities": [ABUSE]}],
}  # fmt: skip
CRTSH = [{
    "issuer_ca_id": 1, "issuer_name": "C=XA, O=Lab", "common_name": "a.example", "id": 7, "serial_number": "0f",
    "name_value": "a.example\n*.a.example", "entry_timestamp": AT[:-1], "not_before": AT[:-1],
    "not_after": "2026-06-01T10:00:00",
}]  # fmt: skip
GTLD = b"""Domain Name: A.EXAMPLE\r
Registry Domain ID: D1-EX\r
Registrar WHOIS Server: whois.r.example\r
Updated Date: 2026-02-01T10:00:00Z\r
Creation Date: 2026-03-01T10:00:00Z\r
Registrar: R, Inc.\r
Registrar IANA ID: 292\r
Registrar Abuse Contact Email: abuse@r.example\r
Registrar Abuse Contact Phone: +1.5551234567\r
Domain Status: clientHold https://icann.org/epp#clientHold\r
Registrant Name: REDACTED FOR PRIVACY\r
Name Server: NS1.B.EXAMPLE\r
DNSSEC: unsigned\r
"""
BLOCKS = b"""
    Domain name:
        a.example

    Registrar:
        R [Tag = R-XA]

    Relevant dates:
        Registered on: 01-Mar-2026
        Expiry date:  01-Mar-2027

    Name servers:
        ns1.b.example   192.0.2.1
"""
BRACKETS = "[Domain Name] A.EXAMPLE\n[\u767b\u9332\u5e74\u6708\u65e5] 2026/03/01\n[Name Server] ns1.b.example\n"
OTHERS = (
    b"No match for domain A.EXAMPLE.\n",
    b"% Query rate limit exceeded. Try again later.\n",
    b"domain: a.example\nnserver: ns1.b.example\ncreated: 2026.03.01 10:00:00\n",
)


def sound(table, outcome, record, detail):
    """What must be true of every reading; a record has the columns of its table, in their types."""
    assert isinstance(outcome, Outcome)
    assert (outcome is Outcome.OK) == (record is not None)
    assert detail is None or (detail == printable(detail, 300))
    if record is None:
        return
    (row,) = arrow_rows(table, [record]).to_pylist()
    for value in row.values():
        for text in value if isinstance(value, list) else [value]:
            assert not isinstance(text, str) or (text == printable(text, 2_000))


@pytest.mark.parametrize("domain", ["a.example", None])
def test_whois(domain):
    def read(content):
        reading = read_whois(content, domain, HASHES)
        sound("registration", reading.outcome, reading.record, reading.detail)
        assert referral_of(content) is None or "." in referral_of(content)

    hunt(f"whois-{domain}", [GTLD, BLOCKS, BRACKETS.encode(), BRACKETS.encode("euc-jp"), *OTHERS], read)


@pytest.mark.parametrize("domain", ["a.example", None])
def test_rdap(domain):
    def read(content):
        reading = read_rdap(content, domain, HASHES)
        sound("registration", reading.outcome, reading.record, reading.detail)

    error = {"errorCode": 429, "title": "Too many", "description": ["Rate limit exceeded"]}
    hunt(f"rdap-{domain}", [json.dumps(value).encode() for value in (DOMAIN, error)], read)


def test_rdap_of_a_network():
    def read(content):
        reading = read_rdap_network(content, "192.0.2.7")
        sound("network", reading.outcome, reading.record, reading.detail)

    hunt("rdap-network", [json.dumps(NETWORK).encode()], read)


def test_crtsh():
    def read(content):
        outcome, records, detail = read_crtsh(content, "a.example")
        assert (outcome is Outcome.OK) == bool(records)
        for record in records:
            sound("certificate", Outcome.OK, record, detail)

    hunt("crtsh", [json.dumps(CRTSH).encode(), b"[]"], read)


def test_certificates():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.example")])
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + dt.timedelta(days=90))
    names = x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.DNSName("*.b.example")])
    der = made.add_extension(names, critical=False).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    hunt("certificate", [der], lambda content: sound("certificate", *parse_certificate(content)))


@pytest.mark.parametrize("read_file", [read_servers, read_address_servers])
def test_bootstrap_files(read_file):
    def read(content):
        try:
            servers = read_file(content)
        except TerminalError:
            return
        assert all(base.lower().startswith(("https://", "http://")) and base.endswith("/") for base in servers.values())

    services = [[["example"], ["https://rdap.example/"]], [["192.0.2.0/24", "2001:db8::/32"], ["http://r.example"]]]
    hunt(read_file.__name__, [json.dumps({"version": "1.0", "services": services}).encode()], read)


def test_tables_of_networks(tmp_path):
    path = tmp_path / "table"

    def read(content):
        path.write_bytes(content)
        try:
            table = read_network_file(path).table
        except UsageError as error:
            said = str(error)
        else:
            said = ""
            table.find("192.0.2.1")
        assert said == printable(said, 2_000)

    samples = [
        b"prefix,asn,name,country\n192.0.2.0/24,64500,N,XA\n",
        b"; a comment\n192.0.2.0/24\t64500\n2001:db8::/32\t64501\n",
        b"192.0.2.0\t192.0.2.255\t64500\tXA\tN\n2001:db8::\t2001:db8::ff\t0\tNone\tNot routed\n",
    ]
    hunt("networks", samples, read)
