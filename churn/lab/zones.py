"""The zone file of a TLD on a day, as its registry serves it, and which names came and went.

What belongs here: records. What doesn't: how a file is served (`czds`, `axfr`). A name is in its zone from the day of
its registration on, unless it has no name servers (those that do not resolve); of the names of old, one in four is
dropped on some day of the world. Signatures have the right form and mean nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc

from churn.lab.pools import address_text
from churn.lab.rows import NEVER, NXDOMAIN
from churn.lab.scale import FIRST_DAY
from churn.lab.world import World

TTL = 3_600
SIGNED = 4
"""One delegation of so many has a DS record."""
_BASE32HEX = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv")
_KEY = base64.b64encode(bytes([3]) + hashlib.sha256(b"lab").digest() * 4).decode()


def delegated(world: World, tld: str, day: dt.date) -> list[str]:
    """The names in the zone at the end of a day, sorted."""
    return [row["domain"] for row in _rows(world, tld, day)]


def dropped(world: World, tld: str, day: dt.date) -> list[str]:
    """The names that are in the zone of the day before and not in that of this day, sorted."""
    number = (day - FIRST_DAY).days
    return [row["domain"] for row in _rows(world, tld, day - dt.timedelta(days=1)) if _end(world, row) == number]


def serial(day: dt.date) -> int:
    """The serial number of every zone on a day."""
    return int(f"{day:%Y%m%d}00")


def zone_file(world: World, tld: str, day: dt.date) -> str:
    """The zone, one record a line, as a transfer has it (RFC 5936, 2.2): its SOA record is the first and the last."""
    soa, *records = _records(world, tld, day)
    return "".join(f"{record}\n" for record in (soa, *records, soa))


def _rows(world: World, tld: str, day: dt.date) -> list[dict[str, Any]]:
    table, number = world.domains, (day - FIRST_DAY).days
    here = pc.and_(pc.equal(table["tld"], world.actors.tld_names.index(tld)), pc.less_equal(table["day"], number))
    table = table.filter(pc.and_(here, pc.not_equal(table["rcode"], NXDOMAIN)))
    rows = table.select(["domain", "day", "reported", "ns"]).to_pylist()
    return [row for row in rows if _end(world, row) > number]


def _end(world: World, row: dict[str, Any]) -> int:
    """Number of the day on which a name is dropped; beyond all days where it is not."""
    beyond = 1 << 30
    if row["day"] >= 0 or row["reported"] != NEVER:
        return beyond
    draw = int.from_bytes(_digest(f"drop {world.seed} {row['domain']}")[:4])
    return draw // 4 % world.scale.days if draw % 4 == 0 else beyond


def _records(world: World, tld: str, day: dt.date) -> Iterator[str]:
    """The zone's records, its SOA record once."""
    yield f"{tld}. {TTL} in soa a.nic.{tld}. hostmaster.nic.{tld}. {serial(day)} 7200 900 1209600 {TTL}"
    yield _signature(tld, "soa", day)
    for letter, host in (("a", 1), ("b", 2)):
        yield f"{tld}. {TTL} in ns {letter}.nic.{tld}."
        yield f"{letter}.nic.{tld}. {TTL} in a {address_text(host)}"
    yield f"{tld}. {TTL} in dnskey 257 3 13 {_KEY}"
    yield f"{tld}. 0 in nsec3param 1 0 0 -"
    rows = _rows(world, tld, day)
    hashes = {row["domain"]: _nsec3(row["domain"]) for row in rows}
    after = dict(zip(ordered := sorted(hashes.values()), [*ordered[1:], *ordered[:1]], strict=True))
    for row in rows:
        name = row["domain"]
        yield from _delegation(world, name, row["ns"])
        owner = hashes[name]
        yield f"{owner}.{tld}. {TTL} in nsec3 1 1 0 - {after[owner]} ns"
        yield _signature(f"{owner}.{tld}", "nsec3", day)


def _delegation(world: World, name: str, ns: int) -> Iterator[str]:
    digest = _digest(name)
    for number, host in enumerate(world.pools.ns.values[ns]):
        if host.endswith(".@"):
            yield f"{host.removesuffix('@')}{name}. {TTL} in a {address_text(digest[number] + 256)}"
            yield f"{name}. {TTL} in ns {host.removesuffix('@')}{name}."
        else:
            yield f"{name}. {TTL} in ns {host}."
    if digest[0] % SIGNED == 0:
        yield f"{name}. {TTL} in ds {int.from_bytes(digest[:2])} 13 2 {digest.hex()}"


def _signature(owner: str, kind: str, day: dt.date) -> str:
    """A record of the form of RFC 4034, 3."""
    until, since = f"{day + dt.timedelta(days=30):%Y%m%d}000000", f"{day:%Y%m%d}000000"
    proof = base64.b64encode(_digest(f"{owner} {kind} {since}") * 2).decode()
    zone = owner.rpartition(".")[2]
    return f"{owner}. {TTL} in rrsig {kind} 13 {owner.count('.') + 1} {TTL} {until} {since} 4242 {zone}. {proof}"


def _nsec3(name: str) -> str:
    """The hashed owner of a name (RFC 5155, 5), without salt or more rounds."""
    wire = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    made = hashlib.sha1(wire, usedforsecurity=False).digest()
    return base64.b32encode(made).translate(_BASE32HEX).decode()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
