-- The members of a cluster on its last day, surest first.
SELECT domain, role, score, reported, holds_without_strongest
FROM cluster_member
WHERE cluster_id = $cluster_id AND day = (SELECT max(day) FROM cluster_day WHERE cluster_id = $cluster_id)
ORDER BY reported DESC, score DESC, domain
