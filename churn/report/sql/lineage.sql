-- Where the clusters of the sections come from, newest first; turns before days on which a cluster merely went on.
SELECT lineage.day, cluster_id, related_id, relation, shared_domains
FROM lineage
SEMI JOIN section USING (cluster_id)
WHERE lineage.day <= $day
QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY relation = 'continues' AND cluster_id = related_id, lineage.day DESC, relation, related_id) <= $top
ORDER BY cluster_id, lineage.day DESC, relation, related_id
