-- Step 4. When a registry answered last that there is such a domain, and that there is none; and when a list of dropped names
-- had it.
CREATE TEMP TABLE asked AS
WITH answer AS (
    SELECT told.scope, told.key, told.domain, lookup.outcome, lookup.attempted_at AS seen_at
    FROM told
    INNER JOIN lookup ON lookup.domain = told.domain AND lookup.attempted_at > told.told_at
    WHERE lookup.kind IN ('rdap', 'whois') AND lookup.outcome IN ('ok', 'not_found')
    UNION ALL
    SELECT told.scope, told.key, told.domain, 'dropped', coalesce(sighting.seen_at, CAST(sighting.day AS TIMESTAMPTZ)) AS dropped_at
    FROM told
    INNER JOIN sighting ON sighting.domain = told.domain
    WHERE sighting.kind = 'dropped' AND dropped_at > told.told_at
)
SELECT
    scope,
    key,
    domain,
    max(seen_at) AS answered_at,
    max(seen_at) FILTER (outcome = 'ok') AS found_at,
    max(seen_at) FILTER (outcome <> 'ok') AS missed_at
FROM answer
GROUP BY scope, key, domain
