-- Step 1. Domains that were seen on several days, or with several values of a field (`occurring_domain`), and the day on which each came.
SELECT rows_of.id, min(rows_of.day) AS day
FROM (
    SELECT id, day FROM trait
    UNION ALL
    SELECT id, day FROM trait_further
) AS rows_of
INNER JOIN occurring_domain ON occurring_domain.value = rows_of.id
GROUP BY rows_of.id
