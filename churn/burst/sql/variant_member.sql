-- Siblings 2a. The reported members of the day's clusters, and how many days ago each came. Of a confirmed cluster every member
-- counts as reported.
CREATE OR REPLACE TEMP TABLE variant_member AS
WITH reported_member AS (
    SELECT cluster_id, domain
    FROM cluster_member
    WHERE day = $day AND (reported OR list_contains($confirmed::VARCHAR[], cluster_id))
),
registered AS (
    SELECT reported_member.domain, min(sighting.day) AS day
    FROM reported_member
    INNER JOIN sighting ON sighting.domain = reported_member.domain AND sighting.kind = 'registered'
    GROUP BY reported_member.domain
)
SELECT
    reported_member.cluster_id,
    reported_member.domain,
    split_part(reported_member.domain, '.', 1) AS label,
    coalesce(date_diff('day', registered.day, $day), $window_days) AS age
FROM reported_member
LEFT JOIN registered ON registered.domain = reported_member.domain
