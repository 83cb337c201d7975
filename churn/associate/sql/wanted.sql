-- Step 2b. The values that the reported domains have, by number.
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT row_number() OVER (ORDER BY field, value) AS code, field, value
FROM (SELECT DISTINCT field, value FROM shown SEMI JOIN seed ON seed.id = shown.id WHERE value IS NOT NULL)
