"""The example packet of docs: made-up domains of a made-up registrar, written by the real stage.

`python tests/unit/example_packet.py`, with the project on the path, writes `docs/example-packet/` anew.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from test_packets_world import DAY, World, at, folder, run_world

KEPT = Path(__file__).resolve().parents[2] / "docs" / "example-packet"
REGISTRAR = 9999
"""A number that IANA has set aside, no registrar's; names, addresses and AS numbers are those for documentation."""


def example_world() -> World:
    """Two reported domains, one of which nobody knows the creation of, and a sibling that is not alleged."""
    world = World()
    world.burst(observed=3, expected=0.02, p_value=1.3e-6, q_value=2.1e-5)
    for number, (domain, registrar, record) in enumerate((
        ("card-match28.example", REGISTRAR, {}),
        ("xn--krten-jua.example", REGISTRAR, {"created_at": None}),
        ("card-match31.example", 9998, {}),
    ), 101):  # fmt: skip
        world.reported(domain, label="class as the list gives it", reference=f"H-2026-{number}")
        world.registered(domain, registrar, registrar="Example Registrar Ltd.", **record)
        world.member(domain)
    world.registered("card-match29.example", REGISTRAR, registrar="Example Registrar Ltd.")
    world.member("card-match29.example")
    for link in world.rows["link", DAY]:
        link.update(domains_with_value=5, in_cluster=4)
    world.add(
        "hosting", DAY, domain="card-match28.example", observed_at=at(DAY), rcode="NOERROR", a=["192.0.2.28"],
        aaaa=[], ns=["ns1.pool.example", "ns2.pool.example"], mx=[], soa_rname="hostmaster.pool.example",
        asn=[64500], as_name=["EXAMPLE-NET"], country=["ZZ"], resolver="192.0.2.53",
    )  # fmt: skip
    failed = {"kind": "dns", "attempted_at": at(DAY), "outcome": "timeout", "attempt": 1}
    world.add("lookup", DAY, domain="xn--krten-jua.example", **failed)
    return world


def write_example(data: Path) -> Path:
    """Run the stage on this world; returns the packet's folder."""
    run_world(example_world(), data, reporter_org="Example Hotline", authority="Police of Exampleland, case 12/26")
    return folder(data, REGISTRAR)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        written = write_example(Path(scratch))
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(written, KEPT)
