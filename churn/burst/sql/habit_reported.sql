-- Names that were reported before the day, whose they are, and the day on which they came: first seen on a feed of new
-- names, else first reported. One row a name and group: the feed's label, else the authority's series, else the cluster that
-- it is in by the newest linking; null where nobody says.
WITH told AS (
    SELECT domain, label, series_hash, min(day) AS day
    FROM sighting
    WHERE kind = 'reported' AND day < $day
    GROUP BY ALL
),
linked AS (
    SELECT domain, cluster_id
    FROM cluster_member
    WHERE reported
    QUALIFY day = max(day) OVER ()
),
came AS (
    SELECT domain, min(day) AS day
    FROM sighting
    WHERE kind = 'registered' AND day < $day AND domain IN (SELECT domain FROM told)
    GROUP BY domain
)
SELECT
    told.domain,
    min(coalesce(came.day, told.day)) AS day,
    coalesce('label ' || told.label, 'series ' || told.series_hash, 'cluster ' || any_value(linked.cluster_id)) AS owner,
    bool_or(came.day IS NOT NULL) AS is_arrival
FROM told
LEFT JOIN linked USING (domain)
LEFT JOIN came USING (domain)
GROUP BY told.domain, told.label, told.series_hash
ORDER BY owner, day, told.domain
