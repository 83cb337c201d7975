-- Steps 5 and 6 together: who is in which cluster, and how.
SELECT id, component, 'core' AS role
FROM core_member
UNION ALL
SELECT id, component, 'attached'
FROM (
    SELECT id, component, row_number() OVER (PARTITION BY id ORDER BY max(share) DESC, max(inside) DESC, component) AS place
    FROM attached
    GROUP BY id, component
) AS ranked
WHERE place = 1
