-- Every burst, day by day, the strongest first.
SELECT day, burst_id, kind, cluster_id, observed, expected, q_value, reported_members, story
FROM burst
ORDER BY day, q_value, burst_id
