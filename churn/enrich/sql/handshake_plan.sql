-- Hosts whose certificate is worth a handshake: reported names of the day, then names of the day that have a
-- registration record of the day and an address in common with a reported one; those with an address only.
WITH today AS (
    SELECT domain, bool_or(kind = 'reported') AS is_reported
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
),
placed AS (
    SELECT hosting.domain, hosting.a, array_to_string(hosting.ns, ' ') AS name_servers
    FROM hosting
    WHERE day = $day AND len(a) > 0
),
shared AS (
    SELECT DISTINCT unnest([name_servers, a[1]]) AS value
    FROM placed
    JOIN today ON today.domain = placed.domain AND today.is_reported
)
SELECT today.domain, placed.a[1] AS address
FROM today
JOIN placed ON placed.domain = today.domain
WHERE today.is_reported
    OR (
        EXISTS (FROM registration WHERE registration.domain = today.domain AND registration.day = $day)
        AND EXISTS (FROM shared WHERE shared.value IN (placed.name_servers, placed.a[1]))
    )
ORDER BY today.is_reported DESC, md5(today.domain)
LIMIT $budget
