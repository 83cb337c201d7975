-- The ledger of a domain on a day, strongest first; `since` is when a member of its cluster was first seen with the value.
WITH held AS (
    SELECT field, value, min(observed_at) AS since
    FROM link
    WHERE day = $day AND cluster_id = $cluster_id
    GROUP BY field, value
)
SELECT
    link.family,
    link.field,
    link.value,
    link.domains_with_value,
    link.in_cluster,
    link.weight,
    link.source,
    link.observed_at,
    held.since
FROM link
INNER JOIN held USING (field, value)
WHERE link.domain = $domain AND link.day = $day AND link.cluster_id = $cluster_id
ORDER BY link.weight DESC, link.field, link.value
