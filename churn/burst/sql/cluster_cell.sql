-- Each cluster of each day of the last 28, with its counts of the day. `before` is what it had without those it counts,
-- `by_chance` how many of its unreported members a list of that length would hit if it were drawn from all names alike.
-- `is_known` tells clusters that were a listing burst before: the population's past is taken of the others.
WITH counted AS (
    SELECT kind, cluster_id, day, count(*) AS observed FROM cluster_event GROUP BY ALL
),
pool AS (
    SELECT approx_count_distinct(domain)::DOUBLE AS names FROM sighting WHERE kind IN ('registered', 'reported')
),
kinds AS (
    SELECT unnest(['listing', 'registration', 'growth']) AS kind, unnest(['reported', 'registered', 'registered']) AS feeds
),
known AS (
    SELECT DISTINCT cluster_id FROM burst WHERE kind = 'listing' AND day < $day
)
SELECT
    kinds.kind,
    cluster_day.cluster_id,
    cluster_day.day,
    cluster_day.size,
    cluster_day.first_day = cluster_day.day AS is_first,
    known.cluster_id IS NOT NULL AS is_known,
    exposure.names,
    coalesce(counted.observed, 0) AS observed,
    cluster_day.size - if(kinds.kind = 'listing', 0, coalesce(counted.observed, 0)) AS before,
    (cluster_day.size - cluster_day.reported_members + if(kinds.kind = 'listing', coalesce(counted.observed, 0), 0))
        * exposure.names / pool.names AS by_chance
FROM cluster_day
CROSS JOIN pool
CROSS JOIN kinds
INNER JOIN exposure ON exposure.kind = kinds.feeds AND exposure.day = cluster_day.day
LEFT JOIN counted ON counted.kind = kinds.kind AND counted.cluster_id = cluster_day.cluster_id AND counted.day = cluster_day.day
LEFT JOIN known ON known.cluster_id = cluster_day.cluster_id
WHERE cluster_day.day >= $day - INTERVAL 28 DAY
    AND (kinds.kind <> 'growth' OR cluster_day.first_day < cluster_day.day)
ORDER BY kinds.kind, cluster_day.cluster_id, cluster_day.day
