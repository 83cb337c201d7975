-- Step 7b. Domains that share a value with one of these reported domains, of those that bring forward.
CREATE OR REPLACE TEMP TABLE pair AS
SELECT DISTINCT first.id AS seed, second.id
FROM held AS first
INNER JOIN value ON value.code = first.code AND value.leads
INNER JOIN held AS second ON second.code = first.code
ANTI JOIN seed ON seed.id = second.id
WHERE first.id BETWEEN $first AND $last AND first.id IN (SELECT id FROM seed)
