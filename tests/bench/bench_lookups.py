"""How many look-ups a second, asked over real sockets and read: DNS, RDAP and WHOIS of the lab; prints one JSON object.

    python tests/bench/bench_lookups.py [--names 6000] [--processes 2]

Ours goes the way of the stage: politeness with its shared files, the address check, the meaning, and (DNS) the journal.
The peers do the same with their own clients and parsers: dnspython's asynchronous resolver, whoisit's asynchronous
RDAP, and python-whois in threads, which is asked on port 43 (it has no other) where this process may bind it. All run
one after another against the same servers of the same world, each in so many processes side by side; the servers take
their share of the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

AT_ONCE = 48
THREADS = 16
"""Of python-whois, which blocks."""
SHARE_OF_PEERS = 4
"""Peers are asked for a fourth of the names: they are slower, and the rate is what counts."""
TYPES = ("NS", "A")


async def each(names: Sequence[str], ask: Callable[[str], Coroutine[Any, Any, bool]]) -> int:
    """Ask for every name, some at once; how many were answered."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> bool:
        async with places:
            return await ask(name)

    return sum(await asyncio.gather(*map(one, names)))


def dns_ours(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    from churn.enrich.journal import journal_of
    from churn.enrich.observing import observed
    from churn.settings import Settings

    settings = Settings(data=folder, clock="day", dns_resolvers=(lab["dns"],), lookup_timeout_seconds=5.0)
    day = dt.date(2026, 3, 1)
    with journal_of(settings, day, "bench") as journal:
        rows = observed(settings, day, names, TYPES, journal)
    counts = {item["values"]: item["counts"] for item in rows["outcome"].value_counts().to_pylist()}
    return 2 * counts.get("ok", 0) + sum(counts.get(outcome, 0) for outcome in ("not_found", "server_failure"))


def dns_dnspython(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    import dns.asyncresolver
    import dns.exception
    import dns.resolver

    host, _, port = lab["dns"].partition(":")
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port)
    answered = 0

    async def ask(name: str) -> bool:
        nonlocal answered
        for kind in TYPES:
            try:
                await resolver.resolve(name, kind)
            except dns.resolver.NXDOMAIN:
                answered += 1
                return True
            except (dns.resolver.NoAnswer, dns.resolver.NoNameservers):
                pass
            except dns.exception.Timeout:
                return False
            answered += 1
        return True

    asyncio.run(each(names, ask))
    return answered


def _ours(names: Sequence[str], lab: dict[str, Any], folder: Path, kind: str) -> int:
    from churn.enrich.meaning.rdap import read_rdap
    from churn.enrich.meaning.whois import read_whois
    from churn.enrich.talking.addresses import Hosts, make_resolver
    from churn.enrich.talking.endpoints import Endpoints
    from churn.enrich.talking.http_client import HttpClient, open_session
    from churn.enrich.talking.politeness import Limits, Politeness
    from churn.enrich.talking.whois_client import WhoisClient
    from churn.outcomes import Outcome
    from churn.pseudonyms import Pseudonymiser

    hashes = Pseudonymiser(b"k" * 32)

    async def run() -> int:
        resolver = make_resolver((lab["dns"],), 5.0)
        hosts = Hosts(resolver, allow_private=True)
        politeness = Politeness(Endpoints(folder), Limits(5_000.0, AT_ONCE, 5.0, 1.0))
        async with open_session(hosts, AT_ONCE, AT_ONCE) as session:
            http = HttpClient(session, hosts, politeness, 5.0, 1 << 20)
            whois = WhoisClient(hosts, politeness, lab["whois_port"], 5.0, 1 << 20)

            async def rdap(name: str) -> bool:
                fetched = await http.get(lab["rdap"][tld_of(name)] + f"domain/{name}")
                return read_rdap(fetched.body, name, hashes).outcome is Outcome.OK

            async def ask(name: str) -> bool:
                fetched = await whois.ask(lab["whois"][tld_of(name)], name)
                reading = read_whois(fetched.body, name, hashes)
                politeness.told(lab["whois"][tld_of(name)], reading.outcome)
                return reading.outcome is Outcome.OK

            found = await each(names, rdap if kind == "rdap" else ask)
        await resolver.close()
        return found

    return asyncio.run(run())


def rdap_ours(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    return _ours(names, lab, folder, "rdap")


def whois_ours(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    return _ours(names, lab, folder, "whois")


def rdap_whoisit(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    import httpx
    import whoisit

    services = {  # it wants one of each
        "asn": [["64512-64513"], ["http://127.0.0.1/"]],
        "ipv4": [["192.0.2.0/24"], ["http://127.0.0.1/"]],
        "ipv6": [["2001:db8::/32"], ["http://127.0.0.1/"]],
        "object": [["nobody@example.com"], ["NONE"], ["http://127.0.0.1/"]],
    }
    told = {"timestamp": int(time.time()), "dns": lab["bootstrap"]}
    told |= {name: {"services": [service]} for name, service in services.items()}
    if not whoisit.is_bootstrapped():
        whoisit.load_bootstrap_data(json.dumps(told), allow_insecure=True)

    async def run() -> int:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE)) as client:

            async def ask(name: str) -> bool:
                try:
                    answer = await whoisit.domain_async(name, async_client=client, follow_related=False)
                except whoisit.errors.WhoisItError:
                    return False
                return str(answer["name"]).lower() == name

            return await each(names, ask)

    return asyncio.run(run())


def whois_python_whois(names: Sequence[str], lab: dict[str, Any], folder: Path) -> int:
    from whois.parser import WhoisEntry
    from whois.whois import NICClient

    def ask(name: str) -> bool:
        text = NICClient().whois(name, lab["whois_address"][tld_of(name)], 0)
        try:
            return bool(WhoisEntry.load(name, text).get("domain_name"))
        except Exception:  # noqa: BLE001 - it raises for what it can't read
            return False

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(ask, names))


WAYS = {
    "dns": {"ours": dns_ours, "dnspython": dns_dnspython},
    "rdap": {"ours": rdap_ours, "whoisit": rdap_whoisit},
    "whois": {"ours": whois_ours, "python_whois": whois_python_whois},
}


def tld_of(name: str) -> str:
    """The top-level domain of a name."""
    return name.rpartition(".")[2]


def one(kind: str, way: str, task: Path) -> None:
    """What a process does: imports, says that it is ready, waits for the word, asks, prints its figures."""
    told = json.loads(task.read_text())
    run = WAYS[kind][way]
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(told["lab"]["state"]) if way == "ours" and kind != "dns" else Path(folder)
        run(told["names"][:3], told["lab"], shared if kind != "dns" else shared / "warm")
        print("ready", flush=True)
        sys.stdin.readline()
        began, spent = time.perf_counter(), time.process_time()
        answered = run(told["names"], told["lab"], shared)
        seconds = time.perf_counter() - began
        print(json.dumps({"answered": answered, "seconds": seconds, "processor": time.process_time() - spent}))


def measure(kind: str, way: str, names: Sequence[str], lab: dict[str, Any], processes: int) -> dict[str, object]:
    """Run a way in processes side by side, begun together; look-ups a second of all."""
    with tempfile.TemporaryDirectory() as folder:
        children = []
        for number in range(processes):
            part = names[number::processes]
            task = Path(folder) / f"{number}.json"
            task.write_text(json.dumps({"names": list(part), "lab": lab | {"state": folder}}))
            command = [sys.executable, __file__, "--way", kind, way, str(task)]
            children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n", f"{kind} {way} did not start"
        began = time.perf_counter()
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        results = [json.loads(child.communicate()[0]) for child in children]
        seconds = time.perf_counter() - began
    answered = sum(result["answered"] for result in results)
    return {
        "asked_names": len(names),
        "answered": answered,
        "seconds": round(seconds, 2),
        "a_second": round(answered / seconds),
        "processor_microseconds_each": round(1e6 * sum(result["processor"] for result in results) / max(1, answered)),
    }


def lab_of(servers: Any, world: Any) -> dict[str, Any]:
    """Where everything of the lab is, as plain values."""
    with urllib.request.urlopen(f"http://127.0.0.1:{servers.ports.http}/rdap/dns.json") as answer:
        bootstrap = json.load(answer)
    registries = world.actors.registries.values()
    return {
        "dns": f"127.0.0.1:{servers.ports.dns}",
        "whois_port": servers.ports.whois,
        "bootstrap": bootstrap,
        "rdap": {tld: urls[0] for tlds, urls in bootstrap["services"] for tld in tlds},
        "whois": {item.tld: item.whois_host for item in registries},
        "whois_address": {item.tld: item.address for item in registries},
    }


def serve(stack: Any, folder: Path) -> Any:
    """The lab, with WHOIS on port 43 where that may be bound."""
    from churn.errors import ChurnError
    from churn.lab import serving
    from churn.lab.sockets import Ports

    with suppress(ChurnError):
        return stack.enter_context(serving("small", 1, folder, ports=Ports(whois=43)))
    return stack.enter_context(serving("small", 1, folder))


def main() -> None:
    """Serve the small world and measure every way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=6_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--way", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        kind, way, task = arguments.way
        one(kind, way, Path(task))
        return
    from contextlib import ExitStack

    from churn.lab.world import build_world

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = serve(stack, folder)
        lab = lab_of(servers, build_world("small", 1))
        every = pq.read_table(servers.truth)["domain"].to_pylist()
        with_rdap = [name for name in every if tld_of(name) in lab["rdap"]]
        results: dict[str, Any] = {"dns_server": servers.summary["dns"], "processes": arguments.processes}
        for kind, ways in WAYS.items():
            names = with_rdap if kind == "rdap" else every
            names = (names * (1 + arguments.names // len(names)))[: arguments.names]
            results[kind] = {}
            for way in ways:
                if way == "python_whois" and lab["whois_port"] != 43:
                    results[kind][way] = "port 43 could not be bound"
                    continue
                share = names if way == "ours" else names[: len(names) // SHARE_OF_PEERS]
                results[kind][way] = measure(kind, way, share, lab, arguments.processes)
            peer = next(found for way, found in results[kind].items() if way != "ours")
            if isinstance(peer, dict):
                results[kind]["times_the_peer"] = round(results[kind]["ours"]["a_second"] / peer["a_second"], 1)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
