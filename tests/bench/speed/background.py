"""Unrelated people's registrations: most of a day. One order may hold several domains of one owner.

What doesn't belong here: whoever registers in bulk (`groups`).
"""

from __future__ import annotations

import numpy as np

from speed.hubs import HOSTER, NONE, OWN, PLATFORM, Hubs, Numbers, seconds_of_day

PRODUCTS = {"parked": 0.36, "platform": 0.2, "hosted": 0.27, "builder": 0.07, "own": 0.1}
REVEALED = 0.3
"""Orders whose registrant is shown."""

Columns = dict[str, Numbers]
"""Columns of numbers, one entry a domain; `facts.sql` says what each is."""


def background(rng: np.random.Generator, hubs: Hubs, n: int, first_owner: int) -> Columns:
    """Registrations of one day by unrelated people; owners are numbered from `first_owner`."""
    sizes = np.minimum(rng.zipf(3.1, n), 25)
    order = np.repeat(np.arange(n), sizes)[:n]
    orders = int(order[-1]) + 1
    place = np.arange(n) - (np.cumsum(sizes) - sizes)[order]
    registrar = hubs.registrar(rng, orders)
    chosen = _hosting(rng, hubs, registrar) | {"registrar": registrar}
    columns = {name: values[order] for name, values in chosen.items()}
    revealed = rng.random(orders) < REVEALED
    start, pace = seconds_of_day(rng, orders), rng.integers(1, 9, orders)
    return columns | {
        "second": np.minimum(start[order] + place * pace[order], 86_399),
        "owner": first_owner + order,
        "registrant": np.where(revealed, first_owner + np.arange(orders), -1)[order],
        "certificate": np.where(rng.random(n) < 0.2, first_owner + np.arange(n), -1),
        "failing": (rng.random(n) < 0.055).astype(np.int64),
    }


def _hosting(rng: np.random.Generator, hubs: Hubs, registrar: Numbers) -> Columns:
    """Where the domains of each order live."""
    n = len(registrar)
    product = rng.choice(len(PRODUCTS), n, p=list(PRODUCTS.values()))
    hoster = hubs.hoster(rng, n)
    parked, parked_count = hubs.parking(registrar)
    own_servers = rng.random(n) < 0.3
    mail = rng.random(n)
    cases = [product == number for number in range(len(PRODUCTS))]
    servers = [
        np.where(rng.random(n) < 0.3, PLATFORM + rng.integers(0, 3, n), registrar),
        hubs.pair(rng, n),
        HOSTER + hoster,
        PLATFORM + 3 + rng.integers(0, 4, n),
        np.where(own_servers, OWN, registrar),
    ]
    addresses = [parked, hubs.edge(rng, n), hubs.hosted_address(rng, hoster), 512 + rng.integers(0, 4, n)]
    return {
        "ns": np.select(cases, servers),
        "address": np.select(cases, [*addresses, hubs.dedicated_address(rng, n)]),
        "addresses": np.select(cases, [parked_count, np.full(n, 2), *[np.ones(n, np.int64)] * 3]),
        "mx": np.select(
            [cases[0] | (mail < 0.3), mail < 0.55, mail < 0.7],
            [np.full(n, NONE), PLATFORM + 10 + rng.integers(0, 5, n), np.where(cases[2], HOSTER + hoster, registrar)],
            OWN,
        ),
        "soa": np.select(cases, [*servers[:4], np.where(own_servers, OWN, registrar)]),
    }
