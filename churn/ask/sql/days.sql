-- A cluster day by day.
SELECT day, size, new_members, reported_members, registrars, tlds, confidence
FROM cluster_day
WHERE cluster_id = $cluster_id
ORDER BY day
