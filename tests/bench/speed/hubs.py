"""What many unrelated domains share: registrars with their default servers, hosters, platforms; known by numbers.

What belongs here: the numbers of hosts and addresses, and how often each is used. What doesn't: who uses them
(`background`, `groups`), and the numbers' texts (`facts.sql`).

Hosts are numbered in ranges: registrars from 0, platforms from 10,000 (pairs of the largest from 11,000), hosters from
100,000, private ones from 10 million. OWN is the domain itself, NONE nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

OWN, NONE = -1, -2
PLATFORM, PAIR, HOSTER, PRIVATE = 10_000, 11_000, 100_000, 10_000_000
REGISTRARS, PAIRS = 300, 3_000
HOSTED_ADDRESSES = 1 << 20  # before them the platforms' and the registrars'
DEDICATED_ADDRESSES = 1 << 26
ADDRESSES = 1 << 28  # 240.0.0.0/4, which nobody uses
BLOCK = 1 << 10
"""Addresses of one hoster: four /24 prefixes."""
HOURS = np.array([2, 2, 2, 2, 2, 3, 4, 5, 6, 7, 7, 7, 6, 7, 8, 8, 8, 7, 6, 5, 5, 4, 3, 2], dtype=float)


def zipf(n: int, exponent: float) -> npt.NDArray[np.float64]:
    """Weights of the ranks 1 to n."""
    weights = 1 / np.arange(1, n + 1) ** exponent
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class Hubs:
    """The hubs of a lake of `domains` domains: their number grows slowly with it, their sizes are Zipf's."""

    domains: int

    @property
    def hosters(self) -> int:
        """How many hosters there are."""
        return 60 + self.domains // 4_000

    def registrar(self, rng: np.random.Generator, n: int) -> Numbers:
        """Sponsoring registrars."""
        return rng.choice(REGISTRARS, n, p=zipf(REGISTRARS, 1.15))

    def hoster(self, rng: np.random.Generator, n: int) -> Numbers:
        """Hosters, numbered from 0."""
        return rng.choice(self.hosters, n, p=zipf(self.hosters, 0.95))

    def hosted_address(self, rng: np.random.Generator, hoster: Numbers) -> Numbers:
        """An address of the hoster that some eighty customers share, and of the largest hosters many more."""
        customers = self.domains * 0.27 * zipf(self.hosters, 0.95)
        shared = np.clip(customers // 80, 2, BLOCK).astype(np.int64)
        return HOSTED_ADDRESSES + hoster * BLOCK + (shared[hoster] * rng.random(len(hoster)) ** 1.5).astype(np.int64)

    def dedicated_address(self, rng: np.random.Generator, n: int) -> Numbers:
        """An address of a rented machine, in a /24 with some others."""
        return DEDICATED_ADDRESSES + rng.integers(0, 256 * (64 + self.domains // 200), n)

    def parking(self, registrar: Numbers) -> tuple[Numbers, Numbers]:
        """The address set on which a registrar parks: its first address and how many there are."""
        return BLOCK + registrar * 256, 1 + registrar % 4

    def pair(self, rng: np.random.Generator, n: int) -> Numbers:
        """A pair of servers of the largest platform; each of its accounts has one."""
        return PAIR + rng.integers(0, PAIRS, n)

    def edge(self, rng: np.random.Generator, n: int) -> Numbers:
        """First of the two addresses behind which that platform serves."""
        return 2 * (200 * rng.random(n) ** 2).astype(np.int64)


def seconds_of_day(rng: np.random.Generator, n: int) -> Numbers:
    """When people register, over the hours of a day (UTC)."""
    hours = rng.choice(24, n, p=HOURS / HOURS.sum())
    return np.asarray(hours * 3_600 + rng.integers(0, 3_600, n))
