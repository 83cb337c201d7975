"""Whether the scores of memberships hold, and what a fit on the present linking gives: one JSON object.

    python tests/bench/bench_scores.py [--seeds 2 3 4 5] [--worlds day 150k] [--held-out day:1 month:1 300k:1]

A membership is right where the domain is of the operator who owns most of its cluster. Each world is linked in its
middle and on its last day, with the settings' thresholds; lab worlds with and without registrants; `150k` is a
generated lake of so many domains. `fitted` are coefficients for the features of `churn/link/score.py`, fitted on
--worlds with --seeds: logistic loss, each linked day alike, a member weighed by 1 / sqrt(size of its cluster), all of
them together as much as there are clusters (members of one are right or wrong together), ridge 1, signs held so that
more evidence never lowers a score. `reliability` is that of each world that is held out: of 1 - exp(-nats / 8), which
was the score before (`before`), of the coefficients in `score.py` (`present`), and of the fitted ones.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from quality.logistic import fit
from scipy.special import expit
from scipy.stats import rankdata
from speed.generate import DAYS, LAST_DAY, generate

from churn import link
from churn.lab.facts import write_facts
from churn.lab.world import build_world, write_truth
from churn.link.score import MEMBERSHIP
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of

HELD_OUT = ["day:1", "day:6", "day:9", "day:10", "month:1", "300k:1", "300k:9"]
SIGNS = {"attached": -1, "names_only": -1, "holds": 1, "own": 1, "spread": 1}
BANDS = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 1)
JUDGED = """
WITH truth AS (FROM read_parquet($truth)),
cluster AS (
    SELECT cluster_id, count(*) AS size, mode(owner ORDER BY owner) AS operator
    FROM cluster_member LEFT JOIN truth USING (domain) WHERE day = $day GROUP BY cluster_id
),
family AS (
    SELECT cluster_id, domain, family, max(weight) AS nats, max(in_cluster / domains_with_value) AS own,
        max(in_cluster) AS widest
    FROM link WHERE day = $day GROUP BY ALL
),
held AS (
    SELECT cluster_id, domain, sum(nats) AS nats, max(own) AS own, max(widest) AS widest,
        bool_and(family IN ('name', 'arrival')) AS names_only
    FROM family GROUP BY ALL
)
SELECT
    cluster_id,
    size,
    nats,
    (role = 'attached')::DOUBLE AS attached,
    names_only::DOUBLE AS names_only,
    holds_without_strongest::DOUBLE AS holds,
    own,
    least(1, widest / size / $wide) AS spread,
    coalesce(truth.owner = cluster.operator, false)::DOUBLE AS is_right
FROM cluster_member
INNER JOIN cluster USING (cluster_id)
INNER JOIN held USING (cluster_id, domain)
LEFT JOIN truth USING (domain)
WHERE day = $day
ORDER BY cluster_id, domain
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3, 4, 5])
    parser.add_argument("--worlds", nargs="+", default=["day", "150k"])
    parser.add_argument("--held-out", nargs="+", default=HELD_OUT, metavar="WORLD:SEED")
    args = parser.parse_args()
    fit_on = [f"{world}:{seed}" for world in args.worlds for seed in args.seeds]
    if both := {*fit_on} & {*args.held_out}:
        parser.error(f"{', '.join(sorted(both))}: what was fitted on is not held out")
    print(json.dumps(figures(memberships(fit_on), memberships(args.held_out))))


def figures(seen: pd.DataFrame, held_out: pd.DataFrame) -> dict[str, Any]:
    """The fit on some memberships, and its reliability on others, beside the present one and the one before."""
    fitted = _fit(seen)
    current = np.array([MEMBERSHIP.constant, *(getattr(MEMBERSHIP, name) for name in SIGNS)])
    found: dict[str, Any] = {
        "fitted_on": {world: len(rows) for world, rows in seen.groupby("world")},
        "fitted": dict(zip(["constant", *SIGNS], fitted.round(2).tolist(), strict=True)),
        "reliability": {},
    }
    for world, rows in held_out.groupby("world"):
        said = {
            "before": 1 - np.exp(-rows["nats"].to_numpy() / 8),
            "present": expit(_inputs(rows) @ current),
            "fitted": expit(_inputs(rows) @ fitted),
        }
        found["reliability"][world] = {name: reliability(rows, each) for name, each in said.items()}
    _tell(found)
    return found


def memberships(worlds: list[str]) -> pd.DataFrame:
    """Features of every membership of the linked days, and whether it is right; `world` and `linked` tell where."""
    found = []
    for spec in worlds:
        world, seed = spec.rsplit(":", 1)
        of = _generated(world, int(seed)) if world[0].isdigit() else _lab(world, int(seed))
        for number, rows in enumerate(of):
            found.append(rows.assign(world=spec, linked=f"{spec} {number}"))
            print(f"  {spec}: {len(rows):,} memberships, {rows['is_right'].mean():.2%} right", file=sys.stderr)
    return pd.concat(found, ignore_index=True)


def _lab(name: str, seed: int) -> Iterator[pd.DataFrame]:
    world = build_world(name, seed)
    for registrants in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            settings = load_settings(data=folder, clock="day")
            truth = write_truth(world, Path(folder))
            budget = settings.registration_budget
            write_facts(world, lake_of(settings), registrations_per_day=budget, registrants=registrants)
            for day in (world.days[len(world.days) // 2 - 1], world.days[-1]):
                yield _linked(settings, day, truth)


def _generated(size: str, seed: int) -> Iterator[pd.DataFrame]:
    domains = int(size.rstrip("k")) * (1000 if size.endswith("k") else 1)
    with tempfile.TemporaryDirectory() as folder:
        truth = generate(Path(folder), domains, seed)
        settings = load_settings(data=folder, clock="day")
        for days_before in (DAYS // 2, 0):
            yield _linked(settings, LAST_DAY - pd.Timedelta(days=days_before).to_pytimedelta(), truth)


def _linked(settings, day, truth):
    link.run(settings, day)
    parameters = {"day": day, "truth": str(truth), "wide": MEMBERSHIP.wide}
    with lake_database(settings, since=day, until=day, only=["cluster_member", "link"]) as con:
        return con.sql(JUDGED, params=parameters).df()


def _inputs(rows):
    return np.column_stack([np.ones(len(rows)), *(rows[name] for name in SIGNS)])


def _fit(rows: pd.DataFrame) -> np.ndarray:
    """The constant and the coefficients, in the order of `SIGNS`."""
    weight = 1 / np.sqrt(rows["size"])
    weight = (weight / weight.groupby(rows["linked"]).transform("sum")).to_numpy(copy=True)
    weight *= rows.groupby("linked")["cluster_id"].nunique().sum() / weight.sum()
    return fit(_inputs(rows), rows["is_right"].to_numpy(), weight, list(SIGNS.values()))


def reliability(rows: pd.DataFrame, said: np.ndarray) -> dict[str, Any]:
    """Brier score, and that of one probability for all; expected calibration error over ten bins; a table by bands.

    `ranked` is the chance that of a right and a wrong membership the right one has the higher score (ties count half).
    """
    cluster = (rows["linked"] + " " + rows["cluster_id"]).to_numpy()
    table = pd.DataFrame({"said": said, "right": rows["is_right"].to_numpy(), "cluster": cluster})
    rate = float(table["right"].mean())
    by_rank = np.argsort(np.argsort(said, kind="stable"), kind="stable") * 10 // len(said)
    bands = table.groupby(pd.cut(table["said"], BANDS, right=False), observed=True)
    return {
        "members": len(table),
        "right": round(rate, 4),
        "ranked": round(_ranked(table), 3),
        "brier_of_one_probability": round(rate * (1 - rate), 4),
        "brier": round(float(((table["said"] - table["right"]) ** 2).mean()), 4),
        "calibration_error": _calibration_error(table, np.minimum((said * 10).astype(int), 9)),
        "calibration_error_equal_counts": _calibration_error(table, by_rank),
        "bands": [
            {"from": band.left, "to": band.right, "members": len(group), "clusters": group["cluster"].nunique()}
            | {name: round(float(group[name].mean()), 4) for name in ("said", "right")}
            for band, group in bands
        ],
    }


def _ranked(table):
    right = table["right"] == 1
    above = rankdata(table["said"])[right].sum() - right.sum() * (right.sum() + 1) / 2
    return float(above / max(1, right.sum() * (~right).sum()))


def _calibration_error(table, bins):
    each = table.groupby(bins).agg(n=("said", "size"), said=("said", "mean"), right=("right", "mean"))
    return round(float((each["n"] * (each["said"] - each["right"]).abs()).sum() / len(table)), 4)


def _tell(found: dict[str, Any]) -> None:
    print(f"present: {asdict(MEMBERSHIP)}\nfitted: {found['fitted']}", file=sys.stderr)
    for world, each in found["reliability"].items():
        for name, figures_of in each.items():
            whole = {figure: value for figure, value in figures_of.items() if figure != "bands"}
            print(f"{world}, {name}: {whole}", file=sys.stderr)
        print(pd.DataFrame(each["present"]["bands"]).to_string(index=False), file=sys.stderr)


if __name__ == "__main__":
    main()
