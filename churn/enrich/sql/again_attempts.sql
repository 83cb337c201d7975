-- How often the day has asked whom about whom so far.
SELECT domain, kind, endpoint, max(attempt) AS attempt
FROM lookup
WHERE day = $day AND list_contains($domains, domain)
GROUP BY domain, kind, endpoint
