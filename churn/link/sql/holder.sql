-- Step 6. Everybody who holds such a value of one field (the view `column_of`).
SELECT column_of.id, column_of.day, held_value.code, held_value.component
FROM column_of
INNER JOIN held_value ON held_value.code = column_of.value
WHERE held_value.field = $field
UNION ALL
SELECT again_shared.id, again_shared.day, held_value.code, held_value.component
FROM again_shared
INNER JOIN held_value ON held_value.code = again_shared.code
WHERE held_value.field = $field
