"""DNS by NSD, the authoritative server that Debian ships, for worlds that it can take up quickly.

What belongs here: zones and configuration for it, starting and ending it. What doesn't: the built-in server.

Every delegated domain is a zone; zones with the same records share one file, whose names are relative to the zone.
A zone without a file fails (SERVFAIL), a domain without a zone does not exist for its TLD's zone (NXDOMAIN), and a
root zone says the same of everything else. Measured on two cores with NSD 4.6.1:

    world `small`:     11,260 zones,   6,610 files written in 0.3 s, answering after 0.3 s,   0.1 GB of memory
    one day of `day`:  64,965 zones,  36,664 files written in 2.1 s, answering after 1.4 s,   0.2 GB
    world `day`:      520,626 zones, 225,901 files written in 16 s,  answering after 13 s,    1.2 GB

The built-in server takes up the whole `day` in 2 s and 0.4 GB, and answers 54,000 to 119,000 queries a second, by
what else the machine does (NSD 83,000 there): more than a resolving pipeline asks. So NSD serves worlds of up to
LARGEST domains, the built-in one the larger.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pyarrow.compute as pc

from churn.lab import cymru
from churn.lab.dns_wire import NEGATIVE_TTL, TTL
from churn.lab.pools import V6_NET
from churn.lab.rows import NXDOMAIN, SERVFAIL
from churn.lab.world import World

LARGEST = 50_000
PATIENCE_SECONDS = 30
PROBE = b"\x4c\x41\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x01"  # the root's SOA, please
CONFIGURATION = """\
server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  xfrdfile: ""
  zonelistfile: "{folder}/zone.list"
  database: ""
  rrl-ratelimit: 0
  minimal-responses: yes
remote-control:
  control-enable: no
"""


def program() -> str | None:
    """Path of the server, where it is installed."""
    return shutil.which("nsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def write_zones(world: World, hosts: dict[str, str], folder: Path, port: int) -> Path:
    """Write zone files and a configuration into the folder; the configuration's path."""
    folder.mkdir(parents=True, exist_ok=True)
    zones = [*_domain_zones(world, folder), *_infrastructure_zones(world, hosts, folder), _network_zone(world, folder)]
    path = folder / "nsd.conf"
    with path.open("w", encoding="ascii") as file:
        file.write(CONFIGURATION.format(port=port, folder=folder))
        file.writelines(f'zone:\n  name: "{name}"\n  zonefile: "{zone_file}"\n' for name, zone_file in zones)
    return path


def _domain_zones(world: World, folder: Path) -> list[tuple[str, str]]:
    table = world.domains.filter(pc.not_equal(world.domains["rcode"], NXDOMAIN))
    files: dict[tuple[int, ...], str] = {}
    zones = []
    for row in table.select(["domain", "rcode", "ns", "a", "aaaa", "mx", "soa"]).to_pylist():
        content = (row["ns"], row["a"], row["aaaa"], row["mx"], row["soa"])
        if row["rcode"] == SERVFAIL:
            zones.append((row["domain"], "missing"))
            continue
        if content not in files:
            files[content] = f"zone-{len(files)}"
            (folder / files[content]).write_text(_zone(world, row), encoding="ascii")
        zones.append((row["domain"], files[content]))
    return zones


def _zone(world: World, row: dict[str, int]) -> str:
    pools = world.pools
    ns = pools.ns.values[row["ns"]]
    records = [_soa(_relative(ns[0]), _relative(pools.soa.values[row["soa"]]))]
    records += [f"@ NS {_relative(host)}" for host in ns]
    records += [f"@ MX {10 * place} {_relative(host)}" for place, host in enumerate(pools.mx.values[row["mx"]], 1)]
    records += [f"@ A {address}" for address in pools.address_texts(row["a"])]
    if row["aaaa"] >= 0:
        records.append(f"@ AAAA {ipaddress.IPv6Address(V6_NET + row['aaaa'])}")
    return "\n".join([f"$TTL {TTL}", *records, ""])


def _soa(primary: str, mailbox: str) -> str:
    return f"@ SOA {primary} {mailbox} 2026030100 7200 900 1209600 {NEGATIVE_TTL}"


def _relative(host: str) -> str:
    return host.removesuffix(".@") if host.endswith(".@") else f"{host}."


def _infrastructure_zones(world: World, hosts: dict[str, str], folder: Path) -> list[tuple[str, str]]:
    """TLDs with the WHOIS servers under them, and the root, which also holds servers under no TLD of the world."""
    tlds = {
        tld: [_soa(f"a.nic.{tld}.", f"hostmaster.nic.{tld}."), f"@ NS a.nic.{tld}."] for tld in world.actors.tld_names
    }
    root = [_soa("a.root.lab.", "hostmaster.root.lab."), "@ NS a.root.lab."]
    for host, address in hosts.items():
        tlds.get(host.rpartition(".")[2], root).append(f"{host}. A {address}")
    for name, records in {**tlds, ".": root}.items():
        (folder / f"tld-{name}").write_text("\n".join([f"$TTL {TTL}", *records, ""]), encoding="ascii")
    return [(name, f"tld-{name}") for name in (*tlds, ".")]


def _network_zone(world: World, folder: Path) -> tuple[str, str]:
    """The zone that tells networks."""
    records = [_soa(f"{cymru.PRIMARY}.", f"{cymru.MAILBOX}."), f"@ NS {cymru.PRIMARY}."]
    records += [f'{name}. TXT "{text}"' for name, text in cymru.texts(world).items()]
    (folder / "networks").write_text("\n".join([f"$TTL {TTL}", *records, ""]), encoding="ascii")
    return cymru.ZONE, "networks"


def start(configuration: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers. Raises RuntimeError where it does not."""
    executable = program()
    if executable is None:
        raise RuntimeError("nsd is not installed")
    server = subprocess.Popen([executable, "-d", "-c", str(configuration)])  # noqa: S603 - found on the path
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if _answers(port):
            return server
        time.sleep(0.05)
    stop(server)
    raise RuntimeError("nsd does not answer")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server."""
    server.terminate()
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.3)
        probe.connect(("127.0.0.1", port))
        try:
            probe.send(PROBE)
            return probe.recv(512)[:2] == PROBE[:2]
        except OSError:
            return False
