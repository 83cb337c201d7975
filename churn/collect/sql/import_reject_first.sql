-- The first of them.
SELECT * FROM import_reject ORDER BY line LIMIT $at_most
