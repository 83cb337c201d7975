-- The domains of which a day has facts, in the order of their keys, so that few of them are read to find one.
INSERT INTO domain_day
SELECT
    CAST($day AS DATE),
    key_of(domain) AS domain_key,
    domain,
    bool_or(registered),
    bool_or(reported),
    bool_or(dropped)
FROM (
    SELECT domain, kind = 'registered' AS registered, kind = 'reported' AS reported, kind = 'dropped' AS dropped
    FROM sighting
    WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM registration WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM hosting WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM certificate WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM name_form WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM lookup WHERE day = $day
    UNION ALL
    SELECT domain, false, false, false FROM lookup_plan WHERE day = $day
)
WHERE domain <> ''
GROUP BY domain
ORDER BY domain_key
