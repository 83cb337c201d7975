"""Which network holds an address, and which desk answers for it: pure functions of announcements and registrations.

An autonomous system (AS) is one recipient where all that is registered of its blocks names one desk. Where its blocks
are registered with different desks, as a carrier's customers' are, each desk is a recipient of its own: what is hosted
in one customer's block is never told to another's desk. What can't be attributed is said, and nobody is told.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from churn.packets.contacts import Contact, Correction, Observation, Subject, resolve

UNSEEN = "no record of this network by a regional registry in the window"
Row = Mapping[str, Any]
T = TypeVar("T")
_Key = tuple[int, int, int]
"""IP version, length, first address."""


class Prefixes(Generic[T]):
    """Values by prefix, and the most specific prefix that holds an address or a prefix (longest match, RFC 4632)."""

    def __init__(self, values: Mapping[str, T]) -> None:
        self._values = {key: (text, value) for text, value in values.items() if (key := _key(text))}

    def holding(self, text: str) -> tuple[str, T] | None:
        """The longest prefix that holds this address or prefix (or is it), and its value; None where none does."""
        if (key := _key(text)) is None:
            return None
        version, most, start = key
        width = 32 if version == 4 else 128
        for length in range(most, -1, -1):
            cut = start >> (width - length) << (width - length)
            if found := self._values.get((version, length, cut)):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Block:
    """A block of addresses as a regional registry has it; `desk` tells its abuse desk from others."""

    prefix: str
    name: str | None
    asn: int | None
    seen: Observation
    desk: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name is: one of its addresses, and who announces it; `asn` and `recipient` are None where not known."""

    domain: str
    address: str
    asn: int | None
    recipient: str | None
    announced: str | None
    block: str | None
    block_name: str | None


@dataclass(frozen=True, slots=True)
class Networks:
    """What is known of networks in the window. Contacts are by recipient: `AS64500`, or that and a desk's mark."""

    announced: Prefixes[tuple[int, ...]]
    registered: Prefixes[Block]
    names: Mapping[int, str]
    split: frozenset[int]
    contacts: Mapping[str, Contact]

    def recipient(self, asn: int, address: str) -> str:
        """Whom to tell of an address that an AS announces."""
        if asn in self.split and (found := self.registered.holding(address)) and found[1].desk:
            return _recipient(asn, found[1].desk)
        return f"AS{asn}"

    def places(self, answer: Row) -> list[Place]:
        """Where a name is, by a row of `hosting`: each address with each AS that announces it, one row each.

        What is no IP address is left out.
        """
        near = Prefixes(dict.fromkeys(answer["prefix"] or (), None))
        made = []
        for address in sorted(filter(_key, {*(answer["a"] or ()), *(answer["aaaa"] or ())})):
            announced = found[0] if (found := near.holding(address)) else None
            block = held[1] if (held := self.registered.holding(address)) else None
            about = (announced, block.prefix if block else None, block.name if block else None)
            is_announced = announced is not None or not answer["prefix"]
            for asn in (self._origins(announced, address, answer["asn"] or ()) if is_announced else ()) or (None,):
                recipient = None if asn is None else self.recipient(asn, address)
                made.append(Place(answer["domain"], address, asn, recipient, *about))
        return made

    def _origins(self, announced: str | None, address: str, asns: Sequence[int | None]) -> tuple[int, ...]:
        """The AS that announce an address, of those that the row names: none where it can't be told which of them."""
        known = sorted({asn for asn in asns if asn is not None and asn > 0})
        found = self.announced.holding(announced or address)
        both = [asn for asn in known if found and asn in found[1]]
        return tuple(both or (known if len(known) == 1 else ()))


def networks_of(
    announced: Iterable[Row], registered: Iterable[Row], corrections: Mapping[Subject, Correction]
) -> Networks:
    """What the rows of `network` tell: `announced` has prefix, asn and name, `registered` one row a block.

    1. Each block belongs to the AS that announces the prefix around it, and to those that announce a part of it and
       no more specific block; where nothing of it was seen announced, to the AS of its row.
    2. An AS whose blocks name more than one desk is split by them, unless a person has corrected its contact.
    """
    origins, names = _origins(announced)
    blocks = {row["prefix"]: _block(row) for row in registered if _key(row["prefix"])}
    about, around = Prefixes(origins), Prefixes(blocks)
    of = _blocks_of(origins, blocks, about, around)
    contacts: dict[str, Contact] = {}
    split = set()
    for asn in sorted({*(asn for asns in origins.values() for asn in asns), *of, *_corrected(corrections)}):
        correction = corrections.get(Subject("network", asn))
        own = sorted(of.get(asn, {}).values(), key=lambda block: block.prefix)
        desks = sorted({block.desk for block in own if block.desk})
        if len(desks) <= 1 or correction:
            contacts[f"AS{asn}"] = resolve((block.seen for block in own), correction, UNSEEN)
            continue
        split.add(asn)
        contacts[f"AS{asn}"] = Contact(tried=f"blocks of this network are registered with {len(desks)} different desks")
        for desk in desks:
            contacts[_recipient(asn, desk)] = resolve(block.seen for block in own if block.desk == desk)
    return Networks(about, around, names, frozenset(split), contacts)


def asn_of(recipient: str) -> int:
    """The AS number of a recipient's key."""
    return int(recipient.removeprefix("AS").partition("-")[0])


def _origins(announced: Iterable[Row]) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    """Who announces each prefix, and the names of these AS: the one that most prefixes have."""
    origins: dict[str, set[int]] = defaultdict(set)
    names: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in announced:
        origins[row["prefix"]].add(row["asn"])
        if row["name"]:
            names[row["asn"]][row["name"]] += 1
    return (
        {prefix: tuple(sorted(asns)) for prefix, asns in origins.items()},
        {asn: min(count, key=lambda name: (-count[name], name)) for asn, count in names.items()},
    )


def _block(row: Row) -> Block:
    source = "network_rdap" if row["source"] == "rdap" else "import"
    ways = (row["abuse_email"], row["abuse_phone"], row["abuse_url"])
    seen = Observation(row["source"], source, *ways, domains=1, observed_at=row["observed_at"])
    return Block(row["prefix"], row["name"], row["asn"], seen, resolve((seen,)).desk)


def _blocks_of(
    origins: Mapping[str, tuple[int, ...]],
    blocks: Mapping[str, Block],
    about: Prefixes[tuple[int, ...]],
    around: Prefixes[Block],
) -> dict[int, dict[str, Block]]:
    """The blocks of each AS, by their prefixes."""
    of: dict[int, dict[str, Block]] = defaultdict(dict)
    seen = set()
    for prefix, asns in origins.items():
        if held := around.holding(prefix):
            seen.add(held[0])
            for asn in asns:
                of[asn][held[0]] = held[1]
    for prefix, block in blocks.items():
        announcing = about.holding(prefix)
        own = () if block.asn is None or prefix in seen else (block.asn,)
        for asn in announcing[1] if announcing else own:
            of[asn][prefix] = block
    return of


def _corrected(corrections: Mapping[Subject, Correction]) -> list[int]:
    return [subject.number for subject in corrections if subject.scope == "network"]


def _recipient(asn: int, desk: str) -> str:
    return f"AS{asn}-{hashlib.sha256(desk.encode()).hexdigest()[:8]}"


def _key(text: str) -> _Key | None:
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return None
    return network.version, network.prefixlen, int(network.network_address)
