"""The days of a world in which people act: told by the real stages, acted on by the truth, checked when it is due."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn import outcome, packets
from churn.enrich.rechecking import telling_plan, told_plan
from churn.lab.deeds import deeds, standing, without_holds
from churn.lab.facts import write_checks, write_facts, write_networks
from churn.lab.returning import come_back
from churn.lab.scale import Scale
from churn.lab.world import World, build_world
from churn.settings import Settings
from churn.store.database import lake_of

FAILING = 0.03
"""Share of the questions of a check that bring no answer."""

Clustering = Callable[[dt.date], None]
"""Makes the clusters and bursts of a day."""


@dataclass(frozen=True)
class Season:
    """A world, what was done to its domains (`deeds.SCHEMA`), and who came back as whom (`returning.SCHEMA`)."""

    world: World
    done: pa.Table
    returned: pa.Table


def season(scale: str | Scale, seed: int) -> Season:
    """The world of that scale in which people act. Who came back is acted on too, and does not come back again."""
    world = without_holds(build_world(scale, seed))
    done = deeds(world, seed)
    whole, returned = come_back(world, done, seed)
    fresh = pc.is_in(whole.domains["domain"], returned["came_back_as"].combine_chunks())
    again = deeds(replace(whole, domains=whole.domains.filter(fresh)), seed + 1)
    return Season(whole, pa.concat_tables([done, again]), returned)


def replay(this: Season, settings: Settings, days: Collection[dt.date], cluster: Clustering | None = None) -> None:
    """Run the days. `cluster` makes clusters and bursts of a day; without it the stages link and burst do."""
    cluster = cluster or _linked(settings)
    lake, rng = lake_of(settings), np.random.default_rng([this.world.seed, 7])
    write_networks(this.world, lake, this.world.days[0])
    for day in days:
        budget = settings.registration_budget
        write_facts(this.world, lake, registrations_per_day=budget, days=[day])
        cluster(day)
        now = settings.now(day)
        stands = standing(this.world, this.done, now)
        for plan, writer, then in (
            (telling_plan(settings, day), "checks-to-tell", packets.run),
            (told_plan(settings, day), "checks-told", outcome.run),
        ):
            if plan.domains:
                write_checks(
                    stands, lake, now, writer, registry=_answered(rng, plan.registry), dns=_answered(rng, plan.dns)
                )
            result = then(settings, day)
            print(f"  {day} asked {plan.domains}, {result.stage}: {result.found}", file=sys.stderr)


def _linked(settings: Settings) -> Clustering:
    from churn import burst, link  # seconds to import: not where the truth is taken instead

    def cluster(day: dt.date) -> None:
        link.run(settings, day)
        burst.run(settings, day)

    return cluster


def clusters_of_truth(this: Season, settings: Settings, least: int = 3, *, named: bool = True) -> Clustering:
    """Clusters and bursts as if linking knew the truth: a campaign each, `least` reports of a day a burst.

    With `named` names have their forms, which takes seconds to begin with: without, look-alikes aren't seen.
    """
    lake, table = lake_of(settings), this.world.domains
    mine = table.filter(pc.greater_equal(table["campaign"], 0)).select(["domain", "campaign", "day", "reported"])
    members = mine.to_pylist()

    def cluster(day: dt.date) -> None:
        number = (day - this.world.days[0]).days
        about = {"day": day, "role": "core", "score": 0.9}
        here = [row for row in members if row["day"] <= number]
        counts = Counter(row["campaign"] for row in here if row["reported"] == number)
        today = table.filter(pc.or_(pc.equal(table["day"], number), pc.equal(table["reported"], number)))["domain"]
        if named:
            from churn.link.forms import forms  # as above

            rows = forms(today)
            lake.write_arrow("name_form", day, "truth", rows.append_column("day", pa.array([day] * rows.num_rows)))
        lake.write_rows("cluster_member", day, "truth", [about | _member(row) for row in here])
        lake.write_rows("burst", day, "truth", [_burst(day, *one) for one in counts.items() if one[1] >= least])

    return cluster


def _member(row: dict[str, Any]) -> dict[str, object]:
    return {"domain": row["domain"], "cluster_id": f"campaign-{row['campaign']}"}


def _burst(day: dt.date, campaign: int, observed: int) -> dict[str, object]:
    of = f"campaign-{campaign}"
    about = {"day": day, "burst_id": f"b-{of}", "kind": "listing", "cluster_id": of}
    return about | {"observed": observed, "expected": 0.1, "p_value": 1e-9, "q_value": 1e-9}


def _answered(rng: np.random.Generator, names: Collection[str]) -> list[str]:
    return [name for name, chance in zip(names, rng.random(len(names)), strict=True) if chance >= FAILING]
