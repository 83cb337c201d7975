-- Step 1. Each value of one field (the view `column_of`) of the domains that were seen again.
SELECT again.id, again.day, CAST($field AS SMALLINT) AS field, shown.value
FROM (
    SELECT id, value FROM column_of WHERE value IS NOT NULL
    UNION
    SELECT id, value FROM trait_further WHERE field = $name
) AS shown
INNER JOIN again ON again.id = shown.id
