-- Step 6. What the cores hold of one field (the view `column_of`).
SELECT core_member.component, column_of.value AS code, column_of.id
FROM column_of
INNER JOIN core_member ON core_member.id = column_of.id
WHERE column_of.value IS NOT NULL
UNION ALL
SELECT core_member.component, again_shared.code, again_shared.id
FROM again_shared
INNER JOIN core_member ON core_member.id = again_shared.id
WHERE again_shared.field = $field
