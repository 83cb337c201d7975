-- Verdicts 4. Members of the clusters that hopped today from a watched one.
SELECT watched.subject, 'hop' AS kind, cluster_member.domain, lineage.cluster_id, min(lineage.related_id) AS related
FROM lineage
INNER JOIN (SELECT DISTINCT subject, cluster_id FROM watched_name) AS watched ON watched.cluster_id = lineage.related_id
INNER JOIN cluster_member ON cluster_member.cluster_id = lineage.cluster_id AND cluster_member.day = $day
WHERE lineage.day = $day AND lineage.relation = 'hops'
GROUP BY watched.subject, cluster_member.domain, lineage.cluster_id
