"""What the planner's look-ups find, beside first-come, random and its predecessor: one JSON object.

Each day of a lab world (default `day`, seeds 1 and 2) is collected and resolved; then, with the registrations of the
days before by whole runs of the stage at the default budget, every order spends 1, 2, 5, 10 and 20 % of the day's
look-ups. What counts: domains of planted campaigns among the day's names, of those that there are to ask (`members`).
Only the counting reads the truth. Orders:

planner      the plan, a tenth of its look-ups a sample, up to a fifth re-checks of earlier names
before       the plan as it was before (`planner_before.sql`)
first_come   names in the order of the feeds: the list of new names as served, then the reported list
reported     the reported list as served first, then the list of new names as served
random       by a hash

`sample_p` tests by chi-square whether the registrars of the plan's sample are those of the day's unreported names.
A table goes to stderr. `--data DIR --seeds N` judges the run of seed N that is there (`make demo`) instead.
"""

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chisquare

from churn import collect, enrich
from churn.enrich import plan
from churn.lab import serving
from churn.lab.world import build_world
from churn.settings import Settings, load_settings
from churn.store.database import lake_database, lake_of

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)
ORDERS = ("planner", "before", "reported", "first_come", "random")
BEFORE = (Path(__file__).parent / "planner_before.sql").read_text()
NAMES = """
SELECT
    domain,
    plan_name.is_reported,
    campaign,
    campaign IS NOT NULL AS is_member,
    min(sighting.kind = 'reported') AS only_reported,
    min(seen_at) FILTER (sighting.kind = 'reported') AS reported_at,
    bool_or(len(hosting.a) > 0) AS has_address
FROM plan_name
INNER JOIN sighting USING (domain)
LEFT JOIN truth USING (domain)
LEFT JOIN hosting ON hosting.domain = plan_name.domain AND hosting.day = $day
WHERE to_ask AND sighting.day = $day
GROUP BY ALL
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="day")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--data", type=Path, help="data folder of a run that is there")
    args = parser.parse_args()
    days: list[dict[str, Any]] = []
    for seed in args.seeds:
        registrars = _registrars(args.world, seed)
        runs = _there(args.data, args.world, seed) if args.data else _new(args.world, seed)
        for settings, day, truth in runs:
            days.append({"seed": seed, "day": day.isoformat()} | _judge(settings, day, truth, registrars))
            _tell(days[-1])
    print(json.dumps({"world": args.world, "mean": _mean(days), "worst_at_10": _worst(days), "days": days}))


def _new(world: str, seed: int) -> Iterator[tuple[Settings, dt.date, Path]]:
    """The days of a world, each when it has been resolved and its registrations are not yet looked up."""
    with tempfile.TemporaryDirectory() as folder, serving(world, seed, Path(folder) / "lab") as lab:
        os.environ["CHURN_SETTINGS"] = str(lab.settings_file)
        settings = load_settings(data=Path(folder) / "data")
        for day in lab.days:
            collect.run(settings, day)
            enrich.resolve(settings, day)
            yield settings, day, lab.truth
            enrich.register(settings, day)


def _there(data: Path, world: str, seed: int) -> Iterator[tuple[Settings, dt.date, Path]]:
    """The days of a run that is there."""
    settings = Settings(data=data)
    for day in lake_of(settings).days("sighting"):
        yield settings, day, data / "lab" / f"{world}-{seed}" / "truth.parquet"


def _registrars(world: str, seed: int) -> pd.Series:
    """The registrar's number of each domain."""
    table = build_world(world, seed).domains
    return pd.Series(table["registrar"].to_numpy(), index=table["domain"].to_pylist())


def _judge(settings: Settings, day: dt.date, truth: Path, registrars: pd.Series) -> dict[str, Any]:
    """Recall of each order at each budget, what is missed at a tenth, and the sample."""
    with lake_database(settings, since=settings.window_start(day), until=day) as con:
        con.read_parquet(str(truth)).create_view("truth")
        plan.score_names(con, settings, day)
        names = con.sql(NAMES, params={"day": day}).df().set_index("domain")
        before = con.execute(BEFORE, {"day": day, "most_selective": 2_000}).fetchall()
        orders = _orders(names) | {"before": [name for name, _ in before]}
        budgets = [round(share * len(names)) for share in SHARES]
        plans = {budget: plan.ranked(con, day, budget).df().query("chosen") for budget in budgets}
    member = names["is_member"]
    found = {
        order: [int(member.reindex(orders[order][:budget]).fillna(False).sum()) for budget in budgets]
        for order in ORDERS[1:]
    }
    found["planner"] = [
        int(member.reindex(plans[b].loc[plans[b]["reason"] != "recheck", "domain"]).fillna(False).sum())
        for b in budgets
    ]
    total, tenth = int(member.sum()), SHARES.index(0.1)
    chosen = plans[budgets[tenth]]
    return {
        "names": len(names),
        "members": total,
        "recall": {order: [round(hits / total, 3) for hits in found[order]] for order in ORDERS},
        "per_thousand": {
            order: [round(1000 * hits / b, 1) for hits, b in zip(found[order], budgets, strict=True)]
            for order in ORDERS
        },
        "times_first_come_at_10": round(found["planner"][tenth] / max(1, found["first_come"][tenth]), 1),
        "reasons_at_10": chosen["reason"].value_counts().to_dict(),
        "missed_at_10": _missed(names[~names.index.isin(chosen["domain"]) & member]),
        "sample_p": _sample_p(names, chosen.loc[chosen["reason"] == "sample", "domain"], registrars),
        "all_chosen_p": _sample_p(
            names, chosen.loc[~chosen["reason"].isin(["reported", "recheck"]), "domain"], registrars
        ),
    }


def _orders(names: pd.DataFrame) -> dict[str, list[str]]:
    """Orders that look at nothing: the list of new names is served sorted, the reported list by its time."""
    new = sorted(names.index[~names["only_reported"]])
    reported = list(names[names["is_reported"]].sort_values("reported_at").index)
    shuffled = np.random.default_rng(0).permutation(sorted(names.index))
    return {
        "first_come": list(dict.fromkeys([*new, *reported])),
        "reported": list(dict.fromkeys([*reported, *new])),
        "random": list(shuffled),
    }


def _missed(names: pd.DataFrame) -> dict[str, Any]:
    """Whom a tenth does not find: how many of them have no address, and of which campaigns they are."""
    return {
        "members": len(names),
        "without_address": int((~names["has_address"].fillna(False).astype(bool)).sum()),
        "campaigns": names["campaign"].value_counts().head(5).to_dict(),
    }


def _sample_p(names: pd.DataFrame, chosen: pd.Series, registrars: pd.Series) -> float:
    """p-value of the registrars of some unreported names, given those of all; registrars with few expected are one."""
    whole = registrars.reindex(names.index[~names["is_reported"]]).value_counts(normalize=True)
    expected = whole * len(chosen)
    small = expected < 5
    observed = registrars.reindex(chosen).value_counts().reindex(whole.index).fillna(0)
    cells = [(observed[~small], expected[~small]), (observed[small].sum(), expected[small].sum())]
    o, e = (np.append(cells[0][i], cells[1][i]) for i in (0, 1))
    return float(f"{chisquare(o, e * o.sum() / e.sum()).pvalue:.3g}")


def _mean(days: list[dict[str, Any]]) -> dict[str, list[float]]:
    return {
        order: [round(float(x), 3) for x in np.mean([d["recall"][order] for d in days], axis=0)] for order in ORDERS
    }


def _worst(days: list[dict[str, Any]]) -> dict[str, float]:
    tenth = SHARES.index(0.1)
    return {
        "recall": min(day["recall"]["planner"][tenth] for day in days),
        "times_first_come": min(day["times_first_come_at_10"] for day in days),
        "smallest_sample_p": min(day["sample_p"] for day in days),
    }


def _tell(day: dict[str, Any]) -> None:
    print(f"seed {day['seed']} {day['day']}: {day['names']:,} names, {day['members']:,} members", file=sys.stderr)
    print(f"  {'recall at':12}" + "".join(f"{share:>8.0%}" for share in SHARES), file=sys.stderr)
    for order in ORDERS:
        print(f"  {order:12}" + "".join(f"{value:>8.3f}" for value in day["recall"][order]), file=sys.stderr)
    print(f"  missed {day['missed_at_10']}, sample p {day['sample_p']}", file=sys.stderr)


if __name__ == "__main__":
    main()
