"""A small world for the packet tests: rows of the schema, written with the real lake, run through the real stage."""

from __future__ import annotations

import csv
import datetime as dt
import io
import ipaddress
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from churn.packets import run
from churn.results import StageResult
from churn.settings import Settings
from churn.store.database import lake_of
from churn.store.ledger import ledger_of
from churn.store.schema import TABLES, Kind

DAY = dt.date(2026, 3, 4)


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


@dataclass
class World:
    """Rows to be; `write` puts them into the lake of a fresh data folder."""

    rows: dict[tuple[str, dt.date], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, day: dt.date, **values: Any) -> None:
        self.rows[table, day].append({"day": day} | values)

    def reported(self, domain: str, day: dt.date = DAY, **values: Any) -> None:
        given = {"fqdn": domain, "feed": "hotline", "seen_at": at(day, 9), "reference": f"ref-{domain[:8]}"}
        self.add("sighting", day, domain=domain, kind="reported", **(given | values))

    def registered(self, domain: str, iana_id: int | None, day: dt.date = DAY, **values: Any) -> None:
        given = {
            "observed_at": at(day),
            "source": "rdap",
            "endpoint": "rdap.example",
            "registrar": f"Registrar {iana_id}",
            "created_at": at(DAY - dt.timedelta(days=2)),
            "status": ["active"],
            "nameservers": ["ns1.pool.example", "ns2.pool.example"],
            "abuse_email": f"abuse@registrar-{iana_id}.example",
            "abuse_source": "registrar_rdap",
        }
        self.add("registration", day, domain=domain, registrar_iana_id=iana_id, **(given | values))

    def hosted(
        self, domain: str, *addresses: str, asns: tuple[int, ...] = (), day: dt.date = DAY, **values: Any
    ) -> None:
        """Where the DNS says that a domain is; `asns` announce it, prefixes of /24 and /64."""
        given = {
            "observed_at": at(day),
            "rcode": "NOERROR",
            "a": [address for address in addresses if ":" not in address],
            "aaaa": [address for address in addresses if ":" in address],
            "ns": ["ns1.pool.example"],
            "prefix": sorted({prefix_of(address) for address in addresses}),
            "asn": sorted(set(asns)),
            "resolver": "192.0.2.53",
        }
        self.add("hosting", day, domain=domain, **(given | values))

    def network(self, prefix: str, asn: int, *, day: dt.date = DAY, desk: str | None = None, **values: Any) -> None:
        """A prefix as it was announced and, where it has a desk, as it is registered."""
        given = {"prefix": prefix, "asn": asn, "observed_at": at(day), "name": f"NET-{asn}"}
        self.add("network", day, source="cymru", endpoint="zone.example", **(given | values))
        if desk:
            self.block(prefix, asn, desk, day=day)

    def block(self, prefix: str, asn: int | None, desk: str | None, *, day: dt.date = DAY, **values: Any) -> None:
        """A block of addresses as a regional registry has it."""
        given = {"source": "rdap", "endpoint": "rir.example", "name": f"BLOCK-{prefix}", "observed_at": at(day)}
        self.add("network", day, prefix=prefix, asn=asn, abuse_email=desk, **(given | values))

    def member(self, domain: str, cluster: str = "c-1", day: dt.date = DAY, **values: Any) -> None:
        self.add("cluster_member", day, domain=domain, cluster_id=cluster, role="core", **({"score": 0.9} | values))
        for family, name, value in (
            ("infrastructure", "name_servers", "ns1.pool.example ns2.pool.example"),
            ("registration", "created_minute", "7 2026-03-02 12:00"),
        ):
            self.add(
                "link", day, domain=domain, cluster_id=cluster, family=family, field=name, value=value, weight=9.0,
                domains_with_value=40, in_cluster=38, source="hosting", observed_at=at(day),
            )  # fmt: skip

    def burst(self, cluster: str = "c-1", day: dt.date = DAY, **values: Any) -> None:
        given = {"kind": "listing", "observed": 30, "expected": 0.4, "p_value": 1e-40, "q_value": 1e-38}
        self.add("burst", day, burst_id=f"b-{cluster}", cluster_id=cluster, **(given | values))
        self.add("cluster_day", day, cluster_id=cluster, size=40, name=f"group {cluster}", first_day=day)

    def case(self, domain: str, iana_id: int | None = 7, *, day: dt.date = DAY, **record: Any) -> None:
        """A reported member of the bursting cluster."""
        self.reported(domain, day)
        self.registered(domain, iana_id, day, **record)
        self.member(domain, day=day)

    def write(self, data: Path) -> None:
        for (table, day), rows in self.rows.items():
            store = ledger_of if TABLES[table].kind is Kind.LEDGER else lake_of
            store(settings_of(data)).write_rows(table, day, "test", rows)


def prefix_of(address: str) -> str:
    return str(ipaddress.ip_network(f"{address}/{64 if ':' in address else 24}", strict=False))


def settings_of(data: Path, **values: Any) -> Settings:
    return Settings(data=data, clock="day", **values)


def run_world(world: World, data: Path, day: dt.date = DAY, **values: Any) -> StageResult:
    world.write(data)
    return run(settings_of(data, **values), day)


def folder(data: Path, recipient: int | str, day: dt.date = DAY) -> Path:
    """The packet's folder: of a registrar by its number, of a network by its key."""
    kind = "registrar" if isinstance(recipient, int) else "network"
    return data / "packets" / day.isoformat() / f"{kind}-{recipient}"


def packet(data: Path, registrar: int | str, day: dt.date = DAY) -> dict[str, Any]:
    return json.loads((folder(data, registrar, day) / "packet.json").read_text())


def told(data: Path, registrar: int | str, day: dt.date = DAY) -> dict[str, str]:
    if not folder(data, registrar, day).exists():
        return {}
    document = packet(data, registrar, day)
    return {row["domain"]: row["state"] for row in (*document["domains"], *document["compromised"])}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def tree(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def test_a_burst_becomes_one_packet_a_registrar(tmp_path: Path) -> None:
    world = World()
    world.burst()
    world.case("one.example", 7)
    world.case("two.example", 8)
    result = run_world(world, tmp_path)
    assert told(tmp_path, 7) == {"one.example": "new"}
    assert told(tmp_path, 8) == {"two.example": "new"}
    assert (result.rows_in, result.rows_out, result.found["no_sponsor"]) == (2, 2, 0)
    assert (result.found["packets"], result.found["new"]) == (2, 2)
