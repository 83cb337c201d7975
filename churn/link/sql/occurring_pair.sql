-- Step 3. What each domain has of two fields (the view `pair_of`), as one number: 2^32 times the one code and the other.
SELECT CAST(u AS BIGINT) * 4294967296 + v AS value FROM pair_of WHERE u IS NOT NULL AND v IS NOT NULL
UNION ALL
SELECT CAST(one.code AS BIGINT) * 4294967296 + other.code
FROM again_shared AS one
INNER JOIN again_shared AS other ON other.id = one.id
WHERE one.field = $u_field AND other.field = $v_field
