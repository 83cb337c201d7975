-- The reported domains that are in the book, with what they have.
SELECT
    seed.domain,
    seed.created_at,
    known.reported_at,
    known.cluster_id,
    known.cluster_name,
    known.cluster_domains,
    known.cluster_reported,
    list(held.code ORDER BY held.code) FILTER (held.code IS NOT NULL) AS codes
FROM seed
LEFT JOIN known ON known.domain = seed.domain
LEFT JOIN held ON held.id = seed.id
GROUP BY ALL
ORDER BY seed.domain
