-- Step 7d. What the members have of one field (the view `column_of`), as far as it holds somebody.
SELECT column_of.id, column_of.value AS code
FROM column_of
WHERE column_of.value IN (SELECT code FROM tied_value)
UNION ALL
SELECT again_shared.id, again_shared.code
FROM again_shared
INNER JOIN member ON member.id = again_shared.id
WHERE again_shared.field = $field AND again_shared.code IN (SELECT code FROM tied_value)
