-- The members of a cluster as it last stood.
SELECT domain
FROM cluster_member
WHERE cluster_id = $cluster_id
    AND day = (SELECT max(day) FROM cluster_day WHERE cluster_id = $cluster_id)
