"""Lab worlds, linked and tested day by day: their facts go straight into a lake, nothing is served."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from speed.peers import exact_key, interisle

from churn import burst, link
from churn.lab.facts import write_facts
from churn.lab.world import build_world, write_truth
from churn.settings import Settings, load_settings
from churn.store.database import lake_database, lake_of
from quality.figures import figures, label_enriched, show_truth
from quality.score import scores

PEERS = {
    **{f"exact_key:{key}": lambda lake, key=key: exact_key.clusters(lake, key) for key in (*exact_key.KEYS, "any")},
    "interisle": interisle.clusters,
}


def run_world(name: str, seed: int, data: Path, *, registrants: bool = True) -> Settings:
    """Write the facts of a world below `data` with the default budget of registrations, and link and test each day."""
    settings = load_settings(data=data, clock="day")
    world = build_world(name, seed)
    write_truth(world, data)
    budget = settings.registration_budget
    write_facts(world, lake_of(settings), registrations_per_day=budget, registrants=registrants)
    for day in world.days:
        linked, tested = link.run(settings, day), burst.run(settings, day)
        print(f"  seed {seed} {day}: {linked.found} {tested.found}", file=sys.stderr)
    return settings


def world_figures(settings: Settings) -> dict[str, Any]:
    """The figures of a run of `run_world`."""
    with lake_database(settings) as con:
        show_truth(con, str(settings.data / "truth.parquet"))
        return figures(con)


def peer_figures(settings: Settings) -> dict[str, dict[str, Any]]:
    """Scores of the peers on the whole lake, over the enriched domains of campaigns with 10 and more of them."""
    found = {}
    for name, clusters in PEERS.items():
        table = clusters(settings.data / "lake")
        with lake_database(settings) as con:
            show_truth(con, str(settings.data / "truth.parquet"))
            label_enriched(con)
            con.from_arrow(table).create("found")
            con.execute("CREATE OR REPLACE TEMP VIEW member AS FROM found")
            found[name] = scores(con)
    return found
