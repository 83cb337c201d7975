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

STAGES = ("product", "product:first", "product:eve", "product:arrivals")
"""What writes tables of its own."""


def clusters_of(name: str) -> Callable[[Path], pa.Table]:
    """What gives the clusters of that name, of which it imports nothing else; some have a key behind a colon."""
    module, _, key = name.partition(":")
    clusters = import_module("speed.product" if module == "product" else f"speed.peers.{module}").clusters
    return partial(clusters, key=key) if key else clusters


def main() -> None:
    """Run, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    start = time.perf_counter()
    if args.name in STAGES:
        import_module("speed.product").run_stage(args.name, args.data)
    else:
        pq.write_table(clusters_of(args.name)(args.data / "lake"), args.out)
    print(json.dumps({"seconds_inside": round(time.perf_counter() - start, 2)}))


if __name__ == "__main__":
    main()
