-- Hops 4a. Pairs of clusters (a before b) that have lineage of an earlier day: they are not told again, nor are they chance.
SELECT DISTINCT least(cluster_id, related_id) AS a, greatest(cluster_id, related_id) AS b
FROM lineage
WHERE day <= $earlier AND cluster_id <> related_id
