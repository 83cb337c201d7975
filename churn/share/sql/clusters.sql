-- The clusters to share, the largest first.
SELECT
    cluster_id,
    coalesce(name, cluster_id) AS name,
    pattern,
    coalesce(first_day, day) AS first_day,
    coalesce(last_activity_day, day) AS last_activity_day,
    confidence,
    verdict
FROM chosen
ORDER BY size DESC, cluster_id
