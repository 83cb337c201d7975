-- What is tested: for each cluster that could burst, each kind of event today, beside the cluster's own past.
WITH kinds AS (
    SELECT unnest(['listing', 'registration', 'growth']) AS kind
),
past_days AS (
    SELECT of_feed.kind, greatest(1, count(DISTINCT day)) AS days
    FROM sighting
    INNER JOIN (VALUES ('listing', 'reported'), ('registration', 'registered'), ('growth', 'registered')) AS of_feed (kind, feed_kind)
        ON sighting.kind = of_feed.feed_kind
    WHERE day < $day AND day >= $day - INTERVAL 28 DAY
    GROUP BY ALL
),
counted AS (
    SELECT
        cluster_id,
        kind,
        count(*) FILTER (day = $day) AS observed,
        count(*) FILTER (day < $day AND day >= $day - INTERVAL 28 DAY) AS past
    FROM event
    GROUP BY cluster_id, kind
),
reported_today AS (
    SELECT count(*) AS domains
    FROM (SELECT domain FROM sighting WHERE kind = 'reported' GROUP BY domain HAVING min(day) = $day)
),
window_size AS (
    SELECT count(DISTINCT domain) AS domains FROM sighting WHERE kind IN ('registered', 'reported')
)
SELECT
    cluster_day.cluster_id,
    cluster_day.name,
    cluster_day.size,
    cluster_day.reported_members,
    cluster_day.registrars,
    kinds.kind,
    coalesce(counted.observed, 0) AS observed,
    coalesce(counted.past, 0) / coalesce(past_days.days, 1) AS own_mean,
    reported_today.domains * cluster_day.size::DOUBLE / window_size.domains AS by_chance
FROM cluster_day
CROSS JOIN kinds
CROSS JOIN reported_today
CROSS JOIN window_size
LEFT JOIN counted USING (cluster_id, kind)
LEFT JOIN past_days USING (kind)
WHERE cluster_day.day = $day AND cluster_day.size >= $least
ORDER BY cluster_day.cluster_id, kinds.kind
