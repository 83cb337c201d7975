"""Routing of 10,000 reported domains with known truth: how many are in the wrong recipient's packet. None may be.

The truth is drawn first and the observations are made of it, with what misleads: transfers and moves on the day, old
sponsors from another source, resellers that are registrars themselves, thin registries whose own record has no contact,
privacy services, mailboxes that several share, carriers' customers, addresses that nobody announces.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from test_packets_world import DAY, World, at, settings_of

from churn.packets.dossier import Dossier
from churn.packets.gather import TABLES, gather
from churn.store.database import lake_database

DOMAINS = 10_000
YESTERDAY = DAY - dt.timedelta(days=1)
SHARED_MAILBOX = "abuse@shared-desk.example"
SHARING = {3, 11, 17}
"""Registrars of one owner, whose records name one mailbox."""
CARRIER = 64_900
"""Its blocks of /26 are its customers', with desks of their own."""


@dataclass(frozen=True)
class Truth:
    """Who has a domain on the day: a registrar (None: can't be known); networks: AS number, desk, address there."""

    registrar: int | None
    networks: frozenset[tuple[int, str, str]]


def mailbox(registrar: int) -> str:
    return SHARED_MAILBOX if registrar in SHARING else f"abuse@registrar-{registrar}.example"


def desk(asn: int, address: str = "") -> str:
    if asn == CARRIER:
        return f"abuse@customer-{int(address.rpartition('.')[2]) // 64}.example"
    return SHARED_MAILBOX if asn % 20 == 0 else f"abuse@as{asn}.example"


class Maker:
    """Draws truths and writes what is observed of them."""

    def __init__(self) -> None:
        self.draw = random.Random(7)
        self.world = World()
        self.world.burst()
        self.truth: dict[str, Truth] = {}
        for number in range(60):
            self.world.network(f"198.18.{number}.0/24", 64_600 + number, desk=desk(64_600 + number))
            self.world.network(f"2001:db8:{number:x}::/64", 64_600 + number, desk=desk(64_600 + number))
        self.world.network("192.0.2.0/24", CARRIER)
        for quarter in range(4):
            block = f"192.0.2.{64 * quarter}/26"
            self.world.block(block, CARRIER, desk(CARRIER, f"192.0.2.{64 * quarter}"))
        self.world.network("198.18.60.0/22", 64_660, desk=desk(64_660))
        self.world.network("198.18.61.0/24", 64_661, desk=desk(64_661))  # a more specific prefix of somebody else

    def domain(self, name: str) -> None:
        self.world.reported(name)
        self.world.add("cluster_member", DAY, domain=name, cluster_id="c-1", role="core", score=0.9)
        self.truth[name] = Truth(self._registrar(name), self._networks(name))

    def record(self, name: str, registrar: int | None, day: dt.date = DAY, **values: Any) -> None:
        about = {"abuse_email": registrar and mailbox(registrar), "endpoint": f"{registrar}.rdap.example"}
        self.world.registered(name, registrar, day, **(about | values))

    def _registrar(self, name: str) -> int | None:
        sponsor, other = self.draw.sample(range(1, 41), 2)
        kind = self.draw.choice(
            ("plain", "transfer", "late", "reseller", "thin", "privacy", "old", "torn", "nameless", "whois")
        )
        match kind:
            case "transfer":  # in the morning the one, in the evening the other
                self.record(name, other, observed_at=at(DAY, 6))
                self.record(name, sponsor, observed_at=at(DAY, 20))
            case "late":  # WHOIS still tells the old sponsor, after RDAP within the hour
                self.record(name, sponsor, observed_at=at(DAY, 12))
                self.record(name, other, observed_at=at(DAY, 12) + dt.timedelta(minutes=9), source="whois")
            case "reseller":
                self.record(name, sponsor, reseller=f"Registrar {other}")
            case "thin":  # the registry names the sponsor and no contact; the registrar's own answer follows
                self.record(name, sponsor, endpoint="registry.example", abuse_email=None, abuse_source=None)
                self.record(name, sponsor, observed_at=at(DAY, 12) + dt.timedelta(seconds=3))
            case "privacy":
                hidden = {"redacted": True, "registrant_email_domain": f"registrar-{other}.example"}
                self.record(name, sponsor, registrant_org_hash="ab" * 32, **hidden)
            case "old":
                self.record(name, other, YESTERDAY)
                self.record(name, sponsor, source="whois", abuse_source="whois")
            case "torn":  # two answers of one instant that name two registrars
                self.record(name, sponsor, endpoint="a.example")
                self.record(name, other, endpoint="b.example")
                return None
            case "nameless":
                self.record(name, other, YESTERDAY)
                self.record(name, None)
                return None
            case _:
                self.record(name, sponsor, source="whois" if kind == "whois" else "rdap")
        return sponsor

    def _networks(self, name: str) -> frozenset[tuple[int, str, str]]:
        one, two = self.draw.sample(range(60), 2)
        host = self.draw.randrange(256)
        kind = self.draw.choice(("plain", "two", "moved", "customer", "specific", "failed", "stale", "nobody", "six"))
        found = {64_600 + one: f"198.18.{one}.{host}"}
        match kind:
            case "two":
                addresses = (f"198.18.{one}.{host}", f"198.18.{two}.{host}")
                found |= {64_600 + two: f"198.18.{two}.{host}"}
                self._answer(name, addresses, found, [f"198.18.{number}.0/24" for number in (one, two)])
            case "moved":
                self._answer(name, (f"198.18.{two}.{host}",), [64_600 + two], [f"198.18.{two}.0/24"], hour=6)
                self._answer(name, (f"198.18.{one}.{host}",), found, [f"198.18.{one}.0/24"], hour=20)
            case "customer":
                found = {CARRIER: f"192.0.2.{host}"}
                self._answer(name, (f"192.0.2.{host}",), found, ["192.0.2.0/24"])
            case "specific":
                found = {64_661: f"198.18.61.{host}"}
                self._answer(name, (f"198.18.61.{host}",), found, ["198.18.61.0/24"])
            case "failed":  # a failure after an answer takes nothing back
                self._answer(name, (f"198.18.{one}.{host}",), found, [f"198.18.{one}.0/24"], hour=6)
                self.world.hosted(name, rcode="SERVFAIL", a=None, aaaa=None, observed_at=at(DAY, 20))
            case "stale":
                self._answer(name, (f"198.18.{one}.{host}",), found, [f"198.18.{one}.0/24"], day=YESTERDAY)
                found = {}
            case "nobody":
                self._answer(name, (f"203.0.113.{host}", f"198.18.{one}.{host}"), found, [f"198.18.{one}.0/24"])
            case "six":
                found = {64_600 + one: f"2001:db8:{one:x}::{host:x}"}
                self._answer(name, (f"2001:db8:{one:x}::{host:x}",), found, [f"2001:db8:{one:x}::/64"])
            case _:
                self._answer(name, (f"198.18.{one}.{host}",), found, [f"198.18.{one}.0/24"])
        return frozenset((asn, desk(asn, address), address) for asn, address in found.items())

    def _answer(self, name: str, addresses: tuple[str, ...], asns: Any, prefixes: list[str], **when: Any) -> None:
        day, hour = when.get("day", DAY), when.get("hour", 12)
        self.world.hosted(name, *addresses, asns=tuple(asns), prefix=prefixes, day=day, observed_at=at(day, hour))


@cache
def _made() -> Maker:
    maker = Maker()
    for number in range(DOMAINS):
        maker.domain(f"d{number:05}.example")
    return maker


@pytest.fixture(scope="module")
def routed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dossier, ...]:
    data = tmp_path_factory.mktemp("routing")
    _made().world.write(data)
    with lake_database(settings_of(data), until=DAY, only=TABLES) as con:
        return gather(con, settings_of(data), DAY, {}).dossiers


def test_no_domain_of_ten_thousand_is_in_the_wrong_packet(routed: tuple[Dossier, ...]) -> None:
    truth = _made().truth
    told: Counter[str] = Counter()
    for dossier in routed:
        for entry in dossier.alleged:
            right = truth[entry.domain]
            told[dossier.scope] += 1
            if dossier.scope == "registrar":
                assert dossier.number == right.registrar
                assert dossier.contact.email == (mailbox(dossier.number),)
            else:
                (place,) = entry.places
                assert (dossier.number, *dossier.contact.email, place["address"]) in right.networks
        assert dossier.resolved == dossier.siblings == ()
    assert told["registrar"] == sum(1 for right in truth.values() if right.registrar is not None)
    assert told["network"] == sum(len(right.networks) for right in truth.values())


def test_registrars_that_share_a_mailbox_get_packets_of_their_own(routed: tuple[Dossier, ...]) -> None:
    sharing = [d for d in routed if d.scope == "registrar" and d.contact.email == (SHARED_MAILBOX,)]
    assert {dossier.number for dossier in sharing} == SHARING
    names = [entry.domain for dossier in sharing for entry in dossier.alleged]
    assert len(names) == len(set(names)) > 300


def test_a_carriers_customers_are_told_apart(routed: tuple[Dossier, ...]) -> None:
    desks = {d.contact.email: d.key for d in routed if d.scope == "network" and d.number == CARRIER}
    assert len(desks) == len(set(desks.values())) == 4
    assert all(key.startswith(f"AS{CARRIER}-") for key in desks.values())
