"""The lab with every fault and limit at once: it goes on, and says in its logs that nothing went wrong."""

from __future__ import annotations

import asyncio
import contextlib
from fnmatch import fnmatchcase

import dns.asyncquery
import dns.exception
import dns.message
import httpx
import pytest

from churn.lab import serving
from churn.lab.faults import LIMITS, all_lookup_faults
from churn.lab.lookup_faults import LOOKUP_FAULTS, Shown
from churn.lab.world import build_world

pytestmark = pytest.mark.lab
PATIENCE = 0.2


async def stream(address, port, said):
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(said.encode())
                return await reader.read()
            finally:
                writer.close()


async def resolve(port, name):
    with contextlib.suppress(dns.exception.DNSException, OSError):
        return await dns.asyncquery.udp(dns.message.make_query(name, "MX"), "127.0.0.1", PATIENCE, port)


async def ask_all(lab, world, names):
    """Every name at all four protocols, some at once."""
    places, registries = asyncio.Semaphore(40), world.actors.registries

    async def ask(name):
        async with places:
            registry = registries[name.rpartition(".")[2]]
            path = f"/rdap/registry/{registry.tld}/domain/{name}"
            for target in (path, f"/crtsh/?q={name}&output=json"):
                request = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                await stream("127.0.0.1", lab.ports.http, request)
            await stream(registry.address, lab.ports.whois, f"{name}\r\n")
            await resolve(lab.ports.dns, name)

    await asyncio.gather(*map(ask, names))


def every_fault(world, faults):
    """Names, two for every fault of every protocol."""
    found = {}
    shown = {protocol: Shown(protocol, faults.lookups) for protocol in LOOKUP_FAULTS}
    endpoints = {"rdap": "rdap/x", "whois": "whois/whois.x", "dns": "dns", "crtsh": "crtsh"}
    for name in world.domains["domain"].to_pylist():
        for protocol, each in shown.items():
            for fault in each.of(endpoints[protocol], name):
                found.setdefault((protocol, fault.name), []).append(name)
    assert len(found) == sum(map(len, LOOKUP_FAULTS.values()))
    return sorted({name for names in found.values() for name in names[::40][:2]})


def test_the_lab_survives_its_own_faults(tmp_path):
    world, faults = build_world("small", 1), all_lookup_faults(1.0)
    names = every_fault(world, faults)
    with (
        serving("small", 1, tmp_path, faults=faults) as lab,
        httpx.Client(base_url=f"http://127.0.0.1:{lab.ports.http}", timeout=10) as web,
    ):
        asyncio.run(ask_all(lab, world, names))
        counted = web.get("/lab/counts").json()
        assert web.get("/rdap/dns.json").status_code == 200
    endpoints = counted["endpoints"]
    assert endpoints["crtsh"]["queries"] == endpoints["crtsh"]["subjects"] == len(names)
    for protocol in ("rdap", "whois"):
        assert sum(item["queries"] for name, item in endpoints.items() if name.startswith(protocol)) == len(names)
    assert counted["dns"]["queries"] == len(names)
    throttled = {name for name, item in endpoints.items() if item["throttled"]}
    assert throttled
    assert all(any(fnmatchcase(name, limit.endpoint) for limit in LIMITS) for name in throttled)
    for role in ("endpoints", "dns"):
        assert (tmp_path / f"{role}.log").read_text() == ""
