-- Step 2b. The same, one row a value, of the domains that were seen again.
SELECT again_value.id, again_value.day, again_value.field, candidate_value.code
FROM again_value
INNER JOIN candidate_value ON candidate_value.field = again_value.field AND candidate_value.value = again_value.value
WHERE candidate_value.code IS NOT NULL
