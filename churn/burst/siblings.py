"""Siblings: whom nobody has reported yet and who most probably belongs to those who were, cluster by cluster.

1. Members of a cluster with reported ones (basis `member`): how sure the membership is, and how much the cluster looks
   like one operator's.
2. The day's arrivals whose name is a variant of a reported member's (basis `variant`, see `variants`).
3. A logistic model for each makes a probability of what speaks for a domain.
4. A cluster that an analyst confirmed counts as if all of its members were reported: it has siblings though none is,
   and each is more probable.

The probability is that of the same operator, not of abuse: an innocent batch with one reported member is one operator's
too. What doesn't belong here: names in a cluster's naming habit (`habits`), and the tests of counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import expit

from churn.burst import variants
from churn.settings import Settings
from churn.store.queries import relation

ROWS_PER_CLUSTER = 10_000
LEAST_VARIANT = 0.1
"""Variants that are less probable are left out: among a day's names there are many by chance."""
MOST = 0.995
"""No estimate is surer: the worlds that the models were fitted on are tidier than reality."""


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic model: log-odds are `constant` and each feature times its coefficient."""

    constant: float
    coefficients: Mapping[str, float]

    def probability(self, features: pa.Table) -> npt.NDArray[np.float64]:
        """One probability a row; the features are columns of that name."""
        odds = np.full(features.num_rows, self.constant)
        for name, coefficient in self.coefficients.items():
            odds += coefficient * features[name].to_numpy().astype(np.float64)
        probability: npt.NDArray[np.float64] = expit(odds)
        return probability


MEMBER = Model(-4.507, {"score": 0.749, "reported": 0.411, "share": 0.466, "own": 5.242})
"""Fitted on lab worlds `day`, seeds 1 to 5, days 4 and 6, each linked at three thresholds (tau 12, 6 and 4 nats), each
member weighed by 1 / sqrt(size of its cluster); signs held to what a feature means, ridge 1. On day 8, which the fit
did not see, 92 % of those at 0.90 to 0.95 were the same operator's, 94 % at 0.95 to 0.98, 98 % from 0.99 on, 11 % of
those below 0.5; of those at 0.5 to 0.8, which are 2.7 %, far fewer than said (16 %), since all of a mixed cluster are
right or wrong together. Whether a value is shared with a reported member itself or over others only, how a member
got in, and whether it holds without its strongest link, was no help beside its score, which knows the latter two.
`churn bench siblings` tells whether this holds for the present linking, and fits anew."""

VARIANT = Model(
    -2.599,
    {"age": -0.612, "same": 0.386, "mistaken": 0.584, "length": 0.668, "members": 1.318, "crowd": -0.791},
)
"""Fitted on a public stream of new names of April and May 2025 and names that vendors tied to campaigns later; ridge 1.
Names without a label count as others, which some are not, so the estimates are low rather than high: of June's names,
which it did not see, all 207 of those at 0.9 and more, and 93 % of those at 0.65 to 0.9, had the label."""


def siblings(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, confirmed: Sequence[str] = ()
) -> pa.Table:
    """The day's rows of `sibling` with the bases `member` and `variant`: day, cluster_id, domain, probability, basis.

    Reads cluster_member, link and sighting of the window that ends with `day`; `confirmed` are ids of clusters. A
    domain is there once a cluster, and a cluster has 10,000 rows at most, the most probable ones.
    """
    given = {"day": day, "window_days": settings.window_days, "confirmed": list(confirmed)}
    members = relation(con, "churn.burst", "sibling_member", **given).to_arrow_table()
    near = variants.of_reported(con, day, settings.window_days, confirmed)
    found = [_scored("member", MEMBER, members), _scored("variant", VARIANT, near)]
    con.register("sibling_candidate", pa.concat_tables(found))
    bounds = {"least": LEAST_VARIANT, "most": MOST, "rows": ROWS_PER_CLUSTER}
    rows = relation(con, "churn.burst", "sibling", day=day, **bounds).to_arrow_table()
    con.unregister("sibling_candidate")
    return rows


def _scored(basis: str, model: Model, features: pa.Table) -> pa.Table:
    columns = {
        "cluster_id": features["cluster_id"],
        "domain": features["domain"],
        "probability": model.probability(features),
        "basis": pa.repeat(basis, features.num_rows),
    }
    return pa.table(columns)
