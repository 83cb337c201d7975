-- The clusters of a day: those with bursts first, then those with most reported members, then the largest.
SELECT
    cluster_day.cluster_id,
    cluster_day.name,
    cluster_day.size,
    cluster_day.reported_members,
    coalesce(told.bursts, 0) AS bursts,
    count(*) OVER () AS total
FROM cluster_day
LEFT JOIN (SELECT cluster_id, count(*) AS bursts, min(q_value) AS q_value FROM burst WHERE day = $day GROUP BY cluster_id) AS told
    ON told.cluster_id = cluster_day.cluster_id
WHERE cluster_day.day = $day
ORDER BY told.q_value IS NULL, reported_members = 0, told.q_value, reported_members DESC, size DESC, cluster_day.cluster_id
LIMIT $most
