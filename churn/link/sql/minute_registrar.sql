-- Step 3b. The registrar of each minute of birth in a pair.
SELECT born_in.code, min(trait.registrar) AS registrar
FROM trait
INNER JOIN (
    SELECT code, value FROM candidate_value WHERE code IN (SELECT created_minute FROM minute_in_pair)
) AS born_in ON born_in.value = trait.created_minute
GROUP BY born_in.code
