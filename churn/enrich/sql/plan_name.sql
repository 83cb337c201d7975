-- Step 2. The names of the day, and whether there is anything to ask: a record of the last `reuse_days` days is reused.
CREATE TEMP TABLE plan_name AS
WITH listed AS (
    SELECT domain, bool_or(kind = 'reported') AS is_reported
    FROM sighting
    WHERE day = $day AND kind IN ('registered', 'reported')
    GROUP BY domain
),
known AS (
    SELECT DISTINCT domain
    FROM registration
    WHERE (day < $day OR source = 'import') AND day >= CAST($day AS DATE) - to_days(CAST($reuse_days AS INTEGER))
)
SELECT listed.domain, listed.is_reported, known.domain IS NULL AS to_ask
FROM listed
LEFT JOIN known USING (domain)
