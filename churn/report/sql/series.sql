-- How each group came about, by day: the first listing of its domains, and the growth of its cluster.
WITH counted AS (
    SELECT key, registered_day AS day, 'registered' AS what, count(*) AS domains
    FROM grouping
    JOIN subject USING (domain)
    WHERE registered_day IS NOT NULL
    GROUP BY key, registered_day
    UNION ALL
    SELECT key, reported_day, 'reported', count(*)
    FROM grouping
    JOIN subject USING (domain)
    WHERE reported_day IS NOT NULL
    GROUP BY key, reported_day
    UNION ALL
    SELECT cluster_id, day, 'joined', new_members
    FROM cluster_day
    SEMI JOIN section USING (cluster_id)
    WHERE day <= $day AND day > first_day  -- on its first day a cluster is found, which is no growth
)
SELECT
    key,
    day,
    coalesce(max(domains) FILTER (what = 'registered'), 0) AS registered,
    coalesce(max(domains) FILTER (what = 'reported'), 0) AS reported,
    coalesce(max(domains) FILTER (what = 'joined'), 0) AS joined
FROM counted
GROUP BY key, day
ORDER BY key, day
