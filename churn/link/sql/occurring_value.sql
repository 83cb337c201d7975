-- Step 2. The values of one field (the view `column_of`) in all rows, and those of domains that were seen again once more.
SELECT value FROM column_of WHERE value IS NOT NULL
UNION ALL
SELECT value FROM again_value WHERE field = $field
