-- A cluster as it last stood.
SELECT day, cluster_id, name, size, reported_members, registrars[1:5] AS registrars, tlds[1:8] AS tlds, confidence, first_day
FROM cluster_day
WHERE cluster_id = $cluster_id
QUALIFY row_number() OVER (ORDER BY day DESC) = 1
