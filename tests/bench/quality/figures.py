"""The figures of one run over a lab world: clusters of the last day, bursts of all days, and lead time.

What belongs here: what is counted over the product's tables and the lab's truth. What doesn't: how they came to be.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from quality.score import LEAST, by_campaign, quantiles, scores

_CASE = """
WITH cluster_size AS (SELECT cluster, count(*) AS n FROM member GROUP BY cluster),
inside AS (
    SELECT cluster, count(*) AS n FROM truth INNER JOIN member USING (domain) WHERE campaign = 'case' GROUP BY cluster
)
SELECT
    (SELECT count(*) FROM truth WHERE campaign = 'case') AS case_domains,
    inside.n AS case_in_one_cluster,
    cluster_size.n - inside.n AS foreign_in_it
FROM inside INNER JOIN cluster_size USING (cluster)
ORDER BY inside.n DESC, cluster LIMIT 1
"""
_BURSTS = """
WITH judged AS (
    SELECT burst.day, burst_id, any_value(burst.kind) AS kind,
        count(*) FILTER (truth.kind IS DISTINCT FROM 'campaign') / count(*) > 0.2 AS innocent
    FROM burst INNER JOIN burst_member USING (day, burst_id) LEFT JOIN truth USING (domain)
    GROUP BY burst.day, burst_id
),
flagged AS (
    SELECT DISTINCT domain FROM burst INNER JOIN cluster_member USING (day, cluster_id)
    UNION
    SELECT domain FROM burst_member
)
SELECT
    (SELECT count(*) FROM burst) AS bursts_of_all_days,
    (SELECT count(*) FROM burst WHERE kind = 'listing') AS listing_bursts_of_all_days,
    (SELECT count(*) FROM judged WHERE kind = 'listing' AND innocent) AS listing_bursts_of_innocents,
    (SELECT count(*) FROM judged WHERE kind <> 'listing' AND innocent) AS other_bursts_of_innocents,
    (SELECT count(*) FROM flagged INNER JOIN truth USING (domain) WHERE kind = 'background')
        / (SELECT nullif(count(*), 0) FROM truth WHERE kind = 'background') AS background_in_flagged_cluster
"""
_LEAD = """
WITH flag AS (
    SELECT campaign, min(day) AS day
    FROM (
        SELECT burst_member.day, campaign, count(*) AS domains, sum(count(*)) OVER (PARTITION BY burst_id) AS size
        FROM burst_member LEFT JOIN truth USING (domain)
        GROUP BY burst_member.day, burst_id, campaign
    )
    WHERE campaign IS NOT NULL AND domains >= $least AND domains >= 0.8 * size
    GROUP BY campaign
)
SELECT
    truth.campaign,
    any_value(flag.day) IS NOT NULL AS flagged,
    date_diff('day', any_value(flag.day), min(first_reported_day)) AS first_report,
    list(date_diff('day', flag.day, first_reported_day)) FILTER (first_reported_day >= registered_day) AS of_domains
FROM truth LEFT JOIN flag USING (campaign)
WHERE truth.campaign IS NOT NULL
GROUP BY truth.campaign
HAVING count(*) >= $least
ORDER BY truth.campaign
"""


def show_truth(con: duckdb.DuckDBPyConnection, truth: str) -> None:
    """Make the views that scores are counted over: `truth` up to the last linked day, and `member` of that day."""
    con.execute("CREATE TEMP TABLE last_day AS SELECT max(day) AS day FROM cluster_day")
    con.execute("CREATE TEMP TABLE truth_file AS FROM read_parquet($truth)", {"truth": truth})
    con.execute(
        "CREATE TEMP VIEW truth AS SELECT *, true AS labelled FROM truth_file WHERE registered_day <= (FROM last_day)"
    )
    con.execute(
        "CREATE TEMP VIEW member AS SELECT domain, cluster_id AS cluster FROM cluster_member "
        "WHERE day = (FROM last_day)"
    )


def label_enriched(con: duckdb.DuckDBPyConnection) -> None:
    """From here on only domains with a registration record are labelled."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW truth AS SELECT *, domain IN (SELECT domain FROM registration) AS labelled "
        "FROM truth_file WHERE registered_day <= (FROM last_day)"
    )


def figures(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All figures of a run; `campaign_rows` (campaigns of 10 enriched domains and more) is for intervals."""
    ((day, domains),) = con.sql("SELECT (FROM last_day)::VARCHAR, count(*) FROM truth").fetchall()
    whole = scores(con)
    found = {"day": day, "domains": domains, "campaigns_of_10": whole.pop("campaigns")} | _case(con) | whole
    (bursts,) = con.sql(_BURSTS).to_arrow_table().to_pylist()
    campaigns = con.sql(_LEAD, params={"least": LEAST}).df()
    label_enriched(con)
    enriched = {
        f"enriched_{name}": value for name, value in scores(con).items() if name.startswith(("b_", "lab", "camp"))
    }
    return found | bursts | enriched | lead(campaigns) | {"campaign_rows": by_campaign(con), "lead_rows": campaigns}


def lead(campaigns: pd.DataFrame) -> dict[str, Any]:
    """Days from the first flag of a campaign to reports: of its first report, and of each of its reported domains."""
    flagged = campaigns[campaigns["flagged"]]
    of_domains = [float(days) for each in flagged["of_domains"].dropna() for days in each]
    return {
        "campaigns_flagged": len(flagged),
        "campaigns_not_flagged": len(campaigns) - len(flagged),
        "lead_days_to_first_report": quantiles(flagged["first_report"].dropna().tolist()),
        "lead_days_to_reports_of_domains": quantiles(of_domains),
        "reports_after_flag": round(sum(days > 0 for days in of_domains) / max(1, len(of_domains)), 4),
    }


def _case(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    rows = con.sql(_CASE).to_arrow_table().to_pylist()
    return rows[0] if rows else {"case_domains": None, "case_in_one_cluster": None, "foreign_in_it": None}
