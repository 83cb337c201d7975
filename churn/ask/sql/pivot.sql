-- They by name, with the state that `domain` would give them.
WITH named AS (
    SELECT domain_key, domain, bool_or(registered) AS registered, bool_or(reported) AS reported, bool_or(dropped) AS dropped
    FROM domain_day
    WHERE domain_key IN (SELECT domain_key FROM chosen)
    GROUP BY domain_key, domain
)
SELECT
    named.domain,
    CASE WHEN named.reported THEN 'reported' WHEN named.registered THEN 'registered' WHEN named.dropped THEN 'dropped' END AS state,
    chosen.first_day,
    chosen.last_day
FROM chosen
INNER JOIN named USING (domain_key)
ORDER BY named.reported DESC, chosen.first_day, named.domain
