"""How well clusters and bursts are, by the lab's truth and on a real set: one JSON object; a table goes to stderr.

    python tests/bench/bench_quality.py [--seeds 1 2 3] [--world day]    lab worlds, with and without registrant data,
                                                                        peers beside, a real network hidden in the first
    python tests/bench/bench_quality.py --data DIR [--truth FILE]        a run that is there (`make demo`), its last day

docs/benchmark.md says what each figure is. Intervals are bootstrap ones, over campaigns of all seeds.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from quality.figures import figures, lead, show_truth
from quality.hidden import corpora, hidden_network
from quality.score import b_cubed, interval, rounded
from quality.worlds import peer_figures, run_world, world_figures

from churn.settings import Settings
from churn.store.database import published

TABLE = (
    "case_domains case_in_one_cluster foreign_in_it b_cubed_precision b_cubed_recall b_cubed_f1 "
    "enriched_campaigns enriched_b_cubed_precision enriched_b_cubed_recall enriched_b_cubed_f1 pairwise_precision "
    "pairwise_precision_by_owner background_in_any_cluster background_in_flagged_cluster "
    "listing_bursts_of_all_days listing_bursts_of_innocents other_bursts_of_innocents "
    "campaigns_flagged reports_after_flag"
).split()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="data folder of a run that is there")
    parser.add_argument("--truth", type=Path, default=None)
    parser.add_argument("--world", default="day")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    args = parser.parse_args()
    print(json.dumps(_there(args.data, args.truth) if args.data else _worlds(args.world, args.seeds), default=str))


def _there(data: Path, truth: Path | None) -> dict[str, Any]:
    """The figures of the last day of a run."""
    with published(Settings(data=data)) as con:
        show_truth(con, str(truth or data / "lab" / "day-1" / "truth.parquet"))
        return _plain(figures(con))


def _worlds(world: str, seeds: list[int]) -> dict[str, Any]:
    """The figures of worlds over seeds, each with and without registrants; peers; the hidden network."""
    real = corpora()
    found: dict[str, Any] = {"world": world, "hidden_network": "skipped: there is no folder of corpora"}
    runs: dict[str, list[dict[str, Any]]] = {"with_registrants": [], "without_registrants": []}
    for seed in seeds:
        for registrants, kind in ((True, "with_registrants"), (False, "without_registrants")):
            with tempfile.TemporaryDirectory() as folder:
                settings = run_world(world, seed, Path(folder), registrants=registrants)
                runs[kind].append({"seed": seed} | world_figures(settings))
                if seed == seeds[0] and registrants:
                    found["peers"] = peer_figures(settings)
                    if real:
                        found["hidden_network"] = hidden_network(settings, real)
    for kind, each in runs.items():
        found[kind] = _pooled(each) | {"seeds": [_plain(run) for run in each]}
    _tell(runs, found)
    return found


def _pooled(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Figures over the campaigns of all seeds, with their intervals."""
    campaigns = pd.concat([run["campaign_rows"] for run in runs], ignore_index=True)
    reports = pd.concat([run["lead_rows"] for run in runs], ignore_index=True)
    intervals = {
        f"{name}_95": interval(campaigns, lambda rows, name=name: b_cubed(rows)[name])
        for name in ("b_cubed_precision", "b_cubed_recall", "b_cubed_f1")
    }
    return rounded(b_cubed(campaigns)) | intervals | lead(reports)


def _plain(run: dict[str, Any]) -> dict[str, Any]:
    """Without the rows that intervals are made of."""
    return {name: value for name, value in run.items() if not name.endswith("_rows")}


def _tell(runs: dict[str, list[dict[str, Any]]], found: dict[str, Any]) -> None:
    for kind, each in runs.items():
        print(
            f"{kind.replace('_', ' ') + ', seed':32}" + "".join(f"{run['seed']:>10}" for run in each), file=sys.stderr
        )
        for name in TABLE:
            values = "".join(f"{'-' if run[name] is None else run[name]:>10}" for run in each)
            print(f"  {name:30}{values}", file=sys.stderr)
        pooled = {name: value for name, value in found[kind].items() if name != "seeds"}
        print(f"  all seeds: {pooled}", file=sys.stderr)
    for name, scored in found["peers"].items():
        print(f"  {name:30}{scored}", file=sys.stderr)
    print(f"  hidden network: {found['hidden_network']}", file=sys.stderr)


if __name__ == "__main__":
    main()
