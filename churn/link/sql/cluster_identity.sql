-- Step 8a. How many members each of today's components shares with each cluster of the last day that was linked.
SELECT
    member.component,
    cluster_member.cluster_id,
    count(*) AS shared,
    any_value(earlier.size) AS earlier_size
FROM cluster_member
INNER JOIN window_domain USING (domain)
INNER JOIN member USING (id)
INNER JOIN (
    SELECT cluster_id, count(*) AS size FROM cluster_member WHERE day = $earlier GROUP BY cluster_id
) AS earlier USING (cluster_id)
WHERE cluster_member.day = $earlier
GROUP BY member.component, cluster_member.cluster_id
ORDER BY shared DESC, cluster_member.cluster_id, member.component
