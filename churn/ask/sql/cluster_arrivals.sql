-- Arrivals of a day under way that were placed in it.
SELECT day, domain, role, reported
FROM arrival
WHERE cluster_id = $cluster_id AND day > (SELECT max(day) FROM cluster_day)
ORDER BY day, reported DESC, domain
