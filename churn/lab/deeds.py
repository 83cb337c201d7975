"""What became of a world's reported domains: who acted on each, how and when; and the world as it stands at an instant.

What belongs here: the truth about deeds, and what they leave behind. What doesn't: who comes back (`returning`), how it
is served or written (`facts`). The served lab stands still: these deeds reach the pipeline as facts only.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from churn.lab.pools import BENCHMARK_SIZE, NETWORK_SIZE, SINGLES
from churn.lab.reported import CLIENT_HOLD, LOCKED, PENDING_DELETE, SERVER_HOLD
from churn.lab.rows import DAY_SECONDS, EPOCH, NEVER, NOERROR, NXDOMAIN
from churn.lab.world import World
from churn.settings import EVENING

HOWS = {
    "nothing": (0.25, "nobody"),
    "client_hold": (0.30, "registrar"),
    "server_hold": (0.08, "registry"),
    "not_hosted": (0.10, "hoster"),
    "moved_network": (0.07, "hoster"),
    "deleted": (0.08, "deleted"),
    "re_registered": (0.03, "deleted"),
    "moved_delegation": (0.05, "registrant"),
    "transferred": (0.04, "registrant"),
}
"""What may become of a reported domain: its share, and who brings that about."""
NAMES = tuple(HOWS)
MEDIAN_DAYS = 3.0
PENDING_DAYS, FREE_DAYS = 5, 2
"""Days for which a deleted name is still in the registry, and from then until somebody registers it again."""
EVENING_SECONDS = EVENING.hour * 3_600

SCHEMA = pa.schema([("domain", pa.string()), ("how", pa.int8()), ("acted", pa.int64())])
"""A reported domain, the number of what became of it in NAMES, and when (seconds since 1970; of nothing: 0)."""


def deeds(world: World, seed: int) -> pa.Table:
    """What becomes of each reported domain of a world, some hours to weeks after the evening of its report: SCHEMA.

    A hoster acts on what is hosted. The same world and seed give the same deeds.
    """
    rng = np.random.default_rng([seed, 5])
    reported = world.domains.filter(pc.not_equal(world.domains["reported"], NEVER))
    n = len(reported)
    how = rng.choice(len(NAMES), n, p=[share for share, _ in HOWS.values()])
    hoster = np.isin(how, [NAMES.index(name) for name, (_, actor) in HOWS.items() if actor == "hoster"])
    how = np.where(hoster & (reported["rcode"].to_numpy() != NOERROR), NAMES.index("nothing"), how)
    days = np.clip(rng.lognormal(np.log(MEDIAN_DAYS), 1.0, n), 1 / 24, 60)
    evening = EPOCH + reported["reported"].to_numpy().astype(np.int64) * DAY_SECONDS + EVENING_SECONDS
    acted = np.where(how == NAMES.index("nothing"), 0, evening + (days * DAY_SECONDS).astype(np.int64))
    return pa.table([reported["domain"].combine_chunks(), pa.array(how), pa.array(acted)], SCHEMA.names).cast(SCHEMA)


def without_holds(world: World) -> World:
    """The world before anybody acted: nothing is on hold yet."""
    status = world.domains["status"].to_numpy()
    held = np.isin(status, [CLIENT_HOLD, SERVER_HOLD])
    return _with(world, status=np.where(held, LOCKED, status))


def standing(world: World, done: pa.Table, at: dt.datetime) -> World:
    """The world at an instant (UTC): what had been done by then has left its marks, what is gone is not in it."""
    now = int(at.timestamp())
    done = done.filter(pc.and_(pc.greater(done["acted"], 0), pc.less_equal(done["acted"], now)))
    place = pc.index_in(world.domains["domain"].combine_chunks(), done["domain"].combine_chunks()).to_numpy(False)
    known = ~np.isnan(place)
    how, acted = np.full(len(place), NAMES.index("nothing")), np.zeros(len(place), dtype=np.int64)
    how[known] = done["how"].to_numpy()[place[known].astype(int)]
    acted[known] = done["acted"].to_numpy()[place[known].astype(int)]
    since = (now - acted) / DAY_SECONDS
    deleted = np.isin(how, [NAMES.index("deleted"), NAMES.index("re_registered")])
    again = (how == NAMES.index("re_registered")) & (since >= PENDING_DAYS + FREE_DAYS)
    gone = deleted & (since >= PENDING_DAYS) & ~again
    changed = _marked(world, how, deleted, again, acted)
    return dataclasses.replace(changed, domains=changed.domains.filter(pa.array(~gone)))


def _marked(
    world: World, how: NDArray[np.int64], deleted: NDArray[np.bool_], again: NDArray[np.bool_], acted: NDArray[np.int64]
) -> World:
    """The world with the marks of what was done to each of its domains."""
    is_so = {name: how == number for number, name in enumerate(NAMES)}
    table, actors = world.domains, world.actors
    number = np.arange(len(table))
    nowhere = world.pools.address_set(())
    held = is_so["client_hold"] | is_so["server_hold"]
    moved = is_so["moved_network"] | is_so["moved_delegation"]
    registrar = table["registrar"].to_numpy()
    other = (registrar + 1 + number % (len(actors.registrars) - 1)) % len(actors.registrars)
    ns = table["ns"].to_numpy()
    hubs = actors.dns_hub_sets
    far = hubs[number % len(hubs)]
    return _with(
        world,
        status=np.select(
            [is_so["client_hold"], is_so["server_hold"], again, deleted],
            [CLIENT_HOLD, SERVER_HOLD, LOCKED, PENDING_DELETE],
            table["status"].to_numpy(),
        ),
        rcode=np.where(held | (deleted & ~again), NXDOMAIN, table["rcode"].to_numpy()),
        a=np.select(
            [is_so["not_hosted"], moved], [nowhere, _elsewhere(world, table["a"].to_numpy())], table["a"].to_numpy()
        ),
        aaaa=np.where(is_so["not_hosted"] | moved, -1, table["aaaa"].to_numpy()),
        ns=np.where(is_so["moved_delegation"], np.where(_share_hosts(world, ns, far), _own(world, number), far), ns),
        registrar=np.where(is_so["transferred"] | again, other, registrar),
        created=np.where(again, acted + (PENDING_DAYS + FREE_DAYS) * DAY_SECONDS, table["created"].to_numpy()),
    )


def _elsewhere(world: World, addresses: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each set of addresses one of another hoster: an address that many sites share."""
    networks = world.actors.networks
    shared = np.array([network.shared[0] for network in networks])
    own = np.array([_network_of(world, int(number)) for number in addresses])
    return shared[(own + 1 + np.arange(len(addresses)) % (len(networks) - 1)) % len(networks)]


def _network_of(world: World, number: int) -> int:
    """The hoster of a set of addresses; of a platform's, which is none of them, the last."""
    first = number if number < SINGLES else next(iter(world.pools.addresses.values[number - SINGLES]), BENCHMARK_SIZE)
    return first // NETWORK_SIZE if first < BENCHMARK_SIZE else len(world.actors.networks) - 1


def _share_hosts(world: World, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether two sets of name servers have a host in common, row by row."""
    hosts = world.pools.ns.values
    return np.array([bool({*hosts[a]} & {*hosts[b]}) for a, b in zip(one.tolist(), other.tolist(), strict=True)])


def _own(world: World, number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sets of name servers of some registrars, for those who would move to where they are."""
    registrars = world.actors.registrars
    return np.array([registrars[int(i) % len(registrars)].ns for i in number])


def _with(world: World, **columns: NDArray[np.int64]) -> World:
    table = world.domains
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        table = table.set_column(place, field, pa.array(values).cast(field.type))
    return dataclasses.replace(world, domains=table)
