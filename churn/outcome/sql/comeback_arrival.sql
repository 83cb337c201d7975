-- Step 2. Who arrived on the day: names that were never seen before it, and were not registered before either, as far as is known.
CREATE TEMP TABLE comeback_arrival AS
WITH seen_before AS (
    SELECT DISTINCT domain FROM sighting WHERE day < $day
),
record AS (
    SELECT domain, max(created_at) AS created_at FROM registration GROUP BY domain
),
arrival AS (
    SELECT domain, min(coalesce(seen_at, CAST(day AS TIMESTAMPTZ))) AS seen_at
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
)
SELECT
    arrival.domain,
    split_part(arrival.domain, '.', 1) AS label,
    arrival.seen_at,
    record.created_at,
    standing.cluster_id
FROM arrival
ANTI JOIN seen_before USING (domain)
LEFT JOIN record USING (domain)
LEFT JOIN (SELECT domain, min(cluster_id) AS cluster_id FROM cluster_member WHERE day = $day GROUP BY domain) AS standing USING (domain)
