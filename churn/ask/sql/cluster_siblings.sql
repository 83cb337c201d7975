-- Its domains that nobody has reported, the likeliest first.
SELECT domain, probability, basis
FROM sibling
WHERE cluster_id = $cluster_id AND day = (SELECT max(day) FROM cluster_day WHERE cluster_id = $cluster_id)
ORDER BY probability DESC, domain
