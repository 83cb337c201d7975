-- The values that hold most of a cluster, on its last day.
SELECT family, field, value, any_value(domains_with_value) AS domains_with_value, count(*) AS in_cluster, avg(weight) AS weight
FROM link
WHERE cluster_id = $cluster_id AND day = (SELECT max(day) FROM cluster_day WHERE cluster_id = $cluster_id)
GROUP BY family, field, value
ORDER BY in_cluster DESC, field, value
LIMIT 20
