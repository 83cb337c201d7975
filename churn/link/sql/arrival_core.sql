-- Arrivals 5. Cores: the arrivals that are placed; and who hangs together with them, which is of the cluster that most of its
-- component are placed in, or of a new one.
WITH chosen AS (
    SELECT grouped, component
    FROM (
        SELECT
            core_member.component AS grouped,
            placed.component,
            row_number() OVER (PARTITION BY core_member.component ORDER BY count(*) DESC, placed.component) AS place
        FROM core_member
        INNER JOIN placed ON placed.id = core_member.id
        GROUP BY core_member.component, placed.component
    ) AS ranked
    WHERE place = 1
)
SELECT id, component FROM placed
UNION ALL
SELECT core_member.id, coalesce(chosen.component, core_member.component)
FROM core_member
LEFT JOIN placed ON placed.id = core_member.id
LEFT JOIN chosen ON chosen.grouped = core_member.component
WHERE placed.id IS NULL
