"""How well the last day of the demo was linked, by the lab's truth: one JSON object.

Run `make demo` first, or name another run: --data DIR --truth FILE. B-cubed precision and recall are over the domains
of campaigns with 10 and more members that were registered by then; pairwise precision is over all clusters.
"""

import argparse
import json
from pathlib import Path

from churn.settings import Settings
from churn.store.database import published

FIGURES = """
WITH last AS (SELECT max(day) AS day FROM cluster_day),
truth AS (SELECT * FROM read_parquet($truth) WHERE registered_day <= (FROM last)),
member AS (SELECT cluster_id, domain, role FROM cluster_member WHERE day = (FROM last)),
labelled AS (
    SELECT domain, campaign, cluster_id
    FROM truth LEFT JOIN member USING (domain)
    WHERE campaign IN (SELECT campaign FROM truth GROUP BY campaign HAVING count(*) >= 10)
),
campaign_size AS (SELECT campaign, count(*) AS n FROM labelled GROUP BY campaign),
cluster_size AS (SELECT cluster_id, count(*) AS n FROM member GROUP BY cluster_id),
cell AS (SELECT campaign, cluster_id, count(*) AS n FROM labelled WHERE cluster_id IS NOT NULL GROUP BY ALL),
operator AS (
    SELECT cluster_id, coalesce(campaign, owner) AS who, count(*) AS n
    FROM member INNER JOIN truth USING (domain) GROUP BY ALL
),
case_cluster AS (
    SELECT cell.cluster_id, cell.n AS inside, cluster_size.n AS size
    FROM cell INNER JOIN cluster_size USING (cluster_id)
    WHERE campaign = 'case' ORDER BY inside DESC LIMIT 1
)
SELECT
    (FROM last)::VARCHAR AS day,
    (SELECT count(*) FROM truth) AS domains,
    (SELECT count(*) FROM campaign_size) AS campaigns_of_10,
    (SELECT n FROM campaign_size WHERE campaign = 'case') AS case_domains,
    (SELECT inside FROM case_cluster) AS case_in_one_cluster,
    (SELECT size - inside FROM case_cluster) AS foreign_in_it,
    (SELECT sum(cell.n * cell.n / cluster_size.n) FROM cell INNER JOIN cluster_size USING (cluster_id))
        / (SELECT count(*) FROM labelled WHERE cluster_id IS NOT NULL) AS b_cubed_precision,
    (SELECT sum(cell.n * cell.n / campaign_size.n) FROM cell INNER JOIN campaign_size USING (campaign))
        / (SELECT count(*) FROM labelled) AS b_cubed_recall,
    (SELECT sum(n * (n - 1)) FROM operator) / (SELECT sum(n * (n - 1)) FROM cluster_size) AS pairwise_precision,
    (SELECT count(*) FROM member INNER JOIN truth USING (domain) WHERE kind = 'background')
        / (SELECT count(*) FROM truth WHERE kind = 'background') AS background_in_any_cluster,
    (SELECT count(*) FROM burst) AS bursts_of_all_days,
    (SELECT count(*) FROM burst WHERE kind = 'listing') AS listing_bursts_of_all_days,
    (SELECT count(*) FROM (
        SELECT burst_id
        FROM burst INNER JOIN burst_member USING (day, burst_id) INNER JOIN read_parquet($truth) AS t USING (domain)
        WHERE burst.kind = 'listing' GROUP BY burst_id HAVING avg((t.kind <> 'campaign')::INT) > 0.2
    )) AS listing_bursts_of_innocents
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--truth", type=Path, default=None)
    args = parser.parse_args()
    truth = args.truth or args.data / "lab" / "day-1" / "truth.parquet"
    with published(Settings(data=args.data)) as con:
        (figures,) = con.sql(FIGURES, params={"truth": str(truth)}).to_arrow_table().to_pylist()
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
    precision, recall = rounded["b_cubed_precision"], rounded["b_cubed_recall"]
    rounded["b_cubed_f1"] = round(2 * precision * recall / (precision + recall), 4)
    print(json.dumps(rounded, default=str))


if __name__ == "__main__":
    main()
