-- Siblings 1. The unreported members of the clusters that have reported ones, and what speaks for each: the odds of its
-- score, how many of the cluster are reported and the odds of it (at most even: half of a cluster is plenty),
-- and `own`: of the domains of the window that have one of its values, the share that is in the cluster, of its best value.
-- A confirmed cluster counts as if all of its members were reported.
WITH today AS (
    SELECT cluster_id, domain, score, coalesce(reported, false) AS reported
    FROM cluster_member
    WHERE day = $day
),
cluster AS (
    SELECT
        cluster_id,
        count(*) AS size,
        count(*) FILTER (reported OR list_contains($confirmed::VARCHAR[], cluster_id)) AS reported
    FROM today
    GROUP BY cluster_id
    HAVING count(*) FILTER (reported OR list_contains($confirmed::VARCHAR[], cluster_id)) > 0
),
held AS (
    SELECT link.cluster_id, link.domain, max(least(1, link.in_cluster::DOUBLE / link.domains_with_value)) AS own
    FROM link
    SEMI JOIN cluster ON cluster.cluster_id = link.cluster_id
    WHERE link.day = $day AND link.domains_with_value > 0
    GROUP BY link.cluster_id, link.domain
),
bounded AS (
    SELECT *, least(0.98, greatest(0.02, coalesce(score, 0.5))) AS kept_score FROM today
)
SELECT
    bounded.cluster_id,
    bounded.domain,
    ln(bounded.kept_score / (1 - bounded.kept_score)) AS score,
    ln(cluster.reported) AS reported,
    least(0, greatest(-5, ln((cluster.reported + 0.5) / (cluster.size - cluster.reported + 0.5)))) AS share,
    coalesce(held.own, 0.0) AS own
FROM bounded
INNER JOIN cluster ON cluster.cluster_id = bounded.cluster_id
LEFT JOIN held ON held.cluster_id = bounded.cluster_id AND held.domain = bounded.domain
WHERE NOT bounded.reported
