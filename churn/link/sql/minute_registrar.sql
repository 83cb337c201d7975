-- Step 3b. The registrar of each minute of birth in a pair.
SELECT created_minute, min(registrar) AS registrar
FROM trait
WHERE created_minute IN (SELECT value FROM candidate_value WHERE code IN (SELECT created_minute FROM minute_in_pair))
GROUP BY created_minute
