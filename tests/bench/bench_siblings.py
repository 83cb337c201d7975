"""Whether the probabilities of unreported members hold, and what a fit on the present linking gives: one JSON object.

    python tests/bench/bench_siblings.py [--seeds 1 2] [--world day] [--strict]

Each lab world is linked on its fourth, sixth and last day with the settings' thresholds and, but for `--strict`, with
two looser ones, which make clusters that are less pure. A member is right where it is of the operator that most of its
cluster's reported members are of. `reliability` is that of the coefficients in `churn/burst/siblings.py` on the last
day; `fitted` are coefficients for the same features, fitted on the days before (logistic loss, each member weighed by
1 / sqrt(size of its cluster), ridge 1, signs held), and `reliability_fitted` what they would give on the last day.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from quality.logistic import fit
from scipy.special import expit

from churn import link
from churn.burst.siblings import MEMBER, MOST
from churn.lab.facts import write_facts
from churn.lab.world import build_world, write_truth
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of
from churn.store.queries import relation

THRESHOLDS = ((12.0, 0.1), (6.0, 0.2), (4.0, 0.35))
"""tau (nats) and rho."""
BANDS = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1)
JUDGED = """
WITH truth AS (FROM read_parquet($truth)),
cluster AS (
    SELECT cluster_id, count(*) AS size, mode(owner ORDER BY owner) FILTER (reported) AS operator
    FROM cluster_member
    INNER JOIN truth USING (domain)
    WHERE day = $day
    GROUP BY cluster_id
)
SELECT features.*, cluster.size, truth.owner = cluster.operator AS is_right
FROM features
INNER JOIN cluster USING (cluster_id)
INNER JOIN truth USING (domain)
ORDER BY cluster_id, domain
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="day")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--strict", action="store_true", help="only with the settings' thresholds")
    args = parser.parse_args()
    rows = pd.concat(found for seed in args.seeds for found in _world(args.world, seed, args.strict))
    before, last = rows[~rows["is_last"]], rows[rows["is_last"]]
    fitted = _fit(before)
    current = [MEMBER.constant, *MEMBER.coefficients.values()]
    figures = {
        "members": len(rows),
        "right": round(float(rows["is_right"].mean()), 4),
        "reliability": _reliability(last, np.array(current)),
        "fitted": dict(zip(["constant", *MEMBER.coefficients], fitted.round(3).tolist(), strict=True)),
        "reliability_fitted": _reliability(last, fitted),
    }
    print(pd.DataFrame(figures["reliability"]).to_string(index=False), file=sys.stderr)
    print(json.dumps(figures))


def _world(name, seed, strict):
    """Features of the unreported members of three days, and whether each is right."""
    world = build_world(name, seed)
    with tempfile.TemporaryDirectory() as folder:
        truth = str(write_truth(world, Path(folder)))
        budget = load_settings().registration_budget
        write_facts(world, lake_of(load_settings(data=folder, clock="day")), registrations_per_day=budget)
        for tau, rho in THRESHOLDS[: 1 if strict else None]:
            chosen = {} if strict else {"link_tau": tau, "link_rho": rho}
            settings = load_settings(data=folder, clock="day", **chosen)
            for day in sorted({world.days[3], world.days[min(5, len(world.days) - 2)], world.days[-1]}):
                print(f"  seed {seed} tau {tau} {day}: {link.run(settings, day).found}", file=sys.stderr)
                yield _judged(settings, day, truth).assign(is_last=day == world.days[-1])


def _judged(settings, day, truth):
    with lake_database(settings, since=day, until=day, only=["cluster_member", "link"]) as con:
        relation(con, "churn.burst", "sibling_member", day=day, confirmed=[]).create("features")
        return con.sql(JUDGED, params={"day": day, "truth": truth}).df()


def _inputs(rows):
    return np.column_stack([np.ones(len(rows)), *(rows[name].astype(float) for name in MEMBER.coefficients)])


def _fit(rows):
    right, weight = rows["is_right"].to_numpy(dtype=float), 1 / np.sqrt(rows["size"].to_numpy())
    return fit(_inputs(rows), right, weight, [1] * len(MEMBER.coefficients))


def _reliability(rows, coefficients):
    """Members, mean probability and share right by band of probability."""
    said = np.minimum(expit(_inputs(rows) @ coefficients), MOST)
    table = pd.DataFrame({"said": said, "right": rows["is_right"].to_numpy(dtype=float)})
    bands = table.groupby(pd.cut(table["said"], BANDS, right=False), observed=True)
    return [
        {"from": band.left, "to": band.right, "members": len(group)}
        | {"said": round(group["said"].mean(), 4), "right": round(group["right"].mean(), 4)}
        for band, group in bands
    ]


if __name__ == "__main__":
    main()
