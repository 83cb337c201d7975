-- What the page shows together: the members of a section's cluster; the burst's own domains where it has no section.
CREATE TEMP TABLE grouping AS
SELECT cluster_id AS key, domain
FROM cluster_member
SEMI JOIN section USING (cluster_id)
WHERE day = $day
UNION ALL
SELECT burst_id, domain
FROM burst_member
JOIN burst USING (day, burst_id)
WHERE day = $day AND (cluster_id IS NULL OR cluster_id NOT IN (SELECT section.cluster_id FROM section))
