-- Where a cluster comes from and what became of it, without the plain continuations.
SELECT day, cluster_id, relation, related_id, shared_domains
FROM lineage
WHERE (cluster_id = $cluster_id OR related_id = $cluster_id) AND relation <> 'continues'
ORDER BY day, relation
