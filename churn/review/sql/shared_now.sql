-- What most members of a cluster are held by.
SELECT field, value, max(domains_with_value) AS domains_with_value, max(in_cluster) AS in_cluster
FROM link
WHERE cluster_id = $cluster_id AND day = $day
GROUP BY field, value
ORDER BY in_cluster DESC, field, value
LIMIT 20
