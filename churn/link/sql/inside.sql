-- Step 7d. How many members of a cluster have a value of one field (the view `column_of`) that holds somebody.
SELECT held.component, held.code, count(*) AS domains
FROM (
    SELECT member.component, column_of.value AS code
    FROM column_of
    INNER JOIN member ON member.id = column_of.id
    UNION ALL
    SELECT member.component, again_shared.code
    FROM again_shared
    INNER JOIN member ON member.id = again_shared.id
    WHERE again_shared.field = $field
) AS held
WHERE held.code IN (SELECT code FROM tied_value)
GROUP BY held.component, held.code
