-- When each of the domains had its last answer from a registry and from the DNS; a failure of the moment is no answer.
WITH answer AS (
    SELECT domain, kind = 'dns' AS is_dns, attempted_at AS answered_at, day
    FROM lookup
    WHERE kind IN ('dns', 'rdap', 'whois') AND NOT list_contains($failures, outcome)
    UNION ALL
    SELECT domain, false, observed_at, day FROM registration
    UNION ALL
    SELECT domain, true, observed_at, day FROM hosting WHERE rcode IN ('NOERROR', 'NXDOMAIN')
)
SELECT
    domain,
    max(answered_at) FILTER (NOT is_dns) AS registry_at,
    max(answered_at) FILTER (is_dns) AS dns_at,
    max(day) FILTER (NOT is_dns) AS registry_day,
    max(day) FILTER (is_dns) AS dns_day
FROM answer
WHERE day <= $day AND list_contains($domains, domain)
GROUP BY domain
