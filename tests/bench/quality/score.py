"""Scores of clusters by a truth, as docs/benchmark.md defines them.

What belongs here: counting over two tables, and intervals. What doesn't: where clusters and truth come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd

LEAST = 10
"""Campaigns with fewer labelled domains are not scored."""
CAMPAIGNS = """
WITH labelled_member AS (
    SELECT domain, campaign, cluster
    FROM truth LEFT JOIN member USING (domain)
    WHERE labelled
        AND campaign IN (SELECT campaign FROM truth WHERE labelled GROUP BY campaign HAVING count(*) >= $least)
),
campaign_size AS (
    SELECT campaign, count(*) AS domains, count(cluster) AS clustered FROM labelled_member GROUP BY campaign
),
-- whom a labelled domain is in a cluster with, but for members of campaigns that are not labelled
cluster_size AS (
    SELECT cluster, count(*)::DOUBLE AS domains
    FROM member LEFT JOIN truth USING (domain)
    WHERE labelled OR campaign IS NULL
    GROUP BY cluster
),
cell AS (
    SELECT campaign, cluster, count(*)::DOUBLE AS domains
    FROM labelled_member WHERE cluster IS NOT NULL GROUP BY ALL
)
SELECT
    campaign,
    campaign_size.domains,
    clustered,
    coalesce(sum(cell.domains * cell.domains / cluster_size.domains), 0) AS precision_sum,
    coalesce(sum(cell.domains * cell.domains / campaign_size.domains), 0) AS recall_sum
FROM campaign_size
LEFT JOIN cell USING (campaign)
LEFT JOIN cluster_size USING (cluster)
GROUP BY ALL
ORDER BY campaign
"""
WHOLE = """
WITH cluster_size AS (SELECT cluster, count(*)::DOUBLE AS n FROM member GROUP BY cluster),
operator AS (
    SELECT cluster, coalesce(campaign, owner) AS who, count(*)::DOUBLE AS n
    FROM member INNER JOIN truth USING (domain) GROUP BY ALL
),
-- some operators run two campaigns
owner AS (
    SELECT cluster, owner, count(*)::DOUBLE AS n FROM member INNER JOIN truth USING (domain) GROUP BY ALL
)
SELECT
    (SELECT count(*) FROM cluster_size) AS clusters,
    (SELECT count(*) FROM member) AS members,
    (SELECT sum(n * (n - 1)) FROM operator)
        / (SELECT nullif(sum(n * (n - 1)), 0) FROM cluster_size) AS pairwise_precision,
    (SELECT sum(n * (n - 1)) FROM owner)
        / (SELECT nullif(sum(n * (n - 1)), 0) FROM cluster_size) AS pairwise_precision_by_owner,
    (SELECT count(*) FROM member INNER JOIN truth USING (domain) WHERE kind = 'background')
        / (SELECT nullif(count(*), 0) FROM truth WHERE kind = 'background') AS background_in_any_cluster
"""


def scores(con: duckdb.DuckDBPyConnection, least: int = LEAST) -> dict[str, Any]:
    """Scores of the view `member` (domain, cluster) by the view `truth` (domain, owner, campaign, kind, labelled).

    `owner` and `campaign` are texts; a domain is in one cluster at most. Where `labelled` is false, a member of a
    campaign counts neither in its campaign nor in its cluster.
    """
    (whole,) = con.sql(WHOLE).to_arrow_table().to_pylist()
    return rounded(b_cubed(by_campaign(con, least)) | whole)


def by_campaign(con: duckdb.DuckDBPyConnection, least: int = LEAST) -> pd.DataFrame:
    """One row a campaign: domains, clustered, and the sums over its domains of B-cubed precision and recall."""
    return con.sql(CAMPAIGNS, params={"least": least}).df()


def b_cubed(campaigns: pd.DataFrame) -> dict[str, Any]:
    """Means over labelled domains: precision over those in a cluster, recall over all."""
    total = campaigns[["domains", "clustered", "precision_sum", "recall_sum"]].sum()
    precision = float(total["precision_sum"] / total["clustered"]) if total["clustered"] else 0.0
    recall = float(total["recall_sum"] / total["domains"]) if total["domains"] else 0.0
    return {
        "campaigns": len(campaigns),
        "labelled_domains": int(total["domains"]),
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f1": 2 * precision * recall / (precision + recall) if precision and recall else 0.0,
    }


def interval(
    rows: pd.DataFrame, figure: Callable[[pd.DataFrame], float], *, resamples: int = 500, seed: int = 0
) -> tuple[float, float]:
    """The middle 95 % of a figure over bootstrap resamples of the rows (percentile method; Efron 1979)."""
    rng = np.random.default_rng(seed)
    drawn = [figure(rows.iloc[rng.integers(0, len(rows), len(rows))]) for _ in range(resamples)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def quantiles(values: Sequence[float]) -> dict[str, Any]:
    """Median and the middle 90 %, with the count; nulls for none."""
    if not len(values):
        return {"n": 0, "median": None, "p05": None, "p95": None}
    low, middle, high = np.percentile(values, [5, 50, 95])
    return {"n": len(values), "median": float(middle), "p05": float(low), "p95": float(high)}


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures with four decimals."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
