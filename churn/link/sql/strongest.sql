-- Step 7b. The strongest link of each member.
SELECT id, code
FROM (
    SELECT
        tie.id,
        tie.code,
        row_number() OVER (PARTITION BY tie.id ORDER BY tie.weight DESC, candidate_value.field, candidate_value.value) AS place
    FROM tie
    INNER JOIN candidate_value ON candidate_value.code = tie.code
) AS ranked
WHERE place = 1
