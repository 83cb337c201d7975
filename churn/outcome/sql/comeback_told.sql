-- Step 1. What was told of before the day: its label, its skeleton, its cluster and when it was told first.
CREATE TEMP TABLE comeback_told AS
WITH form AS (
    SELECT domain, arg_max(skeleton, day) AS skeleton FROM name_form WHERE skeleton IS NOT NULL GROUP BY domain
)
SELECT
    domain,
    split_part(domain, '.', 1) AS label,
    any_value(form.skeleton) AS skeleton,
    arg_max(telling.cluster_id, telling.last_told_at) AS cluster_id,
    min(telling.told_at) AS told_at
FROM telling
LEFT JOIN form USING (domain)
GROUP BY domain
