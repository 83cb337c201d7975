"""How fast linking is, beside its peers on the same lakes in the same run: one JSON object; tables go to stderr.

    python tests/bench/bench_speed.py [--sizes 300k,3m,27m] [--no-peers] [--data DIR] [--plot FILE.svg]

Each lake is generated (`speed/generate.py`), or taken from --data where it is there. Every contender runs as a process
of its own; seconds and memory are the whole process's. Peers run at the sizes that they can bear.

The product runs as it does in the field: `product:first` is the first linking of all, with nothing kept; then, when the
day before has been linked, `product:arrivals` places the last day's arrivals, and `product` is the linking of that day,
which all other days are like. `product:clusters` is the method as far as the peers go: who is with whom, and neither
ledger nor lineage; `product:clusters:150MB` the same where DuckDB has no more memory than that. Growth is the slope
of log cost over log domains between its smallest and largest size: 1 is linear.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from quality.score import scores
from speed.generate import LAST_DAY, generate
from speed.measure import measured

LINKED = ("cluster_member", "cluster_day", "link", "shared_value", "lineage")
PRODUCT = ("product:first", "product:arrivals", "product", "product:clusters", "product:clusters:150MB")
OWN_TABLES = {"product:first": "cluster_member", "product:arrivals": "arrival", "product": "cluster_member"}
"""The tables of the lake that have what was found, where the product writes those."""
PEERS = {
    "exact_key:name_servers": 3_000_000,
    "exact_key:address": 300_000,
    "exact_key:registrant": 300_000,
    "exact_key:any": 300_000,
    "interisle": 3_000_000,
    "rare_components": 300_000,
    "two_families": 3_000_000,
    "two_families:pandas": 3_000_000,
    "splink_model": 3_000_000,
}
"""Peers with the largest lake on which they run."""
COLUMNS = {
    "wall_seconds": "s",
    "cpu_seconds": "cpu s",
    "peak_gb": "GB",
    "domains_a_second": "domains/s",
    "b_cubed_precision": "B3 P",
    "b_cubed_recall": "B3 R",
    "b_cubed_f1": "B3 F1",
    "pairwise_precision": "pairs P",
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="300k,3m")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--data", type=Path, help="folder that keeps the lakes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plot", type=Path, help="picture of seconds and memory by size: .svg or .png")
    args = parser.parse_args()
    sizes = sorted(size_of(text) for text in args.sizes.split(","))
    with tempfile.TemporaryDirectory() as temporary:
        runs = [run for size in sizes for run in _at(size, args.data or Path(temporary), args.seed, peers=args.peers)]
    product = [run for run in runs if run["name"] == "product" and run["wall_seconds"]]
    if args.plot:
        from speed.plot import plot

        plot(runs, args.plot)
    print(json.dumps({"growth": _growth(product), "runs": runs}))


def size_of(text: str) -> int:
    """`300k` or `27m` as a number."""
    return int(float(text.lower().rstrip("km")) * {"k": 1_000, "m": 1_000_000}.get(text.lower()[-1], 1))


def _at(size: int, kept: Path, seed: int, *, peers: bool) -> list[dict[str, Any]]:
    """All contenders on the lake of one size; the table to stderr."""
    data = kept / f"{size}-{seed}"
    generate(data, size, seed)
    names = [*PRODUCT, *(name for name, most in PEERS.items() if peers and size <= most)]
    runs = [_contender(name, data, size) for name in names]
    product = runs[PRODUCT.index("product")]
    for run in runs:
        for figure in ("wall_seconds", "cpu_seconds", "peak_gb"):
            if run["wall_seconds"] and product["wall_seconds"]:
                run[f"times_product_{figure}"] = round(run[figure] / max(product[figure], 0.01), 2)
    _tell(size, runs)
    return runs


def _contender(name: str, data: Path, size: int) -> dict[str, Any]:
    """One contender's cost and scores; figures are null where it failed."""
    out = data / "found" / f"{name.replace(':', '-')}.parquet"
    out.parent.mkdir(exist_ok=True)
    _prepare(name, data)
    cost = measured(name, data, out)
    run = {"name": name, "domains": size, "wall_seconds": None}
    if cost is None:
        return run
    found = str(out)
    if name in OWN_TABLES:
        found = f"{data}/lake/{OWN_TABLES[name]}/day={LAST_DAY}/*.parquet"
    return run | asdict(cost) | {"domains_a_second": round(size / cost.wall_seconds)} | _scores(data, found)


def _prepare(name: str, data: Path) -> None:
    """What a contender of the product finds: nothing for the first linking, the eve's work for the others."""
    if name == "product:first":
        shutil.rmtree(data / "state", ignore_errors=True)
        for table in ("name_form", *LINKED):
            shutil.rmtree(data / "lake" / table, ignore_errors=True)
    if name == "product:arrivals":
        for table in LINKED:
            shutil.rmtree(data / "lake" / table / f"day={LAST_DAY}", ignore_errors=True)
        shutil.rmtree(data / "state" / "standing", ignore_errors=True)  # of the last day, which is newer than the eve
        measured("product:eve", data, data / "found" / "none")
    if name in PRODUCT[1:]:
        shutil.rmtree(data / "state" / "traits" / f"day={LAST_DAY}", ignore_errors=True)


def _scores(data: Path, found: str) -> dict[str, Any]:
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB", "temp_directory": str(data / "tmp")}) as con:
        con.execute("SET TimeZone = 'UTC'")
        rows = con.read_parquet(found)
        column = "cluster_id" if "cluster_id" in rows.columns else "cluster"
        rows.project(f"domain, {column} AS cluster").create_view("member")
        truth = con.read_parquet(str(data / "truth.parquet"))
        truth.project("* REPLACE (owner::VARCHAR AS owner), true AS labelled").create_view("truth")
        return scores(con)


def _growth(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Slopes of log cost over log domains."""
    if len(runs) < 2:
        return {}
    domains = math.log(runs[-1]["domains"] / runs[0]["domains"])
    return {
        cost: round(math.log(runs[-1][cost] / runs[0][cost]) / domains, 3)
        for cost in ("wall_seconds", "cpu_seconds", "peak_gb")
    }


def _tell(size: int, runs: list[dict[str, Any]]) -> None:
    print(f"{f'{size:,} domains':<30}" + "".join(f"{title:>11}" for title in COLUMNS.values()), file=sys.stderr)
    for run in runs:
        figures = "".join(f"{run[name]:>11,}" if run.get(name) is not None else f"{'-':>11}" for name in COLUMNS)
        print(f"{run['name']:<30}{figures}", file=sys.stderr)


if __name__ == "__main__":
    main()
