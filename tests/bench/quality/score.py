"""Scores of clusters by a truth, as page "benchmark" of the documentation defines them.

What belongs here: counting over two tables. What doesn't: where clusters and truth come from.
"""

from __future__ import annotations

from typing import Any

import duckdb

LEAST = 10
"""Campaigns with fewer labelled domains are not scored."""
CLUSTERS = """
WITH labelled AS (
    SELECT domain, campaign, cluster
    FROM truth LEFT JOIN member USING (domain)
    WHERE labelled
        AND campaign IN (SELECT campaign FROM truth WHERE labelled GROUP BY campaign HAVING count(*) >= $least)
),
campaign_size AS (SELECT campaign, count(*) AS n FROM labelled GROUP BY campaign),
cluster_size AS (SELECT cluster, count(*)::DOUBLE AS n FROM member GROUP BY cluster),
-- what a labelled domain is clustered with: rows of the truth that are labelled, or of somebody else
judged_size AS (
    SELECT member.cluster, count(*)::DOUBLE AS n
    FROM member LEFT JOIN truth USING (domain)
    WHERE coalesce(labelled, true) GROUP BY member.cluster
),
cell AS (SELECT campaign, cluster, count(*) AS n FROM labelled WHERE cluster IS NOT NULL GROUP BY ALL),
operator AS (
    SELECT cluster, coalesce(campaign, owner) AS who, count(*)::DOUBLE AS n
    FROM member INNER JOIN truth USING (domain) GROUP BY ALL
)
SELECT
    (SELECT count(*) FROM campaign_size) AS campaigns,
    (SELECT count(*) FROM labelled) AS labelled_domains,
    (SELECT count(*) FROM cluster_size) AS clusters,
    (SELECT count(*) FROM member) AS members,
    (SELECT sum(cell.n * cell.n / judged_size.n) FROM cell INNER JOIN judged_size USING (cluster))
        / (SELECT count(*) FROM labelled WHERE cluster IS NOT NULL) AS b_cubed_precision,
    (SELECT sum(cell.n * cell.n / campaign_size.n) FROM cell INNER JOIN campaign_size USING (campaign))
        / (SELECT count(*) FROM labelled) AS b_cubed_recall,
    (SELECT sum(n * (n - 1)) FROM operator) / (SELECT sum(n * (n - 1)) FROM cluster_size) AS pairwise_precision,
    (SELECT count(*) FROM member INNER JOIN truth USING (domain) WHERE kind = 'background')
        / (SELECT count(*) FROM truth WHERE kind = 'background') AS background_in_any_cluster
"""


def scores(con: duckdb.DuckDBPyConnection, least: int = LEAST) -> dict[str, Any]:
    """Scores of the view `member` (domain, cluster) by the view `truth` (domain, owner, campaign, kind, labelled).

    `owner` and `campaign` are texts; a domain is in one cluster at most. `labelled` false leaves a member of a campaign
    out of the count of its campaign, and of its cluster.
    """
    (found,) = con.sql(CLUSTERS, params={"least": least}).to_arrow_table().to_pylist()
    return rounded(found | {"b_cubed_f1": f1(found["b_cubed_precision"], found["b_cubed_recall"])})


def f1(precision: float | None, recall: float | None) -> float:
    """Harmonic mean; 0 where nothing was found."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures with four decimals."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
