-- The members of a cluster on a day, those that nobody reported first, the surest first.
SELECT domain, role, score, coalesce(reported, false) AS reported
FROM cluster_member
WHERE cluster_id = $cluster_id AND day = $day
ORDER BY reported, score DESC, domain
LIMIT $most
