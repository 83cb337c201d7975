-- Step 4. Whether there is such a domain, by what was answered since it was told: by a registry or registrar, or by a list of
-- dropped names that has it.
CREATE TEMP TABLE asked AS
WITH answer AS (
    SELECT told.scope, told.key, told.domain, answer.found, answer.answered_at, answer.counts_at
    FROM told
    INNER JOIN registry_answer AS answer ON answer.domain = told.domain AND answer.answered_at > told.told_at
    UNION ALL
    SELECT told.scope, told.key, told.domain, false, coalesce(sighting.seen_at, CAST(sighting.day AS TIMESTAMPTZ)) AS dropped_at, dropped_at
    FROM told
    INNER JOIN sighting ON sighting.domain = told.domain
    WHERE sighting.kind = 'dropped' AND dropped_at > told.told_at
)
SELECT scope, key, domain, max(answered_at) AS answered_at, arg_max(found, (counts_at, found)) AS found
FROM answer
GROUP BY scope, key, domain
