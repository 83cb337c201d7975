-- Each member with its newest records up to the day, in the order in which they joined: who comes later, stands later.
WITH newest_registration AS (
    SELECT *
    FROM registration
    SEMI JOIN member USING (domain)
    WHERE day <= $day
    QUALIFY row_number() OVER (
        PARTITION BY domain
        ORDER BY observed_at DESC, list_position(['rdap', 'whois', 'import'], source), endpoint, handle, raw_sha256
    ) = 1
),
newest_hosting AS (
    SELECT *
    FROM hosting
    SEMI JOIN member USING (domain)
    WHERE day <= $day
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC, resolver, rcode) = 1
),
seen AS (
    SELECT
        domain,
        min(seen_at) AS first_seen,
        max(seen_at) AS last_seen,
        max(day) FILTER (kind = 'reported') AS last_reported_day,
        list_sort(list(DISTINCT feed) FILTER (kind = 'reported')) AS reported_by,
        list_sort(list(DISTINCT label) FILTER (kind = 'reported' AND label IS NOT NULL)) AS labels
    FROM sighting
    SEMI JOIN member USING (domain)
    WHERE day <= $day
    GROUP BY domain
)
SELECT
    member.*,
    seen.first_seen,
    seen.last_seen,
    seen.last_reported_day,
    coalesce(seen.reported_by, []) AS reported_by,
    coalesce(seen.labels, []) AS labels,
    newest_registration AS registration,
    newest_hosting AS hosting
FROM member
LEFT JOIN seen USING (domain)
LEFT JOIN newest_registration USING (domain)
LEFT JOIN newest_hosting USING (domain)
ORDER BY member.cluster_id, member.joined_day, member.domain
