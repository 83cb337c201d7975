"""One contender on one lake, as a process of its own: `python run_one.py NAME DATA OUT.parquet` (see `measure`).

`product` links the last day by the pipeline's stage, which writes its own tables into the lake; `product:eve` the day
before it; `product:arrivals` places the last day's arrivals in what stood on the eve. All others write a table (domain,
cluster): the peers, and `product:clusters`, which is the product's method as far as that. Seconds without the start of
Python go to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))


def product(what: str, data: Path) -> None:
    """Link the lake's last day, or its eve, or place the last day's arrivals."""
    from churn import link
    from churn.link import arrivals
    from churn.settings import load_settings
    from churn.store.database import lake_of

    settings = load_settings(data=data)
    eve, last = lake_of(settings).days("sighting")[-2:]
    if what == "arrivals":
        arrivals.run(settings, last)
    else:
        link.run(settings, eve if what == "eve" else last)


def product_clusters(lake: Path) -> pa.Table:
    """Steps 1 to 6 of the product's method: the clusters of its last day, without ledger, words, names and lineage."""
    from churn.link import traits
    from churn.link.engine import DuckEngine
    from churn.link.method import clustered
    from churn.settings import load_settings
    from churn.store.database import lake_database, lake_of

    settings = load_settings(data=lake.parent)
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
        return con.sql("SELECT domain, component AS cluster FROM member JOIN window_domain USING (id)").to_arrow_table()


def clusters_of(name: str) -> Callable[[Path], pa.Table]:
    """What gives the clusters of that name; `exact_key` has its key behind a colon."""
    if name == "product:clusters":
        return product_clusters
    module, _, key = name.partition(":")
    clusters = import_module(f"speed.peers.{module}").clusters
    return partial(clusters, key=key) if key else clusters


def main() -> None:
    """Run, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    start = time.perf_counter()
    kind, _, what = args.name.partition(":")
    if kind == "product" and what != "clusters":
        product(what, args.data)
    else:
        pq.write_table(clusters_of(args.name)(args.data / "lake"), args.out)
    print(json.dumps({"seconds_inside": round(time.perf_counter() - start, 2)}))


if __name__ == "__main__":
    main()
