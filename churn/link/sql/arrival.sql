-- Arrivals 8. The arrivals by name, with the cluster that stands, or the id that a new one would get.
WITH sighted AS (
    SELECT number_of(domain) AS id, domain, max(kind = 'reported') AS reported
    FROM sighting
    WHERE kind IN ('registered', 'reported')
    GROUP BY domain
)
SELECT
    $day AS day,
    coalesce(
        standing_cluster.cluster_id,
        'c-' || strftime($day, '%Y%m%d') || '-' || left(sha256(min(sighted.domain) OVER (PARTITION BY member.component)), 10)
    ) AS cluster_id,
    sighted.domain,
    member.role,
    standing_cluster.cluster_id IS NOT NULL AS standing,
    sighted.reported
FROM member
INNER JOIN sighted ON sighted.id = member.id
LEFT JOIN standing_cluster ON standing_cluster.component = member.component
