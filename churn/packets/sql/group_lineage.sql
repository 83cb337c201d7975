-- What the flagged clusters come from.
SELECT cluster_id, related_id, relation, shared_domains
FROM lineage
SEMI JOIN flagged USING (cluster_id)
WHERE day = $day
ORDER BY cluster_id, relation, related_id
