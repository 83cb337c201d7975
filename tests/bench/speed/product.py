"""The product as a contender: its stages, which write their own tables; its clusters as a table, like the peers'."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from churn import link
from churn.link import arrivals, traits
from churn.link.engine import DuckEngine
from churn.link.method import clustered
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of


def run_stage(name: str, data: Path) -> None:
    """Link the lake's last day, or its eve, or place the last day's arrivals."""
    settings = load_settings(data=data)
    eve, last = lake_of(settings).days("sighting")[-2:]
    if name == "product:arrivals":
        arrivals.run(settings, last)
    else:
        link.run(settings, eve if name == "product:eve" else last)


def clusters(lake: Path, key: str) -> pa.Table:
    """Steps 1 to 6 of the method: the clusters of the last day, without ledger, words, names and lineage.

    `key` is `clusters`, or `clusters:150MB`, where DuckDB has so much memory and spills what is more.
    """
    settings = load_settings(data=lake.parent, memory_limit=key.partition(":")[2] or None)
    last = lake_of(settings).days("sighting")[-1]
    since = settings.window_start(last)
    for _ in traits.ensure(settings, since, last):
        pass
    with lake_database(settings, since=since, until=last, only=("sighting", "cluster_member")) as con:
        engine = DuckEngine(con)
        for file in traits.FILES:
            traits.view(con, settings, file, since, last)
        clustered(engine, settings.link_tau, settings.link_rho, lambda _: None)
        engine.make("window_domain", earlier=None)
        named = con.table("member").join(con.table("window_domain"), "id")
        return named.project("domain, component AS cluster").to_arrow_table()
