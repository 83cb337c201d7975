-- Where the clusters of the sections come from and what came of them, newest first; turns before days on which a cluster
-- merely went on.
WITH turn AS (
    SELECT lineage.day, cluster_id, related_id, relation, 'from' AS direction, shared_domains
    FROM lineage
    SEMI JOIN section USING (cluster_id)
    WHERE lineage.day <= $day
    UNION ALL
    SELECT lineage.day, lineage.related_id, lineage.cluster_id, relation, 'to', shared_domains
    FROM lineage
    WHERE lineage.day <= $day
        AND lineage.related_id <> lineage.cluster_id
        AND lineage.related_id IN (SELECT section.cluster_id FROM section)
),
named AS (
    SELECT cluster_id AS related_id, arg_max(name, day) AS related_name
    FROM cluster_day
    WHERE day <= $day AND cluster_id IN (SELECT turn.related_id FROM turn)
    GROUP BY cluster_id
)
SELECT turn.day, turn.cluster_id, turn.related_id, named.related_name, turn.relation, turn.direction, turn.shared_domains
FROM turn
LEFT JOIN named USING (related_id)
QUALIFY row_number() OVER (
    PARTITION BY turn.cluster_id
    ORDER BY turn.relation = 'continues' AND turn.cluster_id = turn.related_id, turn.day DESC, turn.relation, turn.direction, turn.related_id
) <= $top
ORDER BY turn.cluster_id, turn.day DESC, turn.relation, turn.direction, turn.related_id
