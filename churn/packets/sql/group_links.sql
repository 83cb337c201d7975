-- What holds each flagged cluster together: its shared values, those that most members share first, at most 5.
SELECT cluster_id, family, field, value, any_value(domains_with_value) AS domains_with_value, any_value(in_cluster) AS in_cluster,
    max(weight) AS weight
FROM link
SEMI JOIN flagged USING (cluster_id)
WHERE day = $day
GROUP BY cluster_id, family, field, value
QUALIFY row_number() OVER (
    PARTITION BY cluster_id ORDER BY max(in_cluster) * coalesce(max(weight), 0) DESC, family, field, value
) <= 5
ORDER BY cluster_id, max(in_cluster) * coalesce(max(weight), 0) DESC, family, field, value
