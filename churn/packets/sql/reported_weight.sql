-- How many domains that were reported in the window each registrar sponsors and each network holds, by their newest records.
WITH listed AS (
    SELECT DISTINCT domain FROM sighting WHERE kind = 'reported' AND day BETWEEN $since AND $day
),
sponsored AS (
    SELECT domain, arg_max(registrar_iana_id, (observed_at, source)) AS number
    FROM registration
    SEMI JOIN listed USING (domain)
    WHERE registrar_iana_id IS NOT NULL AND day BETWEEN $since AND $day
    GROUP BY domain
),
held AS (
    SELECT domain, unnest(asn) AS number
    FROM (
        SELECT domain, arg_max(asn, observed_at) AS asn
        FROM hosting
        SEMI JOIN listed USING (domain)
        WHERE day BETWEEN $since AND $day
        GROUP BY domain
    )
)
SELECT 'registrar' AS scope, number, count(*) AS domains FROM sponsored GROUP BY number
UNION ALL
SELECT 'network', number, count(*) FROM held WHERE number > 0 GROUP BY number
ORDER BY scope DESC, domains DESC, number
