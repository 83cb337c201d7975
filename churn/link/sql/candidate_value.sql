-- Step 2. Count every value of one field (the view `column_of`), each domain once: those that were seen again are taken out of the
-- rows and put back with their values. Two bounds follow from the joint test of step 3 and lose nothing: a value that two
-- domains have is in no pair of three, and of a value that more than the share $most of the field's domains have, chance always explains
-- more than that share of any pair. Hubs fall out here, by number and not by a list: they have no code.
WITH held AS (
    SELECT value, CAST(1 AS INTEGER) AS domains FROM column_of WHERE value IS NOT NULL
    UNION ALL
    SELECT value, -1 FROM again_column_of WHERE value IS NOT NULL
    UNION ALL
    SELECT value, 1 FROM again_value WHERE field = $field
),
total AS (
    SELECT
        (SELECT count(value) FROM column_of)
        - (SELECT count(value) FROM again_column_of)
        + (SELECT count(DISTINCT id) FROM again_value WHERE field = $field) AS domains
)
SELECT
    CASE WHEN may_link THEN CAST($after + row_number() OVER (PARTITION BY may_link ORDER BY value) AS INTEGER) END AS code,
    CAST($field AS SMALLINT) AS field,
    value,
    domains,
    field_domains
FROM (
    SELECT
        held.value,
        CAST(sum(held.domains) AS BIGINT) AS domains,
        max(total.domains) AS field_domains,
        sum(held.domains) <= greatest(3, $most * max(total.domains)) AS may_link
    FROM held
    CROSS JOIN total
    GROUP BY held.value
    HAVING sum(held.domains) >= 3
) AS counted
