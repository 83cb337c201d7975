"""Talking to servers that misbehave: every way in which they can is an outcome. Real sockets on the loopback."""

import asyncio
import datetime as dt
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from churn.enrich.asking import Asking
from churn.enrich.bootstrap import read_servers, server_for
from churn.enrich.meaning.certificate import parse_certificate
from churn.enrich.registration import MOST_TRIES, Name, Places, next_step, records
from churn.enrich.talking.addresses import Hosts, UnusableHostError, is_special, make_resolver
from churn.enrich.talking.endpoints import Endpoints
from churn.enrich.talking.http_client import HttpClient, open_session
from churn.enrich.talking.politeness import Limits, Politeness
from churn.enrich.talking.tls_client import handshake_context, read_certificate
from churn.enrich.talking.whois_client import WhoisClient
from churn.errors import TerminalError
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

NOWHERE = ("127.0.0.1:9",)


@asynccontextmanager
async def serving(answer, *, drip: float = 0.0):
    """A TCP server that answers the first bytes of each connection with `answer(bytes)`, dripping if told to."""

    async def handle(reader, writer):
        said = answer(await reader.read(4096))
        size = 1 if drip else max(1, len(said))
        try:
            for start in range(0, len(said), size):
                writer.write(said[start : start + size])
                await writer.drain()
                await asyncio.sleep(drip)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def clients(*, private=True, seconds=2.0, port=43, limit=2000):
    resolver = make_resolver(NOWHERE, 0.5)
    hosts = Hosts(resolver, private)
    with tempfile.TemporaryDirectory() as folder:
        politeness = Politeness(Endpoints(Path(folder)), Limits(1000.0, 4, 5.0, 0.1))
        try:
            async with open_session(hosts, 4, 4) as session:
                yield (
                    HttpClient(session, hosts, politeness, seconds, limit),
                    WhoisClient(hosts, politeness, port, seconds, limit),
                )
        finally:
            await resolver.close()


def http(status=200, body=b"{}", **headers):
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *lines])
    return f"{head}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (http(), Outcome.OK),
        (http(404), Outcome.NOT_FOUND),
        (http(429, Retry_After="1"), Outcome.RATE_LIMITED),
        (http(403), Outcome.REFUSED),
        (http(503), Outcome.SERVER_FAILURE),
        (http(body=b"x" * 5000), Outcome.TOO_LARGE),
        (http(Content_Encoding="gzip"), Outcome.MALFORMED),
        (b"no http at all\r\n\r\n", Outcome.MALFORMED),
        (b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort", Outcome.MALFORMED),
        (b"", Outcome.UNREACHABLE),
        (http(302, Location="file:///etc/passwd"), Outcome.SKIPPED_POLICY),
        (http(302, Location="ftp://127.0.0.1/x"), Outcome.SKIPPED_POLICY),
        (http(302, Location="/again"), Outcome.MALFORMED),
    ],
)
def test_what_http_servers_do(answer, outcome):
    async def ask():
        async with serving(lambda _: answer) as port, clients() as (client, _):
            return await client.get(f"http://127.0.0.1:{port}/domain/a.example")

    assert asyncio.run(ask()).outcome is outcome


def test_a_redirect_to_a_private_address_is_not_followed():
    async def ask():
        reached = []
        async with serving(lambda said: reached.append(said) or http()) as port, clients(private=False) as (client, _):
            return await client.get(f"http://127.0.0.1:{port}/"), reached

    fetched, reached = asyncio.run(ask())
    assert fetched.outcome is Outcome.SKIPPED_POLICY
    assert not reached


def test_slow_drips_end_at_the_deadline():
    async def ask():
        slow = serving(lambda _: http(body=b"x" * 1000), drip=0.05)
        async with slow as port, clients(seconds=0.3, port=port) as (client, whois):
            return await client.get(f"http://127.0.0.1:{port}/"), await whois.ask("127.0.0.1", "a.example")

    fetched, answered = asyncio.run(ask())
    assert fetched.outcome is answered.outcome is Outcome.TIMEOUT


def test_nobody_there_is_unreachable():
    async def ask():
        async with clients(port=9) as (client, whois):
            return (
                await client.get("http://127.0.0.1:9/"),
                await client.get("http://no-such-host.example/"),
                await whois.ask("127.0.0.1", "a.example"),
            )

    assert {fetched.outcome for fetched in asyncio.run(ask())} == {Outcome.UNREACHABLE}


def test_whois_answers_beyond_the_limit_are_not_read():
    async def ask():
        async with serving(lambda _: b"x" * 10_000) as port, clients(port=port) as (_, whois):
            return await whois.ask("127.0.0.1", "a.example")

    assert asyncio.run(ask()).outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize(("private", "outcomes"), [(True, ["no_endpoint", "ok"]), (False, ["no_endpoint"] * 2)])
def test_a_referral_loop_is_cut_and_a_private_referral_refused(private, outcomes):
    text = b"Domain Name: a.example\nRegistrar: R\nrefer: loop.example\n"
    places = Places(rdap=lambda _: None, registrar=lambda _: None, whois_root="127.0.0.1")

    async def find():
        told = []
        async with serving(lambda _: text) as port, clients(port=port, private=private) as (client, whois):
            whois.hosts._found["loop.example"] = asyncio.create_task(_loopback())
            asking = Asking(client, whois, Pseudonymiser(b"k" * 32), lambda: dt.datetime.now(dt.UTC))
            while step := next_step(Name("a.example"), told, places, MOST_TRIES):
                told.append(await asking.ask(Name("a.example"), step, 1))
        return told

    told = asyncio.run(find())
    assert [made.outcome for made in told if made.role == "root"] == ["ok" if private else "skipped_policy"]
    assert [made.outcome for made in told if made.role != "root"] == outcomes  # each WHOIS server once
    assert [record["registrar"] for record in records(told)] == ["R"] * private


async def _loopback():
    return "127.0.0.1"


@pytest.mark.parametrize(
    "address",
    (
        "127.0.0.1 10.1.2.3 192.168.0.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 192.0.2.1 "
        "::1 :: fe80::1 fd00::1 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 x"
    ).split(),
)
def test_special_addresses(address):
    assert is_special(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses(address):
    assert not is_special(address)


def test_literal_private_addresses_are_refused_too():
    async def find():
        resolver = make_resolver(NOWHERE, 0.5)
        try:
            await Hosts(resolver, allow_private=False).address("169.254.169.254")
        finally:
            await resolver.close()

    with pytest.raises(UnusableHostError) as refused:
        asyncio.run(find())
    assert refused.value.outcome is Outcome.SKIPPED_POLICY


def test_the_longest_listed_suffix_has_the_server():
    servers = read_servers(
        b'{"services": [[["EXAMPLE"], ["http://a/", "https://b"]], [["co.example"], ["https://c/"]], [["x"], ["ftp://d/"]]]}'
    )
    assert server_for(servers, "shop.example") == "https://b/"
    assert server_for(servers, "shop.co.example") == "https://c/"
    assert server_for(servers, "shop.x") is None


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"services": [1]}', b'{"services": [["a", "b", "c"]]}'])
def test_a_broken_bootstrap_file_is_said_to_be(raw):
    with pytest.raises(TerminalError, match="bootstrap"):
        read_servers(raw)


def test_what_tls_hosts_do():
    async def shake():
        context = handshake_context()
        async with serving(lambda _: b"no TLS here") as port:
            plain = await read_certificate(context, "a.example", ("127.0.0.1", port), 1.0, allow_private=True)
            private = await read_certificate(context, "a.example", ("127.0.0.1", port), 1.0, allow_private=False)
        gone = await read_certificate(context, "a.example", ("127.0.0.1", 9), 1.0, allow_private=True)
        unfit = await read_certificate(context, "a" * 70 + ".example", ("127.0.0.1", 9), 1.0, allow_private=True)
        return plain.outcome, private.outcome, gone.outcome, unfit.outcome

    plain, private, gone, unfit = asyncio.run(shake())
    assert plain is Outcome.MALFORMED
    assert private is Outcome.SKIPPED_POLICY
    assert gone is Outcome.UNREACHABLE
    assert unfit in {Outcome.MALFORMED, Outcome.UNREACHABLE}


@pytest.mark.parametrize("der", [b"", b"\x30\x00", b"\x30\x82\xff\xff", b"x" * 5000])
def test_bytes_that_are_no_certificate(der):
    outcome, record, _ = parse_certificate(der)
    assert (outcome, record) == (Outcome.MALFORMED, None)
