-- What a cluster was flagged for.
SELECT day, burst_id, kind, observed, expected, q_value, reported_members, story
FROM burst
WHERE cluster_id = $cluster_id
ORDER BY day, kind
