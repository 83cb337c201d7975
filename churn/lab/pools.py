"""What the lab's parties lend: addresses, name-server sets, mail servers, mailboxes of zones; each known by a number.

What belongs here: numbering, and turning numbers into text. What doesn't: who lends what (`actors`).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

BENCHMARK_NET = int(ipaddress.IPv4Address("198.18.0.0"))  # RFC 2544, 198.18.0.0/15: hosters, 128 networks of /22
BENCHMARK_SIZE = 1 << 17
DOCUMENTATION_NETS = ("192.0.2.0", "198.51.100.0", "203.0.113.0")  # RFC 5737: the three biggest platforms
SINGLES = BENCHMARK_SIZE + 3 * 256
"""Addresses of the lab, numbered 0..SINGLES-1. A set of addresses with one member has that member's number."""
NETWORK_SIZE = 1 << 10
V6_NET = int(ipaddress.IPv6Address("2001:db8::"))  # RFC 3849


def address_text(number: int) -> str:
    """The IPv4 address of that number."""
    if number < BENCHMARK_SIZE:
        return str(ipaddress.IPv4Address(BENCHMARK_NET + number))
    net, host = divmod(number - BENCHMARK_SIZE, 256)
    return str(ipaddress.IPv4Address(int(ipaddress.IPv4Address(DOCUMENTATION_NETS[net])) + host))


def platform_address(platform: int, host: int) -> int:
    """Number of an address in one of the three documentation networks."""
    return BENCHMARK_SIZE + platform * 256 + host


PLATFORMS = (("CLOUDHUB-CDN", "cloudhub"), ("PARKHUB", "parkhub"), ("SITEMAKER", "sitemaker"))
"""Who runs the documentation networks, in their order: network name and the label of the domain for mail."""


class Pool(Generic[Item]):
    """Values numbered in the order in which they came."""

    def __init__(self) -> None:
        self.values: list[Item] = []
        self._numbers: dict[Item, int] = {}

    def add(self, value: Item) -> int:
        """The value's number."""
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


@dataclass(slots=True)
class Pools:
    """What a row refers to by number. `@` in a host or mailbox stands for the domain itself."""

    ns: Pool[tuple[str, ...]] = field(default_factory=Pool)
    mx: Pool[tuple[str, ...]] = field(default_factory=Pool)
    soa: Pool[str] = field(default_factory=Pool)
    addresses: Pool[tuple[int, ...]] = field(default_factory=Pool)

    def __post_init__(self) -> None:
        self.mx.add(())
        self.soa.add("hostmaster.@")

    def address_set(self, numbers: tuple[int, ...]) -> int:
        """Number of a set of addresses."""
        return numbers[0] if len(numbers) == 1 else SINGLES + self.addresses.add(tuple(sorted(numbers)))

    def address_texts(self, number: int) -> tuple[str, ...]:
        """The addresses of the set of that number; none for -1."""
        if number < 0:
            return ()
        members = (number,) if number < SINGLES else self.addresses.values[number - SINGLES]
        return tuple(address_text(member) for member in members)
