-- Step 1. Each value of one field (the view `column_of`) of the domains that were seen again, when it was seen last, and in how
-- many rows of traits.
SELECT
    again.id,
    again.day,
    CAST($field AS SMALLINT) AS field,
    shown.value,
    max(shown.observed_at) AS observed_at,
    sum(shown.times) AS times
FROM (
    SELECT id, value, CAST(observed_at AS TIMESTAMP) AS observed_at, 1 AS times FROM column_of WHERE value IS NOT NULL
    UNION ALL
    SELECT id, value, CAST(observed_at AS TIMESTAMP), 0 FROM trait_further WHERE field = $name
) AS shown
INNER JOIN again ON again.id = shown.id
GROUP BY again.id, again.day, shown.value
