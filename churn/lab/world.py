"""A world: everybody's registrations over some days, with the truth about whose they are.

What belongs here: putting the parts together, asking for one domain, saving and loading. What doesn't: how the parts
are made (`actors`, `background`, `groups`, `campaigns`, `reported`), how they are served.

The same name and seed give the same world, byte by byte. The table is sorted by domain, so that a server finds a domain
by bisection without an index of its own.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather
import pyarrow.parquet

from churn.errors import UsageError
from churn.lab import words
from churn.lab.actors import Actors, build_actors
from churn.lab.background import background, innocent_tenants, older
from churn.lab.campaigns import Habit, case_habit, habits, register
from churn.lab.groups import batches, brands, look_alike, resellers
from churn.lab.pools import Pools
from churn.lab.reported import report
from churn.lab.rows import DAY_SECONDS, EPOCH, KINDS, NEVER, Draft
from churn.lab.scale import FIRST_DAY, WORLDS, Scale


@dataclass(frozen=True)
class World:
    """Who exists (`actors`), what they lend (`pools`) and one row a domain (`rows.SCHEMA` and `domain`)."""

    scale: Scale
    seed: int
    actors: Actors
    pools: Pools
    campaigns: tuple[str, ...]
    domains: pa.Table

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days of the world."""
        return self.scale.day_list

    @cached_property
    def _columns(self) -> dict[str, pa.Array]:
        """The columns in one piece each: a row out of them costs a fifth of a slice of the table."""
        return {name: self.domains[name].combine_chunks() for name in self.domains.column_names}

    def find(self, domain: str) -> int | None:
        """The row of a domain (lower-case A-label), or None."""
        names = self._columns["domain"]
        row = bisect_left(range(len(names)), domain, key=lambda i: names[i].as_py())
        return row if row < len(names) and names[row].as_py() == domain else None

    def row(self, number: int) -> dict[str, Any]:
        """The columns of one row."""
        return {name: column[number].as_py() for name, column in self._columns.items()}

    def listed(self, column: str, day: dt.date) -> pa.Table:
        """The rows whose `day` (registered) or `reported` is that day."""
        return self.domains.filter(pc.equal(self.domains[column], (day - FIRST_DAY).days))


def scale_of(name: str) -> Scale:
    """The scale of that name. Raises UsageError where there is none."""
    if name not in WORLDS:
        raise UsageError(f"There is no world called {name!r}; there are: {', '.join(WORLDS)}.")
    return WORLDS[name]


def build_world(world: str | Scale, seed: int) -> World:
    """Build the world of that name (or of a scale of one's own) and seed."""
    scale = world if isinstance(world, Scale) else scale_of(world)
    actors, pools = build_actors(scale, seed)
    draft = Draft(scale, actors, pools)
    rng = np.random.default_rng([seed, 2])
    case = _case(rng, draft) if scale.case_size else None
    draft.tables.extend(register(rng, draft, habit) for habit in habits(rng, draft))
    draft.tables.extend(resellers(rng, draft))
    draft.tables.extend(brands(rng, draft))
    draft.tables.extend(batches(rng, draft))
    if case:
        draft.tables.append(innocent_tenants(rng, draft, case.addresses[:3]))
    draft.tables.append(background(rng, draft, np.repeat(np.arange(scale.days), scale.per_day - draft.taken())))
    draft.tables.append(older(rng, draft))
    domains = _named(np.random.default_rng([seed, 3]), pa.concat_tables(draft.tables).combine_chunks(), actors)
    domains = report(np.random.default_rng([seed, 4]), scale, domains)
    return World(scale, seed, actors, pools, tuple(draft.campaigns), domains)


def _case(rng: np.random.Generator, draft: Draft) -> Habit:
    """Register the case and its look-alike; returns the case's habit."""
    case = case_habit(rng, draft)
    draft.tables.append(register(rng, draft, case))
    first = int(pc.min(draft.tables[0]["created"]).as_py()) - EPOCH - (draft.scale.days - 1) * DAY_SECONDS
    draft.tables.append(look_alike(rng, draft, first))
    return case


def _named(rng: np.random.Generator, table: pa.Table, actors: Actors) -> pa.Table:
    """Add `domain`, each one once, and sort by it. Of two that want the same name the later one changes its label."""
    tlds = pa.array(actors.tld_names).take(table["tld"].combine_chunks())
    label = table["label"].combine_chunks()
    while True:
        domain = pc.binary_join_element_wise(label, tlds, ".")
        codes = domain.dictionary_encode().indices.to_numpy()
        again = np.ones(len(codes), dtype=bool)
        again[np.unique(codes, return_index=True)[1]] = False
        if not again.any():
            break
        changed = pc.if_else(pa.array(again), words.join(label, words.randoms(rng, len(label), 2, 3)), label)
        label = changed.combine_chunks() if isinstance(changed, pa.ChunkedArray) else changed
    table = table.drop_columns(["label"]).add_column(0, "domain", domain)
    return table.take(pc.sort_indices(domain)).combine_chunks()


def truth(world: World) -> pa.Table:
    """Which domain belongs to whom: domain, owner, campaign or null, kind, registered_day, first_reported_day."""
    table = world.domains
    owner = pc.cast(table["owner"], pa.string())
    campaign = table["campaign"].combine_chunks()
    names = pa.array(world.campaigns, pa.string()).take(pc.if_else(pc.less(campaign, 0), None, campaign))
    return pa.table(
        {
            "domain": table["domain"],
            "owner": pc.binary_join_element_wise("owner", pc.utf8_lpad(owner, 7, "0"), "-"),
            "campaign": names,
            "kind": pa.array(KINDS).take(table["kind"].combine_chunks()),
            "registered_day": _dates(table["day"]),
            "first_reported_day": _dates(table["reported"]),
        }
    )


def _dates(days: pa.ChunkedArray) -> pa.Array:
    whole = days.combine_chunks().cast(pa.int32())
    start = (FIRST_DAY - dt.date(1970, 1, 1)).days
    return pc.if_else(pc.equal(whole, NEVER), None, pc.add(whole, pa.scalar(start, pa.int32()))).cast(pa.date32())


def write_truth(world: World, folder: Path) -> Path:
    """Write truth.parquet into the folder; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "truth.parquet"
    pyarrow.parquet.write_table(truth(world), path)
    return path


def save(world: World, folder: Path) -> None:
    """Put a world where the servers' processes can map it."""
    folder.mkdir(parents=True, exist_ok=True)
    pyarrow.feather.write_feather(world.domains, folder / "domains.arrow", compression="uncompressed")
    pools = world.pools
    sides = {
        "world": world.scale.name,
        "seed": world.seed,
        "campaigns": world.campaigns,
        "ns": pools.ns.values,
        "mx": pools.mx.values,
        "soa": pools.soa.values,
        "addresses": pools.addresses.values,
    }
    (folder / "sides.json").write_text(json.dumps(sides))


def load(folder: Path) -> World:
    """The world that `save` put there."""
    sides = json.loads((folder / "sides.json").read_text())
    scale = WORLDS[sides["world"]]
    actors, pools = build_actors(scale, sides["seed"])
    pools.ns.values = [tuple(value) for value in sides["ns"]]
    pools.mx.values = [tuple(value) for value in sides["mx"]]
    pools.soa.values = sides["soa"]
    pools.addresses.values = [tuple(value) for value in sides["addresses"]]
    domains = pyarrow.feather.read_table(folder / "domains.arrow", memory_map=True)
    return World(scale, sides["seed"], actors, pools, tuple(sides["campaigns"]), domains)
