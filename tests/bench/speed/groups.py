"""Who registers in bulk: planted campaigns, and the innocents who look like them (resellers, domainers, brands).

What belongs here: sizes, batches, and which traits a group reuses and rotates. A campaign's batches each take every
trait either from the campaign's own small pool or from a hub, by the campaign's habits; it has two habits and more.
What doesn't: spelling of names (`names`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speed.background import Columns
from speed.hubs import HOSTER, NONE, PLATFORM, PRIVATE, Hubs, Numbers, seconds_of_day
from speed.names import TLDS

HABITS = {"servers": 0.55, "address": 0.6, "registrant": 0.4, "minutes": 0.75, "naming": 0.6, "key": 0.12}
"""Share of campaigns with each habit."""
KEPT = 0.8
"""Share of batches that keep to a habit of their campaign."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of group: its share of all domains, sizes (truncated power law), and size of one batch."""

    share: float
    least: int
    most: int
    exponent: float
    batch: tuple[int, int]


KINDS = {
    "campaign": Kind(0.03, 5, 5_000, 1.6, (4, 80)),
    "reseller": Kind(0.015, 40, 4_000, 1.6, (2, 30)),
    "batch": Kind(0.025, 10, 2_000, 1.9, (10, 2_000)),
    "brand": Kind(0.003, 8, 20, 1.5, (20, 21)),
}


def planned(rng: np.random.Generator, hubs: Hubs, kind: str, days: int, first_owner: int) -> Columns:
    """All domains of the groups of one kind, with their `day` (0 to days - 1) and `group` (numbered from 0).

    The registrant of a group is its owner, of a reseller's domains its customers; `habit` is how the names are spelt
    (`names.habitual`).
    """
    sizes = _sizes(rng, KINDS[kind], hubs.domains)
    batch_group, batch_size = _batches(rng, sizes, KINDS[kind].batch)
    n, b = len(sizes), len(batch_group)
    batch = np.repeat(np.arange(b), batch_size)
    traits = TRAITS[kind](rng, hubs, n, batch_group)
    traits["day"] = _days(rng, n, batch_group, days)
    member = {name: values[batch] for name, values in traits.items()}
    place = np.arange(len(batch)) - np.repeat(np.cumsum(batch_size) - batch_size, batch_size)
    pace = rng.uniform(0.5, 6, b)[batch]
    start = seconds_of_day(rng, b)[batch]
    quick = np.minimum(start + (place * pace).astype(np.int64), 86_399)
    owner = first_owner + batch_group[batch]
    customer = first_owner + n + rng.integers(0, len(batch), len(batch))
    registrant = customer if kind == "reseller" else owner
    shown = rng.random(len(batch)) < 0.3 if kind == "reseller" else member["shown"]
    own_key = (1 << 41) + first_owner + np.arange(len(batch))
    key = np.where(member["key"] >= 0, (1 << 40) + first_owner + member["key"], own_key)
    return member | {
        "second": np.where(member["quick"], quick, seconds_of_day(rng, len(batch))),
        "group": batch_group[batch],
        "owner": owner,
        "registrant": np.where(shown, registrant, -1),
        "tld": place % len(TLDS) if kind == "brand" else (owner * 7 + rng.integers(0, 3, len(batch))) % len(TLDS),
        "certificate": np.where(rng.random(len(batch)) < 0.3, key, -1),
        "failing": (rng.random(len(batch)) < 0.03).astype(np.int64),
    }


def owners(group: Columns) -> int:
    """How many numbers of owners the groups and their customers may use."""
    return int(group["group"].max(initial=0)) + 1 + len(group["group"])


def _days(rng: np.random.Generator, n: int, group: Numbers, days: int) -> Numbers:
    """Each batch's day: within up to six weeks of its group's first."""
    begin, span = rng.integers(0, days, n), rng.integers(1, 46, n)
    return (begin[group] + (span[group] * rng.random(len(group))).astype(np.int64)) % days


def _sizes(rng: np.random.Generator, kind: Kind, domains: int) -> Numbers:
    """Sizes of the groups of a kind that together have its share of the domains."""
    wanted = kind.share * domains
    low, high = kind.least ** (1 - kind.exponent), kind.most ** (1 - kind.exponent)
    u = rng.random(max(4, int(wanted / kind.least)))
    sizes = ((low + u * (high - low)) ** (1 / (1 - kind.exponent))).astype(np.int64)
    return sizes[: max(1, int(np.searchsorted(np.cumsum(sizes), wanted)))]


def _batches(rng: np.random.Generator, sizes: Numbers, batch: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """Batches (group, size) whose sizes add up to each group's."""
    least, most = batch
    count = -(-sizes // least)
    group = np.repeat(np.arange(len(sizes)), count)
    size = rng.integers(least, most, len(group))
    before = np.cumsum(size) - size
    before -= np.repeat(before[np.cumsum(count) - count], count)
    size = np.minimum(size, sizes[group] - before)
    return group[size > 0], size[size > 0]


def _campaign(rng: np.random.Generator, hubs: Hubs, n: int, group: Numbers) -> Columns:
    b = len(group)
    habit = {name: rng.random(n) < share for name, share in HABITS.items()}
    few = sum(values.astype(np.int64) for values in habit.values()) < 2
    habit["address"] |= few
    habit["minutes"] |= few
    kept = {name: habit[name][group] & (rng.random(b) < KEPT) for name in HABITS}
    registrars = hubs.registrar(rng, 3 * n).reshape(n, 3)
    registrar = registrars[group, rng.integers(0, 3, b)]
    server = PRIVATE + group * 8 + rng.integers(0, 1 << 30, b) % (1 + rng.integers(0, 4, n))[group]
    pool = hubs.dedicated_address(rng, 8 * n).reshape(n, 8)
    hoster = hubs.hoster(rng, b)
    hub_servers = np.where(rng.random(b) < 0.5, hubs.pair(rng, b), registrar)
    return {
        "registrar": registrar,
        "ns": np.where(kept["servers"], server, hub_servers),
        "address": np.where(
            kept["address"],
            pool[group, rng.integers(0, 1 << 30, b) % (1 + rng.integers(0, 8, n))[group]],
            np.where(rng.random(b) < 0.5, hubs.edge(rng, b), hubs.hosted_address(rng, hoster)),
        ),
        "addresses": np.ones(b, np.int64),
        "mx": np.where(kept["servers"] & (rng.random(n) < 0.3)[group], server, NONE),
        "soa": np.where(kept["servers"], server, hub_servers),
        "shown": kept["registrant"],
        "quick": kept["minutes"],
        "habit": np.where(kept["naming"], (1 + rng.integers(0, 3, n))[group], 0),
        "key": np.where(kept["key"], group, -1),
    }


def _reseller(rng: np.random.Generator, hubs: Hubs, n: int, group: Numbers) -> Columns:
    b = len(group)
    server = HOSTER + hubs.hosters + group
    addresses = hubs.dedicated_address(rng, 4 * n).reshape(n, 4)
    return {
        "registrar": hubs.registrar(rng, n)[group],
        "ns": server,
        "address": addresses[group, rng.integers(0, 4, b)],
        "addresses": np.ones(b, np.int64),
        "mx": server,
        "soa": server,
        "shown": np.zeros(b, bool),
        "quick": rng.random(b) < 0.5,
        "habit": np.zeros(b, np.int64),
        "key": np.full(b, -1),
    }


def _domainer(rng: np.random.Generator, hubs: Hubs, n: int, group: Numbers) -> Columns:
    b = len(group)
    registrar = hubs.registrar(rng, n)[group]
    address, addresses = hubs.parking(registrar)
    return {
        "registrar": registrar,
        "ns": np.where((rng.random(n) < 0.5)[group], PLATFORM + group % 3, registrar),
        "address": address,
        "addresses": addresses,
        "mx": np.full(b, NONE),
        "soa": registrar,
        "shown": (rng.random(n) < 0.3)[group],
        "quick": np.ones(b, bool),
        "habit": rng.integers(0, 4, n)[group],
        "key": np.full(b, -1),
    }


def _brand(rng: np.random.Generator, hubs: Hubs, n: int, group: Numbers) -> Columns:
    b = len(group)
    registrar = rng.integers(100, 110, n)[group]  # corporate registrars
    return {
        "registrar": registrar,
        "ns": registrar,
        "address": hubs.dedicated_address(rng, n)[group],
        "addresses": np.ones(b, np.int64),
        "mx": registrar,
        "soa": registrar,
        "shown": np.ones(b, bool),
        "quick": np.ones(b, bool),
        "habit": np.full(b, 4),
        "key": group,
    }


TRAITS = {"campaign": _campaign, "reseller": _reseller, "batch": _domainer, "brand": _brand}
"""What the batches of a kind of group have: numbers, one entry a batch."""
