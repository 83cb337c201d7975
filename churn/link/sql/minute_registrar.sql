-- Step 3b. The registrar of each minute of birth in a pair.
SELECT minute.code, min(trait.registrar) AS registrar
FROM trait
INNER JOIN (
    SELECT code, value FROM candidate_value WHERE code IN (SELECT created_minute FROM minute_in_pair)
) AS minute ON minute.value = trait.created_minute
GROUP BY minute.code
