-- Arrivals 8. The arrivals by name, with the cluster that stands, or the id that a new one would get.
SELECT
    $day AS day,
    coalesce(standing_cluster.cluster_id, identity.cluster_id) AS cluster_id,
    window_domain.domain,
    member.role,
    standing_cluster.cluster_id IS NOT NULL AS standing,
    window_domain.reported_day IS NOT NULL AS reported
FROM member
INNER JOIN window_domain ON window_domain.id = member.id
INNER JOIN identity ON identity.component = member.component
LEFT JOIN standing_cluster ON standing_cluster.component = member.component
