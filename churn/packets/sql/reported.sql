-- Step 4. When the members, and the domains that were told before, stood on a reported list.
CREATE TEMP TABLE reported AS
WITH subject AS (
    SELECT domain FROM member
    UNION
    SELECT domain FROM told
)
SELECT
    domain,
    max(day) AS last_reported_day,
    min(seen_at) AS first_reported_at,
    count(*) AS times_reported
FROM sighting
SEMI JOIN subject USING (domain)
WHERE kind = 'reported' AND day <= $day
GROUP BY domain
