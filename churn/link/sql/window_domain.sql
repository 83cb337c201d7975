-- Step 7d. The members of today's clusters and of earlier ones by name, and when they came.
SELECT
    number_of(domain) AS id,
    domain,
    min(day) AS first_day,
    min(CASE WHEN kind = 'registered' THEN day END) AS registered_day,
    min(CASE WHEN kind = 'reported' THEN day END) AS reported_day
FROM sighting
WHERE kind IN ('registered', 'reported')
    AND number_of(domain) IN (
        SELECT id FROM member
        UNION
        SELECT number_of(domain) FROM cluster_member WHERE day <= $earlier
    )
GROUP BY domain
