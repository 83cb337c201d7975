"""Registrations of unrelated people: most of the day, and hard to tell from a campaign by any one trait.

What belongs here: single orders of single owners, the hubs that most of them share, domains of old. What doesn't:
innocents who register in bulk (`groups`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from churn.lab import words
from churn.lab.pools import NETWORK_SIZE
from churn.lab.rows import (
    BACKGROUND,
    DEDICATED,
    NOERROR,
    NXDOMAIN,
    SERVFAIL,
    Draft,
    moment,
    rows,
)

STYLES = {
    "two_words": 0.24,
    "word_and_invented": 0.2,
    "persons": 0.14,
    "invented": 0.14,
    "three_words": 0.1,
    "words_counter": 0.05,
    "counters": 0.06,
    "randoms": 0.05,
    "digits": 0.02,
}
HOSTING = {"parked": 0.3, "hub_cdn": 0.2, "hub_shared": 0.08, "shared": 0.22, "builder": 0.08, "own": 0.12}
PARKED, HUB_CDN, HUB_SHARED, SHARED, BUILDER, OWN = range(6)
HOURS = np.array([2, 2, 2, 2, 2, 3, 4, 5, 6, 7, 7, 7, 6, 7, 8, 8, 8, 7, 6, 5, 5, 4, 3, 2], dtype=float)


def _order_sizes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Sizes of orders that add up to n: most of one domain, some of a few, rarely a dozen or two."""
    sizes: np.ndarray = np.minimum(rng.zipf(3.1, n), 25)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), n)) + 1]
    sizes[-1] -= int(sizes.sum()) - n
    return sizes


def seconds_of_day(rng: np.random.Generator, n: int) -> np.ndarray:
    """When people register, over the hours of a day."""
    hours = rng.choice(24, n, p=HOURS / HOURS.sum())
    return np.asarray(hours * 3_600 + rng.integers(0, 3_600, n))


def background(rng: np.random.Generator, draft: Draft, days: np.ndarray) -> pa.Table:
    """One registration for each entry of `days` (numbers of days, in rising order)."""
    n = len(days)
    sizes = _order_sizes(rng, n)
    order = np.repeat(np.arange(len(sizes)), sizes)
    first = np.cumsum(sizes) - sizes
    actors = draft.actors
    registrar = rng.choice(len(actors.registrars), len(sizes), p=actors.registrar_weights)[order]
    owner = draft.owners(len(sizes)) + order
    start = seconds_of_day(rng, len(sizes))[order]
    created = moment(days, start + (np.arange(n) - first[order]) * rng.integers(1, 9, len(sizes))[order])
    hosting = _hosting(rng, draft, registrar, order, len(sizes))
    rcode = np.select([(u := rng.random(n)) < 0.08, u < 0.084], [NXDOMAIN, SERVFAIL], NOERROR)
    tld = rng.choice(len(actors.tld_names), n, p=actors.tld_weights)
    return rows(
        words.mixed(rng, STYLES, n),
        tld=tld,
        day=days,
        created=created,
        registrar=registrar,
        rcode=rcode,
        registrant=owner,
        redacted=(rng.random(len(sizes)) < 0.75)[order],
        kind=BACKGROUND,
        owner=owner,
        status=rng.choice(4, n, p=[0.62, 0.2, 0.16, 0.02]),
        **hosting,
    )


def _hosting(
    rng: np.random.Generator, draft: Draft, registrar: np.ndarray, order: np.ndarray, orders: int
) -> dict[str, np.ndarray]:
    """Where the domains of each order live; an order's domains live together."""
    actors = draft.actors
    weights = np.array(list(HOSTING.values()))
    product = rng.choice(len(HOSTING), orders, p=weights / weights.sum())[order]
    network = rng.choice(len(actors.networks), orders, p=actors.network_weights)[order]
    ns_of = np.array([registrar_.ns for registrar_ in actors.registrars])[registrar]
    soa_of = np.array([registrar_.soa for registrar_ in actors.registrars])[registrar]
    hub_ns = rng.choice(actors.dns_hub_sets, orders)[order]
    parking = _parking(rng, draft, registrar)
    shared = _shared_addresses(rng, draft, network)
    private = (rng.integers(0, len(actors.networks), orders) * NETWORK_SIZE)[order] + rng.integers(
        128, DEDICATED, orders
    )[order]
    network_ns = np.array([item.ns for item in actors.networks])[network]
    vanity = draft.pools.ns.add(("ns1.@", "ns2.@"))
    own_ns = np.select([(u := rng.random(orders)[order]) < 0.3, u < 0.6], [np.full(len(u), vanity), hub_ns], ns_of)
    built = np.full(len(order), actors.builder[0])
    park_hub = np.where(rng.random(orders)[order] < 0.4, rng.choice(actors.parking_ns, orders)[order], ns_of)
    cases = [product == number for number in range(len(HOSTING))]
    v6_low = np.where(product == OWN, private, shared)
    mail = rng.random(orders)[order]
    return {
        "ns": np.select(cases, [park_hub, hub_ns, hub_ns, network_ns, built, own_ns]),
        "a": np.select(
            cases,
            [
                parking,
                rng.choice(actors.cdn_sets, orders)[order],
                shared,
                shared,
                np.full(len(order), actors.builder[1]),
                private,
            ],
        ),
        "aaaa": np.where(rng.random(orders)[order] < 0.3, (network.astype(np.int64) << 32) + v6_low, -1),
        "mx": _mail(draft, product, network, registrar, mail),
        "soa": np.where(product == SHARED, np.array([item.soa for item in actors.networks])[network], soa_of),
        "cert": np.where(
            (product == PARKED) | (rng.random(len(order)) < 0.2), -1, draft.owners(len(order)) + np.arange(len(order))
        ),
    }


def _parking(rng: np.random.Generator, draft: Draft, registrar: np.ndarray) -> np.ndarray:
    sets = np.array([draft.pools.address_set(item.parking) for item in draft.actors.registrars])
    return np.where(
        rng.random(len(registrar)) < 0.35, rng.choice(draft.actors.parking_addresses, len(registrar)), sets[registrar]
    )


def _shared_addresses(rng: np.random.Generator, draft: Draft, network: np.ndarray) -> np.ndarray:
    count = np.array([len(item.shared) for item in draft.actors.networks])[network]
    place = (count * rng.random(len(network)) ** 1.6).astype(np.int64)
    return np.asarray(network * NETWORK_SIZE + 16 + place)


def _mail(
    draft: Draft, product: np.ndarray, network: np.ndarray, registrar: np.ndarray, chance: np.ndarray
) -> np.ndarray:
    """The host's mail servers, the registrar's, the domain's own, or none."""
    own = draft.pools.mx.add(("mail.@",))
    of_network = np.array([item.mx for item in draft.actors.networks])[network]
    of_registrar = np.array([item.mx for item in draft.actors.registrars])[registrar]
    return np.select(
        [product == PARKED, chance < 0.4, chance < 0.55, chance < 0.7],
        [np.zeros_like(product), of_network, of_registrar, np.full(len(product), own)],
        0,
    )


def older(rng: np.random.Generator, draft: Draft) -> pa.Table:
    """Domains that were there long before the first day."""
    days = np.sort(-rng.integers(1, 4_000, draft.scale.older))
    return background(rng, draft, days)


def innocent_tenants(rng: np.random.Generator, draft: Draft, addresses: tuple[int, ...]) -> pa.Table:
    """A handful of unrelated sites on each of a campaign's addresses, registered through the days."""
    days = np.sort(rng.integers(0, draft.scale.days, 5 * len(addresses)))
    table = background(rng, draft, days)
    place = table.schema.get_field_index("a")
    return table.set_column(place, table.schema.field(place), pa.array(np.tile(addresses, 5)).cast(pa.int32()))
