-- Hosts whose certificate is worth a handshake: reported names of the day, then names of the day that have a
-- registration record of the day and share a name-server set or first address with a reported one, rarest trait
-- first. Only those that have an address.
WITH today AS (
    SELECT domain, bool_or(kind = 'reported') AS is_reported
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
),
trait AS (
    SELECT hosting.domain, hosting.a[1] AS address, today.is_reported,
        unnest(['ns ' || array_to_string(hosting.ns, ' '), 'a ' || hosting.a[1]]) AS value
    FROM hosting
    JOIN today ON today.domain = hosting.domain
    WHERE hosting.day = $day AND len(hosting.a) > 0
),
shared AS (
    SELECT value, count(*) AS domains
    FROM trait
    GROUP BY value
    HAVING bool_or(is_reported) AND count(*) <= $most_selective
)
SELECT trait.domain, any_value(trait.address) AS address
FROM trait
LEFT JOIN shared ON shared.value = trait.value
GROUP BY trait.domain
HAVING bool_or(trait.is_reported)
    OR (min(shared.domains) IS NOT NULL AND trait.domain IN (SELECT domain FROM registration WHERE day = $day))
ORDER BY bool_or(trait.is_reported) DESC, min(shared.domains), md5(trait.domain)
LIMIT $budget
