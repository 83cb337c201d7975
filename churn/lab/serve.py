"""Starting and stopping the lab: a world, its files, its servers.

What belongs here: what a caller of the lab sees. What doesn't: protocols and worlds. Two processes serve: one for RDAP,
feeds, WHOIS and TLS, one for DNS.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import Any, Literal

import pyarrow.compute as pc

from churn.errors import TransientError, UsageError
from churn.lab import crtsh, cymru, czds, nsd, rdap, rdap_networks
from churn.lab.campaigns import CASE
from churn.lab.faults import Faults
from churn.lab.routing import iptoasn, networks_csv, pyasn
from churn.lab.rows import KINDS, NEVER
from churn.lab.sockets import LOOPBACK, Ports, dns_pair, same_port, tcp
from churn.lab.whois import ROOT_HOST
from churn.lab.whois_server import addresses
from churn.lab.world import World, build_world, save, write_truth

PATIENCE_SECONDS = 60
SETTINGS = """\
# Written by the lab for the world {world}, seed {seed}; point CHURN_SETTINGS here.
feeds = {feeds}
network_table = {networks}
network_zone = "{network_zone}"
clock = "day"
dns_resolvers = ["{address}:{ports.dns}"]
rdap_bootstrap = "{base}/rdap/dns.json"
rdap_bootstrap_ipv4 = "{base}/rdap/ipv4.json"
rdap_bootstrap_ipv6 = "{base}/rdap/ipv6.json"
crtsh = "{crtsh}/crtsh/"
whois_root = "{whois_root}"
whois_port = {ports.whois}
allow_private_addresses = true
tls_handshake = true
tls_connect_to = "{address}:{ports.tls}"
endpoint_rate = 2000.0
endpoint_concurrency = 4
lookup_timeout_seconds = 5.0
"""
FEEDS = """\
# Written by the lab for the world {world}, seed {seed}.
[feeds.lab_nrd]
kind = "registered"
format = "names"
url = "{base}/nrd/{{day}}.txt.gz"
maximum_rows = {per_day}
allow_private = true

[feeds.lab_reported]
kind = "reported"
format = "csv"
url = "{base}/reported/{{day}}.csv"
columns = {{ fqdn = "url", seen_at = "reported_at", reference = "id", label = "class", series = "series" }}
allow_private = true

# The zones of all TLDs by CZDS. Its account: CHURN_CREDENTIAL_LAB_CZDS="{account}"
[feeds.lab_zones]
enabled = false
kind = "registered"
format = "czds"
url = "{base}/czds/{{day}}"
credential = "lab_czds"
required = false
allow_private = true
"""


@dataclass(frozen=True, slots=True)
class LabServers:
    """A lab that is being served. `record` is the record of every byte that reached a host (`churn.lab.record`)."""

    world: str
    seed: int
    settings_file: Path
    truth: Path
    record: Path
    days: tuple[dt.date, ...]
    ports: Ports
    summary: dict[str, Any]


def write_world(world: str, seed: int, folder: Path) -> Path:
    """Write only the truth of a world: `truth.parquet` in the folder; its path."""
    return write_truth(build_world(world, seed), folder)


def describe_world(world: World) -> dict[str, Any]:
    """What is in a world, in figures: plain JSON values."""
    table = world.domains
    counts = pc.value_counts(table["kind"].combine_chunks()).to_pylist()
    case = table.filter(pc.equal(table["campaign"], world.campaigns.index(CASE)))
    return {
        "world": world.scale.name,
        "seed": world.seed,
        "days": [day.isoformat() for day in world.days],
        "domains": len(table),
        "kinds": {KINDS[item["values"]]: item["counts"] for item in counts},
        "campaigns": len(world.campaigns),
        "reported": pc.sum(pc.not_equal(table["reported"], NEVER)).as_py(),
        "case": {"domains": len(case), "reported": pc.sum(pc.not_equal(case["reported"], NEVER)).as_py()},
    }


@contextmanager
def serving(
    world: str,
    seed: int,
    folder: Path,
    *,
    ports: Ports | None = None,
    faults: Faults | None = None,
    dns: Literal["auto", "nsd", "built-in"] = "auto",
) -> Iterator[LabServers]:
    """Build a world and serve it on the loopback until the block ends.

    `folder` (made where it is missing) gets truth.parquet, settings.toml, feeds.toml, record.jsonl, and the routing
    table three times: networks.csv, networks.pyasn and networks.tsv (of iptoasn's form). Raises UsageError for an
    unknown world or an occupied port, TransientError where a server does not start. `dns` chooses the DNS server;
    `auto` is NSD where it is installed, the world small enough and no fault of DNS is to be shown.
    """
    folder = folder.absolute()
    with ExitStack() as stack:
        wanted = ports or Ports()
        sockets = _bind_fixed(stack, wanted)
        built = build_world(world, seed)
        sockets["http"] = _kept(stack, same_port("http", http_addresses(built), wanted.http))
        sockets["whois"] = _kept(stack, same_port("whois", addresses(built).values(), wanted.whois))
        chosen = _dns_server(dns, built, faults or Faults())
        lab = _write_files(
            built, folder, Ports(**{name: made[0].getsockname()[1] for name, made in sockets.items()}), chosen
        )
        served = folder / "served"
        save(built, served)
        stack.callback(shutil.rmtree, served, ignore_errors=True)
        options = {
            "world": str(served),
            "record": str(lab.record),
            "base": f"http://{LOOPBACK}:{lab.ports.http}",
            "faults": (faults or Faults()).as_json(),
            "dns_port": lab.ports.dns,
            "nsd": chosen == "nsd",
        }
        dns_sockets = sockets.pop("dns")
        children = [_start(stack, folder, "dns", options, {"dns": dns_sockets})] if chosen == "built-in" else []
        for item in dns_sockets:  # the child has them now; NSD binds its port itself
            item.close()
        children.append(_start(stack, folder, "endpoints", options, sockets))
        for child in children:
            _wait(child, folder)
        yield lab


def _dns_server(wanted: str, world: World, faults: Faults) -> str:
    if wanted == "nsd" and faults.of("dns"):
        raise UsageError("NSD shows no faults; serve the lab with the built-in DNS server, or without faults of DNS.")
    if wanted == "auto":
        fits = len(world.domains) <= nsd.LARGEST and not faults.of("dns")
        return "nsd" if nsd.program() and fits else "built-in"
    return wanted


def http_addresses(world: World) -> list[str]:
    """The loopback addresses on which HTTP is spoken: the lab's own first, then one of each party that has RDAP."""
    registries = [item.address for item in world.actors.registries.values() if item.kind != "whois"]
    registrars = [item.address for item in world.actors.registrars if item.rdap]
    return [LOOPBACK, *registries, *registrars, rdap_networks.ADDRESS, crtsh.ADDRESS]


def _bind_fixed(stack: ExitStack, ports: Ports) -> dict[str, list[socket.socket]]:
    """Sockets of the services that have one address, which the world needn't tell; closed when the stack is left."""
    made: dict[str, list[socket.socket]] = {}
    for service, port in (("tls", ports.tls), ("website", ports.website)):
        made[service] = _kept(stack, [tcp(service, port)])
    made["dns"] = _kept(stack, dns_pair(ports.dns))
    return made


def _kept(stack: ExitStack, sockets: list[socket.socket]) -> list[socket.socket]:
    for item in sockets:
        stack.callback(item.close)
    return sockets


def _write_files(world: World, folder: Path, ports: Ports, dns: str) -> LabServers:
    truth = write_truth(world, folder)
    base = f"http://{LOOPBACK}:{ports.http}"
    about = {"world": world.scale.name, "seed": world.seed, "base": base}
    feeds, settings, record = folder / "feeds.toml", folder / "settings.toml", folder / "record.jsonl"
    feeds.write_text(FEEDS.format(**about, per_day=world.scale.per_day, account=f"{czds.LOGIN}:{czds.SECRET}"))
    filled = SETTINGS.format(
        **about,
        feeds=json.dumps(str(feeds)),
        networks=json.dumps(str(folder / "networks.csv")),
        address=LOOPBACK,
        ports=ports,
        whois_root=ROOT_HOST,
        network_zone=cymru.ZONE,
        crtsh=rdap.origin(crtsh.ADDRESS, ports.http),
    )
    settings.write_text(filled)
    for name, table in (("networks.csv", networks_csv), ("networks.pyasn", pyasn), ("networks.tsv", iptoasn)):
        (folder / name).write_text(table(world))
    record.write_text("")
    return LabServers(
        world=world.scale.name,
        seed=world.seed,
        settings_file=settings,
        truth=truth,
        record=record,
        days=world.days,
        ports=ports,
        summary=describe_world(world) | {"dns": dns},
    )


def _start(
    stack: ExitStack, folder: Path, role: str, options: dict[str, Any], sockets: dict[str, list[socket.socket]]
) -> subprocess.Popen[bytes]:
    """Start one process of the lab; leaving the stack ends it."""
    numbers = {service: [item.fileno() for item in items] for service, items in sockets.items()}
    command = [sys.executable, "-m", "churn.lab.child", role, json.dumps(options | {"sockets": numbers})]
    package = str(Path(__file__).parents[2])
    log = stack.enter_context((folder / f"{role}.log").open("wb"))
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        pass_fds=[number for items in numbers.values() for number in items],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))},
        start_new_session=True,  # an interrupt from the keyboard is for the one that serves, who then stops this
    )
    stack.callback(_stop, child)
    return child


def _wait(child: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for the child's word that it is ready."""
    assert child.stdout is not None
    with DefaultSelector() as selector:
        selector.register(child.stdout, EVENT_READ)
        heard = child.stdout.readline() if selector.select(PATIENCE_SECONDS) else b""
    if heard != b"ready\n":
        raise TransientError(f"A server of the lab did not start; what it said is in the .log files in {folder}.")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Close its standard input, at which it ends; use force where it does not."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    child.stdout.close()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
