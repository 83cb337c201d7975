"""Precision and recall of a check against the truth of a portfolio, and the fit of the model on pairs.

A domain is rightly associated where its holder is the holder of the reported domain that it is said to go with: the
same operator, or the same customer of a reseller. Recall is that of the domains of operators who have a reported
domain in the portfolio, and that are not reported themselves.
"""

from dataclasses import fields

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from quality.logistic import fit
from scipy.special import expit

from churn.associate import Answer
from churn.associate.score import MODEL, Model

SIGNS = {
    "crowd": -1, "reseller": -1, "customer": 1, "registration": 1, "infrastructure": 1, "naming": 1,
    "registration_nats": 1, "infrastructure_nats": 1, "naming_nats": 1,
    "other_account": -1, "other_contact": -1, "days_apart": -1, "days_apart_within": -1,
}  # fmt: skip
NOTHING_SHARED = 1_000.0
BANDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)


def judged(answer: Answer, truth: pa.Table) -> dict[str, object]:
    """Figures of an answer at 0.5 and 0.9, by the operator's habit, and how well the probabilities hold."""
    listed = pd.DataFrame(
        [(row["domain"], row["reported_domain"], row["probability"]) for row in answer.associated],
        columns=["domain", "reported", "probability"],
    )
    told = truth.to_pandas().set_index("domain")
    first, second = told.loc[listed["reported"]], told.loc[listed["domain"]]
    listed["right"] = first["holder"].to_numpy() == second["holder"].to_numpy()
    listed["campaign"] = first["campaign"].to_numpy() >= 0
    listed["innocent"] = second["campaign"].to_numpy() < 0
    here = told.loc[[row["domain"] for row in answer.reported]]
    wanted = told[told["holder"].isin(here.loc[here["campaign"] >= 0, "holder"]) & ~told.index.isin(here.index)]
    found = {f"at_{least}": _at(listed[listed["probability"] >= least], wanted) for least in (0.5, 0.9)}
    return found | {"reliability": _reliability(listed)}


def _at(listed: pd.DataFrame, wanted: pd.DataFrame) -> dict[str, object]:
    of_operators = listed[listed["campaign"]]
    got = wanted.index.isin(listed.loc[listed["right"], "domain"])
    return {
        "listed": len(listed),
        "precision": _share(listed["right"]),
        "with_reported_of_operators": len(of_operators),
        "precision_of_operators": _share(of_operators["right"]),
        "innocent_beside_operators": int((of_operators["innocent"]).sum()),
        "recall": _share(got),
        "operators": int(wanted["holder"].nunique()),
        "operators_half_found": int((pd.Series(got).groupby(wanted["holder"].to_numpy()).mean() >= 0.5).sum()),
        "recall_by_habit": {
            str(habit): _share(got[(wanted["habit"] == habit).to_numpy()]) for habit in sorted(set(wanted["habit"]))
        },
    }


def _share(yes: "pd.Series[bool] | np.ndarray") -> float | None:
    return round(float(np.mean(yes)), 4) if len(yes) else None


def _reliability(listed: pd.DataFrame) -> list[dict[str, float]]:
    """Of the associations of each band of probability, how many are right."""
    bands = pd.cut(listed["probability"], BANDS, include_lowest=True, right=False)
    return [
        {"from": float(band.left), "listed": len(part), "said": float(part["probability"].mean().round(3)),
         "right": float(part["right"].mean().round(3))}
        for band, part in listed.groupby(bands, observed=True)
    ]  # fmt: skip


def pairs_of(features: pa.Table, truth: pa.Table, seed: int) -> pd.DataFrame:
    """Of each holder at most 20 reported domains, of each of those at most 400 pairs, with the truth of each."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "1500MB"}) as con:
        con.register("feature", features)
        con.register("truth", truth)
        return con.execute(
            """
            SELECT feature.*, a.holder AS holder, a.holder = b.holder AS is_right
            FROM feature JOIN truth AS a ON a.domain = feature.first JOIN truth AS b ON b.domain = feature.second
            WHERE NOT b.reported
            QUALIFY dense_rank() OVER (PARTITION BY a.holder ORDER BY hash(feature.first || $seed)) <= 20
                AND row_number() OVER (PARTITION BY feature.first ORDER BY hash(feature.second)) <= 400
            """,
            {"seed": str(seed)},
        ).df()


def fitted(pairs: pd.DataFrame) -> Model:
    """Coefficients on these pairs, in two rounds: on all, then on the best of each domain, which is what is listed."""
    first = _fit(pairs)
    return _fit(best(pairs, first))


def best(pairs: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Of the pairs of each domain in a portfolio the most probable."""
    ranked = pairs.assign(said=_said(pairs, model)).sort_values("said", ascending=False, kind="stable")
    return ranked.drop_duplicates(["portfolio", "second"])


def _fit(pairs: pd.DataFrame) -> Model:
    """Each holder of reported domains weighs 1 / sqrt of its pairs.

    A pair that shares nothing, of which there are as many as there are domains, stands in once, and weighs much: else
    what brings most pairs forward, and is mostly chance, would come out as evidence against.
    """
    x = pairs[list(SIGNS)].astype(float)
    weight = 1 / np.sqrt(pairs.groupby("group")["is_right"].transform("size").to_numpy())
    nothing = np.zeros((1, len(SIGNS)))
    nothing[0, [list(SIGNS).index("crowd"), list(SIGNS).index("other_account")]] = x["crowd"].max(), 1
    inputs = np.column_stack([np.ones(len(x) + 1), np.vstack([x.to_numpy(), nothing])])
    right = np.append(pairs["is_right"].to_numpy().astype(float), 0.0)
    found = fit(inputs, right, np.append(weight, NOTHING_SHARED * weight.sum()), list(SIGNS.values()))
    by_name = dict(zip(["constant", *SIGNS], found.round(3).tolist(), strict=True))
    return Model(**({each.name: getattr(MODEL, each.name) for each in fields(Model)} | by_name))


def _said(pairs: pd.DataFrame, model: Model) -> np.ndarray:
    weights = np.array([getattr(model, name) for name in SIGNS])
    return expit(model.constant + pairs[list(SIGNS)].astype(float).to_numpy() @ weights)


def off_by(pairs: pd.DataFrame, model: Model) -> float:
    """Expected calibration error on the best pairs of domains, in ten bands."""
    listed = best(pairs, model)
    said, right = listed["said"].to_numpy(), listed["is_right"].to_numpy()
    bands = np.minimum((said * 10).astype(int), 9)
    gaps = [abs((said - right)[bands == band].sum()) for band in range(10)]
    return round(float(sum(gaps) / len(listed)), 4)
