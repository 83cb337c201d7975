"""The judge: which labelled campaign-days a method found, at what price. It knows no method.

A truth (day, campaign) with `least` labelled domains or more is found when one burst of that day holds at least half
of them, and at least 80 % of that burst's labelled members are of that campaign. A campaign is new on the first day
that any of its domains is labelled, and makes its debut on its first campaign-day. Unlabelled is not negative: lift
is the share of labelled domains among the flagged ones over their share among all of those days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

HALF, PURE = 0.5, 0.8
RESAMPLES = 1000


@dataclass(frozen=True)
class Truth:
    """Labels of a stream (`day`, `domain`, `campaign`), names a day, and which labels count as what."""

    labels: pd.DataFrame
    names_a_day: dict[str, int]
    least: int = 10
    loose: Sequence[str] = field(default=())


def tally(bursts: pd.DataFrame, truth: Truth, days: Sequence[str]) -> pd.DataFrame:
    """Counts, one row a day of `days`, of what `bursts` (`day`, `burst_id`, `domain`) found."""
    labels = truth.labels
    first = labels.groupby("campaign")["day"].min()
    flagged = bursts[["day", "burst_id", "domain"]].drop_duplicates()
    hits = flagged.merge(labels, on=["day", "domain"])
    labelled_members = hits.groupby(["day", "burst_id"])["domain"].nunique().rename("labelled").reset_index()
    cells = hits.groupby(["day", "burst_id", "campaign"])["domain"].nunique().rename("held").reset_index()
    cells = cells.merge(labelled_members, on=["day", "burst_id"])
    wanted = labels.groupby(["day", "campaign"])["domain"].nunique().rename("n").reset_index()
    wanted = wanted[(wanted["n"] >= truth.least) & wanted["day"].isin(days)]
    cells = cells.merge(wanted, on=["day", "campaign"])
    good = cells[(cells["held"] >= HALF * cells["n"]) & (cells["held"] >= PURE * cells["labelled"])]
    held = good.groupby(["day", "campaign"])["held"].max().rename("held").reset_index()
    wanted = wanted.merge(held, on=["day", "campaign"], how="left").fillna({"held": 0})
    wanted["found"] = wanted["held"] > 0
    wanted["new"] = wanted["campaign"].map(first) == wanted["day"]
    wanted["debut"] = wanted["campaign"].map(_debuts(labels, truth.least)) == wanted["day"]
    wanted["firm"] = ~wanted["campaign"].isin(truth.loose)
    return _by_day(wanted, flagged, hits, truth, days)


def _debuts(labels: pd.DataFrame, least: int) -> pd.Series:
    """The first campaign-day of each campaign."""
    sizes = labels.groupby(["campaign", "day"])["domain"].nunique().reset_index()
    return sizes[sizes["domain"] >= least].groupby("campaign")["day"].min()


def _by_day(
    wanted: pd.DataFrame, flagged: pd.DataFrame, hits: pd.DataFrame, truth: Truth, days: Sequence[str]
) -> pd.DataFrame:
    table = pd.DataFrame(index=pd.Index(list(days), name="day"))
    kinds = {
        "": slice(None),
        "new_": wanted["new"],
        "debut_": wanted["debut"],
        "seen_": ~wanted["new"],
        "firm_": wanted["firm"],
    }
    for kind, rows in kinds.items():
        part = wanted.loc[rows].groupby("day")
        table[f"{kind}truths"] = part.size()
        table[f"{kind}found"] = part["found"].sum()
        table[f"{kind}truth_domains"] = part["n"].sum()
        table[f"{kind}held"] = part["held"].sum()
    table["bursts"] = flagged.groupby("day")["burst_id"].nunique()
    table["flagged"] = flagged.groupby("day")["domain"].nunique()
    table["flagged_labelled"] = hits.groupby("day")["domain"].nunique()
    table["names"] = pd.Series(truth.names_a_day)
    table["labelled"] = truth.labels.groupby("day")["domain"].nunique()
    return table.fillna(0)


RATIOS = {
    "recall": ("found", "truths"),
    "recall_new": ("new_found", "new_truths"),
    "recall_debut": ("debut_found", "debut_truths"),
    "recall_seen": ("seen_found", "seen_truths"),
    "recall_firm": ("firm_found", "firm_truths"),
    "recall_domains": ("held", "truth_domains"),
    "recall_domains_new": ("new_held", "new_truth_domains"),
}


def summary(daily: pd.DataFrame, seed: int = 1) -> dict[str, Any]:
    """Figures of a period: value and 95 % interval by a bootstrap over its days."""
    draws = np.random.default_rng(seed).integers(0, len(daily), (RESAMPLES, len(daily)))
    columns = {name: daily[name].to_numpy(dtype=float) for name in daily}
    sums = {name: values[draws].sum(axis=1) for name, values in columns.items()}
    total = {name: float(values.sum()) for name, values in columns.items()}
    out: dict[str, Any] = {"days": len(daily), "truths": int(total["truths"]), "found": int(total["found"])}
    for name, (above, below) in RATIOS.items():
        out[name] = _told(_ratio(total[above], total[below]), _ratio(sums[above], sums[below]))
    out["bursts_a_day"] = _told(total["bursts"] / len(daily), sums["bursts"] / len(daily))
    out["flagged_a_day"] = round(total["flagged"] / len(daily), 1)
    base, drawn = _ratio(total["labelled"], total["names"]), _ratio(sums["labelled"], sums["names"])
    shares = _ratio(total["flagged_labelled"], total["flagged"]), _ratio(sums["flagged_labelled"], sums["flagged"])
    out["lift"] = _told(_ratio(shares[0], base), _ratio(shares[1], drawn))
    return out


def _ratio(above: Any, below: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(above, below)


def _told(value: float, drawn: Any) -> dict[str, float | None]:
    finite = np.asarray(drawn)[np.isfinite(drawn)]
    if not np.isfinite(value) or not finite.size:
        return {"value": None, "low": None, "high": None}
    low, high = np.quantile(finite, [0.025, 0.975])
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}
