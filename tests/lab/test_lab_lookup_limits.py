"""Limits of the lab's endpoints, as a client that is not ours meets them, and what the lab counted of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import dns.message
import dns.query
import httpx
import pytest

from churn.lab import Faults, serving
from churn.lab.lookup_limits import Endpoint, Limit
from churn.lab.world import build_world

pytestmark = pytest.mark.lab
LIMITS = (
    Limit("rdap/registry/comlab", per_minute=5, ban_after=3),
    Limit("rdap/registry/netlab", per_minute=2, beyond="busy-silent", ban_after=1, banned="reset"),
    Limit("rdap/registry/orglab", per_minute=2, beyond="busy-notice"),
    Limit("rdap/registry/infolab", per_minute=2, beyond="forbidden"),
    Limit("rdap/registry/shoplab", at_once=2, answer_seconds=0.5, beyond="down"),
    Limit("rdap/registry/storelab", ban_per_minute=3, banned="busy"),
    Limit("rdap/rir", per_minute=1),
    Limit("crtsh", per_minute=1),
    Limit("whois/whois.nic.xblab", per_minute=2, ban_after=2, banned="denied"),
    Limit("whois/whois.nic.xclab", per_minute=1, beyond="empty", ban_after=1),
    Limit("whois/whois.nic.qmlab", at_once=2, answer_seconds=0.5, beyond="reset"),
)


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with serving("small", 1, tmp_path_factory.mktemp("lab"), faults=Faults(limits=LIMITS), dns="built-in") as served:
        yield served


@pytest.fixture
def web(lab):
    with httpx.Client(base_url=f"http://127.0.0.1:{lab.ports.http}", timeout=5) as client:
        client.post("/lab/counts")
        yield client


def counts(web, endpoint):
    return web.get("/lab/counts").json()["endpoints"][endpoint]


def some(world, tld, number):
    return [name for name in world.domains["domain"].to_pylist() if name.endswith(f".{tld}")][:number]


def ask(web, names):
    return [web.get(f"/rdap/registry/{name.rpartition('.')[2]}/domain/{name}") for name in names]


def test_so_many_queries_are_answered_and_who_goes_on_is_banned(web, world):
    names = some(world, "comlab", 12)
    answers = ask(web, names)
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3 + [403] * 4
    assert 1 <= int(answers[5].headers["Retry-After"]) <= 12
    told = counts(web, "rdap/registry/comlab")
    assert 1 <= told.pop("most_in_a_second") <= told.pop("most_in_a_minute") == 12
    assert told == {
        "queries": 12,
        "answered": 5,
        "subjects": 12,
        "most_at_once": 1,
        "throttled": 3,
        "bans": 1,
        "while_banned": 4,
    }
    web.post("/lab/counts")
    assert [answer.status_code for answer in ask(web, names[:2] * 2)] == [200] * 4
    assert counts(web, "rdap/registry/comlab")["subjects"] == 2


def test_limits_told_in_other_ways(web, world):
    silent = ask(web, some(world, "netlab", 3))
    assert [answer.status_code for answer in silent] == [200, 200, 429]
    assert "Retry-After" not in silent[2].headers
    for _ in range(2):
        with pytest.raises(httpx.ReadError):
            ask(web, some(world, "netlab", 1))
    assert counts(web, "rdap/registry/netlab")["while_banned"] == 2
    notice = ask(web, some(world, "orglab", 3))
    assert [answer.status_code for answer in notice] == [200] * 3
    assert ["notices" in answer.json() and "ldhName" not in answer.json() for answer in notice] == [False, False, True]
    assert [answer.status_code for answer in ask(web, some(world, "infolab", 3))] == [200, 200, 403]
    minute = ask(web, some(world, "storelab", 5))
    assert [answer.status_code for answer in minute] == [200, 200, 200, 429, 429]
    assert 58 <= int(minute[4].headers["Retry-After"]) <= 60
    assert counts(web, "rdap/registry/storelab")["bans"] == 1


def test_networks_and_crtsh_have_limits_too(web):
    assert [web.get("/rdap/rir/ip/192.0.2.7").status_code for _ in range(2)] == [200, 429]
    assert [web.get("/crtsh/?q=x.comlab&output=json").status_code for _ in range(2)] == [200, 429]
    assert counts(web, "rdap/rir")["throttled"] == counts(web, "crtsh")["throttled"] == 1


def test_so_many_requests_at_once(web, world):
    names = some(world, "shoplab", 4)
    together = threading.Barrier(4)

    def status(name):
        together.wait()
        return ask(web, [name])[0].status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(status, names))
    assert statuses == [200, 200, 503, 503]
    assert counts(web, "rdap/registry/shoplab")["most_at_once"] == 4
    assert ask(web, names[:1])[0].status_code == 200


def whois(lab, address, name):
    with socket.create_connection((address, lab.ports.whois), timeout=5) as connection:
        connection.sendall(f"{name}\r\n".encode())
        with connection.makefile("rb") as stream:
            return stream.read().decode()


def test_whois_limits(lab, web, world):
    registries = world.actors.registries
    said = [whois(lab, registries["xblab"].address, name) for name in some(world, "xblab", 5)]
    assert ["domain:" in text for text in said] == [True, True, False, False, False]
    assert said[2] == said[3] != said[4]
    assert "ddress is" in said[4] or "not permitted" in said[4]
    assert counts(web, "whois/whois.nic.xblab")["bans"] == 1
    closed = [whois(lab, registries["xclab"].address, name) for name in some(world, "xclab", 2)]
    assert [bool(text) for text in closed] == [True, False]
    with pytest.raises(ConnectionResetError):
        whois(lab, registries["xclab"].address, some(world, "xclab", 1)[0])
    assert counts(web, "whois/whois.nic.xclab")["while_banned"] == 1


def test_so_many_whois_connections_at_once(lab, web, world):
    address, names = world.actors.registries["qmlab"].address, some(world, "qmlab", 4)

    together = threading.Barrier(4)

    def said(name):
        together.wait()
        with contextlib.suppress(ConnectionResetError):
            return whois(lab, address, name)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(said, names))
    assert sum(map(bool, answers)) <= 2
    assert counts(web, "whois/whois.nic.qmlab")["most_at_once"] == 4
    assert whois(lab, address, names[0])


def test_dns_is_counted_and_everything_begins_anew(lab, web):
    for transport in (dns.query.udp, dns.query.udp, dns.query.tcp):
        transport(dns.message.make_query("x.comlab", "A"), "127.0.0.1", port=lab.ports.dns, timeout=5)
    web.get("/rdap/rir/ip/192.0.2.7")
    told = web.get("/lab/counts").json()
    assert told["dns"] == {"queries": 3}
    assert list(told["endpoints"]) == ["rdap/rir"]
    assert web.post("/lab/counts").json() == {"endpoints": {}, "dns": {"queries": 0}}
    assert web.get("/rdap/rir/ip/192.0.2.7").status_code == 200


def test_the_greatest_number_in_any_second_and_minute():
    endpoint = Endpoint(None)
    for now in (10.0, 10.2, 10.9, 11.1, 11.19, 40.0, 70.05, 70.1):
        assert endpoint.ask("x", now) == ""
    assert endpoint.counts() | {"answered": 8, "subjects": 1} == endpoint.counts()
    assert (endpoint.counts()["most_in_a_second"], endpoint.counts()["most_in_a_minute"]) == (4, 7)


def told(endpoint, *times):
    return [endpoint.ask("x", now) for now in times]


def test_tokens_fill_up_again():
    endpoint = Endpoint(Limit("rdap/rir", per_second=2))
    assert told(endpoint, 10, 10, 10, 10.4, 10.5, 10.6, 11.6, 11.6, 11.6) == [
        "",
        "",
        *["busy"] * 2,
        "",
        "busy",
        "",
        "",
        "busy",
    ]
    assert endpoint.retry_after == 1
    steady = [100 + number / 2 for number in range(500)]
    assert not any(told(endpoint, *steady))


def test_a_ban_ends_and_can_be_earned_again():
    endpoint = Endpoint(Limit("whois/x", per_minute=1, ban_after=2, ban_seconds=30))
    assert told(endpoint, 100, 101, 102, 103, 131.9) == ["", "throttled", "throttled", "reset", "reset"]
    assert told(endpoint, 161.1, 162, 163, 164) == ["", "throttled", "throttled", "reset"]
    assert endpoint.counts()["bans"] == 2
    assert endpoint.counts()["while_banned"] == 3


def test_a_ban_by_queries_a_minute():
    endpoint = Endpoint(Limit("rdap/x", ban_per_minute=60, ban_seconds=10))
    assert not any(told(endpoint, *range(100, 200)))
    assert told(endpoint, *[200] * 62)[-3:] == ["", "busy", "forbidden"]
    assert told(endpoint, 211) == [""]
