"""Networks by prefix, and the most specific one that holds an address (longest match, RFC 4632).

A million prefixes have to fit beside a day's work, and 300,000 addresses are looked up at once: so a table is a sorted
array of packed prefixes a length, and an address is cut to each length, longest first, and searched for. What doesn't
belong here: where the networks come from.
"""

from __future__ import annotations

import ipaddress
import socket
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LARGEST_ASN = 2**31 - 1
"""What the column holds. Above are, so far, only numbers for private use (RFC 6996), which tell nobody."""


@dataclass(frozen=True, slots=True)
class Network:
    """An announced prefix and whose it is; name and country are None where they are not told."""

    prefix: str
    asn: int
    as_name: str | None
    country: str | None


Whose = Mapping[str, Sequence[Network]]
"""Networks by address: several where several AS announce the same prefix, none where nobody announces one.

An address that is missing was not obtained.
"""
Holder = tuple[int, str | None, str | None]
"""AS number, its name, country."""
_Keys = npt.NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class _Length:
    """All prefixes of one length: their packed first addresses, ascending, and who holds each."""

    length: int
    starts: _Keys
    holders: npt.NDArray[np.int32]


class NetworkTable:
    """Networks, to be found by the addresses in them."""

    def __init__(self, lengths: Mapping[int, Sequence[_Length]], holders: Sequence[Holder]) -> None:
        self._lengths, self._holders = lengths, holders

    def __len__(self) -> int:
        return sum(len(each.starts) for lengths in self._lengths.values() for each in lengths)

    def find(self, address: str) -> Network | None:
        """The most specific network that holds an address; None where none does."""
        return next(iter(self.whose((address,)).get(address, ())), None)

    def whose(self, addresses: Iterable[str]) -> dict[str, tuple[Network, ...]]:
        """The most specific network of each address; texts that are no address are left out."""
        texts: dict[int, list[str]] = {4: [], 16: []}
        packed: dict[int, list[bytes]] = {4: [], 16: []}
        for text in addresses:
            if octets := packed_address(text):
                texts[len(octets)].append(text)
                packed[len(octets)].append(octets)
        found: dict[str, tuple[Network, ...]] = {}
        for width, keys in packed.items():
            networks: dict[tuple[int, int], tuple[Network, ...]] = {(-1, -1): ()}
            for text, place in zip(texts[width], self._places(width, b"".join(keys)), strict=True):
                if place not in networks:
                    networks[place] = (self._network(width, *place),)
                found[text] = networks[place]
        return found

    def _places(self, width: int, packed: bytes) -> Iterable[tuple[int, int]]:
        """Of each address, which of the lengths and which prefix of it holds the address; -1 twice where none does."""
        octets = np.frombuffer(packed, np.uint8).reshape(-1, width)
        which = np.full(len(octets), -1)
        place = np.full(len(octets), -1)
        left = np.arange(len(octets))
        for number, each in enumerate(self._lengths.get(width, ())):
            mask = np.frombuffer(_mask(width, each.length), np.uint8)
            keys = np.ascontiguousarray(octets[left] & mask).view(f"S{width}").ravel()
            at = np.searchsorted(each.starts, keys)
            hit = each.starts[np.minimum(at, len(each.starts) - 1)] == keys
            which[left[hit]], place[left[hit]] = number, at[hit]
            left = left[~hit]
        return zip(which.tolist(), place.tolist(), strict=True)

    def _network(self, width: int, which: int, place: int) -> Network:
        each = self._lengths[width][which]
        start = bytes(each.starts[place]).ljust(width, b"\0")  # numpy leaves zeros at the end out
        return Network(f"{ipaddress.ip_address(start)}/{each.length}", *self._holders[each.holders[place]])


class Gathering:
    """A table in the making: 4 or 16 octets, the length and the number of the holder a prefix."""

    def __init__(self) -> None:
        self._starts = {4: bytearray(), 16: bytearray()}
        self._lengths = {4: array("B"), 16: array("B")}
        self._of = {4: array("i"), 16: array("i")}
        self._holders: dict[Holder, int] = {}

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def add(self, start: bytes, length: int, holder: Holder) -> None:
        """Add a prefix by its first address, packed, and its length."""
        width = len(start)
        self._starts[width] += start
        self._lengths[width].append(length)
        self._of[width].append(self._holders.setdefault(holder, len(self._holders)))

    def table(self) -> NetworkTable:
        """What was added. Of several holders of the same prefix, the one with the lowest AS number counts."""
        holders = list(self._holders)
        asns = np.array([asn for asn, _, _ in holders] or [0], np.int64)
        return NetworkTable({width: self._sorted(width, asns) for width in (4, 16)}, holders)

    def _sorted(self, width: int, asns: npt.NDArray[np.int64]) -> list[_Length]:
        starts = np.frombuffer(bytes(self._starts[width]), f"S{width}")
        lengths = np.frombuffer(self._lengths[width].tobytes(), np.uint8)
        of = np.frombuffer(self._of[width].tobytes(), np.int32)
        made = []
        for length in np.unique(lengths)[::-1]:
            rows = np.flatnonzero(lengths == length)
            rows = rows[np.argsort(asns[of[rows]], kind="stable")]
            keys, first = np.unique(starts[rows], return_index=True)
            made.append(_Length(int(length), keys, of[rows][first]))
        return made


def packed_address(text: str) -> bytes | None:
    """The 4 or 16 octets of an IP address; None for any other text."""
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None


def packed_prefix(text: str) -> tuple[bytes, int]:
    """First address and length of a prefix; an address alone is a network of its own. Raises ValueError."""
    address, _, given = text.partition("/")
    packed = packed_address(address)
    if packed is None:
        raise ValueError(f"{text[:60]!r} is no prefix")
    most = len(packed) * 8
    length = int(given) if given else most
    if not 0 <= length <= most:
        raise ValueError(f"{text[:60]!r} is longer than an address")
    if int.from_bytes(packed) & ((1 << (most - length)) - 1):
        raise ValueError(f"{text[:60]!r} has bits set beyond its length")
    return packed, length


def _mask(width: int, length: int) -> bytes:
    most = width * 8
    return ((1 << most) - (1 << (most - length))).to_bytes(width)
