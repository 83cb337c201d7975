"""The lab served: real clients over the loopback, the record of received bytes, ports and the end of it all."""

import datetime as dt
import gzip
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
from cryptography import x509

from churn.errors import UsageError
from churn.lab import Ports, nsd, serving
from churn.lab.record import application_bytes, receipts
from churn.lab.world import build_world
from churn.settings import load_settings

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def lab(plain_lab):
    return plain_lab


@pytest.fixture(scope="module")
def truth(lab):
    return pyarrow.parquet.read_table(lab.truth).to_pylist()


def get(lab, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{lab.ports.http}{path}", timeout=5) as answer:
        return answer.read()


def whois(lab, address, line):
    with socket.create_connection((address, lab.ports.whois), timeout=5) as connection:
        connection.sendall(f"{line}\r\n".encode())
        with connection.makefile("rb") as stream:
            return stream.read().decode()


def resolve(lab, name):
    dns_message = pytest.importorskip("dns.message")
    import dns.query

    query = dns_message.make_query(name, "A")
    answer = dns.query.udp(query, "127.0.0.1", port=lab.ports.dns, timeout=5).answer
    return str(answer[0][0]) if answer else None


def names_of(truth, tld):
    return [row["domain"] for row in truth if row["domain"].endswith(f".{tld}")]


def handshake(lab, name, say=b""):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", lab.ports.tls), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as tls,
    ):
        if say:
            tls.sendall(say)
        return tls.getpeercert(binary_form=True)


def shake_some(lab, truth, wanted, say=b""):
    """Certificates by name of the first `wanted` domains that have TLS."""
    found = {}
    for row in truth:
        try:
            found[row["domain"]] = x509.load_der_x509_certificate(handshake(lab, row["domain"], say))
        except ssl.SSLError:
            continue
        if len(found) == wanted:
            break
    return found


def test_settings_are_valid_and_name_the_feeds(lab, monkeypatch):
    monkeypatch.setenv("CHURN_SETTINGS", str(lab.settings_file))
    settings = load_settings()
    assert settings.clock == "day"
    assert settings.feeds_file.is_file()
    assert settings.dns_resolvers == (f"127.0.0.1:{lab.ports.dns}",)


def test_lists_match_the_truth(lab, truth):
    for day in lab.days:
        names = gzip.decompress(get(lab, f"/nrd/{day}.txt.gz")).decode().split()
        assert names == sorted(row["domain"] for row in truth if row["registered_day"] == day)
        reported = get(lab, f"/reported/{day}.csv").decode().splitlines()[1:]
        assert len(reported) == sum(row["first_reported_day"] == day for row in truth)


def test_unknown_paths_and_days_are_404(lab):
    for path in (
        "/nrd/2020-01-01.txt.gz",
        "/nrd/../etc",
        "/",
        "/reported/x.csv",
        "/rdap/registry/comlab/domain/no.comlab",
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            get(lab, path)
        error.value.close()
        assert error.value.code == 404


def test_unchanged_list_is_not_sent_again(lab):
    url = f"http://127.0.0.1:{lab.ports.http}/reported/{lab.days[0]}.csv"
    with urllib.request.urlopen(url, timeout=5) as answer:
        tag = answer.headers["ETag"]
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(url, headers={"If-None-Match": tag}), timeout=5)
    error.value.close()
    assert error.value.code == 304


def test_rdap_from_bootstrap_to_the_registrar(lab, truth):
    services = json.loads(get(lab, "/rdap/dns.json"))["services"]
    bases = {tld: base for tlds, (base, *_) in services for tld in tlds}
    assert "xblab" not in bases, "has WHOIS only"
    seen_registrar = False
    for domain in names_of(truth, "comlab")[:20]:
        with urllib.request.urlopen(f"{bases['comlab']}domain/{domain}", timeout=5) as answer:
            assert answer.headers["Content-Type"] == "application/rdap+json"
            body = json.load(answer)
        assert body["ldhName"].lower() == domain
        roles = [role for entity in body["entities"] for role in entity["roles"]]
        assert "registrar" in roles
        assert "registrant" not in roles, "a thin registry does not know"
        for link in body["links"]:
            if link["rel"] == "related":
                with urllib.request.urlopen(link["href"], timeout=5) as answer:
                    further = json.load(answer)
                assert any("registrant" in entity["roles"] for entity in further["entities"])
                seen_registrar = True
    assert seen_registrar


def test_rdap_of_a_thick_registry(lab, truth):
    withheld = shown = 0
    for row in [row for row in truth if row["domain"].endswith(".shoplab")][:40]:
        body = json.loads(get(lab, f"/rdap/registry/shoplab/domain/{row['domain'].upper()}"))
        registrar = next(entity for entity in body["entities"] if entity["roles"] == ["registrar"])
        assert registrar["publicIds"][0]["type"] == "IANA Registrar ID"
        abuse = registrar["entities"][0]
        assert abuse["roles"] == ["abuse"]
        assert any(item[0] == "email" and "@" in item[3] for item in abuse["vcardArray"][1])
        created = next(event["eventDate"] for event in body["events"] if event["eventAction"] == "registration")
        if row["registered_day"] >= lab.days[0]:
            assert dt.datetime.fromisoformat(created).date() == row["registered_day"]
        registrant = next(entity for entity in body["entities"] if "registrant" in entity["roles"])
        has_email = any(item[0] == "email" for item in registrant["vcardArray"][1])
        assert has_email != ("redacted" in body)
        withheld, shown = withheld + ("redacted" in body), shown + has_email
    assert withheld
    assert shown


def test_several_requests_on_one_connection(lab):
    with socket.create_connection(("127.0.0.1", lab.ports.http), timeout=5) as connection:
        connection.sendall(
            b"GET /rdap/dns.json HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        with connection.makefile("rb") as stream:
            text = stream.read()
    assert text.count(b"HTTP/1.1 200 OK") == 2
    assert text.count(b"HTTP/1.1 405") == 1


def test_whois_refers_from_the_root_to_the_registrar(lab, truth):
    domain = names_of(truth, "comlab")[0]
    root = whois(lab, resolve(lab, "whois.iana.lab"), domain)
    server = next(line.split()[1] for line in root.splitlines() if line.startswith("refer:"))
    registry = whois(lab, resolve(lab, server), domain)
    assert f"Domain Name: {domain.upper()}" in registry
    assert "Registrant" not in registry
    further = next(line.split(": ")[1] for line in registry.splitlines() if line.startswith("Registrar WHOIS Server"))
    assert "Registrant Email: " in whois(lab, resolve(lab, further), domain)


def test_whois_layouts_and_no_match(lab, truth):
    ripe = whois(lab, resolve(lab, "whois.nic.xblab"), domain := names_of(truth, "xblab")[0])
    assert f"domain:         {domain}" in ripe
    blocks = whois(lab, resolve(lab, "whois.nic.xclab"), domain := names_of(truth, "xclab")[0])
    assert f"Domain name:\r\n        {domain}" in blocks
    for tld in ("comlab", "xblab", "xclab"):
        assert "no" in whois(lab, resolve(lab, f"whois.nic.{tld}"), f"not-there-at-all.{tld}").lower()
    assert "No match" in whois(lab, resolve(lab, "whois.nic.comlab"), domain), "asked the wrong registry"


def test_domains_resolve_over_udp_and_tcp(lab, truth):
    import dns.message
    import dns.query

    query = dns.message.make_query("whois.nic.netlab", "A")
    tcp = dns.query.tcp(query, "127.0.0.1", port=lab.ports.dns, timeout=5)
    assert str(tcp.answer[0][0]) == resolve(lab, "whois.nic.netlab")
    found = [resolve(lab, row["domain"]) for row in truth[:50]]
    assert sum(address is not None for address in found) > 40


def test_certificates_are_the_domains_own_and_one_operator_shares_keys(lab, truth):
    case = shake_some(lab, [row for row in truth if row["campaign"] == "case"], 20)
    others = shake_some(lab, [row for row in truth if row["kind"] == "background"], 20)
    for name, certificate in {**case, **others}.items():
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert name in names.get_values_for_type(x509.DNSName)
        assert "Lab R1" in certificate.issuer.rfc4514_string()
    keys = [{certificate.public_key().public_numbers() for certificate in group.values()} for group in (case, others)]
    assert len(keys[0]) <= 5
    assert len(keys[1]) == 20


def test_handshake_alone_leaves_no_application_byte_and_one_byte_shows(lab, truth):
    before = application_bytes(lab.record)
    (name,) = shake_some(lab, truth, 1)
    mine = [receipt for receipt in receipts(lab.record) if receipt.sni == name]
    assert sum(len(receipt.raw) for receipt in mine) > 200, "the handshake itself is on record"
    assert application_bytes(lab.record) == before
    shake_some(lab, truth, 1, say=b"G")
    wait_for(lambda: application_bytes(lab.record) == before + b"G")


def test_website_port_records_everything(lab):
    before = application_bytes(lab.record)
    with socket.create_connection(("127.0.0.1", lab.ports.website), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        wait_for(lambda: application_bytes(lab.record) == before + b"GET / HTTP/1.0\r\n\r\n")
        assert {receipt.service for receipt in receipts(lab.record)} >= {"website"}


def wait_for(true):
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("service", ["http", "whois", "dns", "tls", "website"])
def test_an_occupied_port_is_one_sentence(tmp_path, service):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1" if service != "whois" else "127.0.1.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(UsageError, match=f"{service} port {port}"),
            serving("small", 1, tmp_path, ports=Ports(**{service: port})),
        ):
            pytest.fail("it must not start")


def asked_of(lab, names):
    """What a DNS server says of each name: codes and records, by name and type."""
    import dns.message
    import dns.query

    said = {}
    for name in names:
        for kind in ("A", "AAAA", "NS", "MX", "SOA", "TXT"):
            query = dns.message.make_query(name, kind)
            answer = dns.query.udp(query, "127.0.0.1", port=lab.ports.dns, timeout=5)
            zones = {str(rrset.name) for rrset in answer.authority if rrset.rdtype == 6}
            said[name, kind] = answer.rcode(), sorted(str(item) for rrset in answer.answer for item in rrset), zones
    return said


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """A lab on the ports of one that has ended and left nothing; its DNS server is the built-in one."""
    folder = tmp_path_factory.mktemp("again")
    before = set(psutil.Process().children(recursive=True))
    with serving("small", 1, folder) as first:
        assert set(psutil.Process().children(recursive=True)) - before
    assert set(psutil.Process().children(recursive=True)) <= before
    assert not (folder / "served").exists()
    with serving("small", 1, folder, ports=first.ports, dns="built-in") as served:
        assert served.ports == first.ports
        yield served


def test_nothing_is_left_at_the_end(again):
    assert get(again, "/rdap/dns.json")


@pytest.mark.skipif(nsd.program() is None, reason="nsd is not installed")
def test_nsd_and_the_built_in_server_say_the_same(lab, truth, again):
    names = [row["domain"] for row in truth[::120]] + ["nothing.comlab", "whois.nic.comlab", "whois.iana.lab"]
    names += [row["domain"] for row in build_world("small", 1).domains.filter(pc.field("rcode") == 2).to_pylist()]
    names += [f"www.{name}" for name in names[:20]]
    assert lab.summary["dns"] == "nsd"
    said, expected = asked_of(again, names), asked_of(lab, names)
    for (name, kind), answer in expected.items():
        if name.startswith("whois."):  # the built-in one knows these addresses, not their zones
            assert said[name, kind][:2] == answer[:2]
        else:
            assert said[name, kind] == answer, (name, kind)


def test_servers_end_with_the_process_that_started_them(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from churn.lab import serving\n"
        "with serving('small', 1, Path(sys.argv[1])): print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"up\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert children
        os.kill(parent.pid, signal.SIGKILL)
    assert psutil.wait_procs(children, timeout=10)[1] == []
