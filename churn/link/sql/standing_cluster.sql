-- Kept for arrivals: who the components of the window are. Those that verdicts left nobody in are who their members are now.
SELECT component, cluster_id FROM identity
UNION ALL
SELECT natural_member.component, min(identity.cluster_id)
FROM natural_member
INNER JOIN member ON member.id = natural_member.id
INNER JOIN identity ON identity.component = member.component
WHERE natural_member.component NOT IN (SELECT component FROM identity)
GROUP BY natural_member.component
