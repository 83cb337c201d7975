-- Step 1. Domains that were seen on several days, or with several values of a field, and the day on which each came.
SELECT id, min(day) AS day
FROM (
    SELECT id, day FROM trait
    UNION ALL
    SELECT id, day FROM trait_further
) AS rows_of
GROUP BY id
HAVING count(*) > 1
