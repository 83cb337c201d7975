"""Zone transfers: messages as lines against a library that reads them its own way, and servers that misbehave."""

import base64
import datetime as dt
import gzip
import socketserver
import struct

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from churn.collect.credentials import Credential
from churn.collect.feeds import Feed
from churn.collect.transports import zones as visiting
from churn.collect.transports.axfr import visit_axfr
from churn.collect.transports.dns_records import read_message
from churn.collect.visit import Visit
from churn.errors import TerminalError, TransientError, UsageError
from churn.settings import Settings
from churn.store.landing import stored_file
from tests.serving import running

DAY = dt.date(2026, 3, 1)
SECRET = base64.b64encode(b"a key of the tests").decode()
KEY = dns.tsig.Key("tests", SECRET, "hmac-sha512")
RECORDS = """\
@ 3600 IN SOA a.nic hostmaster.nic 7 7200 900 1209600 3600
@ 3600 IN NS a.nic
@ 3600 IN MX 10 mail
@ 3600 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
@ 0 IN TXT "a \\"text\\" ; with \\\\ and \\007" "another"
a.nic 3600 IN A 192.0.2.1
a.nic 3600 IN AAAA 2001:db8::1
one 3600 IN NS a.nic
one 3600 IN NS ns.elsewhere.example.
one 3600 IN DS 4242 13 2 1111111111111111111111111111111111111111111111111111111111111111
xn--bcher-kva 3600 IN NS ns1.xn--bcher-kva
odd\\.dot\\032\\"quote\\200 3600 IN NS ns1.x\\@y
* 3600 IN CNAME one
ad7pvgd8h9l6ju3m7jdpp4l62fvaf3ul 3600 IN NSEC3 1 1 0 - bd7pvgd8h9l6ju3m7jdpp4l62fvaf3ul NS DS RRSIG
one 3600 IN RRSIG DS 13 2 3600 20260331000000 20260301000000 4242 se. dGVzdA==
old 3600 IN TYPE65280 \\# 3 010203
"""


def records(text=RECORDS, origin="se."):
    return [
        rrset(name, ttl, of, kind, data, origin)
        for name, ttl, of, kind, data in (line.split(" ", 4) for line in text.splitlines())
    ]


def rrset(name, ttl, of, kind, data, origin):
    root = dns.name.from_text(origin)
    made = dns.rdata.from_text(of, kind, data, origin=root, relativize=False)
    return dns.rrset.from_rdata(root if name == "@" else dns.name.from_text(name, root), int(ttl), made)


def message(found, query=None):
    """A message with records in its answer, names compressed."""
    made = dns.message.make_response(query or dns.message.make_query("se.", "AXFR"))
    made.answer = list(found)
    return made


def as_sets(lines):
    """Lines read by the library, one by one."""
    return [rrset(*line.rstrip("\n").split(" ", 4), ".") for line in lines]


def test_lines_say_what_the_message_says():
    found = records()
    read = read_message(message(found).to_wire(max_size=65535))
    assert as_sets(read.lines) == found
    assert read.soas == [0]
    assert read.lines[1] == "se. 3600 IN NS a.nic.se.\n"
    assert any(line.startswith("one.se. 3600 IN RRSIG \\# ") for line in read.lines)


labels = st.binary(min_size=1, max_size=20)
names = st.lists(labels, min_size=1, max_size=5).map(lambda parts: dns.name.Name([*parts, b""]))


@given(st.lists(st.tuples(names, names), max_size=20))
def test_any_names_survive(pairs):
    found = [dns.rrset.from_rdata(owner, 60, dns.rdtypes.ANY.NS.NS(1, 2, target)) for owner, target in pairs]
    read = read_message(message(found).to_wire(max_size=65535))
    assert as_sets(read.lines) == found
    assert all("\n" not in line[:-1] and line.isascii() for line in read.lines)


@given(st.data())
def test_no_bytes_do_anything_but_fail(data):
    wire = bytearray(message(records()).to_wire(max_size=65535))
    for _ in range(data.draw(st.integers(1, 8))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.sampled_from([0, 1, 12, 63, 64, 0xC0, 0xFF]))
    wire = wire[: data.draw(st.integers(0, len(wire)))] if data.draw(st.booleans()) else wire
    try:
        read = read_message(bytes(wire))
    except (ValueError, IndexError, struct.error, dns.exception.DNSException):
        return
    assert all(line.endswith("\n") and "\n" not in line[:-1] for line in read.lines)


def test_pointers_can_not_go_round():
    head = struct.pack("!HHHHHH", 1, 0x8000, 0, 1, 0, 0)
    for name in (b"\xc0\x0c", b"\xc0\x0e\xc0\x0c", b"\x01a\xc0\x0c", b"\xff\xff"):
        with pytest.raises((ValueError, IndexError)):
            read_message(head + name + struct.pack("!HHIH", 2, 1, 0, 0))


class Registry(socketserver.ThreadingTCPServer):
    """Gives to each query the messages that `script` makes of it, as wires; what was asked is in `asked`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.asked = list, []


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        head = self.rfile.read(2)
        query = dns.message.from_wire(self.rfile.read(int.from_bytes(head)), keyring={KEY.name: KEY})
        self.server.asked.append(dns.rdatatype.to_text(query.question[0].rdtype))
        for wire in self.server.script(query):
            self.wfile.write(struct.pack("!H", len(wire)) + wire)


@pytest.fixture
def registry():
    with running(Registry()) as server:
        yield server


@pytest.fixture
def visit(tmp_path, registry, monkeypatch):
    monkeypatch.setattr(visiting, "PAUSE_SECONDS", 0.0)

    def visited(day=DAY, credential=None, **keys):
        url = f"axfr://127.0.0.1:{registry.server_address[1]}"
        declared = {"name": "zones", "kind": "registered", "format": "axfr", "url": url, "zones": ("se",)}
        feed = Feed(**{**declared, "allow_private": True, "auth": "tsig hmac-sha512", **keys})
        made = Visit(Settings(data=tmp_path, clock="day"), feed, day, credential)
        visit_axfr(made)
        return made

    return visited


def signed(wires, query, *, every=1):
    """The messages of an answer, of which the first, each so-manieth and the last are signed (RFC 8945, 5.3.1)."""
    context, out = None, []
    for number, made in enumerate(wires):
        made.request_mac = query.mac
        if number % every == 0 or number == len(wires) - 1:
            made.use_tsig(KEY, original_id=query.id)
        wire = (
            made.to_wire(max_size=65535, multi=True, tsig_ctx=context) if made.keyring else made.to_wire(max_size=65535)
        )
        if made.keyring:
            context = made.tsig_ctx
        elif context:
            context.update(wire)
        out.append(wire)
    return out


def zone(serial=7):
    """A zone's records in a transfer."""
    soa, *others = records(RECORDS.replace(" 7 7200", f" {serial} 7200", 1))
    return [soa, *others, soa]


def transfer(query, found=None, step=3):
    """The answer to a question for the serial number or for the zone, in messages of a few records."""
    found = found or zone()
    if query.question[0].rdtype == dns.rdatatype.SOA:
        return [message(found[:1], query)]
    return [message(found[at : at + step], query) for at in range(0, len(found), step)]


def wires(messages):
    return [each.to_wire(max_size=65535) for each in messages]


def test_a_zone_lands_as_it_came(visit, registry):
    registry.script = lambda query: wires(transfer(query))
    made = visit()
    (manifest,) = (each for each in made.landed if not each.closes)
    assert (manifest.url, manifest.cursor) == (f"axfr://127.0.0.1:{registry.server_address[1]}/se", "7")
    text = gzip.decompress(stored_file(made.settings, manifest).read_bytes()).decode("ascii")
    assert as_sets(text.splitlines()) == zone()
    assert registry.asked == ["SOA", "AXFR"]
    assert [path for path in (made.settings.data / "tmp").rglob("*") if path.is_file()] == []


def test_an_unchanged_serial_number_is_enough(visit, registry):
    registry.script = lambda query: wires(transfer(query))
    visit()
    tomorrow = visit(day=DAY + dt.timedelta(days=1))
    assert registry.asked == ["SOA", "AXFR", "SOA"]
    assert {each.cursor for each in tomorrow.landed} == {"7", None}


@pytest.mark.parametrize("every", [1, 2, 100])
def test_signed_messages_are_checked(visit, registry, every):
    registry.script = lambda query: signed(transfer(query, step=1), query, every=every)
    made = visit(credential=Credential(SecretStr(SECRET), "tests"))
    assert len(made.landed) == 2


def without_last_signature(query):
    made = signed(transfer(query, step=3), query, every=100)
    return made if len(made) == 1 else [*made[:-1], wires(transfer(query))[-1]]


def changed_on_the_way(query):
    made = signed(transfer(query, step=3), query)
    return [wire.replace(b"elsewhere", b"otherwise") for wire in made]


def left_out(query):
    made = signed(transfer(query, step=3), query)
    return made if len(made) == 1 else [made[0], *made[2:]]


def unsigned(query):
    return wires(transfer(query))


@pytest.mark.parametrize("script", [without_last_signature, changed_on_the_way, left_out, unsigned])
def test_what_is_not_signed_as_it_should_be_does_not_land(visit, registry, script):
    registry.script = script
    with pytest.raises(TerminalError, match="signs otherwise; check the key") as failure:
        visit(credential=Credential(SecretStr(SECRET), "tests"))
    assert SECRET not in str(failure.value)


def refusal(code):
    def script(query):
        made = dns.message.make_response(query)
        made.set_rcode(code)
        return wires([made])

    return script


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (refusal(dns.rcode.REFUSED), TerminalError, "refuses the zone se .REFUSED."),
        (refusal(dns.rcode.NOTAUTH), TerminalError, "refuses the zone se .NOTAUTH."),
        (refusal(dns.rcode.SERVFAIL), TransientError, "SERVFAIL"),
        (lambda query: wires(transfer(query)[:-1]), TransientError, "broke off"),
        (lambda query: wires(transfer(query, [*zone()[:-1], *zone(8)[-1:]])), TransientError, "changed while"),
        (lambda query: wires(transfer(query, zone()[1:])), TerminalError, "answers what is no zone"),
        (lambda query: wires(transfer(query, [*zone(), *zone()[1:3]])), TerminalError, "answers what is no zone"),
        (lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"], TerminalError, "answers what is no zone"),
        (lambda _: [b""], TerminalError, "answers what is no zone"),
        (lambda _: wires(transfer(dns.message.make_query("nu.", "SOA"))), TerminalError, "answers what is no zone"),
    ],
)
def test_what_goes_wrong_says_whether_to_try_again(visit, registry, script, error, words):
    registry.script = script
    with pytest.raises(error, match=words):
        visit()


def test_a_zone_that_fails_leaves_the_other_and_is_told(visit, registry):
    def script(query):
        return refusal(dns.rcode.REFUSED)(query) if str(query.question[0].name) == "nu." else wires(transfer(query))

    registry.script = script
    made = visit(zones=("nu", "se"))
    report = next(each for each in made.landed if each.closes)
    had, failed = visiting.read_report(gzip.decompress(stored_file(made.settings, report).read_bytes()))
    assert (had, list(failed)) == (1, ["nu"])
    assert "REFUSED" in failed["nu"]


def test_a_zone_that_is_larger_than_it_may_be_is_refused(visit, registry):
    registry.script = lambda query: wires(transfer(query))
    with pytest.raises(TerminalError, match="has over 500 bytes"):
        visit(maximum_bytes=500)


def test_nobody_listens(visit, registry):
    port = registry.server_address[1]
    with pytest.raises(TransientError, match="can't be reached"):
        visit(url="axfr://127.0.0.1:1")
    with pytest.raises(TerminalError, match="private address"):
        visit(url=f"axfr://127.0.0.1:{port}", allow_private=False)
    assert registry.asked == []


@pytest.mark.parametrize(
    ("keys", "credential", "words"),
    [
        ({"zones": ()}, None, "names no zones"),
        ({}, Credential(SecretStr("not base64!"), "tests"), "is no TSIG key"),
        ({}, Credential(SecretStr(SECRET)), "is no TSIG key"),
        ({"auth": "tsig hmac-sha999"}, Credential(SecretStr(SECRET), "tests"), 'try "tsig hmac-sha256"'),
    ],
)
def test_an_incomplete_feed_is_said(visit, keys, credential, words):
    with pytest.raises(UsageError, match=words) as failure:
        visit(credential=credential, **keys)
    assert "not base64" not in str(failure.value)


def test_one_more_than_a_tenth_away_stops_the_day_and_what_landed_stays(visit, registry):
    away = {"b.", "c."}

    def script(query):
        name = query.question[0].name
        soa, *others = zone()[:-1]
        soa = dns.rrset.from_rdata(name, soa.ttl, soa[0])
        return [] if str(name) in away else wires(transfer(query, [soa, *others, soa]))

    registry.script = script
    with pytest.raises(TransientError, match=r"2 of 3 zones did not come, b first"):
        visit(zones=("a", "b", "c"))
    asked = len(registry.asked)
    away.discard("b.")
    made = visit(zones=("a", "b", "c"))
    assert len(made.landed) == 3, "one of three may be late: the report tells"
    assert registry.asked[asked:].count("AXFR") == 1, "a is not asked for again"
