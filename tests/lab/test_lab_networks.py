"""Networks and certificates as the lab tells them: every source says the same, to clients that are not ours."""

from __future__ import annotations

import csv
import ipaddress
import itertools
import json

import dns.message
import dns.query
import dns.rcode
import httpx
import pytest
from cryptography import x509

from churn.lab import nsd
from churn.lab.certificates import Authority
from churn.lab.dns_wire import Answers
from churn.lab.world import build_world

pytestmark = pytest.mark.lab
OUTSIDE = ("198.19.255.255", "192.0.3.0", "127.0.0.1", "2001:db8:ffff::1", "::1")


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(scope="module")
def lab(plain_lab):
    return plain_lab


@pytest.fixture(scope="module")
def web(lab):
    with httpx.Client(base_url=f"http://127.0.0.1:{lab.ports.http}", timeout=5) as client:
        yield client


@pytest.fixture(scope="module")
def table(lab):
    with (lab.truth.parent / "networks.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def samples(table):
    """Rows of the table by an address in each: the first, the last and one in the middle."""
    found = {}
    for row in table:
        prefix = ipaddress.ip_network(row["prefix"])
        found |= {str(prefix[place]): row for place in (0, prefix.num_addresses // 3, -1)}
    return found


def cymru(address):
    ip = ipaddress.ip_address(address)
    origin = "origin" if ip.version == 4 else "origin6"
    return f"{'.'.join(ip.reverse_pointer.split('.')[:-2])}.{origin}.asn.cymru.lab"


def by_server(lab):
    return lambda query: dns.query.udp(query, "127.0.0.1", port=lab.ports.dns, timeout=5)


def built_in(world):
    answers = Answers(world, {})
    return lambda query: dns.message.from_wire(answers.answer(query.to_wire()))


@pytest.fixture(params=["nsd", "built-in"])
def ask(request, lab, world):
    if request.param == "nsd":
        if nsd.program() is None:
            pytest.skip("nsd is not installed")
        assert lab.summary["dns"] == "nsd"
    send = by_server(lab) if request.param == "nsd" else built_in(world)

    def asked(name, kind="TXT"):
        answer = send(dns.message.make_query(name, kind))
        return dns.rcode.to_text(answer.rcode()), [str(item).strip('"') for rrset in answer.answer for item in rrset]

    return asked


def test_networks_by_dns_are_those_of_the_table(ask, samples):
    assert {ipaddress.ip_address(address).version for address in samples} == {4, 6}
    for address, row in samples.items():
        expected = f"{row['asn']} | {row['prefix']} | {row['country']} | lab | 2026-01-01"
        assert ask(cymru(address)) == ("NOERROR", [expected])
        name = f"{row['asn']} | {row['country']} | lab | 2026-01-01 | {row['name']}, {row['country']}"
        assert ask(f"AS{row['asn']}.asn.cymru.lab") == ("NOERROR", [name])


def test_what_is_in_no_network_is_no_name(ask):
    for name in (*map(cymru, OUTSIDE), "as1.asn.cymru.lab", "1.1.asn.cymru.lab"):
        assert ask(name) == ("NXDOMAIN", [])


def test_the_zone_of_networks_has_other_types_and_names_in_between(ask):
    assert ask("asn.cymru.lab", "NS") == ("NOERROR", ["ns1.asn.cymru.lab."])
    assert ask("asn.cymru.lab", "SOA")[1][0].startswith("ns1.asn.cymru.lab. hostmaster.asn.cymru.lab. ")
    assert ask("origin.asn.cymru.lab") == ("NOERROR", [])
    assert ask(cymru("192.0.2.7"), "A") == ("NOERROR", [])
    assert ask(cymru("192.0.2.7").upper())[1]


def test_tables_of_other_forms_say_the_same(lab, table):
    pyasn = (lab.truth.parent / "networks.pyasn").read_text().splitlines()
    assert {tuple(line.split("\t")) for line in pyasn if not line.startswith(";")} == {
        (row["prefix"], row["asn"]) for row in table
    }
    lines = [line.split("\t") for line in (lab.truth.parent / "networks.tsv").read_text().splitlines()]
    routed = {(first, last): rest for first, last, *rest in lines if rest != ["0", "None", "Not routed"]}
    for row in table:
        prefix = ipaddress.ip_network(row["prefix"])
        expected = [row["asn"], row["country"], row["name"]]
        assert routed.pop((str(prefix[0]), str(prefix[-1]))) == expected
    assert not routed
    for one, other in itertools.pairwise(lines):
        last, first = ipaddress.ip_address(one[1]), ipaddress.ip_address(other[0])
        assert last.version != first.version or int(last) + 1 == int(first)


def test_addresses_of_the_world_are_in_the_table(world, table):
    prefixes = [ipaddress.ip_network(row["prefix"]) for row in table]
    for row in world.domains.to_pylist()[::50]:
        addresses = [*world.pools.address_texts(row["a"])]
        addresses += [str(ipaddress.IPv6Address((0x20010DB8 << 96) + row["aaaa"]))] if row["aaaa"] >= 0 else []
        assert all(any(ipaddress.ip_address(each) in prefix for prefix in prefixes) for each in addresses)


def test_rdap_of_networks_from_the_bootstrap_files(web, samples):
    bases = {}
    for version in (4, 6):
        told = web.get(f"/rdap/ipv{version}.json").json()
        assert (told["version"], told["publication"]) == ("1.0", "2026-03-01T00:00:00Z")
        bases |= {ipaddress.ip_network(block): base for blocks, (base,) in told["services"] for block in blocks}
    for address, row in list(samples.items())[::4]:
        base = next(base for block, base in bases.items() if ipaddress.ip_address(address) in block)
        answer = web.get(f"{base}ip/{address}")
        assert answer.headers["Content-Type"] == "application/rdap+json"
        body = answer.json()
        prefix = ipaddress.ip_network(row["prefix"])
        assert (body["objectClassName"], body["name"], body["country"]) == ("ip network", row["name"], row["country"])
        assert (body["startAddress"], body["endAddress"]) == (str(prefix[0]), str(prefix[-1]))
        (cidr,) = body["cidr0_cidrs"]
        assert f"{cidr[f'v{prefix.version}prefix']}/{cidr['length']}" == row["prefix"]
        (organisation,) = body["entities"]
        (abuse,) = organisation["entities"]
        assert abuse["roles"] == ["abuse"]
        assert [item[3] for item in abuse["vcardArray"][1] if item[0] == "email"] == [row["abuse_email"]]
        assert web.get(body["links"][0]["href"]).json() == body


def test_rdap_of_what_is_in_no_network(web):
    for address in (*OUTSIDE, "x", "192.0.2.0/23", ""):
        answer = web.get(f"/rdap/rir/ip/{address}")
        assert (answer.status_code, answer.json()["errorCode"]) == (404, 404)


FIELDS = {"issuer_ca_id", "issuer_name", "common_name", "name_value", "id", "entry_timestamp", "not_before",
          "not_after", "serial_number", "result_count"}  # fmt: skip


def test_crtsh_lists_certificates_and_gives_them(web, world):
    row = next(row for row in world.domains.to_pylist() if row["cert"] >= 0)
    listed = web.get("/crtsh/", params={"q": row["domain"], "output": "json"}).json()
    assert listed == web.get(f"/crtsh/?q=%25.{row['domain']}&output=json&deduplicate=Y").json()
    assert [set(entry) for entry in listed] == [FIELDS, FIELDS]
    shown = Authority(world.seed)
    for entry, before in zip(listed, (False, True), strict=True):
        assert entry["name_value"].split("\n") == [row["domain"], f"www.{row['domain']}"]
        answer = web.get("/crtsh/", params={"d": str(entry["id"])})
        certificate = x509.load_pem_x509_certificate(answer.content)
        assert f"{certificate.serial_number:032x}" == entry["serial_number"]
        assert f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%S}" == entry["not_before"] < entry["entry_timestamp"]
        assert f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%S}" == entry["not_after"]
        assert before == any(isinstance(item.value, x509.PrecertPoison) for item in certificate.extensions)
        certificate.verify_directly_issued_by(shown.root)


def test_crtsh_knows_nothing_of_others(web, world):
    without = next(row["domain"] for row in world.domains.to_pylist() if row["cert"] < 0)
    for name in (without, "nothing.comlab", "'; DROP TABLE certificate; --", "%"):
        answer = web.get("/crtsh/", params={"q": name, "output": "json"})
        assert (answer.status_code, answer.json()) == (200, [])
    for number in ("0", "20000000000000", "-1", "x", "1" * 30):
        assert web.get("/crtsh/", params={"d": number}).status_code == 404
    assert web.get("/crtsh/").headers["Content-Type"].startswith("text/html")


def test_every_party_with_rdap_has_an_address_of_its_own(web, world):
    services = json.loads(web.get("/rdap/dns.json").content)["services"]
    hosts = [httpx.URL(base).host for _, (base,) in services]
    assert len(hosts) == len(set(hosts)) > 30
    domain = next(name for name in world.domains["domain"].to_pylist() if name.endswith(".comlab"))
    base = next(base for tlds, (base,) in services if tlds == ["comlab"])
    body = web.get(f"{base}domain/{domain}").json()
    hosts = [httpx.URL(link["href"]).host for link in body["links"]]
    assert len(set(hosts)) == len(hosts)
    assert all(web.get(link["href"]).status_code == 200 for link in body["links"])
