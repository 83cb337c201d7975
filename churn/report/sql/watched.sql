-- What came on the day of what an analyst watches.
SELECT
    subject,
    kind,
    domain,
    watched.cluster_id,
    cluster_day.name,
    related,
    coalesce(reported, FALSE) AS reported,
    count(*) OVER () AS of_all
FROM watched
LEFT JOIN cluster_day ON cluster_day.day = $day AND cluster_day.cluster_id = watched.cluster_id
WHERE watched.day = $day
ORDER BY subject, kind, reported DESC, domain, watched.cluster_id
LIMIT $top
