"""Faults of WHOIS and DNS on the wire, as a client that is not ours meets them; every fault has its case."""

from __future__ import annotations

import socket

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from churn.lab.lookup_faults import LOOKUP_FAULTS, PASSING
from churn.lab.records import record
from churn.lab.whois_faults import THROTTLED

pytestmark = pytest.mark.lab
PATIENCE = 0.4


@pytest.fixture(scope="module")
def lab(faulty_lab):
    return faulty_lab


def whois(lab, address, name, patience=PATIENCE):
    with socket.create_connection((address, lab.ports.whois), timeout=patience) as connection:
        connection.sendall(f"{name}\r\n".encode())
        said = b""
        while more := connection.recv(65_536):
            said += more
    return said


def ask(lab, name, kind="A", transport=dns.query.udp):
    query = dns.message.make_query(name, kind)
    return transport(query, "127.0.0.1", port=lab.ports.dns, timeout=PATIENCE)


@pytest.fixture(scope="module")
def whois_address(subjects):
    return subjects.world.actors.registries["comlab"].address


def told(lab, subjects, address, name):
    return whois(lab, address, subjects.names["whois", name])


def test_whois_tells_of_limits_in_the_words_of_each_server(lab, subjects, whois_address):
    subject = subjects.names["whois", "throttled"]
    said = whois(lab, whois_address, subject).decode()
    assert said.replace("\r\n", "\n") in THROTTLED
    assert "Domain Name: " in whois(lab, whois_address, subject).decode()
    others = (item.address for item in subjects.world.actors.registries.values())
    assert len({whois(lab, address, subject) for address in others}) >= 4
    denied = told(lab, subjects, whois_address, "denied").lower()
    assert any(word in denied for word in (b"denied", b"not permitted", b"blacklist"))


def test_whois_that_says_nothing_or_breaks_off(lab, subjects, whois_address):
    assert told(lab, subjects, whois_address, "empty") == b""
    assert told(lab, subjects, whois_address, "empty") != b""
    with pytest.raises(ConnectionResetError):
        told(lab, subjects, whois_address, "reset")
    with pytest.raises(TimeoutError):
        told(lab, subjects, whois_address, "timeout")
    half = told(lab, subjects, whois_address, "cut")
    assert b"Domain Name: " in half
    assert b"TERMS OF USE" not in half
    assert len(told(lab, subjects, whois_address, "too-long")) > 2_000_000


def test_whois_drips(lab, subjects, whois_address):
    with socket.create_connection((whois_address, lab.ports.whois), timeout=PATIENCE) as connection:
        connection.sendall(f"{subjects.names['whois', 'drip']}\r\n".encode())
        assert [len(connection.recv(100)) for _ in range(3)] == [1, 1, 1]


def test_whois_in_other_encodings(lab, subjects, whois_address):
    said = {name: told(lab, subjects, whois_address, name) for name in ("latin-1", "utf-16", "shift-jis", "garbage")}
    for content in said.values():
        with pytest.raises(UnicodeDecodeError):
            content.decode()
    assert "Müller" in said["latin-1"].decode("latin-1")
    assert "Domain Name: " in said["utf-16"].decode("utf-16")
    assert "登録者名" in said["shift-jis"].decode("shift_jis")
    assert b"\0" in told(lab, subjects, whois_address, "nul")


def test_whois_with_other_contents(lab, subjects, whois_address):
    assert b"<html>" in told(lab, subjects, whois_address, "page")
    assert "Registrar: <script>" in (hostile := told(lab, subjects, whois_address, "hostile").decode()) or (
        "<script>" in hostile
    )
    assert b"\x1b" in told(lab, subjects, whois_address, "escapes")
    subject = subjects.names["whois", "other"]
    other = told(lab, subjects, whois_address, "other").decode().splitlines()[0]
    assert other.startswith("Domain Name: ")
    assert other != f"Domain Name: {subject.upper()}"


def referral(said):
    return next(line.split(": ", 1)[1] for line in said.decode().splitlines() if "WHOIS Server: " in line)


def test_whois_refers_to_where_nobody_should_go(lab, subjects, whois_address):
    places = {name: referral(told(lab, subjects, whois_address, f"refer-{name}")) for name in ("private", "metadata")}
    assert places == {"private": "10.0.0.1", "metadata": "169.254.169.254"}
    assert referral(told(lab, subjects, whois_address, "refer-url")).startswith("https://")
    assert len(referral(told(lab, subjects, whois_address, "refer-hostile"))) > 5_000
    assert referral(told(lab, subjects, whois_address, "self")) == "whois.nic.comlab"
    subject = subjects.names["whois", "loop"]
    registrar = record(subjects.world, subject).registrar
    assert referral(whois(lab, whois_address, subject)) == registrar.whois_host
    assert referral(whois(lab, registrar.address, subject)) == "whois.nic.comlab"


WHOIS_CASES = {"throttled", "denied", "empty", "reset", "timeout", "cut", "too-long", "drip", "latin-1", "utf-16",
               "shift-jis", "garbage", "nul", "page", "hostile", "escapes", "other", "refer-private", "refer-metadata",
               "refer-url", "refer-hostile", "self", "loop"}  # fmt: skip


def test_every_fault_of_whois_has_its_case():
    assert LOOKUP_FAULTS["whois"].keys() == WHOIS_CASES


CODES = {"servfail": "SERVFAIL", "refused": "REFUSED", "nxdomain": "NXDOMAIN", "formerr": "FORMERR"}


@pytest.mark.parametrize("name", CODES)
def test_dns_codes(lab, subjects, name):
    subject = subjects.names["dns", name]
    codes = [dns.rcode.to_text(ask(lab, subject).rcode()) for _ in range(2)]
    assert codes == [CODES[name], "NOERROR" if ("dns", name) in PASSING else CODES[name]]
    assert dns.rcode.to_text(ask(lab, f"www.{subject}", "MX").rcode()) == CODES[name]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("silent", dns.exception.Timeout),
        ("other-question", dns.query.BadResponse),
        ("wrong-id", dns.query.BadResponse),
        ("garbage", dns.exception.DNSException),
    ],
)
def test_dns_answers_that_are_none(lab, subjects, name, error):
    with pytest.raises(error):
        ask(lab, subjects.names["dns", name])


def addresses(answer):
    return [str(item) for rrset in answer.answer for item in rrset]


def test_dns_truncated_and_oversized(lab, subjects):
    for name in ("truncated", "oversized"):
        short = ask(lab, subjects.names["dns", name])
        assert short.flags & dns.flags.TC
        assert not short.answer
    with pytest.raises((EOFError, dns.exception.Timeout)):
        ask(lab, subjects.names["dns", "truncated"], transport=dns.query.tcp)
    for kind in ("A", "AAAA", "NS", "MX"):
        whole = ask(lab, subjects.names["dns", "oversized"], kind, dns.query.tcp)
        assert len(addresses(whole)) > 1_000
    assert len(addresses(ask(lab, subjects.names["dns", "oversized"], "A", dns.query.tcp))) == 4_000


def test_dns_records_that_are_not_to_be_believed(lab, subjects):
    (other,) = ask(lab, subjects.names["dns", "other"]).answer
    assert str(other.name) == "elsewhere.example."
    loop = ask(lab, subjects.names["dns", "cname-loop"]).answer
    assert {str(rrset.name): str(rrset[0]) for rrset in loop} == {
        "elsewhere.example.": f"{subjects.names['dns', 'cname-loop']}.",
        f"{subjects.names['dns', 'cname-loop']}.": "elsewhere.example.",
    }
    private = subjects.names["dns", "private"]
    assert {"10.0.0.1", "169.254.169.254", "127.0.0.1"} <= set(addresses(ask(lab, private)))
    assert {"::1", "fe80::1", "::ffff:10.0.0.1"} <= set(addresses(ask(lab, private, "AAAA")))
    hosts = addresses(ask(lab, subjects.names["dns", "hostile"], "NS"))
    assert any("<script>" in host for host in hosts)
    assert any(r"\000" in host for host in hosts)
    for kind in ("MX", "SOA", "TXT", "A"):
        assert addresses(ask(lab, subjects.names["dns", "hostile"], kind))


def test_every_fault_of_dns_has_its_case():
    others = {"silent", "other-question", "wrong-id", "garbage", "truncated", "oversized", "other", "cname-loop"}
    assert LOOKUP_FAULTS["dns"].keys() == CODES.keys() | others | {"private", "hostile"}
