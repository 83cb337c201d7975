-- Step 1. What was told of before the day: its label, its cluster and when it was told first.
CREATE TEMP TABLE comeback_told AS
SELECT
    domain,
    split_part(domain, '.', 1) AS label,
    arg_max(cluster_id, last_told_at) AS cluster_id,
    min(told_at) AS told_at
FROM telling
GROUP BY domain
